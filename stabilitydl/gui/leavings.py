"""Children that are shown no more: given back bit by bit, because a hundred thousand at once would be noticed."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from ..domain.resource import ResourceSnapshot
from .rows import Rows

SLICE = 2000
"""Children that go in one turn of the loop."""


class Leavings:
    """Takes the children of ``rows`` that nobody shows any more. Small lists just go."""

    def __init__(self, parent: QObject) -> None:
        self._left: list[ResourceSnapshot] = []
        self._timer = QTimer(parent)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._drop)

    def __len__(self) -> int:
        return len(self._left)

    def take(self, rows: Rows) -> None:
        """Be the last to hold the children of ``rows``, which is not used any more."""
        if len(rows) > SLICE:
            self._left += rows.snapshots
            self._timer.start()

    def close(self) -> None:
        """Let go of everything now."""
        self._timer.stop()
        self._left.clear()

    def _drop(self) -> None:
        del self._left[-SLICE:]
        if not self._left:
            self._timer.stop()

    def __repr__(self) -> str:
        return f"<Leavings {len(self)}>"
