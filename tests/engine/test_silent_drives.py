"""Drives that do not answer: what lies on others is dealt with at once, and each is asked again when it answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import anyio
import pytest

from stabilitydl.disk import patience
from stabilitydl.disk.aside import QUARANTINE
from stabilitydl.disk.system import system
from stabilitydl.domain.states import State
from stabilitydl.engine.drives import SOON_SECONDS
from stabilitydl.errors import ChecksumMismatch, DriveStuck
from stabilitydl.mounts import Mount
from tests.engine.harness import PATIENCE, Harness
from tests.engine.real import eventually
from tests.fakes.hub import pack
from tests.fakes.transfer import fail, hold

pytestmark = pytest.mark.anyio


class HungDrive:
    """A drive at ``place`` beside that at ``other``; once it hangs, no look at a name on it comes back before it
    answers. ``asked`` are the names that it was asked for since."""

    def __init__(self, place: Path, other: Path) -> None:
        self.place, self.other = place, other
        self.asked: list[str] = []
        self.was_waited_for = False
        self._hangs = threading.Event()
        self._answers = threading.Event()
        self._mounts = [Mount("/", "ext4"), Mount(str(place), "nfs"), Mount(str(other), "ext4")]

    def hang(self) -> None:
        self._hangs.set()

    def answer(self) -> None:
        self._hangs.clear()
        self._answers.set()

    def now(self) -> Sequence[Mount]:
        return self._mounts

    def close(self) -> None:
        pass

    def touched(self, path: str) -> None:
        """Comes back when the drive answers."""
        if self._hangs.is_set() and Path(path).is_relative_to(self.place):
            self.asked.append(path)
            self.was_waited_for |= not self._answers.wait(PATIENCE)


@pytest.fixture
def drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HungDrive]:
    drive = HungDrive(tmp_path / "hung", tmp_path / "good")
    for folder in (drive.place, drive.other):
        folder.mkdir()
    monkeypatch.setattr("stabilitydl.engine.volumes.MountList", lambda: drive)
    monkeypatch.setattr("stabilitydl.disk.errands.mounts", drive.now)
    for name in ("look_behind", "names", "open_existing", "free_space", "make_folders"):
        call = getattr(system, name)

        def touch(path: str, *more: object, call=call) -> object:  # type: ignore[no-untyped-def]
            drive.touched(path)
            return call(path, *more)

        monkeypatch.setattr(system, name, touch)
    yield drive
    drive.answer()
    assert not drive.was_waited_for


def threads_of(drive: HungDrive) -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.endswith(str(drive.place))]


async def test_what_lies_on_other_drives_is_looked_at_at_once(tmp_path: Path, drive: HungDrive) -> None:
    """D09: the one that does not answer is asked a single time, and looked at when it answers."""
    async with Harness(tmp_path) as h:
        hung, good = await h.get(pack(drive.place, "a.bin"), pack(drive.other, "b.bin", title="Other"))
        await h.settled([hung, good])
        for path in (drive.place / "a.bin", drive.other / "b.bin"):
            path.unlink()
        drive.hang()
        said: list[str] = []

        async def refresh() -> None:
            with pytest.raises(DriveStuck) as caught:
                await h.engine.refresh()
            said.append(str(caught.value.arguments["path"]))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(refresh)
            await h.until_state(State.MISSING, good)
            await eventually(lambda: len(drive.asked) == 1)
            assert not said, "it has some time"
            h.clock.advance(SOON_SECONDS)
        for _ in range(3):
            await refresh()
        assert said == [str(drive.place)] * 4
        assert h.state(hung) is State.DOWNLOADED, "nobody says otherwise"
        await h.engine.enqueue([hung, good])
        assert (await h.settled([good]))[0].state is State.DOWNLOADED
        assert drive.asked == [str(drive.place / "a.bin")], "one errand, however often somebody asks"
        assert threads_of(drive) == [f"errands {drive.place}"]
        drive.answer()
        await h.until_state(State.MISSING, hung)
        await h.engine.refresh()


async def test_a_disk_that_has_to_wake_up_is_heard(tmp_path: Path, drive: HungDrive) -> None:
    """D09"""
    async with Harness(tmp_path) as h:
        (hung,) = await h.get(pack(drive.place, "a.bin"))
        await h.settled([hung])
        (drive.place / "a.bin").unlink()
        drive.hang()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(h.engine.refresh)
            await eventually(lambda: bool(drive.asked))
            h.clock.advance(SOON_SECONDS / 2)
            drive.answer()
        assert h.state(hung) is State.MISSING


async def test_the_quarantine_of_other_drives_is_listed(tmp_path: Path, drive: HungDrive) -> None:
    """D09: what is known of the other one is listed too, with what keeps it from being looked at."""
    async with Harness(tmp_path) as h:
        ids = []
        for number, folder in enumerate((drive.place, drive.other)):
            place = folder / QUARANTINE / "a.bin.kept"
            place.parent.mkdir()
            place.write_bytes(b"wrong")
            fail(h.fetch, f"{number}.bin", ChecksumMismatch(expected="sha256:1", actual="sha256:2", kept=str(place)))
            ids += await h.get(pack(folder, f"{number}.bin", title=str(number)))
        await h.settled(ids)
        assert {one.problem.code for one in await h.engine.quarantined() if one.problem} == {"checksum-mismatch"}
        drive.hang()
        listed: list[tuple[str, str, int]] = []

        async def listing() -> None:
            for one in await h.engine.quarantined():
                assert one.problem is not None
                listed.append((one.resource, one.problem.code, one.size))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listing)
            await eventually(lambda: len(drive.asked) == 1)
            h.clock.advance(SOON_SECONDS)
        assert listed == [(ids[1], "checksum-mismatch", 5), (ids[0], "drive-stuck", 5)]
        await listing()
        assert len(listed) == 4
        assert len(drive.asked) == 1

        async def empty() -> None:
            with pytest.raises(DriveStuck):
                await h.engine.empty_quarantine()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(empty)
            await h.until_state(State.MISSING, ids[1])
            h.clock.advance(patience.STUCK_SECONDS)
        assert not (drive.other / QUARANTINE).exists()
        assert h.state(ids[0]) is State.QUARANTINED
        assert len(drive.asked) == 1
        drive.answer()


async def test_what_is_foreseen_says_that_a_drive_does_not_answer(tmp_path: Path, drive: HungDrive) -> None:
    """D09: before anything is begun; other drives are told about at once."""
    async with Harness(tmp_path) as h:
        drive.hang()
        hung, good = pack(drive.place, "a.bin", "b.bin"), pack(drive.other, "c.bin", title="Other")
        codes: list[str] = []

        async def foresee() -> None:
            codes.extend(one.problem.code for one in await h.engine.foresee(hung) if one.problem is not None)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(foresee)
            await eventually(lambda: len(drive.asked) == 1)
            assert [one.problem for one in await h.engine.foresee(good)] == [None]
            await h.engine.prepare(drive.other, 1)
            assert await h.engine.free_space(drive.other) > 0
            h.clock.advance(patience.STUCK_SECONDS)
        assert codes == ["drive-stuck"] * 2
        with pytest.raises(DriveStuck):
            await h.engine.prepare(drive.place, 1)
        with pytest.raises(DriveStuck):
            await h.engine.free_space(drive.place)
        assert len(drive.asked) == 1
        drive.answer()


async def test_giving_up_what_lies_on_a_drive_that_hangs_ends(tmp_path: Path, drive: HungDrive) -> None:
    """D09: and what was commanded for others is done."""
    async with Harness(tmp_path) as h:
        hold(h.fetch, "a.bin", "b.bin")
        ids = await h.get(pack(drive.place, "a.bin"), pack(drive.other, "b.bin", title="Other"))
        await h.until_state(State.DOWNLOADING, *ids)
        drive.hang()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(h.engine.remove, ids)
            await eventually(lambda: len(drive.asked) == 1)
            h.clock.advance(patience.STUCK_SECONDS)
        assert await h.engine.resources() == []
        drive.answer()


async def test_reading_a_file_back_ends_when_its_drive_does_not_answer(tmp_path: Path, drive: HungDrive) -> None:
    """D09, D16: nobody waits for ever, and other drives are read meanwhile."""
    async with Harness(tmp_path) as h:
        hung, good = await h.get(pack(drive.place, "a.bin"), pack(drive.other, "b.bin", title="Other"))
        await h.settled([hung, good])
        drive.hang()
        failed: list[DriveStuck] = []

        async def verify() -> None:
            with pytest.raises(DriveStuck) as caught:
                await h.engine.verify(hung)
            failed.append(caught.value)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(verify)
            await eventually(lambda: len(drive.asked) == 1)
            assert await h.engine.verify(good) is None
            await h.advance_until(lambda: bool(failed), step=patience.STUCK_SECONDS / 3)
        await verify()
        assert len(drive.asked) == 1
        drive.answer()
