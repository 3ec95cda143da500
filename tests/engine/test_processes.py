"""Two processes at once: every file arrives exactly once, and nobody stays behind."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

from stabilitydl.disk.disk import Disk
from stabilitydl.disk.system import system
from stabilitydl.domain.attempt import Outcome
from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.states import State, WaitReason
from stabilitydl.engine.locks import ResourceLocks
from stabilitydl.errors import NotWritable
from stabilitydl.store.store import Store
from tests.engine.real import Child, Trickle, contents, eventually, pack_of, real
from tests.fakes.origin import FileOrigin, Served

pytestmark = pytest.mark.anyio

SIZE = 300_000


@pytest.mark.parametrize("checksums", [True, False], ids=["checksums", "no-checksums"])
@pytest.mark.parametrize("home", ["one", "two"], ids=["one-data-directory", "two-data-directories"])
async def test_what_another_process_is_bringing_is_waited_for(tmp_path: Path, home: str, checksums: bool) -> None:
    """P04, and P03's second line: the lock of the part itself."""
    with FileOrigin() as origin:
        files = [origin.add(f"/{number}.bin", contents(SIZE, number)) for number in range(4)]
        trickle = Trickle(origin, 1000)
        origin.routes.update({file.path: trickle for file in files})
        with Child(tmp_path / "one", tmp_path / "to", files, checksums=checksums) as child:
            await eventually(lambda: sum("downloading" in line for line in child.lines) == 4)
            async with real(tmp_path / home) as h:
                ids = await h.get(pack_of(tmp_path / "to", files, checksums=checksums))
                await h.until_state(State.WAITING, *ids)
                waits = {event.wait and event.wait.reason for each in ids for event in h.changes(each)[-1:]}
                assert waits == {WaitReason.PROCESS}
                await h.engine._on.recorder.flush()
                assert State.WAITING not in {row.state for row in stored(tmp_path / home)}, "never written"
                if home == "one":
                    await eventually(lambda: {row.state for row in stored(tmp_path / home)} == {State.DOWNLOADING})
                trickle.go.set()
                rows = await h.settled(ids)
                assert child.wait() == 0
                assert {row.state for row in rows} == {State.DOWNLOADED}
                assert [event.fetched for event in h.downloads()] == [0] * 4
                assert {h.states(each).count(State.WAITING) for each in ids} == {1}, "no flicker"
                outcome = Outcome.DOWNLOADED if home == "one" else Outcome.FOUND
                for each in ids:
                    assert [attempt.outcome for attempt in await h.engine.attempts(each)] == [outcome]
                expected = Verification.VERIFIED if checksums else rows[0].verification
                assert {row.verification for row in rows} == {expected}
        assert "end downloaded downloaded downloaded downloaded" in child.lines
        check_arrived_once(tmp_path / "to", files)


@pytest.mark.parametrize("home", ["one", "two"], ids=["one-data-directory", "two-data-directories"])
async def test_two_processes_share_a_pack_without_fetching_anything_twice(tmp_path: Path, home: str) -> None:
    with FileOrigin() as origin:
        files = [origin.add(f"/{number}.bin", contents(SIZE, number)) for number in range(40)]
        with Child(tmp_path / "one", tmp_path / "to", files) as child:
            await eventually(lambda: bool(child.lines))
            async with real(tmp_path / home) as h:
                rows = await h.settled(await h.get(pack_of(tmp_path / "to", files)))
                assert {row.state for row in rows} == {State.DOWNLOADED}
                assert child.wait() == 0
            brought = sum(int(line.split()[2]) > 0 for line in child.lines if line.startswith("downloaded"))
            assert brought + sum(event.fetched > 0 for event in h.downloads()) == 40
        check_arrived_once(tmp_path / "to", files)
        assert [origin.times(file.path) for file in files] == [1] * 40


async def test_when_the_other_process_dies_its_files_are_taken_over(tmp_path: Path) -> None:
    """P02."""
    with FileOrigin() as origin:
        files = [origin.add(f"/{number}.bin", contents(SIZE, number)) for number in range(2)]
        trickle = Trickle(origin, 1000)
        origin.routes.update({file.path: trickle for file in files})
        with Child(tmp_path, tmp_path / "to", files) as child:
            await eventually(lambda: sum("downloading" in line for line in child.lines) == 2)
            async with real(tmp_path) as h:
                ids = await h.get(pack_of(tmp_path / "to", files))
                await h.until_state(State.WAITING, *ids)
                child.kill()
                trickle.go.set()
                rows = await h.settled(ids)
                assert {row.state for row in rows} == {State.DOWNLOADED}
        check_arrived_once(tmp_path / "to", files)


