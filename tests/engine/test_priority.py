"""Who starts next can be said for one or many, also while they wait; and what has come can be asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from stabilitydl.domain.states import State
from stabilitydl.errors import ServerBusy
from stabilitydl.settings import Settings
from stabilitydl.store.store import Store
from tests.engine.harness import Harness
from tests.fakes.hub import pack
from tests.fakes.transfer import fail, hold

pytestmark = pytest.mark.anyio

FOUR = ("a.bin", "b.bin", "c.bin", "d.bin")


async def test_a_higher_priority_starts_first_and_a_lower_one_last(tmp_path: Path) -> None:
    async with Harness(tmp_path, settings=Settings(jobs=1)) as h:
        (step,) = hold(h.fetch, "a.bin")
        ids = await h.get(pack(tmp_path / "to", *FOUR))
        await h.until_state(State.DOWNLOADING, ids[0])
        rows = await h.engine.set_priority([ids[1], ids[0]], -1)
        assert [(row.id, row.state) for row in rows] == [(ids[1], State.QUEUED), (ids[0], State.DOWNLOADING)]
        (row,) = await h.engine.set_priority([ids[3]], 1)
        assert row.priority == 1
        assert [row.priority for row in await h.engine.snapshots(ids[1:])] == [-1, 0, 1]
        step.go.set()
        await h.settled(ids)
        assert h.fetch.calls == ["a.bin", "d.bin", "c.bin", "b.bin"]
    store = Store.open(h.paths.database)
    try:
        assert [row.priority for row in store.snapshots(ids)] == [-1, -1, 0, 1], "kept for the next start"
    finally:
        store.close()


async def test_a_priority_for_what_does_not_wait_is_kept_and_starts_nothing(tmp_path: Path) -> None:
    async with Harness(tmp_path, settings=Settings(jobs=1)) as h:
        (step,) = hold(h.fetch, "a.bin")
        expansion = pack(tmp_path / "to", *FOUR)
        await h.engine.add([expansion])
        ids = [each.id for each in expansion.resources]
        await h.engine.set_priority([ids[2], "unknown"], 5)
        assert h.fetch.calls == []
        await h.engine.enqueue(ids[:1])
        await h.until_state(State.DOWNLOADING, ids[0])
        await h.engine.enqueue(ids[1:])
        step.go.set()
        await h.settled(ids)
        assert h.fetch.calls == ["a.bin", "c.bin", "b.bin", "d.bin"]


async def test_the_order_may_change_while_files_come_and_priority_goes_before_it(tmp_path: Path) -> None:
    names = ("first.bin", "long-long-name.bin", "longer-name.bin", "long.bin", "small")
    async with Harness(tmp_path, settings=Settings(jobs=1)) as h:
        (step,) = hold(h.fetch, "first.bin")
        ids = await h.get(pack(tmp_path / "to", *names))
        await h.until_state(State.DOWNLOADING, ids[0])
        h.engine.set_settings(Settings(jobs=1, order="small-first"))
        await h.engine.set_priority(ids[1:2], 1)
        step.go.set()
        await h.settled(ids)
        assert h.fetch.calls == ["first.bin", "long-long-name.bin", "small", "long.bin", "longer-name.bin"]


async def test_what_is_nearly_done_starts_first_also_after_a_pause_and_a_restart(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        steps = hold(h.fetch, "b.bin", "c.bin")
        steps[1].received = 50
        ids = await h.get(pack(tmp_path / "to", "b.bin", "c.bin"))
        await h.until_state(State.DOWNLOADING, *ids)
        await h.engine.pause(ids)
    async with Harness(tmp_path, settings=Settings(jobs=1, order="nearly-done-first")) as h:
        (step,) = hold(h.fetch, "other")
        others = await h.get(pack(tmp_path / "to", "other", "another", title="Other"))
        await h.until_state(State.DOWNLOADING, others[0])
        await h.engine.resume(ids)
        step.go.set()
        await h.settled([*ids, *others])
        assert h.fetch.calls == ["other", "c.bin", "b.bin", "another"]


async def test_what_was_sent_back_to_the_queue_under_way_may_have_the_priority_it_had(tmp_path: Path) -> None:
    async with Harness(tmp_path, settings=Settings(jobs=1)) as h:
        first, second = hold(h.fetch, "x.bin", "b.bin")
        fail(h.fetch, "z.bin", ServerBusy(host="fake.test", status=429, after_seconds=5), after=50)
        ids = await h.get(pack(tmp_path / "to", "x.bin", "b.bin", "c.bin", "z.bin"))
        await h.until_state(State.DOWNLOADING, ids[0])
        await h.engine.set_priority([ids[3]], 1)
        first.go.set()
        await h.until_state(State.WAITING, ids[3])
        await h.engine.set_priority([ids[3]], 0)
        await h.advance_until(lambda: h.state(ids[3]) is State.QUEUED, step=1)
        told = h.changes(ids[3])
        assert (told[0].new, told[0].priority, told[-1].new, told[-1].priority) == (State.QUEUED, 0, State.QUEUED, 0)
        assert {change.priority for change in told[1:-1]} == {1}
        second.go.set()
        rows = await h.settled(ids)
        assert {change.position for change in told} == {row.position for row in rows[3:]}, "its place stays its own"
        assert rows[3].position > rows[2].position
    assert {row.state for row in rows} == {State.DOWNLOADED}
    assert h.fetch.calls == ["x.bin", "z.bin", "b.bin", "c.bin", "z.bin"]


async def test_a_priority_counts_also_for_what_waited_and_is_queued_again(tmp_path: Path) -> None:
    async with Harness(tmp_path, settings=Settings(jobs=1)) as h:
        (step,) = hold(h.fetch, "b.bin")
        fail(h.fetch, "a.bin", ServerBusy(host="fake.test", status=429, after_seconds=5))
        ids = await h.get(pack(tmp_path / "to", *FOUR))
        await h.until_state(State.WAITING, ids[0])
        await h.advance_until(lambda: h.state(ids[0]) is State.QUEUED, step=1)
        await h.until_state(State.DOWNLOADING, ids[1])
        (row,) = await h.engine.set_priority(ids[:1], -5)
        assert (row.state, row.priority) == (State.QUEUED, -5)
        step.go.set()
        await h.settled(ids)
    assert h.fetch.calls == ["a.bin", "b.bin", "c.bin", "d.bin", "a.bin"]


async def test_what_has_come_adds_up(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        await h.settled(await h.get(pack(tmp_path / "to", "a.bin", "b.bin")))
        ever, later = await h.engine.totals([0.0, h.clock.wall() + 1])
        brought, files = ever
        assert files == 2
        assert brought > 0
        assert later == (0, 0)
