"""An engine that a fault has ended is started again, and the user is told.

This happens by itself a few times at most: where the fault comes back, the user decides.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from ..errors import InternalError, Problem, StabilityError
from .background import Background
from .bridge import EngineBridge
from .notice_bar import Notice, NoticeBar
from .tr import translate

MOST = 3
"""How often in a row the engine is started again by itself."""
CALM_MILLISECONDS = 600_000
"""After so long without a fault, another one is the first again."""

_log = logging.getLogger("stabilitydl.gui")


class Revival(QObject):
    """``revived`` says that another engine is at work, which knows nothing of what was asked of the one before.

    ``report`` is called with the Problem that the user wants to report.
    """

    revived = Signal()

    def __init__(
        self, bridge: EngineBridge, notices: NoticeBar, report: Callable[[Problem], object], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._notices = notices
        self._report = report
        self._times = 0
        self._starter = Background("engine start", self)
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(CALM_MILLISECONDS)
        self._calm.timeout.connect(self._forget)
        bridge.lost.connect(self._take)

    def stop(self) -> None:
        """Start nothing any more."""
        self._calm.stop()
        self._starter.close()

    def _take(self, fault: Problem) -> None:
        _log.error("the engine has ended: %s", fault.message)
        self._times += 1
        self._calm.start()
        if self._times <= MOST:
            self._begin(fault)
        else:
            self._give_up(fault)

    def _begin(self, fault: Problem) -> None:
        self._starter.run(self._start, lambda failure: self._started(fault, failure))

    def _start(self) -> Problem | None:
        try:
            self._bridge.start_again()
        except StabilityError as error:
            return error.problem
        except Exception as error:  # noqa: BLE001 - told to the user, who may try again
            return InternalError(detail=repr(error)).problem
        return None

    def _started(self, fault: Problem, failure: Problem | None) -> None:
        if failure is not None:
            self._give_up(failure)
            return
        self._notices.show_notice(
            Notice(
                lambda: translate("Revival", "A fault has stopped the downloads. They were started again and go on."),
                lambda: translate("Revival", "Report…"),
                lambda: self._report(fault),
            )
        )
        self.revived.emit()

    def _give_up(self, fault: Problem) -> None:
        self._notices.show_notice(
            Notice(
                lambda: translate("Revival", "A fault has stopped the downloads. What has come is kept."),
                lambda: translate("Revival", "Start again"),
                lambda: self._begin(fault),
            )
        )

    def _forget(self) -> None:
        self._times = 0

    def __repr__(self) -> str:
        return f"<Revival {self._times} of {MOST}>"
