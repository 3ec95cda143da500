"""The speed limit, on a clock that the test moves."""

from __future__ import annotations

import anyio
import pytest

from stabilitydl.transfer.bandwidth import Bandwidth
from tests.fakes.clock import ManualClock

pytestmark = pytest.mark.anyio


async def read_for(bandwidth: Bandwidth, clock: ManualClock, seconds: float, connections: int, chunk: int) -> int:
    """How many bytes some connections read within ``seconds``."""
    read, end = 0, clock.now + seconds

    async def connection() -> None:
        nonlocal read
        while True:
            await bandwidth.wait()
            bandwidth.spend(chunk)
            read += chunk
            await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as group:
        for _ in range(connections):
            group.start_soon(connection)
        while clock.now < end:
            for _ in range(5):
                await anyio.lowlevel.checkpoint()
            clock.advance(min(clock.next_wake or 0.01, end - clock.now) + 1e-9)
        group.cancel_scope.cancel()
    return read


@pytest.mark.parametrize("connections", [1, 4])
@pytest.mark.parametrize("limit", [1000, 1_000_000, 200_000_000])
async def test_the_limit_holds_over_all_connections(limit: int, connections: int) -> None:
    clock = ManualClock()
    bandwidth = Bandwidth(clock, limit)
    chunk = max(1, limit // 100)
    read = await read_for(bandwidth, clock, 10, connections, chunk)
    assert 9.5 * limit <= read <= 10.2 * limit + connections * chunk


async def test_a_read_larger_than_the_limit_is_paid_off() -> None:
    clock = ManualClock()
    read = await read_for(Bandwidth(clock, 1000), clock, 100, 1, 10_000)
    assert 90_000 <= read <= 110_000


async def test_no_limit_never_waits() -> None:
    bandwidth = Bandwidth(ManualClock())
    for _ in range(3):
        await bandwidth.wait()
        bandwidth.spend(10**9)
    assert bandwidth.limit == 0


async def test_a_new_limit_counts_at_once_and_forgives() -> None:
    """N11"""
    clock = ManualClock()
    bandwidth = Bandwidth(clock, 1000)
    bandwidth.spend(10**9)
    async with anyio.create_task_group() as group:
        group.start_soon(bandwidth.wait)
        await anyio.lowlevel.checkpoint()
        await anyio.lowlevel.checkpoint()
        # Whoever waits looks again at least twice a second.
        assert clock.next_wake is not None
        assert clock.next_wake <= 0.5
        bandwidth.set_limit(2000)
        clock.advance(0.5)
    bandwidth.set_limit(0)
    await bandwidth.wait()
    with pytest.raises(ValueError, match="-1"):
        bandwidth.set_limit(-1)


async def test_idle_time_is_no_credit_for_a_flood() -> None:
    clock = ManualClock()
    bandwidth = Bandwidth(clock, 1000)
    clock.advance(3600)
    assert await read_for(bandwidth, clock, 1, 1, 10) <= 1200
    bandwidth.set_limit(500)
    assert repr(bandwidth).startswith("<Bandwidth limit=500 tokens=")
