"""Children that their hub does not list any more."""

from __future__ import annotations

import pytest

from stabilitydl.domain.collection import summarise
from stabilitydl.domain.states import State, Tab
from stabilitydl.errors import Problem
from stabilitydl.store.change import Change
from stabilitydl.store.store import Store

from .samples import a_collection, a_pack, a_resource

NAMES = (State.MISSING, State.BLOCKED)


def listed(store: Store) -> list[tuple[str, bool]]:
    return [(row.resource.key, row.superseded) for row in store.resources()]


@pytest.mark.parametrize("state", list(State))
def test_what_is_only_a_name_leaves_the_list_and_all_else_stays_as_superseded(store: Store, state: State) -> None:
    parent, (old, same) = a_pack(2)
    blocked = Problem("gated", {"hub": "h"}) if state is State.BLOCKED else None
    store.add(parent, [a_resource(parent, old.key, blocked=blocked), same], 1.0)
    store.apply([Change(old.id, state)])
    new = a_resource(parent, "new")
    store.add(parent, [new, same], 2.0, is_whole=True)
    assert ((old.key, True) in listed(store)) == (state not in NAMES)
    assert {key for key, superseded in listed(store) if not superseded} == {"new", same.key}
    (row,) = store.snapshots([old.id])
    assert (row.superseded, row.is_listed, row.state) == (True, state not in NAMES, state)
    (parent_now,) = store.collections()
    assert parent_now.summary == summarise(store.resources()) == summarise([row, *store.snapshots([new.id, same.id])])
    assert parent_now.summary.count(Tab.ALL) == len(listed(store))


def test_a_part_of_the_list_supersedes_nothing(store: Store) -> None:
    parent, children = a_pack(3)
    store.add(parent, children, 1.0)
    store.add(parent, children[:1], 2.0)
    assert listed(store) == [(child.key, False) for child in children]


def test_other_collections_are_left_alone(store: Store) -> None:
    parent, children = a_pack(2)
    store.add(parent, children, 1.0)
    other = a_collection("other")
    store.add(other, [a_resource(other, "x")], 2.0, is_whole=True)
    assert (children[0].key, False) in listed(store)
    store.add(other, [], 3.0, is_whole=True)
    assert listed(store) == [(child.key, False) for child in children]


def test_what_is_listed_again_is_what_it_was(store: Store) -> None:
    parent, children = a_pack(2)
    store.add(parent, children, 1.0)
    store.set_priority([children[0].id], 7)
    store.add(parent, children[1:], 2.0, is_whole=True)
    assert listed(store) == [(children[1].key, False)]
    store.add(parent, children, 3.0, is_whole=True)
    assert listed(store) == [(child.key, False) for child in children]
    assert store.snapshots([children[0].id])[0].priority == 7


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("received", [0, 5])
def test_of_which_nothing_is_here_leaves_its_place(store: Store, state: State, received: int) -> None:
    parent, (old, _) = a_pack(2)
    store.add(parent, [old], 1.0)
    store.enqueue([(old.id, "/m/x")])
    store.apply([Change(old.id, state, received=received)])
    store.add(parent, [a_resource(parent, "new")], 2.0, is_whole=True)
    holds = received > 0 or state not in (*NAMES, State.FAILED, State.GONE, State.PAUSED)
    assert store.reserved(["/m/x"]) == ({"/m/x": old.id} if holds else {})
    (row,) = store.snapshots([old.id])
    assert (row.target, row.state) == ("/m/x" if holds else None, state)


def test_a_superseded_child_can_still_be_queued(store: Store) -> None:
    parent, (old, _) = a_pack(2)
    store.add(parent, [old], 1.0)
    store.add(parent, [], 2.0, is_whole=True)
    assert listed(store) == []
    (row,) = store.enqueue([(old.id, "/m/old")])
    assert (row.state, row.superseded, row.is_listed) == (State.QUEUED, True, True)
    assert listed(store) == [(old.key, True)]
