"""Volumes that are taken away, turn read-only or stumble: nothing is written to where they should be."""

from __future__ import annotations

import errno
import subprocess
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import anyio
import msgspec
import pytest

from stabilitydl import errors
from stabilitydl.disk import exposure, patience, syncer
from stabilitydl.disk.place import PART_SUFFIX
from stabilitydl.disk.reader import Handle
from stabilitydl.disk.system import system
from stabilitydl.domain.chunk import Chunk
from stabilitydl.domain.states import State, WaitReason
from stabilitydl.engine import remedies
from stabilitydl.engine.fleet import VOLUME_SECONDS
from stabilitydl.engine.twins import LOOK_SECONDS
from stabilitydl.hubs.protocol import Expansion
from stabilitydl.mounts import Mount, mount_of
from stabilitydl.settings import Settings
from tests.engine.harness import PATIENCE, Harness
from tests.engine.real import Trickle, contents, expand, pack_of, real
from tests.fakes.hub import pack
from tests.fakes.origin import FileOrigin
from tests.fakes.transfer import Raise, fail

pytestmark = pytest.mark.anyio


class Stick:
    """A list of mounts with a volume at ``place``, or without."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.mounted = True
        self._lists = [[Mount("/", "ext4")], [Mount("/", "ext4"), Mount(str(place), "vfat")]]

    def now(self) -> list[Mount]:
        return self._lists[self.mounted]

    def close(self) -> None:
        pass


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stick:
    stick = Stick(tmp_path / "stick")
    stick.place.mkdir()
    monkeypatch.setattr("stabilitydl.engine.volumes.MountList", lambda: stick)
    return stick


async def test_nothing_is_written_to_a_bare_mount_point(tmp_path: Path, stick: Stick) -> None:
    """D07: it waits, also over a restart, and goes on by itself."""
    async with Harness(tmp_path) as h:
        ids = await h.get(pack(stick.place / "to", "a.bin"))
        await h.settled(ids)
        more = await h.add(pack(stick.place / "to", "a.bin", "b.bin"))
        h.fetch.calls.clear()
        stick.mounted = False
        await h.engine.enqueue(more[1:])
        await h.until_state(State.WAITING, more[1])
        (change,) = [change for change in h.changes(more[1]) if change.new is State.WAITING]
        assert change.wait is not None
        assert (change.wait.reason, change.wait.detail) == (WaitReason.VOLUME, str(stick.place))
    async with Harness(tmp_path) as h:
        await h.engine.go_on()
        await h.until_state(State.WAITING, more[1])
        h.clock.advance(20)
        await h.calm()
        assert h.fetch.calls == []
        assert not (stick.place / "to" / "b.bin").exists()
        stick.mounted = True
        await h.advance_until(lambda: h.state(more[1]) is State.DOWNLOADED, step=5)
        assert (stick.place / "to" / "b.bin").exists()


async def test_a_volume_that_is_taken_away_in_mid_file_is_waited_for(tmp_path: Path, stick: Stick) -> None:
    """D07: whatever the system calls it, the drive is gone."""
    async with Harness(tmp_path) as h:

        def pull() -> errors.DiskFault:
            stick.mounted = False
            return errors.DiskFault(path="/x", detail="Input/output error")

        class Pull(Raise):
            @property
            def error(self) -> Exception:
                return pull()

            @error.setter
            def error(self, value: Exception) -> None:
                """It comes when it is raised."""

        h.fetch.scripts["a.bin"].append(Pull(errors.DiskFault(), after=5))
        ids = await h.get(pack(stick.place / "to", "a.bin"))
        await h.until_state(State.WAITING, *ids)
        stick.mounted = True
        await h.advance_until(lambda: h.state(ids[0]) is State.DOWNLOADED, step=5)


async def test_a_volume_that_turns_read_only_is_waited_for(tmp_path: Path) -> None:
    """D07"""
    async with Harness(tmp_path) as h:
        fail(h.fetch, "a.bin", errors.VolumeReadOnly(path="/x"), after=5)
        ids = await h.get(pack(tmp_path / "to", "a.bin"))
        await h.until_state(State.WAITING, *ids)
        await h.advance_until(lambda: h.state(ids[0]) is State.DOWNLOADED, step=5)


async def test_a_volume_that_always_was_read_only_is_said_at_once(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        h.fetch.scripts["a.bin"].append(Raise(errors.VolumeReadOnly(path="/x"), early=True))
        (row,) = await h.settled(await h.get(pack(tmp_path / "to", "a.bin")))
        assert (row.state, row.problem and row.problem.code) == (State.FAILED, "volume-read-only")


async def test_a_drive_may_stumble_once(tmp_path: Path) -> None:
    """D05: tried again once; the second error is the end."""
    async with Harness(tmp_path) as h:
        fault = errors.DiskFault(path="/x", detail="Input/output error")
        fail(h.fetch, "a.bin", fault, after=5)
        fail(h.fetch, "b.bin", fault, fault, after=5)
        rows = await h.settled(await h.get(pack(tmp_path / "to", "a.bin", "b.bin")))
        assert [row.state for row in rows] == [State.DOWNLOADED, State.FAILED]
        assert rows[1].problem == fault.problem


def sized(expansion: Expansion, size: int) -> Expansion:
    """The hub says how large each file is."""
    children = tuple(msgspec.structs.replace(each, size=size) for each in expansion.resources)
    return replace(expansion, resources=children)


async def test_a_real_volume_fills_up_and_gets_room(tmp_path: Path, small_volume: Callable[..., Path]) -> None:
    """D01, D02: said before the first byte; what was begun waits and goes on when there is room."""
    volume = small_volume("size=24m")
    with FileOrigin() as origin:
        file = origin.add("/a.bin", contents(12 << 20, 1))
        async with real(tmp_path) as h:
            (volume / "ballast").write_bytes(bytes(14 << 20))
            ids = await h.get(sized(pack_of(volume / "to", [file]), 12 << 20))
            await h.until_state(State.WAITING, *ids)
            wait = h.changes(ids[0])[-1].wait
            assert wait is not None
            assert wait.reason is WaitReason.SPACE
            assert origin.requests == []
            (volume / "ballast").unlink()
            await h.engine.resume(ids)
            (row,) = await h.settled(ids)
            assert row.state is State.DOWNLOADED
        assert [path.name for path in (volume / "to").iterdir()] == ["a.bin"]


async def test_a_file_that_no_freeing_would_make_fit_is_refused(
    tmp_path: Path, small_volume: Callable[..., Path]
) -> None:
    """D01: said before the first byte."""
    volume = small_volume("size=8m")
    with FileOrigin() as origin:
        file = origin.add("/a.bin", contents(12 << 20, 1))
        async with real(tmp_path) as h:
            (row,) = await h.settled(await h.get(sized(pack_of(volume / "to", [file]), 12 << 20)))
            assert (row.state, row.problem and row.problem.code) == (State.FAILED, "volume-too-small")
        assert origin.requests == []


async def test_what_was_reserved_before_a_restart_counts_as_there(
    tmp_path: Path, small_volume: Callable[..., Path]
) -> None:
    """D01, D02: the rest of a part whose blocks are its own already needs no room."""
    volume = small_volume("size=24m")
    with FileOrigin() as origin:
        file = origin.add("/a.bin", contents(12 << 20, 1))
        trickle = origin.routes["/a.bin"] = Trickle(origin, 2 << 20)
        wanted = sized(pack_of(volume / "to", [file]), 12 << 20)
        async with real(tmp_path) as h:
            ids = await h.get(wanted)
            await h.until(lambda: any(entry.received >= 2 << 20 for tick in h.ticks() for entry in tick.entries))
        (volume / "ballast").write_bytes(bytes(8 << 20))
        trickle.go.set()
        async with real(tmp_path) as h:
            await h.engine.go_on()
            (row,) = await h.settled(ids)
            assert row.state is State.DOWNLOADED
            assert State.WAITING not in h.states(ids[0])


async def test_a_real_volume_without_room_for_another_name(tmp_path: Path, small_volume: Callable[..., Path]) -> None:
    """D04"""
    volume = small_volume("size=8m,nr_inodes=3")
    with FileOrigin() as origin:
        files = [origin.add(f"/{name}.bin", contents(1000, 1)) for name in "abc"]
        async with real(tmp_path) as h:
            rows = await h.settled(await h.get(pack_of(volume / "to", files)))
            assert {row.state for row in rows} <= {State.FAILED, State.DOWNLOADED}
            failed = [row for row in rows if row.state is State.FAILED]
            assert failed
            assert {row.problem and row.problem.code for row in failed} == {"no-space"}


async def test_a_real_volume_is_pulled_and_comes_back(tmp_path: Path, small_volume: Callable[..., Path]) -> None:
    """D07"""
    volume = small_volume("size=64m")
    with FileOrigin() as origin:
        files = [origin.add(f"/{name}.bin", contents(1 << 20, place)) for place, name in enumerate("ab")]
        async with real(tmp_path) as h:
            ids = await h.get(pack_of(volume / "to", files[:1]))
            assert (await h.settled(ids))[0].state is State.DOWNLOADED
            assert mount_of(volume / "to").place == str(volume)
            subprocess.run(["umount", str(volume)], check=True)
            more = await h.get(pack_of(volume / "to", files))
            await h.until_state(State.WAITING, more[1])
            assert list(volume.iterdir()) == [], "nothing on the volume below"
            small_volume("size=64m")
            await h.engine.retry(more)
            rows = await h.settled(more)
            assert {row.state for row in rows} == {State.DOWNLOADED}
            assert sorted(path.name for path in (volume / "to").iterdir()) == ["a.bin", "b.bin"]


def test_what_the_system_says_of_a_read_only_volume() -> None:
    from stabilitydl.disk.system import map_error

    assert isinstance(map_error(OSError(errno.EROFS, "x"), "/x"), errors.VolumeReadOnly)


async def test_many_folders_on_a_drive_that_hangs_cost_the_patience_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D09: and nothing else waits for them."""
    async with Harness(tmp_path, settings=Settings(jobs=8)) as h:
        disk = h.engine._on.services.disk
        volume_of = disk.volume_of
        asked: set[Path] = set()

        async def hang(folder: Path) -> int:
            if "hung" in folder.parts:
                asked.add(folder)
                await anyio.sleep_forever()
            return await volume_of(folder)

        monkeypatch.setattr(disk, "volume_of", hang)
        ids = await h.add(pack(tmp_path / "hung", *(f"{number}/a.bin" for number in range(20)), "free.bin"))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(h.engine.enqueue, ids)
            await h.until(lambda: len(asked) == 21)
            h.clock.advance(VOLUME_SECONDS)
            await h.until_state(State.DOWNLOADED, *ids)


