"""Children as columns: counted and added up without looking at each, and right whatever changes."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stabilitydl.domain.resource import ResourceSnapshot
from stabilitydl.domain.states import State, Tab
from stabilitydl.gui.arrangement import Arrangement
from stabilitydl.gui.chosen import Chosen
from stabilitydl.gui.resource_index import Order, Query
from stabilitydl.gui.rows import Rows
from stabilitydl.gui.selection import Selection
from stabilitydl.gui.sums import CODES, UNKNOWN, Sums, Totals, marks

from .samples import child, key

STATES = st.sampled_from(list(State))
LIVES = st.tuples(STATES, st.none() | st.integers(0, 9), st.integers(0, 9))


def made(number: int, life: tuple[State, int | None, int]) -> ResourceSnapshot:
    state, size, received = life
    return child(number, state, size=size, received=received)


def counted(snapshots: list[ResourceSnapshot]) -> Totals:
    """The slow way."""
    known = [(each, each.resource.size) for each in snapshots if each.resource.size is not None]
    left = [size - each.received for each, size in known if each.state is not State.DOWNLOADED]
    return Totals(len(snapshots), sum(size for _, size in known), sum(left), len(snapshots) - len(known))


@given(st.lists(st.tuples(LIVES, LIVES), max_size=40), st.sets(st.integers(0, 60)), st.frozensets(STATES))
def test_columns_say_what_the_children_say(
    lives: list[tuple[tuple[State, int | None, int], tuple[State, int | None, int]]],
    picked: set[int],
    states: frozenset[State],
) -> None:
    rows = Rows([made(number, before) for number, (before, _) in enumerate(lives)])
    for number, (_, after) in enumerate(lives):
        rows.put(number, made(number, after))
    fresh = Rows(rows.snapshots)
    assert (rows.codes, rows.sizes, rows.left) == (fresh.codes, fresh.sizes, fresh.left)
    of_states = [each for each in rows.snapshots if each.state in states]
    assert rows.sums.totals(states) == fresh.sums.totals(states) == counted(of_states)
    assert rows.sums.counts == fresh.sums.counts
    assert rows.ids_in(states) == [each.id for each in of_states]
    ids = frozenset(key(number) for number in picked)
    chosen = [each for each in rows.snapshots if each.id in ids]
    assert rows.sums_of(ids).totals() == rows.sums_of(list(ids)).totals() == counted(chosen)
    assert rows.sums_under(rows.mask(ids)).totals(states) == counted([each for each in chosen if each.state in states])
    assert rows.ids_in(states, ids) == [each.id for each in chosen if each.state in states]
    assert rows.slots_of(ids) == [slot for slot, each in enumerate(rows.snapshots) if each.id in ids]


def test_few_and_many_are_added_up_alike() -> None:
    rows = Rows([child(number, size=number) for number in range(100)])
    few = frozenset(key(number) for number in range(5))
    many = frozenset(key(number) for number in range(50))
    assert rows.are_few(few)
    assert not rows.are_few(many)
    assert rows.sums_of(few).totals() == rows.sums_under(rows.mask(few)).totals() == Totals(5, 10, 10, 0)
    assert rows.sums_of(many).totals() == Totals(50, 1225, 1225, 0)


def test_what_arrives_is_not_still_to_come() -> None:
    rows = Rows([child(0, State.DOWNLOADING, size=100), child(1, State.DOWNLOADING, size=None)])
    rows.receive(0, 70)
    rows.receive(1, 70)
    assert rows.sums.totals() == Totals(files=2, bytes=100, remaining=30, unknown=1)
    rows.put(0, msgspec.structs.replace(rows.snapshots[0], state=State.PAUSED, received=60))
    assert rows.sums.totals({State.PAUSED}) == Totals(1, 100, 40, 0)
    assert rows.sums.totals({State.DOWNLOADING}) == Totals(1, 0, 0, 1)


def test_the_size_of_a_file_counts_where_its_hub_says_none() -> None:
    rows = Rows([child(0, State.DOWNLOADED, size=None, file_size=7)])
    assert list(rows.sizes) == [7]
    assert rows.count(Tab.DOWNLOADED) == 1
    assert list(Rows([child(0, size=None)]).sizes) == [UNKNOWN]


def test_sums_of_nothing() -> None:
    assert Sums().totals() == Sums.of(b"", [], []).totals() == Totals()
    assert Sums().counts == {}
    assert repr(Sums()) == f"<Sums {Totals()}>"
    assert marks([State.MISSING])[CODES[State.MISSING]] == 1
    assert sum(marks(State)) == len(State)


def test_texts_in_common_are_folded_once() -> None:
    rows = Rows([child(number, name=f"file-{number}.bin", creator="Ada") for number in range(3)])
    rows.know_words()
    assert rows.about == ["v1.0\nlora\nsdxl\nada"] * 3
    assert rows.about[0] is rows.about[1] is rows.about[2]
    # What is in small letters already needs no second text.
    assert all(name is each.resource.name for name, each in zip(rows.names, rows.snapshots, strict=True))


class Looked(Rows):
    """Counts how often all ids are looked through."""

    times = 0

    def mask(self, ids: object) -> bytes:
        self.times += 1
        return super().mask(ids)  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [2, 60])
def test_a_selection_is_looked_up_once(count: int) -> None:
    rows = Looked([child(number, size=1) for number in range(100)])
    shown = Arrangement(list(range(99, -1, -1)), Query(), Order())
    selection = Selection()
    chosen = Chosen(selection)
    selection.replace(key(number) for number in range(count))
    chosen.forget()
    for _ in range(3):
        assert chosen.in_rows(rows, shown) == bytes(100 - count) + b"\1" * count
        assert chosen.sums(rows).totals().files == count
    assert rows.times <= 1
    chosen.forget_rows()
    assert chosen.in_rows(rows, Arrangement(list(range(count)), Query(), Order())) == b"\1" * count
    assert rows.times <= 1
    selection.clear()
    chosen.forget()
    assert 1 not in chosen.in_rows(rows, shown)
    assert chosen.sums(rows).totals() == Totals()
    assert repr(chosen) == "<Chosen <Selection 0>>"
