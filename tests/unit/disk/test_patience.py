"""A drive that does not answer is told from one that is slow."""

from __future__ import annotations

import threading

import anyio
import pytest

from stabilitydl.disk.patience import STUCK_SECONDS, Patience
from stabilitydl.lane import Lane
from tests.fakes.clock import ManualClock

pytestmark = pytest.mark.anyio


class Call:
    """A call that begins and ends when the test says."""

    def __init__(self) -> None:
        self.began, self.go = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.began.set()
        assert self.go.wait(60)


async def test_one_long_call_uses_up_the_patience() -> None:
    """D09"""
    clock, lane, call = ManualClock(), Lane("test"), Call()
    patience = Patience(clock)
    assert not patience.is_over(lane)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lane.run, call)
        await anyio.to_thread.run_sync(call.began.wait)
        assert not patience.is_over(lane), "it counts from the first look"
        clock.advance(STUCK_SECONDS - 1)
        assert not patience.is_over(lane)
        clock.advance(1)
        assert patience.is_over(lane)
        assert repr(patience) == "<Patience with 1 lanes>"
        call.go.set()
    clock.advance(STUCK_SECONDS)
    assert not patience.is_over(lane)
    assert lane.close(60)


async def test_many_calls_one_after_the_other_are_only_slow() -> None:
    """D09"""
    clock, lane = ManualClock(), Lane("test")
    patience = Patience(clock)
    calls = [Call() for _ in range(4)]
    async with anyio.create_task_group() as tasks:
        for call in calls:
            tasks.start_soon(lane.run, call)
        for call in calls:
            await anyio.to_thread.run_sync(call.began.wait)
            assert not patience.is_over(lane)
            clock.advance(STUCK_SECONDS - 1)
            assert not patience.is_over(lane)
            call.go.set()
    assert lane.close(60)


async def test_a_long_call_that_counts_its_steps_is_only_slow() -> None:
    """D09: a large file is read back in one call."""
    clock, lane, call = ManualClock(), Lane("test"), Call()
    patience = Patience(clock)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lane.run, call)
        await anyio.to_thread.run_sync(call.began.wait)
        for steps in range(4):
            assert not patience.is_over(lane, steps)
            clock.advance(STUCK_SECONDS - 1)
            assert not patience.is_over(lane, steps)
        clock.advance(1)
        assert patience.is_over(lane, 3)
        assert not patience.is_over(lane, 4)
        call.go.set()
    assert lane.close(60)
