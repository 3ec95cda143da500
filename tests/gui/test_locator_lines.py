from __future__ import annotations

import threading

import pytest

from stabilitydl.errors import UnknownLocator, UsageError
from stabilitydl.gui.locator_lines import LONGEST_LINE, Judge, Reading, shortened_lines
from stabilitydl.hubs.registry import Registry


def recognise(text: str) -> object:
    if not text.startswith("https://"):
        raise UnknownLocator(locator=text, hint="")
    return text


def test_each_line_is_judged_on_its_own() -> None:
    reading = Judge(recognise).read(" https://a \n\nnonsense\n# a comment\nhttps://b\nhttps://a\r\nmore nonsense")
    assert reading.locators == ("https://a", "https://b")
    assert reading.repeated == 1
    assert [(each.line, each.text, each.problem.code) for each in reading.problems] == [
        (2, "nonsense", "unknown-locator"),
        (6, "more nonsense", "unknown-locator"),
    ]


def test_nothing_is_nothing() -> None:
    assert Judge(recognise).read("") == Judge(recognise).read(" \n\t\n") == Reading()


def test_a_line_is_asked_about_once_until_failures_are_forgotten() -> None:
    asked: list[str] = []

    def count(text: str) -> object:
        asked.append(text)
        return recognise(text)

    judge = Judge(count)
    judge.read("https://a\nbad")
    judge.read("https://a\nbad\nhttps://b")
    assert asked == ["https://a", "bad", "https://b"]
    judge.forget_failures()
    judge.read("https://a\nbad")
    assert asked == ["https://a", "bad", "https://b", "bad"]


def test_a_reading_that_is_not_wanted_ends() -> None:
    wanted = threading.Event()
    asked: list[str] = []

    def ask(text: str) -> object:
        asked.append(text)
        if len(asked) == 3:
            wanted.set()
        return text

    Judge(ask).read("\n".join(f"https://{number}" for number in range(10_000)), lambda: not wanted.is_set())
    assert len(asked) == 3


def test_a_line_too_long_to_be_an_address_is_refused_unasked() -> None:
    def never(text: str) -> object:
        raise AssertionError

    problem = Judge(never).read("x" * (LONGEST_LINE + 1)).problems[0].problem
    assert problem.code == UsageError.code
    assert str(LONGEST_LINE + 1) in problem.message


def test_pasted_text_has_equal_line_ends_and_bounded_lines() -> None:
    assert shortened_lines("a\r\nb\rc\nd\0") == "a\nb\nc\nd\ufffd"
    pasted = shortened_lines("x" * 1_000_000 + "\nhttps://a")
    assert len(pasted) < 2 * LONGEST_LINE
    assert [each.line for each in Judge(recognise).read(pasted).problems] == [0]


@pytest.mark.parametrize("text", ["https://civitai.com/models/1", "civitai:1", "https://example.org/a.bin"])
def test_what_the_hubs_take_is_taken(text: str) -> None:
    assert Judge(Registry.standard().find).read(text).locators == (text,)
