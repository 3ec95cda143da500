"""The governor: limits, order, cool-downs, and nothing lost on cancellation."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import anyio
import pytest

from stabilitydl.errors import ServerBusy
from stabilitydl.http.budget import GROWTH
from stabilitydl.http.governor import CALLS_PER_HOST, PATIENCE, Governor, Slot
from stabilitydl.http.origins import Origin
from tests.fakes.clock import ManualClock

pytestmark = pytest.mark.anyio

A, B, C = (Origin("https", host, 443) for host in ("a", "b", "c"))


class Party:
    """Tasks that ask for slots; ``got`` has their names in the order in which they came through."""

    def __init__(self, governor: Governor, group: anyio.abc.TaskGroup) -> None:
        self.governor = governor
        self.group = group
        self.got: list[str] = []
        self.slots: dict[str, Slot] = {}

    async def ask(self, name: str, origin: Origin, bulk: bool = True) -> None:
        self.group.start_soon(self._ask, name, origin, bulk)
        await anyio.wait_all_tasks_blocked()

    async def _ask(self, name: str, origin: Origin, bulk: bool) -> None:
        self.slots[name] = await self.governor.acquire(origin, bulk)
        self.got.append(name)

    async def release(self, name: str) -> None:
        self.slots[name].release()
        await anyio.wait_all_tasks_blocked()


async def test_limits_hold_and_a_full_host_stands_in_nobodys_way() -> None:
    governor = Governor(ManualClock(), per_host=2, total=3)
    async with anyio.create_task_group() as group:
        party = Party(governor, group)
        for name, origin in (("a1", A), ("a2", A), ("a3", A), ("b1", B), ("c1", C), ("a4", A)):
            await party.ask(name, origin)
        assert party.got == ["a1", "a2", "b1"]
        assert [(line.host, line.running, line.waiting) for line in governor.lines()] == [
            ("https://a", 2, 2),
            ("https://b", 1, 0),
            ("https://c", 0, 1),
        ]
        await party.release("b1")
        assert party.got[3:] == ["c1"]
        await party.release("a1")
        await party.release("a1")
        assert party.got[4:] == ["a3"]
        await party.release("c1")
        assert party.got[5:] == []
        await party.release("a3")
        assert party.got[5:] == ["a4"]
    for name in ("a2", "a4"):
        party.slots[name].release()
    assert governor.lines() == []


async def test_calls_have_a_budget_of_their_own() -> None:
    governor = Governor(ManualClock(), per_host=1, total=1)
    async with anyio.create_task_group() as group:
        party = Party(governor, group)
        await party.ask("file", A)
        for number in range(CALLS_PER_HOST + 1):
            await party.ask(f"call{number}", A, bulk=False)
        assert party.got == ["file", *(f"call{number}" for number in range(CALLS_PER_HOST))]
        await party.release("call0")
        assert party.got[-1] == f"call{CALLS_PER_HOST}"
        await party.ask("other", A)
        assert "other" not in party.got
        group.cancel_scope.cancel()


async def test_limits_change_live() -> None:
    governor = Governor(ManualClock(), per_host=1, total=8)
    async with anyio.create_task_group() as group:
        party = Party(governor, group)
        for name in ("1", "2", "3"):
            await party.ask(name, A)
        governor.set_limits(3, 2)
        await anyio.wait_all_tasks_blocked()
        assert party.got == ["1", "2"]
        governor.set_limits(1, 1)
        await party.release("1")
        assert party.got == ["1", "2"]
        await party.release("2")
        assert party.got == ["1", "2", "3"]


async def test_cancelling_leaves_no_trace() -> None:
    governor = Governor(ManualClock(), per_host=1, total=1)
    first = await governor.acquire(A, True)
    second, third, fourth = (asyncio.create_task(governor.acquire(A, True)) for _ in range(3))
    await anyio.wait_all_tasks_blocked()
    # Admitted and cancelled in the same turn: the slot goes on to the next.
    first.release()
    second.cancel()
    slot = await third
    assert second.cancelled()
    fourth.cancel()
    await anyio.wait_all_tasks_blocked()
    assert [(line.running, line.waiting) for line in governor.lines()] == [(1, 0)]
    slot.release()
    assert governor.lines() == []


ACTS: dict[str, Callable[[Governor, Slot], None]] = {
    "nothing": lambda governor, slot: None,
    "cool-down": lambda governor, slot: governor.cool_down(A, 100, 429),
    "short cool-down": lambda governor, slot: governor.cool_down(A, 1, 429),
    "release": lambda governor, slot: slot.release(),
    "limits": lambda governor, slot: governor.set_limits(2, 2),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("comes_first", ["act", "cancel"])
@pytest.mark.parametrize("is_cooling", [False, True])
async def test_cancelling_leaves_no_trace_whatever_happens_in_the_same_turn(
    act: str, comes_first: str, is_cooling: bool
) -> None:
    clock = ManualClock()
    governor = Governor(clock, per_host=1, total=1)
    slot = await governor.acquire(A, True)
    if is_cooling:
        governor.cool_down(A, PATIENCE, 429)
    task = asyncio.create_task(governor.acquire(A, True))
    await anyio.wait_all_tasks_blocked()
    steps: list[Callable[[], object]] = [lambda: ACTS[act](governor, slot), task.cancel]
    for step in steps if comes_first == "act" else reversed(steps):
        step()
    await asyncio.wait([task])
    assert task.cancelled()
    slot.release()
    governor.warm_up()
    assert governor.lines() == []
    assert clock.sleeping == 0
    (await governor.acquire(A, True)).release()


async def test_single_hosts_have_numbers_of_their_own() -> None:
    governor = Governor(ManualClock(), per_host=2, total=9, hosts={"a": 1, "example": 3})
    below = Origin("https", "cdn.example", 443)
    async with anyio.create_task_group() as group:
        party = Party(governor, group)
        for number in range(4):
            for origin in (A, B, below):
                await party.ask(f"{origin.host}{number}", origin)
        assert Counter(name[:-1] for name in party.got) == {"a": 1, "b": 2, "cdn.example": 3}
        assert [(line.limit, line.running) for line in governor.lines()] == [(1, 1), (2, 2), (3, 3)]
        governor.set_limits(4, 20)
        await anyio.wait_all_tasks_blocked()
        assert len(party.got) == 12
        for slot in party.slots.values():
            slot.release()


async def test_a_cool_down_says_why() -> None:
    governor = Governor(ManualClock())
    governor.cool_down(A, 30, 429)
    assert [line.status for line in governor.lines()] == [429]
    with pytest.raises(ServerBusy) as caught:
        await governor.acquire(A, True)
    assert caught.value.arguments["status"] == 429
    governor.warm_up(A)
    await governor.acquire(A, True)
    assert [line.status for line in governor.lines()] == [0]


async def test_a_cool_down_is_told_at_once_and_ends_by_itself_or_by_hand() -> None:
    """H17"""
    clock = ManualClock()
    governor = Governor(clock)
    governor.cool_down(A, 31_536_000)
    with pytest.raises(ServerBusy) as caught:
        await governor.acquire(A, True)
    assert caught.value.arguments["after_seconds"] == 600
    assert [(line.host, line.cooling) for line in governor.lines()] == [("https://a", 600)]
    (await governor.acquire(B, True)).release()
    governor.cool_down(A, 5)
    assert governor.cooling(A) == 600
    clock.advance(600)
    (await governor.acquire(A, True)).release()
    governor.cool_down(A, 30)
    governor.cool_down(B, 30)
    governor.warm_up(A)
    assert (governor.cooling(A), governor.cooling(B)) == (0, 30)
    governor.warm_up()
    assert governor.lines() == []


async def test_a_short_cool_down_is_waited_out() -> None:
    clock = ManualClock()
    governor = Governor(clock)
    governor.cool_down(A, 2)
    async with anyio.create_task_group() as group:
        party = Party(governor, group)
        await party.ask("1", A)
        assert party.got == []
        clock.advance(2)
    assert party.got == ["1"]


async def test_who_waits_when_a_cool_down_begins_is_told() -> None:
    governor = Governor(ManualClock(), per_host=1, total=1)
    slot = await governor.acquire(A, True)
    busy: list[ServerBusy] = []

    async def ask() -> None:
        try:
            await governor.acquire(A, True)
        except ServerBusy as error:
            busy.append(error)

    async with anyio.create_task_group() as group:
        group.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        governor.cool_down(A, 60)
    assert [error.arguments["after_seconds"] for error in busy] == [60]
    slot.release()


async def test_a_host_that_refuses_gets_fewer_and_then_more_again() -> None:
    """H24: others are served meanwhile."""
    clock = ManualClock()
    governor = Governor(clock, per_host=4, total=16)
    async with anyio.create_task_group() as group:
        party = Party(governor, group)
        for number in range(6):
            await party.ask(f"a{number}", A)
        for number in range(4):
            governor.refuse(party.slots[f"a{number}"], busy=True)
        assert [line.allowed for line in governor.lines()] == [2]
        await party.release("a0")
        await party.release("a1")
        assert party.got == ["a0", "a1", "a2", "a3"], "two are still at work"
        await party.ask("b0", B)
        await party.release("a2")
        assert party.got[4:] == ["b0", "a4"]
        clock.advance(GROWTH)
        assert [line.allowed for line in governor.lines()] == [3, 4]
        await party.ask("a6", A)
        assert party.got[6:] == ["a5"], "whoever waits longest"
        clock.advance(GROWTH)
        await party.release("b0")
        assert party.got[7:] == ["a6"]
    for name in ("a3", "a4", "a5", "a6"):
        party.slots[name].release()


async def test_a_host_out_of_reach_does_not_want_fewer() -> None:
    governor = Governor(ManualClock(), per_host=4)
    slots = [await governor.acquire(A, bulk=True) for _ in range(4)]
    governor.refuse(slots[0], busy=False)
    assert governor.lines()[0].allowed == 4
    slots[1].serve()
    slots[1].serve()
    governor.refuse(slots[0], busy=False)
    assert governor.lines()[0].allowed == 2
    for slot in slots:
        slot.release()
    slots[1].serve()
    first, second = [await governor.acquire(A, bulk=True) for _ in range(2)]
    governor.refuse(first, busy=False)
    assert governor.lines()[0].allowed == 2, "nobody is served now"
    first.release()
    second.release()


async def test_what_a_call_is_refused_says_nothing_about_files() -> None:
    governor = Governor(ManualClock(), per_host=4)
    call = await governor.acquire(A)
    governor.refuse(call, busy=True)
    assert governor.lines()[0].allowed == 4
    call.release()
