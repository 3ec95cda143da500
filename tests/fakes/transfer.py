"""A byte path without bytes from a network: each resource follows a script of steps, one for each call."""

from __future__ import annotations

import hashlib
import sys
from collections import defaultdict
from dataclasses import dataclass, field

import anyio
import pytest

from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.states import State
from stabilitydl.errors import StabilityError, TargetTaken
from stabilitydl.transfer import plan
from stabilitydl.transfer.order import Arrival, Live, Order, Services, Source, Watcher


@dataclass
class Raise:
    """Fetch ``after`` bytes, then fail. ``early``: before the hub was asked."""

    error: Exception
    after: int = 0
    early: bool = False


@dataclass
class Hold:
    """Download until ``go`` is set or the fetch is cancelled."""

    go: anyio.Event = field(default_factory=anyio.Event)
    received: int = 10


Step = Raise | Hold


class FakeFetch:
    """Writes ``content`` (by the name of the resource) to the target when its script is at its end.

    ``calls`` are the names it was asked for, ``active`` those that it works on, ``most`` how many of them at once.
    """

    def __init__(self) -> None:
        self.scripts: dict[str, list[Step]] = defaultdict(list)
        self.calls: list[str] = []
        self.active: list[str] = []
        self.most = 0

    @staticmethod
    def content(name: str) -> bytes:
        return f"contents of {name}\n".encode() * 10

    async def __call__(self, order: Order, source: Source, live: Live, watcher: Watcher, services: Services) -> Arrival:
        name = order.resource.name
        self.calls.append(name)
        self.active.append(name)
        self.most = max(self.most, len(self.active))
        try:
            step = self.scripts[name].pop(0) if self.scripts[name] else None
            if isinstance(step, Raise) and step.early:
                raise step.error
            return await self._bring(order, source, live, watcher, step)
        finally:
            self.active.remove(name)

    async def _bring(self, order: Order, source: Source, live: Live, watcher: Watcher, step: Step | None) -> Arrival:
        data = self.content(order.resource.name)
        watcher.phase(State.RESOLVING)
        await source.request()
        live.size, live.host = len(data), "fake.test"
        watcher.phase(State.DOWNLOADING)
        if isinstance(step, Raise):
            live.fetched += step.after
            live.received += step.after
            raise step.error
        if isinstance(step, Hold):
            live.received = max(live.received, step.received)
            live.fetched += step.received
            await step.go.wait()
        live.fetched += len(data) - live.received
        live.received = len(data)
        watcher.phase(State.VERIFYING)
        await anyio.lowlevel.checkpoint()
        order.target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with order.target.open("xb") as file:
                file.write(data)
        except FileExistsError:
            raise TargetTaken(path=str(order.target)) from None
        status = order.target.stat()
        return Arrival(
            path=order.target,
            size=len(data),
            fetched=live.fetched,
            verification=Verification.VERIFIED if order.resource.checksums else Verification.UNVERIFIABLE,
            sha256=hashlib.sha256(data).hexdigest(),
            mtime_ns=status.st_mtime_ns,
            host="fake.test",
        )


def hold(fetch: FakeFetch, *names: str) -> list[Hold]:
    """Make the next fetch of each name wait."""
    steps = [Hold() for _ in names]
    for name, step in zip(names, steps, strict=True):
        fetch.scripts[name].append(step)
    return steps


def fail(fetch: FakeFetch, name: str, *errors: StabilityError, after: int = 0) -> None:
    """Make the next fetches of ``name`` fail."""
    fetch.scripts[name].extend(Raise(error, after) for error in errors)


def never_split(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no connection take over half of what a slow one brings: what was on its way then comes twice.

    On a slow machine every connection is a slow one.
    """
    monkeypatch.setattr(plan, "SHORTEST_SPLIT", sys.maxsize)
