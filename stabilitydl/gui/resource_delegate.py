"""Paints the cells of a child besides its state: check box and picture, name over version, texts, commands."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt

from ..domain.resource import ResourceSnapshot
from ..text import plain
from .cell_text import second_line
from .painting import END, Canvas
from .qt import AnyIndex, override
from .resource_index import Column
from .row_delegate import RowDelegate

CHECK_WIDTH = 40
"""The part of the first column in which a click means the check box."""
PICTURE = 32
PAD = 8
_LINE = 17


class ResourceDelegate(RowDelegate):
    """One delegate for all columns of a list of children but the state."""

    @override
    def draw(self, canvas: Canvas, snapshot: ResourceSnapshot, index: AnyIndex) -> None:
        match index.column():
            case Column.MARK:
                self._draw_mark(canvas, snapshot)
            case Column.NAME:
                self._draw_name(canvas, snapshot)
            case Column.MENU:
                canvas.dots(canvas.rect, "secondary")
            case Column.SIZE:
                rect = canvas.rect.adjusted(PAD, 0, -PAD, 0)
                text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
                canvas.text(rect, text, self.look.appearance.fonts.body, "text", align=END)
            case _:
                rect = canvas.rect.adjusted(PAD, 0, -PAD, 0)
                text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
                canvas.text(rect, text, self.look.appearance.fonts.body, "secondary")

    def _draw_mark(self, canvas: Canvas, snapshot: ResourceSnapshot) -> None:
        rect = canvas.rect
        selected = snapshot.id in self.look.selection
        state = Qt.CheckState.Checked if selected else Qt.CheckState.Unchecked
        hovered = self.look.hovered() == snapshot.id
        canvas.check_box(QRect(rect.x(), rect.y(), CHECK_WIDTH, rect.height()), state, hovered=hovered)
        top = rect.y() + (rect.height() - PICTURE) // 2
        picture = self.look.pictures.picture(snapshot.id, PICTURE, canvas.pixel_ratio)
        canvas.picture(QRect(rect.x() + CHECK_WIDTH + 4, top, PICTURE, PICTURE), picture)

    def _draw_name(self, canvas: Canvas, snapshot: ResourceSnapshot) -> None:
        fonts = self.look.appearance.fonts
        rect = canvas.rect.adjusted(PAD, 0, -PAD, 0)
        below = second_line(snapshot)
        name = plain(snapshot.resource.name)
        if not below:
            canvas.name(rect, name, fonts.body, "text")
            return
        top = rect.y() + (rect.height() - 2 * _LINE) // 2
        canvas.name(QRect(rect.x(), top, rect.width(), _LINE), name, fonts.body, "text")
        canvas.text(QRect(rect.x(), top + _LINE, rect.width(), _LINE), below, fonts.small, "secondary")
