"""The syncer: data before journal, many parts with one sync of the folder, a failure is final."""

from __future__ import annotations

import errno
from pathlib import Path

import anyio
import pytest

from stabilitydl.disk import patience
from stabilitydl.disk.exposure import AT_RISK_BYTES, AT_RISK_SECONDS, HARD_MARK_BYTES, HARD_MARK_SECONDS
from stabilitydl.disk.openpart import HELD_SECONDS, OpenPart
from stabilitydl.disk.partfile import MIB, SMALL, PartFile, journal_path
from stabilitydl.disk.syncer import Syncer
from stabilitydl.disk.system import system
from stabilitydl.domain.ranges import Ranges
from stabilitydl.errors import DiskFault, FileHeld, NoSpace, NotWritable, PartChanged, StabilityError, TargetTaken
from tests.fakes.clock import ManualClock
from tests.unit.disk.lanes import BIG, TAG, Calls, Lanes, descriptors, noise

pytestmark = pytest.mark.anyio

DATA = noise(BIG)


async def full(lanes: Lanes, target: Path, size: int = SMALL) -> OpenPart:
    """A part whose bytes are all written."""
    part = await lanes.begin(target, size)
    for offset in range(0, size, MIB):
        await part.write(offset, DATA[offset : min(size, offset + MIB)])
    await part.flush()
    return part


async def test_data_is_durable_before_the_journal_and_the_name_before_the_journal_goes(
    lanes: Lanes, target: Path, calls: Calls
) -> None:
    """C02, C04"""
    part = await full(lanes, target, BIG)
    name, journal = part.file.path.name, journal_path(part.file.path).name
    calls.watch("sync_data", "append", "rename_exclusive", "sync_folder", "remove")
    found = await part.finalize()
    assert (found.st_size, target.read_bytes()) == (BIG, DATA)
    assert calls.made == [
        ("sync_data", name),
        ("append", journal),
        ("sync_data", journal),
        ("rename_exclusive", name),
        ("sync_folder", target.parent.name),
        ("remove", journal),
    ]
    await part.close()
    assert [path.name for path in target.parent.iterdir()] == [target.name]


async def test_many_small_files_share_one_sync_of_their_folder(lanes: Lanes, target: Path, calls: Calls) -> None:
    parts = [await full(lanes, target.with_name(f"{number}.bin"), 1000) for number in range(20)]
    entered, go = calls.hold("sync_data", file="0.bin")
    calls.watch("sync_folder", "rename_exclusive")
    async with anyio.create_task_group() as group:
        group.start_soon(parts[0].finalize)
        await anyio.to_thread.run_sync(entered.wait)
        for part in parts[1:]:
            group.start_soon(part.finalize)
            await anyio.lowlevel.checkpoint()
        go.set()
    assert calls.count("sync_folder") == 2
    folder_syncs = [index for index, call in enumerate(calls.made) if call[0] == "sync_folder"]
    renames = [index for index, call in enumerate(calls.made) if call[0] == "rename_exclusive"]
    assert len(renames) == 20
    assert folder_syncs[1] > max(renames)
    assert len(list(target.parent.glob("*.bin"))) == 20
    for part in parts:
        await part.close()


async def test_what_is_wished_in_one_turn_of_the_loop_is_served_together(
    lanes: Lanes, target: Path, calls: Calls
) -> None:
    parts = [await full(lanes, target.with_name(f"{number}.bin"), 1000) for number in range(20)]
    calls.watch("sync_data", "sync_folder", "close")
    async with anyio.create_task_group() as group:
        for part in parts:
            group.start_soon(part.finalize)
    assert [name for name, _ in calls.made] == ["sync_data"] * 20 + ["sync_folder"] + ["close"] * 20


async def test_a_failed_sync_is_final_for_its_part_only(lanes: Lanes, target: Path, calls: Calls) -> None:
    """D05"""
    bad, good = await full(lanes, target, BIG), await full(lanes, target.with_name("good"), BIG)
    calls.fail("sync_data", errno.EIO, file=bad.file.path.name, times=1)
    with pytest.raises(DiskFault):
        await bad.checkpoint()
    await good.checkpoint()
    assert good.file.durable == Ranges([(0, BIG)])
    assert not bad.file.durable
    with pytest.raises(DiskFault):
        await bad.write(0, b"more")
    with pytest.raises(DiskFault):
        await bad.finalize()
    tried = calls.count("sync_data", bad.file.path.name)
    await bad.close()
    assert calls.count("sync_data", bad.file.path.name) == tried == 1
    assert not target.exists()
    await good.close()


