from __future__ import annotations

import inspect
import re
import string

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stabilitydl import errors
from stabilitydl.errors import (
    CODES,
    REMEDIES,
    NoSpace,
    NotFound,
    Problem,
    Remedy,
    ServerBusy,
    StabilityError,
    UsageError,
    render,
    template_of,
)

# InternalError and all others; the root is only a parent.
CLASSES = [each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, StabilityError)]
LEAVES = [each for each in CLASSES if each is not StabilityError]


def test_codes_are_unique_and_known() -> None:
    assert len({each.code for each in CLASSES}) == len(CLASSES)
    assert {each.code: each for each in LEAVES}.items() <= CODES.items()


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_every_error_says_everything_itself(kind: type[StabilityError]) -> None:
    """An inherited code or template would be shown for something else."""
    assert {"code", "template", "remedy"} <= set(vars(kind))
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.code)
    assert kind.__doc__


def test_a_code_cannot_be_used_twice() -> None:
    with pytest.raises(TypeError, match="not-found"):

        class AnotherNotFound(StabilityError):
            code = "not-found"

    assert CODES["not-found"] is NotFound


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_template_renders_with_and_without_arguments(kind: type[StabilityError]) -> None:
    names = [name for _, name, _, _ in string.Formatter().parse(kind.template) if name]
    empty = str(kind())
    assert empty
    assert empty.count("?") == len(names)
    for value in ("text", 7, 0.5, None):
        error = kind(**dict.fromkeys(names, value))
        assert str(error) == error.problem.message
        assert "{" not in str(error)
    assert "hostile" in str(kind(**dict.fromkeys(names, "hostile"))) or not names


def test_the_tree_in_the_docstring_names_every_class() -> None:
    assert errors.__doc__ is not None
    drawn = set(re.findall(r"\b[A-Z][a-zA-Z]+\b", errors.__doc__))
    assert {each.__name__ for each in CLASSES} <= drawn


def test_every_remedy_has_a_sentence() -> None:
    assert set(REMEDIES) == set(Remedy)
    assert [remedy for remedy, text in REMEDIES.items() if not text] == [Remedy.NONE]


def test_an_error_and_its_problem_say_the_same() -> None:
    error = NotFound(host="example.com")
    problem = error.problem
    assert problem == Problem("not-found", {"host": "example.com"})
    assert (problem.message, problem.remedy) == (str(error), NotFound.remedy)
    assert repr(error) == "NotFound(host='example.com')"
    error.arguments["host"] = "changed"
    assert problem.arguments == {"host": "example.com"}


def test_a_code_of_a_newer_version_is_no_failure() -> None:
    problem = Problem("from-the-future", {"a": 1})
    assert problem.message == StabilityError.template == template_of("from-the-future")
    assert problem.remedy is Remedy.NONE


def test_numbers_are_shown_with_units() -> None:
    assert str(NoSpace(path="/m", needed_bytes=2_000_000, free_bytes=None)) == (
        "Not enough space in /m: 2.0 MB needed, ? free."
    )
    assert render("{after_seconds}|{status}|{none}", {"after_seconds": 90, "status": 404, "none": None}) == (
        "1 min 30 s|404|?"
    )


def test_arguments_are_no_templates_and_no_escapes() -> None:
    assert str(UsageError(detail="{host} {0} {x.__class__}")) == "{host} {0} {x.__class__}"
    assert str(UsageError(detail="\x1b[31mred\u202e\n")) == "\\u001b[31mred\\u202e\\u000a"


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8) | st.integers() | st.floats() | st.none(), max_size=4))
def test_any_arguments_render(arguments: dict[str, str | int | float | None]) -> None:
    for kind in (NoSpace, ServerBusy):
        assert Problem(kind.code, arguments).message


@given(st.text(), st.dictionaries(st.text(), st.text() | st.integers(-(2**63), 2**63 - 1) | st.none()))
def test_a_problem_round_trips(code: str, arguments: dict[str, str | int | float | None]) -> None:
    problem = Problem(code, arguments)
    assert msgspec.json.decode(msgspec.json.encode(problem), type=Problem) == problem
