"""What goes into the byte path and what comes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ..clock import Clock
from ..disk.disk import Disk
from ..domain.checksum import Verification
from ..domain.resource import Resource, Wait
from ..domain.states import State
from ..errors import Problem
from ..http.client import HttpClient
from ..http.request import Request
from .bandwidth import Bandwidth


@dataclass(frozen=True)
class Order:
    """Bring ``resource`` to the absolute path ``target`` over at most ``connections`` connections.

    ``is_one_of_many``: its bytes can be had at several addresses, so a part may have been begun at another one. Then
    no validator says whether it may be continued; the checksum will tell whether that was right. ``root``: the folder
    of the whole collection, below which wrong bytes are kept. ``record``: what the journal of the part is to keep.
    """

    resource: Resource
    target: Path
    connections: int = 4
    is_one_of_many: bool = False
    root: Path | None = None
    record: bytes = b""


@dataclass(frozen=True)
class Arrival:
    """A file under its final name. ``size`` and ``fetched`` (what came over the network) are bytes.

    ``blocks`` are the digests of its blocks: see `disk.blocks.pack`.
    """

    path: Path
    size: int
    fetched: int
    verification: Verification
    sha256: str
    mtime_ns: int
    host: str
    blocks: bytes = b""


STALLED = 5.0
"""Seconds without a byte after which a fetch is shown as stalled."""


@dataclass
class Live:
    """Where a running fetch is, written by it and read by whoever shows it. All counts are bytes.

    ``allocated`` of them are the file's on its volume, written or not.

    ``reading`` of its ``connections`` wait for bytes; none came since ``waiting_since`` (monotonic seconds).
    """

    received: int = 0
    fetched: int = 0
    allocated: int = 0
    size: int | None = None
    checked: int = 0
    ranges: tuple[tuple[int, int], ...] = ()
    host: str = ""
    connections: int = 0
    reading: int = 0
    waiting_since: float = 0.0

    def is_stalled(self, now: float) -> bool:
        """Has nothing come for a while although it is waited for?"""
        return self.reading > 0 and now - self.waiting_since >= STALLED


class Source(Protocol):
    """Asks the hub for a fresh request. May raise StabilityError."""

    async def request(self) -> Request: ...


class Watcher(Protocol):
    """Is told what happens, on the event loop, and must not block it."""

    def phase(self, state: State) -> None:
        """The fetch is RESOLVING, DOWNLOADING or VERIFYING now."""
        ...

    def retrying(self, problem: Problem, after: float) -> None:
        """A connection failed and tries again after some seconds."""
        ...

    def waiting(self, wait: Wait) -> None:
        """Nothing can be done until something else happens."""
        ...

    async def publishing(self, sha256: str, verification: Verification) -> None:
        """The file is whole and judged, and gets its name when this returns.

        From then on a start after a crash finds it there, and has to be able to tell that it is this resource's.
        """
        ...


@dataclass(frozen=True)
class Services:
    """What a fetch works with."""

    client: HttpClient
    disk: Disk
    clock: Clock
    bandwidth: Bandwidth = field(repr=False)
