from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from stabilitydl.lane import Lane

pytestmark = pytest.mark.anyio

PATIENCE = 60.0


@pytest.fixture
def lane() -> Iterator[Lane]:
    opened = Lane("test lane")
    yield opened
    assert opened.close(PATIENCE)


class Gate:
    """A call that says when it runs and ends when it is let go."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.open = threading.Event()

    def __call__(self) -> None:
        self.entered.set()
        assert self.open.wait(PATIENCE)


async def test_results_arguments_and_exceptions_come_back(lane: Lane) -> None:
    def divide(one: int, *, by: int) -> float:
        return one / by

    assert await lane.run(divide, 6, by=3) == 2
    with pytest.raises(ZeroDivisionError):
        await lane.run(divide, 6, by=0)
    assert await lane.run(divide, 8, by=2) == 4


async def test_calls_run_in_one_other_thread_in_order(lane: Lane) -> None:
    seen: list[tuple[int, int]] = []
    gate = Gate()

    def note(number: int) -> None:
        seen.append((number, threading.get_ident()))

    async with anyio.create_task_group() as group:
        lane.post(gate)
        for number in range(50):
            if number % 2:
                group.start_soon(lane.run, note, number)
                await anyio.lowlevel.checkpoint()
            else:
                lane.post(lambda number=number: note(number))  # type: ignore[misc]
        gate.open.set()
    assert [number for number, _ in seen] == list(range(50))
    assert len({thread for _, thread in seen}) == 1
    assert seen[0][1] != threading.get_ident()


async def test_the_loop_goes_on_while_a_call_blocks(lane: Lane) -> None:
    gate = Gate()
    async with anyio.create_task_group() as group:
        group.start_soon(lane.run, gate)
        while not gate.entered.is_set():
            await anyio.lowlevel.checkpoint()
        gate.open.set()


async def test_lanes_do_not_wait_for_each_other(lane: Lane) -> None:
    other, gate = Lane("other"), Gate()
    lane.post(gate)
    assert await other.run(lambda: 5) == 5
    gate.open.set()
    assert other.close(PATIENCE)


async def test_cancelling_drops_the_result_and_not_the_call(lane: Lane) -> None:
    gate = Gate()
    ended: list[int] = []

    def work() -> None:
        gate()
        ended.append(1)

    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as group:

            async def cancel() -> None:
                await anyio.lowlevel.checkpoint()
                scope.cancel()

            group.start_soon(cancel)
            await lane.run(work)
    assert scope.cancelled_caught
    assert not ended
    gate.open.set()
    assert await lane.run(lambda: list(ended)) == [1]


async def test_an_exception_after_cancelling_is_dropped(lane: Lane) -> None:
    gate = Gate()

    def work() -> None:
        gate()
        raise ZeroDivisionError

    task = asyncio.ensure_future(lane.run(work))
    await anyio.lowlevel.checkpoint()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.open.set()
    assert await lane.run(lambda: 7) == 7


async def test_closing_lets_queued_calls_end() -> None:
    lane = Lane("closing")
    seen: list[int] = []
    for number in range(100):
        lane.post(lambda number=number: seen.append(number))  # type: ignore[misc]
    assert lane.close(PATIENCE)
    assert seen == list(range(100))


async def test_a_closed_lane_refuses_calls() -> None:
    lane = Lane("closed one")
    assert repr(lane) == "<Lane closed one>"
    assert lane.close(PATIENCE)
    assert lane.close(PATIENCE)
    assert repr(lane) == "<Lane closed one closed>"
    with pytest.raises(RuntimeError, match="closed"):
        lane.post(lambda: None)
    with pytest.raises(RuntimeError, match="closed"):
        await lane.run(lambda: None)


async def test_a_stuck_lane_is_given_up(lane: Lane) -> None:
    gate = Gate()
    lane.post(gate)
    assert not lane.close(timeout=0)
    gate.open.set()
    assert lane.close(PATIENCE)


async def test_a_stuck_lane_cannot_keep_the_process_alive(lane: Lane) -> None:
    assert await lane.run(lambda: threading.current_thread().daemon)
    assert await lane.run(lambda: threading.current_thread().name) == "test lane"


def test_a_call_may_outlive_its_loop() -> None:
    lane, gate = Lane("outliving"), Gate()

    async def begin() -> None:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await lane.run(gate)

    anyio.run(begin)
    gate.open.set()
    assert lane.close(PATIENCE)


async def test_calls_of_one_turn_wake_the_loop_once(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stabilitydl.lane.HOLD_SECONDS", 3600)
    monkeypatch.setattr("stabilitydl.lane.LOOK_SECONDS", 3600)
    loop = asyncio.get_running_loop()
    wakes: list[object] = []
    wake = loop.call_soon_threadsafe

    def counted(callback: Callable[..., object], *arguments: object, **more: Any) -> asyncio.Handle:
        wakes.append(callback)
        return wake(callback, *arguments, **more)

    monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
    gate = Gate()
    results = [lane.start(abs, -number) for number in range(50)]
    last = lane.start(gate)
    await anyio.lowlevel.checkpoint()
    assert gate.entered.wait(PATIENCE)
    assert not wakes
    gate.open.set()
    assert await asyncio.gather(*results) == list(range(50))
    await last
    assert len(wakes) == 1


async def test_results_do_not_wait_for_calls_that_take_long(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stabilitydl.lane.HOLD_SECONDS", 0)
    monkeypatch.setattr("stabilitydl.lane.LOOK_SECONDS", 3600)
    gate = Gate()
    quick, slow = lane.start(abs, -1), lane.start(gate)
    with anyio.fail_after(PATIENCE):
        assert await quick == 1
    assert not slow.done()
    gate.open.set()
    await slow


async def test_a_call_that_hangs_keeps_back_no_result(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    """D09: of calls that were handed over together, also behind others that took their time."""
    monkeypatch.setattr("stabilitydl.lane.HOLD_SECONDS", 3600)
    monkeypatch.setattr("stabilitydl.lane.LOOK_SECONDS", 0)
    before, gate = Gate(), Gate()
    lane.post(before)
    await anyio.lowlevel.checkpoint()
    assert before.entered.wait(PATIENCE)
    quick, hanging = lane.start(abs, -1), lane.start(gate)
    for _ in range(10):
        await anyio.lowlevel.checkpoint()
    before.open.set()
    with anyio.fail_after(PATIENCE):
        assert await quick == 1
    assert not hanging.done()
    gate.open.set()
    await hanging


def test_calls_of_a_loop_that_has_ended_are_made_at_the_close() -> None:
    lane = Lane("test lane")
    made: list[int] = []

    async def gather() -> None:
        lane.start(made.append, 1)
        lane.start(made.append, 2)

    loop = asyncio.new_event_loop()
    task = loop.create_task(gather())
    # The turn in which they are gathered is the last one.
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert task.done()
    loop.close()
    assert lane.close(PATIENCE)
    assert made == [1, 2]
