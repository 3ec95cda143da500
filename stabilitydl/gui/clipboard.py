"""What is pasted, dropped or copied: it only ever leads to the plan, and never starts anything by itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit

_LONGEST = 2000
"""Characters of a locator; what is copied and longer is something else."""


class Clipboard(QObject):
    """``offered`` carries a locator that was copied in another program, once."""

    offered = Signal(str)

    def __init__(self, is_locator: Callable[[str], bool], parent: QObject) -> None:
        super().__init__(parent)
        self.watches = False
        self._is_locator = is_locator
        self._last = ""
        QApplication.clipboard().dataChanged.connect(self._changed)

    def stop(self) -> None:
        """Watch no more."""
        QApplication.clipboard().dataChanged.disconnect(self._changed)

    def paste(self) -> str:
        """Paste into the field that has the keyboard; where none has, the text for the window to take."""
        focus = QApplication.focusWidget()
        if isinstance(focus, (QLineEdit, QPlainTextEdit, QTextEdit)):
            focus.paste()
            return ""
        return QApplication.clipboard().text().strip()

    def _changed(self) -> None:
        if not self.watches or QApplication.activeWindow() is not None:
            return
        text = QApplication.clipboard().text().strip()
        if not text or len(text) > _LONGEST or "\n" in text or text == self._last:
            return
        if self._is_locator(text):
            self._last = text
            self.offered.emit(text)


def dropped(data: QMimeData) -> str:
    """What was dropped, one locator a line: addresses as they are, files as paths."""
    lines = [url.toLocalFile() if url.isLocalFile() else url.toString() for url in data.urls()]
    return "\n".join(lines) if lines else data.text()
