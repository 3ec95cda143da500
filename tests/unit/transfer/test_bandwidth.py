"""The speed limits, on a clock that the test moves."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stabilitydl.domain.chunk import WIDTH
from stabilitydl.transfer.bandwidth import APPETITE, Bandwidth, Flow
from stabilitydl.transfer.bucket import FINE
from tests.fakes.clock import ManualClock
from tests.unit.transfer.shares import Demand, fair_shares

pytestmark = pytest.mark.anyio

KIB = 1024
RECORD = 16 * KIB
PIECE = 4 * KIB


class Reading:
    """Fetches that read all they may, or what their servers send; time passes as fast as they can follow."""

    def __init__(self, limit: int = 0) -> None:
        self.clock = ManualClock()
        self.bandwidth = Bandwidth(self.clock, limit)
        self.read: dict[str, int] = {}
        self.flows: dict[str, Flow] = {}
        self._work: list[tuple[str, float]] = []

    def add(
        self, name: str, *, host: str = "", collection: str = "", connections: int = 1, speed: float = math.inf
    ) -> Flow:
        """A fetch whose server sends at most ``speed`` bytes per second over each connection."""
        flow = self.flows[name] = self.bandwidth.flow(name, collection)
        flow.host = host
        self.read[name] = 0
        self._work += [(name, speed)] * connections
        return flow

    def end(self, name: str) -> None:
        self._work = [work for work in self._work if work[0] != name]
        self.flows[name].close()

    async def run(self, seconds: float) -> dict[str, float]:
        """Bytes per second that each of them read within ``seconds``."""
        before, end = dict(self.read), self.clock.now + seconds
        async with anyio.create_task_group() as group:
            for name, speed in self._work:
                group.start_soon(self._connection, name, speed)
            while self.clock.now < end:
                await settle()
                self.clock.advance(min(self.clock.next_wake or 0.01, end - self.clock.now) + 1e-9)
            group.cancel_scope.cancel()
        return {name: (count - before[name]) / seconds for name, count in self.read.items()}

    async def _connection(self, name: str, speed: float) -> None:
        flow, began, read = self.flows[name], self.clock.now, 0
        while True:
            turn = await flow.take()
            came = 0
            try:
                # A server goes on sending while nobody reads: what came lies in the buffer.
                if not math.isinf(speed) and speed * (self.clock.now - began) < read + PIECE:
                    await self.clock.sleep((read + PIECE) / speed - (self.clock.now - began))
                came = int(min(turn.most, speed * (self.clock.now - began) - read + 1))
                self.read[name] += came
                read += came
            finally:
                flow.settle(turn, came)
            await anyio.lowlevel.checkpoint()


async def settle() -> None:
    for _ in range(8):
        await anyio.lowlevel.checkpoint()


@contextmanager
def nobody_waits() -> Iterator[None]:
    """What is awaited in it ends without the clock moving."""
    with anyio.fail_after(30):
        yield


@pytest.mark.parametrize(
    ("limit", "connections"), [(FINE, 1), (FINE, 16), (1_000_000, 4), (20_000_000, 16), (200_000_000, 4)]
)
async def test_from_half_a_mebibyte_a_limit_holds_within_five_percent_over_five_seconds(
    limit: int, connections: int
) -> None:
    reading = Reading(limit)
    reading.add("a", connections=connections)
    assert (await reading.run(5))["a"] == pytest.approx(limit, rel=0.05)


@pytest.mark.parametrize("connections", [1, 4])
@pytest.mark.parametrize("limit", [1, 100, KIB, 10_000, 100_000, FINE - 1])
async def test_a_slower_limit_is_never_exceeded_by_more_than_a_record_per_connection(
    limit: int, connections: int
) -> None:
    reading = Reading(limit)
    reading.add("a", connections=connections)
    seconds = 0.0
    for step in (0.1, 0.9, 4, 10):
        await reading.run(step)
        seconds += step
        assert reading.read["a"] <= limit * seconds + connections * RECORD
    # From the very beginning not even that: what is read was taken before.
    assert reading.read["a"] <= limit * seconds + 1
    assert reading.read["a"] >= min(0.9 * limit * seconds, limit * seconds - 2 * KIB)


async def test_no_limit_never_waits() -> None:
    reading = Reading()
    flow = reading.add("a")
    with nobody_waits():
        for _ in range(3):
            turn = await flow.take()
            assert turn.most == WIDTH
            flow.settle(turn, 0)
    assert reading.bandwidth.limit == 0
    assert not reading.bandwidth.holds_back("a")
    assert math.isinf(flow.pace)


async def test_a_new_limit_holds_within_a_second_and_without_one_all_go_at_once() -> None:
    """N11"""
    reading = Reading(KIB)
    reading.add("a", connections=4)
    await reading.run(30)
    for limit in (50_000_000, 1_000_000, 20_000_000, FINE):
        reading.bandwidth.set_limit(limit)
        await reading.run(1)
        assert (await reading.run(1))["a"] == pytest.approx(limit, rel=0.1), limit
        assert (await reading.run(4))["a"] == pytest.approx(limit, rel=0.05), limit
    reading.bandwidth.set_limit(KIB)
    flow = reading.flows["a"]
    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(flow.take)
        await settle()
        with nobody_waits():
            reading.bandwidth.set_limit(0)


async def test_who_waits_can_be_cancelled_at_once_and_the_others_go_on() -> None:
    """N11: whoever is cancelled, be it the one that watches the clock."""
    reading = Reading(KIB)
    flow = reading.add("a")
    got: list[int] = []

    async def take(scope: anyio.CancelScope) -> None:
        with scope:
            turn = await flow.take()
            got.append(turn.most)

    scopes = [anyio.CancelScope() for _ in range(4)]
    async with anyio.create_task_group() as group:
        for scope in scopes:
            group.start_soon(take, scope)
        await settle()
        for scope in scopes[:3]:
            scope.cancel()
            await settle()
        for _ in range(4):
            reading.clock.advance(0.5)
            await settle()
    assert got == [KIB]


@pytest.mark.parametrize("others", [0, 1])
async def test_a_turn_that_came_with_a_cancellation_is_there_for_others(others: int) -> None:
    reading = Reading(KIB)
    first, second = reading.add("a"), reading.add("b")
    reading.clock.advance(1)
    turn = await first.take()
    async with anyio.create_task_group() as group:
        for _ in range(others):
            # Watches the clock for both.
            group.start_soon(first.take)
            await settle()
        scope = anyio.CancelScope()

        async def give_up() -> None:
            with scope:
                await second.take()
            assert scope.cancelled_caught

        group.start_soon(give_up)
        await settle()
        # This gives the second one its turn; before its task can run, it is cancelled.
        first.settle(turn, 0)
        assert repr(reading.bandwidth).endswith(f"{others} waiting>")
        scope.cancel()
        await settle()
        if not others:
            with nobody_waits():
                await first.take()
        assert repr(reading.bandwidth).endswith("0 waiting>")


async def test_idle_time_is_no_credit_for_a_flood() -> None:
    for limit in (KIB, 1_000_000):
        reading = Reading(limit)
        reading.add("a")
        reading.clock.advance(3600)
        assert (await reading.run(1))["a"] <= limit * 1.1 + RECORD


async def test_what_a_read_did_not_bring_is_there_for_the_next() -> None:
    reading = Reading(160 * KIB)
    flow = reading.add("a")
    reading.clock.advance(1)
    turn = await flow.take()
    assert turn.most == APPETITE
    flow.settle(turn, 6 * KIB)
    with nobody_waits():
        assert (await flow.take()).most == 10 * KIB


async def test_what_a_read_did_not_bring_counts_for_nobody() -> None:
    reading = Reading(160 * KIB)
    slow = reading.add("slow")
    reading.clock.advance(1)
    turn = await slow.take()
    assert slow.share.had > 0
    slow.settle(turn, 0)
    assert slow.share.had == pytest.approx(0)


async def test_what_a_read_did_not_bring_wakes_who_waits_for_it() -> None:
    reading = Reading(160 * KIB)
    slow, other = reading.add("slow"), reading.add("other")
    reading.clock.advance(1)
    turn = await slow.take()
    async with anyio.create_task_group() as group:
        group.start_soon(other.take)
        await settle()
        with nobody_waits():
            slow.settle(turn, 0)


async def test_a_flow_that_reads_much_may_read_more_at_once() -> None:
    reading = Reading(100_000_000)
    flow = reading.add("a")
    reading.clock.advance(1)
    sizes: list[int] = []
    for _ in range(6):
        turn = await flow.take()
        sizes.append(turn.most)
        flow.settle(turn, turn.most)
    assert sizes == [16 * KIB, 32 * KIB, 64 * KIB, 128 * KIB, 256 * KIB, 256 * KIB]
    others = [reading.add(str(number)) for number in range(49)]
    for _ in range(2):
        turn = await flow.take()
        flow.settle(turn, turn.most)
    assert turn.most == 100_000, "a twentieth of a second of its share, so that the others have their turns soon"
    assert len(others) == 49


async def test_resources_share_alike_whatever_their_connections() -> None:
    reading = Reading(1_000_000)
    reading.add("a", connections=8)
    reading.add("b")
    read = await reading.run(10)
    assert read == pytest.approx({"a": 500_000, "b": 500_000}, rel=0.05)


async def test_collections_share_alike_whatever_their_resources() -> None:
    reading = Reading(1_000_000)
    for number in range(4):
        reading.add(f"a{number}", collection="a")
    reading.add("b", collection="b")
    read = await reading.run(10)
    assert read.pop("b") == pytest.approx(500_000, rel=0.05)
    assert read == pytest.approx(dict.fromkeys(read, 125_000), rel=0.05)


async def test_weights_decide_and_may_change() -> None:
    reading = Reading(1_000_000)
    reading.bandwidth.set_resource("a", weight=2)
    for name in "abc":
        reading.add(name)
    assert await reading.run(10) == pytest.approx({"a": 500_000, "b": 250_000, "c": 250_000}, rel=0.05)
    reading.bandwidth.set_resource("a")
    reading.bandwidth.set_resource("c", weight=8)
    await reading.run(5)
    assert await reading.run(10) == pytest.approx({"a": 100_000, "b": 100_000, "c": 800_000}, rel=0.1)
    with pytest.raises(ValueError, match="0"):
        reading.bandwidth.set_resource("a", weight=0)


async def test_a_collection_weighs_as_much_as_its_heaviest() -> None:
    reading = Reading(900_000)
    reading.bandwidth.set_resource("a1", weight=2)
    for name in ("a1", "a2", "b1"):
        reading.add(name, collection=name[0])
    assert await reading.run(10) == pytest.approx({"a1": 400_000, "a2": 200_000, "b1": 300_000}, rel=0.05)


async def test_collections_have_weights_of_their_own_which_may_change() -> None:
    reading = Reading(1_000_000)
    reading.bandwidth.set_collection("b", 3)
    for name in ("a1", "a2", "b1"):
        reading.add(name, collection=name[0])
    assert await reading.run(10) == pytest.approx({"a1": 125_000, "a2": 125_000, "b1": 750_000}, rel=0.05)
    reading.bandwidth.set_collection("b", 1)
    reading.bandwidth.set_collection("a", 4)
    await reading.run(5)
    assert await reading.run(10) == pytest.approx({"a1": 400_000, "a2": 400_000, "b1": 200_000}, rel=0.05)
    with pytest.raises(ValueError, match="0"):
        reading.bandwidth.set_collection("a", 0)


async def test_what_one_cannot_use_goes_to_the_others_at_once() -> None:
    reading = Reading(1_000_000)
    reading.add("slow", speed=400_000)
    reading.add("fast")
    for _ in range(2):
        assert await reading.run(5) == pytest.approx({"slow": 400_000, "fast": 600_000}, rel=0.05)
    reading.end("fast")
    reading.add("late")
    assert await reading.run(5) == pytest.approx({"slow": 400_000, "fast": 0, "late": 600_000}, rel=0.05)


async def test_a_newcomer_holds_up_nobody_and_gets_its_share() -> None:
    reading = Reading(1_000_000)
    reading.add("a", collection="a")
    await reading.run(10)
    reading.add("b", collection="b")
    reading.add("c", collection="a")
    assert await reading.run(1) == pytest.approx({"a": 250_000, "b": 500_000, "c": 250_000}, rel=0.15)
    assert await reading.run(5) == pytest.approx({"a": 250_000, "b": 500_000, "c": 250_000}, rel=0.05)


async def test_hosts_and_resources_have_limits_of_their_own() -> None:
    reading = Reading()
    bandwidth = reading.bandwidth
    bandwidth.set_host_limits({"X.example": 100_000, "y.example": 0})
    bandwidth.set_resource("c", limit=30_000)
    reading.add("a", host="x.example")
    reading.add("b", host="x.example")
    reading.add("c", host="y.example")
    reading.add("d", host="z.example", speed=1_000_000)
    read = await reading.run(10)
    assert read == pytest.approx({"a": 50_000, "b": 50_000, "c": 30_000, "d": 1_000_000}, rel=0.05)
    assert [bandwidth.holds_back(name) for name in "abcd"] == [True, True, True, False]
    bandwidth.set_host_limits({})
    bandwidth.set_resource("c")
    assert not any(bandwidth.holds_back(name) for name in "abcd")
    bandwidth.set_resource("c", limit=1)
    bandwidth.forget_resource("c")
    assert not bandwidth.holds_back("c")
    with pytest.raises(ValueError, match="-1"):
        bandwidth.set_limit(-1)
    with pytest.raises(ValueError, match="-1"):
        bandwidth.set_host_limits({"x": -1})
    with pytest.raises(ValueError, match="-1"):
        bandwidth.set_resource("c", limit=-1)


async def test_the_limit_of_a_host_holds_for_the_hosts_in_it_and_for_where_it_sends_us() -> None:
    reading = Reading()
    reading.bandwidth.set_host_limits({"hub.example": 300_000})
    reading.add("itself", host="hub.example")
    reading.add("below", host="cdn.hub.example")
    reading.add("sent", host="cdn.example").named = "hub.example"
    reading.add("other", host="nothub.example", speed=1_000_000)
    read = await reading.run(5)
    assert read.pop("other") == pytest.approx(1_000_000, rel=0.05)
    assert read == pytest.approx(dict.fromkeys(read, 100_000), rel=0.05)


def test_the_pace_is_the_share_of_the_tightest_limit() -> None:
    reading = Reading(900_000)
    first = reading.add("a", host="x")
    assert first.pace == 900_000
    changes = first.changes
    second = reading.add("b", host="y")
    assert (first.pace, second.pace) == (450_000, 450_000)
    assert first.changes != changes
    reading.bandwidth.set_host_limits({"x": 1000})
    assert (first.pace, second.pace) == (1000, 450_000)
    second.close()
    second.close()
    reading.bandwidth.set_host_limits({})
    assert first.pace == 900_000
    assert repr(reading.bandwidth) == "<Bandwidth limit=900000 1 flows, 0 waiting>"
    assert repr(first) == "<Flow a from x>"


worlds = st.lists(
    st.builds(
        Demand,
        key=st.uuids().map(str),
        host=st.sampled_from("xyz"),
        collection=st.sampled_from("ABC"),
        weight=st.sampled_from([0.5, 1.0, 2.0, 4.0]),
        most=st.sampled_from([math.inf, math.inf, 100_000.0, 400_000.0]),
    ),
    min_size=1,
    max_size=7,
    unique_by=lambda demand: demand.key,
)
limits = st.sampled_from([200_000, 800_000, 3_000_000])


@settings(deadline=None, max_examples=10)
@given(
    worlds,
    limits,
    st.dictionaries(st.sampled_from("xy"), limits),
    st.dictionaries(st.sampled_from("AB"), st.sampled_from([0.25, 2.0, 4.0])),
)
async def test_everybody_gets_what_is_fair(
    world: list[Demand], total: int, hosts: dict[str, int], weights: dict[str, float]
) -> None:
    """Under all kinds of limits at once: max-min shares, and nothing left that somebody could use."""
    reading = Reading(total)
    reading.bandwidth.set_host_limits(hosts)
    for collection, weight in weights.items():
        reading.bandwidth.set_collection(collection, weight)
    for demand in world:
        limit = 0 if math.isinf(demand.most) else int(demand.most)
        reading.bandwidth.set_resource(demand.key, limit=limit, weight=demand.weight)
        reading.add(demand.key, host=demand.host, collection=demand.collection)
    await reading.run(2)
    read = await reading.run(8)
    fair = fair_shares(world, total, {host: float(limit) for host, limit in hosts.items()}, weights)
    assert read == pytest.approx(fair, rel=0.1, abs=total / 25)
    assert sum(read.values()) == pytest.approx(sum(fair.values()), rel=0.05)
