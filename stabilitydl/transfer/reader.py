"""Reading one answer within the speed limits, with an eye on how long nothing comes.

Only the time counts in which a read is pending: while a speed limit or the disk holds us back, no server is slow.
"""

from __future__ import annotations

from collections import deque

from ..clock import Clock
from ..domain.chunk import Chunk
from ..errors import StalledConnection
from .bandwidth import Flow
from .body import Body
from .order import Live
from .retry import RetryBudget

SLOWEST = 1024
"""Bytes per second below which a connection is given up."""

WINDOW = 60.0
"""Seconds of waiting over which it has to be that slow."""

_SLICES = 6
_SHORTEST_LOOK = 5.0


class Reader:
    """The reads of one answer; ``flow`` says how much may come, ``live`` tells others since when nothing does.

    ``retries`` is told what comes in which time. When its patience is over, a connection that was always too slow is
    given up after a few seconds.
    """

    def __init__(self, body: Body, flow: Flow, live: Live, clock: Clock, retries: RetryBudget | None = None) -> None:
        self._body = body
        self._flow = flow
        self._live = live
        self._clock = clock
        self._retries = retries or RetryBudget(clock.monotonic())
        self._slowest = float(SLOWEST)
        self._seconds = 0.0
        self._count = 0
        self._changes = -1
        self._trickle = Trickle()
        self._is_slow = False

    async def read(self) -> Chunk:
        """The next chunk, empty at the end. Raises StalledConnection, which loses no byte, and what the body raises."""
        if self._is_slow:
            raise StalledConnection(host=self._body.host)
        live, flow = self._live, self._flow
        if self._changes != flow.changes:
            self._changes = flow.changes
            self._body.pace(flow.pace / max(live.connections, 1))
            # Our own limits may be what makes it slow.
            self._slowest = min(SLOWEST, flow.pace / 2)
        turn = await flow.take()
        came, began = 0, self._clock.monotonic()
        live.reading += 1
        live.waiting_since = began
        self._retries.read_begins(began)
        try:
            chunk = await self._body.read(turn.most)
            came = len(chunk)
        finally:
            live.reading -= 1
            flow.settle(turn, came)
            ended = self._clock.monotonic()
            self._retries.read_ends(ended, came, self._slowest)
        live.waiting_since = ended
        self._seconds += ended - began
        self._count += came
        self._is_slow = self._trickle.add(ended - began, came) or self._is_in_vain(ended)
        return chunk

    def _is_in_vain(self, now: float) -> bool:
        if self._seconds < _SHORTEST_LOOK or self._count >= self._slowest * self._seconds:
            return False
        return self._retries.is_over(now)


class Trickle:
    """What came lately, in slices of waiting time. Pure: is told the time."""

    def __init__(self) -> None:
        self._past: deque[tuple[float, int]] = deque(maxlen=_SLICES)
        self._seconds = 0.0
        self._count = 0

    def add(self, seconds: float, count: int) -> bool:
        """``count`` bytes came after ``seconds`` of waiting. True when the last `WINDOW` seconds brought next to
        nothing."""
        self._seconds += seconds
        self._count += count
        if self._seconds < WINDOW / _SLICES:
            return False
        self._past.append((self._seconds, self._count))
        self._seconds, self._count = 0.0, 0
        waited = sum(slice_[0] for slice_ in self._past)
        return waited >= WINDOW and sum(slice_[1] for slice_ in self._past) < SLOWEST * waited