async def test_a_drive_that_does_not_answer_makes_way_for_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_volume: Callable[..., Path]
) -> None:
    """D09: it holds no place, no connection, and goes on when it answers again; nothing is lost."""
    monkeypatch.setattr(patience, "STUCK_SECONDS", 1.0)
    monkeypatch.setattr(remedies, "LOCAL_POLL", 0.05)
    volume = small_volume("size=64m")
    hangs, answers = threading.Event(), threading.Event()
    write_at = system.write_at

    def hang(descriptor: int, chunks: Sequence[Chunk], offset: int) -> int:
        if Path(f"/proc/self/fd/{descriptor}").readlink().is_relative_to(volume):
            hangs.set()
            answers.wait(PATIENCE)
        return write_at(descriptor, chunks, offset)

    monkeypatch.setattr(system, "write_at", hang)
    with FileOrigin() as origin:
        files = [origin.add(f"/{name}.bin", contents(12 << 20, place)) for place, name in enumerate("ab")]
        async with real(tmp_path, Settings(jobs=1, host_connections=1)) as h:
            try:
                (stuck,) = await h.get(pack_of(volume / "to", files[:1]))
                await h.until(hangs.is_set)
                (other,) = await h.get(pack_of(tmp_path / "to", files[1:]))
                await h.until_state(State.DOWNLOADED, other)
                wait = next(change.wait for change in h.changes(stuck) if change.new is State.WAITING)
                assert wait is not None
                assert wait.reason is WaitReason.DRIVE
            finally:
                answers.set()
            (row,) = await h.settled([stuck])
            assert row.state is State.DOWNLOADED
    assert (volume / "to" / "a.bin").read_bytes() == files[0].data
    assert [path.name for path in (volume / "to").iterdir()] == ["a.bin"]


