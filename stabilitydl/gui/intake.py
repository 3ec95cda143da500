"""What comes into the window to be looked at: entered, pasted, dropped, copied elsewhere, or named by another start.

All of it leads to the plan, and nothing starts before somebody says so there.
"""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject

from ..hubs.signed import redacted_address
from ..text import plain
from .clipboard import Clipboard, dropped
from .links import is_link
from .planning import Planning
from .toast import Toast
from .toolbar import Toolbar
from .tr import fill, translate


class Intake(QObject):
    """Hands locators to ``planning``; what was copied in another program is only offered."""

    def __init__(self, planning: Planning, toolbar: Toolbar, toast: Toast, parent: QObject) -> None:
        super().__init__(parent)
        self._planning = planning
        self._toolbar = toolbar
        self._toast = toast
        self._clipboard = Clipboard(planning.is_locator, self)
        self._clipboard.offered.connect(self._offer)
        toolbar.add_wanted.connect(planning.ask)
        toolbar.locator_entered.connect(self._enter)

    def watch_clipboard(self, watches: bool) -> None:
        """Offer what is copied in other programs, or not."""
        self._clipboard.watches = watches

    def paste(self) -> None:
        """Paste where the keyboard is; where that takes no text, see what the pasted text holds."""
        text = self._clipboard.paste()
        if text:
            self._planning.take(text)

    def drop(self, data: QMimeData) -> None:
        """See what lies in what was dropped."""
        self._planning.take(dropped(data))

    def stop(self) -> None:
        """Watch no more."""
        self._clipboard.stop()

    def _enter(self, text: str) -> None:
        """Enter in the field of the toolbar: an address opens the plan, words have filtered already."""
        if is_link(text) or self._planning.is_locator(text):
            self._toolbar.field.clear()
            self._planning.open([text])

    def _offer(self, locator: str) -> None:
        self._toast.say(
            fill(translate("MainWindow", "Copied: {locator}"), locator=plain(redacted_address(locator), 80)),
            action=translate("MainWindow", "Show what it holds"),
            call=lambda: self._planning.open([locator]),
        )
