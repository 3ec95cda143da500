"""Collections and resources as the JSON objects of ``plan`` and ``list``, and as rows of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..domain.checksum import Verification
from ..domain.collection import Collection
from ..domain.resource import Resource, ResourceSnapshot
from ..domain.states import State
from ..errors import Problem
from ..text import format_bytes, format_count, plain


def collection_object(collection: Collection, children: Sequence[ResourceSnapshot]) -> dict[str, Any]:
    """The fields of a collection; ``resources`` is to be filled in. ``bytes`` leaves unknown sizes out."""
    return {
        "id": collection.id,
        "title": collection.title,
        "hub": collection.hub,
        "page": collection.page or None,
        "bytes": sum(size_of(child) or 0 for child in children),
        "resources": [],
    }


def resource_object(row: ResourceSnapshot, here: str | None) -> dict[str, Any]:
    """The fields of a resource that ``plan`` and ``list`` share. ``here`` is where its file lies."""
    child = row.resource
    return {
        "id": child.id,
        "name": child.name,
        "version": child.version,
        "bytes": size_of(row),
        "checksums": {str(checksum.algorithm): checksum.digits for checksum in child.checksums},
        "state": str(row.state),
        "here": here,
        "blocked": describe(child.blocked) if child.blocked is not None else None,
    }


def describe(problem: Problem) -> dict[str, str]:
    """A problem as the fields ``code``, ``message`` and ``remedy``."""
    return {"code": problem.code, "message": problem.message, "remedy": str(problem.remedy)}


def shown_path(child: Resource, limit: int = 80) -> str:
    """The path of a resource safe to print, of a long one the end: in a repository many files have the same name."""
    path = child.path
    return plain(path if len(path) <= limit else f"\u2026{path[1 - limit :]}", limit)


def size_of(row: ResourceSnapshot) -> int | None:
    """Bytes of a resource: of the file that arrived, else what the hub says."""
    if row.state is State.DOWNLOADED and row.file_size is not None:
        return row.file_size
    return row.resource.size if row.resource.size is not None else row.file_size


def received_of(row: ResourceSnapshot) -> int:
    """Bytes of it that are on the disk."""
    return (size_of(row) or 0) if row.state is State.DOWNLOADED else row.received


def is_unverified(row: ResourceSnapshot) -> bool:
    """Is its file here although nothing told whether it is right?"""
    return row.state is State.DOWNLOADED and row.verification is Verification.UNVERIFIABLE


def columns(rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> list[str]:
    """Rows as lines with aligned columns; those in ``right`` are aligned to the right."""
    table = [tuple(row) for row in rows]
    if not table:
        return []
    widths = [max(len(row[place]) for row in table) for place in range(len(table[0]))]
    to_right = set(right)
    return [
        "  ".join(
            cell.rjust(width) if place in to_right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]


def headline(collection: Collection, children: Sequence[Resource]) -> str:
    """A collection and how much it is, as one line."""
    size = sum(child.size or 0 for child in children)
    amount = f", {format_bytes(size)}" if size else ""
    return f"{plain(collection.title)}: {format_count(len(children), 'file')}{amount}"


def checksum_word(resource: Resource) -> str:
    """The name of the strongest checksum, or that there is none."""
    checksum = resource.checksum
    return str(checksum.algorithm) if checksum is not None else "no checksum"