async def test_a_drive_that_never_ends_a_sync_makes_way_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_volume: Callable[..., Path]
) -> None:
    """D09: writes are held back then, so that none of them can tell."""
    monkeypatch.setattr(patience, "STUCK_SECONDS", 1.0)
    monkeypatch.setattr(remedies, "LOCAL_POLL", 0.05)
    monkeypatch.setattr(syncer, "_SLOWEST", 1 << 40)
    for name, value in (("AT_RISK", 4 << 20), ("HARD_MARK", 2 << 20)):
        monkeypatch.setattr(exposure, f"{name}_BYTES", value)
        monkeypatch.setattr(exposure, f"{name}_SECONDS", 0.0)
    volume = small_volume("size=64m")
    answers = threading.Event()
    sync_data = system.sync_data

    def hang(descriptor: int) -> None:
        place = Path(f"/proc/self/fd/{descriptor}").readlink()
        if place.is_relative_to(volume) and place.name.endswith(PART_SUFFIX):
            answers.wait(PATIENCE)
        sync_data(descriptor)

    monkeypatch.setattr(system, "sync_data", hang)
    with FileOrigin() as origin:
        files = [origin.add(f"/{name}.bin", contents(32 << 20, place)) for place, name in enumerate("ab")]
        async with real(tmp_path, Settings(jobs=1, host_connections=1)) as h:
            try:
                (stuck,) = await h.get(pack_of(volume / "to", files[:1]))
                (other,) = await h.get(pack_of(tmp_path / "to", files[1:]))
                await h.until_state(State.DOWNLOADED, other)
                waits = [change.wait for change in h.changes(stuck) if change.new is State.WAITING]
                assert waits[0] is not None
                assert waits[0].reason is WaitReason.DRIVE
                (part,) = (volume / "to").glob("*" + PART_SUFFIX)
                assert part.stat().st_size <= 9 << 20, "what may be at risk, and what was accepted by then"
            finally:
                answers.set()
            (row,) = await h.settled([stuck])
            assert row.state is State.DOWNLOADED
    assert (volume / "to" / "a.bin").read_bytes() == files[0].data
    assert [path.name for path in (volume / "to").iterdir()] == ["a.bin"]


