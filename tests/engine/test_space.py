"""Room on volumes is given out once: what is queued and at work counts, also where nothing of it is written yet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from stabilitydl import errors
from stabilitydl.disk.volumes import Room
from stabilitydl.domain.states import State, WaitReason
from stabilitydl.errors import NoSpace
from stabilitydl.hubs.protocol import Expansion
from stabilitydl.mounts import Mount
from stabilitydl.settings import Settings
from stabilitydl.transfer.order import Arrival, Live, Order, Services, Source, Watcher
from tests.engine.harness import Harness
from tests.fakes.hub import pack
from tests.fakes.transfer import FakeFetch, fail, hold

pytestmark = pytest.mark.anyio

GB = 10**9


class Volume:
    """A volume that reserves nothing by itself, as many file systems do not. ``taken``: by parts, by name."""

    def __init__(self, h: Harness, free: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.free = free
        self.taken: dict[str, int] = {}
        self.asked = 0
        disk = h.engine._on.services.disk
        monkeypatch.setattr(disk, "room", self._room)
        monkeypatch.setattr(disk, "free", self._free)

    async def _room(self, target: Path, tag: str) -> Room:
        self.asked += 1
        return Room(self.free, 100 * GB, self.taken.get(target.name, 0))

    async def _free(self, path: Path) -> int:
        return self.free


def large(folder: Path, **sizes: int) -> Expansion:
    """Files whose hub says how large they are; what comes is smaller, and nobody knows a checksum."""
    expansion = pack(folder, *sizes, checksums=False)
    children = tuple(msgspec.structs.replace(each, size=sizes[each.name]) for each in expansion.resources)
    return replace(expansion, resources=children)


async def test_what_does_not_fit_beside_the_others_waits_before_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D01, D02: it is not fetched, the next that fits goes first, and it goes on by itself when there is room."""
    async with Harness(tmp_path, settings=Settings(jobs=3)) as h:
        volume = Volume(h, 10 * GB, monkeypatch)
        first, _, _ = hold(h.fetch, "first", "second", "third")
        ids = await h.get(large(tmp_path / "to", first=6 * GB, second=5 * GB, third=4 * GB))
        await h.until_state(State.DOWNLOADING, ids[0], ids[2])
        await h.until_state(State.WAITING, ids[1])
        wait = h.changes(ids[1])[-1].wait
        assert wait is not None
        assert wait.reason is WaitReason.SPACE
        assert h.fetch.calls == ["first", "third"]
        before = volume.asked
        await h.advance_until(lambda: volume.asked > before + 1, step=5)
        assert h.state(ids[1]) is State.WAITING
        await h.engine.cancel(ids[:1])
        await h.advance_until(lambda: h.state(ids[1]) is State.DOWNLOADING, step=5)
        assert first.go.is_set() is False


async def test_what_is_written_is_not_counted_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """D01: neither what came, nor what the file system has reserved."""
    async with Harness(tmp_path, settings=Settings(jobs=2)) as h:
        volume = Volume(h, 10 * GB, monkeypatch)
        hold(h.fetch, "first", "second")
        one, other = await h.get(large(tmp_path / "to", first=6 * GB, second=5 * GB))
        await h.until_state(State.WAITING, other)
        job = h.engine._on.fleet._jobs[one]
        # Both came from the system: it counts the first as taken, and somebody made room for the second.
        job.live.allocated = 6 * GB
        volume.free = 5 * GB
        await h.advance_until(lambda: h.state(other) is State.DOWNLOADING, step=5)


async def test_a_part_with_its_blocks_fits_into_a_full_volume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """D02"""
    async with Harness(tmp_path) as h:
        volume = Volume(h, 1, monkeypatch)
        volume.taken["a.bin"] = 6 * GB
        (step,) = hold(h.fetch, "a.bin")
        ids = await h.get(large(tmp_path / "to", **{"a.bin": 6 * GB}))
        await h.until_state(State.DOWNLOADING, *ids)
        assert not step.go.is_set()


