"""The part of the settings that lets the desktop open ``stabilitydl://`` links with this program."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from ..errors import NotWritable, Problem
from .background import Background
from .desktop_links import DesktopLinks
from .theme import mark
from .tr import problem_text, translate

_GAP = 4


class LinksSetting(QWidget):
    """A button that does it at once, and undoes it. Nothing else changes who opens links."""

    def __init__(self, links: DesktopLinks) -> None:
        super().__init__()
        self._links = links
        self._is_ours = False
        self._was_refused = False
        self._problem: Problem | None = None
        self._background = Background("links", self)
        self.button = QPushButton()
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._change)
        self.state = QLabel()
        self.state.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        column.addWidget(self.button)
        column.addWidget(self.state)
        self.retranslate()
        self._ask(links.is_ours)

    @property
    def is_busy(self) -> bool:
        """Is an answer still to come?"""
        return self._background.is_busy

    def close_down(self) -> None:
        """Wait for what is under way; nothing is shown any more."""
        self._background.close()

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        if self._is_ours:
            self.button.setText(translate("SettingsDialog", "Do not open stabilitydl:// links any more"))
        else:
            self.button.setText(translate("SettingsDialog", "Open stabilitydl:// links with this program"))
        if self._problem is not None:
            words, kind = problem_text(self._problem), "trouble"
        elif self._was_refused:
            words = translate("SettingsDialog", "The desktop goes on opening these links with another program")
            kind = "attention"
        elif self._is_ours:
            words, kind = translate("SettingsDialog", "✓ Links open this program"), "good"
        else:
            words = translate("SettingsDialog", "A link on a web page shows its plan here; nothing starts by itself")
            kind = "small"
        self.state.setText(words)
        mark(self.state, kind=kind)

    def _change(self) -> None:
        if self._is_ours:
            self._ask(self._links.give_back)
        else:
            self._ask(self._links.take, wanted=True)

    def _ask(self, work: Callable[[], bool], *, wanted: bool = False) -> None:
        self.button.setEnabled(False)
        self._background.run(partial(_answer, work, str(self._links.entry)), partial(self._show, wanted))

    def _show(self, wanted: bool, answer: bool | Problem) -> None:
        self._problem = answer if isinstance(answer, Problem) else None
        if isinstance(answer, bool):
            self._is_ours, self._was_refused = answer, wanted and not answer
        self.button.setEnabled(True)
        self.retranslate()


def _answer(work: Callable[[], bool], path: str) -> bool | Problem:
    try:
        return work()
    except (OSError, UnicodeDecodeError) as error:
        detail = error.strerror if isinstance(error, OSError) else None
        return NotWritable(path=path, detail=detail or type(error).__name__).problem
