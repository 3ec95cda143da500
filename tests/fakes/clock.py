"""A clock that moves only when a test says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import anyio
import anyio.lowlevel


class ManualClock:
    """Starts at 1,000 s monotonic and 1.7e9 s wall; ``advance`` moves both and wakes what is due, in order."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.wall_offset = 1.7e9 - 1000.0
        self._sleepers: list[tuple[float, anyio.Event]] = []
        self._deadlines: list[tuple[float, anyio.CancelScope, list[bool]]] = []

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.now + self.wall_offset

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await anyio.lowlevel.checkpoint()
            return
        entry = (self.now + seconds, anyio.Event())
        self._sleepers.append(entry)
        try:
            await entry[1].wait()
        finally:
            if entry in self._sleepers:
                self._sleepers.remove(entry)

    def fail_after(self, seconds: float) -> AbstractContextManager[anyio.CancelScope]:
        return self._scope(self.now + seconds)

    @contextmanager
    def _scope(self, deadline: float) -> Iterator[anyio.CancelScope]:
        fired = [False]
        with anyio.CancelScope() as scope:
            entry = (deadline, scope, fired)
            self._deadlines.append(entry)
            try:
                yield scope
            finally:
                self._deadlines.remove(entry)
        if fired[0] and scope.cancelled_caught:
            raise TimeoutError

    @property
    def sleeping(self) -> int:
        """How many tasks sleep on this clock."""
        return len(self._sleepers)

    @property
    def next_wake(self) -> float | None:
        """Seconds until the earliest sleeper is due."""
        return min((due - self.now for due, _ in self._sleepers), default=None)

    def advance(self, seconds: float) -> None:
        """Move on and wake every sleeper and end every scope that is due."""
        self.now += seconds
        for due, event in sorted(self._sleepers, key=lambda entry: entry[0]):
            if due <= self.now:
                event.set()
        for due, scope, fired in list(self._deadlines):
            if due <= self.now:
                fired[0] = True
                scope.cancel()