async def test_finalize_after_a_failed_sync_does_not_give_the_name(lanes: Lanes, target: Path, calls: Calls) -> None:
    """D05"""
    part = await full(lanes, target)
    calls.fail("sync_data", errno.ENOSPC, times=1)
    with pytest.raises(NoSpace):
        await part.finalize()
    with pytest.raises(DiskFault):
        await part.finalize()
    await part.close()
    assert not target.exists()


async def test_a_folder_that_cannot_be_synced_is_an_error_and_keeps_the_journal(
    lanes: Lanes, target: Path, calls: Calls
) -> None:
    """D05"""
    part = await full(lanes, target, BIG)
    calls.fail("sync_folder", errno.EIO)
    with pytest.raises(DiskFault):
        await part.finalize()
    assert journal_path(part.file.path).exists()
    await part.close()


async def test_a_journal_that_cannot_be_removed_is_an_error(lanes: Lanes, target: Path, calls: Calls) -> None:
    part = await full(lanes, target, BIG)
    calls.fail("remove", errno.EROFS)
    with pytest.raises(NotWritable):
        await part.finalize()
    await part.close()


@pytest.mark.parametrize("code", [errno.EBUSY, errno.ETXTBSY])
async def test_a_file_that_another_program_holds_gets_its_name_when_it_lets_go(
    lanes: Lanes, target: Path, calls: Calls, code: int
) -> None:
    """D12"""
    part = await full(lanes, target, BIG)
    calls.fail("rename_exclusive", code, times=4)
    async with anyio.create_task_group() as group:
        group.start_soon(pass_time, lanes.clock)
        found = await part.finalize()
        group.cancel_scope.cancel()
    assert (found.st_size, target.read_bytes()) == (BIG, DATA)
    assert calls.count("rename_exclusive") == 5
    await part.close()


async def test_a_file_that_is_held_for_ever_is_an_error_and_the_part_stays(
    lanes: Lanes, target: Path, calls: Calls
) -> None:
    """D12"""
    part = await full(lanes, target, BIG)
    calls.fail("rename_exclusive", errno.EBUSY)
    began = lanes.clock.monotonic()
    async with anyio.create_task_group() as group:
        group.start_soon(pass_time, lanes.clock)
        with pytest.raises(FileHeld) as caught:
            await part.finalize()
        group.cancel_scope.cancel()
    assert caught.value.arguments["path"] == str(target)
    assert 5 < lanes.clock.monotonic() - began <= HELD_SECONDS
    await part.close()
    assert part.file.path.stat().st_size == BIG
    assert journal_path(part.file.path).exists()
    assert not target.exists()


async def test_a_journal_that_is_held_is_not_waited_for(lanes: Lanes, target: Path, calls: Calls) -> None:
    """D12: the file has its name; nothing may take it for a part again."""
    part = await full(lanes, target, BIG)
    calls.fail("remove", errno.EBUSY)
    with pytest.raises(FileHeld):
        await part.finalize()
    await part.close()
    assert target.read_bytes() == DATA


async def pass_time(clock: ManualClock) -> None:
    """Let whoever sleeps wake up."""
    while True:
        wake = clock.next_wake
        if wake is not None:
            clock.advance(wake)
        await anyio.sleep(0.001)


async def test_one_file_that_may_not_be_finalized_does_not_hold_up_the_others(
    lanes: Lanes, target: Path, calls: Calls
) -> None:
    """P08, D11"""
    names = ["first", "taken", "moved", "last"]
    parts = {name: await full(lanes, target.with_name(name), 1000) for name in names}
    target.with_name("taken").write_bytes(b"mine")
    parts["moved"].file.path.rename(target.with_name("elsewhere"))
    entered, go = calls.hold("sync_data", file="first")
    outcomes: dict[str, object] = {}

    async def finalize(name: str) -> None:
        try:
            outcomes[name] = (await parts[name].finalize()).st_size
        except (TargetTaken, PartChanged) as error:
            outcomes[name] = type(error)

    async with anyio.create_task_group() as group:
        for name in names:
            group.start_soon(finalize, name)
        await anyio.to_thread.run_sync(entered.wait)
        go.set()
    assert outcomes == {"first": 1000, "taken": TargetTaken, "moved": PartChanged, "last": 1000}
    assert target.with_name("taken").read_bytes() == b"mine"
    for part in parts.values():
        await part.close()


