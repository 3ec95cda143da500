from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

import apsw
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stabilitydl.domain.attempt import Outcome
from stabilitydl.domain.collection import summarise
from stabilitydl.domain.states import State, Tab
from stabilitydl.errors import Problem, StoreError
from stabilitydl.store.change import Change
from stabilitydl.store.store import Store

from .samples import a_collection, a_full_collection, a_full_resource, a_pack, a_resource


def test_every_field_survives(store: Store, path: Path) -> None:
    parent = a_full_collection()
    child = a_full_resource(parent)
    store.add(parent, [child], now=123.5)
    store.close()
    again = Store.open(path)
    try:
        assert [snapshot.collection for snapshot in again.collections()] == [parent]
        (snapshot,) = again.resources()
        assert snapshot.resource == child
        assert (snapshot.state, snapshot.problem) == (State.BLOCKED, child.blocked)
    finally:
        again.close()


def test_samples_leave_no_default() -> None:
    """Else the test above could not see that a column is missing."""
    parent = a_full_collection()
    for value in (parent, a_full_resource(parent)):
        for field in msgspec.structs.fields(type(value)):
            assert getattr(value, field.name) != field.default, field.name


def test_adding_again_refreshes_metadata_and_keeps_life(store: Store) -> None:
    parent, children = a_pack(2)
    store.add(parent, children, now=10.0)
    store.apply([Change(children[0].id, State.FAILED, received=5, problem=Problem("not-found", {"host": "h"}))])
    newer = msgspec.structs.replace(children[0], name="renamed", size=2000, version="v9")
    store.add(msgspec.structs.replace(parent, title="New title"), [newer], now=20.0)
    found = store.collection(parent.id)
    assert found is not None
    assert (found.collection.title, found.collection.added) == ("New title", 10.0)
    first, second = store.resources(parent.id)
    assert first.resource == newer
    assert (first.state, first.received, first.problem) == (State.FAILED, 5, Problem("not-found", {"host": "h"}))
    assert second.resource == children[1]


def test_adding_again_keeps_what_update_checks_remember(store: Store) -> None:
    parent, _ = a_pack(0)
    store.add(parent, [], now=1.0)
    store.set_last_checked(parent.id, 5.0)
    store.set_lock_old(parent.id, "aa")
    store.set_lock_new(parent.id, "bb")
    store.set_last_notified(parent.id, 6.0)
    store.add(parent, [], now=2.0)
    (snapshot,) = store.collections()
    kept = snapshot.collection
    assert (kept.last_checked, kept.lock_old, kept.lock_new, kept.last_notified) == (5.0, "aa", "bb", 6.0)


def test_a_weight_stays_when_the_hub_is_asked_again(store: Store) -> None:
    parents = [a_collection("a"), a_collection("b")]
    for parent in parents:
        store.add(parent, [], 1.0)
    assert store.weights() == {}
    store.set_weight([parents[0].id, "unknown"], 2.5)
    store.set_weight([], 9)
    store.add(parents[0], [], 2.0)
    assert store.weights() == {parents[0].id: 2.5}
    assert [each.collection.weight for each in store.collections()] == [2.5, 1.0]
    store.set_weight([parents[0].id], 1)
    assert store.weights() == {}


@pytest.mark.parametrize("name", ["last_checked", "lock_old", "lock_new", "last_notified"])
def test_each_memory_is_set_alone(store: Store, name: str) -> None:
    parent = a_full_collection()
    neighbour = a_collection("other")
    store.add(parent, [], now=123.5)
    store.add(neighbour, [], now=200.0)
    value = "changed" if name.startswith("lock") else 99.0
    getattr(store, f"set_{name}")(parent.id, value)
    expected = msgspec.structs.replace(parent, **{name: value})
    assert store.collections()[0].collection == expected
    getattr(store, f"set_{name}")(parent.id, None)
    assert store.collections()[0].collection == msgspec.structs.replace(parent, **{name: None})
    assert store.collections()[1].collection == msgspec.structs.replace(neighbour, added=200.0)


BLOCKED = Problem("gated", {"hub": "civitai"})


