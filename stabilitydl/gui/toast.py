"""A line that tells what was just done and offers to take it back, for as long as that is possible."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from .elided_label import ElidedLabel
from .icons import Sign, Tone, put
from .theme import SPACE, mark
from .tr import translate

UNDO_MILLISECONDS = 10_000
SAY_MILLISECONDS = 6_000


class Toast(QFrame):
    """Shows one message at a time, the newest; hidden otherwise."""

    def __init__(self) -> None:
        super().__init__()
        mark(self, surface="accent", edge="top")
        self._call: Callable[[], object] | None = None
        self.label = ElidedLabel()
        self.button = QPushButton()
        mark(self.button, role="link")
        self.button.clicked.connect(self._act)
        self.dismiss = QPushButton()
        mark(self.dismiss, role="flat")
        put(self.dismiss, Sign.CLOSE, Tone.QUIET)
        self.dismiss.clicked.connect(self.stop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 14, 6)
        row.setSpacing(SPACE)
        row.addWidget(self.label)
        row.addWidget(self.button)
        row.addStretch(1)
        row.addWidget(self.dismiss)
        self.hide()

    def say(
        self, text: str, *, action: str = "", call: Callable[[], object] | None = None, stays: bool = False
    ) -> None:
        """Show ``text``, and a button that calls ``call`` where one is given; it goes away unless it ``stays``."""
        self._call = call
        self.label.setText(text)
        self.button.setText(action)
        self.button.setVisible(call is not None)
        self.retranslate()
        self.show()
        self._timer.stop()
        if not stays:
            self._timer.start(UNDO_MILLISECONDS if call is not None else SAY_MILLISECONDS)

    def say_address(self, text: str, address: str) -> None:
        """Show ``text`` about ``address``, which a button copies for wherever the user can open it."""
        self.say(
            text,
            action=translate("Toast", "Copy the address"),
            call=lambda: QGuiApplication.clipboard().setText(address),
            stays=True,
        )

    @property
    def is_leaving(self) -> bool:
        """Does the message go away by itself?"""
        return self._timer.isActive()

    def retranslate(self) -> None:
        """Name the button in the language that is installed now; what was said stays as it was."""
        self.dismiss.setAccessibleName(translate("Toast", "Close this message"))
        self.dismiss.setToolTip(translate("Toast", "Close this message"))

    def stop(self) -> None:
        """Say no more."""
        self._timer.stop()
        self.hide()

    def _act(self) -> None:
        call, self._call = self._call, None
        self.stop()
        if call is not None:
            call()
