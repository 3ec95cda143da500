"""What delegates draw with: check boxes, marks, tracks, pictures and lines of text, in any direction of writing.

Rectangles are given as if people wrote from left to right; a `Canvas` mirrors them where they do not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QStyle

from .state_text import Mark, Segment
from .theme import Theme

TRACK_HEIGHT = 5
CHECK_SIZE = 15
MARK_SIZE = 12
START = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
END = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ELLIPSIS = "\u2026"
_LONG_ENDING = 6
_AFTER_NUMBER = re.compile(r"(?<=\d) (?=\w)")


class Canvas:
    """One cell that is painted. Colours are named by the tokens of the theme."""

    def __init__(self, painter: QPainter, rect: QRect, direction: Qt.LayoutDirection, theme: Theme) -> None:
        self.painter = painter
        self.rect = rect
        self.theme = theme
        self._direction = direction

    @property
    def is_mirrored(self) -> bool:
        return self._direction is Qt.LayoutDirection.RightToLeft

    @property
    def pixel_ratio(self) -> float:
        """Device pixels per pixel of what is painted on."""
        device = self.painter.device()
        return device.devicePixelRatio() if device is not None else 1.0

    def place(self, rect: QRect) -> QRect:
        """``rect``, mirrored within the cell if need be."""
        return QStyle.visualRect(self._direction, self.rect, rect)

    def fill(self, color: str) -> None:
        """The whole cell in one colour."""
        self.painter.fillRect(self.rect, self.theme.color(color))

    def line_below(self, color: str = "faint_line") -> None:
        """A line along the lower edge of the cell."""
        self.painter.fillRect(self.rect.x(), self.rect.bottom(), self.rect.width(), 1, self.theme.color(color))

    def text(
        self,
        rect: QRect,
        text: str,
        font: QFont,
        color: str,
        *,
        align: Qt.AlignmentFlag = START,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        """One line of text, elided to fit."""
        if elide is not Qt.TextElideMode.ElideNone:
            text = QFontMetrics(font).elidedText(text, elide, rect.width())
        self._write(rect, text, font, color, align, Qt.TextFlag.TextSingleLine)

    def name(self, rect: QRect, name: str, font: QFont, color: str) -> None:
        """The name of a file on one line, shortened to fit."""
        self.text(rect, shortened(name, QFontMetrics(font), rect.width()), font, color)

    def paragraph(self, rect: QRect, text: str, font: QFont, color: str) -> None:
        """Text on as many lines as it needs; a number stays with its unit."""
        text = _AFTER_NUMBER.sub("\u00a0", text)
        self._write(rect, text, font, color, START, Qt.TextFlag.TextWordWrap)

    def _write(
        self, rect: QRect, text: str, font: QFont, color: str, align: Qt.AlignmentFlag, flag: Qt.TextFlag
    ) -> None:
        self.painter.setFont(font)
        self.painter.setPen(self.theme.color(color))
        # Absolute, because a name in Arabic belongs where the column has its names.
        absolute = QStyle.visualAlignment(self._direction, align) | Qt.AlignmentFlag.AlignAbsolute
        # By its own letters: "144 MB" reads the same in a window that is written from right to left.
        self.painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        self.painter.drawText(self.place(rect), absolute.value | flag.value, text)

    def picture(self, rect: QRect, picture: QPixmap) -> None:
        """A picture that has the size of ``rect``."""
        self.painter.drawPixmap(self.place(rect), picture)

    def check_box(self, rect: QRect, state: Qt.CheckState, *, hovered: bool = False) -> None:
        """A check box in the middle of ``rect``."""
        box = _centred(self.place(rect), CHECK_SIZE)
        empty = state is Qt.CheckState.Unchecked
        with _Smooth(self.painter) as painter:
            painter.setPen(QPen(self.theme.color("accent" if hovered or not empty else "secondary"), 1.2))
            painter.setBrush(self.theme.color("panel" if empty else "accent"))
            painter.drawRoundedRect(box.adjusted(0.6, 0.6, -0.6, -0.6), 4, 4)
            if not empty:
                points = _TICK if state is Qt.CheckState.Checked else _DASH
                painter.setPen(_round_pen(self.theme.color("on_accent"), 1.8))
                painter.drawPolyline(_within(box, points))

    def track(self, rect: QRect, segments: Sequence[Segment]) -> None:
        """Which parts of a file are here. A part that is there is never thinner than one pixel."""
        area = QRectF(self.place(rect))
        with _Smooth(self.painter) as painter:
            shape = QPainterPath()
            shape.addRoundedRect(area, area.height() / 2, area.height() / 2)
            painter.fillPath(shape, self.theme.color("track"))
            painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
            for start, stop, fill in segments:
                width = max(1.0, (stop - start) * area.width())
                x = start * area.width()
                left = area.right() - x - width if self.is_mirrored else area.x() + x
                painter.fillRect(QRectF(left, area.y(), width, area.height()), self.theme.color(fill))

    def mark(self, rect: QRect, mark: Mark, color: str) -> None:
        """A small sign in the middle of ``rect``."""
        box = _centred(self.place(rect), MARK_SIZE)
        with _Smooth(self.painter) as painter:
            ink = self.theme.color(color)
            match mark:
                case Mark.WARNING:
                    painter.setPen(_round_pen(ink, 1.0))
                    painter.setBrush(ink)
                    painter.drawPolygon(_within(box, _TRIANGLE))
                    painter.setPen(_round_pen(self.theme.color("panel"), 1.5))
                    painter.drawPolyline(_within(box, ((0.5, 0.40), (0.5, 0.62))))
                    painter.drawPoint(_within(box, ((0.5, 0.80),)).at(0))
                case Mark.CLOCK:
                    painter.setPen(_round_pen(ink, 1.3))
                    painter.drawEllipse(box.adjusted(1, 1, -1, -1))
                    painter.drawPolyline(_within(box, ((0.5, 0.27), (0.5, 0.52), (0.68, 0.62))))
                case Mark.DONE:
                    painter.setPen(_round_pen(ink, 1.7))
                    painter.drawPolyline(_within(box, ((0.12, 0.55), (0.4, 0.82), (0.9, 0.22))))
                case Mark.LOCK:
                    painter.setPen(_round_pen(ink, 1.3))
                    painter.drawArc(QRectF(box.x() + 3, box.y() + 0.7, 6, 8), 0, 180 * 16)
                    painter.setBrush(ink)
                    painter.drawRoundedRect(QRectF(box.x() + 1.5, box.y() + 5, 9, 6), 1.2, 1.2)
                case Mark.NONE:
                    pass

    def arrow(self, rect: QRect, color: str, *, down: bool) -> None:
        """The sign of a sorted column."""
        box = _centred(self.place(rect), 9)
        tip, tail = (box.bottom() - 0.5, box.top() + 0.5) if down else (box.top() + 0.5, box.bottom() - 0.5)
        side = tip - 3.2 if down else tip + 3.2
        x = box.center().x()
        with _Smooth(self.painter) as painter:
            painter.setPen(_round_pen(self.theme.color(color), 1.3))
            painter.drawLine(QPointF(x, tail), QPointF(x, tip))
            painter.drawPolyline(QPolygonF([QPointF(x - 3.2, side), QPointF(x, tip), QPointF(x + 3.2, side)]))

    def dots(self, rect: QRect, color: str) -> None:
        """The three dots behind which there are commands."""
        centre = QRectF(self.place(rect)).center()
        with _Smooth(self.painter) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.color(color))
            for offset in (-4.5, 0.0, 4.5):
                painter.drawEllipse(centre + QPointF(offset, 0), 1.3, 1.3)

    def chevron(self, rect: QRect, color: str, *, is_open: bool) -> None:
        """The sign of a group that can be opened."""
        box = _centred(self.place(rect), 8)
        points: _Points = ((0.1, 0.3), (0.5, 0.7), (0.9, 0.3)) if is_open else ((0.3, 0.1), (0.7, 0.5), (0.3, 0.9))
        if self.is_mirrored:
            points = [(1 - x, y) for x, y in points]
        with _Smooth(self.painter) as painter:
            painter.setPen(_round_pen(self.theme.color(color), 1.4))
            painter.drawPolyline(_within(box, points))

    def rounded(self, rect: QRect, color: str, radius: float) -> None:
        """A filled rectangle with round corners."""
        with _Smooth(self.painter) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.color(color))
            painter.drawRoundedRect(QRectF(self.place(rect)), radius, radius)

    def outline(self, rect: QRect, color: str, radius: float) -> None:
        """The frame of what has the keyboard."""
        with _Smooth(self.painter) as painter:
            painter.setPen(QPen(self.theme.color(color), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.place(rect)).adjusted(0.75, 0.75, -0.75, -0.75), radius, radius)


def shortened(name: str, metrics: QFontMetrics, width: int) -> str:
    """The name of a file for ``width`` pixels: a long ending goes first, then the middle of what is left.

    Files of a pack differ at both ends of their stems.
    """
    if metrics.horizontalAdvance(name) <= width:
        return name
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) >= _LONG_ENDING:
        if metrics.horizontalAdvance(stem + _ELLIPSIS) <= width:
            return stem + _ELLIPSIS
        # Never the bare stem, which would look like a whole name.
        name, width = stem, min(width, metrics.horizontalAdvance(stem) - 1)
    return metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, width)


class _Smooth:
    """Anti-aliasing, and everything as it was at the end."""

    def __init__(self, painter: QPainter) -> None:
        self._painter = painter

    def __enter__(self) -> QPainter:
        self._painter.save()
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        return self._painter

    def __exit__(self, *_: object) -> None:
        self._painter.restore()


_Points = Sequence[tuple[float, float]]
_TICK: _Points = ((0.25, 0.53), (0.43, 0.70), (0.75, 0.32))
_DASH: _Points = ((0.28, 0.5), (0.72, 0.5))
_TRIANGLE: _Points = ((0.5, 0.08), (0.97, 0.92), (0.03, 0.92))


def _round_pen(color: QColor, width: float) -> QPen:
    pen = QPen(color, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _within(box: QRectF, points: _Points) -> QPolygonF:
    return QPolygonF([QPointF(box.x() + x * box.width(), box.y() + y * box.height()) for x, y in points])


def _centred(rect: QRect, size: int) -> QRectF:
    return QRectF(rect.x() + (rect.width() - size) // 2, rect.y() + (rect.height() - size) // 2, size, size)