@pytest.mark.parametrize(
    ("state", "blocked", "after"),
    [
        (State.MISSING, BLOCKED, State.BLOCKED),
        (State.BLOCKED, None, State.MISSING),
        (State.BLOCKED, BLOCKED, State.BLOCKED),
        (State.QUEUED, BLOCKED, State.QUEUED),
        (State.DOWNLOADED, BLOCKED, State.DOWNLOADED),
        (State.PAUSED, BLOCKED, State.PAUSED),
        (State.GONE, None, State.GONE),
    ],
)
def test_what_the_hub_gives_moves_only_missing_and_blocked(
    store: Store, state: State, blocked: Problem | None, after: State
) -> None:
    parent = a_collection()
    store.add(parent, [a_resource(parent, "a")], now=1.0)
    store.apply([Change(a_resource(parent, "a").id, state)])
    store.add(parent, [a_resource(parent, "a", blocked=blocked)], now=2.0)
    (snapshot,) = store.resources()
    assert (snapshot.state, snapshot.resource.blocked) == (after, blocked)
    if after in (State.MISSING, State.BLOCKED):
        assert snapshot.problem == blocked


def test_children_come_in_the_order_of_the_hub(store: Store) -> None:
    first, second = a_collection("1"), a_collection("2")
    store.add(second, [a_resource(second, "x", order=1), a_resource(second, "y", order=0)], now=2.0)
    store.add(first, [a_resource(first, key, order=n) for n, key in enumerate("cab")], now=1.0)
    assert [each.resource.key for each in store.resources(first.id)] == ["c", "a", "b"]
    assert [each.resource.key for each in store.resources()] == ["c", "a", "b", "y", "x"]
    assert [each.id for each in store.collections()] == [first.id, second.id]
    assert store.resources("nobody") == []
    assert store.collection("nobody") is None


def test_finding_by_id_locator_and_beginning(store: Store) -> None:
    one, same_locator = a_collection("1"), a_collection("1", target="/elsewhere")
    other = a_collection("2")
    for n, parent in enumerate((one, same_locator, other)):
        store.add(parent, [], now=float(n))

    def ids(text: str) -> list[str]:
        return [each.id for each in store.find_collections(text)]

    assert ids(one.id) == [one.id]
    assert ids(f" {one.id.upper()} ") == [one.id]
    assert ids(one.locator) == [one.id, same_locator.id]
    assert ids(other.locator) == [other.id]
    assert ids(other.id[:4]) == [other.id]
    assert ids(other.id[:3]) == []
    assert ids("") == ids("%%%%") == ids("nothing here") == []


def test_an_ambiguous_beginning_gives_all(store: Store) -> None:
    base = a_collection("1")
    for tail in ("1", "2"):
        store.add(msgspec.structs.replace(base, id="abcd" + tail * 28, locator=tail), [], now=float(tail))
    assert len(store.find_collections("abcd")) == 2
    assert [each.locator for each in store.find_collections("abcd1")] == ["1"]


def test_removing_a_collection_takes_children_and_reservations_but_no_attempt(store: Store) -> None:
    parent, children = a_pack(3)
    kept, kept_children = a_pack(1, "other")
    store.add(parent, children, now=1.0)
    store.add(kept, kept_children, now=2.0)
    store.enqueue([(children[0].id, "/models/a")])
    attempt = store.begin_attempt(children[0].id, start=1.0)
    store.finish(attempt, None, end=2.0, bytes=7, host="h", outcome=Outcome.DOWNLOADED)
    store.remove_collection(parent.id)
    assert [each.id for each in store.collections()] == [kept.id]
    assert [each.id for each in store.resources()] == [kept_children[0].id]
    assert store.reserved(["/models/a"]) == {}
    assert store.totals(0.0) == (7, 1)
    assert len(store.attempts(children[0].id)) == 1


def test_a_child_of_another_collection_is_refused_and_nothing_is_added(store: Store) -> None:
    parent, stranger = a_collection("1"), a_collection("2")
    with pytest.raises(AssertionError):
        store.add(parent, [a_resource(parent, "a"), a_resource(stranger, "b")], now=1.0)
    assert store.collections() == []


