"""What Qt's views ask about selection, answered with the ids of a `Selection`.

The ids are the truth. Qt's own set of row ranges only mirrors them, for screen readers and for Qt's handling of mouse
and keys; where the rows that are selected lie in too many pieces for that, the mirror stays empty.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange, QObject

from .qt import AnyIndex, override
from .resource_index import Column
from .resource_table_model import ResourceTableModel

MOST_RANGES = 100
"""Qt compares each old range with each new one."""

Flag = QItemSelectionModel.SelectionFlag


class SelectionModel(QItemSelectionModel):
    """Selects whole rows, by id. Keeps the current row through sorting and filtering."""

    def __init__(self, model: ResourceTableModel, parent: QObject) -> None:
        super().__init__(model, parent)
        self._rows = model
        self._ids = model.selection
        self._before: frozenset[str] = frozenset()
        self._selecting = False
        self._resetting = False
        self._current = ""
        self.currentChanged.connect(self._note_current)
        self._ids.changed.connect(self._reflect)
        model.arranged.connect(self._settle)

    @override
    def select(self, what: AnyIndex | QItemSelection, command: QItemSelectionModel.SelectionFlag, /) -> None:
        """Change the ids as Qt would change its ranges.

        With ``Current`` in the command, the last change is replaced by this one: so dragging and Shift work.
        """
        if self._resetting or command == Flag.NoUpdate:
            return
        if not command & Flag.Current:
            self._before = self._ids.ids
        if command & Flag.Clear:
            self._before = frozenset()
        ids = self._ids_in(what)
        after = self._before
        if command & Flag.Toggle:
            after = after.symmetric_difference(ids)
        elif command & Flag.Select:
            after = after.union(ids)
        elif command & Flag.Deselect:
            after = after.difference(ids)
        self._selecting = True
        self._ids.replace(after)
        self._selecting = False

    @override
    def reset(self) -> None:
        """The rows are others; the ids stay."""
        self._resetting = True
        super().reset()
        self._resetting = False

    def _ids_in(self, what: AnyIndex | QItemSelection) -> Iterable[str]:
        if isinstance(what, QItemSelection):
            ranges = [what.at(number) for number in range(what.size())]
            spans = sorted({(span.top(), span.bottom()) for span in ranges if span.isValid()})
            return [key for top, bottom in spans for key in self._rows.shown_ids(top, bottom + 1)]
        return self._rows.shown_ids(what.row(), what.row() + 1) if what.isValid() else []

    def _note_current(self, current: AnyIndex, _previous: AnyIndex) -> None:
        if current.isValid():
            self._current = self._rows.snapshot_at(current.row()).id

    def _settle(self) -> None:
        row = self._rows.row_of(self._current) if self._current else None
        if row is not None and self.currentIndex().row() != row:
            column = max(self.currentIndex().column(), Column.NAME)
            self.setCurrentIndex(self._rows.index(row, column), Flag.NoUpdate)
        self._reflect()

    def _reflect(self) -> None:
        if not self._selecting:
            self._before = self._ids.ids
        ranges = self._ranges() if self._ids else []
        mirror = QItemSelection()
        for start, stop in ranges:
            first, last = self._rows.index(start, 0), self._rows.index(stop - 1, len(Column) - 1)
            mirror.append(QItemSelectionRange(first, last))
        if ranges or self.hasSelection():
            super().select(mirror, Flag.ClearAndSelect)

    def _ranges(self) -> list[tuple[int, int]]:
        rows = self._rows.selected_rows()
        found: list[tuple[int, int]] = []
        start = rows.find(1)
        while start >= 0 and len(found) <= MOST_RANGES:
            stop = rows.find(0, start)
            stop = len(rows) if stop < 0 else stop
            found.append((start, stop))
            start = rows.find(1, stop)
        return found if len(found) <= MOST_RANGES else []
