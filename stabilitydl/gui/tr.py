"""Texts of the window and how they become another language.

``translate("Context", "text")`` is found by lupdate and answers in the language that is installed right now, so it is
called whenever a text is shown, never when a module is loaded. A table of texts wraps each one in
`QT_TRANSLATE_NOOP`, which only marks it for lupdate, and translates on use. Placeholders are named, ``{count}``, and
are filled after translating.

Errors and remedies are written in ``errors`` without Qt. Their English templates are looked up in the contexts
``Errors`` and ``Remedies``.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from ..errors import REMEDIES, Argument, Problem, Remedy, render, template_of

ERRORS = "Errors"
REMEDIES_CONTEXT = "Remedies"


def translate(context: str, text: str) -> str:
    """``text`` in the language of the window; the English text itself where there is no translation."""
    return QCoreApplication.translate(context, text)


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802 - lupdate knows this name
    """``text`` as it is; marks it for lupdate."""
    return text


class _Values(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


def fill(template: str, **values: object) -> str:
    """``template`` with its placeholders filled; one that a translator misspelt shows ``?``."""
    return template.format_map(_Values(values))


def problem_text(problem: Problem) -> str:
    """The sentence that says what happened."""
    return sentence(problem.code, problem.arguments)


def sentence(code: str, arguments: Mapping[str, Argument]) -> str:
    """The sentence of an error code, filled with ``arguments``."""
    return render(translate(ERRORS, template_of(code)), arguments)


def remedy_text(remedy: Remedy) -> str:
    """The sentence that says what the user can do, empty where nothing helps."""
    english = REMEDIES[remedy]
    return translate(REMEDIES_CONTEXT, english) if english else ""
