"""What the sweeps themselves take for good: a harness that forgives proves nothing."""

from __future__ import annotations

import signal

import pytest

from .child import Report
from .faults import Fault
from .judge import Verdict, see_harm
from .nursery import Life
from .pack import KILL_BOUND, MIB
from .table import LEAST, Outcome, lines, totals

KILL = Fault(kind="kill", number=7)
DONE = Report(states=("downloaded",), codes=("",))


def life(code: int | None, struck: int = 0, report: Report | None = None, failure: str = "") -> Life:
    return Life(code=code, calls=10, struck=struck, fetched=(0,), announced=(), report=report, failure=failure)


@pytest.mark.parametrize(
    ("harmed", "said"),
    [
        (life(-signal.SIGKILL, 1), []),
        (life(0, 0, DONE), []),
        (life(None), ["hangs"]),
        (life(1, 0, None, "Traceback\nValueError: no"), ["ended with 1 by itself: ValueError: no"]),
        (life(-signal.SIGSEGV), [f"ended with {-signal.SIGSEGV} by itself: "]),
        (life(-signal.SIGKILL), [f"ended with {-signal.SIGKILL} by itself: "]),
        (life(0), ["ended with 0 by itself: "]),
        (life(0, 1, DONE), ["was struck and ended with 0: "]),
    ],
)
def test_a_life_ends_by_the_fault_or_not_at_all(harmed: Life, said: list[str]) -> None:
    verdict = Verdict("point")
    see_harm(verdict, harmed, KILL)
    assert verdict.stuck == said
    assert verdict.struck is (harmed.struck > 0)


def test_a_life_with_an_error_has_to_end_by_itself() -> None:
    verdict = Verdict("point")
    see_harm(verdict, life(0, 3, DONE), Fault(kind="error"))
    assert not verdict.stuck
    see_harm(verdict, life(-signal.SIGKILL, 1), Fault(kind="error"))
    assert verdict.stuck


def test_a_sweep_is_good_only_where_nothing_is_wrong() -> None:
    good = Verdict("point", again=KILL_BOUND, struck=True)
    assert Outcome("sweep", KILL_BOUND).take([good, good]).is_good
    for bad in (
        Verdict("point", again=KILL_BOUND + 1),
        Verdict("point", wrong=["file"]),
        Verdict("point", stuck=["job"]),
        Verdict("point", orphans=["part"]),
        Verdict("point", lost=["promise"]),
    ):
        assert not Outcome("sweep", KILL_BOUND).take([good, bad]).is_good
    assert not Outcome("sweep", KILL_BOUND).is_good, "without points nothing was looked at"
    assert not Outcome("sweep", KILL_BOUND, error="it broke off").take([good]).is_good


@pytest.mark.parametrize(
    ("verdict", "is_good"),
    [
        (Verdict("point", again=KILL_BOUND + 1), True),
        (Verdict("point", again=KILL_BOUND + 1, lost=["promise"]), True),
        (Verdict("point", lost=["promise"]), False),
        (Verdict("point", again=KILL_BOUND + 1, stuck=["job"]), False),
        (Verdict("point"), False),
    ],
)
def test_a_control_has_to_fail_in_its_own_way(verdict: Verdict, is_good: bool) -> None:
    outcome = Outcome("control", KILL_BOUND, ("again", "lost")).take([Verdict("before"), verdict, Verdict("behind")])
    assert outcome.is_good is is_good
    (row,) = lines([outcome])[1:]
    assert ("fails as it must" in row and "more bytes" in row) is is_good
    assert ("MUST FAIL BY more bytes" in row) is not is_good


def test_a_run_that_strikes_too_little_says_so() -> None:
    struck = [Verdict("point", struck=True)] * LEAST["power cuts"]
    enough = Outcome("sweep", 32 * MIB, counts_as="power cuts").take(struck)
    few = Outcome("sweep", 32 * MIB, counts_as="power cuts").take([*struck[1:], Verdict("the end", is_end=True)])
    skipped = Outcome("sweep", 32 * MIB, counts_as="power cuts", skipped="not root")
    assert totals([enough], ["power cuts"]) == (["100 power cuts were struck, 100 have to be"], True)
    assert totals([few], ["power cuts"]) == (["99 power cuts were struck, 100 have to be: TOO FEW"], False)
    assert totals([skipped], ["power cuts", "kill points"])[1] is False
