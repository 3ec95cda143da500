"""Pictures of collections and children: a colour gradient of its own for each id, until a real picture is there."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Iterable

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPainterPath, QPixmap

from .theme import PICTURE_RADIUS

MOST_CACHED = 600
"""Pictures that are kept ready to draw."""
MOST_REAL = 400
"""Real pictures that are kept; of more, the ones that were asked for longest ago go."""


class Pictures(QObject):
    """Gives square pictures with round corners.

    ``changed`` carries the key that has another picture now, ``wanted`` the keys that were drawn without one and that
    nobody was asked for yet.
    """

    changed = Signal(str)
    wanted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._real: OrderedDict[str, QPixmap] = OrderedDict()
        self._asked: set[str] = set()
        self._to_ask: list[str] = []
        self._asking = QTimer(self)
        self._asking.setSingleShot(True)
        self._asking.timeout.connect(self._ask)
        self._ready: OrderedDict[tuple[str, int, float, float], QPixmap] = OrderedDict()

    def picture(self, key: str, side: int, ratio: float = 1.0, *, radius: float = PICTURE_RADIUS) -> QPixmap:
        """The picture of ``key`` with ``side`` pixels per side, for a screen with ``ratio`` device pixels each.

        ``radius`` is that of its corners; half of the side makes a disc.
        """
        wanted = (key, side, ratio, radius)
        ready = self._ready.get(wanted)
        if ready is None:
            ready = self._draw(key, side, ratio, radius)
            self._ready[wanted] = ready
            if len(self._ready) > MOST_CACHED:
                self._ready.popitem(last=False)
        else:
            self._ready.move_to_end(wanted)
        return ready

    def has(self, key: str) -> bool:
        """Is a real picture of ``key`` there?"""
        return key in self._real

    def set_picture(self, key: str, picture: QPixmap) -> None:
        """Show ``picture``, which may have any size, for ``key``; a null one brings the gradient back."""
        if self._real.pop(key, None) is None and picture.isNull():
            # The gradient is what is shown, so nothing has to be painted again.
            return
        if not picture.isNull():
            self._real[key] = picture
            if len(self._real) > MOST_REAL:
                self._drop(next(iter(self._real)))
        self._drop_ready(key)
        self.changed.emit(key)

    def forget(self, keys: Iterable[str]) -> None:
        """Keep nothing of ``keys``: they will not be drawn any more."""
        gone = set(keys)
        if not gone:
            return
        self._asked -= gone
        self._to_ask = [key for key in self._to_ask if key not in gone]
        for key in gone & self._real.keys():
            del self._real[key]
        for ready in [ready for ready in self._ready if ready[0] in gone]:
            del self._ready[ready]

    def _want(self, key: str) -> None:
        if key not in self._asked:
            self._asked.add(key)
            self._to_ask.append(key)
            self._asking.start()

    def _ask(self) -> None:
        """Everything that was drawn since the last turn of the loop, in one question."""
        keys, self._to_ask = self._to_ask, []
        if keys:
            self.wanted.emit(keys)

    def _drop(self, key: str) -> None:
        del self._real[key]
        self._asked.discard(key)
        self._drop_ready(key)

    def _drop_ready(self, key: str) -> None:
        for ready in [ready for ready in self._ready if ready[0] == key]:
            del self._ready[ready]

    def _draw(self, key: str, side: int, ratio: float, radius: float) -> QPixmap:
        made = QPixmap(round(side * ratio), round(side * ratio))
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(0, 0, side, side), radius, radius)
        real = self._real.get(key)
        if real is None:
            self._want(key)
            painter.fillPath(shape, gradient(key, side))
        else:
            self._real.move_to_end(key)
            painter.setClipPath(shape)
            painter.drawPixmap(QRectF(0, 0, side, side), real, _square(real))
        painter.end()
        return made


def _square(picture: QPixmap) -> QRectF:
    """The middle of a picture."""
    side = min(picture.width(), picture.height())
    return QRectF((picture.width() - side) / 2, (picture.height() - side) / 2, side, side)


def gradient(key: str, side: int) -> QBrush:
    """Two quiet colours that ``key`` always has."""
    number = zlib.crc32(key.encode("utf-8", "surrogatepass"))
    hue = number % 360
    turn = 40 + number // 360 % 40
    made = QLinearGradient(QPointF(0, 0), QPointF(side, side))
    made.setColorAt(0, QColor.fromHslF(hue / 360, 0.52, 0.58))
    made.setColorAt(1, QColor.fromHslF((hue + turn) % 360 / 360, 0.50, 0.42))
    return QBrush(made)
