"""What the user should know and need not answer: one quiet line for each notice, until it is put away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from ..errors import Problem
from .icons import Sign, Tone, put
from .theme import SPACE, mark
from .tr import problem_text, remedy_text, translate


@dataclass(frozen=True)
class Notice:
    """``words`` gives the text in the language of now, and so does ``label`` for the button that calls ``call``."""

    words: Callable[[], str]
    label: Callable[[], str] | None = None
    call: Callable[[], object] | None = None

    @classmethod
    def of(cls, problem: Problem) -> Notice:
        """What happened, and what helps."""

        def words() -> str:
            return f"{problem_text(problem)} {remedy_text(problem.remedy)}".strip()

        return cls(words)


class NoticeBar(QFrame):
    """Hidden while there is nothing to say. A notice that stands there already is not said twice."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[NoticeLine] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.hide()

    def show_notice(self, notice: Notice) -> None:
        """Say this below what is said already."""
        if any(line.notice.words() == notice.words() for line in self.lines):
            return
        line = NoticeLine(notice)
        line.dismiss.clicked.connect(lambda: self._put_away(line))
        line.action.clicked.connect(lambda: self._act(line))
        self.lines.append(line)
        self._column.addWidget(line)
        self.show()

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        for line in self.lines:
            line.retranslate()

    def _act(self, line: NoticeLine) -> None:
        self._put_away(line)
        if line.notice.call is not None:
            line.notice.call()

    def _put_away(self, line: NoticeLine) -> None:
        self.lines.remove(line)
        self._column.removeWidget(line)
        line.hide()
        line.deleteLater()
        self.setVisible(bool(self.lines))


class NoticeLine(QFrame):
    """One notice, as many lines high as its words need."""

    def __init__(self, notice: Notice) -> None:
        super().__init__()
        mark(self, surface="accent", edge="bottom")
        self.notice = notice
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.action = QPushButton()
        mark(self.action, role="link")
        self.action.setVisible(notice.label is not None)
        self.dismiss = QPushButton()
        mark(self.dismiss, role="flat")
        put(self.dismiss, Sign.CLOSE, Tone.QUIET)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 14, 6)
        row.setSpacing(SPACE)
        row.addWidget(self.label, 1)
        row.addWidget(self.action)
        row.addWidget(self.dismiss)
        self.retranslate()

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.label.setText(self.notice.words())
        if self.notice.label is not None:
            self.action.setText(self.notice.label())
        self.dismiss.setAccessibleName(translate("NoticeBar", "Put this notice away"))
        self.dismiss.setToolTip(translate("NoticeBar", "Put this notice away"))
