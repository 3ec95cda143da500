"""How long a lane has been at one call: a drive that does not answer is told from one that is slow.

Only short calls tell, or long ones that count their steps: a sync of what the system holds back for a slow drive may
take many minutes.
A sync that holds everybody back is measured by the `syncer`, which knows how much it has to do.
"""

from __future__ import annotations

from ..clock import Clock
from ..lane import Lane

STUCK_SECONDS = 30.0
"""At one call that writes at most some MiB, or looks at a name."""


class Patience:
    """Has to be asked now and then: what was seen the last time is what it counts from."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[Lane, tuple[int, float]] = {}

    def is_over(self, lane: Lane, steps: int = 0) -> bool:
        """Has ``lane`` been at one call for `STUCK_SECONDS`, or at one of the ``steps`` that its calls count?"""
        now, done = self._clock.monotonic(), lane.done + steps
        if not lane.is_busy:
            self._seen.pop(lane, None)
            return False
        before, since = self._seen.get(lane, (-1, now))
        if before != done:
            since = now
        self._seen[lane] = (done, since)
        return now - since >= STUCK_SECONDS

    def __repr__(self) -> str:
        return f"<Patience with {len(self._seen)} lanes>"
