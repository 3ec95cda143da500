"""What happens rarely: rows that vanish, a database that fails, places that others take in between."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from stabilitydl import errors
from stabilitydl.domain.attempt import Outcome
from stabilitydl.domain.resource import Wait
from stabilitydl.domain.states import State, WaitReason
from stabilitydl.engine.ledger import Ledger
from stabilitydl.errors import NoSpace, StoreDamaged, StoreError, TargetTaken
from stabilitydl.hubs.protocol import Destination, Expansion
from stabilitydl.settings import Settings
from stabilitydl.store.store import Store
from tests.engine.harness import Harness
from tests.engine.real import Trickle, contents, pack_of, real
from tests.fakes.hub import pack
from tests.fakes.origin import FileOrigin
from tests.fakes.transfer import FakeFetch, Raise, fail, hold

pytestmark = pytest.mark.anyio

ONE = Settings(jobs=1)


async def test_what_another_process_removed_meanwhile_ends_as_missing(tmp_path: Path) -> None:
    """C13: never a file for a row that is not listed."""
    async with Harness(tmp_path, settings=ONE) as h, Harness(tmp_path) as other:
        (step,) = hold(h.fetch, "a.bin")
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        await h.until_state(State.DOWNLOADING, ids[0])
        await other.engine.remove(ids[1:])
        step.go.set()
        rows = await h.settled(ids)
        assert [row.id for row in rows] == ids[:1]
        assert h.state(ids[1]) is State.MISSING
        assert h.fetch.calls == ["a.bin"]


async def test_a_row_that_goes_between_lock_and_attempt_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(self: Store, resource_id: str, start: float) -> int:
        raise errors.NoLongerListed

    async with Harness(tmp_path) as h:
        ids = await h.add(pack(tmp_path / "to", "a.bin"))
        monkeypatch.setattr(Store, "begin_attempt", gone)
        await h.engine.enqueue(ids)
        await h.settled(ids)
        assert h.state(ids[0]) is State.MISSING


async def test_a_job_whose_end_cannot_be_written_shows_why_and_lets_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def damaged(self: Ledger, *_: object) -> None:
        raise StoreDamaged(path="/db", detail="torn page")

    async with Harness(tmp_path) as h:
        with monkeypatch.context() as patch:
            patch.setattr(Ledger, "finish", damaged)
            ids = await h.get(pack(tmp_path / "to", "a.bin"))
            await h.settled(ids)
            assert h.changes(ids[0])[-1].problem == StoreDamaged(path="/db", detail="torn page").problem
        h.checked = False  # what could not be written is not where the next move begins
        await h.engine.retry(ids)
        (row,) = await h.settled(ids)
        assert row.state is State.DOWNLOADED, "the lock was let go, and the file was found"
    assert "cannot be written" in caplog.text


async def test_a_database_that_cannot_be_read_at_the_start_of_a_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(self: Ledger, *_: object) -> None:
        raise StoreDamaged(path="/db", detail="torn page")

    async with Harness(tmp_path) as h:
        ids = await h.add(pack(tmp_path / "to", "a.bin"))
        monkeypatch.setattr(Ledger, "claim", damaged)
        await h.engine.enqueue(ids)
        await h.settled(ids)
        assert h.state(ids[0]) is State.FAILED


async def test_a_place_that_is_taken_in_between_is_avoided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P08 between two processes."""
    first, second = pack(tmp_path / "to", "a.bin", title="First"), pack(tmp_path / "to", "a.bin", title="Second")
    async with Harness(tmp_path) as h, Harness(tmp_path) as other:
        (mine,), (theirs,) = await h.add(first), await h.add(second)
        original, calls = Store.reserved, 0

        def reserved(self: Store, paths: list[str]) -> dict[str, str]:
            nonlocal calls
            calls += 1
            found = original(self, paths)
            if calls == 1:
                other.engine._on.recorder._ledger.store.enqueue([(theirs, paths[0])])
            return found

        monkeypatch.setattr(Store, "reserved", reserved)
        await h.engine.enqueue([mine])
        (row,) = await h.settled([mine])
        assert Path(row.target or "").name == f"a-{mine[:8]}.bin"
        assert calls == 2


async def test_a_place_that_is_always_taken_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(self: Store, targets: list[tuple[str, str]]) -> None:
        raise TargetTaken(path=targets[0][1])

    async with Harness(tmp_path) as h:
        ids = await h.add(pack(tmp_path / "to", "a.bin"))
        monkeypatch.setattr(Store, "enqueue", taken)
        with pytest.raises(TargetTaken):
            await h.engine.enqueue(ids)
        assert (await h.engine.snapshots(ids))[0].state is State.MISSING


