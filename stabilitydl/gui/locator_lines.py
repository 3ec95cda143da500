"""What a text of many lines says: one locator on each line, each judged on its own. No Qt in here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..errors import Problem, StabilityError, UsageError

LONGEST_LINE = 4096
"""Characters. No address of a hub is longer, and a text field is slow with longer lines."""
COMMENT = "#"

Recognise = Callable[[str], object]
"""Returns for a text that some hub takes; raises StabilityError, such as UnknownLocator, for any other."""


@dataclass(frozen=True)
class LineProblem:
    """Why one line cannot be used. ``line`` counts from 0; ``text`` is what stands there."""

    line: int
    text: str
    problem: Problem


@dataclass(frozen=True)
class Reading:
    """All locators of a text in order, each once. ``repeated`` counts the lines that said one again."""

    locators: tuple[str, ...] = ()
    problems: tuple[LineProblem, ...] = ()
    repeated: int = 0


@dataclass
class Judge:
    """Judges lines and remembers what it said, so that typing on costs only the line that changed.

    One thread at a time may read; `forget_failures` may be called while one does.
    """

    recognise: Recognise
    _known: dict[str, Problem | None] = field(default_factory=dict)

    def read(self, text: str, is_wanted: Callable[[], bool] = lambda: True) -> Reading:
        """Judge every line of ``text``. Ends early, with half an answer, when it is not wanted any more."""
        locators: dict[str, None] = {}
        problems: list[LineProblem] = []
        repeated = 0
        for number, line in enumerate(text.split("\n")):
            if not is_wanted():
                break
            words = line.strip()
            if not words or words.startswith(COMMENT):
                continue
            problem = self._judge(words)
            if problem is not None:
                problems.append(LineProblem(number, words, problem))
            elif words in locators:
                repeated += 1
            else:
                locators[words] = None
        return Reading(tuple(locators), tuple(problems), repeated)

    def forget_failures(self) -> None:
        """Judge again what was refused: a list file may exist by now."""
        self._known = {text: problem for text, problem in self._known.copy().items() if problem is None}

    def _judge(self, words: str) -> Problem | None:
        known = self._known
        if words not in known:
            known[words] = self._ask(words)
        return known[words]

    def _ask(self, words: str) -> Problem | None:
        if len(words) > LONGEST_LINE:
            return UsageError(detail=f"A line of {len(words)} characters is too long for an address").problem
        try:
            self.recognise(words)
        except StabilityError as error:
            return error.problem
        return None


def shortened_lines(text: str) -> str:
    """``text`` as the field may take it: line ends made equal, no line much longer than `LONGEST_LINE`."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd").split("\n")
    return "\n".join(line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE + 1] for line in lines)
