"""Which children and which rows are selected, looked up once for everybody who asks."""

from __future__ import annotations

from .arrangement import Arrangement
from .rows import Rows
from .selection import Selection
from .sums import Sums


class Chosen:
    """A `Selection` seen over ``rows`` and ``shown``. Whoever changes these or the selection says so."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._mask: bytes | None = None
        self._in_rows: bytes | None = None

    def forget(self) -> None:
        """Other children, or others are selected."""
        self._mask = None
        self._in_rows = None

    def forget_rows(self) -> None:
        """The same children are in other rows."""
        self._in_rows = None

    def in_rows(self, rows: Rows, shown: Arrangement) -> bytes:
        """One byte for each row that is shown: 1 where it is selected."""
        if self._in_rows is None:
            self._in_rows = self._look(rows, shown)
        return self._in_rows

    def sums(self, rows: Rows) -> Sums:
        """What all that is selected adds up to, shown or not."""
        ids = self._selection.ids
        return rows.sums_of(ids) if rows.are_few(ids) else rows.sums_under(self._known(rows))

    def _look(self, rows: Rows, shown: Arrangement) -> bytes:
        ids = self._selection.ids
        if not rows.are_few(ids):
            return bytes(map(self._known(rows).__getitem__, shown.slots))
        found = bytearray(len(shown))
        for slot in rows.slots_of(ids):
            row = shown.row(slot)
            if row is not None:
                found[row] = 1
        return bytes(found)

    def _known(self, rows: Rows) -> bytes:
        if self._mask is None:
            self._mask = rows.mask(self._selection.ids)
        return self._mask

    def __repr__(self) -> str:
        return f"<Chosen {self._selection!r}>"
