"""All volumes at once: opening, matching, preparing, discarding, and what the system's errors become."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from stabilitydl import errors
from stabilitydl.clock import SystemClock
from stabilitydl.disk import disk as module
from stabilitydl.disk import os_posix, volumes
from stabilitydl.disk.disk import Disk, Match
from stabilitydl.disk.partfile import PartFile, journal_path, part_path
from stabilitydl.disk.system import map_error, system
from stabilitydl.domain.checksum import Checksum, Verification
from stabilitydl.domain.ranges import Ranges
from stabilitydl.lane import Lane
from stabilitydl.mounts import mount_of
from tests.unit.disk.lanes import BIG, TAG, Calls, descriptors, identity, noise

DATA = noise(BIG)


@pytest.fixture
async def disk() -> AsyncIterator[Disk]:
    disk = Disk(SystemClock())
    yield disk
    await disk.aclose()


@pytest.mark.anyio
async def test_a_part_is_opened_written_and_continued(disk: Disk, target: Path) -> None:
    part, header = await disk.open_part(target, TAG)
    assert header is None
    await part.begin(identity())
    await part.write(0, DATA[:5000])
    await part.close()
    assert await disk.part_exists(target, TAG)
    part, header = await disk.open_part(target, TAG)
    assert header is not None
    assert part.written == Ranges([(0, 5000)])
    assert repr(disk) == "<Disk volumes=1 accepted=0>"
    await part.discard()
    assert not await disk.part_exists(target, TAG)


@pytest.mark.anyio
@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="no second file system to write to")
async def test_each_volume_has_threads_of_its_own(
    disk: Disk, target: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    memory = Path("/dev/shm") / f"stabilitydl-test-{os.getpid()}" / "model"
    if Path("/dev/shm").stat().st_dev == tmp_path_factory.getbasetemp().stat().st_dev:
        pytest.skip("temporary files lie in memory already")
    before = threading.active_count()
    parts = [(await disk.open_part(place, TAG))[0] for place in (target, memory, target.with_name("other"))]
    try:
        assert threading.active_count() - before == 8
        for part in parts:
            await part.begin(identity())
            await part.write(0, DATA)
            part.follow([], BIG)
            assert (await part.digest()).sha256 == hashlib.sha256(DATA).hexdigest()
            await part.finalize()
            await part.close()
        assert memory.read_bytes() == target.read_bytes() == DATA
    finally:
        for part in parts:
            await part.close()
        memory.unlink(missing_ok=True)
        memory.parent.rmdir()


@pytest.mark.anyio
@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="no second file system to ask")
async def test_a_volume_that_hangs_stalls_only_who_asks_about_it(disk: Disk, tmp_path: Path, calls: Calls) -> None:
    """D09"""
    if mount_of(tmp_path) == mount_of(Path("/dev/shm/x")):
        pytest.skip("temporary files lie in memory already")
    entered, go = calls.hold("look_behind", file="frozen")
    answers: list[object] = []

    async def ask() -> None:
        answers.append(await disk.stat(Path("/dev/shm/frozen")))

    async with anyio.create_task_group() as group:
        group.start_soon(ask)
        await anyio.to_thread.run_sync(entered.wait)
        (tmp_path / "file").touch()
        found = await disk.stats([tmp_path / "file", tmp_path / "none"])
        assert [status is not None for status in found] == [True, False]
        assert await disk.free(tmp_path) > 0
        part, _ = await disk.open_part(tmp_path / "models" / "x", TAG)
        await part.discard()
        assert answers == []
        go.set()
    assert answers == [None]


@pytest.mark.anyio
async def test_a_folder_that_lies_on_another_volume_now_is_noticed(
    disk: Disk, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D07: which volume it is was asked once and is checked with every file."""
    part, _ = await disk.open_part(target, TAG)
    await part.close()
    assert repr(disk) == "<Disk volumes=1 accepted=0>"
    monkeypatch.setattr(module, "volume_id", lambda folder: 7)
    part, _ = await disk.open_part(target, TAG)
    assert repr(disk) == "<Disk volumes=2 accepted=0>"
    await part.discard()


