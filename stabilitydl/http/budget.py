"""How many requests one host bears at once, learned from what it refuses. Pure: asks no clock, is told the time.

The number is halved with each refusal and grows by one with each `GROWTH` seconds that pass without another, up to
what the settings allow: a host that was busy for a moment is soon used fully again, one that stays strict is asked for
more only now and then.
"""

from __future__ import annotations

GROWTH = 10.0
"""Seconds without a refusal after which one request more is tried."""


class Budget:
    """The budget of one host. ``cuts`` counts how often it was made smaller."""

    def __init__(self) -> None:
        self.cuts = 0
        self._base: int | None = None
        self._since = 0.0

    def allowed(self, most: int, now: float) -> int:
        """How many requests may run at ``now`` (monotonic seconds), of ``most`` that the settings allow."""
        if self._base is None:
            return most
        grown = self._base + int((now - self._since) / GROWTH)
        if grown >= most:
            self._base = None
            return most
        return grown

    def refuse(self, running: int, most: int, now: float, cuts: int) -> bool:
        """The host refused a request that began after ``cuts`` cuts, while ``running`` of them ran, it included.

        True when the budget is smaller now. Requests that were on their way when it was cut prove nothing more.
        """
        if cuts != self.cuts:
            return False
        self.cuts += 1
        self._base = max(1, min(self.allowed(most, now), running) // 2)
        self._since = now
        return True

    def __repr__(self) -> str:
        return f"<Budget {'whole' if self._base is None else self._base} after {self.cuts} cuts>"
