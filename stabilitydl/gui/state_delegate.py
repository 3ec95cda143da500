"""Paints the state cell: a track of the ranges that are here, below it what happens, at the end pace or a command.

No text of it is ever cut. A line that does not fit beside a track takes the place of the track and wraps.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QStyle

from ..domain.resource import ResourceSnapshot
from .painting import END, MARK_SIZE, START, TRACK_HEIGHT, Canvas
from .qt import AnyIndex, override
from .resource_cells import Role
from .row_delegate import RowDelegate
from .state_text import Mark, StateText
from .theme import Fonts

GAP = 8
LINE = 16
"""Height of a line of small text."""
PAD_START = 6
PAD_END = 10


@dataclass(frozen=True)
class StateLayout:
    """Where the parts of a state lie, as if people wrote from left to right. ``track`` is None where none is drawn."""

    left: QRect
    right: QRect
    mark: QRect
    track: QRect | None
    wraps: bool


def lay_out(area: QRect, state: StateText, metrics: QFontMetrics) -> StateLayout:
    """Put the parts of ``state`` into ``area``; ``metrics`` are those of the font of its lines."""
    sign = MARK_SIZE + 4 if state.mark is not Mark.NONE else 0
    needed = metrics.horizontalAdvance(state.left)
    right = metrics.horizontalAdvance(state.right) if state.right else 0
    room = area.width() - sign - (right + GAP if right else 0)
    if needed > room and right and state.action is None:
        # Pace is less than what happens: in a narrow column it gives way.
        right, room = 0, area.width() - sign
    fits = needed <= room
    if state.track is not None and fits:
        top = area.y() + (area.height() - TRACK_HEIGHT - 3 - LINE) // 2 + 1
        track = QRect(area.x(), top, area.width(), TRACK_HEIGHT)
        line = QRect(area.x(), top + TRACK_HEIGHT + 2, area.width(), LINE)
    else:
        track = None
        height = LINE if fits else area.height()
        line = QRect(area.x(), area.y() + (area.height() - height) // 2, area.width(), height)
    return StateLayout(
        left=QRect(line.x() + sign, line.y(), room, line.height()),
        right=QRect(line.x() + line.width() - right, line.y(), right, line.height()),
        mark=QRect(line.x(), line.y(), MARK_SIZE, line.height()),
        track=track,
        wraps=not fits,
    )


def stack(area: QRect, state: StateText, metrics: QFontMetrics) -> StateLayout:
    """Put the parts of ``state`` below each other, for places that are narrow; pace is left out."""
    sign = MARK_SIZE + 4 if state.mark is not Mark.NONE else 0
    room = area.width() - sign
    fits = metrics.horizontalAdvance(state.left) <= room
    top = area.y()
    track = None
    if state.track is not None:
        track = QRect(area.x(), top, area.width(), TRACK_HEIGHT)
        top += TRACK_HEIGHT + 3
    left = QRect(area.x() + sign, top, room, LINE if fits else 2 * metrics.lineSpacing())
    right = QRect()
    if state.action is not None:
        right = QRect(area.x() + sign, left.bottom() + 1, metrics.horizontalAdvance(state.right) + 2, LINE)
    return StateLayout(left, right, QRect(area.x(), top, MARK_SIZE, LINE), track, wraps=not fits)


def draw_state(
    canvas: Canvas, layout: StateLayout, state: StateText, fonts: Fonts, *, hovered: bool = False, beside: bool = True
) -> None:
    """Paint ``state`` where ``layout`` says; a command is underlined while the pointer is on the row.

    ``beside``: what is at the right ends there.
    """
    if layout.track is not None and state.track is not None:
        canvas.track(layout.track, state.track)
    canvas.mark(layout.mark, state.mark, state.tone)
    if layout.wraps:
        canvas.paragraph(layout.left, state.left, fonts.small, state.tone)
    else:
        canvas.text(layout.left, state.left, fonts.small, state.tone, elide=Qt.TextElideMode.ElideNone)
    if not layout.right.isEmpty():
        font: QFont = fonts.link if state.action is not None and hovered else fonts.small
        color = "accent_text" if state.action is not None else "secondary"
        align = END if beside else START
        canvas.text(layout.right, state.right, font, color, align=align, elide=Qt.TextElideMode.ElideNone)


def state_area(cell: QRect) -> QRect:
    """The part of a cell that its state may fill."""
    return cell.adjusted(PAD_START, 0, -PAD_END, 0)


class StateDelegate(RowDelegate):
    """The delegate of the column of states."""

    @override
    def draw(self, canvas: Canvas, snapshot: ResourceSnapshot, index: AnyIndex) -> None:
        state = index.data(Role.STATE_TEXT)
        if isinstance(state, StateText):
            hovered = self.look.hovered() == snapshot.id
            fonts = self.look.appearance.fonts
            layout = lay_out(state_area(canvas.rect), state, QFontMetrics(fonts.small))
            draw_state(canvas, layout, state, fonts, hovered=hovered)

    def action_rect(self, cell: QRect, direction: Qt.LayoutDirection, state: StateText) -> QRect:
        """Where a click on the command of a row has to be; empty where it offers none."""
        if state.action is None:
            return QRect()
        layout = lay_out(state_area(cell), state, QFontMetrics(self.look.appearance.fonts.small))
        return QStyle.visualRect(direction, cell, layout.right.adjusted(-4, -6, 4, 6))
