"""The meter: how fast bytes come, and when a file will be there, from counts that are looked at once per tick."""

from __future__ import annotations

from collections import deque

WINDOW = 5.0
"""Seconds that the speed is an average over."""


class Meter:
    """A sliding window over the number of bytes that came."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def look(self, now: float, fetched: int) -> float:
        """Note that ``fetched`` bytes came in all by ``now`` (monotonic seconds); bytes per second."""
        if self._samples and fetched < self._samples[-1][1]:
            self._samples.clear()
        self._samples.append((now, fetched))
        while len(self._samples) > 2 and self._samples[1][0] <= now - WINDOW:
            self._samples.popleft()
        start, before = self._samples[0]
        return (fetched - before) / (now - start) if now > start else 0.0

    def __repr__(self) -> str:
        return f"<Meter {len(self._samples)} samples>"


def remaining_seconds(received: int, size: int | None, speed: float) -> float | None:
    """Seconds until the file is there; None when nobody can tell."""
    if size is None or speed <= 0:
        return None
    return max(0, size - received) / speed
