"""What follows a failure: something simpler, and after a bounded number of restarts the end."""

from __future__ import annotations

import itertools

import pytest

from stabilitydl.errors import (
    ChecksumMismatch,
    ConnectionLost,
    NotFound,
    PartChanged,
    RangesUnusable,
    RemoteChanged,
    StabilityError,
    WrongRange,
)
from stabilitydl.transfer.mode import Mode, Step, StreamCut

WRONG = ChecksumMismatch(algorithm="sha256", actual="a", expected="b")
LOST = StreamCut(ConnectionLost(host="h"))
FAILURES: tuple[StabilityError | StreamCut, ...] = (
    WRONG,
    LOST,
    RangesUnusable(host="h"),
    WrongRange(host="h"),
    RemoteChanged(host="h"),
    PartChanged(path="/p"),
)


def after(mode: Mode, error: StabilityError | StreamCut, **facts: bool) -> Step:
    usual = {"is_resumed": False, "is_one_answer": False, "is_proven": False, "is_in_place": True}
    return mode.after(error, **{**usual, **facts})


@pytest.mark.parametrize("error", [RangesUnusable(host="h"), WrongRange(host="h"), WRONG])
def test_a_source_that_fails_in_parts_is_asked_for_one_stream(error: StabilityError) -> None:
    mode = Mode(4)
    assert repr(mode) == "<Mode 4 connections>"
    assert after(mode, error) is Step.BEGIN_AGAIN
    assert (mode.whole, mode.connections) == (True, 1)
    assert repr(mode) == "<Mode one stream>"
    assert after(mode, error) is (Step.QUARANTINE if error is WRONG else Step.GIVE_UP)


def test_wrong_bytes_prove_something_about_those_who_sent_them() -> None:
    assert after(Mode(4), WRONG, is_one_answer=True) is Step.QUARANTINE
    mode = Mode(4)
    assert after(mode, WRONG, is_resumed=True, is_one_answer=True) is Step.BEGIN_AGAIN
    assert not mode.whole, "it was an earlier run"


def test_a_file_that_changes_again_comes_as_one_answer() -> None:
    """H04, H07"""
    mode = Mode(4)
    seen = [(after(mode, RemoteChanged(host="h")), mode.whole) for _ in range(3)]
    assert seen == [(Step.SET_ASIDE, False), (Step.BEGIN_AGAIN, True), (Step.GIVE_UP, True)]


@pytest.mark.parametrize("is_resumed", [True, False])
def test_a_file_with_a_checksum_is_begun_again_once_by_those_who_name_it_differently(is_resumed: bool) -> None:
    """H07: in one answer; what was named otherwise by an earlier run did change meanwhile."""
    mode = Mode(4)
    assert after(mode, RemoteChanged(host="h"), is_proven=True, is_resumed=is_resumed) is Step.SET_ASIDE
    assert mode.whole is not is_resumed
    assert after(mode, RemoteChanged(host="h"), is_proven=True) is (Step.BEGIN_AGAIN if is_resumed else Step.GIVE_UP)


def test_a_part_may_be_harmed_once() -> None:
    mode = Mode(4)
    assert [after(mode, PartChanged(path="/p")) for _ in range(2)] == [Step.BEGIN_AGAIN, Step.EMPTY]
    assert after(Mode(4), PartChanged(path="/p"), is_in_place=False) is Step.EMPTY


def test_a_stream_is_begun_a_few_times() -> None:
    mode = Mode(1)
    assert [after(mode, LOST) for _ in range(6)] == [*[Step.BEGIN_AGAIN_LATER] * 5, Step.GIVE_UP]
    assert after(Mode(1), StreamCut(NotFound(host="h", status=404))) is Step.GIVE_UP


def test_blocks_are_repaired_twice() -> None:
    mode = Mode(4)
    seen = []
    for _ in range(3):
        seen.append(mode.may_repair)
        mode.repaired()
    assert seen == [True, True, False]


@pytest.mark.parametrize("is_proven", [True, False])
@pytest.mark.parametrize("errors", list(itertools.permutations(FAILURES, 3)))
def test_every_way_ends(errors: tuple[StabilityError | StreamCut, ...], is_proven: bool) -> None:
    """Whatever fails, and in whatever order: there are few restarts."""
    mode = Mode(4)
    steps = [after(mode, error, is_proven=is_proven) for error in itertools.islice(itertools.cycle(errors), 30)]
    ends = [place for place, step in enumerate(steps) if step in (Step.GIVE_UP, Step.EMPTY, Step.QUARANTINE)]
    assert ends
    assert ends[0] <= 10
