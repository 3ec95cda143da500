"""Sets of bytes, against the plainest model there is: a Python set of positions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stabilitydl.domain.ranges import Ranges

bounds = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (min(pair), max(pair)))
items = st.lists(bounds, max_size=8)
unhurried = settings(deadline=None)


def positions(ranges: list[tuple[int, int]]) -> set[int]:
    return {position for start, stop in ranges for position in range(start, stop)}


@unhurried
@given(items)
def test_items_are_sorted_disjoint_and_do_not_touch(given_items: list[tuple[int, int]]) -> None:
    ranges = Ranges(given_items)
    assert positions(list(ranges.items)) == positions(given_items)
    assert all(start < stop for start, stop in ranges.items)
    assert all(before[1] < after[0] for before, after in zip(ranges.items, ranges.items[1:], strict=False))
    assert ranges.total == len(positions(given_items))
    assert bool(ranges) == bool(positions(given_items))


@unhurried
@given(items, bounds, items)
def test_add_and_union_are_those_of_sets(
    one: list[tuple[int, int]], new: tuple[int, int], other: list[tuple[int, int]]
) -> None:
    ranges = Ranges(one)
    assert ranges.add(*new) == Ranges([*one, new])
    assert ranges | Ranges(other) == Ranges([*one, *other])
    assert hash(ranges | Ranges(other)) == hash(Ranges([*other, *one]))


def test_without() -> None:
    ranges = Ranges([(0, 10), (20, 30)])
    assert ranges.without(Ranges()) == ranges
    assert ranges.without(Ranges([(5, 25)])) == Ranges([(0, 5), (25, 30)])
    assert ranges.without(Ranges([(0, 100)])) == Ranges()
    assert ranges.without(Ranges([(2, 4), (8, 22), (29, 31)])) == Ranges([(0, 2), (4, 8), (22, 29)])
    assert Ranges().without(ranges) == Ranges()


@unhurried
@given(items, st.integers(0, 60))
def test_missing_is_the_complement_below_the_size(given_items: list[tuple[int, int]], size: int) -> None:
    ranges = Ranges(given_items)
    missing = list(ranges.missing(size))
    assert positions(missing) == set(range(size)) - positions(given_items)
    assert missing == list(Ranges(missing).items)


@unhurried
@given(items, bounds)
def test_covers_and_prefix(given_items: list[tuple[int, int]], asked: tuple[int, int]) -> None:
    ranges, all_of_them = Ranges(given_items), positions(given_items)
    assert ranges.covers(*asked) == (set(range(*asked)) <= all_of_them)
    assert ranges.prefix == next(position for position in range(62) if position not in all_of_them)


def test_impossible_ranges_are_refused() -> None:
    for wrong in ((-1, 3), (5, 4)):
        with pytest.raises(ValueError, match=str(wrong[0])):
            Ranges([wrong])
    assert Ranges() != "something else"
    assert repr(Ranges([(1, 2)])) == "Ranges([(1, 2)])"
