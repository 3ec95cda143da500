"""The clock that every deadline, backoff, meter and tick asks.

Nothing else in the product reads the time, so tests replace it and advance it by hand.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from typing import Protocol

import anyio


class Clock(Protocol):
    """Where time comes from. All values are seconds."""

    def monotonic(self) -> float:
        """A number that only grows; differences are durations, also across changes of the wall clock."""
        ...

    def wall(self) -> float:
        """Seconds since 1970 in UTC, for showing and for dates of servers; never for durations."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after ``seconds``."""
        ...

    def fail_after(self, seconds: float) -> AbstractContextManager[anyio.CancelScope]:
        """A scope that raises TimeoutError when its body takes longer than ``seconds``."""
        ...


class SystemClock:
    """The machine's clock."""

    def monotonic(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)

    def fail_after(self, seconds: float) -> AbstractContextManager[anyio.CancelScope]:
        return anyio.fail_after(seconds)

    def __repr__(self) -> str:
        return "SystemClock()"
