"""What a place says while there is nothing in it: a title, a sentence, perhaps a button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from .theme import SPACE, mark


class EmptyState(QWidget):
    """Centred words that teach what to do next. ``acted`` is the first button, ``other`` the second."""

    acted = Signal()
    other = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title = QLabel()
        mark(self.title, kind="title")
        self.text = QLabel()
        mark(self.text, kind="secondary")
        self.examples = QLabel()
        mark(self.examples, kind="secondary")
        self.button = QPushButton()
        mark(self.button, role="primary")
        self.button.clicked.connect(self.acted)
        self.second = QPushButton()
        mark(self.second, role="link")
        self.second.clicked.connect(self.other)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE + 4)
        column.addStretch(1)
        for label in (self.title, self.text, self.examples):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            column.addWidget(label)
        for button in (self.button, self.second):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)

    def say(self, title: str, text: str = "", *, examples: str = "", button: str = "", second: str = "") -> None:
        """Show these words; empty ones take no place."""
        for widget, words in (
            (self.title, title),
            (self.text, text),
            (self.examples, examples),
            (self.button, button),
            (self.second, second),
        ):
            widget.setText(words)
            widget.setVisible(bool(words))
