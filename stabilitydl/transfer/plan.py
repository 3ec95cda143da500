"""Which ranges of a file are missing, and which one a connection takes next. Pure: no I/O, no clock.

Connections take ranges from the front, so that the contiguous prefix grows and can be digested while the rest is still
on its way. Borders lie on multiples of a block. A connection that finds nothing left splits a range of another: first
the one that holds up the prefix, then the largest rest.
"""

from __future__ import annotations

from ..disk.journal import BLOCK
from ..domain.ranges import Range, Ranges

MIB = 1024 * 1024
SHORTEST_RANGE = 8 * MIB
LONGEST_RANGE = 256 * MIB
FIRST_RANGE = 32 * MIB
"""Bytes that a connection takes at most as long as nobody knows its speed: where the way is long it should not wait for
a second answer while it is learning what it can do."""
RANGE_SECONDS = 4.0
SPLIT_SECONDS = 1.0
SHORTEST_SPLIT = 2 * BLOCK


class Claim:
    """A range that one connection owns: half-open, ``position`` is the next byte to come.

    ``stop`` may move towards the front while the owner reads: another connection took the rest.
    """

    __slots__ = ("position", "speed", "start", "stop")

    def __init__(self, start: int, stop: int) -> None:
        self.start = start
        self.stop = stop
        self.position = start
        self.speed = 0.0

    @property
    def rest(self) -> int:
        """Bytes still to come."""
        return self.stop - self.position

    def __repr__(self) -> str:
        return f"<Claim {self.start}-{self.stop} at {self.position}>"


class Plan:
    """The missing ranges of a file of ``size`` bytes and who brings them."""

    def __init__(self, size: int, done: Ranges, connections: int) -> None:
        self.size = size
        self._connections = max(1, connections)
        self._free: list[Range] = list(done.missing(size))
        self._claims: list[Claim] = []

    @property
    def is_finished(self) -> bool:
        """Nothing is missing and nothing is on its way."""
        return not self._free and not self._claims

    @property
    def unclaimed(self) -> int:
        """Bytes that nobody brings yet."""
        return sum(stop - start for start, stop in self._free)

    @property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(self._claims)

    def take(self, speed: float = 0.0, stop: int | None = None) -> Claim | None:
        """The next range for a connection that brings ``speed`` bytes per second; None when there is none for it.

        With ``stop`` the range ends there, as when an answer is already open.
        """
        if not self._free:
            return self._split()
        start, end = self._free[0]
        if stop is None:
            stop = start + self._length(speed)
            stop = -(-stop // BLOCK) * BLOCK
        border = min(end, stop)
        if border == end:
            del self._free[0]
        else:
            self._free[0] = (border, end)
        claim = Claim(start, border)
        self._claims.append(claim)
        return claim

    def release(self, claim: Claim) -> None:
        """The owner is done with ``claim``; what it did not bring is missing again."""
        self._claims.remove(claim)
        if claim.rest > 0:
            self._free = list(Ranges([*self._free, (claim.position, claim.stop)]).items)

    def _length(self, speed: float) -> int:
        fair = self.unclaimed // (2 * self._connections)
        wanted = int(speed * RANGE_SECONDS) if speed > 0 else FIRST_RANGE
        return max(SHORTEST_RANGE, min(LONGEST_RANGE, wanted, fair))

    def _split(self) -> Claim | None:
        worth = [claim for claim in self._claims if claim.rest > max(SHORTEST_SPLIT, claim.speed * SPLIT_SECONDS)]
        moving = [claim for claim in worth if claim.speed > 0]
        if not moving:
            return None
        blocking = min(self._claims, key=lambda claim: claim.position)
        victim = blocking if blocking in moving else max(moving, key=lambda claim: claim.rest)
        border = -(-(victim.position + victim.rest // 2) // BLOCK) * BLOCK
        if border >= victim.stop:
            return None
        claim = Claim(border, victim.stop)
        victim.stop = border
        self._claims.append(claim)
        return claim

    def __repr__(self) -> str:
        return f"<Plan size={self.size} unclaimed={self.unclaimed} claims={self._claims}>"
