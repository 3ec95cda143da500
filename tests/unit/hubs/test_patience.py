"""Asking again: what passes, for how long, and what is final at once."""

from __future__ import annotations

import pytest

from stabilitydl.errors import (
    AccessDenied,
    ConnectionLost,
    HubAnswerUnreadable,
    ProxyFailed,
    ServerBusy,
    ServerFailed,
    StabilityError,
    TlsFailed,
)
from stabilitydl.hubs.patience import LONGEST_PAUSE, TRIES, persistently

from .hasty import HastyClock

pytestmark = pytest.mark.anyio


class Asked:
    """Fails with each of ``errors``, then answers."""

    def __init__(self, *errors: StabilityError) -> None:
        self.errors = list(errors)
        self.times = 0

    async def __call__(self) -> str:
        self.times += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


async def test_what_passes_is_asked_again_with_growing_pauses() -> None:
    clock, asked = HastyClock(), Asked(ServerFailed(), ConnectionLost(), ServerBusy())
    assert await persistently(asked, clock) == "answer"
    assert (asked.times, clock.naps) == (4, [1, 2, 4])


async def test_a_busy_server_says_for_how_long() -> None:
    clock = HastyClock()
    busy = ServerBusy(after_seconds=7.5), ServerBusy(after_seconds=1e6), ServerBusy(after_seconds=None)
    await persistently(Asked(*busy), clock)
    assert clock.naps == [7.5, LONGEST_PAUSE, 4]


@pytest.mark.parametrize("error", [AccessDenied(), HubAnswerUnreadable(), TlsFailed(), ProxyFailed()])
async def test_what_is_final_is_asked_once(error: StabilityError) -> None:
    clock, asked = HastyClock(), Asked(error)
    with pytest.raises(type(error)):
        await persistently(asked, clock)
    assert (asked.times, clock.naps) == (1, [])


async def test_the_last_error_comes_out() -> None:
    clock, asked = HastyClock(), Asked(*(ServerFailed(status=500 + n) for n in range(9)))
    with pytest.raises(ServerFailed) as caught:
        await persistently(asked, clock)
    assert (asked.times, caught.value.arguments["status"]) == (TRIES, 500 + TRIES - 1)


async def test_more_kinds_may_pass() -> None:
    assert await persistently(Asked(AccessDenied()), HastyClock(), (AccessDenied,)) == "answer"
