"""Which of several library folders new files go to, each with the room that it has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QWidget

from ..text import format_bytes
from .plan_text import shorten_path
from .theme import SPACE, mark
from .tr import fill, translate

_HEIGHT = 30


class LibraryChoice(QWidget):
    """Hidden as long as there is nothing to choose. ``chosen`` carries the Path of another folder than before."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._folders: tuple[Path, ...] = ()
        self._rooms: dict[Path, int | None] = {}
        self.label = QLabel()
        mark(self.label, kind="secondary")
        self.box = QComboBox()
        self.box.setMinimumHeight(_HEIGHT)
        self.box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.box.activated.connect(self._choose)
        self.label.setBuddy(self.box)
        self._current = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(0, SPACE // 2, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self.label)
        row.addWidget(self.box)
        row.addStretch(1)
        self.hide()
        self.retranslate()

    def offer(self, folders: Sequence[Path], current: Path) -> None:
        """Let one of ``folders`` be chosen; ``current`` is one of them."""
        self._folders = tuple(folders)
        self._current = self._folders.index(current)
        self.box.clear()
        for folder in self._folders:
            self.box.addItem("", str(folder))
        self.box.setCurrentIndex(self._current)
        self.retranslate()
        self.show()

    def show_room(self, folder: Path, free: int | None) -> None:
        """Bytes that are free for ``folder``; None where it cannot be reached."""
        self._rooms[folder] = free
        self.retranslate()

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.label.setText(translate("Plan", "Library:"))
        self.box.setAccessibleName(translate("Plan", "Library that the files go to"))
        for place, folder in enumerate(self._folders):
            self.box.setItemText(place, self._words(folder))

    def _words(self, folder: Path) -> str:
        path = shorten_path(folder)
        if folder not in self._rooms:
            return path
        free = self._rooms[folder]
        if free is None:
            return fill(translate("Plan", "{folder} · cannot be reached"), folder=path)
        return fill(translate("Plan", "{folder} · {free} free"), folder=path, free=format_bytes(free))

    def _choose(self, place: int) -> None:
        if place != self._current:
            self._current = place
            self.chosen.emit(self._folders[place])
