"""The speed limit: one bucket of bytes that all connections draw from."""

from __future__ import annotations

from ..clock import Clock

_BURST_SECONDS = 0.1
_SHORTEST_WAIT = 0.005
_LONGEST_WAIT = 0.5


class Bandwidth:
    """A limit in bytes per second over all downloads; 0 means none. May change while downloads run."""

    def __init__(self, clock: Clock, limit: int = 0) -> None:
        self._clock = clock
        self._limit = limit
        self._tokens = 0.0
        self._filled = clock.monotonic()

    @property
    def limit(self) -> int:
        return self._limit

    def set_limit(self, limit: int) -> None:
        """Change the limit; what was read too much under the old one is forgiven."""
        if limit < 0:
            raise ValueError(limit)
        self._fill()
        self._limit = limit
        self._tokens = min(self._tokens, limit * _BURST_SECONDS) if self._tokens > 0 else 0.0

    async def wait(self) -> None:
        """Return when the next read may start."""
        while self._limit:
            self._fill()
            if self._tokens > 0:
                return
            due = -self._tokens / self._limit
            await self._clock.sleep(min(max(due, _SHORTEST_WAIT), _LONGEST_WAIT))

    def spend(self, count: int) -> None:
        """``count`` bytes were read. A read larger than what was left makes the next ones wait longer."""
        if self._limit:
            self._fill()
            self._tokens -= count

    def _fill(self) -> None:
        now = self._clock.monotonic()
        self._tokens = min(self._tokens + (now - self._filled) * self._limit, max(self._limit * _BURST_SECONDS, 1.0))
        self._filled = now

    def __repr__(self) -> str:
        return f"<Bandwidth limit={self._limit} tokens={self._tokens:.0f}>"
