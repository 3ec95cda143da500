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
