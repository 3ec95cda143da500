from __future__ import annotations

import pytest

from stabilitydl.domain.resource import Wait
from stabilitydl.domain.states import State, WaitReason
from stabilitydl.errors import NoLongerListed, Problem, TargetTaken
from stabilitydl.store.change import Change
from stabilitydl.store.queue import Place, target_key
from stabilitydl.store.store import Store

from .samples import a_pack


def filled(store: Store, count: int) -> list[str]:
    parent, children = a_pack(count)
    store.add(parent, children, now=1.0)
    return [child.id for child in children]


def queued(store: Store, count: int) -> list[str]:
    ids = filled(store, count)
    store.enqueue([(each, f"/models/{each}") for each in ids])
    return ids


def order(store: Store) -> list[str]:
    return [each.id for each in store.unfinished()]


def test_eighty_children_are_one_transaction(store: Store) -> None:
    ids = filled(store, 80)
    commits: list[int] = []
    store._database.connection.set_commit_hook(lambda: commits.append(1) or False)  # type: ignore[func-returns-value]
    snapshots = store.enqueue([(each, f"/models/{each}") for each in reversed(ids)])
    assert len(commits) == 1
    assert [each.id for each in snapshots] == ids[::-1]
    assert {each.state for each in snapshots} == {State.QUEUED}
    assert [each.target for each in snapshots] == [f"/models/{each}" for each in ids[::-1]]
    assert order(store) == ids[::-1]
    assert store.snapshots(ids[::-1]) == snapshots


def test_later_ones_stand_behind(store: Store) -> None:
    ids = filled(store, 4)
    store.enqueue([(ids[2], "/2")])
    store.enqueue([(ids[0], "/0"), (ids[1], "/1")])
    assert order(store) == [ids[2], ids[0], ids[1]]


@pytest.mark.parametrize("state", State)
def test_what_enqueueing_does_to_each_state(store: Store, state: State) -> None:
    (each,) = queued(store, 1)
    problem, wait = Problem("not-found", {"host": "h"}), Wait(WaitReason.HOST)
    store.apply([Change(each, state, received=5, problem=problem, wait=wait)])
    before = store.snapshots([each])
    after = store.enqueue([(each, "/elsewhere")])
    if state.is_running or state in (State.QUEUED, State.DOWNLOADED):
        assert after == before
        assert store.reserved(["/elsewhere"]) == {}
    else:
        assert (after[0].state, after[0].problem, after[0].wait) == (State.QUEUED, None, None)
        assert (after[0].received, after[0].target) == (5, "/elsewhere")
        assert store.reserved(["/elsewhere", f"/models/{each}"]) == {"/elsewhere": each}


def test_again_at_the_same_target(store: Store) -> None:
    first, second = queued(store, 2)
    store.apply([Change(first, State.PAUSED)])
    store.enqueue([(first, f"/models/{first}")])
    assert order(store) == [second, first]


def test_unfinished_leaves_out_what_is_settled(store: Store) -> None:
    ids = queued(store, len(State))
    states = dict(zip(ids, State, strict=True))
    store.apply([Change(each, state) for each, state in states.items()])
    assert order(store) == [each for each, state in states.items() if state.is_unfinished]


SAME = [
    ("/Models/A.safetensors", "/models/a.SAFETENSORS"),
    ("/m/\u00e9.bin", "/m/e\u0301.bin"),
    ("/m/STRASSE", "/m/stra\u00dfe"),
    ("/m/\u1e9e", "/m/ss"),
    # Only a second normalisation makes these equal.
    ("/m/\u0390", "/m/\u03aa\u0301"),
]


@pytest.mark.parametrize(("one", "two"), SAME)
def test_paths_that_a_file_system_takes_for_one_are_one_reservation(store: Store, one: str, two: str) -> None:
    first, second = filled(store, 2)
    store.enqueue([(first, one)])
    assert store.reserved([two, one, "/free"]) == {two: first, one: first}
    with pytest.raises(TargetTaken) as caught:
        store.enqueue([(second, two)])
    assert caught.value.arguments["path"] == two


