"""A collection: the parent of resources. It has metadata and no life of its own.

Its state and progress are computed from its children whenever somebody asks; nothing of them is stored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from .resource import ResourceSnapshot
from .states import State, Tab, tab_of

LIGHTEST, HEAVIEST = 0.01, 100.0
"""What the weight of a collection may be."""


class Layout(StrEnum):
    """Where children go: sorted below the library by type and collection, or flat below a chosen folder."""

    LIBRARY = "library"
    FLAT = "flat"


class CollectionKey(msgspec.Struct, frozen=True):
    """What makes a collection the same one again: the hub's identity and the folder it was asked for.

    ``revision`` is the one that was *requested*; what it resolves to is an attribute of requests.
    """

    hub: str
    endpoint: str
    kind: str
    identity: str
    revision: str = ""
    target: str = ""

    @property
    def id(self) -> str:
        """32 hexadecimal digits, the same on every machine."""
        text = "\0".join((self.hub, self.endpoint, self.kind, self.identity, self.revision, self.target))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """Metadata of one model page, repository, creator or list.

    ``target`` is the absolute folder below which its files go. ``commit`` is what the requested revision resolved
    to. ``locator`` is what the user typed, without secrets. ``updated`` is when its author last added to it, as far as
    the hub says; that, ``last_checked`` and ``last_notified`` are seconds since 1970. ``lock_old`` and ``lock_new`` are
    digests of what a hub listed before and now. ``weight`` says how many times the share of others its files get of a
    limited speed.
    """

    id: str
    key: CollectionKey
    title: str
    locator: str = ""
    page: str = ""
    layout: Layout = Layout.LIBRARY
    target: str = ""
    commit: str = ""
    type: str = ""
    base_model: str = ""
    creator: str = ""
    avatar: str = ""
    preview: str = ""
    trigger_words: tuple[str, ...] = ()
    description: str = ""
    updated: float | None = None
    added: float = 0.0
    last_checked: float | None = None
    lock_old: str | None = None
    lock_new: str | None = None
    last_notified: float | None = None
    weight: float = 1.0

    @property
    def hub(self) -> str:
        return self.key.hub


class CollectionSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What the children of one collection add up to. Bytes of children of unknown size are left out."""

    states: dict[State, int]
    resources: int
    bytes: int
    received: int

    def count(self, tab: Tab) -> int:
        """Children under ``tab``."""
        if tab is Tab.ALL:
            return self.resources
        return sum(count for state, count in self.states.items() if tab_of(state) is tab)

    @property
    def is_active(self) -> bool:
        return any(state.is_unfinished for state in self.states)

    @property
    def is_complete(self) -> bool:
        return self.resources > 0 and self.states.get(State.DOWNLOADED, 0) == self.resources

    @property
    def has_failures(self) -> bool:
        return self.count(Tab.FAILED) > 0


class CollectionSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A collection and what its children add up to at one moment.

    ``downloads`` counts attempts that brought a file, over all time.
    """

    collection: Collection
    summary: CollectionSummary
    downloads: int = 0

    @property
    def id(self) -> str:
        return self.collection.id


def summarise(children: Iterable[ResourceSnapshot]) -> CollectionSummary:
    """Add up the children of a collection that are still listed."""
    states: dict[State, int] = {}
    resources = total = received = 0
    for child in filter(lambda child: child.is_listed, children):
        states[child.state] = states.get(child.state, 0) + 1
        resources += 1
        size = child.resource.size or child.file_size or 0
        total += size
        received += size if child.state is State.DOWNLOADED else min(child.received, size or child.received)
    return CollectionSummary(states=states, resources=resources, bytes=total, received=received)
