"""A clock for which all waiting is over at once."""

from __future__ import annotations

import anyio.lowlevel

from tests.fakes.clock import ManualClock


class HastyClock(ManualClock):
    """Sleeping moves it on; ``naps`` are the seconds it was asked to sleep."""

    def __init__(self) -> None:
        super().__init__()
        self.naps: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds
        await anyio.lowlevel.checkpoint()
