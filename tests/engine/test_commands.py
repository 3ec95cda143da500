"""Pause, resume, cancel, undo, retry, remove: for one or many, on queued, running and settled resources."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import anyio
import msgspec
import pytest

from stabilitydl import errors
from stabilitydl.domain.attempt import Outcome
from stabilitydl.domain.events import CollectionRemoved, ResourcesRemoved
from stabilitydl.domain.resource import ResourceSnapshot
from stabilitydl.domain.states import State, WaitReason
from stabilitydl.errors import EngineStopped, PartInUse, Problem
from stabilitydl.hubs.protocol import Expansion
from stabilitydl.settings import Settings
from stabilitydl.store import resources
from stabilitydl.store.database import Row
from stabilitydl.store.rows import snapshot_of
from stabilitydl.store.store import Store
from tests.engine.harness import Harness
from tests.fakes.hub import pack
from tests.fakes.transfer import FakeFetch, fail, hold

pytestmark = pytest.mark.anyio

FOUR = ("a.bin", "b.bin", "c.bin", "d.bin")


def stored(h: Harness, resource: str) -> State:
    """What another process reads."""
    store = Store.open(h.paths.database)
    try:
        return store.snapshots([resource])[0].state
    finally:
        store.close()


async def test_one_of_four_pauses_and_three_go_on(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        steps = hold(h.fetch, *FOUR)
        ids = await h.get(pack(tmp_path / "to", *FOUR))
        await h.until_state(State.DOWNLOADING, *ids)
        await h.engine.pause(ids[:1])
        assert h.state(ids[0]) is State.PAUSED
        assert stored(h, ids[0]) is State.PAUSED, "durable when the command returns"
        assert sorted(h.fetch.active) == ["b.bin", "c.bin", "d.bin"]
        (attempt,) = await h.engine.attempts(ids[0])
        assert attempt.outcome is Outcome.STOPPED
        for step in steps:
            step.go.set()
        rows = await h.settled(ids)
        assert [row.state for row in rows] == [State.PAUSED, *[State.DOWNLOADED] * 3]
        assert rows[0].received == 10
        await h.engine.resume(ids[:1])
        (row,) = await h.settled(ids[:1])
        assert row.state is State.DOWNLOADED


async def test_a_queued_resource_pauses_without_having_run(tmp_path: Path) -> None:
    async with Harness(tmp_path, settings=Settings(jobs=1)) as h:
        (step,) = hold(h.fetch, "a.bin")
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        await h.until_state(State.DOWNLOADING, ids[0])
        await h.engine.pause(ids[1:])
        assert (h.state(ids[1]), stored(h, ids[1])) == (State.PAUSED, State.PAUSED)
        step.go.set()
        await h.settled(ids)
        assert h.fetch.calls == ["a.bin"]


@pytest.mark.parametrize("reason", [WaitReason.HOST, WaitReason.NETWORK])
async def test_what_waits_can_be_paused_and_lets_go_of_what_it_closed(tmp_path: Path, reason: WaitReason) -> None:
    async with Harness(tmp_path, settings=Settings(jobs=1), online=False) as h:
        error = errors.ServerBusy(host="fake.test", after_seconds=600.0)
        fail(h.fetch, "a.bin", error if reason is WaitReason.HOST else errors.HostUnreachable(host="fake.test"))
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        await h.until_state(State.WAITING, ids[0])
        await h.engine.pause(ids[:1])
        rows = await h.settled(ids)
        assert [row.state for row in rows] == [State.PAUSED, State.DOWNLOADED]


async def test_pause_leaves_what_is_settled(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        fail(h.fetch, "a.bin", errors.ServerFailed(host="x", status=500))
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        await h.settled(ids)
        await h.engine.pause(ids)
        rows = await h.engine.snapshots(ids)
        assert [row.state for row in rows] == [State.FAILED, State.DOWNLOADED]


async def test_retry_runs_what_ended_in_trouble(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        fail(h.fetch, "a.bin", errors.ServerFailed(host="x", status=500))
        fail(h.fetch, "b.bin", errors.GatedFile())
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin", "c.bin"))
        await h.settled(ids)
        await h.engine.retry(ids)
        rows = await h.settled(ids)
        assert [row.state for row in rows] == [State.DOWNLOADED] * 3
        assert all(row.problem is None for row in rows)
        assert h.fetch.calls.count("c.bin") == 1


async def test_what_the_hub_will_not_give_is_not_queued_but_can_be_retried(tmp_path: Path) -> None:
    gated = pack(tmp_path / "to", "a.bin")
    gated = Expansion(
        collection=gated.collection,
        resources=(msgspec.structs.replace(gated.resources[0], blocked=Problem("gated")),),
    )
    async with Harness(tmp_path) as h:
        ids = await h.get(gated)
        (row,) = await h.settled(ids)
        assert (row.state, row.problem) == (State.BLOCKED, Problem("gated"))
        await h.engine.resume(ids)
        await h.engine.cancel(ids)
        assert (await h.settled(ids))[0].state is State.BLOCKED
        await h.engine.retry(ids)
        (row,) = await h.settled(ids)
        assert row.state is State.DOWNLOADED


async def test_cancel_is_missing_at_once_and_the_part_goes_after_ten_seconds(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        hold(h.fetch, "a.bin")
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        await h.settled(ids[1:])
        await h.until_state(State.DOWNLOADING, ids[0])
        (resource,) = [each.resource for each in await h.engine.snapshots(ids[:1])]
        part = tmp_path / "to" / f"a.bin.{resource.tag}.sdlpart"
        part.parent.mkdir(exist_ok=True)
        part.write_bytes(b"x" * 10)
        await h.engine.cancel(ids)
        rows = await h.engine.snapshots(ids)
        assert [row.state for row in rows] == [State.MISSING, State.DOWNLOADED], "what is here stays"
        assert stored(h, ids[0]) is State.MISSING
        h.clock.advance(9.9)
        await h.calm()
        assert part.exists()
        h.clock.advance(0.2)
        await h.until(lambda: not part.exists())
        assert await h.engine.undo_cancel(ids) == []


async def test_a_cancel_can_be_taken_back(tmp_path: Path) -> None:
    async with Harness(tmp_path, settings=Settings(jobs=2)) as h:
        hold(h.fetch, "a.bin", "a.bin")
        hold(h.fetch, "b.bin")
        fail(h.fetch, "c.bin", errors.ServerFailed(host="x", status=500))
        names = ("a.bin", "c.bin", "b.bin")
        ids = await h.get(pack(tmp_path / "to", *names))
        await h.until_state(State.DOWNLOADING, ids[0], ids[2])
        await h.engine.pause(ids[2:])
        await h.engine.cancel(ids)
        assert [row.state for row in await h.engine.snapshots(ids)] == [State.MISSING] * 3
        part = tmp_path / "to" / f"b.bin.{ids[2][:8]}.sdlpart"
        part.parent.mkdir(exist_ok=True)
        part.write_bytes(b"x" * 10)
        assert sorted(await h.engine.undo_cancel(ids)) == sorted(ids)
        rows = await h.engine.snapshots(ids)
        assert [row.state for row in rows[1:]] == [State.FAILED, State.PAUSED], "everything is as it was"
        assert rows[1].problem == Problem("server-failed", {"host": "x", "status": 500})
        assert rows[2].received == 10
        await h.until_state(State.DOWNLOADING, ids[0])
        h.clock.advance(60)
        await h.calm()
        assert part.exists()
        await h.engine.cancel(ids)


async def test_a_cancelled_part_goes_at_once_when_the_engine_stops(tmp_path: Path) -> None:
    part = tmp_path / "to" / "a.bin"
    async with Harness(tmp_path) as h:
        hold(h.fetch, "a.bin")
        ids = await h.get(pack(tmp_path / "to", "a.bin"))
        await h.until_state(State.DOWNLOADING, *ids)
        part = tmp_path / "to" / f"a.bin.{ids[0][:8]}.sdlpart"
        part.parent.mkdir(exist_ok=True)
        part.write_bytes(b"x")
        await h.engine.cancel(ids)
        assert part.exists()
    assert not part.exists()


async def test_what_is_queued_again_keeps_its_part(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        hold(h.fetch, "a.bin", "a.bin")
        ids = await h.get(pack(tmp_path / "to", "a.bin"))
        await h.until_state(State.DOWNLOADING, *ids)
        await h.engine.cancel(ids)
        await h.engine.enqueue(ids)
        assert await h.engine.undo_cancel(ids) == [], "that is over"
        part = tmp_path / "to" / f"a.bin.{ids[0][:8]}.sdlpart"
        part.parent.mkdir(exist_ok=True)
        part.write_bytes(b"x")
        await h.until_state(State.DOWNLOADING, *ids)
        h.clock.advance(60)
        await h.calm()
        assert part.exists()
        await h.engine.pause(ids)


async def test_remove_takes_rows_off_the_list_and_leaves_files(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        hold(h.fetch, "b.bin")
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        await h.settled(ids[:1])
        await h.until_state(State.DOWNLOADING, ids[1])
        part = tmp_path / "to" / f"b.bin.{ids[1][:8]}.sdlpart"
        part.write_bytes(b"x")
        await h.engine.remove(ids)
        assert await h.engine.snapshots(ids) == []
        assert await h.engine.collections() == []
        assert [path.name for path in (tmp_path / "to").iterdir()] == ["a.bin"]
        h.follow()
        assert any(isinstance(event, ResourcesRemoved) and set(event.resources) == set(ids) for event in h.events)
        assert isinstance(h.events[-1], CollectionRemoved)
        assert len(await h.engine.attempts(ids[0])) == 1, "history stays"
        assert list(h.paths.locks.iterdir()) == []


async def test_remove_of_some_keeps_the_collection(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        ids = await h.add(pack(tmp_path / "to", "a.bin", "b.bin"))
        await h.engine.remove(ids[:1])
        (snapshot,) = await h.engine.collections()
        assert snapshot.summary.resources == 1


async def test_remove_with_files_sends_them_to_the_trash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Harness(tmp_path) as h:
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        rows = await h.settled(ids)
        trashed: list[Path] = []

        async def trash(path: Path) -> None:
            if path.name == "b.bin":
                raise errors.DiskError(path=str(path), detail="no trash here")
            trashed.append(path)

        monkeypatch.setattr(h.engine._on.services.disk, "trash", trash)
        with pytest.raises(errors.DiskError):
            await h.engine.remove(ids, with_files=True)
        assert trashed == [Path(rows[0].target or "")]
        assert [row.id for row in await h.engine.snapshots(ids)] == ids[1:], "what could not go stays listed"


async def test_a_file_that_the_user_put_in_its_place_never_goes_to_the_trash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Harness(tmp_path) as h:
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        rows = await h.settled(ids)
        Path(rows[0].target or "").write_bytes(b"mine")
        trashed: list[str] = []

        async def trash(path: Path) -> None:
            trashed.append(path.name)

        monkeypatch.setattr(h.engine._on.services.disk, "trash", trash)
        await h.engine.remove(ids, with_files=True)
        assert trashed == ["b.bin"]
        assert await h.engine.snapshots(ids) == []
        assert Path(rows[0].target or "").read_bytes() == b"mine"


async def test_what_cannot_go_on_or_vanish_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Harness(tmp_path) as h:
        ids = await h.get(pack(tmp_path / "to", "a.bin"))
        await h.settled(ids)
        expansion = pack(tmp_path / "other", *FOUR)
        await h.engine.add([expansion])
        read: list[object] = []

        def count(row: Row) -> ResourceSnapshot:
            read.append(row)
            return snapshot_of(row)

        monkeypatch.setattr(resources, "snapshot_of", count)
        await h.engine.refresh()
        assert len(read) == 1
        assert await h.engine.go_on() == []
        assert len(read) == 1


async def test_a_file_that_vanished_or_changed_is_missing_again(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin", "c.bin"))
        rows = await h.settled(ids)
        Path(rows[0].target or "").unlink()
        Path(rows[1].target or "").write_bytes(b"changed")
        await h.engine.refresh(rows[0].resource.collection)
        states = [row.state for row in await h.engine.snapshots(ids)]
        assert states == [State.MISSING, State.MISSING, State.DOWNLOADED]
        await h.engine.enqueue(ids)
        states = [row.state for row in await h.settled(ids)]
        assert states == [State.DOWNLOADED, State.FAILED, State.DOWNLOADED]
        assert h.fetch.calls.count("a.bin") == 2


async def test_a_superseded_file_that_vanished_leaves_the_list_and_a_part_goes_with_its_cancel(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        hold(h.fetch, "b.bin")
        old = pack(tmp_path / "to", "a.bin", "b.bin")
        ids = await h.get(old)
        await h.settled(ids[:1])
        await h.until_state(State.DOWNLOADING, ids[1])
        await h.add(replace(pack(tmp_path / "to", "c.bin"), is_whole=True))
        rows = {row.id: row for row in await h.engine.resources()}
        assert [rows[each].superseded for each in ids] == [True, True]
        Path(rows[ids[0]].target or "").unlink()
        await h.engine.refresh()
        await h.engine.cancel(ids[1:])
        left = set()

        def follow() -> bool:
            left.update(each for event in h.events if isinstance(event, ResourcesRemoved) for each in event.resources)
            return left == set(ids)

        await h.advance_until(follow, step=1.0)
        (row,) = await h.engine.resources()
        assert (row.resource.name, row.superseded) == ("c.bin", False)
        (parent,) = await h.engine.collections()
        assert parent.summary.resources == 1


async def test_what_takes_over_from_a_file_that_failed_has_its_name_and_that_one_can_still_be_brought(
    tmp_path: Path,
) -> None:
    async with Harness(tmp_path) as h:
        fail(h.fetch, "a.bin", errors.RemoteGone(host="h", status=404))
        old = pack(tmp_path / "to", "a.bin")
        (gone,) = await h.get(old)
        assert (await h.settled([gone]))[0].state is State.GONE
        (child,) = old.resources
        new = msgspec.structs.replace(child, id=child.id[::-1], key="new")
        (fresh,) = await h.get(replace(old, resources=(new,), is_whole=True))
        (row,) = await h.settled([fresh])
        assert (row.state, row.target) == (State.DOWNLOADED, str(tmp_path / "to" / "a.bin"))
        await h.engine.retry([gone])
        (row,) = await h.settled([gone])
        assert (row.superseded, row.target) == (True, str(tmp_path / "to" / f"a-{child.tag}.bin"))


async def test_a_list_without_files_supersedes_nothing(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        listed = pack(tmp_path / "to", "a.bin")
        await h.add(listed)
        await h.add(replace(listed, resources=(), is_whole=True))
        assert [row.superseded for row in await h.engine.resources()] == [False]


async def test_a_name_that_is_not_listed_any_more_can_be_brought_by_who_still_knows_it(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        (old,) = await h.add(pack(tmp_path / "to", "a.bin"))
        await h.add(replace(pack(tmp_path / "to", "b.bin"), is_whole=True))
        assert [row.resource.name for row in await h.engine.resources()] == ["b.bin"]
        await h.engine.enqueue([old])
        (row,) = await h.settled([old])
        assert (row.state, row.superseded, row.is_listed) == (State.DOWNLOADED, True, True)


async def test_enqueue_again_does_nothing_to_what_runs_or_is_here(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        (step,) = hold(h.fetch, "b.bin")
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        await h.settled(ids[:1])
        await h.until_state(State.DOWNLOADING, ids[1])
        await h.engine.enqueue(ids)
        step.go.set()
        await h.settled(ids)
        assert h.fetch.calls.count("a.bin") == h.fetch.calls.count("b.bin") == 1


async def test_no_more_jobs_run_at_once_than_allowed(tmp_path: Path) -> None:
    names = [f"{number}.bin" for number in range(30)]
    async with Harness(tmp_path, settings=Settings(jobs=3)) as h:
        steps = hold(h.fetch, *names)
        ids = await h.get(pack(tmp_path / "to", *names))
        for number, step in enumerate(steps):
            await h.until_state(State.DOWNLOADING, *ids[number : number + 3])
            step.go.set()
        rows = await h.settled(ids)
        assert {row.state for row in rows} == {State.DOWNLOADED}
        assert h.fetch.most == 3
        assert h.fetch.calls == names, "in the order of the queue"


async def test_more_jobs_start_when_the_limit_rises(tmp_path: Path) -> None:
    async with Harness(tmp_path, settings=Settings(jobs=1)) as h:
        steps = hold(h.fetch, *FOUR)
        ids = await h.get(pack(tmp_path / "to", *FOUR))
        await h.until_state(State.DOWNLOADING, ids[0])
        h.engine.set_settings(Settings(jobs=4))
        await h.until_state(State.DOWNLOADING, *ids)
        for step in steps:
            step.go.set()
        await h.settled(ids)


async def test_commands_on_what_another_process_holds_say_so(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h, Harness(tmp_path) as other:
        hold(h.fetch, "a.bin")
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        await h.settled(ids[1:])
        await h.until_state(State.DOWNLOADING, ids[0])
        for command in (other.engine.pause, other.engine.cancel, other.engine.remove):
            with pytest.raises(PartInUse):
                await command(ids)
        assert h.fetch.active == ["a.bin"]
        await h.engine.pause(ids[:1])


async def test_commands_before_and_after_the_engine_runs_are_refused(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        pass
    with pytest.raises(EngineStopped):
        await h.engine.pause(["x"])
    assert repr(h.engine) == f"<Engine {tmp_path / 'data'} stopped>"


async def test_twins_and_reserved_places_get_names_of_their_own(tmp_path: Path) -> None:
    """F06, P08."""
    async with Harness(tmp_path) as h:
        first = await h.get(pack(tmp_path / "to", "Model.bin", "model.bin", "other.bin", title="First"))
        second = await h.get(pack(tmp_path / "to", "other.bin", title="Second"))
        # The second one may have to wait for its twin.
        await h.advance_until(lambda: {h.state(each) for each in (*first, *second)} == {State.DOWNLOADED})
        names = sorted(path.name for path in (tmp_path / "to").iterdir())
        assert names == sorted(
            [f"Model-{first[0][:8]}.bin", f"model-{first[1][:8]}.bin", "other.bin", f"other-{second[0][:8]}.bin"]
        )


async def test_go_on_leaves_what_is_paused_unless_its_collection_is_named(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        fail(h.fetch, "a.bin", errors.ServerFailed(host="x", status=500))
        fail(h.fetch, "b.bin", errors.WebPage(host="x"))
        hold(h.fetch, "c.bin")
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin", "c.bin"))
        await h.until_state(State.DOWNLOADING, ids[2])
        await h.engine.pause(ids[2:])
        await h.settled(ids)
        assert await h.engine.go_on() == ids[:1], "only what another try may cure"
        await h.settled(ids)
        (collection,) = await h.engine.collections()
        assert await h.engine.go_on(collection.id) == ids[2:]
        rows = await h.settled(ids)
        assert [row.state for row in rows] == [State.DOWNLOADED, State.FAILED, State.DOWNLOADED]


async def test_expanding_keeps_good_locators_apart_from_bad_ones(tmp_path: Path) -> None:
    from stabilitydl.hubs.protocol import Destination

    async with Harness(tmp_path) as h:
        h.hub.packs["good"] = pack(tmp_path / "to", "a.bin")
        found, problems = await h.engine.expand(["fake:bad", "fake:good", "what?"], Destination(tmp_path))
        assert [each.collection.title for each in found] == ["Pack"]
        assert [problem.code for problem in problems] == ["not-found", "unknown-locator"]
        assert "body" not in problems[0].arguments
        assert await h.engine.collections() == [], "nothing is stored"


async def test_what_would_happen_is_foreseen_without_storing(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        expansion = pack(tmp_path / "to", "a.bin", "b.bin")
        (tmp_path / "to").mkdir()
        (tmp_path / "to" / "b.bin").write_bytes(FakeFetch.content("b.bin"))
        first, second = await h.engine.foresee(expansion)
        assert (first.row.state, first.row.target, first.is_here) == (
            State.MISSING,
            str(tmp_path / "to" / "a.bin"),
            False,
        )
        assert second.is_here
        assert await h.engine.resources() == []


async def test_who_waits_for_the_end_hears_of_the_command_that_brought_it(tmp_path: Path) -> None:
    async with Harness(tmp_path, settings=Settings(jobs=1)) as h:
        hold(h.fetch, "a.bin")
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        await h.until_state(State.DOWNLOADING, ids[0])
        seen: list[State] = []

        async def wait() -> None:
            seen.extend(row.state for row in await h.engine.wait_settled(ids))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wait)
            await anyio.wait_all_tasks_blocked()
            await h.engine.pause(ids)
        assert seen == [State.PAUSED, State.PAUSED]
