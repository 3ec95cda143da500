"""The table of all files of a plan, each with its own switch."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from .check_box import CheckDelegate
from .plan_table_model import PlanColumn, PlanTableModel
from .qt import override
from .theme import Appearance, mark

_ROW_HEIGHT = 26
_LEAST_HEIGHT = 260


class PlanView(QTableView):
    """The files; Space switches all selected ones."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        mark(self, kind="plan")
        self.setItemDelegate(CheckDelegate(appearance, self))
        appearance.changed.connect(self._color)
        self._color()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMinimumHeight(_LEAST_HEIGHT)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        self.horizontalHeader().setHighlightSections(False)

    def show_model(self, model: PlanTableModel) -> None:
        """Show ``model``; the columns take the room that there is."""
        self._table_model = model
        self.setModel(model)
        header = self.horizontalHeader()
        header.setSectionResizeMode(PlanColumn.NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(PlanColumn.KIND, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(PlanColumn.SIZE, QHeaderView.ResizeMode.ResizeToContents)
        header.resizeSection(PlanColumn.KIND, 240)

    def _color(self) -> None:
        theme, palette = self._appearance.theme, self.palette()
        palette.setColor(QPalette.ColorRole.Highlight, theme.color("selection"))
        palette.setColor(QPalette.ColorRole.HighlightedText, theme.color("text"))
        self.setPalette(palette)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self._table_model.toggle({index.row() for index in self.selectedIndexes()})
            event.accept()
            return
        super().keyPressEvent(event)