def test_a_size_that_no_integer_holds_adds_nothing(store: Store) -> None:
    parent, children = a_pack(2)
    with pytest.raises(StoreError):
        store.add(parent, [children[0], msgspec.structs.replace(children[1], size=2**63)], now=1.0)
    assert store.collections() == []


def test_absurd_sizes_cannot_make_the_list_fail(store: Store) -> None:
    parent, children = a_pack(3)
    store.add(parent, [msgspec.structs.replace(child, size=2**63 - 1) for child in children], now=1.0)
    (snapshot,) = store.collections()
    assert snapshot.summary.bytes == pytest.approx(3 * 2.0**63)


def test_text_that_is_no_utf8_survives(store: Store) -> None:
    """File names on POSIX are bytes; Python shows those that are no UTF-8 with lone surrogates."""
    strange = "/models/caf\udce9"
    key = msgspec.structs.replace(a_collection().key, target=strange)
    parent = msgspec.structs.replace(a_collection(target=strange), key=key, title="t\ud800", trigger_words=("\udc80",))
    child = msgspec.structs.replace(a_resource(parent, "a"), path="x\udce9", blocked=Problem("gated", {"a": "\udce9"}))
    store.add(parent, [child], now=0.0)
    assert store.collections()[0].collection == parent
    assert store.resources()[0].resource == child
    (snapshot,) = store.enqueue([(child.id, strange)])
    assert snapshot.target == strange
    assert store.reserved([strange]) == {strange: child.id}


def test_downloads_count_attempts_and_nothing_stored(store: Store) -> None:
    parent, children = a_pack(2)
    other, other_children = a_pack(1, "other")
    store.add(parent, children, now=1.0)
    store.add(other, other_children, now=2.0)
    for child, outcome in (
        (children[0], Outcome.DOWNLOADED),
        (children[0], Outcome.DOWNLOADED),
        (children[1], Outcome.FAILED),
        (children[1], Outcome.FOUND),
        (other_children[0], Outcome.DOWNLOADED),
    ):
        store.finish(store.begin_attempt(child.id, start=1.0), None, end=2.0, bytes=1, host="h", outcome=outcome)
    assert [each.downloads for each in store.collections()] == [2, 1]
    one = store.collection(parent.id)
    assert one is not None
    assert one.downloads == 2


CHILD = st.tuples(
    st.sampled_from(State),
    st.none() | st.integers(0, 10**13),
    st.integers(0, 10**13),
    st.none() | st.integers(0, 10**13),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CHILD, max_size=8), min_size=1, max_size=3))
def test_sums_of_the_database_are_those_of_the_domain(
    packs: list[list[tuple[State, int | None, int, int | None]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "a.db")
        try:
            for number, pack in enumerate(packs):
                parent = a_collection(str(number))
                children = [
                    msgspec.structs.replace(a_resource(parent, str(n)), size=size)
                    for n, (_, size, _, _) in enumerate(pack)
                ]
                store.add(parent, children, now=float(number))
                store.apply(
                    [
                        Change(child.id, state, received=received, file_size=file_size)
                        for child, (state, _, received, file_size) in zip(children, pack, strict=True)
                    ]
                )
            for snapshot in store.collections():
                expected = summarise(store.resources(snapshot.id))
                assert snapshot.summary == expected
                assert store.collection(snapshot.id) == snapshot
                assert sum(expected.count(tab) for tab in Tab if tab is not Tab.ALL) == expected.count(Tab.ALL)
        finally:
            store.close()


def test_summaries_are_answered_by_an_index_alone(store: Store) -> None:
    from stabilitydl.store.collections import _SUMMARIES

    plan = "".join(
        str(row)
        for row in store._database.read("EXPLAIN QUERY PLAN " + _SUMMARIES.format(also=""), (), lambda row: row)
    )
    assert "COVERING INDEX resources_summary" in plan
    assert "TEMP B-TREE" not in plan


def test_another_sqlite_reads_the_file(store: Store, path: Path) -> None:
    """The file is plain SQLite: nothing in the schema needs a function or collation of ours."""
    parent, children = a_pack(2)
    store.add(parent, children, now=1.0)
    store.close()
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("SELECT count(*) FROM resources").fetchone() == (2,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        connection.close()
    assert apsw.sqlite_lib_version() >= "3.51.3"