async def test_what_another_process_paused_or_gave_up_stays_so(tmp_path: Path) -> None:
    with FileOrigin() as origin:
        files = [origin.add(f"/{number}.bin", contents(SIZE, number)) for number in range(2)]
        trickle = Trickle(origin, 1000)
        origin.routes.update({file.path: trickle for file in files})
        async with real(tmp_path) as h, real(tmp_path) as other:
            ids = await h.get(pack_of(tmp_path / "to", files))
            await h.until_state(State.DOWNLOADING, *ids)
            await other.get(pack_of(tmp_path / "to", files))
            await other.until_state(State.WAITING, *ids)
            await h.engine.pause(ids[:1])
            await h.engine.cancel(ids[1:])
            rows = await other.settled(ids)
            assert [row.state for row in rows] == [State.PAUSED, State.MISSING]
            assert [other.state(each) for each in ids] == [State.PAUSED, State.MISSING]


def stored(folder: Path) -> list:  # type: ignore[type-arg]
    store = Store.open(folder / "data" / "stabilitydl.db")
    try:
        return store.resources()
    finally:
        store.close()


def check_arrived_once(folder: Path, files: list[Served]) -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    assert found == {file.path.lstrip("/"): file.sha256 for file in files}


class TestLocks:
    def test_one_holder_at_a_time(self, tmp_path: Path) -> None:
        first, second = ResourceLocks(tmp_path / "locks"), ResourceLocks(tmp_path / "locks")
        assert first.take("a")
        assert not first.take("a")
        assert not second.take("a")
        assert second.take("b")
        assert "a" in first
        assert repr(first) == f"<ResourceLocks 1 held in {tmp_path / 'locks'}>"
        first.release("a")
        first.release("a")
        assert second.take("a")
        second.close()
        assert first.take("a")
        first.close()

    def test_a_lock_taken_in_one_thread_is_let_go_in_another(self, tmp_path: Path) -> None:
        from threading import Thread

        locks = ResourceLocks(tmp_path)
        taker = Thread(target=locks.take, args=("a",))
        taker.start()
        taker.join()
        locks.release("a")
        other = ResourceLocks(tmp_path)
        assert other.take("a")
        other.close()

    def test_lock_files_of_removed_resources_go(self, tmp_path: Path) -> None:
        locks = ResourceLocks(tmp_path)
        locks.take("a")
        locks.forget(["a", "b"])
        assert list(tmp_path.iterdir()) == []
        assert locks.take("a")
        locks.close()

    def test_a_lock_file_that_is_removed_while_it_is_taken_is_no_lock(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever makes it anew would hold the lock as well."""
        original, opened = system.open_lock, 0

        def open_lock(path: str) -> int:
            nonlocal opened
            descriptor = original(path)
            opened += 1
            if opened == 1:
                Path(path).unlink()
            return descriptor

        locks, others = ResourceLocks(tmp_path), ResourceLocks(tmp_path)
        monkeypatch.setattr(system, "open_lock", open_lock)
        assert locks.take("a")
        assert opened == 2
        assert not others.take("a")
        locks.close()

    def test_a_folder_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(NotWritable):
            ResourceLocks(tmp_path / "file" / "locks").take("a")


async def test_what_another_process_finished_is_not_overwritten_by_a_tick(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tick falls between the lock and the look at the file, while this engine still believes in an older row."""
    with FileOrigin() as origin:
        file = origin.add("/0.bin", contents(SIZE, 0))
        async with real(tmp_path / "one") as h:
            (row,) = await h.settled(await h.get(pack_of(tmp_path / "to", [file])))
            parts = h.engine._on
            stat = Disk.stat

            async def ticking(disk: Disk, path: Path) -> tuple[int, int] | None:
                parts.fleet.report()
                await parts.recorder.flush()
                return await stat(disk, path)

            monkeypatch.setattr(Disk, "stat", ticking)
            h.follow()
            h.events.clear()
            await parts.fleet.put([msgspec.structs.replace(row, state=State.QUEUED, received=5)])
            assert [each.state for each in await h.settled([row.id])] == [State.DOWNLOADED]
            assert {each.state for each in stored(tmp_path / "one")} == {State.DOWNLOADED}
        assert origin.times(file.path) == 1
