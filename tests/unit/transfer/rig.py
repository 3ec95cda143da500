"""Everything a fetch works with, real: client, disk, sockets; only waiting takes no time."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import anyio.lowlevel

from stabilitydl.clock import SystemClock
from stabilitydl.disk.disk import Disk
from stabilitydl.disk.partfile import journal_path, part_path
from stabilitydl.domain.checksum import Checksum, Verification
from stabilitydl.domain.resource import Resource, Wait
from stabilitydl.domain.states import State
from stabilitydl.errors import Problem
from stabilitydl.http.client import HttpClient
from stabilitydl.http.governor import Governor
from stabilitydl.http.request import Request
from stabilitydl.transfer.bandwidth import Bandwidth
from stabilitydl.transfer.fetch import fetch
from stabilitydl.transfer.order import Arrival, Live, Order, Services

MIB = 1024 * 1024
ID = "f00dfeed" + "0" * 24


@functools.cache
def noise(size: int) -> bytes:
    """The same bytes for the same size, every time; no two blocks are alike."""
    return random.Random(size).randbytes(size)


def sha256(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


class SwiftClock(SystemClock):
    """The machine's clock, but nobody waits: a sleep ends at once and the clock is ahead by it afterwards."""

    def __init__(self) -> None:
        self.skipped = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return super().monotonic() + self.skipped

    def wall(self) -> float:
        return super().wall() + self.skipped

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.skipped += seconds
        await anyio.lowlevel.checkpoint()


class Addresses:
    """A source that gives the same address each time, or one after the other, the last for ever; counts."""

    def __init__(self, *urls: str) -> None:
        self.urls = list(urls)
        self.asked = 0

    async def request(self) -> Request:
        await anyio.lowlevel.checkpoint()
        self.asked += 1
        return Request(self.urls[min(self.asked, len(self.urls)) - 1], trusted=True)


@dataclass
class Seen:
    """A watcher that remembers."""

    phases: list[State] = field(default_factory=list)
    retries: list[tuple[str, float]] = field(default_factory=list)
    published: list[tuple[str, Verification]] = field(default_factory=list)

    def phase(self, state: State) -> None:
        self.phases.append(state)

    def retrying(self, problem: Problem, after: float) -> None:
        self.retries.append((problem.code, after))

    def waiting(self, wait: Wait) -> None:
        raise AssertionError(wait)

    async def publishing(self, sha256: str, verification: Verification) -> None:
        await anyio.lowlevel.checkpoint()
        self.published.append((sha256, verification))


class Rig:
    """One disk, one client, and the target ``folder / "model.safetensors"``."""

    def __init__(self, folder: Path) -> None:
        self.clock = SwiftClock()
        self.disk = Disk(self.clock)
        self.client = HttpClient(self.clock, Governor(self.clock))
        self.bandwidth = Bandwidth(self.clock)
        self.target = folder / "models" / "model.safetensors"
        self.live = Live()
        self.seen = Seen()

    def resource(self, *, size: int | None = None, checksum: str = "", path: str = "model.safetensors") -> Resource:
        checksums = (Checksum.parse(checksum),) if checksum else ()
        return Resource(id=ID, collection="c", key="k", name=path, path=path, size=size, checksums=checksums)

    async def fetch(
        self,
        source: str | Addresses,
        *,
        size: int | None = None,
        checksum: str = "",
        connections: int = 4,
        path: str = "model.safetensors",
    ) -> Arrival:
        self.live, self.seen = Live(), Seen()
        order = Order(self.resource(size=size, checksum=checksum, path=path), self.target, connections)
        addresses = Addresses(source) if isinstance(source, str) else source
        services = Services(self.client, self.disk, self.clock, self.bandwidth)
        return await fetch(order, addresses, self.live, self.seen, services)

    @property
    def part(self) -> Path:
        return part_path(self.target, ID[:8])

    @property
    def journal(self) -> Path:
        return journal_path(self.part)

    @property
    def left(self) -> list[str]:
        """Names in the target's folder."""
        folder = self.target.parent
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []

    async def aclose(self) -> None:
        await self.client.aclose()
        await self.disk.aclose()
        await settled()


async def until(condition: Callable[[], bool]) -> None:
    """Return when the condition holds; everything else goes on meanwhile."""
    with anyio.fail_after(60):
        while not condition():  # noqa: ASYNC110 - bounded, and the loop runs on
            await asyncio.sleep(0)


async def settled() -> None:
    """Let transports that were closed take leave of the loop."""
    for _ in range(3):
        await asyncio.sleep(0)
