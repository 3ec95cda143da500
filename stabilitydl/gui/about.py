"""About the program: what it is, its version, and what it is made of."""

from __future__ import annotations

import platform

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMessageBox, QPushButton, QVBoxLayout, QWidget

from .. import __version__
from ..paths import Paths, resource_path
from .dialog import Dialog
from .licences import LicencesDialog, notices
from .qt import override
from .theme import SPACE, mark
from .tr import fill, translate

_ICON = 64


class AboutDialog(Dialog):
    """Version, licence and the folders that the program uses."""

    def __init__(self, paths: Paths, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paths = paths
        picture = QLabel()
        picture.setPixmap(QIcon(str(resource_path("icons/stabilitydl.svg"))).pixmap(_ICON, _ICON))
        picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.title = QLabel()
        mark(self.title, kind="title")
        self.purpose = QLabel()
        self.purpose.setWordWrap(True)
        self.facts = QLabel()
        self.facts.setWordWrap(True)
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        mark(self.facts, kind="secondary")
        self._notices = notices()
        self.licences = QPushButton()
        self.licences.setAutoDefault(False)
        if self._notices is None:
            self.licences.hide()
        self.licences.clicked.connect(self._show_licences)
        self.about_qt = QPushButton()
        self.about_qt.setAutoDefault(False)
        self.about_qt.clicked.connect(lambda: QMessageBox.aboutQt(self))
        self.close_button = QPushButton()
        mark(self.close_button, role="primary")
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        words = QVBoxLayout()
        words.setSpacing(SPACE)
        for label in (self.title, self.purpose, self.facts):
            words.addWidget(label)
        words.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(picture)
        top.addLayout(words, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addStretch(1)
        buttons.addWidget(self.licences)
        buttons.addWidget(self.about_qt)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(16)
        column.addLayout(top, 1)
        column.addLayout(buttons)
        self.setMinimumWidth(480)
        self.close_button.setFocus()
        self.retranslate()

    @override
    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.setWindowTitle(translate("AboutDialog", "About stabilitydl"))
        self.title.setText(f"stabilitydl {__version__}")
        self.purpose.setText(
            translate(
                "AboutDialog",
                "Downloads packs of AI models, every file on its own: with its own state, lock, progress and failure.",
            )
        )
        facts = [
            translate("AboutDialog", "Free software under the MIT licence."),
            f"Python {platform.python_version()} · Qt {qVersion()}",
            fill(translate("AboutDialog", "Data: {folder}"), folder=self._paths.data),
            fill(translate("AboutDialog", "Settings: {folder}"), folder=self._paths.config),
        ]
        self.facts.setText("\n".join(facts))
        self.licences.setText(translate("AboutDialog", "Licences"))
        self.about_qt.setText(translate("AboutDialog", "About Qt"))
        self.close_button.setText(translate("AboutDialog", "Close"))

    def _show_licences(self) -> None:
        if self._notices is not None:
            LicencesDialog(self._notices, self).open()
