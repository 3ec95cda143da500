"""A limit for one or many resources: at once, for those alone, for every subscriber, and after a restart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from stabilitydl.domain.events import CollectionAdded, LimitChanged
from stabilitydl.domain.states import State
from stabilitydl.errors import UsageError
from stabilitydl.settings import Settings
from tests.engine.harness import Harness
from tests.engine.real import MIB, contents, pack_of, real
from tests.fakes.hub import pack
from tests.fakes.origin import FileOrigin
from tests.fakes.transfer import hold

pytestmark = pytest.mark.anyio

CRAWL = 1
"""Bytes per second with which no file of these tests would ever come."""


async def test_a_limit_holds_for_its_resource_alone_until_it_is_lifted(tmp_path: Path) -> None:
    with FileOrigin() as origin:
        files = [origin.add(f"/{number}.bin", contents(MIB, number)) for number in range(2)]
        async with real(tmp_path) as h:
            slow, fast = await h.add(pack_of(tmp_path / "to", files))
            await h.engine.set_resource_limit([slow, "unknown"], CRAWL)
            await h.engine.enqueue([slow, fast])
            await h.until_state(State.DOWNLOADED, fast)
            await h.until_state(State.DOWNLOADING, slow)
            (row,) = await h.engine.snapshots([slow])
            assert (row.rate_limit, row.received) == (CRAWL, 0)
            await h.engine.set_resource_limit([slow], 0)
            await h.until_state(State.DOWNLOADED, slow)


async def test_what_runs_is_limited_at_once_and_stays_so_after_a_restart(tmp_path: Path) -> None:
    with FileOrigin() as origin:
        files = [origin.add(f"/{number}.bin", contents(MIB, number)) for number in range(2)]
        async with real(tmp_path) as h:
            h.engine.set_limit(CRAWL)
            ids = await h.get(pack_of(tmp_path / "to", files))
            await h.until_state(State.DOWNLOADING, *ids)
            await h.engine.set_resource_limit(ids[:1], CRAWL)
            assert [row.rate_limit for row in await h.engine.resources()] == [CRAWL, 0]
            h.engine.set_limit(0)
            await h.until_state(State.DOWNLOADED, ids[1])
            assert h.state(ids[0]) is State.DOWNLOADING
        async with real(tmp_path) as h:
            assert await h.engine.go_on() == ids[:1]
            await h.until_state(State.DOWNLOADING, ids[0])
            (row,) = await h.engine.snapshots(ids[:1])
            assert row.rate_limit == CRAWL
            assert h.engine._bandwidth.holds_back(ids[0])
            await h.engine.set_resource_limit(ids, 0)
            await h.until_state(State.DOWNLOADED, ids[0])


async def test_everybody_is_told_once_for_each_collection(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        first = await h.add(pack(tmp_path / "a", "a.bin", "b.bin"))
        second = await h.add(pack(tmp_path / "b", "c.bin", title="Other"))
        await h.engine.set_resource_limit([*first, *second], 3000)
        h.follow()
        told = [event for event in h.events if isinstance(event, LimitChanged)]
        assert [(event.resources, event.rate) for event in told] == [(tuple(first), 3000), (tuple(second), 3000)]
        for rate in (-1, 2**63):
            with pytest.raises(UsageError):
                await h.engine.set_resource_limit(first, rate)
        assert [row.rate_limit for row in await h.engine.snapshots(first)] == [3000, 3000]


async def test_a_limit_given_while_queued_holds_from_the_start(tmp_path: Path) -> None:
    async with Harness(tmp_path, settings=Settings(jobs=1)) as h:
        (step,) = hold(h.fetch, "a.bin")
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        await h.until_state(State.DOWNLOADING, ids[0])
        (other,) = hold(h.fetch, "b.bin")
        await h.engine.set_resource_limit(ids[1:], 3000)
        step.go.set()
        await h.until_state(State.DOWNLOADING, ids[1])
        assert h.engine._bandwidth.flow(ids[1]).pace == 3000
        other.go.set()
        await h.settled(ids)
        assert not h.engine._bandwidth.flow(ids[1]).is_limited, "forgotten when it is done"


async def test_each_step_of_priority_doubles_a_share(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        steps = hold(h.fetch, "a.bin", "b.bin")
        ids = await h.add(pack(tmp_path / "to", "a.bin", "b.bin"))
        await h.engine.set_priority(ids[:1], 2)
        await h.engine.enqueue(ids)
        await h.until_state(State.DOWNLOADING, *ids)
        await h.engine.set_priority(ids[1:], -1)
        assert [row.priority for row in await h.engine.snapshots(ids)] == [2, -1]
        assert [h.engine._bandwidth.flow(each).share.weight for each in ids] == [4, 0.5]
        for step in steps:
            step.go.set()
        await h.settled(ids)


async def test_a_collection_has_its_weight_at_once_after_a_restart_and_when_it_comes_back(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        steps = hold(h.fetch, "a.bin", "b.bin")
        first, second = pack(tmp_path / "a", "a.bin"), pack(tmp_path / "b", "b.bin", title="Other")
        ids = await h.get(first, second)
        await h.until_state(State.DOWNLOADING, *ids)
        flows = [h.engine._bandwidth.flow("any", each.collection.id) for each in (first, second)]
        await h.engine.set_weight([first.collection.id, "unknown"], 4)
        assert [flow.share.fraction for flow in flows] == [4, 1]
        h.follow()
        told = [event.snapshot for event in h.events if isinstance(event, CollectionAdded)]
        assert told[-1].collection.weight == 4
        for step in steps:
            step.go.set()
        await h.settled(ids)
        for wrong in (0, -1, float("nan"), 101):
            with pytest.raises(UsageError):
                await h.engine.set_weight([first.collection.id], wrong)
    async with Harness(tmp_path) as h:
        assert h.engine._bandwidth.flow("any", first.collection.id).share.fraction == 4
        for weight in (1.0, 0.5):
            await h.engine.remove(ids[:1])
            await h.add(replace(first, collection=msgspec.structs.replace(first.collection, weight=weight)))
            assert h.engine._bandwidth.flow("any", first.collection.id).share.group.weight == weight


async def test_hosts_have_limits_in_the_settings_which_may_change(tmp_path: Path) -> None:
    with FileOrigin() as slow, FileOrigin(host="127.0.0.2") as fast:
        files = [origin.add("/a.bin" if origin is slow else "/b.bin", contents(MIB, 1)) for origin in (slow, fast)]
        async with real(tmp_path, Settings(host_limits={"127.0.0.1": CRAWL})) as h:
            first, second = await h.get(pack_of(tmp_path / "to", files, checksums=False))
            await h.until_state(State.DOWNLOADED, second)
            await h.until_state(State.DOWNLOADING, first)
            h.engine.set_settings(Settings(host_limits={"127.0.0.2": CRAWL}))
            await h.until_state(State.DOWNLOADED, first)
