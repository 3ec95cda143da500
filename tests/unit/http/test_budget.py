"""How many requests a host bears: less after each refusal, more with time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stabilitydl.http.budget import GROWTH, Budget


def test_it_is_halved_and_grows_again() -> None:
    """H24."""
    budget = Budget()
    assert budget.allowed(8, 0.0) == 8
    assert budget.refuse(8, 8, 100.0, budget.cuts)
    assert repr(budget) == "<Budget 4 after 1 cuts>"
    seconds = (0.0, GROWTH - 0.1, GROWTH, 2.5 * GROWTH, 4 * GROWTH, 100 * GROWTH)
    assert [budget.allowed(8, 100.0 + each) for each in seconds] == [4, 4, 5, 6, 8, 8]
    assert repr(budget) == "<Budget whole after 1 cuts>"


def test_what_really_ran_counts() -> None:
    budget = Budget()
    budget.refuse(3, 8, 0.0, budget.cuts)
    assert budget.allowed(8, 0.0) == 1


def test_one_request_is_always_allowed() -> None:
    budget = Budget()
    for second in range(10):
        assert budget.refuse(1, 8, float(second), budget.cuts)
    assert budget.allowed(8, 9.0) == 1


def test_refusals_of_what_was_on_its_way_are_one() -> None:
    budget = Budget()
    begun = budget.cuts
    assert [budget.refuse(8, 8, 0.0, begun) for _ in range(8)] == [True, *[False] * 7]
    assert budget.allowed(8, 0.0) == 4


def test_settings_that_allow_less_hold_at_once() -> None:
    budget = Budget()
    budget.refuse(16, 16, 0.0, budget.cuts)
    assert [budget.allowed(most, 0.0) for most in (16, 8, 9, 2)] == [8, 8, 9, 2]


@given(
    st.lists(
        st.tuples(st.floats(0, 100), st.integers(1, 20), st.integers(1, 20), st.booleans()), min_size=1, max_size=50
    )
)
def test_it_is_never_less_than_one_nor_more_than_the_settings_allow(
    steps: list[tuple[float, int, int, bool]],
) -> None:
    budget, now = Budget(), 0.0
    for seconds, running, most, is_refused in steps:
        now += seconds
        before = budget.allowed(most, now)
        assert 1 <= before <= most
        if is_refused:
            assert budget.refuse(running, most, now, budget.cuts)
            assert budget.allowed(most, now) <= max(1, before // 2)


@pytest.mark.parametrize("seconds", [0.0, 1.0, 1e9])
def test_time_alone_never_makes_it_smaller(seconds: float) -> None:
    budget = Budget()
    budget.refuse(8, 8, 0.0, budget.cuts)
    assert budget.allowed(8, seconds) >= 4
