"""Who sends next to nothing is noticed, by the time in which a read is pending."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import cast

import anyio
import pytest

from stabilitydl.errors import StalledConnection
from stabilitydl.transfer.bandwidth import Bandwidth, Flow
from stabilitydl.transfer.body import Body
from stabilitydl.transfer.order import STALLED, Live
from stabilitydl.transfer.reader import Reader, Trickle
from stabilitydl.transfer.retry import PATIENCE, SLOWEST, WINDOW, RetryBudget
from tests.fakes.clock import ManualClock
from tests.unit.transfer.rig import SwiftClock

pytestmark = pytest.mark.anyio


class Server:
    """A body whose chunks come when its script says: seconds before the chunk, bytes in it."""

    host = "host.test"

    def __init__(self, clock: ManualClock, script: Iterator[tuple[float, int]]) -> None:
        self._clock = clock
        self._script = script

    def pace(self, rate: float) -> None:
        assert rate == math.inf

    async def read(self, most: int) -> bytes:
        seconds, count = next(self._script, (0.0, 0))
        self._clock.advance(seconds)
        return bytes(count)


def unlimited(clock: ManualClock) -> Flow:
    return Bandwidth(clock).flow("resource")


def endless(seconds: float, count: int) -> Iterator[tuple[float, int]]:
    while True:
        yield seconds, count


async def read_until_stalled(script: Iterator[tuple[float, int]], between: Callable[[ManualClock], None]) -> float:
    """Seconds until the connection is given up; 0 when it is not within two hours."""
    clock = ManualClock()
    began = clock.monotonic()
    reader = Reader(cast(Body, Server(clock, script)), unlimited(clock), Live(), clock)
    while clock.monotonic() - began < 7200:
        try:
            await reader.read()
        except StalledConnection:
            return clock.monotonic() - began
        between(clock)
    return 0.0


def nothing(clock: ManualClock) -> None:
    """Nobody holds us up."""


async def test_a_trickle_is_given_up_after_a_minute() -> None:
    """N03: 1 byte a second."""
    assert WINDOW <= await read_until_stalled(endless(1.0, 1), nothing) <= WINDOW + 10


async def test_a_trickle_after_a_good_start_is_given_up_as_soon() -> None:
    """N03"""

    def script() -> Iterator[tuple[float, int]]:
        for _ in range(1000):
            yield 0.1, 100_000
        yield from endless(1.0, 1)

    assert 100 + WINDOW - 10 <= await read_until_stalled(script(), nothing) <= 100 + WINDOW + 10


async def test_slow_is_not_stalled() -> None:
    assert await read_until_stalled(endless(1.0, SLOWEST), nothing) == 0.0


async def test_time_in_which_we_do_not_read_does_not_count() -> None:
    """The speed limit, or a slow disk, is not the server's fault."""
    assert await read_until_stalled(endless(0.001, 100), lambda clock: clock.advance(10)) == 0.0


async def test_the_end_of_an_answer_is_no_stall() -> None:
    clock = ManualClock()
    reader = Reader(cast(Body, Server(clock, iter([(100.0, 0)]))), unlimited(clock), Live(), clock)
    assert await reader.read() == b""


def test_pauses_inside_a_window_are_made_up_for() -> None:
    trickle = Trickle()
    assert not any(trickle.add(15.0, 0 if turn % 4 else 120 * SLOWEST) for turn in range(100))


async def test_a_silent_connection_shows_after_some_seconds() -> None:
    """N02: said long before it is given up."""
    clock, live, come = ManualClock(), Live(), anyio.Event()

    class Silent(Server):
        async def read(self, most: int) -> bytes:
            await come.wait()
            return b"x"

    reader = Reader(cast(Body, Silent(clock, iter(()))), unlimited(clock), live, clock)
    async with anyio.create_task_group() as group:
        assert not live.is_stalled(clock.monotonic() + 100)
        group.start_soon(reader.read)
        await anyio.wait_all_tasks_blocked()
        clock.advance(STALLED - 0.1)
        assert not live.is_stalled(clock.monotonic())
        clock.advance(0.1)
        assert live.is_stalled(clock.monotonic())
        come.set()
    assert not live.is_stalled(clock.monotonic() + 100)


