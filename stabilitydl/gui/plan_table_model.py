"""The files of a plan as rows, each with its own check box."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QObject, Qt, Signal

from ..text import format_bytes, plain
from .plan_model import Child, PlanModel
from .plan_text import child_word
from .qt import NO_INDEX, AnyIndex, override
from .tip import tip
from .tr import translate

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PlanColumn(IntEnum):
    """The columns, from the first."""

    NAME = 0
    KIND = 1
    SIZE = 2


class PlanTableModel(QAbstractTableModel):
    """Shows a `PlanModel` and changes it; ``chosen`` tells that a check box was clicked."""

    chosen = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plan: PlanModel | None = None

    def load(self, plan: PlanModel) -> None:
        """Show another plan."""
        self.beginResetModel()
        self._plan = plan
        self.endResetModel()

    def refresh(self) -> None:
        """The choice was changed elsewhere, or the language: every row may look different."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(PlanColumn) - 1))

    def toggle(self, rows: Iterable[int]) -> None:
        """Switch these rows on, or off when all of them are on."""
        if self._plan is None:
            return
        children = [self._rows[row] for row in rows if self._rows[row].can_be_chosen]
        wanted = not all(child.id in self._plan.chosen for child in children)
        self._choose(children, wanted)

    @override
    def rowCount(self, parent: AnyIndex = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: AnyIndex = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(PlanColumn)

    @override
    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self._plan is None or index.row() >= len(self._rows):
            return None
        child, column = self._rows[index.row()], PlanColumn(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _display(child, column)
            case Qt.ItemDataRole.ToolTipRole:
                place = plain(child.row.target or child.row.resource.path, 4096)
                return tip(place) if column is PlanColumn.NAME else None
            case Qt.ItemDataRole.CheckStateRole if column is PlanColumn.NAME and child.can_be_chosen:
                return Qt.CheckState.Checked if child.id in self._plan.chosen else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.TextAlignmentRole if column is PlanColumn.SIZE:
                return _RIGHT
            case _:
                return None

    @override
    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        child = self._rows[index.row()]
        if not child.can_be_chosen:
            return False
        self._choose([child], Qt.CheckState(value) is Qt.CheckState.Checked)
        return True

    @override
    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and index.column() == PlanColumn.NAME and self._rows[index.row()].can_be_chosen:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(PlanColumn):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return (
                _RIGHT if section == PlanColumn.SIZE else Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
            )
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        names = {
            PlanColumn.NAME: translate("Plan", "Name"),
            PlanColumn.KIND: translate("Plan", "What it is"),
            PlanColumn.SIZE: translate("Plan", "To download"),
        }
        return names[PlanColumn(section)]

    @property
    def _rows(self) -> tuple[Child, ...]:
        return self._plan.children if self._plan is not None else ()

    def _choose(self, children: list[Child], wanted: bool) -> None:
        if self._plan is not None and children:
            self._plan.choose(children, wanted)
            self.refresh()
            self.chosen.emit()


def _display(child: Child, column: PlanColumn) -> str:
    match column:
        case PlanColumn.NAME:
            return plain(child.row.resource.name)
        case PlanColumn.KIND:
            return child_word(child.kind, child.problem)
        case PlanColumn.SIZE:
            return format_bytes(child.needed)
