"""Lists of files as JSON, in the forms in which programs for AI models keep theirs.

Every object that has a web address as its ``url`` is a file, however deep it lies; one with a name and another
``url``, as a whole repository, is told. ``path`` says where it goes, or ``filename`` in the folder ``save_path``,
else the address does; ``sha256`` says what it is. (Krita AI Diffusion, ``models.json``; ComfyUI-Manager,
``model-list.json``, whose sizes are words and not used.)
"""

from __future__ import annotations

from collections.abc import Iterator

from ..disk.names import safe_path
from ..domain.checksum import Checksum
from ..errors import BadChecksum, HubAnswerUnreadable, ListEntryUnusable, Problem, UnsafeName
from .entry import Entry
from .urls import LONGEST, clean_url, is_web, name_from_url
from .wire import Node, parse

_UNSORTED = frozenset({"", "default"})
"""Folders that stand for the one that the program chooses."""


def read_json(data: bytes, file: str) -> tuple[list[Entry], list[Problem]]:
    """The files of a list and what is wrong with the others; ``file`` names it in problems. Raises ValueError."""
    try:
        value = parse(data, file)
    except HubAnswerUnreadable as error:
        raise ValueError(str(error.arguments["detail"])) from None
    entries: list[Entry] = []
    problems: list[Problem] = []
    for number, node in enumerate(filter(_is_file, _objects(value)), 1):
        try:
            entries.append(_entry(number, node))
        except (ValueError, BadChecksum, UnsafeName) as error:
            problems.append(ListEntryUnusable(file=file, entry=number, reason=str(error)).problem)
    if not entries and not problems:
        raise ValueError("it is JSON in which no file has an address")
    return entries, problems


def _objects(value: object) -> Iterator[Node]:
    """All objects in the order of the text. Nesting is bounded by the parser."""
    if isinstance(value, dict):
        yield Node(value)
        value = list(value.values())
    if isinstance(value, list):
        for member in value:
            yield from _objects(member)


def _is_file(node: Node) -> bool:
    url = node.text("url", LONGEST)
    return is_web(url) or bool(url and (node.text("filename") or node.text("path")))


def _entry(number: int, node: Node) -> Entry:
    """Raises ValueError, BadChecksum, UnsafeName."""
    url = node.text("url", LONGEST)
    if not is_web(url):
        raise ValueError("its url is not the address of a file")
    url = clean_url(url)
    digits = node.text("sha256")
    checksums = (Checksum.of("sha256", digits),) if digits else ()
    return Entry(line=number, urls=(url,), path=_path(node, url), checksums=checksums)


def _path(node: Node, url: str) -> str:
    if whole := node.text("path", 20_000):
        return safe_path(whole)
    name = node.text("filename") or name_from_url(url)
    folder = node.text("save_path", 10_000)
    return safe_path(name if folder in _UNSORTED else f"{folder}/{name}")
