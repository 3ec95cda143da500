"""The licences of what a frozen bundle brings along. Other installations bring nothing along, and have no such text."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from ..paths import resource_path
from .dialog import Dialog
from .qt import override
from .theme import SPACE, mark
from .tr import translate

_NOTICES = "licences/NOTICES.txt"


def notices() -> Path | None:
    """The file with all licences; None where nothing of others is brought along."""
    try:
        return resource_path(_NOTICES)
    except FileNotFoundError:
        return None


class LicencesDialog(Dialog):
    """Shows the texts of all licences, to be read and searched."""

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.text = QPlainTextEdit(path.read_text("utf-8"))
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.close_button = QPushButton()
        mark(self.close_button, role="primary")
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(SPACE)
        column.addWidget(self.text, 1)
        column.addLayout(buttons)
        self.resize(820, 560)
        self.close_button.setFocus()
        self.retranslate()

    @override
    def retranslate(self) -> None:
        """Show all texts in the language that is installed now; licences stay in theirs."""
        self.setWindowTitle(translate("LicencesDialog", "Licences"))
        self.text.setAccessibleName(translate("LicencesDialog", "Texts of all licences"))
        self.close_button.setText(translate("LicencesDialog", "Close"))