async def test_a_volume_without_room_for_a_small_file_takes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D02: nobody tries one after the other."""
    async with Harness(tmp_path, settings=Settings(jobs=1)) as h:
        volume = Volume(h, 0, monkeypatch)
        fail(h.fetch, "0", NoSpace(path="/x", needed_bytes=100, free_bytes=0))
        ids = await h.get(pack(tmp_path / "to", *map(str, range(5))))
        await h.until_state(State.WAITING, ids[0])
        await h.calm()
        assert h.fetch.calls == ["0"]
        volume.free = GB
        await h.advance_until(lambda: all(h.state(each) is State.DOWNLOADED for each in ids), step=5)


async def test_the_plan_counts_what_the_queue_will_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """D01: of a volume there is what is free, less what is queued or at work and not taken yet."""
    async with Harness(tmp_path, settings=Settings(jobs=1)) as h:
        volume = Volume(h, 20 * GB, monkeypatch)
        hold(h.fetch, "first")
        ids = await h.get(large(tmp_path / "to", first=6 * GB, second=5 * GB))
        await h.until_state(State.DOWNLOADING, ids[0])
        received = h.engine._on.fleet._jobs[ids[0]].live.received
        folder = tmp_path / "more"
        assert await h.engine.free_space(folder) == 9 * GB + received
        assert await h.engine.free_space(folder, ids[1:]) == 14 * GB + received
        monkeypatch.setattr("stabilitydl.disk.disk.system.free_space", lambda _: volume.free)
        await h.engine.prepare(folder, 9 * GB)
        with pytest.raises(NoSpace) as caught:
            await h.engine.prepare(folder, 10 * GB)
        assert caught.value.arguments == {
            "path": str(folder),
            "needed_bytes": 10 * GB,
            "free_bytes": 9 * GB + received,
        }
        await h.engine.prepare(folder, 10 * GB, ids)
        await h.engine.pause(ids)
        assert await h.engine.free_space(folder) == 20 * GB


async def test_a_file_that_the_file_system_cannot_hold_is_refused_before_the_download(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D08: FAT32 ends at 4 GiB; told in the plan, and nothing is asked of anybody."""
    monkeypatch.setattr("stabilitydl.engine.space.mounts", lambda: [Mount("/", "ext4"), Mount(str(tmp_path), "vfat")])
    async with Harness(tmp_path) as h:
        Volume(h, 50 * GB, monkeypatch)
        wanted = large(tmp_path / "to", fits=2**32 - 1, large=2**32)
        fits, large_one = await h.engine.foresee(wanted)
        assert fits.problem is None
        target = str(tmp_path / "to" / "large")
        assert large_one.problem == errors.FileTooLarge(path=target).problem
        rows = await h.settled(await h.get(wanted))
        assert [row.state for row in rows] == [State.DOWNLOADED, State.FAILED]
        assert rows[1].problem == large_one.problem
        assert h.fetch.calls == ["fits"]


class Claims(FakeFetch):
    """The server says of every file that it is larger than any volume."""

    async def __call__(self, order: Order, source: Source, live: Live, watcher: Watcher, services: Services) -> Arrival:
        self.calls.append(order.resource.name)
        live.size = 500 * GB
        raise NoSpace(path=str(order.target), needed_bytes=live.size, free_bytes=10 * GB)


async def test_what_can_never_fit_does_not_wait_for_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """D01, H11: it is the server that says so, and only when it is asked."""
    async with Harness(tmp_path, fetch=Claims()) as h:
        Volume(h, 10 * GB, monkeypatch)
        expansion = pack(tmp_path / "to", "endless")
        unsized = tuple(msgspec.structs.replace(each, size=None) for each in expansion.resources)
        ids = await h.get(replace(expansion, resources=unsized))
        await h.advance_until(lambda: h.state(ids[0]) is State.FAILED, step=5)
        problem = h.changes(ids[0])[-1].problem
        assert problem is not None
        assert problem.code == errors.VolumeTooSmall.code