async def test_a_byte_on_another_connection_is_news() -> None:
    clock, live = ManualClock(), Live(reading=1, waiting_since=0.0)
    assert live.is_stalled(clock.monotonic())
    await Reader(cast(Body, Server(clock, endless(0.0, 1))), unlimited(clock), live, clock).read()
    assert not live.is_stalled(clock.monotonic())
    assert live.is_stalled(clock.monotonic() + STALLED)


async def second_try(script: Iterator[tuple[float, int]]) -> float:
    """Seconds after the first one began until the second connection is given up, 0 when it is not 50 s later."""
    clock = ManualClock()
    began = clock.monotonic()
    retries = RetryBudget()
    for _ in range(2):
        retries.wait_begins(clock.monotonic())
        clock.advance(WINDOW / 2)
        retries.wait_ends(clock.monotonic(), SLOWEST)
    assert retries.next_delay(clock.monotonic()) is not None
    reader = Reader(cast(Body, Server(clock, script)), unlimited(clock), Live(), clock, retries)
    while clock.monotonic() - began < WINDOW + 50:
        try:
            await reader.read()
        except StalledConnection:
            assert retries.next_delay(clock.monotonic()) is None
            return clock.monotonic() - began
    return 0.0


async def test_a_second_trickle_gets_no_second_minute() -> None:
    """N03, H24"""
    assert WINDOW < await second_try(endless(1.0, 1)) <= 74.0
    assert WINDOW < await second_try(endless(1.0, SLOWEST - 1)) <= 74.0


async def test_a_second_try_that_is_only_slow_goes_on() -> None:
    """N03, N09: although what the first one failed to bring is not made up for yet."""
    assert PATIENCE < WINDOW
    assert await second_try(endless(1.0, SLOWEST)) == 0.0


async def test_a_limit_of_ours_below_the_least_makes_no_server_slow() -> None:
    """N03"""
    clock = SwiftClock()

    class Limited:
        host = "host.test"

        def pace(self, rate: float) -> None:
            assert rate == 600

        async def read(self, most: int) -> bytes:
            clock.skipped += 1.0
            return bytes(min(most, 400))

    retries = RetryBudget()
    assert retries.next_delay(clock.monotonic()) is not None
    for _ in range(2):
        retries.wait_begins(clock.monotonic())
        clock.skipped += PATIENCE
        retries.wait_ends(clock.monotonic(), 0.0)
    reader = Reader(cast(Body, Limited()), Bandwidth(clock, 600).flow("resource"), Live(), clock, retries)
    for _ in range(30):
        await reader.read()
    assert not retries.is_in_vain


async def test_nobody_waits_longer_than_the_patience_allows() -> None:
    """N02, H10: what came with the second answer was there before, and then it is silent."""
    clock = ManualClock()

    class Silent:
        host = "host.test"

        def pace(self, rate: float) -> None:
            pass

        async def read(self, most: int) -> bytes:
            await anyio.sleep_forever()
            raise AssertionError

    retries = RetryBudget()
    retries.wait_begins(clock.monotonic())
    clock.advance(30.0)
    retries.wait_ends(clock.monotonic(), SLOWEST)
    assert retries.next_delay(clock.monotonic()) is not None
    reader = Reader(cast(Body, Silent()), unlimited(clock), Live(), clock, retries)
    caught: list[StalledConnection] = []

    async def read() -> None:
        try:
            await reader.read()
        except StalledConnection as error:
            caught.append(error)

    async with anyio.create_task_group() as group:
        group.start_soon(read)
        await anyio.wait_all_tasks_blocked()
        clock.advance(PATIENCE - 30.1)
        await anyio.wait_all_tasks_blocked()
        assert not caught
        clock.advance(0.2)
    assert [error.arguments["host"] for error in caught] == ["host.test"]
    assert retries.next_delay(clock.monotonic()) is None
