"""The signs on buttons, drawn as lines in the colours of the theme: no font has to know them.

`put` gives a button its sign; it is drawn again when the colours change, and mirrored where people write from right to
left and the sign has a side.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication

from .qt import override

SIDE = 16
"""Pixels of a sign; they are drawn on a grid of this size."""
_RATIOS = (1.0, 2.0, 3.0)
_FOLLOWED = frozenset({QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.LayoutDirectionChange})


class Sign(StrEnum):
    """What can be drawn."""

    ADD = "add"
    PAUSE = "pause"
    PLAY = "play"
    GEAR = "gear"
    MORE = "more"
    GROUPS = "groups"
    FILTER = "filter"
    LIST = "list"
    GRID = "grid"
    CLOSE = "close"
    DOWN = "down"
    UP = "up"
    FORWARD = "forward"
    ARRIVE = "arrive"
    DONE = "done"


class Tone(StrEnum):
    """In which colour of the theme."""

    TEXT = "text"
    QUIET = "quiet"
    ON_ACCENT = "on-accent"
    ACCENT = "accent"


_ROLES = {
    Tone.TEXT: QPalette.ColorRole.ButtonText,
    Tone.QUIET: QPalette.ColorRole.PlaceholderText,
    Tone.ON_ACCENT: QPalette.ColorRole.BrightText,
    Tone.ACCENT: QPalette.ColorRole.Accent,
}


def put(button: QAbstractButton, sign: Sign, tone: Tone = Tone.TEXT) -> None:
    """Give ``button`` a sign, instead of the one it has."""
    found = button.findChild(_Painted, options=Qt.FindChildOption.FindDirectChildrenOnly)
    painted = found if isinstance(found, _Painted) else _Painted(button)
    painted.show(sign, tone)


def pixmap(sign: Sign, side: int, color: QColor, ratio: float = 1.0, *, mirrored: bool = False) -> QPixmap:
    """``sign`` with ``side`` pixels per side, for a screen with ``ratio`` device pixels each."""
    made = QPixmap(round(side * ratio), round(side * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(side / SIDE, side / SIDE)
    if mirrored:
        painter.translate(SIDE, 0)
        painter.scale(-1, 1)
    pen = QPen(color, 1.5)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    _DRAWINGS[sign](painter, color)
    painter.end()
    return made


class _Painted(QObject):
    """Keeps the sign of one button in the colours of the theme."""

    def __init__(self, button: QAbstractButton) -> None:
        super().__init__(button)
        self._button = button
        self._sign, self._tone = Sign.MORE, Tone.TEXT
        self._drawn: tuple[object, ...] = ()
        button.setIconSize(QSize(SIDE, SIDE))
        button.installEventFilter(self)

    def show(self, sign: Sign, tone: Tone) -> None:
        self._sign, self._tone = sign, tone
        self._draw()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _FOLLOWED:
            self._draw()
        return False

    def _draw(self) -> None:
        palette = QApplication.palette()
        color = palette.color(_ROLES[self._tone])
        faint = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
        mirrored = self._button.layoutDirection() is Qt.LayoutDirection.RightToLeft
        wanted = (self._sign, color.rgba(), faint.rgba(), mirrored)
        if wanted == self._drawn:
            return
        self._drawn = wanted
        icon = QIcon()
        for ratio in _RATIOS:
            for mode, ink in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, faint)):
                icon.addPixmap(pixmap(self._sign, SIDE, ink, ratio, mirrored=mirrored), mode)
        self._button.setIcon(icon)


_Drawing = Callable[[QPainter, QColor], None]


def _lines(*lines: tuple[float, ...]) -> _Drawing:
    """Lines through points, given as x, y, x, y and so on."""

    def draw(painter: QPainter, _color: QColor) -> None:
        for line in lines:
            path = QPainterPath(QPointF(line[0], line[1]))
            for x, y in zip(line[2::2], line[3::2], strict=True):
                path.lineTo(x, y)
            painter.drawPath(path)

    return draw


def _filled(*shapes: tuple[float, float, float, float], radius: float = 1.0) -> _Drawing:
    """Filled rectangles, given as x, y, width and height."""

    def draw(painter: QPainter, color: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        for shape in shapes:
            painter.drawRoundedRect(QRectF(*shape), radius, radius)

    return draw


def _play(painter: QPainter, color: QColor) -> None:
    painter.setBrush(color)
    _lines((5.2, 3.5, 12.2, 8, 5.2, 12.5, 5.2, 3.5))(painter, color)


def _gear(painter: QPainter, _color: QColor) -> None:
    painter.translate(8, 8)
    wheel = QPainterPath()
    teeth, outer, inner = 8, 6.6, 4.9
    for step in range(teeth):
        for turn, radius in ((-0.30, inner), (-0.19, outer), (0.19, outer), (0.30, inner)):
            angle = (step + turn) * math.tau / teeth
            point = QPointF(radius * math.cos(angle), radius * math.sin(angle))
            if wheel.elementCount():
                wheel.lineTo(point)
            else:
                wheel.moveTo(point)
    wheel.closeSubpath()
    pen = painter.pen()
    pen.setWidthF(1.3)
    painter.setPen(pen)
    painter.drawPath(wheel)
    painter.drawEllipse(QPointF(0, 0), 2.1, 2.1)


def _arrive(painter: QPainter, color: QColor) -> None:
    """An arrow into a tray: something comes to this computer."""
    _lines((8, 2, 8, 9.6), (4.9, 6.6, 8, 9.7, 11.1, 6.6), (2.5, 10.5, 2.5, 13.5, 13.5, 13.5, 13.5, 10.5))(
        painter, color
    )


_DOT = 2.6
_DRAWINGS: dict[Sign, _Drawing] = {
    Sign.ADD: _lines((8, 3, 8, 13), (3, 8, 13, 8)),
    Sign.PAUSE: _filled((4, 3, 2.8, 10), (9.2, 3, 2.8, 10)),
    Sign.PLAY: _play,
    Sign.GEAR: _gear,
    Sign.MORE: _filled(*((x - _DOT / 2, 8 - _DOT / 2, _DOT, _DOT) for x in (3, 8, 13)), radius=_DOT / 2),
    Sign.GROUPS: _lines((2.5, 3.5, 8, 3.5), (5, 8, 13.5, 8), (5, 12.5, 13.5, 12.5)),
    Sign.FILTER: _lines((2.5, 4, 13.5, 4), (4.7, 8, 11.3, 8), (6.8, 12, 9.2, 12)),
    Sign.LIST: _lines((2.5, 4, 13.5, 4), (2.5, 8, 13.5, 8), (2.5, 12, 13.5, 12)),
    Sign.GRID: _filled((2.3, 2.3, 4.9, 4.9), (8.8, 2.3, 4.9, 4.9), (2.3, 8.8, 4.9, 4.9), (8.8, 8.8, 4.9, 4.9)),
    Sign.CLOSE: _lines((4.2, 4.2, 11.8, 11.8), (11.8, 4.2, 4.2, 11.8)),
    Sign.DOWN: _lines((4, 6.2, 8, 10.2, 12, 6.2)),
    Sign.UP: _lines((4, 9.8, 8, 5.8, 12, 9.8)),
    Sign.FORWARD: _lines((6.2, 4, 10.2, 8, 6.2, 12)),
    Sign.ARRIVE: _arrive,
    Sign.DONE: _lines((3, 8.4, 6.6, 12, 13, 4.6)),
}
