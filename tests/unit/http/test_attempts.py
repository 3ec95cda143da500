"""Who may try to connect: where nobody opens one tries for all, where somebody does everybody may. N12."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import anyio
import pytest

from stabilitydl.errors import HostUnreachable, NameNotResolved, PrivateAddress, StabilityError
from stabilitydl.http.attempts import SPACING, Attempts
from tests.fakes.clock import ManualClock
from tests.unit.http.test_cancellation import by_scope, natively

pytestmark = pytest.mark.anyio


class Place:
    """A place to connect to, and who tries; ``answers`` are used up one after the other, the last one for ever."""

    def __init__(self, *answers: StabilityError | None) -> None:
        self.clock = ManualClock()
        self.attempts = Attempts(self.clock)
        self.answers = list(answers)
        self.times: list[float] = []
        self.trying = 0
        self.go: anyio.Event | None = None
        self.came: list[socket.socket] = []
        self.failed: list[StabilityError] = []

    async def attempt(self) -> socket.socket:
        self.times.append(self.clock.now)
        self.trying += 1
        try:
            if self.go is not None:
                await self.go.wait()
            else:
                await anyio.lowlevel.checkpoint()
        finally:
            self.trying -= 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is not None:
            raise type(answer)(**answer.arguments)
        return socket.socket()

    async def come(self, host: str = "h.test") -> None:
        try:
            sock = await self.attempts.connect(host, 80, self.attempt)
        except StabilityError as error:
            self.failed.append(error)
        else:
            sock.close()
            self.came.append(sock)


@pytest.mark.parametrize("error", [HostUnreachable(host="h.test"), NameNotResolved(host="h.test")])
async def test_one_fails_for_all_and_the_next_tries_a_second_later(error: StabilityError) -> None:
    """N12: at most one attempt per host and second, however many want to."""
    place = Place(error)
    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(place.come)
        await anyio.wait_all_tasks_blocked()
        assert len(place.times) == 1
        assert [(type(each), each.arguments) for each in place.failed] == [(type(error), error.arguments)] * 8
        for _ in range(8):
            group.start_soon(place.come)
        await anyio.wait_all_tasks_blocked()
        place.clock.advance(SPACING / 2)
        await anyio.wait_all_tasks_blocked()
        assert len(place.times) == 1
        place.clock.advance(SPACING / 2)
    assert [moment - place.times[0] for moment in place.times] == [0, SPACING]
    assert len(place.failed) == 16
    assert len({id(each) for each in place.failed}) == 16, "nobody gets the exception of another task"


async def test_where_one_was_let_in_all_may_try_at_once() -> None:
    place = Place(None)
    place.go = anyio.Event()
    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(place.come)
        await anyio.wait_all_tasks_blocked()
        assert place.trying == 1, "nobody knows yet"
        group.start_soon(place.come, "other.test")
        await anyio.wait_all_tasks_blocked()
        assert place.trying == 2, "another place"
        place.go.set()
        await anyio.wait_all_tasks_blocked()
        place.go = anyio.Event()
        for _ in range(3):
            group.start_soon(place.come)
        await anyio.wait_all_tasks_blocked()
        assert place.trying == 3
        place.go.set()
    assert len(place.came) == 7


async def test_a_door_that_closes_and_opens_again() -> None:
    gone = HostUnreachable(host="h.test")
    place = Place(None, gone, None)
    await place.come()
    await place.come()
    async with anyio.create_task_group() as group:
        group.start_soon(place.come)
        await anyio.wait_all_tasks_blocked()
        assert len(place.times) == 2
        place.clock.advance(SPACING)
    assert (len(place.came), len(place.failed)) == (2, 1)
    await place.come()
    assert len(place.came) == 3


async def test_what_only_one_may_not_do_says_nothing_about_others() -> None:
    """F15: one request may go to a private address, another one may not."""
    place = Place(PrivateAddress(host="h.test"), None)
    async with anyio.create_task_group() as group:
        group.start_soon(place.come)
        group.start_soon(place.come)
    assert (len(place.came), len(place.failed)) == (1, 1)


@pytest.mark.parametrize("cancel", [natively, by_scope])
async def test_when_the_one_who_tries_is_cancelled_another_one_does(
    cancel: Callable[[Coroutine[Any, Any, None], int], Awaitable[bool]],
) -> None:
    for awaited in range(1, 20):
        place = Place(HostUnreachable(host="h.test"), None)
        await place.come()
        first = asyncio.create_task(cancel(place.come(), awaited))
        await anyio.lowlevel.checkpoint()
        second = asyncio.create_task(place.come())
        await anyio.wait_all_tasks_blocked()
        place.clock.advance(SPACING)
        ended = await first
        await second
        assert len(place.came) >= 1
        if ended:
            break
    assert ended
    assert awaited > 2
