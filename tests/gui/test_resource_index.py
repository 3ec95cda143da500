"""Filtering, sorting, and keeping an arrangement right while children change."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stabilitydl.domain.states import State, Tab
from stabilitydl.gui import resource_index
from stabilitydl.gui.arrangement import Arrangement, spans
from stabilitydl.gui.resource_index import Column, Order, Query, Request, arrange
from stabilitydl.gui.rows import Rows

from .samples import MB, child

STATES = st.sampled_from([State.MISSING, State.BLOCKED, State.QUEUED, State.DOWNLOADED])
ORDERS = st.builds(Order, st.sampled_from([None, Column.NAME, Column.SIZE, Column.STATE]), st.booleans())
TABS = st.sampled_from([Tab.MISSING, Tab.DOWNLOADING, Tab.ALL])


def shown(rows: Rows, query: Query = Query(), order: Order = Order()) -> list[str]:  # noqa: B008 - frozen values
    return [rows.snapshots[slot].resource.name for slot in arrange(Request.of(rows, query, order))]


@pytest.fixture
def rows() -> Rows:
    return Rows(
        [
            child(0, State.MISSING, name="beta.safetensors", size=3 * MB, type="LoRA", version="v2"),
            child(1, State.DOWNLOADED, name="Alpha.ckpt", size=None, file_size=5 * MB, type="Checkpoint"),
            child(2, State.BLOCKED, name="gamma.safetensors", size=None, base_model="SD 1.5"),
            child(3, State.FAILED, name="alpha.safetensors", size=1 * MB, creator="Ada Paints"),
            child(4, State.QUEUED, name="delta.safetensors", size=2 * MB, path="Sub/delta.safetensors"),
        ]
    )


def test_the_order_of_the_hub_is_the_first(rows: Rows) -> None:
    assert shown(rows) == [snapshot.resource.name for snapshot in rows.snapshots]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(Tab.MISSING), "beta gamma"),
        (Query(Tab.DOWNLOADING), "delta"),
        (Query(Tab.DOWNLOADED), "Alpha"),
        (Query(Tab.FAILED), "alpha"),
        (Query(text="ALPHA"), "Alpha alpha"),
        (Query(text="alpha safetensors"), "alpha"),
        (Query(text="paints"), "alpha"),
        (Query(text="sub/"), "delta"),
        (Query(text="sd 1.5"), "gamma"),
        (Query(text="  "), "beta Alpha gamma alpha delta"),
        (Query(text="nothing"), ""),
        (Query(types=frozenset({"Checkpoint"})), "Alpha"),
        (Query(base_models=frozenset({"SD 1.5"})), "gamma"),
        (Query(versions=frozenset({"v2"})), "beta"),
        (Query(at_least=2 * MB), "beta Alpha delta"),
        (Query(at_most=2 * MB), "alpha delta"),
        (Query(at_least=2 * MB, at_most=3 * MB), "beta delta"),
        (Query(Tab.MISSING, text="beta", at_least=1), "beta"),
    ],
)
def test_filters(rows: Rows, query: Query, expected: str) -> None:
    assert [name.partition(".")[0] for name in shown(rows, query)] == expected.split()


def test_a_query_knows_if_it_narrows() -> None:
    assert not Query(Tab.MISSING).is_narrowed
    assert Query(Tab.MISSING, text="x").is_narrowed


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order(Column.NAME), "Alpha alpha beta delta gamma"),
        (Order(Column.NAME, descending=True), "gamma delta beta alpha Alpha"),
        (Order(Column.SIZE), "gamma alpha delta beta Alpha"),
        (Order(Column.SIZE, descending=True), "Alpha beta delta alpha gamma"),
        (Order(Column.TYPE), "Alpha beta gamma alpha delta"),
        (Order(Column.TYPE, descending=True), "beta gamma alpha delta Alpha"),
        (Order(Column.STATE), "beta delta Alpha alpha gamma"),
    ],
)
def test_sorting_is_by_raw_values_and_equals_keep_their_order(rows: Rows, order: Order, expected: str) -> None:
    assert [name.partition(".")[0] for name in shown(rows, order=order)] == expected.split()


@given(st.lists(st.integers(0, 20), max_size=60), st.booleans())
def test_sorting_in_pieces_is_sorting(sizes: list[int], descending: bool) -> None:
    rows = Rows([child(number, size=size) for number, size in enumerate(sizes)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resource_index, "_CHUNK", 7)
        slots = arrange(Request.of(rows, Query(), Order(Column.SIZE, descending)))
    assert slots == sorted(range(len(sizes)), key=lambda slot: sizes[slot], reverse=descending)


@settings(max_examples=200)
@given(
    st.lists(st.tuples(STATES, STATES, st.integers(0, 3)), min_size=1, max_size=20),
    TABS,
    ORDERS,
    st.sampled_from(["", "1", "file"]),
)
def test_moves_lead_to_what_arranging_anew_gives(
    life: list[tuple[State, State, int]], tab: Tab, order: Order, text: str
) -> None:
    rows = Rows([child(number, before, size=size) for number, (before, _, size) in enumerate(life)])
    query = Query(tab, text)
    arrangement = Arrangement(arrange(Request.of(rows, query, order)), query, order)
    changed = set()
    for number, (before, after, _) in enumerate(life):
        if before is not after:
            rows.put(number, msgspec.structs.replace(rows.snapshots[number], state=after))
            changed.add(number)
    moves = arrangement.moves(rows, changed)
    one_by_one = Arrangement(list(arrangement.slots), query, order)
    for first, stop in moves.removed:
        one_by_one.remove(first, stop)
    for row, slots in moves.inserted:
        one_by_one.insert(row, slots)
    arrangement.take(moves)
    expected = arrange(Request.of(rows, query, order))
    assert arrangement.slots == one_by_one.slots == expected
    assert [arrangement.row(slot) for slot in expected] == list(range(len(expected)))
    assert sum(rows.count(each) for each in Tab if each is not Tab.ALL) == rows.count(Tab.ALL) == len(life)


def test_what_does_not_change_its_place_does_not_move(rows: Rows) -> None:
    arrangement = Arrangement(arrange(Request.of(rows, Query(), Order())), Query(), Order())
    rows.put(0, msgspec.structs.replace(rows.snapshots[0], state=State.QUEUED))
    moves = arrangement.moves(rows, [0])
    assert not moves
    assert moves.spans == 0


def test_spans_join_neighbours() -> None:
    assert spans([], 64) == []
    assert spans([1, 2, 3, 7, 9, 10], 64) == [(1, 4), (7, 8), (9, 11)]
    assert spans([1, 3, 5], 2) == [(1, 6)]


def test_facets_count_the_most_frequent_first(rows: Rows) -> None:
    assert rows.facets.types == (("LoRA", 4), ("Checkpoint", 1))
    assert rows.facets.base_models == (("SDXL", 4), ("SD 1.5", 1))
    assert ("v1.0", 4) in rows.facets.versions
    assert repr(rows) == "<Rows 5>"