def test_different_paths_are_different() -> None:
    assert len({target_key(path) for path in ("/a/b", "/a/c", "/a/b ", "/a//b")}) == 4


def test_a_conflict_changes_nothing(store: Store) -> None:
    ids = filled(store, 4)
    store.enqueue([(ids[0], "/taken")])
    before = store.resources()
    with pytest.raises(TargetTaken):
        store.enqueue([(ids[1], "/1"), (ids[2], "/TAKEN"), (ids[3], "/3")])
    assert store.resources() == before
    assert store.reserved(["/1", "/3"]) == {}


def test_two_of_one_call_cannot_share_a_path(store: Store) -> None:
    ids = filled(store, 2)
    with pytest.raises(TargetTaken):
        store.enqueue([(ids[0], "/same"), (ids[1], "/SAME")])
    assert order(store) == []


def test_two_of_one_call_may_swap_their_paths(store: Store) -> None:
    ids = filled(store, 2)
    store.enqueue([(ids[0], "/0"), (ids[1], "/1")])
    store.apply([Change(each, State.PAUSED) for each in ids])
    store.enqueue([(ids[0], "/1"), (ids[1], "/0")])
    assert store.reserved(["/0", "/1"]) == {"/0": ids[1], "/1": ids[0]}


def test_the_path_of_one_that_is_left_alone_is_not_asked_for(store: Store) -> None:
    done, holder = filled(store, 2)
    store.enqueue([(done, "/done"), (holder, "/held")])
    store.apply([Change(done, State.DOWNLOADED)])
    (after,) = store.enqueue([(done, "/held"), ("unknown", "/held")])
    assert (after.state, after.target) == (State.DOWNLOADED, "/done")


def test_a_reservation_lasts_through_every_state(store: Store) -> None:
    (each,) = queued(store, 1)
    for state in State:
        store.apply([Change(each, state)])
        assert store.reserved([f"/models/{each}"]) == {f"/models/{each}": each}


@pytest.mark.parametrize(
    ("place", "anchor", "expected"),
    [
        (Place.TOP, None, [1, 4, 0, 2, 3, 5]),
        (Place.BOTTOM, None, [0, 2, 3, 5, 1, 4]),
        (Place.BEFORE, 3, [0, 2, 1, 4, 3, 5]),
        (Place.AFTER, 3, [0, 2, 3, 1, 4, 5]),
        (Place.BEFORE, 0, [1, 4, 0, 2, 3, 5]),
        (Place.AFTER, 5, [0, 2, 3, 5, 1, 4]),
        (Place.BEFORE, 1, [0, 4, 1, 2, 3, 5]),
    ],
)
def test_moving(store: Store, place: Place, anchor: int | None, expected: list[int]) -> None:
    ids = queued(store, 6)
    store.move([ids[4], ids[1], "unknown"], place, None if anchor is None else ids[anchor])
    assert [ids.index(each) for each in order(store)] == expected
    positions = [each.position for each in store.unfinished()]
    assert len(set(positions)) == 6


def test_moving_again_and_again_keeps_an_order(store: Store) -> None:
    ids = queued(store, 5)
    expected = list(ids)
    for number in range(20):
        each = ids[number * 3 % 5]
        store.move([each], Place.TOP)
        expected.remove(each)
        expected.insert(0, each)
        assert order(store) == expected
    store.remove([ids[0]])
    store.add(*a_pack(5), now=2.0)
    store.enqueue([(ids[0], "/again")])
    assert order(store)[-1] == ids[0]


def test_moving_beside_one_that_left_the_queue_changes_nothing(store: Store) -> None:
    ids = queued(store, 3)
    store.apply([Change(ids[2], State.DOWNLOADED)])
    for anchor in (ids[2], "unknown", None):
        with pytest.raises(NoLongerListed):
            store.move([ids[1]], Place.BEFORE, anchor)
    assert order(store) == ids[:2]


def test_priority(store: Store) -> None:
    ids = queued(store, 3)
    store.set_priority([ids[0], ids[2], "unknown"], 5)
    assert [each.priority for each in store.resources()] == [5, 0, 5]