async def test_a_drive_that_does_not_give_back_what_it_has_makes_way_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_volume: Callable[..., Path]
) -> None:
    """D09: also while a file is read back."""
    monkeypatch.setattr(patience, "STUCK_SECONDS", 1.0)
    monkeypatch.setattr(remedies, "LOCAL_POLL", 0.05)
    volume = small_volume("size=64m")
    hangs, answers = threading.Event(), threading.Event()
    read_at = system.read_at

    def hang(descriptor: int, buffer: memoryview, offset: int) -> int:
        if Path(f"/proc/self/fd/{descriptor}").readlink().is_relative_to(volume):
            hangs.set()
            answers.wait(PATIENCE)
        return read_at(descriptor, buffer, offset)

    monkeypatch.setattr(system, "read_at", hang)
    with FileOrigin() as origin:
        files = [origin.add(f"/{name}.bin", contents(12 << 20, place)) for place, name in enumerate("ab")]
        async with real(tmp_path, Settings(jobs=1)) as h:
            try:
                (stuck,) = await h.get(pack_of(volume / "to", files[:1]))
                await h.until(hangs.is_set)
                (other,) = await h.get(pack_of(tmp_path / "to", files[1:]))
                await h.until_state(State.DOWNLOADED, other)
                waits = [change.wait for change in h.changes(stuck) if change.new is State.WAITING]
                assert waits[0] is not None
                assert waits[0].reason is WaitReason.DRIVE
            finally:
                answers.set()
            (row,) = await h.settled([stuck])
            assert row.state is State.DOWNLOADED
            assert (await h.engine.attempts(stuck))[-1].bytes <= 20 << 20, "what was written does not come again"
    assert (volume / "to" / "a.bin").read_bytes() == files[0].data
    assert [path.name for path in (volume / "to").iterdir()] == ["a.bin"]