async def test_a_sync_starts_when_enough_bytes_and_time_have_gathered(lanes: Lanes, target: Path) -> None:
    clock = lanes.clock
    assert isinstance(clock, ManualClock)
    part = await full(lanes, target, BIG)
    note, file = lanes.syncer.note, part.file

    async def durable() -> int:
        await lanes.syncer.call(lambda: None)
        return file.durable.total

    note(file, HARD_MARK_BYTES - BIG - 1)
    clock.advance(60)
    assert await durable() == 0
    clock.advance(-60)
    note(file, 1)
    assert await durable() == 0
    clock.advance(HARD_MARK_SECONDS - 0.001)
    note(file, 1)
    assert await durable() == 0
    clock.advance(0.001)
    note(file, 1)
    assert await durable() == BIG
    await part.close()


async def test_what_ends_in_between_does_not_hide_what_others_have_at_risk(lanes: Lanes, target: Path) -> None:
    """C02: small files that get their names all the time."""
    clock = lanes.clock
    assert isinstance(clock, ManualClock)
    part, small = await full(lanes, target, BIG), await full(lanes, target.with_name("small"), 1000)
    lanes.syncer.note(part.file, HARD_MARK_BYTES - BIG - 1)
    clock.advance(HARD_MARK_SECONDS)
    await small.finalize()
    assert part.file.durable.total == 0
    lanes.syncer.note(part.file, 1)
    await lanes.syncer.call(lambda: None)
    assert part.file.durable.total == BIG
    await part.close()


class SlowSync:
    """A sync of a part that lasts, beside which all has come that may come. To be made in the task that ends it."""

    def __init__(self, lanes: Lanes, part: OpenPart, calls: Calls) -> None:
        assert isinstance(lanes.clock, ManualClock)
        self._clock, self._note, self._file = lanes.clock, lanes.syncer.note, part.file
        self._entered, self._go = calls.hold("sync_data", file=part.file.path.name)

    async def begin(self) -> None:
        self._clock.advance(HARD_MARK_SECONDS)
        self._note(self._file, HARD_MARK_BYTES - self._file.written.total)
        await anyio.to_thread.run_sync(self._entered.wait)

    def fill(self) -> None:
        self._note(self._file, AT_RISK_BYTES - HARD_MARK_BYTES)
        self._clock.advance(AT_RISK_SECONDS)

    def end(self) -> None:
        self._go.set()


async def test_while_a_sync_lasts_no_more_is_written_than_may_be_at_risk(
    lanes: Lanes, target: Path, calls: Calls
) -> None:
    """C02, D09: what has no journal, and other volumes, are not held."""
    part, small = await lanes.begin(target.with_name("large")), await lanes.begin(target.with_name("small"), SMALL)
    await part.write(0, DATA[:MIB])
    await part.flush()
    others = Lanes(clock=lanes.clock)
    other = await others.begin(target.with_name("other"))
    sync = SlowSync(lanes, part, calls)
    await sync.begin()
    await part.write(MIB, b"beside the sync")
    await part.flush()
    sync.fill()
    calls.watch("write_at")
    async with anyio.create_task_group() as group:
        group.start_soon(part.write, 2 * MIB, b"held back")
        await small.write(0, b"small")
        await other.write(0, b"other")
        await small.flush()
        await other.flush()
        await anyio.wait_all_tasks_blocked()
        assert part.pending == 0
        assert ("write_at", part.file.path.name) not in calls.made
        sync.end()
    await part.flush()
    assert calls.made.count(("write_at", part.file.path.name)) == 1
    assert part.written.total == MIB + len(b"beside the syncheld back")
    for each in (part, small, other):
        await each.close()
    others.close()


