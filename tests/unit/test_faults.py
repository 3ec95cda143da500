"""The table of faults says what the tests say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest

from tests.faults import CATALOGUE, PARTLY, Table, faults_of


class Item:
    def __init__(self, name: str, words: str | None) -> None:
        def function() -> None: ...

        function.__doc__ = words
        self.name = name
        self.function = function
        self.user_properties: list[tuple[str, object]] = []


class Report:
    def __init__(self, item: Item, outcome: str, when: str = "call", reason: str = "") -> None:
        self.user_properties: Sequence[tuple[str, object]] = item.user_properties
        self.when = when
        self.outcome = outcome
        self.passed, self.skipped = outcome == "passed", outcome == "skipped"
        self.longrepr = ("file", 1, f"Skipped: {reason}")


def table(*runs: tuple[str, str, str]) -> dict[str, str]:
    """The lines by fault after tests with a docstring, an outcome and the reason of a skip."""
    made = Table(always=True)
    for words, outcome, reason in runs:
        item = Item("test_it", words)
        made.pytest_itemcollected(cast(Any, item))
        if outcome != "skipped":
            made.pytest_runtest_logreport(cast(Any, Report(item, "passed", "setup")))
        made.pytest_runtest_logreport(cast(Any, Report(item, outcome, reason=reason)))
        made.pytest_runtest_logreport(cast(Any, Report(item, "passed", "teardown")))
    return {line[:3]: line[5:] for line in made.lines()}


@pytest.mark.parametrize(
    ("name", "words", "found"),
    [
        ("test_x", "H10, N01", ("H10", "N01")),
        ("test_x", "N02: said long before. See H10.", ("H10", "N02")),
        ("test_x_h16", None, ("H16",)),
        ("test_x_d05", "C01, P08; B02", ("B02", "C01", "D05", "P08")),
        ("test_h03_and_n12_too[a]", "H99 and XH10 and H101 and A04", ("H03", "N12")),
        ("test_x[_h10]", "", ()),
    ],
)
def test_what_a_test_names(name: str, words: str | None, found: tuple[str, ...]) -> None:
    assert faults_of(cast(Any, Item(name, words))) == found


def test_one_failure_decides_and_a_skip_gives_its_reason() -> None:
    lines = table(
        ("H01", "passed", ""), ("H01", "failed", ""), ("H02, N05", "skipped", "no nginx"), ("N05", "passed", "")
    )
    assert lines["H01"] == "failed   whole file where a part was asked for (2 tests)"
    assert lines["H02"] == "skipped  part of another place than asked (1 tests; 1 skipped: no nginx)"
    assert lines["N05"].startswith("passed ")
    assert lines["H03"].startswith("no test ")
    assert PARTLY["N09"] in lines["N09"]


def test_every_fault_has_its_line() -> None:
    groups = {"H": 26, "N": 12, "D": 16, "C": 13, "P": 8, "B": 9}
    assert [*CATALOGUE] == [f"{group}{number:02}" for group, last in groups.items() for number in range(1, last + 1)]
    assert table().keys() == CATALOGUE.keys()
    assert PARTLY.keys() <= CATALOGUE.keys()
