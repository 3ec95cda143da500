"""The speed of the last minutes as a curve."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from ..clock import Clock, SystemClock
from .qt import override
from .theme import Appearance

SPAN = 120.0
"""Seconds from the left end to the right one, which is now."""
_QUIET = 2.0
"""Seconds without a tick after which nothing comes any more."""
_STEP_MILLISECONDS = 1000


class SpeedCurve(QWidget):
    """One sample per tick, in bytes per second; it moves to the left with time, also while nothing comes.

    ``moved`` says that time has gone on: `peak` may be another one.
    """

    moved = Signal()

    def __init__(self, appearance: Appearance, clock: Clock | None = None) -> None:
        super().__init__()
        self._appearance = appearance
        self._clock = clock or SystemClock()
        self._samples: deque[tuple[float, float]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MILLISECONDS)
        self._timer.timeout.connect(self._move)
        self.setMinimumHeight(48)
        appearance.changed.connect(self.update)

    def add(self, bytes_per_second: float) -> None:
        """The speed of the last tick."""
        now = self._clock.monotonic()
        self._samples.extend(self._silence(now))
        self._samples.append((now, bytes_per_second))
        self._forget(now)
        self._timer.start()
        self.update()

    def stop(self) -> None:
        """Stand still."""
        self._timer.stop()

    @property
    def peak(self) -> float:
        """The highest speed that is shown, in bytes per second."""
        return max((speed for _time, speed in self._samples), default=0.0)

    def _move(self) -> None:
        self._forget(self._clock.monotonic())
        if not self._samples:
            self._timer.stop()
        self.update()
        self.moved.emit()

    def _forget(self, now: float) -> None:
        while self._samples and self._samples[0][0] < now - SPAN:
            self._samples.popleft()

    def _silence(self, now: float) -> list[tuple[float, float]]:
        """What lies between the last tick and now, where that is more than the time between two ticks."""
        if not self._samples or now - self._samples[-1][0] < _QUIET:
            return []
        return [(self._samples[-1][0], 0.0), (now, 0.0)]

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
        if self.peak > 0:
            self._paint_curve(painter, bottom)
        painter.end()

    def _paint_curve(self, painter: QPainter, bottom: float) -> None:
        theme = self._appearance.theme
        now = self._clock.monotonic()
        until_now = self._silence(now) or [(now, self._samples[-1][1])]
        height = (bottom - 4) / self.peak
        points = [
            QPointF(self.width() * (1 - (now - time) / SPAN), bottom - speed * height)
            for time, speed in [*self._samples, *until_now]
        ]
        area = QPolygonF([QPointF(points[0].x(), bottom), *points, QPointF(self.width(), bottom)])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent_surface"))
        painter.drawPolygon(area)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("accent"), 1.5))
        painter.drawPolyline(QPolygonF(points))
