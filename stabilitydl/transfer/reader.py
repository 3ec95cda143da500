"""Reading one answer within the speed limits, with an eye on how long nothing comes.

Only the time counts in which a read is pending: while a speed limit or the disk holds us back, no server is slow.
"""

from __future__ import annotations

from collections import deque

from ..clock import Clock
from ..domain.chunk import WIDTH, Chunk
from ..errors import StalledConnection
from .bandwidth import Flow
from .body import Body
from .order import Live
from .patience import slowest_of
from .retry import SILENCE, SLOWEST, WINDOW, RetryBudget

_SLICES = 6


class Reader:
    """The reads of one answer; ``flow`` says how much may come, ``live`` tells others since when nothing does.

    ``retries`` is told what comes in which time, and says when it is no use to wait for more.
    """

    def __init__(self, body: Body, flow: Flow, live: Live, clock: Clock, retries: RetryBudget | None = None) -> None:
        self._body = body
        self._flow = flow
        self._live = live
        self._clock = clock
        self._retries = retries or RetryBudget()
        self._slowest = float(SLOWEST)
        self._changes = -1
        self._trickle = Trickle()
        self._is_slow = False

    async def read(self) -> Chunk:
        """The next chunk, empty at the end. Raises StalledConnection, which loses no byte, and what the body raises."""
        if self._is_slow:
            raise StalledConnection(host=self._body.host)
        flow = self._flow
        if self._changes != flow.changes:
            self._changes = flow.changes
            self._body.pace(flow.pace / max(self._live.connections, 1))
            self._slowest = slowest_of(flow)
        turn = await flow.take()
        came = 0
        try:
            chunk = await self._wait(turn.most)
            came = len(chunk)
        finally:
            flow.settle(turn, came)
        return chunk

    async def surplus(self) -> int:
        """How many bytes come behind the last one that was wanted, as far as one more read shows; 0 at the end.

        Raises what `read` raises.
        """
        return len(await self._wait(WIDTH))

    async def _wait(self, most: int) -> Chunk:
        live, retries = self._live, self._retries
        chunk: Chunk = b""
        began = self._clock.monotonic()
        longest = retries.longest_wait(began)
        retries.wait_begins(began)
        live.reading += 1
        live.waiting_since = began
        try:
            if longest >= SILENCE:
                chunk = await self._body.read(most)
            else:
                with self._clock.fail_after(longest):
                    chunk = await self._body.read(most)
        except TimeoutError:
            raise StalledConnection(host=self._body.host) from None
        finally:
            live.reading -= 1
            ended = self._clock.monotonic()
            retries.wait_ends(ended, self._slowest, len(chunk))
        live.waiting_since = ended
        self._is_slow = self._trickle.add(ended - began, len(chunk)) or retries.is_in_vain
        return chunk


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
