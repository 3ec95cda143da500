"""The children as a grid of pictures: the same rows, the same selection, the same commands as in the list.

Every card has the same size, so where one lies follows from its row alone. Qt's own icon view looks at each row for
that, which takes seconds for 100,000 of them.
"""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QRubberBand,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from .pictures import Pictures
from .qt import AnyIndex, override
from .resource_card_delegate import CARD, ResourceCardDelegate
from .resource_index import Column
from .resource_table_model import ResourceTableModel
from .row_delegate import Look
from .row_pointer import Hit, Part, RowPointer
from .selection_model import SelectionModel
from .theme import SPACE, Appearance, mark
from .tr import translate


class ResourceGrid(QAbstractItemView):
    """Shows a `ResourceTableModel` as cards; the signals are those of `ResourceView`."""

    action_wanted = Signal(str, object)
    menu_wanted = Signal(object, QPoint)
    opened = Signal(str)
    typed = Signal(str)

    def __init__(
        self, model: ResourceTableModel, appearance: Appearance, pictures: Pictures, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._rows = model
        self._appearance = appearance
        self._band = QRubberBand(QRubberBand.Shape.Rectangle, self.viewport())
        self._band.hide()
        self._band_start: QPoint | None = None
        mark(self, surface="panel")
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setModel(model)
        self.setSelectionModel(SelectionModel(model, self))
        self.pointer = RowPointer(self, model, self.hit)
        self.pointer.action_wanted.connect(self.action_wanted)
        self.pointer.menu_wanted.connect(self.menu_wanted)
        look = Look(appearance, pictures, model.selection, lambda: self.pointer.hovered, lambda: self.pointer.by_keys)
        self._cards = ResourceCardDelegate(look, self)
        self.setItemDelegate(self._cards)
        self.activated.connect(lambda index: self.opened.emit(self._rows.snapshot_at(index.row()).id))
        model.arranged.connect(self._fit)
        model.selection.changed.connect(self.viewport().update)
        pictures.changed.connect(lambda _key: self.viewport().update())
        appearance.changed.connect(self.viewport().update)
        self.retranslate()

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.setAccessibleName(translate("ResourceView", "Files of the collection"))
        self.viewport().update()

    def hit(self, point: QPoint) -> Hit | None:
        """What lies at a point of the viewport."""
        index = self.indexAt(point)
        if not index.isValid():
            return None
        snapshot, cell, direction = self._rows.snapshot_at(index.row()), self.visualRect(index), self.layoutDirection()
        part = Part.ROW
        if self._cards.check_rect(cell, direction).contains(point):
            part = Part.CHECK
        elif self._cards.menu_rect(cell, direction).contains(point):
            part = Part.MENU
        elif self._cards.action_rect(cell, direction, self._rows.state_text(snapshot)).contains(point):
            part = Part.ACTION
        return Hit(index.row(), snapshot, part)

    # Where cards lie

    @property
    def per_line(self) -> int:
        """Cards side by side."""
        return max(1, (self.viewport().width() - 2 * SPACE) // CARD.width())

    @property
    def _pitch(self) -> int:
        """From the left of a card to the left of the next: the first and the last stand at the edges."""
        gaps = self.per_line - 1
        return (self.viewport().width() - 2 * SPACE - CARD.width()) // gaps if gaps else CARD.width()

    def _rect(self, row: int) -> QRect:
        """The place of a card, before scrolling and mirroring."""
        line, place = divmod(row, self.per_line)
        return QRect(QPoint(SPACE + place * self._pitch, SPACE + line * CARD.height()), CARD)

    def _rows_in(self, area: QRect) -> list[tuple[int, int]]:
        """The rows whose cards touch ``area`` (before scrolling and mirroring), as half-open spans, line by line."""
        per_line, total = self.per_line, self._rows.rowCount()
        first_line = max(0, (area.top() - SPACE) // CARD.height())
        last_line = min((area.bottom() - SPACE) // CARD.height(), (total - 1) // per_line)
        first = max(0, (area.left() - SPACE) // self._pitch)
        last = min((area.right() - SPACE) // self._pitch, per_line - 1)
        lines = range(first_line, last_line + 1)
        spans = [(line * per_line + first, min(line * per_line + last + 1, total)) for line in lines]
        return [(start, stop) for start, stop in spans if start < stop]

    def _seen(self, rect: QRect) -> QRect:
        """From the plan of all cards to the viewport."""
        moved = rect.translated(0, -self.verticalOffset())
        return QStyle.visualRect(self.layoutDirection(), self.viewport().rect(), moved)

    def _planned(self, rect: QRect) -> QRect:
        """From the viewport to the plan of all cards."""
        mirrored = QStyle.visualRect(self.layoutDirection(), self.viewport().rect(), rect)
        return mirrored.translated(0, self.verticalOffset())

    def _fit(self) -> None:
        lines = -(-self._rows.rowCount() // self.per_line)
        height = self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setPageStep(height)
        bar.setSingleStep(CARD.height() // 4)
        bar.setRange(0, max(0, lines * CARD.height() + 2 * SPACE - height))
        self.viewport().update()

    # Qt

    @override
    def visualRect(self, index: AnyIndex) -> QRect:
        return self._seen(self._rect(index.row())) if index.isValid() else QRect()

    @override
    def indexAt(self, point: QPoint) -> QModelIndex:
        planned = self._planned(QRect(point, QSize(1, 1)))
        found = [row for row, _ in self._rows_in(planned) if self._rect(row).contains(planned)]
        return self._rows.index(found[0], Column.NAME) if found else QModelIndex()

    @override
    def scrollTo(
        self,
        index: AnyIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        if not index.isValid():
            return
        rect, bar, height = self._rect(index.row()), self.verticalScrollBar(), self.viewport().height()
        if rect.top() - SPACE < bar.value():
            bar.setValue(rect.top() - SPACE)
        elif rect.bottom() + SPACE > bar.value() + height:
            bar.setValue(rect.bottom() + SPACE - height)

    @override
    def horizontalOffset(self) -> int:
        return 0

    @override
    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    @override
    def isIndexHidden(self, index: AnyIndex) -> bool:
        return False

    @override
    def moveCursor(self, cursorAction: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        total = self._rows.rowCount()
        if not total:
            return QModelIndex()
        current = self.currentIndex()
        row = current.row() if current.isValid() else 0
        step = self._step(cursorAction)
        if not current.isValid() or cursorAction is QAbstractItemView.CursorAction.MoveHome:
            target = 0
        elif cursorAction is QAbstractItemView.CursorAction.MoveEnd:
            target = total - 1
        else:
            target = row + step
        return self._rows.index(target if 0 <= target < total else row, Column.NAME)

    def _step(self, action: QAbstractItemView.CursorAction) -> int:
        actions = QAbstractItemView.CursorAction
        page = max(1, self.viewport().height() // CARD.height()) * self.per_line
        sideways = -1 if self.isRightToLeft() else 1
        steps = {
            actions.MoveLeft: -sideways,
            actions.MoveRight: sideways,
            actions.MoveUp: -self.per_line,
            actions.MoveDown: self.per_line,
            actions.MovePageUp: -page,
            actions.MovePageDown: page,
            actions.MoveNext: 1,
            actions.MovePrevious: -1,
        }
        return steps.get(action, 0)

    @override
    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        # Qt spans this rectangle from where a selection began to where it is now, in any direction.
        rows = [index.row() for index in map(self.indexAt, (rect.topLeft(), rect.bottomRight())) if index.isValid()]
        self._select([(min(rows), max(rows) + 1)] if rows else [], command)

    @override
    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        current = self.currentIndex()
        if event.key() == Qt.Key.Key_Space and current.isValid():
            self._rows.selection.toggle([self._rows.snapshot_at(current.row()).id])
        elif event.key() == Qt.Key.Key_Escape and self._rows.selection:
            self._rows.selection.clear()
        else:
            super().keyPressEvent(event)

    @override
    def keyboardSearch(self, search: str) -> None:
        self.typed.emit(search)

    @override
    def selectAll(self) -> None:
        self._rows.selection.add(self._rows.shown_ids())

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        point = event.position().toPoint()
        if event.button() is Qt.MouseButton.LeftButton and not self.indexAt(point).isValid():
            self._band_start = point + QPoint(0, self.verticalOffset())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._band_start is None:
            super().mouseMoveEvent(event)
            return
        point = event.position().toPoint()
        band = QRect(self._band_start - QPoint(0, self.verticalOffset()), point).normalized()
        self._band.setGeometry(band)
        self._band.show()
        kind = QItemSelectionModel.SelectionFlag
        toggles = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        self._select(self._rows_in(self._planned(band)), kind.Current | (kind.Toggle if toggles else kind.Select))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._band_start = None
        self._band.hide()
        super().mouseReleaseEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._appearance.theme.color("panel"))
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        for start, stop in self._rows_in(self._planned(event.rect())):
            for row in range(start, stop):
                option.rect = self._seen(self._rect(row))
                self._cards.paint(painter, option, self._rows.index(row, Column.NAME))
        painter.end()

    def _select(self, spans: list[tuple[int, int]], command: QItemSelectionModel.SelectionFlag) -> None:
        chosen = QItemSelection()
        for start, stop in spans:
            chosen.select(self._rows.index(start, Column.NAME), self._rows.index(stop - 1, Column.NAME))
        self.selectionModel().select(chosen, command)
