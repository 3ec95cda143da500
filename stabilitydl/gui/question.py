"""A question before something that cannot be taken back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget


class Question(QMessageBox):
    """Calls ``then`` when the button ``yes`` is pressed, and nothing otherwise; Enter does not press it."""

    def __init__(self, parent: QWidget, text: str, more: str, yes: str, then: Callable[[], object]) -> None:
        super().__init__(parent)
        self.setWindowTitle(QApplication.applicationDisplayName())
        self.setIcon(QMessageBox.Icon.Warning)
        self.setText(text)
        self.setInformativeText(more)
        self.yes = self.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
        self.no = self.addButton(QMessageBox.StandardButton.Cancel)
        # No other button of the window has a picture of the platform.
        self.no.setIcon(QIcon())
        self.setDefaultButton(self.no)
        self.setEscapeButton(self.no)
        self._then = then
        self.finished.connect(self._end)

    def _end(self, _result: int) -> None:
        if self.clickedButton() is self.yes:
            self._then()
        self.deleteLater()
