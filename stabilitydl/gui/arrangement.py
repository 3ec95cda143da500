"""The rows of a list of children, and what has to move when some children change."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .resource_index import Key, Order, Query, Request, select, sort_key
from .rows import STATES_OF, Rows

_NOWHERE = -1


@dataclass
class Moves:
    """How rows change: first ``removed`` go, as half-open spans listed from the end, then ``inserted`` come, as
    (row, slots) listed from the beginning. Taken in this order, each row is right when its turn comes."""

    removed: list[tuple[int, int]] = field(default_factory=list)
    inserted: list[tuple[int, list[int]]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.removed or self.inserted)

    @property
    def spans(self) -> int:
        """How many announcements they take."""
        return len(self.removed) + len(self.inserted)

    def slots(self, shown: Arrangement) -> set[int]:
        """The slots that move, as long as ``shown`` is as it was when these were worked out."""
        leaving = {slot for start, stop in self.removed for slot in shown.slots[start:stop]}
        return leaving.union(*(slots for _, slots in self.inserted))


class Arrangement:
    """The slots that are shown now, with the way back from a slot to its row."""

    def __init__(self, slots: list[int], query: Query, order: Order) -> None:
        self.slots = slots
        self.query = query
        self.order = order
        self._rows: array[int] | None = None

    def __len__(self) -> int:
        return len(self.slots)

    def row(self, slot: int) -> int | None:
        """The row of a slot, None when it is not shown."""
        self.know_rows()
        assert self._rows is not None
        row = self._rows[slot] if slot < len(self._rows) else _NOWHERE
        return None if row == _NOWHERE else row

    def moves(self, rows: Rows, changed: Iterable[int]) -> Moves:
        """What has to be removed and inserted because the children in ``changed`` are others now; changes nothing."""
        leaving: list[int] = []
        coming: list[int] = []
        absent: list[int] = []
        states = STATES_OF[self.query.tab]
        # Read once, not copied: nothing changes before this returns.
        request = Request(rows, rows.codes, rows.sizes, self.query, self.order)
        for slot in changed:
            row = self.row(slot)
            if row is None:
                absent.append(slot)
                continue
            wanted = rows.snapshots[slot].state in states
            if not wanted or self.order.follows_state:
                leaving.append(row)
            if wanted and self.order.follows_state:
                coming.append(slot)
        # Of what a query asks, only the state can change; but who was not here may not fit the rest of it.
        coming += select(request, absent)
        return self._spans(request, sorted(leaving), coming)

    def remove(self, start: int, stop: int) -> None:
        """Take the rows from ``start`` to before ``stop`` out."""
        del self.slots[start:stop]
        self._rows = None

    def insert(self, row: int, slots: Sequence[int]) -> None:
        """Put ``slots`` before ``row``."""
        self.slots[row:row] = slots
        self._rows = None

    def take(self, moves: Moves) -> None:
        """All of ``moves`` at once."""
        for start, stop in moves.removed:
            del self.slots[start:stop]
        for row, slots in moves.inserted:
            self.slots[row:row] = slots
        self._rows = None

    def know_rows(self) -> None:
        """Work out the way back now, as in the thread that made the slots."""
        if self._rows is None:
            rows = array("l", [_NOWHERE]) * (max(self.slots, default=_NOWHERE) + 1)
            for row, slot in enumerate(self.slots):
                rows[slot] = row
            self._rows = rows

    def _spans(self, request: Request, leaving: list[int], coming: list[int]) -> Moves:
        moves = Moves()
        for row in reversed(leaving):
            if moves.removed and moves.removed[-1][0] == row + 1:
                moves.removed[-1] = (row, moves.removed[-1][1])
            else:
                moves.removed.append((row, row + 1))
        gone = set(leaving)
        left = [slot for row, slot in enumerate(self.slots) if row not in gone] if coming and gone else self.slots
        key = sort_key(request, self.order.column) if self.order.column is not None else None
        groups: dict[int, list[int]] = {}
        for slot in self._sorted(coming, key):
            groups.setdefault(self._place(left, slot, key), []).append(slot)
        come = 0
        for place, slots in groups.items():
            moves.inserted.append((place + come, slots))
            come += len(slots)
        return moves

    def _sorted(self, slots: list[int], key: Key | None) -> list[int]:
        made = sorted(slots)
        if key is not None:
            made.sort(key=key, reverse=self.order.descending)
        return made

    def _place(self, slots: Sequence[int], slot: int, key: Key | None) -> int:
        """Before which of ``slots`` does ``slot`` belong?"""
        low, high = 0, len(slots)
        mine = key(slot) if key is not None else None
        while low < high:
            middle = (low + high) // 2
            if self._precedes(slots[middle], slot, key, mine):
                low = middle + 1
            else:
                high = middle
        return low

    def _precedes(self, other: int, slot: int, key: Key | None, mine: Any) -> bool:
        if key is None:
            return other < slot
        theirs = key(other)
        if theirs == mine:
            return other < slot
        return bool(theirs > mine) if self.order.descending else bool(theirs < mine)


def spans(rows: Sequence[int], most: int) -> list[tuple[int, int]]:
    """Sorted rows as half-open spans; more than ``most`` of them become one, which costs less to announce."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and found[-1][1] == row:
            found[-1] = (found[-1][0], row + 1)
        else:
            found.append((row, row + 1))
    return [(rows[0], rows[-1] + 1)] if len(found) > most else found
