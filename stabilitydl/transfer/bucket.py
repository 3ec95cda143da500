"""One limit: a bucket that fills with bytes as time passes. Pure: is told the time."""

from __future__ import annotations

BURST_SECONDS = 0.1
"""How long a bucket fills that nobody draws from."""

FINE = 512 * 1024
"""Bytes per second from which a limit is kept closely; below it is never exceeded."""

_STEP_SECONDS = 0.02
_SMALLEST_STEP = 1024
_LARGEST_STEP = 64 * 1024
_RECORD = 16 * 1024


class Bucket:
    """What may still be read under a limit of ``rate`` bytes per second. It never holds less than nothing."""

    def __init__(self, rate: int, now: float) -> None:
        self.rate = rate
        self.tokens = 0.0
        self._filled = now

    @property
    def step(self) -> int:
        """Bytes that are worth a read: less would cost more than it brings."""
        return min(max(int(self.rate * _STEP_SECONDS), _SMALLEST_STEP), _LARGEST_STEP)

    @property
    def capacity(self) -> float:
        """Bytes that it holds. Below `FINE` no more than one record of TLS, below which no read can be cut."""
        most = self.rate * BURST_SECONDS
        return max(most if self.rate >= FINE else min(most, _RECORD), self.step)

    @property
    def is_ready(self) -> bool:
        """Is there enough for a read?"""
        return self.tokens >= self.step

    @property
    def due(self) -> float:
        """Seconds until it is ready."""
        return max(self.step - self.tokens, 0.0) / self.rate

    def fill(self, now: float) -> None:
        """Count the time that went by."""
        self.tokens = min(self.tokens + (now - self._filled) * self.rate, self.capacity)
        self._filled = now

    def take(self, count: int) -> None:
        """``count`` bytes, which are there, will be read."""
        self.tokens -= count

    def give_back(self, count: int) -> None:
        """``count`` bytes were not read after all."""
        self.tokens = min(self.tokens + count, self.capacity)

    def change(self, rate: int, now: float) -> None:
        """Let it fill at ``rate`` from ``now`` on."""
        self.fill(now)
        self.rate = rate
        self.tokens = min(self.tokens, self.capacity)

    def __repr__(self) -> str:
        return f"<Bucket {self.rate} B/s tokens={self.tokens:.0f}>"
