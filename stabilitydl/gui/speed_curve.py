"""The speed of the last minutes as a curve."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from .qt import override
from .theme import Appearance

SAMPLES = 480
"""Two minutes of ticks."""


class SpeedCurve(QWidget):
    """One sample per tick, in bytes per second; the newest at the right."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._samples: deque[float] = deque(maxlen=SAMPLES)
        self.setMinimumHeight(48)
        appearance.changed.connect(self.update)

    def add(self, bytes_per_second: float) -> None:
        """The speed of the last tick."""
        self._samples.append(bytes_per_second)
        self.update()

    @property
    def peak(self) -> float:
        """The highest speed that is shown, in bytes per second."""
        return max(self._samples, default=0.0)

    @override
    def sizeHint(self) -> QSize:
        return QSize(360, 64)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bottom = self.height() - 1.0
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(QPointF(0, bottom), QPointF(self.width(), bottom))
        if len(self._samples) > 1 and self.peak > 0:
            self._paint_curve(painter, bottom)
        painter.end()

    def _paint_curve(self, painter: QPainter, bottom: float) -> None:
        theme = self._appearance.theme
        step = self.width() / (SAMPLES - 1)
        left = self.width() - step * (len(self._samples) - 1)
        height = (bottom - 4) / self.peak
        points = [QPointF(left + step * n, bottom - value * height) for n, value in enumerate(self._samples)]
        area = QPolygonF([QPointF(left, bottom), *points, QPointF(self.width(), bottom)])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent_surface"))
        painter.drawPolygon(area)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("accent"), 1.5))
        painter.drawPolyline(QPolygonF(points))
