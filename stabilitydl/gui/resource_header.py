"""The header of the list of children: titles, the sign of the sorted column, and a check box for all rows."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from .cell_text import header
from .painting import END, START, Canvas
from .qt import override
from .resource_delegate import CHECK_WIDTH, PAD
from .resource_index import Column
from .resource_table_model import ResourceTableModel
from .state_delegate import PAD_START
from .theme import HEADER_HEIGHT, Appearance

_ARROW = 14


class ResourceHeader(QHeaderView):
    """Sorting by a click; a third one gives the order of the hub back."""

    def __init__(self, model: ResourceTableModel, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._rows = model
        self._appearance = appearance
        self.setFixedHeight(HEADER_HEIGHT)
        self.setSectionsClickable(True)
        self.setSortIndicatorShown(True)
        self.setSortIndicatorClearable(True)
        self.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(40)
        self.setMouseTracking(True)
        model.selection.changed.connect(self.viewport().update)
        model.arranged.connect(self.viewport().update)

    @property
    def check_state(self) -> Qt.CheckState:
        """Are all rows selected that are shown, some, or none?"""
        rows = self._rows.selected_rows()
        if 1 not in rows:
            return Qt.CheckState.Unchecked
        return Qt.CheckState.PartiallyChecked if 0 in rows else Qt.CheckState.Checked

    def least_width(self, column: Column) -> int:
        """Pixels that the title of a column needs, with the sign of the sorted one."""
        metrics = QFontMetrics(self._appearance.fonts.small)
        return metrics.horizontalAdvance(header(column)) + 1 + _ARROW + 2 * PAD

    def toggle_all(self) -> None:
        """Select all rows that are shown, or none of them."""
        shown = self._rows.shown_ids()
        if self.check_state is Qt.CheckState.Checked:
            self._rows.selection.remove(shown)
        else:
            self._rows.selection.add(shown)

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), HEADER_HEIGHT)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.logicalIndexAt(event.position().toPoint()) == Column.MARK:
            if event.button() is Qt.MouseButton.LeftButton:
                self.toggle_all()
            event.accept()
            return
        super().mousePressEvent(event)

    @override
    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        if not rect.isValid():
            return
        canvas = Canvas(painter, rect, self.layoutDirection(), self._appearance.theme)
        painter.save()
        canvas.fill("panel")
        canvas.line_below("line")
        column = Column(logicalIndex)
        if column is Column.MARK:
            canvas.check_box(QRect(rect.x(), rect.y(), CHECK_WIDTH, rect.height()), self.check_state)
        else:
            self._draw_title(canvas, column)
        painter.restore()

    def _draw_title(self, canvas: Canvas, column: Column) -> None:
        fonts = self._appearance.fonts
        title = header(column)
        sorted_by = self.sortIndicatorSection() == column
        arrow = _ARROW if sorted_by else 0
        end = column is Column.SIZE
        start = PAD_START if column is Column.STATE else PAD
        area = canvas.rect.adjusted(start, 0, -PAD, 0)
        # One more pixel, because a width is rounded down and eliding begins at once.
        width = min(QFontMetrics(fonts.small).horizontalAdvance(title) + 1, area.width() - arrow)
        if end:
            text = QRect(area.right() + 1 - arrow - width, area.y(), width, area.height())
        else:
            text = QRect(area.x(), area.y(), width, area.height())
        color = "text" if sorted_by else "secondary"
        canvas.text(text, title, fonts.small, color, align=END if end else START)
        if sorted_by:
            down = self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
            canvas.arrow(QRect(text.right() + 1, area.y(), arrow, area.height()), color, down=down)
