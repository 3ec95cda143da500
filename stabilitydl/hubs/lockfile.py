"""Lockfiles: a collection written down so that the same bytes can be had again, elsewhere and years later.

A TOML file with a table ``lockfile`` (``version``, ``made``, ``program``), a table ``collection`` (what it was) and a
``file`` for each child: the ``path`` below the folder of the collection, ``bytes``, ``checksums``, the ``page``, and
``sources``, each the name of a hub and what that hub needs to find exactly this file. There is no signed address, no
token and no absolute path in it. What a source gives is compared with the checksums, so a file that changed is noticed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tomli_w

from .. import __version__
from ..domain.checksum import Checksum
from ..domain.collection import Collection
from ..domain.resource import Address, Resource, resource_id
from ..errors import BadChecksum, BadListFile, HubError, ListEntryUnusable, Problem, StabilityError
from ..http.client import HttpClient
from ..http.request import Request
from ..lane import Lane
from .children import key_for, name_of, place
from .direct import Direct
from .news import ListsAgain
from .protocol import Destination, Expansion, Locator, without_body
from .repositories import plausible_size
from .signed import MARK, is_marked, split_secret
from .urls import clean_url, file_here, is_web
from .wire import Node

VERSION = 1
ENDING = ".lock.toml"
LIMIT = 32 * 1024 * 1024
MOST_FILES = 100_000
_LONGEST_REFERENCE = 8192
_LOCAL_KINDS = frozenset({("direct", "list"), ("lockfile", "lock")})


@dataclass(frozen=True)
class Locked:
    """One child as it is written down. ``path`` is relative; ``checksums`` may include that of the file that came."""

    resource: Resource
    path: str
    size: int | None
    checksums: tuple[Checksum, ...]


class Lockfile(ListsAgain):
    """The hub of everything that was locked: its children come from the hubs that they name."""

    name = "lockfile"
    forms = (f"PATH of a NAME{ENDING}",)

    def __repr__(self) -> str:
        return "<Lockfile>"

    def recognise(self, text: str) -> Locator | None:
        typed = text.strip()
        if is_web(typed) or not typed.lower().endswith(ENDING):
            return None
        path = file_here(typed)
        return Locator(hub=self.name, text=typed, kind="lock", identity=path) if path else None

    async def expand(self, locator: Locator, destination: Destination, client: HttpClient) -> Expansion:
        """The files of a lockfile. Raises BadListFile; an entry that cannot be used is a problem."""
        lane = Lane("lockfile")
        try:
            return await lane.run(_expand, locator, destination)
        finally:
            lane.close(0)

    async def request(self, resource: Resource, address: Address, client: HttpClient) -> Request:
        raise HubError(hub=self.name, detail="a file comes from the hub that its source names")

    async def explain(self, resource: Resource, error: StabilityError, client: HttpClient) -> StabilityError:
        return without_body(error)

    async def absolute(self, reference: str) -> str:
        return reference


def write(collection: Collection, children: Iterable[Locked], now: float) -> str:
    """A lockfile as text. ``now`` is seconds since 1970."""
    table: dict[str, Any] = {
        "lockfile": {
            "version": VERSION,
            "made": datetime.fromtimestamp(int(now), UTC),
            "program": f"stabilitydl {__version__}",
        },
        "collection": _collection_table(collection),
        "file": [_file_table(child) for child in children],
    }
    return tomli_w.dumps(table)


def _collection_table(collection: Collection) -> dict[str, Any]:
    key = collection.key
    is_local = (key.hub, key.kind) in _LOCAL_KINDS
    fields = {
        "title": collection.title,
        "hub": "" if is_local else key.hub,
        "endpoint": "" if is_local else key.endpoint,
        "kind": "" if is_local else key.kind,
        "identity": "" if is_local else split_secret(key.identity)[0],
        "revision": key.revision,
        "commit": collection.commit,
        "locator": "" if is_local else split_secret(collection.locator)[0],
        "page": collection.page if is_web(collection.page) else "",
        "type": collection.type,
        "base_model": collection.base_model,
        "creator": collection.creator,
        "trigger_words": list(collection.trigger_words),
    }
    return {name: _text(value) for name, value in fields.items() if value}


def _file_table(child: Locked) -> dict[str, Any]:
    resource = child.resource
    addresses = sorted(resource.addresses, key=lambda address: address.priority)
    fields: dict[str, Any] = {
        "path": child.path,
        "bytes": child.size,
        "checksums": [str(checksum) for checksum in sorted(child.checksums) if checksum.covers_file],
        "type": resource.type,
        "base_model": resource.base_model,
        "creator": resource.creator,
        "version": resource.version,
        "version_id": resource.version_id,
        "file_type": resource.file_type,
        "precision": resource.precision,
        "page": resource.page if is_web(resource.page) else "",
        "sources": [{"hub": each.hub, "reference": _public(each)} for each in addresses],
    }
    return {name: _text(value) for name, value in fields.items() if value not in ("", None, [])}


def _public(address: Address) -> str:
    """A reference without a secret: those of addresses have none, unless an older version stored them."""
    if address.hub != Direct.name or is_marked(address.reference):
        return address.reference
    public, secret = split_secret(address.reference)
    return public + MARK if secret else public


def _text(value: Any) -> Any:
    """Text that TOML can hold: half characters become question marks."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_text(each) for each in value]
    return {name: _text(each) for name, each in value.items()} if isinstance(value, dict) else value


