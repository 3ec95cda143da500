"""The lines that cannot be used, as rows of a list; each text is made when it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QObject, Qt

from ..errors import UnknownLocator
from .locator_lines import LineProblem
from .qt import NO_INDEX, AnyIndex, override
from .tip import tip
from .tr import fill, problem_text, sentence, translate

_LONGEST = 80


class LineProblemListModel(QAbstractListModel):
    """One row for each problem, in the order of the lines."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._problems: Sequence[LineProblem] = ()

    def load(self, problems: Sequence[LineProblem]) -> None:
        """Show these."""
        self.beginResetModel()
        self._problems = problems
        self.endResetModel()

    def retranslate(self) -> None:
        """Say the same in the language that is installed now."""
        if self._problems:
            self.dataChanged.emit(self.index(0), self.index(len(self._problems) - 1))

    @override
    def rowCount(self, parent: AnyIndex = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._problems)

    @override
    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._problems):
            return None
        each = self._problems[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line_text(each)
        return tip(problem_text(each.problem)) if role == Qt.ItemDataRole.ToolTipRole else None


def line_text(each: LineProblem) -> str:
    """The number of a line and why it cannot be used, without the list of everything that can."""
    arguments = dict(each.problem.arguments)
    if each.problem.code == UnknownLocator.code:
        arguments["locator"] = each.text if len(each.text) <= _LONGEST else f"{each.text[:_LONGEST]}…"
        arguments["hint"] = ""
    text = sentence(each.problem.code, arguments).strip()
    return fill(translate("AddDialog", "Line {line}: {problem}"), line=f"{each.line + 1:,}", problem=text)
