"""What tests of attached processes share: members of one data directory in one process, each with its own thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from stabilitydl.clock import Clock
from stabilitydl.domain.events import AnyEvent, Downloaded, StateChanged
from stabilitydl.domain.states import State
from stabilitydl.engine.engine import Engine
from stabilitydl.engine.remote import SharedEngine
from stabilitydl.hubs.registry import Registry
from stabilitydl.settings import Settings
from tests.engine.harness import PATIENCE, paths_in
from tests.fakes.hub import FakeHub
from tests.fakes.transfer import FakeFetch


class Shared(SharedEngine):
    """A member that remembers the events it was told."""

    def __init__(
        self, folder: Path, fetch: FakeFetch | None = None, hub: FakeHub | None = None, clock: Clock | None = None
    ) -> None:
        self.fetch = fetch or FakeFetch()
        self.engines: list[Engine] = []
        self.events: list[AnyEvent] = []
        self._news = threading.Condition()
        self._hub = hub or FakeHub()
        self._folder = folder
        super().__init__(paths_in(folder), self._open, clock=clock)

    def _open(self) -> Engine:
        engine = Engine.open(paths_in(self._folder), Settings(), hubs=Registry([self._hub]), fetch=self.fetch)
        self.engines.append(engine)
        return engine

    def start(self) -> None:
        super().start()
        self.subscribe(self._take)

    def _take(self, events: Sequence[AnyEvent]) -> None:
        with self._news:
            self.events.extend(events)
            self._news.notify_all()

    def until(self, condition: Callable[[], bool]) -> None:
        """Return when ``condition`` holds; it is looked at after every batch of events, and now and then.

        It may ask the engine: nothing that the engine's thread needs is held meanwhile.
        """
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"it did not happen: {self!r} {self.events[-20:]}"
            with self._news:
                self._news.wait(0.05)

    def until_state(self, state: State, *ids: str) -> None:
        self.until(lambda: all(self.state(each) is state for each in ids))

    def until_owner(self) -> None:
        self.until(lambda: self.is_owner)

    def states(self, resource: str) -> list[State]:
        return [each.new for each in self.events if isinstance(each, StateChanged) and each.resource == resource]

    def state(self, resource: str) -> State | None:
        seen = self.states(resource)
        return seen[-1] if seen else None

    def downloads(self) -> list[Downloaded]:
        return [each for each in self.events if isinstance(each, Downloaded)]
