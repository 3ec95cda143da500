"""What the engine tells its subscribers. Every event is frozen and round-trips through msgspec."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ..errors import Problem
from .checksum import Verification
from .collection import CollectionSnapshot
from .picture import Picture
from .resource import Wait
from .states import State


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Common parent of all events."""


class CollectionAdded(Event, frozen=True, kw_only=True, tag="collection"):
    """A collection was added, or its metadata or children changed."""

    snapshot: CollectionSnapshot


class CollectionRemoved(Event, frozen=True, kw_only=True, tag="collection-removed"):
    """A collection and its rows left the list."""

    collection: str


class ResourcesRemoved(Event, frozen=True, kw_only=True, tag="removed"):
    """Resources left the list."""

    collection: str
    resources: tuple[str, ...]


class StateChanged(Event, frozen=True, kw_only=True, tag="state"):
    """One resource moved from ``old`` to ``new``. ``problem`` says why it ended in trouble.

    ``position`` and ``priority`` are those of its snapshot, so that whoever follows knows the order of the queue.
    """

    resource: str
    collection: str
    name: str
    old: State
    new: State
    received: int = 0
    problem: Problem | None = None
    wait: Wait | None = None
    position: int = 0
    priority: int = 0


class RetryScheduled(Event, frozen=True, kw_only=True, tag="retry"):
    """A connection of a resource failed with ``problem`` and tries again ``after`` seconds."""

    resource: str
    collection: str
    problem: Problem
    after: float


class LoginWanted(Event, frozen=True, kw_only=True, tag="login-wanted"):
    """Resources of ``hub`` wait for somebody to log in; told once, however many they are."""

    hub: str
    title: str


class LimitChanged(Event, frozen=True, kw_only=True, tag="limit"):
    """``resources`` of one collection get at most ``rate`` bytes per second each from now on, 0 for no limit."""

    collection: str
    resources: tuple[str, ...]
    rate: int


class Downloaded(Event, frozen=True, kw_only=True, tag="downloaded"):
    """A file wears its final name. ``fetched`` bytes came over the network, 0 when it was here already."""

    resource: str
    collection: str
    name: str
    path: str
    bytes: int
    fetched: int
    verification: Verification
    sha256: str | None


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """One running resource at a tick. Bytes; ``speed`` bytes per second; ``eta`` seconds.

    ``ranges`` are the half-open byte ranges that are written, in order. ``checked`` counts the bytes that the
    verification has read. ``stalled``: nothing has come for some seconds although nothing here holds it up.
    """

    resource: str
    collection: str
    received: int
    size: int | None
    speed: float
    eta: float | None = None
    ranges: tuple[tuple[int, int], ...] = ()
    checked: int = 0
    stalled: bool = False


class HostLine(msgspec.Struct, frozen=True, kw_only=True):
    """How one host is treated: ``running`` requests of at most ``limit``; ``cooling`` seconds until the next, because
    it answered with ``status``.

    ``allowed`` of them may run now: fewer for a while after the host refused some.
    """

    host: str
    running: int
    waiting: int = 0
    limit: int = 0
    allowed: int = 0
    cooling: float = 0.0
    status: int = 0


class ProgressTick(Event, frozen=True, kw_only=True, tag="progress"):
    """All running resources, once per tick. ``speed`` is the sum in bytes per second."""

    entries: tuple[Progress, ...]
    speed: float
    hosts: tuple[HostLine, ...] = ()


class PictureChanged(Event, frozen=True, kw_only=True, tag="picture"):
    """A picture that somebody asked for has come, has changed on its hub, or is no more."""

    picture: Picture


AnyEvent = (
    CollectionAdded
    | CollectionRemoved
    | ResourcesRemoved
    | StateChanged
    | RetryScheduled
    | LoginWanted
    | LimitChanged
    | Downloaded
    | ProgressTick
    | PictureChanged
)


def removed(events: Iterable[AnyEvent]) -> list[str]:
    """The ids of collections and resources that left the list."""
    found: list[str] = []
    for event in events:
        match event:
            case CollectionRemoved():
                found.append(event.collection)
            case ResourcesRemoved():
                found += event.resources
    return found


_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def encode(event: AnyEvent) -> bytes:
    """One event as JSON."""
    return _ENCODER.encode(event)


def decode(data: bytes) -> AnyEvent:
    """The event that ``encode`` wrote. Raises msgspec.ValidationError for anything else."""
    return _DECODER.decode(data)
