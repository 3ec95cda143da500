"""The files in quarantine as rows: name, reason, size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QObject, Qt

from ..domain.kept import Kept
from ..text import format_bytes, plain
from .failure_text import short_text
from .qt import NO_INDEX, AnyIndex, override
from .tip import tip
from .tr import QT_TRANSLATE_NOOP, problem_text, translate


class KeptColumn(IntEnum):
    """From left to right."""

    NAME = 0
    REASON = 1
    SIZE = 2


_TITLES = {
    KeptColumn.NAME: QT_TRANSLATE_NOOP("KeptTable", "Name"),
    KeptColumn.REASON: QT_TRANSLATE_NOOP("KeptTable", "Reason"),
    KeptColumn.SIZE: QT_TRANSLATE_NOOP("KeptTable", "Size"),
}


class KeptTableModel(QAbstractTableModel):
    """One row for each file, in the order in which they were loaded."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.kept: Sequence[Kept] = ()

    def load(self, kept: Sequence[Kept]) -> None:
        """Show these."""
        self.beginResetModel()
        self.kept = tuple(kept)
        self.endResetModel()

    def rows_of(self, resources: Iterable[str]) -> list[int]:
        """The rows of these resources, as far as they are here."""
        wanted = set(resources)
        return [row for row, each in enumerate(self.kept) if each.resource in wanted]

    def retranslate(self) -> None:
        """Say the same in the language that is installed now."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(KeptColumn) - 1)
        if self.kept:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.kept) - 1, len(KeptColumn) - 1))

    @override
    def rowCount(self, parent: AnyIndex = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.kept)

    @override
    def columnCount(self, parent: AnyIndex = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(KeptColumn)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(KeptColumn(section))
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return translate("KeptTable", _TITLES[KeptColumn(section)])

    @override
    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.kept):
            return None
        each, column = self.kept[index.row()], KeptColumn(index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(plain(each.path) if column is KeptColumn.NAME else reason_text(each))
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        match column:
            case KeptColumn.NAME:
                return plain(each.name)
            case KeptColumn.REASON:
                return _short_reason(each)
            case KeptColumn.SIZE:
                return format_bytes(each.size)


def _alignment(column: KeptColumn) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignTrailing if column is KeptColumn.SIZE else Qt.AlignmentFlag.AlignLeading
    return side | Qt.AlignmentFlag.AlignVCenter


def _short_reason(each: Kept) -> str:
    if each.problem is None:
        return translate("KeptTable", "Not on the list")
    return short_text(each.problem, "")


def reason_text(each: Kept) -> str:
    """Why it is kept aside, in a sentence."""
    if each.problem is None:
        return translate("KeptTable", "Nothing on the list refers to it any more.")
    return problem_text(each.problem)