async def test_who_is_held_back_by_a_sync_can_be_cancelled_at_once(lanes: Lanes, target: Path, calls: Calls) -> None:
    """D09, P07"""
    part = await lanes.begin(target)
    sync = SlowSync(lanes, part, calls)
    await sync.begin()
    sync.fill()
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as group:
            group.start_soon(part.write, 0, b"held back")
            await anyio.wait_all_tasks_blocked()
            scope.cancel()
    assert (part.pending, lanes.budget.used) == (0, 0)
    sync.end()
    await part.close()


async def test_who_is_held_back_by_a_sync_hears_that_it_failed(lanes: Lanes, target: Path, calls: Calls) -> None:
    """D05, D09"""
    part = await lanes.begin(target)
    calls.fail("sync_data", errno.EIO, file="sdlpart", times=1)
    sync = SlowSync(lanes, part, calls)
    await sync.begin()
    sync.fill()
    failures: list[StabilityError] = []

    async def write() -> None:
        try:
            await part.write(0, b"held back")
        except DiskFault as error:
            failures.append(error)

    async with anyio.create_task_group() as group:
        group.start_soon(write)
        await anyio.wait_all_tasks_blocked()
        assert not failures
        sync.end()
    assert len(failures) == 1
    await part.close()


async def test_what_comes_beside_a_long_sync_is_made_durable_by_one_more(
    lanes: Lanes, target: Path, calls: Calls
) -> None:
    part = await full(lanes, target, BIG)
    sync = SlowSync(lanes, part, calls)
    await sync.begin()
    for _ in range(100):
        sync.fill()
    sync.end()
    # Each settles in the loop before the next begins.
    while calls.made.count(("sync_data", part.file.path.name)) < 2:
        await lanes.syncer.call(lambda: None)
    for _ in range(3):
        await lanes.syncer.call(lambda: None)
    assert calls.made.count(("sync_data", part.file.path.name)) == 2
    await part.close()


async def test_a_sync_that_holds_everybody_back_for_too_long_is_stuck(lanes: Lanes, target: Path, calls: Calls) -> None:
    """D09: a drive that takes next to nothing is told from one that is slow."""
    clock = lanes.clock
    assert isinstance(clock, ManualClock)
    part = await lanes.begin(target)
    sync = SlowSync(lanes, part, calls)
    await sync.begin()
    clock.advance(1e6)
    assert not lanes.syncer.is_stuck, "nobody waits for it"
    sync.fill()
    assert part.is_held_back
    clock.advance(patience.STUCK_SECONDS + AT_RISK_BYTES / MIB - 0.001)
    assert not lanes.syncer.is_stuck
    clock.advance(0.001)
    assert lanes.syncer.is_stuck
    sync.end()
    await part.checkpoint()
    assert not lanes.syncer.is_stuck
    await part.close()


async def test_small_files_are_not_synced_before_their_end(lanes: Lanes, target: Path, calls: Calls) -> None:
    clock = lanes.clock
    assert isinstance(clock, ManualClock)
    part = await full(lanes, target)
    clock.advance(10)
    lanes.syncer.note(part.file, 10 * HARD_MARK_BYTES)
    assert repr(lanes.syncer) == "<Syncer sync test unsynced=0 busy=False>"
    await part.discard()


async def test_a_sync_that_nobody_waits_for_and_fails_is_told_to_the_next_writer(
    lanes: Lanes, target: Path, calls: Calls
) -> None:
    """D05"""
    clock = lanes.clock
    assert isinstance(clock, ManualClock)
    part = await full(lanes, target, BIG)
    calls.fail("sync_data", errno.EIO, file="sdlpart", times=1)
    clock.advance(2)
    lanes.syncer.note(part.file, HARD_MARK_BYTES)
    await lanes.syncer.call(lambda: None)
    with pytest.raises(DiskFault):
        await part.write(0, b"more")
    await part.close()


async def test_nothing_of_a_closed_part_is_synced_later(lanes: Lanes, target: Path, calls: Calls) -> None:
    clock = lanes.clock
    assert isinstance(clock, ManualClock)
    one, other = await full(lanes, target, BIG), await full(lanes, target.with_name("other"), BIG)
    entered, go = calls.hold("sync_data", file=target.name)
    async with anyio.create_task_group() as group:
        group.start_soon(one.checkpoint)
        await anyio.to_thread.run_sync(entered.wait)
        clock.advance(2)
        lanes.syncer.note(other.file, HARD_MARK_BYTES)
        other.file.error = DiskFault(path="", detail="")
        group.start_soon(other.close)
        await anyio.lowlevel.checkpoint()
        go.set()
    assert other.file.descriptor < 0
    await lanes.syncer.call(lambda: None)
    assert calls.count("sync_data", "other") == calls.count("sync_data", "closed") == 0
    await one.close()


