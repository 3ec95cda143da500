"""A running engine in a test: events are followed, conditions are awaited, nothing is timed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import anyio

from stabilitydl.domain.events import AnyEvent, Downloaded, ProgressTick, StateChanged
from stabilitydl.domain.resource import ResourceSnapshot
from stabilitydl.domain.states import State
from stabilitydl.engine.engine import Engine
from stabilitydl.engine.publisher import Subscription
from stabilitydl.engine.reach import Reach
from stabilitydl.hubs.protocol import Expansion
from stabilitydl.hubs.registry import Registry
from stabilitydl.paths import Paths
from stabilitydl.settings import Settings
from tests.fakes.clock import ManualClock
from tests.fakes.hub import FakeHub
from tests.fakes.transfer import FakeFetch

PATIENCE = 180.0
"""Seconds after which a condition that does not come true fails the test."""


def paths_in(folder: Path) -> Paths:
    return Paths(folder / "data", folder / "config", folder / "cache", folder / "library")


class Harness:
    """``async with Harness(tmp_path) as h``: an engine on fakes and a clock that the test moves."""

    def __init__(
        self,
        folder: Path,
        *,
        settings: Settings | None = None,
        fetch: Any = None,
        hubs: Registry | None = None,
        clock: Any = None,
        online: bool = True,
        may_log_in: bool = False,
    ) -> None:
        self.clock = clock or ManualClock()
        self.fetch = FakeFetch() if fetch is None else fetch
        self.hub = FakeHub()
        self.online = online
        self.checked = True
        self.paths = paths_in(folder)
        self.engine = Engine.open(
            self.paths,
            settings or Settings(),
            clock=self.clock,
            hubs=hubs or Registry([self.hub]),
            fetch=self.fetch,
            reach=Reach(self.clock, lambda: self.online),
            may_log_in=may_log_in,
        )
        self.events: list[AnyEvent] = []
        self.subscription: Subscription
        self._tasks = anyio.create_task_group()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self.subscription = self.engine.subscribe()
        await self._tasks.start(self.engine.run)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with anyio.CancelScope(shield=True):
            await self.engine.stop()
        await self._tasks.__aexit__(kind, error, trace)
        self.follow()
        if error is None and self.checked:
            self.check_moves()

    async def add(self, *expansions: Expansion) -> list[str]:
        """Add collections; the ids of all their children."""
        await self.engine.add(expansions)
        return [resource.id for each in expansions for resource in each.resources]

    async def get(self, *expansions: Expansion) -> list[str]:
        """Add and enqueue."""
        ids = await self.add(*expansions)
        await self.engine.enqueue(ids)
        return ids

    def follow(self) -> None:
        self.events.extend(self.subscription.take())

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return when ``condition`` holds; it is looked at after every batch of events."""
        with anyio.fail_after(PATIENCE):
            self.follow()
            while not condition():
                with anyio.move_on_after(0.02):
                    self.events.extend(await self.subscription.batch())

    async def until_state(self, state: State, *ids: str) -> None:
        await self.until(lambda: all(self.state(each) is state for each in ids))

    async def advance_until(self, condition: Callable[[], bool], step: float = 0.25) -> None:
        """Move the clock in steps until ``condition`` holds.

        Large steps wait for slow threads, which would look stuck.
        """
        patience = 0.05 if step < 1 else 5.0
        with anyio.fail_after(PATIENCE):
            self.follow()
            while not condition():
                self.clock.advance(step)
                # Turning this loop alone would take the interpreter from the threads that everything waits for.
                with anyio.move_on_after(patience):
                    await self.calm()
                self.follow()

    async def calm(self) -> None:
        """Let everything that is due happen: a few trips through each lane, behind whatever is queued there."""
        for _ in range(5):
            await self.engine.snapshots([])
            await self.engine._on.services.disk.stats([])

    async def settled(self, ids: Sequence[str]) -> list[ResourceSnapshot]:
        with anyio.fail_after(PATIENCE):
            return await self.engine.wait_settled(ids)

    def changes(self, resource: str) -> list[StateChanged]:
        self.follow()
        return [event for event in self.events if isinstance(event, StateChanged) and event.resource == resource]

    def states(self, resource: str) -> list[State]:
        """Every state that subscribers saw, in order."""
        return [event.new for event in self.changes(resource)]

    def state(self, resource: str) -> State | None:
        """The last state that subscribers saw."""
        seen = self.states(resource)
        return seen[-1] if seen else None

    def check_moves(self) -> None:
        """Every move that subscribers saw is legal and begins where the one before ended."""
        last: dict[str, State] = {}
        for event in self.events:
            if isinstance(event, StateChanged):
                assert last.get(event.resource, event.old) is event.old, event
                assert event.old.may_become(event.new) or event.old is event.new, event
                last[event.resource] = event.new

    def downloads(self) -> list[Downloaded]:
        self.follow()
        return [event for event in self.events if isinstance(event, Downloaded)]

    def ticks(self) -> list[ProgressTick]:
        self.follow()
        return [event for event in self.events if isinstance(event, ProgressTick)]
