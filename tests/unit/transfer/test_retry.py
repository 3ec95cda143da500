"""When to try again, and when to stop."""

from __future__ import annotations

import pytest

from stabilitydl import errors
from stabilitydl.errors import StabilityError
from stabilitydl.transfer.retry import PATIENCE, TRIES, RetryBudget, is_passing, may_have_expired

PASSING = (
    errors.HostUnreachable,
    errors.NameNotResolved,
    errors.ConnectionLost,
    errors.NetworkTimeout,
    errors.StalledConnection,
    errors.ServerFailed,
    errors.BadAnswer,
)
EXPIRED = (errors.LoginNeeded, errors.AccessDenied, errors.NotFound, errors.RemoteGone)


@pytest.mark.parametrize("kind", sorted(set(errors.CODES.values()), key=lambda kind: kind.__name__))
def test_only_what_may_pass_is_tried_again(kind: type[StabilityError]) -> None:
    assert is_passing(kind()) == (kind in (*PASSING, errors.NetworkError))
    assert may_have_expired(kind()) == (kind in EXPIRED)


@pytest.mark.parametrize(("status", "expired"), [(400, True), (402, False), (418, False)])
def test_a_bad_request_may_be_an_expired_signature(status: int, expired: bool) -> None:
    """H16"""
    assert may_have_expired(errors.UnexpectedStatus(host="h", status=status)) is expired


def delays(budget: RetryBudget, now: float = 1000.0) -> list[float]:
    """The delays until it is enough, each waited for."""
    found: list[float] = []
    while (delay := budget.next_delay(now)) is not None:
        found.append(delay)
        now += delay
    return found


def test_tries_end_and_come_further_apart() -> None:
    for _ in range(20):
        found = delays(RetryBudget(1000.0))
        assert len(found) == TRIES - 1 == 4
        for number, delay in enumerate(found):
            assert 0.25 * 2**number <= delay <= 0.5 * 2**number
    assert len({tuple(delays(RetryBudget(1000.0))) for _ in range(5)}) > 1


def test_patience_ends_before_the_tries_do() -> None:
    budget = RetryBudget(1000.0)
    assert budget.next_delay(1000.0) is not None
    last = budget.next_delay(1000.0 + PATIENCE - 0.1)
    assert last is not None
    assert last <= 0.11, "the last try begins in time"
    assert budget.next_delay(1000.0 + PATIENCE) is None


def test_silence_before_a_failure_counts() -> None:
    """N02: 30 s of nothing, twice, is enough."""
    budget = RetryBudget(1000.0)
    assert budget.next_delay(1030.0) is not None
    assert budget.next_delay(1061.0) is None


def test_time_in_which_nobody_asked_does_not_count() -> None:
    """N04: a limit of ours, or sleep, can make any time of it."""
    budget = RetryBudget(0.0)
    assert budget.next_delay(100_000.0) is not None


def test_a_success_forgives_everything() -> None:
    budget = RetryBudget(0.0)
    for round_ in range(10):
        for seconds in (0.0, 10.0, 20.0):
            assert budget.next_delay(100 * round_ + seconds) is not None
        assert repr(budget) == "<RetryBudget failures=3>"
        budget.progress(100 * round_ + 99)
        assert repr(budget) == "<RetryBudget failures=0>"


def test_connections_that_fail_together_share_one_try() -> None:
    """H24"""
    budget = RetryBudget(1000.0)
    now = 1000.0
    for _ in range(TRIES - 1):
        found = [budget.next_delay(now) for _ in range(16)]
        assert None not in found
        first = found[0]
        assert first is not None
        assert all(delay is not None and first <= delay <= 2 * first for delay in found)
        now += first
    assert budget.next_delay(now) is None


def read(budget: RetryBudget, now: float, seconds: float, count: int) -> None:
    """One read of ``count`` bytes that began at ``now``; then what the segments say of it."""
    budget.read_begins(now)
    budget.read_ends(now + seconds, count, 1024.0)
    budget.progress(now + seconds)


def test_some_bytes_with_each_try_are_no_progress() -> None:
    """N03, H24: 5 KB and 30 s of nothing, again and again, however much came before."""
    budget, now, failures = RetryBudget(0.0), 0.0, 0
    read(budget, now, 0.001, 10**9)
    while now < 1000.0:
        read(budget, now, 0.001, 5000)
        read(budget, now, 30.0, 0)
        now += 30.0
        delay = budget.next_delay(now)
        failures += 1
        if delay is None:
            break
        now += delay
    assert failures == 2
    assert 60.0 <= now <= 61.0


def test_a_slow_line_is_forgiven_for_ever() -> None:
    """N03, N09: 1.5 KiB a second, with a hiccup every minute."""
    budget, now = RetryBudget(0.0), 0.0
    for _ in range(1000):
        for _ in range(60):
            read(budget, now, 1.0, 1536)
            now += 1.0
        assert repr(budget) == "<RetryBudget failures=0>"
        assert not budget.is_over(now)
        delay = budget.next_delay(now)
        assert delay is not None
        now += delay


def test_only_the_time_of_pending_reads_counts_and_that_of_many_once() -> None:
    """N03, N04"""
    budget = RetryBudget(0.0)
    assert budget.next_delay(0.0) is not None
    for _ in range(4):
        budget.read_begins(5000.0)
    for _ in range(4):
        budget.read_ends(5010.0, 2500, 1000.0)
    budget.progress(5010.0)
    assert repr(budget) == "<RetryBudget failures=0>", "10,000 bytes in 10 s; nobody read before"
    assert budget.next_delay(6000.0) is not None
    budget.read_begins(6000.0)
    budget.read_ends(6010.0, 9999, 1000.0)
    budget.progress(6010.0)
    assert repr(budget) == "<RetryBudget failures=1>"
    budget.read_begins(7000.0)
    budget.read_ends(7000.0, 1, 1000.0)
    budget.progress(7000.0)
    assert repr(budget) == "<RetryBudget failures=0>"


def test_sleep_in_the_middle_of_a_read_is_nobodys_fault() -> None:
    """N04"""
    budget = RetryBudget(0.0)
    assert budget.next_delay(0.0) is not None
    read(budget, 10.0, 30_000.0, 31 * 1024)
    assert repr(budget) == "<RetryBudget failures=0>"
