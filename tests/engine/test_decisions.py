"""The table of remedies, the meter, and whose fault it is when nothing answers."""

from __future__ import annotations

import pytest

from stabilitydl import errors
from stabilitydl.domain.states import State, WaitReason
from stabilitydl.engine.meter import Meter, remaining_seconds
from stabilitydl.engine.reach import Reach, system_has_route
from stabilitydl.engine.remedies import (
    LONGEST_HOST_WAIT,
    VERDICTS,
    judge,
    pause_before_retry,
    verdict_of,
    wait_of,
)
from stabilitydl.errors import CODES, Remedy, StabilityError
from tests.fakes.clock import ManualClock


def test_every_error_has_a_verdict_that_a_running_job_can_move_to() -> None:
    for kind in CODES.values():
        verdict = verdict_of(kind())
        state = verdict if isinstance(verdict, State) else State.WAITING
        assert State.RESOLVING.may_become(state), kind


@pytest.mark.parametrize("kind", VERDICTS)
def test_a_child_of_an_error_is_treated_like_its_parent(kind: type[StabilityError]) -> None:
    child = type(f"Child{kind.__name__}", (kind,), {"code": f"test-child-{kind.code}"})
    try:
        assert verdict_of(child()) is VERDICTS[kind]
    finally:
        del CODES[child.code]


@pytest.mark.parametrize("kind", CODES.values())
def test_what_ended_as_a_failure_does_not_say_that_it_goes_on_by_itself(kind: type[StabilityError]) -> None:
    """H17: a host that is busy for ever, above all."""
    if judge(kind(), came=False, offline=False, may_log_in=False, tries=100) is State.FAILED:
        assert kind.remedy is not Remedy.WAIT


def test_the_table_in_the_light_of_what_the_job_knows() -> None:
    calm = {"came": False, "offline": False, "may_log_in": False, "tries": 1}
    assert judge(errors.PartInUse(), **calm) is WaitReason.PROCESS
    assert judge(errors.VolumeMissing(), **calm) is WaitReason.VOLUME
    assert judge(errors.NoSpace(), **calm) is State.FAILED
    assert judge(errors.NoSpace(), **{**calm, "came": True}) is WaitReason.SPACE
    assert judge(errors.NoSpace(needed_bytes=9, free_bytes=1), **calm) is WaitReason.SPACE
    assert judge(errors.NoSpace(needed_bytes=9, free_bytes=9), **calm) is State.FAILED
    assert judge(errors.VolumeTooSmall(needed_bytes=9), **calm) is State.FAILED
    assert judge(errors.NetworkTimeout(), **calm) is State.FAILED
    assert judge(errors.NetworkTimeout(), **{**calm, "offline": True}) is WaitReason.NETWORK
    assert judge(errors.ProxyFailed(), **{**calm, "offline": True}) is State.FAILED
    assert judge(errors.LoginNeeded(), **calm) is State.BLOCKED
    assert judge(errors.LoginNeeded(), **{**calm, "may_log_in": True}) is WaitReason.LOGIN
    assert judge(errors.ServerBusy(after_seconds=None), **{**calm, "tries": 6}) is State.FAILED
    assert judge(errors.ServerBusy(after_seconds=9.0), **{**calm, "tries": 6}) is WaitReason.HOST
    assert judge(errors.ServerBusy(after_seconds=9.0), **{**calm, "tries": 21}) is State.FAILED


@pytest.mark.parametrize(
    ("asked", "seconds"), [(30.0, 30.0), (0.0, 1.0), (-5.0, 1.0), (10.0**8, LONGEST_HOST_WAIT), (None, 2.0)]
)
def test_a_host_is_waited_for_at_most_ten_minutes(asked: float | None, seconds: float) -> None:
    """H17."""
    assert pause_before_retry(WaitReason.HOST, errors.ServerBusy(after_seconds=asked), 1) == seconds


def test_waits_grow_and_are_bounded() -> None:
    lost = errors.ConnectionLost(host="x")
    assert [pause_before_retry(WaitReason.NETWORK, lost, tries) for tries in (1, 2, 3, 4, 5, 99)] == [
        5,
        10,
        20,
        40,
        60,
        60,
    ]
    assert pause_before_retry(WaitReason.LOGIN, lost, 1) is None
    assert wait_of(WaitReason.HOST, lost, 5.0).detail == "x"
    assert wait_of(WaitReason.SPACE, errors.NoSpace(path="/x"), 5.0).until is None


def test_the_meter_averages_over_its_window() -> None:
    meter = Meter()
    assert meter.look(0, 0) == 0
    assert meter.look(1, 100) == 100
    assert meter.look(2, 100) == 50
    for second in range(3, 20):
        speed = meter.look(second, 100 * (second - 1))
    assert speed == 100
    assert meter.look(20, 5) == 0, "a count that starts again is no negative speed"
    assert repr(meter) == "<Meter 1 samples>"


def test_the_remaining_time() -> None:
    assert remaining_seconds(50, 150, 10) == 10
    assert remaining_seconds(200, 150, 10) == 0
    assert remaining_seconds(0, None, 10) is None
    assert remaining_seconds(0, 150, 0) is None


class TestReach:
    def setup_method(self) -> None:
        self.clock = ManualClock()
        self.route = True
        self.reach = Reach(self.clock, lambda: self.route)

    def test_a_host_that_never_answered_is_at_fault_while_there_is_a_way_out(self) -> None:
        assert not self.reach.is_offline("a", self.clock.now)
        self.route = False
        assert self.reach.is_offline("a", self.clock.now)

    def test_a_host_that_answered_and_stops_means_the_network(self) -> None:
        self.reach.answered("a")
        assert self.reach.is_offline("a", self.clock.now)

    def test_unless_others_answer_after_its_first_failure(self) -> None:
        """N04: a link that goes down takes all hosts away at once; what they gave before proves nothing."""
        self.reach.answered("a")
        self.reach.answered("b")
        lost = self.clock.now
        self.clock.advance(8)
        assert self.reach.is_offline("a", lost)
        assert self.reach.is_offline("b", lost)
        self.reach.answered("b", since=lost)
        assert self.reach.is_offline("a", lost), "that may have been just before"
        self.reach.answered("b")
        assert not self.reach.is_offline("a", lost)

    def test_a_host_that_answers_in_between_is_at_fault_itself(self) -> None:
        failed = self.clock.now
        self.clock.advance(1)
        self.reach.answered("a")
        assert not self.reach.is_offline("a", failed)

    def test_without_a_way_out_no_answer_of_before_counts(self) -> None:
        """N04."""
        failed = self.clock.now
        self.clock.advance(1)
        self.reach.answered("b")
        self.route = False
        assert self.reach.is_offline("a", failed)

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "x.localhost"])
    def test_this_machine_is_always_reachable(self, host: str) -> None:
        self.route = False
        self.reach.answered(host)
        assert not self.reach.is_offline(host, self.clock.now)

    def test_what_this_machine_says_proves_no_network(self) -> None:
        self.reach.answered("a")
        failed = self.clock.now
        self.clock.advance(1)
        self.reach.answered("127.0.0.1")
        assert self.reach.is_offline("a", failed)

    def test_it_says_what_it_is(self) -> None:
        self.reach.answered("a")
        assert repr(self.reach) == "<Reach 1 hosts answered>"


def test_the_routing_table_can_be_asked() -> None:
    assert system_has_route() in (True, False)
