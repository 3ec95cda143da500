"""When to try again, and when to stop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from stabilitydl import errors
from stabilitydl.errors import StabilityError
from stabilitydl.transfer.retry import PATIENCE, TRIES, WINDOW, RetryBudget, is_passing, may_have_expired

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


def wait(budget: RetryBudget, now: float, seconds: float, came: int = 0, news: int | None = None) -> float:
    """One wait that began at ``now`` and brought ``came`` bytes, of which ``news`` are new, all of them by default;
    then what the connections say of it. The time when it is over."""
    budget.wait_begins(now)
    budget.wait_ends(now + seconds, 1024.0, came)
    budget.gained(came if news is None else news)
    budget.progress()
    return now + seconds


def failures(budget: RetryBudget) -> int:
    return int(repr(budget).partition("failures=")[2].partition(" ")[0])


def test_tries_end_and_come_further_apart() -> None:
    for _ in range(20):
        found = delays(RetryBudget())
        assert len(found) == TRIES - 1 == 4
        for number, delay in enumerate(found):
            assert 0.25 * 2**number <= delay <= 0.5 * 2**number
    assert len({tuple(delays(RetryBudget())) for _ in range(5)}) > 1


def test_patience_ends_before_the_tries_do() -> None:
    budget = RetryBudget()
    assert budget.next_delay(1000.0) is not None
    wait(budget, 1000.0, 30.0)
    wait(budget, 1030.0, PATIENCE - 30.1)
    last = budget.next_delay(1000.0 + PATIENCE - 0.1)
    assert last is not None
    assert last <= 0.05, "and some of it is left for the try"
    wait(budget, 1000.0 + PATIENCE, 0.1)
    assert budget.next_delay(1000.0 + PATIENCE + 0.1) is None


def test_silence_is_waited_for_until_the_patience_ends() -> None:
    """N02: 30 s of nothing, and then as long as is left of it."""
    budget = RetryBudget()
    assert budget.longest_wait(1000.0) >= 30.0
    now = wait(budget, 1000.0, 30.0)
    delay = budget.next_delay(now)
    assert delay is not None
    now = wait(budget, now, delay)
    assert budget.longest_wait(now) == pytest.approx(PATIENCE - 30.0 - delay)
    now = wait(budget, now, budget.longest_wait(now))
    assert budget.next_delay(now) is None
    assert now == pytest.approx(1000.0 + PATIENCE)


def test_time_in_which_nobody_asked_does_not_count() -> None:
    """N04: a limit of ours, other downloads or sleep can make any time of it."""
    budget = RetryBudget()
    assert budget.next_delay(0.0) is not None
    assert budget.next_delay(100_000.0) is not None
    assert budget.longest_wait(100_000.0) >= 30.0


def test_a_success_forgives_everything() -> None:
    budget = RetryBudget()
    for round_ in range(10):
        for seconds in (0.0, 10.0, 20.0):
            assert budget.next_delay(100 * round_ + seconds) is not None
        assert failures(budget) == 3
        wait(budget, 100 * round_ + 99, 0.5, 1024)
        assert failures(budget) == 0


def test_connections_that_fail_together_share_one_try() -> None:
    """H24"""
    budget = RetryBudget()
    now = 1000.0
    for _ in range(TRIES - 1):
        found = [budget.next_delay(now) for _ in range(16)]
        assert None not in found
        first = found[0]
        assert first is not None
        assert all(delay is not None and first <= delay <= 2 * first for delay in found)
        now += first
    assert budget.next_delay(now) is None


def until_over(
    budget: RetryBudget, a_try: Callable[[float, int], float], last: float, started: float = 1000.0
) -> tuple[float, int]:
    """Seconds and tries until it is enough; ``a_try`` is told when it begins and its number, and says when it ended.
    No more than ``last`` seconds."""
    now, number = started, 0
    while now - started < last:
        number += 1
        now = a_try(now, number)
        delay = budget.next_delay(now)
        if delay is None:
            break
        now = wait(budget, now, delay)
    return now - started, number


def fill(budget: RetryBudget, now: float, count: int, *, is_new: bool = True, head: float = 0.0) -> float:
    """An answer whose head comes after ``head`` seconds, and ``count`` bytes with it."""
    now = wait(budget, now, min(head, budget.longest_wait(now)))
    return wait(budget, now, 0.001, count, None if is_new else 0)


def silence(budget: RetryBudget, now: float) -> float:
    return wait(budget, now, min(30.0, budget.longest_wait(now)))


@pytest.mark.parametrize("count", [5_000, 60_000, 10**9])
def test_what_comes_again_with_each_try_is_no_progress(count: int) -> None:
    """H10, N03: a source that cannot go on where it broke off, and falls silent, again and again."""
    budget = RetryBudget()
    seconds, tries = until_over(
        budget, lambda now, number: silence(budget, fill(budget, now, count, is_new=number == 1)), 1000.0
    )
    assert tries == 2
    assert PATIENCE <= seconds <= PATIENCE + 10


@pytest.mark.parametrize("count", [5_000, 10**9])
def test_what_comes_again_is_no_progress_however_soon_it_is_cut(count: int) -> None:
    """H10"""
    budget = RetryBudget()
    _, tries = until_over(budget, lambda now, number: fill(budget, now, count, is_new=number == 1), 1000.0)
    assert tries == TRIES


def test_some_bytes_with_each_try_are_no_progress() -> None:
    """N03, H24: 5 KB and 30 s of nothing, again and again, however much came before."""
    budget = RetryBudget()
    wait(budget, 999.0, 0.001, 10**9)
    seconds, tries = until_over(budget, lambda now, _: silence(budget, fill(budget, now, 5000)), 1000.0)
    assert tries == 2
    assert seconds <= PATIENCE + 5


@pytest.mark.parametrize("count", [2_000, 20_000])
def test_the_time_until_an_answer_begins_counts(count: int) -> None:
    """N03: its head comes after 29 s, then some bytes, then a cut."""
    budget = RetryBudget()
    seconds, tries = until_over(budget, lambda now, _: fill(budget, now, count, head=29.0), 1000.0)
    assert tries == 2
    assert seconds <= PATIENCE + 5


def test_answers_that_begin_late_and_bring_enough_go_on() -> None:
    """N03, N09"""
    budget = RetryBudget()
    seconds, _ = until_over(budget, lambda now, _: fill(budget, now, 40_000, head=29.0), 3000.0)
    assert seconds >= 3000.0


def trickle(budget: RetryBudget, now: float, apart: float, head: float = 0.0) -> float:
    """A head, and then a byte now and then, for as long as anybody waits for it."""
    now = wait(budget, now, head)
    while not budget.is_in_vain:
        longest = budget.longest_wait(now)
        if longest < apart:
            return wait(budget, now, longest)
        now = wait(budget, now, apart, 1)
    return now


@pytest.mark.parametrize("apart", [0.5, 4.9, 29.0])
@pytest.mark.parametrize("head", [0.0, 5.0])
@pytest.mark.parametrize("known", [0, 60_000])
def test_a_trickle_is_over_within_75_seconds(apart: float, head: float, known: int) -> None:
    """N03, H24: be it after a late head, or after bytes that came with each try."""
    budget = RetryBudget()
    fill(budget, 1000.0, known)

    def a_try(now: float, _: int) -> float:
        return trickle(budget, fill(budget, now, known, is_new=False), apart, head)

    seconds, tries = until_over(budget, a_try, 1000.0)
    assert 2 <= tries < TRIES
    assert WINDOW <= seconds <= 74.0


def test_a_slow_line_is_forgiven_for_ever() -> None:
    """N03, N09: 1.5 KiB a second, with a hiccup every minute."""
    budget, now = RetryBudget(), 0.0
    for _ in range(1000):
        for _ in range(60):
            now = wait(budget, now, 1.0, 1536)
        assert failures(budget) == 0
        assert not budget.is_in_vain
        delay = budget.next_delay(now)
        assert delay is not None
        now = wait(budget, now, delay)


def test_a_slow_answer_that_brings_again_what_was_dropped_is_read_to_its_end() -> None:
    """H10, N03: an hour of it; nobody can tell that it will break off again."""
    budget, now = RetryBudget(), 0.0
    assert budget.next_delay(now) is not None
    for _ in range(3600):
        assert budget.longest_wait(now) > 1.0
        now = wait(budget, now, 1.0, 1024, 0)
        assert not budget.is_in_vain
    assert failures(budget) == 1
    assert budget.next_delay(now) is None, "then it was the last try"


def test_an_answer_that_brings_again_what_was_dropped_may_falter() -> None:
    """H10, N02: 20 s of nothing in the middle of it are no end, 30 s are."""
    budget, now = RetryBudget(), 0.0
    assert budget.next_delay(now) is not None
    for _ in range(4):
        for _ in range(50):
            now = wait(budget, now, 1.0, 10**6, 0)
        assert budget.longest_wait(now) > 29.0
        now = wait(budget, now, 20.0)
        assert not budget.is_in_vain
    wait(budget, now, 10.0)
    assert budget.is_in_vain


def test_only_the_time_of_waiting_counts_and_that_of_many_once() -> None:
    """N03, N04"""
    budget = RetryBudget()
    assert budget.next_delay(0.0) is not None
    for _ in range(4):
        budget.wait_begins(5000.0)
    for _ in range(4):
        budget.wait_ends(5010.0, 1000.0, 2500)
        budget.gained(2500)
    budget.progress()
    assert failures(budget) == 0, "10,000 bytes in 10 s; nobody waited before"
    assert budget.next_delay(6000.0) is not None
    budget.wait_begins(6000.0)
    budget.wait_ends(6010.0, 1000.0, 9999)
    budget.gained(9999)
    budget.progress()
    assert failures(budget) == 1
    budget.gained(1)
    budget.progress()
    assert failures(budget) == 0


def test_a_wait_beside_another_one_ends_with_it() -> None:
    """N02"""
    budget = RetryBudget()
    assert budget.next_delay(0.0) is not None
    budget.wait_begins(100.0)
    assert budget.longest_wait(125.0) == pytest.approx(PATIENCE - 25.0)


def test_sleep_in_the_middle_of_a_read_is_nobodys_fault() -> None:
    """N04"""
    budget = RetryBudget()
    assert budget.next_delay(0.0) is not None
    wait(budget, 10.0, 30_000.0, 31 * 1024)
    assert failures(budget) == 0
