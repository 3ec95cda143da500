"""What the window asks of an engine that has just started: the list first, everything that can wait after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, QTimer

from ..errors import Problem
from .bridge import EngineBridge
from .quarantine import Quarantine
from .shown import Shown
from .totals import Totals

_REST_MILLISECONDS = 300
"""After the first children are there; until then the engine does nothing else."""


class Beginning(QObject):
    """``tell`` is called with what the user should know of how the engine started."""

    def __init__(
        self,
        bridge: EngineBridge,
        shown: Shown,
        totals: Totals,
        quarantine: Quarantine,
        tell: Callable[[Sequence[Problem]], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._shown = shown
        self._totals = totals
        self._quarantine = quarantine
        self._tell = tell
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MILLISECONDS)
        self._rest.timeout.connect(self._ask_rest)

    def start(self, collection: str) -> None:
        """Load what is on the list, with the children of ``collection``, and continue what was unfinished."""
        self._shown.start(collection)
        self._bridge.go_on()
        self._shown.answered.connect(self._rest.start, Qt.ConnectionType.SingleShotConnection)

    def stop(self) -> None:
        """Ask no more."""
        self._rest.stop()

    def _ask_rest(self) -> None:
        self._bridge.refresh()
        self._totals.ask()
        self._quarantine.ask()
        self._bridge.load_notices(self._tell)
        self._bridge.load_hubs()
