from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stabilitydl.domain.states import MOVES, State, Tab, tab_of

# Written out by hand, one line per state, so that a change of the table is a decision and not an accident.
LEGAL = {
    "missing": "queued downloaded blocked gone",
    "queued": "resolving missing paused waiting downloaded failed blocked gone quarantined",
    "resolving": "missing queued paused waiting failed blocked gone quarantined downloading verifying downloaded",
    "downloading": "missing queued paused waiting failed blocked gone quarantined resolving verifying",
    "verifying": "missing queued paused waiting failed blocked gone quarantined resolving downloading downloaded",
    "downloaded": "missing queued quarantined",
    "paused": "queued missing downloaded",
    "waiting": "missing queued paused waiting failed blocked gone quarantined"
    " resolving downloading verifying downloaded",
    "failed": "queued missing downloaded",
    "blocked": "queued missing gone downloaded",
    "gone": "queued missing downloaded",
    "quarantined": "queued missing downloaded",
}


def test_the_table_knows_every_state() -> None:
    assert set(MOVES) == set(State)
    assert set(LEGAL) == {state.value for state in State}


@pytest.mark.parametrize("old", State)
@pytest.mark.parametrize("new", State)
def test_every_move(old: State, new: State) -> None:
    assert old.may_become(new) is (new.value in LEGAL[old.value].split())


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        MOVES[State.MISSING] = frozenset()  # type: ignore[index]
    assert all(isinstance(targets, frozenset) for targets in MOVES.values())


def reachable(start: State) -> set[State]:
    seen = {start}
    while new := {target for state in seen for target in MOVES[state]} - seen:
        seen |= new
    return seen


@pytest.mark.parametrize("state", State)
def test_no_state_is_a_dead_end(state: State) -> None:
    assert reachable(state) == set(State)


def test_nothing_is_quarantined_before_bytes_came_or_downloaded_without_a_check() -> None:
    assert not State.MISSING.may_become(State.QUARANTINED)
    assert not State.DOWNLOADING.may_become(State.DOWNLOADED)


@pytest.mark.parametrize("state", [state for state in State if state.is_trouble])
def test_trouble_is_left_only_by_a_command(state: State) -> None:
    assert not any(target.is_running or target is State.WAITING for target in MOVES[state])


def test_predicates() -> None:
    running = {State.RESOLVING, State.DOWNLOADING, State.VERIFYING}
    unfinished = running | {State.QUEUED, State.WAITING}
    assert {state for state in State if state.is_running} == running
    assert {state for state in State if state.is_unfinished} == unfinished
    assert {state for state in State if state.is_settled} == set(State) - unfinished
    assert {state for state in State if state.is_trouble} == {
        State.FAILED,
        State.GONE,
        State.QUARANTINED,
        State.BLOCKED,
    }


TABS = {
    Tab.MISSING: {State.MISSING, State.BLOCKED},
    Tab.DOWNLOADING: {
        State.QUEUED,
        State.RESOLVING,
        State.DOWNLOADING,
        State.VERIFYING,
        State.PAUSED,
        State.WAITING,
    },
    Tab.DOWNLOADED: {State.DOWNLOADED},
    Tab.FAILED: {State.FAILED, State.GONE, State.QUARANTINED},
}


def test_tabs_hold_what_they_should() -> None:
    assert {tab: {state for state in State if tab_of(state) is tab} for tab in Tab} == {**TABS, Tab.ALL: set()}


@given(st.lists(st.sampled_from(State)))
def test_tabs_partition_all(states: list[State]) -> None:
    shown = [[state for state in states if tab_of(state) is tab] for tab in Tab if tab is not Tab.ALL]
    assert sorted(state for part in shown for state in part) == sorted(states)
