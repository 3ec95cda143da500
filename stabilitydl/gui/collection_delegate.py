"""Paints the side bar: collections with picture, title, hub, count and a thin bar; groups with title and count."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ..domain.collection import CollectionSnapshot
from ..domain.states import State, Tab
from ..text import plain
from .collection_tree_model import CollectionRole
from .hub_names import hub_title
from .painting import END, Canvas
from .pictures import Pictures
from .qt import AnyIndex, override
from .state_text import Fill, Mark
from .theme import COLLECTION_ROW, GROUP_ROW, RADIUS, Appearance

PICTURE = 38
_PAD = 8
_BAR = 3
_INDENT = 12


class CollectionDelegate(QStyledItemDelegate):
    """One delegate for groups and collections."""

    def __init__(self, appearance: Appearance, pictures: Pictures, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._pictures = pictures

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        is_group = index.data(CollectionRole.SNAPSHOT) is None
        return QSize(200, GROUP_ROW if is_group else COLLECTION_ROW)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        canvas = Canvas(painter, option.rect, option.direction, self._appearance.theme)
        painter.save()
        painter.setClipRect(option.rect)
        snapshot = index.data(CollectionRole.SNAPSHOT)
        if isinstance(snapshot, CollectionSnapshot):
            self._draw_collection(canvas, snapshot, option)
        else:
            self._draw_group(canvas, index, option)
        if option.state & QStyle.StateFlag.State_HasFocus:
            canvas.outline(canvas.rect, "accent", RADIUS)
        painter.restore()

    def _draw_group(self, canvas: Canvas, index: AnyIndex, option: QStyleOptionViewItem) -> None:
        fonts = self._appearance.fonts
        indent = int(index.data(CollectionRole.DEPTH)) * _INDENT
        area = canvas.rect.adjusted(indent, 0, -_PAD, 0)
        is_open = bool(option.state & QStyle.StateFlag.State_Open)
        canvas.chevron(QRect(area.x(), area.y(), 16, area.height()), "secondary", is_open=is_open)
        count = f"{index.data(CollectionRole.COUNT):,}"
        width = QFontMetrics(fonts.small).horizontalAdvance(count) + 2
        title = plain(str(index.data(Qt.ItemDataRole.DisplayRole)))
        canvas.text(area.adjusted(20, 0, -width - _PAD, 0), title, fonts.small_strong, "secondary")
        canvas.text(area, count, fonts.small, "secondary", align=END)

    def _draw_collection(self, canvas: Canvas, snapshot: CollectionSnapshot, option: QStyleOptionViewItem) -> None:
        fonts, row = self._appearance.fonts, canvas.rect
        if option.state & QStyle.StateFlag.State_Selected:
            canvas.rounded(row, "selection", RADIUS)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            canvas.rounded(row, "hover", RADIUS)
        area = row.adjusted(_PAD, 0, -_PAD, 0)
        picture = self._pictures.picture(snapshot.id, PICTURE, canvas.pixel_ratio)
        canvas.picture(QRect(area.x(), row.y() + (row.height() - PICTURE) // 2, PICTURE, PICTURE), picture)
        text = area.adjusted(PICTURE + 10, 0, 0, 0)
        title = plain(snapshot.collection.title)
        canvas.text(QRect(text.x(), row.y() + 6, text.width(), 18), title, fonts.body, "text")
        self._draw_second_line(canvas, QRect(text.x(), row.y() + 24, text.width(), 16), snapshot)
        bar = QRect(text.x(), row.y() + 44, text.width(), _BAR)
        here, everything = snapshot.summary.states.get(State.DOWNLOADED, 0), snapshot.summary.resources
        canvas.track(bar, [(0.0, here / everything, Fill.RECEIVED)] if here else [])

    def _draw_second_line(self, canvas: Canvas, line: QRect, snapshot: CollectionSnapshot) -> None:
        fonts, summary = self._appearance.fonts, snapshot.summary
        count = f"{summary.states.get(State.DOWNLOADED, 0):,} / {summary.resources:,}"
        width = QFontMetrics(fonts.small).horizontalAdvance(count) + 2
        end = QRect(line.right() + 1 - width, line.y(), width, line.height())
        canvas.text(end, count, fonts.small, "secondary", align=END)
        mark = Mark.DONE if summary.is_complete else Mark.WARNING if summary.count(Tab.FAILED) else Mark.NONE
        if mark is not Mark.NONE:
            width += 16
            place = QRect(line.right() + 1 - width, line.y(), 14, line.height())
            canvas.mark(place, mark, "secondary" if mark is Mark.DONE else "trouble_text")
        hub = hub_title(snapshot.collection.hub)
        canvas.text(QRect(line.x(), line.y(), line.width() - width - 6, line.height()), hub, fonts.small, "secondary")
