"""What all cells of a row of children have in common: its ground, selected or not, below the pointer or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem

from ..domain.resource import ResourceSnapshot
from .painting import Canvas
from .pictures import Pictures
from .qt import AnyIndex, override
from .resource_cells import Role
from .selection import Selection
from .theme import RESOURCE_ROW, Appearance


@dataclass(frozen=True)
class Look:
    """What delegates paint with.

    ``hovered`` gives the id of the child below the pointer, empty where there is none; ``by_keys`` tells whether the
    keyboard was used last, so that the row which has it is to be shown.
    """

    appearance: Appearance
    pictures: Pictures
    selection: Selection
    hovered: Callable[[], str]
    by_keys: Callable[[], bool]


class RowDelegate(QStyledItemDelegate):
    """Paints the ground of a cell and leaves the rest to `draw`."""

    def __init__(self, look: Look, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.look = look

    def draw(self, canvas: Canvas, snapshot: ResourceSnapshot, index: AnyIndex) -> None:
        """Paint what stands in the cell."""
        raise NotImplementedError

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        snapshot = index.data(Role.SNAPSHOT)
        if not isinstance(snapshot, ResourceSnapshot):
            return
        canvas = Canvas(painter, option.rect, option.direction, self.look.appearance.theme)
        painter.save()
        painter.setClipRect(option.rect)
        self._ground(canvas, snapshot, option, index)
        self.draw(canvas, snapshot, index)
        painter.restore()

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(80, RESOURCE_ROW)

    def _ground(
        self, canvas: Canvas, snapshot: ResourceSnapshot, option: QStyleOptionViewItem, index: AnyIndex
    ) -> None:
        selected = snapshot.id in self.look.selection
        canvas.fill("selection" if selected else "hover" if self.look.hovered() == snapshot.id else "panel")
        canvas.line_below()
        if self.has_keyboard(option, index):
            # The whole row has the keyboard, so each cell draws its part of one frame.
            rect, color = canvas.rect, canvas.theme.color("accent")
            canvas.painter.fillRect(rect.x(), rect.y(), rect.width(), 1, color)
            canvas.painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, color)

    def has_keyboard(self, option: QStyleOptionViewItem, index: AnyIndex) -> bool:
        """Does what is typed go to the row of ``index``, and does somebody type?"""
        view = option.widget
        if not isinstance(view, QAbstractItemView) or not view.hasFocus() or not self.look.by_keys():
            return False
        return view.currentIndex().row() == index.row()