async def test_the_file_of_a_twin_on_a_drive_that_hangs_comes_from_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D09"""
    monkeypatch.setattr(patience, "STUCK_SECONDS", 1.0)
    answers = threading.Event()
    read = Handle.read

    def hang(handle: Handle, count: int) -> bytes:
        answers.wait(PATIENCE)
        return read(handle, count)

    monkeypatch.setattr(Handle, "read", hang)
    with FileOrigin() as origin:
        file = origin.add("/a.bin", contents(1 << 20, 1))
        async with real(tmp_path) as h:
            try:
                (first,) = await h.get(pack_of(tmp_path / "one", [file]))
                await h.until_state(State.DOWNLOADED, first)
                (second,) = await h.get(pack_of(tmp_path / "two", [file]))
                await h.until_state(State.DOWNLOADED, second)
                assert (await h.engine.attempts(second))[-1].bytes == 1 << 20
            finally:
                answers.set()
    assert (tmp_path / "two" / "a.bin").read_bytes() == file.data


async def test_twins_on_a_drive_that_says_nothing_are_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D09"""
    async with Harness(tmp_path) as h:
        first = await h.get(pack(tmp_path / "one", "a.bin"))
        await h.until_state(State.DOWNLOADED, *first)
        asked = anyio.Event()

        async def hang(paths: Iterable[Path]) -> list[tuple[int, int] | None]:
            if any("one" in path.parts for path in paths):
                asked.set()
                await anyio.sleep_forever()
            return [None for _ in paths]

        second = await h.add(pack(tmp_path / "two", "a.bin", title="Other"))
        with monkeypatch.context() as cut:
            cut.setattr(h.engine._on.services.disk, "stats", hang)
            await h.engine.enqueue(second)
            await asked.wait()
            h.clock.advance(LOOK_SECONDS)
            await h.until_state(State.DOWNLOADED, *second)
        assert h.fetch.calls == ["a.bin", "a.bin"]


async def test_what_is_on_a_volume_that_was_taken_away_is_still_here_when_it_comes_back(
    tmp_path: Path, stick: Stick
) -> None:
    """D07: neither a finished file nor one in quarantine is missing for good."""
    to, away = stick.place / "to", tmp_path / "away"
    with FileOrigin() as origin:
        right = origin.add("/right.bin", contents(50_000, 2))
        origin.add("/wrong.bin", contents(50_000, 1))
        promised = origin.add("/promised.bin", contents(50_000, 3)).sha256
        async with real(tmp_path) as h:
            done = await h.get(pack_of(to, [right]))
            kept = await h.get(expand(to, [origin.url("/wrong.bin")], [promised]))
            await h.settled(done + kept)

            async def states() -> list[State]:
                return [row.state for row in await h.engine.snapshots(done + kept)]

            before = await states()
            assert before == [State.DOWNLOADED, State.QUARANTINED]
            stick.place.rename(away)
            stick.place.mkdir()
            stick.mounted = False
            await h.engine.refresh()
            assert await h.engine.quarantined() == []
            with pytest.raises(errors.VolumeMissing):
                await h.engine.accept_quarantined(kept)
            assert await states() == before
            assert not list(stick.place.iterdir()), "nothing is made at the bare mount point"
            stick.place.rmdir()
            away.rename(stick.place)
            stick.mounted = True
            await h.engine.refresh()
            assert await states() == before
            assert [one.resource for one in await h.engine.quarantined()] == kept
            (to / "right.bin").unlink()
            Path((await h.engine.quarantined())[0].path).unlink()
            await h.engine.refresh()
            assert await states() == [State.MISSING, State.MISSING], "what is gone from a volume that is there is gone"
