"""The writer: in order, in large batches, bounded, and an error stays with the part it met."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest

from stabilitydl.disk import os_posix
from stabilitydl.disk.openpart import OpenPart
from stabilitydl.disk.partfile import MIB, SMALL, PartFile
from stabilitydl.disk.system import system
from stabilitydl.disk.writer import PER_PART, SOFT_MARK_EVERY, Budget, Writer
from stabilitydl.domain.chunk import Chunk
from stabilitydl.domain.ranges import Ranges
from stabilitydl.errors import DiskFault, InternalError, NoSpace
from tests.unit.disk.lanes import BIG, TAG, Calls, Lanes, noise

pytestmark = pytest.mark.anyio

DATA = noise(BIG)
CHUNK = 256 * 1024


async def offer(part: OpenPart, start: int, stop: int, accepted: list[int] | None = None) -> None:
    for offset in range(start, stop, CHUNK):
        await part.write(offset, DATA[offset : min(stop, offset + CHUNK)])
        if accepted is not None:
            accepted.append(offset)


async def turns(count: int = 50) -> None:
    """Let every task that can go on do so."""
    for _ in range(count):
        await anyio.lowlevel.checkpoint()


async def test_everything_arrives_where_it_belongs(lanes: Lanes, target: Path) -> None:
    part = await lanes.begin(target)
    written = list[int]()
    part.on_written = written.append
    async with anyio.create_task_group() as group:
        for start in range(0, BIG, 3 * MIB):
            group.start_soon(offer, part, start, start + 3 * MIB)
    await part.flush()
    assert part.file.path.read_bytes() == DATA
    assert part.written == Ranges([(0, BIG)])
    assert sum(written) == BIG
    assert (part.pending, lanes.budget.used) == (0, 0)
    await part.close()
    await part.close()


async def test_neighbours_are_written_with_one_call(lanes: Lanes, target: Path, calls: Calls) -> None:
    part = await lanes.begin(target)
    entered, go = calls.hold("write_at", file="sdlpart")
    await part.write(0, DATA[:10])
    await anyio.to_thread.run_sync(entered.wait)
    await part.write(10, DATA[10:20])
    await turns()
    # A second batch is under way now; what comes meanwhile gathers.
    for offset in (20, 500, 30, 510, 40):
        await part.write(offset, DATA[offset : offset + 10])
    go.set()
    await part.flush()
    parts = [call for call in calls.made if call == ("write_at", part.file.path.name)]
    assert len(parts) == 4
    assert part.written == Ranges([(0, 50), (500, 520)])
    assert part.file.path.read_bytes()[:50] == DATA[:50]
    assert part.file.path.read_bytes()[500:] == DATA[500:520]
    await part.close()


async def test_what_comes_in_one_turn_of_the_loop_is_one_batch(lanes: Lanes, target: Path, calls: Calls) -> None:
    part = await lanes.begin(target)
    calls.watch("write_at")
    await offer(part, 0, MIB)
    assert calls.count("write_at") == 0
    await part.flush()
    assert calls.count("write_at") == 1
    assert part.written == Ranges([(0, MIB)])
    await part.close()


async def test_no_more_than_the_bound_of_a_part_is_accepted(lanes: Lanes, target: Path, calls: Calls) -> None:
    """D09"""
    part = await lanes.begin(target)
    entered, go = calls.hold("write_at", file="sdlpart")
    accepted: list[int] = []
    async with anyio.create_task_group() as group:
        for start in range(0, BIG, 3 * MIB):
            group.start_soon(offer, part, start, start + 3 * MIB, accepted)
        await anyio.to_thread.run_sync(entered.wait)
        await turns()
        assert part.pending == PER_PART == len(accepted) * CHUNK
        assert repr(part).endswith(f"pending={PER_PART}>")
        go.set()
    await part.flush()
    assert part.file.path.read_bytes() == DATA
    await part.close()


async def test_no_more_than_the_bound_of_all_parts_is_accepted(target: Path, calls: Calls) -> None:
    """D09"""
    lanes = Lanes(budget=Budget(2 * MIB))
    one, other = await lanes.begin(target), await lanes.begin(target.with_name("other"))
    entered, go = calls.hold("write_at", file="sdlpart")
    async with anyio.create_task_group() as group:
        for part in (one, other):
            for start in range(0, BIG, 3 * MIB):
                group.start_soon(offer, part, start, start + 3 * MIB)
        await anyio.to_thread.run_sync(entered.wait)
        await turns()
        assert lanes.budget.used == one.pending + other.pending == 2 * MIB
        assert lanes.budget.is_full
        go.set()
    for part in (one, other):
        await part.flush()
        assert part.file.path.read_bytes() == DATA
        await part.close()
    assert lanes.budget.used == 0
    lanes.close()


async def test_who_waits_for_the_budget_waits_for_the_part_too(target: Path, calls: Calls) -> None:
    """D09"""
    lanes = Lanes(budget=Budget(PER_PART + CHUNK))
    one, other = await lanes.begin(target), await lanes.begin(target.with_name("other"))
    entered, go = calls.hold("write_at", file="sdlpart")
    most = 0

    def note(real: Callable[..., int], *args: Any) -> int:
        nonlocal most
        most = max(most, one.pending)
        return real(*args)

    calls.replace("write_at", note)
    async with anyio.create_task_group() as group:
        group.start_soon(offer, other, 0, 2 * MIB)
        for start in range(0, BIG, MIB):
            group.start_soon(offer, one, start, start + MIB)
        await anyio.to_thread.run_sync(entered.wait)
        await turns()
        go.set()
    assert most <= PER_PART
    await one.close()
    await other.close()
    lanes.close()


async def test_a_cancelled_offer_is_not_accepted(lanes: Lanes, target: Path, calls: Calls) -> None:
    part = await lanes.begin(target)
    entered, go = calls.hold("write_at", file="sdlpart")
    async with anyio.create_task_group() as group:
        group.start_soon(offer, part, 0, 2 * PER_PART)
        await anyio.to_thread.run_sync(entered.wait)
        await turns()
        group.cancel_scope.cancel()
    go.set()
    await part.flush()
    assert part.written == Ranges([(0, PER_PART)])
    assert lanes.budget.used == 0
    await part.close()


@pytest.mark.parametrize("least", [1, 7, 4096])
def test_short_writes_are_continued_by_their_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: int) -> None:
    """D06"""
    real = os.pwritev
    counts: list[int] = []

    def short(descriptor: int, buffers: Sequence[memoryview], offset: int) -> int:
        joined = b"".join(buffers)
        counts.append(max(1, min(len(joined), least + len(counts) % 3)))
        return real(descriptor, [joined[: counts[-1]]], offset)

    monkeypatch.setattr(os, "pwritev", short)
    path = tmp_path / "file"
    descriptor = os_posix.create(str(path))
    data = DATA[: least * 30]
    chunks = [data[:5], b"", data[5:17], data[17:]]
    assert os_posix.write_at(descriptor, chunks, 3) == len(data)
    os_posix.close(descriptor)
    assert path.read_bytes() == b"\0\0\0" + data
    assert len(counts) > 10


def test_a_write_without_progress_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """D06"""
    monkeypatch.setattr(os, "pwritev", lambda *args: 0)
    descriptor = os_posix.create(str(tmp_path / "file"))
    with pytest.raises(OSError, match="no progress"):
        os_posix.write_at(descriptor, [b"x"], 0)
    os_posix.close(descriptor)


async def test_a_full_disk_stops_its_own_part_only(lanes: Lanes, target: Path, calls: Calls) -> None:
    """D02"""
    one, other = await lanes.begin(target), await lanes.begin(target.with_name("other"))
    await one.write(0, DATA[:1000])
    await one.flush()
    calls.fail("write_at", errno.ENOSPC, file=target.name)
    entered, go = calls.hold("write_at", file="other")
    await other.write(0, DATA[:10])
    await anyio.to_thread.run_sync(entered.wait)
    await one.write(1000, DATA[1000:2000])
    await other.write(10, DATA[10:2000])
    go.set()
    with pytest.raises(NoSpace) as caught:
        await one.flush()
    assert isinstance(caught.value.arguments["free_bytes"], int)
    with pytest.raises(NoSpace):
        await one.write(2000, DATA[2000:3000])
    await other.flush()
    assert other.file.path.read_bytes() == DATA[:2000]
    assert one.written == Ranges([(0, 1000)])
    assert lanes.budget.used == one.pending == other.pending == 0
    # It stays told: the system is not asked again.
    tried = calls.count("write_at", target.name)
    with pytest.raises(NoSpace):
        await one.checkpoint()
    assert calls.count("write_at", target.name) == tried
    await one.close()
    await other.close()


async def test_who_waits_for_room_hears_of_the_error(lanes: Lanes, target: Path, calls: Calls) -> None:
    """D02"""
    part = await lanes.begin(target)
    calls.fail("write_at", errno.EIO, file="sdlpart")
    entered, go = calls.hold("write_at", file="sdlpart")
    failures: list[BaseException] = []

    async def writing(start: int) -> None:
        try:
            await offer(part, start, start + 5 * MIB)
        except DiskFault as error:
            failures.append(error)

    async with anyio.create_task_group() as group:
        for start in range(0, BIG, 3 * MIB):
            group.start_soon(writing, start)
        await anyio.to_thread.run_sync(entered.wait)
        await turns()
        go.set()
    assert len(failures) == 3
    await part.close()
    assert lanes.budget.used == 0


async def test_who_waits_for_the_budget_hears_of_the_error(target: Path, calls: Calls) -> None:
    """D02"""
    lanes = Lanes(budget=Budget(MIB))
    part = await lanes.begin(target)
    calls.fail("write_at", errno.EIO, file="sdlpart")
    with pytest.raises(DiskFault):
        await offer(part, 0, BIG)
    await part.close()
    assert lanes.budget.used == 0
    lanes.close()


async def test_soft_marks_follow_what_was_written(lanes: Lanes, target: Path, calls: Calls) -> None:
    """C01"""
    part = await lanes.begin(target)
    journal = f"{part.file.path.name}.journal"
    calls.watch("append")
    await offer(part, 0, SOFT_MARK_EVERY - CHUNK)
    await part.flush()
    assert calls.count("append", journal) == 0
    await offer(part, SOFT_MARK_EVERY - CHUNK, SOFT_MARK_EVERY)
    await part.flush()
    assert calls.count("append", journal) == 1
    await offer(part, SOFT_MARK_EVERY, BIG)
    await part.flush()
    assert calls.count("append", journal) >= 2
    # As after a kill: nothing more is said, and what the soft marks told is continued.
    part.file.close()
    again = type(part.file).open(target, TAG)
    assert again.recover(system.boot_id()) is not None
    assert again.written.total >= BIG - SOFT_MARK_EVERY
    again.close()


async def test_a_small_file_gets_no_marks(lanes: Lanes, target: Path, calls: Calls) -> None:
    part = await lanes.begin(target, SMALL)
    calls.watch("append")
    await offer(part, 0, SMALL)
    await part.flush()
    assert calls.count("append") == 0
    await part.discard()


async def test_a_journal_that_is_full_stops_the_part(lanes: Lanes, target: Path, calls: Calls) -> None:
    """D03"""
    part = await lanes.begin(target)
    calls.fail("append", errno.ENOSPC, file=".journal")
    await offer(part, 0, SOFT_MARK_EVERY)
    with pytest.raises(NoSpace):
        await part.flush()
    await part.close()
    assert part.file.path.stat().st_size == SOFT_MARK_EVERY


def test_what_it_is_shows() -> None:
    writer = Writer("8001", Budget())
    assert repr(writer) == "<Writer write 8001 queued=0 in_flight=0>"
    assert writer.close(60)


async def test_what_nobody_foresaw_ends_its_part_only(
    lanes: Lanes, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G03: nobody waits for ever for bytes that are not written."""
    bad, good = await lanes.begin(target), await lanes.begin(target.with_name("good"))
    real = PartFile.write

    def stumble(file: PartFile, offset: int, chunks: Sequence[Chunk]) -> int:
        if file is bad.file:
            raise MemoryError
        return real(file, offset, chunks)

    monkeypatch.setattr(PartFile, "write", stumble)
    await bad.write(0, b"bytes")
    await good.write(0, b"bytes")
    with pytest.raises(InternalError):
        await bad.flush()
    await good.flush()
    assert good.written.total == 5
    assert lanes.budget.used == 0
    for part in (bad, good):
        await part.discard()
