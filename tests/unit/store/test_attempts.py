from __future__ import annotations

import pytest

from stabilitydl.domain.attempt import Attempt, Outcome
from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.states import State
from stabilitydl.errors import NoLongerListed, Problem
from stabilitydl.store.change import Change
from stabilitydl.store.store import Store

from .samples import a_pack


def filled(store: Store, count: int = 1) -> list[str]:
    parent, children = a_pack(count)
    store.add(parent, children, now=1.0)
    return [child.id for child in children]


def test_begin_and_finish(store: Store) -> None:
    (each,) = filled(store)
    number = store.begin_attempt(each, start=10.0)
    assert store.attempts(each) == [Attempt(resource=each, start=10.0)]
    store.finish(
        number,
        Change(each, State.DOWNLOADED, received=1000, verification=Verification.VERIFIED, sha256="ab" * 32),
        end=12.0,
        bytes=900,
        host="cdn",
        outcome=Outcome.DOWNLOADED,
        verification=Verification.VERIFIED,
    )
    assert store.attempts(each) == [
        Attempt(
            resource=each,
            start=10.0,
            end=12.0,
            bytes=900,
            host="cdn",
            outcome=Outcome.DOWNLOADED,
            verification=Verification.VERIFIED,
        )
    ]
    (snapshot,) = store.resources()
    assert (snapshot.state, snapshot.sha256) == (State.DOWNLOADED, "ab" * 32)


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_survives(store: Store, outcome: Outcome) -> None:
    (each,) = filled(store)
    store.finish(store.begin_attempt(each, start=1.0), None, end=2.0, bytes=0, host="", outcome=outcome, code="x")
    assert [(attempt.outcome, attempt.code) for attempt in store.attempts(each)] == [(outcome, "x")]


def test_finish_is_one_transaction(store: Store) -> None:
    (each,) = filled(store)
    number = store.begin_attempt(each, start=1.0)
    commits: list[int] = []
    store._database.connection.set_commit_hook(lambda: commits.append(1) or False)  # type: ignore[func-returns-value]
    change = Change(each, State.FAILED, problem=Problem("not-found", {"host": "h"}))
    store.finish(number, change, end=2.0, bytes=0, host="h", outcome=Outcome.FAILED, code="not-found")
    assert len(commits) == 1
    assert store.resources()[0].state is State.FAILED


def test_an_attempt_that_a_crash_left_open_becomes_interrupted(store: Store) -> None:
    one, two = filled(store, 2)
    done = store.begin_attempt(one, start=1.0)
    store.finish(done, None, end=2.0, bytes=1, host="h", outcome=Outcome.STOPPED)
    store.begin_attempt(one, start=3.0)
    store.begin_attempt(two, start=4.0)
    store.begin_attempt(one, start=5.0)
    assert [(each.start, each.outcome) for each in store.attempts(one)] == [
        (1.0, Outcome.STOPPED),
        (3.0, Outcome.INTERRUPTED),
        (5.0, None),
    ]
    assert [each.outcome for each in store.attempts(two)] == [None]


def test_a_removed_resource_begins_nothing_and_keeps_its_attempts(store: Store) -> None:
    (each,) = filled(store)
    number = store.begin_attempt(each, start=1.0)
    store.remove([each])
    with pytest.raises(NoLongerListed):
        store.begin_attempt(each, start=2.0)
    change = Change(each, State.DOWNLOADED)
    store.finish(number, change, end=3.0, bytes=5, host="h", outcome=Outcome.DOWNLOADED)
    assert [attempt.end for attempt in store.attempts(each)] == [3.0]
    assert store.resources() == []
    row = store._database.read("SELECT collection, name FROM attempts", (), lambda row: row)
    assert row == [(a_pack(1)[0].id, a_pack(1)[1][0].name)]


def test_totals_are_sums_over_attempts(store: Store) -> None:
    ids = filled(store, 3)
    assert store.totals(0.0) == (0, 0)
    for start, (each, outcome) in enumerate(
        [(ids[0], Outcome.DOWNLOADED), (ids[1], Outcome.FAILED), (ids[2], Outcome.FOUND), (ids[0], Outcome.DOWNLOADED)]
    ):
        number = store.begin_attempt(each, start=float(start))
        store.finish(number, None, end=start + 10.0, bytes=100, host="h", outcome=outcome)
    store.begin_attempt(ids[0], start=50.0)
    assert store.totals(0.0) == (400, 2)
    assert store.totals(11.0) == (300, 1)
    assert store.totals(13.5) == (0, 0)


def test_attempts_are_indexed_by_resource_and_start(store: Store) -> None:
    plan = store._database.read(
        "EXPLAIN QUERY PLAN SELECT * FROM attempts WHERE resource = 'x' AND start > 1 ORDER BY start", (), str
    )
    assert "attempts_of_resource (resource=? AND start>?)" in plan[0]
    assert len(plan) == 1