def _expand(locator: Locator, destination: Destination) -> Expansion:
    path = Path(locator.identity)
    table = _read(path)
    head = table.node("collection")
    key = key_for(Lockfile.name, "", "lock", locator.identity, destination)
    collection = Collection(
        id=key.id,
        key=key,
        title=head.text("title", 300).strip() or path.name.removesuffix(ENDING),
        locator=locator.text,
        page=_web(head.text("page", _LONGEST_REFERENCE)),
        layout=destination.layout,
        target=key.target,
        commit=head.text("commit", 200),
        type=head.text("type", 100),
        base_model=head.text("base_model", 100),
        creator=head.text("creator", 100),
        trigger_words=tuple(head.texts("trigger_words")),
    )
    children: dict[str, Resource] = {}
    problems: list[Problem] = []
    entries = table.nodes("file")
    if not entries:
        raise BadListFile(file=str(path), reason="it lists no files")
    for place_, entry in enumerate(entries[:MOST_FILES], 1):
        try:
            child = _child(collection, entry, len(children))
        except ValueError as error:
            problems.append(ListEntryUnusable(file=path.name, entry=place_, reason=str(error)).problem)
            continue
        children.setdefault(child.id, child)
    if len(entries) > MOST_FILES:
        problems.append(BadListFile(file=path.name, reason=f"it lists more than {MOST_FILES:,} files").problem)
    return Expansion(
        collection=collection,
        resources=tuple(children.values()),
        problems=tuple(problems),
        is_whole=not problems,
    )


def _read(path: Path) -> Node:
    """The file as a table. Raises BadListFile."""
    try:
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
    except OSError as error:
        raise BadListFile(file=str(path), reason=error.strerror or type(error).__name__) from error
    if len(data) > LIMIT:
        raise BadListFile(file=str(path), reason=f"it is larger than {LIMIT // 1024 // 1024} MiB")
    try:
        table = Node(tomllib.loads(data.decode("utf-8-sig")))
    except (ValueError, RecursionError):
        raise BadListFile(file=str(path), reason="it is not TOML") from None
    version = table.node("lockfile").whole("version")
    if version is None:
        raise BadListFile(file=str(path), reason="it is not a lockfile")
    if version > VERSION:
        raise BadListFile(file=str(path), reason="a newer version of stabilitydl wrote it")
    return table


def _child(collection: Collection, entry: Node, order: int) -> Resource:
    """One entry. Raises ValueError with the reason when it cannot be used."""
    written = entry.text("path", 20_000)
    if not written:
        raise ValueError("it has no path")
    addresses = _addresses(entry.nodes("sources"))
    path, blocked = place(written)
    checksums = tuple(_checksums(entry.texts("checksums")))
    content = min(checksums).digits if checksums else addresses[0].reference
    key = f"{written}\n{content}"
    return Resource(
        id=resource_id(collection.id, key),
        collection=collection.id,
        key=key,
        name=name_of(path),
        path=path,
        size=plausible_size(entry.whole("bytes")),
        checksums=checksums,
        addresses=addresses,
        type=entry.text("type", 100),
        base_model=entry.text("base_model", 100),
        creator=entry.text("creator", 100),
        version=entry.text("version", 200),
        version_id=entry.text("version_id", 100),
        file_type=entry.text("file_type", 100),
        precision=entry.text("precision", 100),
        page=_web(entry.text("page", _LONGEST_REFERENCE)),
        order=order,
        blocked=blocked,
    )


def _addresses(sources: Sequence[Node]) -> tuple[Address, ...]:
    """The places that can be used. Raises ValueError where there is none, with what is wrong with the first."""
    usable: list[Address] = []
    reasons: list[str] = []
    for priority, source in enumerate(sources):
        try:
            usable.append(_address(source, priority))
        except ValueError as error:
            reasons.append(str(error))
    if not usable:
        raise ValueError(f"none of its sources can be used: {reasons[0]}" if reasons else "it has no source")
    return tuple(usable)


def _address(source: Node, priority: int) -> Address:
    """One source. Raises ValueError with the reason when it cannot be used."""
    hub, reference = source.text("hub", 100), source.text("reference", _LONGEST_REFERENCE)
    if not hub or not reference or hub == Lockfile.name:
        raise ValueError("it names no hub, or nothing there")
    if hub == Direct.name:
        reference = clean_url(reference.removesuffix(MARK)) + (MARK if is_marked(reference) else "")
    return Address(hub, reference, priority)


def _checksums(texts: Iterable[str]) -> Iterable[Checksum]:
    """Raises ValueError for one that cannot be read: without it, another file might be taken for this one."""
    for text in texts:
        try:
            yield Checksum.parse(text)
        except BadChecksum as error:
            raise ValueError(str(error)) from None


def _web(url: str) -> str:
    return url if is_web(url) and url.isprintable() else ""