@pytest.mark.anyio
async def test_an_opening_that_is_cancelled_leaves_no_descriptor_and_no_lock(
    disk: Disk, target: Path, calls: Calls
) -> None:
    """P07"""
    part, _ = await disk.open_part(target, TAG)
    await part.discard()
    before = descriptors()
    entered, go = calls.hold("create")
    async with anyio.create_task_group() as group:
        group.start_soon(disk.open_part, target, TAG)
        await anyio.to_thread.run_sync(entered.wait)
        group.cancel_scope.cancel()
    go.set()
    part, _ = await disk.open_part(target, TAG)
    assert descriptors() == before + 1
    await part.discard()


@pytest.mark.anyio
async def test_an_opening_that_fails_leaves_no_descriptor(disk: Disk, target: Path, calls: Calls) -> None:
    part, _ = await disk.open_part(target, TAG)
    await part.close()
    part.file.path.write_bytes(b"what a small part left")
    before = descriptors()
    calls.fail("truncate", errno.EIO)
    with pytest.raises(errors.DiskFault):
        await disk.open_part(target, TAG)
    with pytest.raises(errors.DiskFault):
        await disk.open_part(target, TAG)
    assert descriptors() <= before + 1


@pytest.mark.anyio
async def test_a_file_matches_by_size_and_checksum(disk: Disk, tmp_path: Path) -> None:
    path = tmp_path / "model"
    assert await disk.matches(path, None, ()) is None
    path.write_bytes(DATA[:1000])
    sha256 = hashlib.sha256(DATA[:1000]).hexdigest()
    right, wrong = Checksum.parse(f"sha256:{sha256}"), Checksum.parse("sha256:" + "0" * 64)
    mtime = path.stat().st_mtime_ns
    expected = Match(sha256=sha256, verification=Verification.VERIFIED, size=1000, mtime_ns=mtime)
    assert await disk.matches(path, 1000, [right]) == expected
    assert await disk.matches(path, None, [right]) == expected
    assert await disk.matches(path, 1001, [right]) is None
    assert await disk.matches(path, 1000, [wrong]) is None
    assert await disk.matches(path, None, ()) == Match(sha256=sha256, verification=None, size=1000, mtime_ns=mtime)


@pytest.mark.anyio
async def test_a_file_that_shrinks_while_it_is_matched_does_not_match(disk: Disk, tmp_path: Path, calls: Calls) -> None:
    path = tmp_path / "model"
    path.write_bytes(DATA[:1000])

    def shrink(real: object, name: str) -> int:
        os.truncate(name, 500)
        return os.open(name, os.O_RDONLY)

    calls.replace("open_reader", shrink)
    assert await disk.matches(path, None, ()) is None


