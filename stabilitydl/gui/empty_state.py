"""What a place says while there is nothing in it: a sign, a title, a sentence, perhaps a button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from .icons import Sign, pixmap
from .qt import override
from .theme import SPACE, mark

_SIGN = 40
_AROUND = 3 * SPACE


class EmptyState(QWidget):
    """Centred words that teach what to do next. ``acted`` is the first button, ``other`` the second."""

    acted = Signal()
    other = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown = Sign.ARRIVE
        self.area = QFrame()
        self.sign = QLabel()
        self.title = QLabel()
        mark(self.title, kind="title")
        self.text = QLabel()
        mark(self.text, kind="secondary")
        self.examples = QLabel()
        mark(self.examples, kind="examples")
        # The primary button of the window is in its toolbar.
        self.button = QPushButton()
        self.button.clicked.connect(self.acted)
        self.second = QPushButton()
        mark(self.second, role="link")
        self.second.clicked.connect(self.other)
        column = QVBoxLayout(self.area)
        column.setContentsMargins(_AROUND, _AROUND, _AROUND, _AROUND)
        column.setSpacing(SPACE)
        column.addStretch(3)
        for label in (self.sign, self.title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(label is not self.sign)
            column.addWidget(label)
        for label in (self.title, self.text, self.examples):
            label.setTextFormat(Qt.TextFormat.PlainText)
        for widget in (self.examples, self.button, self.second):
            column.addSpacing(SPACE if widget is not self.second else 0)
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(4)
        around = QVBoxLayout(self)
        around.setContentsMargins(_AROUND, _AROUND, _AROUND, _AROUND)
        around.addWidget(self.area)
        self._draw()

    def say(
        self,
        title: str,
        text: str = "",
        *,
        sign: Sign = Sign.ARRIVE,
        examples: str = "",
        button: str = "",
        second: str = "",
        takes_drops: bool = False,
    ) -> None:
        """Show these words; empty ones take no place. ``takes_drops`` frames the place where things can be dropped."""
        for widget, words in (
            (self.title, title),
            (self.text, text),
            (self.examples, examples),
            (self.button, button),
            (self.second, second),
        ):
            widget.setText(words)
            widget.setVisible(bool(words))
        place = "drop" if takes_drops else ""
        if self.area.property("place") != place:
            mark(self.area, place=place)
        self._shown = sign
        self._draw()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._draw()

    def _draw(self) -> None:
        color = QApplication.palette().color(QPalette.ColorRole.Accent)
        self.sign.setPixmap(pixmap(self._shown, _SIGN, color, self.devicePixelRatioF()))
