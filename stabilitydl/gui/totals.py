"""What has come today and since the first start, asked of the engine now and then."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDateTime, QObject, QTime, QTimer, Signal

from .bridge import EngineBridge

Sum = tuple[int, int]
"""Bytes over the network, and files."""

_SOON_MILLISECONDS = 500


class Totals(QObject):
    """``changed`` carries the sum since midnight and the sum of all time."""

    changed = Signal(object, object)

    def __init__(self, bridge: EngineBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MILLISECONDS)
        self._soon.timeout.connect(self.ask)
        self._next_day = QTimer(self)
        self._next_day.setSingleShot(True)
        self._next_day.timeout.connect(self.ask)

    def ask(self) -> None:
        """Ask now, and again when another day begins."""
        now = QDateTime.currentDateTime()
        midnight = QDateTime(now.date(), QTime(0, 0))
        self._next_day.start(now.msecsTo(midnight.addDays(1)) + _SOON_MILLISECONDS)
        self._bridge.totals(midnight.toSecsSinceEpoch(), self._take)

    def ask_soon(self) -> None:
        """A file has come: ask in a moment, once for all that come until then."""
        if not self._soon.isActive():
            self._soon.start()

    def stop(self) -> None:
        """Ask no more."""
        self._soon.stop()
        self._next_day.stop()

    def _take(self, sums: Sequence[Sum]) -> None:
        today, ever = sums
        self.changed.emit(today, ever)
