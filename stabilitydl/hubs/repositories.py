"""What the hubs of git repositories share: a repository, its files, and the children that are made of them.

A child is known by its path and its content, never by the commit: a new commit changes only the children whose
content it changed. The commit is what requests are pinned to, so a child's bytes cannot change under way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from ..domain.checksum import Checksum
from ..domain.collection import Collection, CollectionKey, Layout
from ..domain.resource import Address, Resource, resource_id
from ..errors import HubError, ListIncomplete, NothingMatched, Problem
from .children import name_of, place
from .protocol import Expansion, Locator

MOST_FILES = 50_000
"""Children that one listing brings, some 120 MiB as values; of more the user is told."""
MOST_WITH_PATH = 10_000
"""Files that are listed of a whole repository where only a part of it was asked for; the part comes in any case."""
LARGEST_FILE = 1 << 50
"""Bytes; a size beyond it is taken for unknown."""
LONGEST_PATH = 4096
"""Characters of a path; git itself and every system end near there."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}", re.ASCII)
_REFERENCE = re.compile(
    r"(?P<kind>model|dataset|space):(?P<name>[A-Za-z0-9._/-]+)@(?P<commit>[^/@\s]+)/(?P<path>.+)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class RepositoryFile:
    """One file as its hub lists it. ``size`` is bytes, None when unknown; ``path`` is as the hub wrote it.

    ``revision`` is the commit that changed it last, empty where the hub does not say.
    """

    path: str
    size: int | None
    checksum: Checksum | None
    revision: str = ""


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A repository at one commit. ``name`` is ``OWNER/NAME``, or one word for the oldest.

    ``updated`` is seconds since 1970, None where the hub does not say. ``blocked`` is why its files are not given out
    now.
    """

    kind: str
    name: str
    commit: str
    type: str = ""
    base_model: str = ""
    creator: str = ""
    avatar: str = ""
    preview: str = ""
    trigger_words: tuple[str, ...] = ()
    description: str = ""
    updated: float | None = None
    blocked: Problem | None = None


@dataclass(frozen=True)
class Pin:
    """Where the bytes of one file lie: what an address of a repository hub keeps."""

    kind: str
    name: str
    commit: str
    path: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}@{quote(self.commit, safe='')}/{self.path}"

    @classmethod
    def parse(cls, text: str, hub: str) -> Pin:
        """Read what ``str`` wrote. Raises HubError for anything else, and for a path that climbs."""
        match = _REFERENCE.fullmatch(text)
        if match is None or not is_name(match["name"]) or not {"", ".", ".."}.isdisjoint(match["path"].split("/")):
            raise HubError(hub=hub, detail=f"“{text}” is no file of this hub")
        return cls(match["kind"], match["name"], unquote(match["commit"]), match["path"])


def is_name(text: str) -> bool:
    """Is ``text`` the name of a repository, with or without its owner?"""
    parts = text.split("/")
    return len(parts) <= 2 and all(_NAME.fullmatch(part) and ".." not in part for part in parts)


def children(
    collection: Collection,
    repository: Repository,
    files: Iterable[RepositoryFile],
    selected: str,
    page: Callable[[RepositoryFile], str],
    address: Callable[[RepositoryFile], Address],
) -> tuple[tuple[Resource, ...], frozenset[str] | None]:
    """The children in the order of ``files``, and the ids of those that are ``selected`` or below it (None for all).

    One file that is listed twice is one child. ``page`` and ``address`` say where people look at a file and where its
    bytes are.
    """
    found: dict[str, Resource] = {}
    chosen: list[str] = []
    for file in files:
        content = "" if file.checksum is None else str(file.checksum)
        key = f"{file.path}\n{content}"
        identity = resource_id(collection.id, key)
        if identity in found:
            continue
        path, refused = place(file.path)
        found[identity] = Resource(
            id=identity,
            collection=collection.id,
            key=key,
            name=name_of(path),
            path=path,
            size=file.size,
            checksums=() if file.checksum is None else (file.checksum,),
            addresses=(address(file),),
            base_model=repository.base_model,
            creator=repository.creator,
            page=page(file),
            order=len(found),
            blocked=repository.blocked or refused,
        )
        if selected and is_below(file.path, selected):
            chosen.append(identity)
    return tuple(found.values()), frozenset(chosen) if selected else None


def collection_of(
    key: CollectionKey, repository: Repository, locator: Locator, layout: Layout, page: str
) -> Collection:
    """The repository as a collection. ``page`` is the address at which people look at its files."""
    return Collection(
        id=key.id,
        key=key,
        title=key.identity,
        locator=locator.text,
        page=page,
        layout=layout,
        target=key.target,
        commit=repository.commit,
        type=repository.type,
        base_model=repository.base_model,
        creator=repository.creator,
        avatar=repository.avatar,
        preview=repository.preview,
        trigger_words=repository.trigger_words,
        updated=repository.updated,
    )


def expansion_of(
    collection: Collection,
    listed: tuple[tuple[Resource, ...], frozenset[str] | None],
    problems: Sequence[Problem],
    cut: str,
    warnings: tuple[Problem, ...] = (),
) -> Expansion:
    """What came of a listing: ``listed`` is what ``children`` made of it, ``cut`` why it ended early, if it did."""
    resources, chosen = listed
    more = [*problems]
    if cut:
        more.append(ListIncomplete(hub=collection.hub, count=len(resources), detail=cut).problem)
    if chosen is not None and not chosen:
        more.append(NothingMatched(count=len(resources)).problem)
    return Expansion(
        collection=collection,
        resources=resources,
        selected=chosen,
        problems=tuple(more),
        warnings=warnings,
        is_whole=not cut and not problems,
    )


def is_below(path: str, selected: str) -> bool:
    """Is ``path`` the file ``selected``, or does it lie below that folder?"""
    return path == selected or path.startswith(f"{selected}/")


def plausible_size(size: int | None) -> int | None:
    """``size`` in bytes where a file can have it, else None."""
    return size if size is not None and size <= LARGEST_FILE else None
