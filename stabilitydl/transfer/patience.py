"""How long one fetch waits for servers: its `RetryBudget`, with the clock and the speed limit that it is under."""

from __future__ import annotations

from ..clock import Clock
from .bandwidth import Flow
from .retry import SLOWEST, RetryBudget


def slowest_of(flow: Flow) -> float:
    """Bytes per second below which a server is too slow. Our own limits may be what makes it slow."""
    return min(SLOWEST, flow.pace / 2)


class Patience:
    """Tells ``retries`` of every wait that is not one for bytes; those the `reader` counts."""

    def __init__(self, retries: RetryBudget, flow: Flow, clock: Clock) -> None:
        self._retries = retries
        self._flow = flow
        self._clock = clock

    def begins(self) -> float:
        """A wait begins; the seconds that it may last. To be followed by `ends`."""
        now = self._clock.monotonic()
        longest = self._retries.longest_wait(now)
        self._retries.wait_begins(now)
        return longest

    def ends(self) -> None:
        """It is over, well or badly."""
        self._retries.wait_ends(self._clock.monotonic(), slowest_of(self._flow))

    def __repr__(self) -> str:
        return f"<Patience {self._retries!r}>"
