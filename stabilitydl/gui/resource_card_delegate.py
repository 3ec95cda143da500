"""Paints a child as a card of the picture grid: picture, name, facts, state."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from ..domain.resource import ResourceSnapshot
from ..text import format_bytes, plain
from .cell_text import limit_line, tag
from .painting import Canvas
from .qt import AnyIndex, override
from .resource_cells import Role
from .row_delegate import RowDelegate
from .rows import size_of
from .state_delegate import draw_state, stack
from .state_text import StateText
from .theme import RADIUS

CARD = QSize(186, 274)
"""A card with the gap around it."""
_GAP = 6
_PAD = 9
_PICTURE = CARD.width() - 2 * (_GAP + _PAD)
_CHECK = 28
_MENU = 24


class ResourceCardDelegate(RowDelegate):
    """The delegate of the picture grid."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return CARD

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        snapshot, state = index.data(Role.SNAPSHOT), index.data(Role.STATE_TEXT)
        if not isinstance(snapshot, ResourceSnapshot) or not isinstance(state, StateText):
            return
        fonts = self.look.appearance.fonts
        canvas = Canvas(painter, option.rect, option.direction, self.look.appearance.theme)
        hovered, selected = self.look.hovered() == snapshot.id, snapshot.id in self.look.selection
        painter.save()
        painter.setClipRect(option.rect)
        card = _card(option.rect)
        canvas.rounded(card, "accent" if selected else "line", RADIUS)
        ground = "selection" if selected else "hover" if hovered else "panel"
        canvas.rounded(card.adjusted(1, 1, -1, -1), ground, RADIUS - 1)
        if self.has_keyboard(option, index):
            canvas.outline(card, "accent", RADIUS)
        picture = _picture(option.rect)
        canvas.picture(picture, self.look.pictures.picture(snapshot.id, _PICTURE, canvas.pixel_ratio))
        checked = Qt.CheckState.Checked if selected else Qt.CheckState.Unchecked
        canvas.check_box(_check(option.rect), checked, hovered=hovered)
        line = QRect(picture.x(), picture.bottom() + 7, _PICTURE, 17)
        canvas.name(line, plain(snapshot.resource.name), fonts.body, "text")
        kind = snapshot.resource.base_model or snapshot.resource.type
        facts = (format_bytes(size_of(snapshot)), limit_line(snapshot) or tag(snapshot) or kind)
        below = plain(" · ".join(fact for fact in facts if fact))
        canvas.text(line.adjusted(0, 17, -_MENU, 17), below, fonts.small, "secondary")
        canvas.dots(_menu(option.rect), "secondary")
        layout = stack(_state(option.rect), state, QFontMetrics(fonts.small))
        draw_state(canvas, layout, state, fonts, hovered=hovered, beside=False)
        painter.restore()

    def check_rect(self, cell: QRect, direction: Qt.LayoutDirection) -> QRect:
        """Where a click means the check box."""
        return QStyle.visualRect(direction, cell, _check(cell))

    def menu_rect(self, cell: QRect, direction: Qt.LayoutDirection) -> QRect:
        """Where a click asks for the commands."""
        return QStyle.visualRect(direction, cell, _menu(cell))

    def action_rect(self, cell: QRect, direction: Qt.LayoutDirection, state: StateText) -> QRect:
        """Where a click on the command of a card has to be; empty where it offers none."""
        if state.action is None:
            return QRect()
        layout = stack(_state(cell), state, QFontMetrics(self.look.appearance.fonts.small))
        return QStyle.visualRect(direction, cell, layout.right.adjusted(-4, -2, 4, 4))


def _card(cell: QRect) -> QRect:
    return cell.adjusted(_GAP, _GAP, -_GAP, -_GAP)


def _picture(cell: QRect) -> QRect:
    card = _card(cell)
    return QRect(card.x() + _PAD, card.y() + _PAD, _PICTURE, _PICTURE)


def _check(cell: QRect) -> QRect:
    picture = _picture(cell)
    return QRect(picture.x(), picture.y(), _CHECK, _CHECK)


def _menu(cell: QRect) -> QRect:
    picture = _picture(cell)
    return QRect(picture.right() + 1 - _MENU, picture.bottom() + 21, _MENU, 24)


def _state(cell: QRect) -> QRect:
    picture = _picture(cell)
    top = picture.bottom() + 47
    return QRect(picture.x(), top, _PICTURE, _card(cell).bottom() - top)
