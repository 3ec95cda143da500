"""What can be done with a selection: how many of it are in which state, and how many bytes are still to come."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from ..domain.states import State
from .sums import Sums

DOWNLOAD = frozenset({State.MISSING})
PAUSE = frozenset(state for state in State if state.is_unfinished)
RESUME = frozenset({State.PAUSED})
RETRY = frozenset(state for state in State if state.is_trouble)
CANCEL = PAUSE | RESUME
RANK = CANCEL | DOWNLOAD
LIMIT = frozenset(State) - {State.DOWNLOADED}
HERE = frozenset({State.DOWNLOADED})
KEPT = frozenset({State.QUARANTINED})
ALL = frozenset(State)


@dataclass(frozen=True)
class Offer:
    """``bytes`` is the size of all that is selected, ``remaining`` what is still to come of the missing ones."""

    states: Mapping[State, int] = field(default_factory=dict)
    bytes: int = 0
    remaining: int = 0

    @classmethod
    def of(cls, selected: Sums) -> Offer:
        """What can be done with what adds up to this."""
        return cls(selected.counts, selected.totals().bytes, selected.totals(DOWNLOAD).remaining)

    def count(self, states: AbstractSet[State] = ALL) -> int:
        """How many of the selection are in one of ``states``."""
        return sum(count for state, count in self.states.items() if state in states)