async def test_unknown_ids_are_left_out(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        for command in (
            h.engine.enqueue,
            h.engine.pause,
            h.engine.resume,
            h.engine.retry,
            h.engine.cancel,
            h.engine.remove,
        ):
            await command(["0" * 32])
        assert await h.engine.undo_cancel(["0" * 32]) == []
        assert await h.settled(["0" * 32]) == []


async def test_what_changed_after_another_process_brought_it_is_looked_at_again(tmp_path: Path) -> None:
    async with Harness(tmp_path, settings=ONE) as h, Harness(tmp_path) as other:
        (step,) = hold(h.fetch, "a.bin")
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        await h.until_state(State.DOWNLOADING, ids[0])
        await other.engine.enqueue(ids[1:])
        (row,) = await other.settled(ids[1:])
        Path(row.target or "").unlink()
        step.go.set()
        rows = await h.settled(ids)
        assert [row.state for row in rows] == [State.DOWNLOADED] * 2
        assert h.fetch.calls == ["a.bin", "b.bin"]


async def test_the_byte_path_may_wait_by_itself(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        (step,) = hold(h.fetch, "a.bin")
        ids = await h.get(pack(tmp_path / "to", "a.bin"))
        await h.until_state(State.DOWNLOADING, *ids)
        job = h.engine._on.fleet._jobs[ids[0]]
        job.waiting(Wait(WaitReason.HOST, until=5.0))
        assert (await h.engine.snapshots(ids))[0].wait == Wait(WaitReason.HOST, until=5.0)
        job.phase(State.DOWNLOADING)
        assert (await h.engine.snapshots(ids))[0].wait is None
        step.go.set()
        await h.settled(ids)


async def test_after_its_wait_a_resource_queues_behind_what_runs(tmp_path: Path) -> None:
    async with Harness(tmp_path, settings=ONE, may_log_in=True) as h:
        fail(h.fetch, "a.bin", errors.LoginNeeded(host="fake.test"))
        (step,) = hold(h.fetch, "b.bin")
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        await h.until_state(State.WAITING, ids[0])
        await h.until_state(State.DOWNLOADING, ids[1])
        await h.engine.retry(ids[:1])
        await h.until_state(State.QUEUED, ids[0])
        step.go.set()
        rows = await h.settled(ids)
        assert {row.state for row in rows} == {State.DOWNLOADED}


async def test_a_volume_that_cannot_be_measured_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Harness(tmp_path) as h:
        fail(h.fetch, "a.bin", NoSpace(path="/x", needed_bytes=5, free_bytes=0), after=1)
        ids = await h.get(pack(tmp_path / "to", "a.bin"))
        await h.until_state(State.WAITING, *ids)

        async def free(path: Path) -> int:
            raise errors.DiskFault(path=str(path), detail="EIO")

        monkeypatch.setattr(h.engine._on.services.disk, "free", free)
        await h.advance_until(lambda: h.state(ids[0]) is State.DOWNLOADED, step=5)


async def test_a_part_that_another_process_left_is_taken_over(tmp_path: Path) -> None:
    """Two data directories, one folder: what the first one paused, the second one finishes."""
    with FileOrigin() as origin:
        file = origin.add("/a.bin", contents(12 * 1024 * 1024, 1))
        trickle = Trickle(origin, 9 * 1024 * 1024)
        origin.routes[file.path] = trickle
        one = Settings(connections=1)
        async with real(tmp_path / "one", one) as h, real(tmp_path / "two", one) as other:
            ids = await h.get(pack_of(tmp_path / "to", [file]))
            await h.until(lambda: any(job.live.received >= 8 * 2**20 for job in h.engine._on.fleet._jobs.values()))
            await other.get(pack_of(tmp_path / "to", [file]))
            await other.until_state(State.WAITING, *ids)
            await h.engine.pause(ids)
            trickle.go.set()
            (row,) = await other.settled(ids)
            assert row.state is State.DOWNLOADED
            (event,) = other.downloads()
            assert event.fetched < 8 * 2**20
        assert [path.name for path in (tmp_path / "to").iterdir()] == ["a.bin"]


async def test_a_hub_that_breaks_while_listing_hides_no_other_locator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Harness(tmp_path) as h:
        h.hub.packs["good"] = pack(tmp_path / "to", "a.bin")
        expand = h.hub.expand

        async def broken(locator: object, destination: Destination, client: object) -> Expansion:
            if locator.identity == "odd":  # type: ignore[attr-defined]
                raise KeyError("files")
            return await expand(locator, destination, client)  # type: ignore[arg-type]

        monkeypatch.setattr(h.hub, "expand", broken)
        found, problems = await h.engine.expand(["fake:odd", "fake:good"], Destination(tmp_path))
        assert (len(found), [problem.code for problem in problems]) == (1, ["internal"])


async def test_an_address_of_a_hub_that_is_not_known_says_so(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        expansion = pack(tmp_path / "to", "a.bin")
        resource = expansion.resources[0]
        from msgspec.structs import replace

        from stabilitydl.domain.resource import Address

        resource = replace(resource, addresses=(Address("future", "x"),))
        ids = await h.get(Expansion(collection=expansion.collection, resources=(resource,)))
        (row,) = await h.settled(ids)
        assert (row.state, row.problem and row.problem.code) == (State.FAILED, "hub")


async def test_disk_errors_of_the_byte_path_end_the_job_at_once(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        h.fetch.scripts["a.bin"].append(Raise(errors.NameTooLong(path="/x"), early=True))
        (row,) = await h.settled(await h.get(pack(tmp_path / "to", "a.bin")))
        assert (row.state, row.problem and row.problem.code) == (State.FAILED, "name-too-long")


async def test_many_rows_are_queued_without_holding_up_the_others(tmp_path: Path) -> None:
    names = [f"{number}.bin" for number in range(600)]
    async with Harness(tmp_path, settings=ONE) as h:
        hold(h.fetch, "0.bin")
        ids = await h.get(pack(tmp_path / "to", *names))
        await h.until_state(State.DOWNLOADING, ids[0])
        assert repr(h.engine._on.fleet) == "<Fleet 599 queued, 1 started>"
        await h.engine.pause(ids)
        rows = await h.engine.resources()
        assert {row.state for row in rows} == {State.PAUSED}


async def test_cancel_and_remove_survive_a_part_that_is_in_use(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with FileOrigin() as origin:
        file = origin.add("/a.bin", contents(1000, 1))
        trickle = Trickle(origin, 10)
        origin.routes[file.path] = trickle
        async with real(tmp_path / "one") as h, real(tmp_path / "two") as other:
            ids = await h.get(pack_of(tmp_path / "to", [file]))
            await h.until_state(State.DOWNLOADING, *ids)
            await other.get(pack_of(tmp_path / "to", [file]))
            await other.until_state(State.WAITING, *ids)
            await other.engine.remove(ids)
            assert "stays" in caplog.text
            trickle.go.set()
            (row,) = await h.settled(ids)
            assert row.state is State.DOWNLOADED


async def test_attempts_count_what_was_found_apart(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        (tmp_path / "to").mkdir()
        (tmp_path / "to" / "a.bin").write_bytes(FakeFetch.content("a.bin"))
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        await h.settled(ids)
        (snapshot,) = await h.engine.collections()
        assert snapshot.downloads == 1
        assert [attempt.outcome for attempt in await h.engine.attempts(ids[0])] == [Outcome.FOUND]


async def test_a_batch_that_cannot_be_written_does_not_end_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with Harness(tmp_path) as h:
        (step,) = hold(h.fetch, "a.bin")
        failures = 0

        async def flush() -> None:
            nonlocal failures
            failures += 1
            raise ValueError("boom")

        with monkeypatch.context() as patch:
            patch.setattr(h.engine._on.recorder, "flush", flush)
            ids = await h.get(pack(tmp_path / "to", "a.bin"))
            await h.advance_until(lambda: failures >= 3)
        step.go.set()
        await h.settled(ids)
        assert "states cannot be written" in caplog.text


async def test_a_database_that_cannot_be_opened_is_said_when_the_engine_starts(tmp_path: Path) -> None:
    h = Harness(tmp_path)
    h.paths.database.mkdir(parents=True)
    with pytest.raises(BaseExceptionGroup) as caught:
        async with anyio.create_task_group() as tasks:
            await tasks.start(h.engine.run)
    assert caught.group_contains(StoreError)


async def test_nothing_starts_any_more_while_the_engine_stops(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        ids = await h.add(pack(tmp_path / "to", "a.bin"))
        await h.engine._on.fleet.stop_all()
        await h.engine.enqueue(ids)
        await h.calm()
        assert h.fetch.calls == []
        assert (await h.engine.snapshots(ids))[0].state is State.QUEUED
