"""What children add up to, state by state.

Children are handed over as columns: for each one a byte for its state, its size, and what of it is still to come.
Columns are added up by the interpreter itself, a hundred thousand of them in a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import compress

from ..domain.states import State

CODES = {state: code for code, state in enumerate(State)}
"""The byte of each state in a column; states are in the order of their lives."""
UNKNOWN = -1
"""In a column of sizes: nobody says."""
_ALL = frozenset(State)
_STATES = tuple(State)


def marks(states: Iterable[State]) -> bytes:
    """A table for ``bytes.translate``: the codes of ``states`` become 1, everything else 0."""
    codes = {CODES[state] for state in states}
    return bytes(code in codes for code in range(256))


_ONLY = [marks([state]) for state in State]


@dataclass(frozen=True)
class Totals:
    """What some children add up to. ``bytes`` is their size, ``remaining`` what is still to come of it; children of
    unknown size are in neither, and are counted in ``unknown``."""

    files: int = 0
    bytes: int = 0
    remaining: int = 0
    unknown: int = 0


class Sums:
    """The totals of each state."""

    def __init__(self) -> None:
        self._files = [0] * len(_STATES)
        self._bytes = [0] * len(_STATES)
        self._remaining = [0] * len(_STATES)
        self._unknown = [0] * len(_STATES)

    @classmethod
    def of(cls, codes: bytes | bytearray, sizes: Sequence[int], left: Sequence[int]) -> Sums:
        """Add up columns of equal length: `CODES`, sizes in bytes or `UNKNOWN`, and bytes still to come."""
        made = cls()
        for code in set(codes):
            here = codes.translate(_ONLY[code])
            mine = list(compress(sizes, here))
            unknown = mine.count(UNKNOWN)
            made._files[code] = len(mine)
            made._bytes[code] = sum(mine) - unknown * UNKNOWN
            made._remaining[code] = sum(compress(left, here))
            made._unknown[code] = unknown
        return made

    def add(self, code: int, size: int, left: int) -> None:
        """One child more."""
        self._change(code, 1, size, left)

    def take(self, code: int, size: int, left: int) -> None:
        """One child less."""
        self._change(code, -1, size, left)

    def totals(self, states: AbstractSet[State] = _ALL) -> Totals:
        """Of all children in one of ``states``."""
        columns = (self._files, self._bytes, self._remaining, self._unknown)
        codes = [CODES[state] for state in states]
        return Totals(*(sum(column[code] for code in codes) for column in columns))

    @property
    def counts(self) -> dict[State, int]:
        """How many children are in which state; states that nothing is in are left out."""
        return {state: count for state, count in zip(_STATES, self._files, strict=True) if count}

    def _change(self, code: int, by: int, size: int, left: int) -> None:
        self._files[code] += by
        if size == UNKNOWN:
            self._unknown[code] += by
        else:
            self._bytes[code] += by * size
            self._remaining[code] += by * left

    def __repr__(self) -> str:
        return f"<Sums {self.totals()}>"