async def test_a_finalize_that_was_cancelled_while_it_waited_does_not_happen(
    lanes: Lanes, target: Path, calls: Calls
) -> None:
    """P07"""
    one, other = await full(lanes, target), await full(lanes, target.with_name("other"))
    entered, go = calls.hold("sync_data", file=target.name)
    async with anyio.create_task_group() as group:
        group.start_soon(one.finalize)
        await anyio.to_thread.run_sync(entered.wait)
        with anyio.CancelScope() as scope:
            scope.cancel()
            await other.finalize()
        assert scope.cancelled_caught
        go.set()
    await other.close()
    await one.close()
    assert target.exists()
    assert not other.file.target.exists()
    assert other.file.path.exists()


async def test_a_finalize_that_was_cancelled_under_way_happens_whole(lanes: Lanes, target: Path, calls: Calls) -> None:
    """C03"""
    part = await full(lanes, target, BIG)
    entered, go = calls.hold("sync_data", file=target.name)
    async with anyio.create_task_group() as group:
        group.start_soon(part.finalize)
        await anyio.to_thread.run_sync(entered.wait)
        group.cancel_scope.cancel()
    go.set()
    await part.close()
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert target.read_bytes() == DATA


async def test_closing_makes_everything_durable(lanes: Lanes, target: Path) -> None:
    """C11"""
    part = await lanes.begin(target)
    await part.write(0, DATA[:5000])
    with anyio.CancelScope() as scope:
        scope.cancel()
        await part.close()
    assert part.file.descriptor < 0
    file = PartFile.open(target, TAG)
    file.recover("another boot")
    assert file.written == Ranges([(0, 5000)])
    file.close()


async def test_a_last_sync_that_fails_closes_all_the_same(lanes: Lanes, target: Path, calls: Calls) -> None:
    """D05"""
    before = descriptors()
    part = await lanes.begin(target)
    await part.write(0, DATA[:5000])
    await part.checkpoint()
    await part.write(5000, DATA[5000:9000])
    calls.fail("sync_data", errno.EIO, file="sdlpart", times=1)
    await part.close()
    assert descriptors() == before
    file = PartFile.open(target, TAG)
    file.recover(system.boot_id())
    assert file.written == Ranges([(0, 5000)])
    file.close()


async def test_a_stuck_volume_does_not_hold_up_who_closes(lanes: Lanes, target: Path, calls: Calls) -> None:
    """D09"""
    clock = lanes.clock
    assert isinstance(clock, ManualClock)
    part = await full(lanes, target, BIG)
    entered, go = calls.hold("sync_data", file="sdlpart")
    async with anyio.create_task_group() as group:
        group.start_soon(part.close)
        await anyio.to_thread.run_sync(entered.wait)
        clock.advance(2)
    await lanes.writer.lane.run(lambda: None)
    assert part.file.descriptor < 0
    go.set()


def test_what_it_is_shows() -> None:
    syncer = Syncer("8001", ManualClock())
    assert repr(syncer) == "<Syncer sync 8001 unsynced=0 busy=False>"
    assert syncer.close(60)


async def test_what_nobody_foresaw_is_told_to_all_who_wait_and_the_next_are_served(
    lanes: Lanes, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D05, G03"""
    parts = [await full(lanes, target.with_name(f"{number}.bin"), BIG) for number in range(3)]
    real, left = PartFile.sync, [1]

    def stumble(file: PartFile) -> None:
        if left and file is parts[1].file:
            left.pop()
            raise MemoryError
        real(file)

    monkeypatch.setattr(PartFile, "sync", stumble)
    outcomes: list[object] = []

    async def checkpoint(part: OpenPart) -> None:
        try:
            outcomes.append(await part.checkpoint())
        except MemoryError:
            outcomes.append(MemoryError)

    async with anyio.create_task_group() as group:
        for part in parts:
            group.start_soon(checkpoint, part)
    assert outcomes == [MemoryError] * 3
    for part in parts:
        assert (await part.finalize()).st_size == BIG
        await part.close()