@pytest.mark.anyio
async def test_only_plain_files_have_a_status(disk: Disk, tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(b"12345")
    found = (5, path.stat().st_mtime_ns)
    assert await disk.stat(path) == found
    assert await disk.stats([path, tmp_path, tmp_path / "none", path]) == [found, None, None, found]


@pytest.mark.anyio
async def test_a_folder_is_prepared_or_the_reason_is_told(disk: Disk, tmp_path: Path, calls: Calls) -> None:
    """D01, D04"""
    folder = tmp_path / "a" / "b"
    await disk.prepare(folder, 1000)
    assert list(folder.iterdir()) == []
    with pytest.raises(errors.NoSpace) as caught:
        await disk.prepare(folder, 1 << 60)
    assert caught.value.arguments["needed_bytes"] == 1 << 60
    free = await disk.free(folder / "not" / "there")
    assert 0 < free < 1 << 60
    calls.replace("free_space", lambda real, path: 1000)
    await disk.prepare(folder, 1000)
    with pytest.raises(errors.NoSpace):
        await disk.prepare(folder, 1001)
    (tmp_path / "file").touch()
    with pytest.raises(errors.StabilityError):
        await disk.prepare(tmp_path / "file", 0)
    calls.fail("create", errno.EROFS)
    with pytest.raises(errors.NotWritable):
        await disk.prepare(folder, 0)


@pytest.mark.anyio
async def test_a_place_that_no_system_could_have_is_told_as_ours(disk: Disk, tmp_path: Path) -> None:
    """D15"""
    place = tmp_path / ("x" * 300) / "model"
    for asking in (disk.free(place), disk.open_part(place, TAG)):
        with pytest.raises(errors.NameTooLong):
            await asking
    assert not await disk.part_exists(place, TAG)
    assert await disk.stat(place) is None


@pytest.mark.anyio
async def test_discarding_removes_part_and_journal_unless_they_are_in_use(disk: Disk, target: Path) -> None:
    await disk.discard(target, TAG)
    part, _ = await disk.open_part(target, TAG)
    await part.begin(identity())
    with pytest.raises(errors.PartInUse):
        await disk.discard(target, TAG)
    assert part.file.is_in_place()
    await part.write(0, DATA[:100])
    await part.close()
    assert journal_path(part.file.path).exists()
    before = descriptors()
    await disk.discard(target, TAG)
    assert list(target.parent.iterdir()) == []
    journal_path(part_path(target, TAG)).touch()
    await disk.discard(target, TAG)
    assert list(target.parent.iterdir()) == []
    assert descriptors() == before


@pytest.mark.anyio
async def test_discarding_leaves_alone_what_is_not_ours(disk: Disk, target: Path, calls: Calls) -> None:
    """F08"""
    target.parent.mkdir()
    precious = target.with_name("precious")
    precious.touch()
    part_path(target, TAG).symlink_to(precious)
    with pytest.raises(errors.NotWritable):
        await disk.discard(target, TAG)
    assert precious.exists()
    part_path(target, TAG).unlink()
    part_path(target, TAG).touch()
    before = descriptors()
    calls.fail("remove", errno.EROFS)
    with pytest.raises(errors.NotWritable):
        await disk.discard(target, TAG)
    assert descriptors() == before


@pytest.mark.anyio
async def test_discarding_a_part_leaves_what_else_it_is_called(disk: Disk, target: Path) -> None:
    """F08"""
    target.parent.mkdir()
    precious = target.with_name("precious")
    precious.write_bytes(b"precious")
    part_path(target, TAG).hardlink_to(precious)
    await disk.discard(target, TAG)
    assert [path.name for path in target.parent.iterdir()] == ["precious"]
    assert precious.read_bytes() == b"precious"


@pytest.mark.anyio
async def test_trash(disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trashed: list[str] = []
    monkeypatch.setattr(module, "send2trash", trashed.append)
    path = tmp_path / "model"
    await disk.trash(path)
    path.touch()
    await disk.trash(path)
    assert trashed == [str(path)]

    def refuse(name: str) -> None:
        raise PermissionError

    monkeypatch.setattr(module, "send2trash", refuse)
    with pytest.raises(errors.DiskError):
        await disk.trash(path)


@pytest.mark.anyio
async def test_stuck_threads_hold_up_closing_only_once(
    target: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D09"""
    waits: list[float] = []
    close = Lane.close

    def closing(lane: Lane, timeout: float) -> bool:
        waits.append(timeout)
        return close(lane, timeout)

    monkeypatch.setattr(Lane, "close", closing)
    disk = Disk(SystemClock())
    part, _ = await disk.open_part(target, TAG)
    await part.close()
    go = threading.Event()

    def wait() -> None:
        assert go.wait(60)

    volume = next(iter(disk._volumes.values()))
    for lane in (volume.writer.lane, volume.hasher.lane, *disk._errands.lanes):
        lane.post(wait)
    await disk.aclose(0.05)
    assert waits[0] <= 0.05, "the first one gets all the time there is"
    assert all(wait < 0.05 for wait in waits[1:])
    assert volume.writer.lane._thread.is_alive()
    go.set()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (errno.ENOSPC, errors.NoSpace),
        (errno.EDQUOT, errors.NoSpace),
        (errno.EACCES, errors.NotWritable),
        (errno.EPERM, errors.NotWritable),
        (errno.EROFS, errors.VolumeReadOnly),
        (errno.ENOTDIR, errors.NotWritable),
        (errno.EISDIR, errors.NotWritable),
        (errno.ELOOP, errors.NotWritable),
        (errno.EEXIST, errors.TargetTaken),
        (errno.ENAMETOOLONG, errors.NameTooLong),
        (errno.EFBIG, errors.FileTooLarge),
        (errno.EMFILE, errors.TooManyOpenFiles),
        (errno.ENFILE, errors.TooManyOpenFiles),
        (errno.ENODEV, errors.VolumeMissing),
        (errno.ESTALE, errors.VolumeMissing),
        (errno.EIO, errors.DiskFault),
        (errno.ENOENT, errors.DiskError),
        (errno.EBUSY, errors.FileHeld),
        (errno.ETXTBSY, errors.FileHeld),
    ],
)
def test_every_error_of_the_system_becomes_ours(code: int, kind: type[errors.DiskError], tmp_path: Path) -> None:
    """D04, D07, D08, D13"""
    error = map_error(OSError(code, os.strerror(code)), tmp_path / "model")
    assert type(error) is kind
    assert "?" not in str(error) or kind is errors.NoSpace


@pytest.mark.parametrize("code", [32, 33])
def test_a_sharing_violation_of_windows_is_no_matter_of_rights(code: int, tmp_path: Path) -> None:
    """D12"""
    error = PermissionError(errno.EACCES, "used by another process")
    error.winerror = code
    assert type(map_error(error, tmp_path)) is errors.FileHeld


def test_space_near_a_place_that_nobody_can_ask_about_is_unknown(calls: Calls) -> None:
    """D07"""
    calls.fail("free_space", errno.EIO)
    error = map_error(OSError(errno.ENOSPC, "full"), "/nowhere/model", needed=5)
    assert error.arguments == {"path": "/nowhere/model", "needed_bytes": 5, "free_bytes": None}


def test_volumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: Calls) -> None:
    assert volumes.existing_parent(tmp_path / "a" / "b") == tmp_path
    assert volumes.volume_id(tmp_path / "a" / "b") == tmp_path.stat().st_dev
    assert volumes.existing_parent(Path("no such/folder")) == Path()
    monkeypatch.setattr(Path, "exists", lambda path: False)
    assert volumes.existing_parent(Path("/a/b")) == Path("/")
    calls.fail("free_space", errno.EIO)
    with pytest.raises(errors.DiskFault):
        volumes.free_space(tmp_path)


class TestSystem:
    """The calls that differ by platform and file system."""

    def test_a_lock_is_no_hindrance_where_there_are_none(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """D14, P03"""
        descriptor = os_posix.create(str(tmp_path / "file"))
        assert os_posix.lock(descriptor)

        def locking(code: int) -> None:
            def flock(descriptor: int, flags: int) -> None:
                raise OSError(code, "no")

            monkeypatch.setattr(fcntl, "flock", flock)

        for code in (errno.ENOLCK, errno.EOPNOTSUPP):
            locking(code)
            assert os_posix.lock(descriptor)
        locking(errno.EAGAIN)
        assert not os_posix.lock(descriptor)
        locking(errno.EIO)
        with pytest.raises(OSError, match="no"):
            os_posix.lock(descriptor)
        os_posix.close(descriptor)

    def test_space_is_reserved_without_changing_the_size(self, tmp_path: Path) -> None:
        """D01"""
        descriptor = os_posix.create(str(tmp_path / "file"))
        assert not os_posix.reserve(descriptor, 0)
        if os_posix.reserve(descriptor, 1 << 20):
            assert os_posix.status(descriptor).st_size == 0
            assert os_posix.status(descriptor).st_blocks * 512 >= 1 << 20
        os_posix.close(descriptor)
        with pytest.raises(OSError, match="descriptor"):
            os_posix.reserve(descriptor, 1 << 20)
        reader, writer = os.pipe()
        with pytest.raises(OSError, match="seek"):
            os_posix.reserve(writer, 10)
        os.close(reader)
        os.close(writer)

    def test_file_systems_that_cannot_reserve_or_sync_a_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """D14"""
        descriptor = os_posix.create(str(tmp_path / "file"))
        monkeypatch.setattr("ctypes.get_errno", lambda: errno.EOPNOTSUPP)
        monkeypatch.setattr(os_posix, "_FALLOC_FL_KEEP_SIZE", 1 << 20)
        assert not os_posix.reserve(descriptor, 10)
        os_posix.close(descriptor)

        def failing(code: int) -> None:
            def fsync(descriptor: int) -> None:
                raise OSError(code, "no")

            monkeypatch.setattr(os, "fsync", fsync)

        before = descriptors()
        failing(errno.EINVAL)
        os_posix.sync_folder(str(tmp_path))
        failing(errno.EIO)
        with pytest.raises(OSError, match="no"):
            os_posix.sync_folder(str(tmp_path))
        assert descriptors() == before

    def test_an_exclusive_rename_never_replaces(self, tmp_path: Path) -> None:
        source, place = tmp_path / "source", tmp_path / "place"
        source.write_text("new")
        place.write_text("old")
        with pytest.raises(FileExistsError):
            os_posix.rename_exclusive(str(source), str(place))
        assert (source.read_text(), place.read_text()) == ("new", "old")
        place.unlink()
        os_posix.rename_exclusive(str(source), str(place))
        assert place.read_text() == "new"
        assert not source.exists()
        with pytest.raises(FileNotFoundError):
            os_posix.rename_exclusive(str(source), str(place))

    def test_other_systems_have_other_calls_for_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Mac:
            renamed: tuple[bytes, bytes]

            def renamex_np(self, source: bytes, place: bytes, flags: object) -> int:
                self.renamed = (source, place)
                return 0

        mac = Mac()
        monkeypatch.setattr(os_posix, "_libc", mac)
        assert os_posix._rename_exclusive(b"a", b"b") == 0
        assert mac.renamed == (b"a", b"b")
        monkeypatch.setattr(os_posix, "_libc", object())
        assert os_posix._rename_exclusive(b"a", b"b") == errno.ENOSYS
        assert not os_posix.reserve(0, 10)

    def test_syncing_on_a_mac_reaches_the_platter(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[tuple[int, int]] = []
        monkeypatch.setattr(sys, "platform", "darwin")
        monkeypatch.setattr(fcntl, "fcntl", lambda descriptor, command: asked.append((descriptor, command)))
        os_posix.sync_data(7)
        assert asked == [(7, 51)]

    def test_the_boot_is_named_where_the_system_tells(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert os_posix.boot_id() == os_posix.boot_id() != ""

        def unreadable(path: Path, encoding: str) -> str:
            raise FileNotFoundError

        monkeypatch.setattr(Path, "read_text", unreadable)
        os_posix.boot_id.cache_clear()
        assert os_posix.boot_id() == ""
        os_posix.boot_id.cache_clear()

    def test_files_are_not_inherited_by_programs(self, tmp_path: Path) -> None:
        descriptor = system.create(str(tmp_path / "file"))
        code = "import os, sys; print(len(os.listdir('/proc/self/fd')))"
        with_ours = subprocess.check_output([sys.executable, "-c", code], close_fds=False)
        system.close(descriptor)
        assert with_ours == subprocess.check_output([sys.executable, "-c", code], close_fds=False)


def test_parts_that_open_late_are_closed(target: Path) -> None:
    file = PartFile.open(target, TAG)
    module._close_parts([file])
    assert file.descriptor < 0
