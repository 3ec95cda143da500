"""The editor of a setting that holds several entries: a line for each, and a button for one more."""

from __future__ import annotations

from abc import abstractmethod
from itertools import pairwise
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from ..settings import Field
from .editor import HEIGHT, Editor
from .icons import Sign, Tone, put
from .theme import SPACE, mark
from .tr import fill, translate

_GAP = 4


class Row(QWidget):
    """One entry: a text, and whatever else belongs to it."""

    def __init__(self) -> None:
        super().__init__()
        self.line = QLineEdit()
        self.line.setMinimumHeight(HEIGHT)
        self.setFocusProxy(self.line)
        self.remove = tool(Sign.CLOSE)
        self._parts = QHBoxLayout(self)
        self._parts.setContentsMargins(0, 0, 0, 0)
        self._parts.setSpacing(SPACE)
        self._parts.addWidget(self.line, 1)
        self._parts.addWidget(self.remove)

    @property
    def parts(self) -> list[QWidget]:
        """Everything that takes the keyboard, in reading order."""
        places = (self._parts.itemAt(place) for place in range(self._parts.count()))
        return [part for place in places if place is not None and (part := place.widget()) is not None]

    def put_in(self, widget: QWidget) -> None:
        """Put ``widget`` between the text and the button that removes the entry."""
        self._parts.insertWidget(self._parts.count() - 1, widget)

    def name(self, title: str, number: int) -> None:
        """Say to a screen reader that this is entry ``number`` of ``title``."""
        self.line.setAccessibleName(f"{title} · {number}")
        words = fill(translate("SettingsDialog", "Remove line {number}"), number=number)
        self.remove.setAccessibleName(words)
        self.remove.setToolTip(words)


Line = TypeVar("Line", bound=Row)
Entry = TypeVar("Entry")


class RowsEditor(Editor, Generic[Line, Entry]):
    """Lines that are added and removed. What a line holds and how it looks is up to the editors below.

    Entries move, lines stay: the keyboard is never taken away with a line that still has one.
    """

    def __init__(self, field: Field) -> None:
        self.rows: list[Line] = []
        self.add = QPushButton()
        self.add.setAutoDefault(False)
        self.add.clicked.connect(self._add)
        widget = QWidget()
        self._column = QVBoxLayout(widget)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(_GAP)
        self._column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        super().__init__(field, widget, self.add)

    @abstractmethod
    def make_row(self) -> Line:
        """A new line."""

    @abstractmethod
    def entry(self, row: Line) -> Entry:
        """What ``row`` holds."""

    @abstractmethod
    def show_entry(self, row: Line, entry: Entry) -> None:
        """Enter ``entry``."""

    @abstractmethod
    def blank(self) -> Entry:
        """What a new line holds."""

    def entries(self) -> list[Entry]:
        """What all lines hold."""
        return [self.entry(row) for row in self.rows]

    def show_entries(self, entries: list[Entry]) -> None:
        """Have one line for each of ``entries``."""
        while len(self.rows) > len(entries):
            self._drop_line()
        while len(self.rows) < len(entries):
            self._new_line()
        for row, entry in zip(self.rows, entries, strict=True):
            self.show_entry(row, entry)
        self.retranslate()
        self.edited.emit()

    def remove(self, row: Line) -> None:
        """Take the entry of ``row`` out."""
        number = self.rows.index(row)
        entries = self.entries()
        del entries[number]
        self.show_entries(entries)
        (self.rows[min(number, len(self.rows) - 1)].line if self.rows else self.add).setFocus()

    def retranslate(self) -> None:
        super().retranslate()
        title = translate("Settings", self.field.title)
        for number, row in enumerate(self.rows, 1):
            row.name(title, number)

    def _add(self) -> None:
        self.show_entries([*self.entries(), self.blank()])
        self.rows[-1].line.setFocus()

    def _new_line(self) -> None:
        row = self.make_row()
        row.line.textEdited.connect(self.edited)
        row.remove.clicked.connect(lambda: self.remove(row))
        before = [self.rows[-1].remove] if self.rows else []
        self.rows.append(row)
        self._column.insertWidget(len(self.rows) - 1, row)
        for one, following in pairwise([*before, *row.parts, self.add]):
            QWidget.setTabOrder(one, following)

    def _drop_line(self) -> None:
        row = self.rows.pop()
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()


def tool(sign: Sign) -> QToolButton:
    """A small button of a line."""
    button = QToolButton()
    mark(button, role="tool")
    put(button, sign, Tone.QUIET)
    button.setFixedSize(HEIGHT, HEIGHT)
    return button
