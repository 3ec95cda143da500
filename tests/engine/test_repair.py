"""A finished file that rots: its bad blocks are known, and only these come again, past the checksum of the whole."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import msgspec
import pytest

from stabilitydl.disk.aside import QUARANTINE
from stabilitydl.disk.disk import Disk
from stabilitydl.disk.journal import BLOCK
from stabilitydl.disk.partfile import PART_SUFFIX
from stabilitydl.disk.reader import Handle
from stabilitydl.disk.system import system
from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.states import State
from stabilitydl.errors import DiskFault, Problem
from stabilitydl.settings import Settings
from stabilitydl.store.store import Store
from tests.engine.harness import Harness
from tests.engine.real import contents, pack_of, real
from tests.fakes.origin import FileOrigin, Served

pytestmark = pytest.mark.anyio

SIZE = 9 * BLOCK + 12_345
DATA = contents(SIZE, 1)
BAD = (3 * BLOCK + 7, 8 * BLOCK)
ROTTEN = (3 * BLOCK, 4 * BLOCK), (8 * BLOCK, 9 * BLOCK)


def rot(path: Path, *places: int) -> bytes:
    """Single bits turn over, and nothing else tells; what is there then."""
    before = path.stat()
    data = bytearray(path.read_bytes())
    for place in places:
        data[place] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return bytes(data)


async def brought(h: Harness, target: Path, file: Served, *, checksums: bool = True) -> str:
    """The id of a file that is here."""
    ids = await h.get(pack_of(target.parent, [file], checksums=checksums))
    (row,) = await h.settled(ids)
    assert row.state is State.DOWNLOADED
    return row.id


def asked(origin: FileOrigin, since: int) -> list[tuple[int, int | None] | None]:
    return sorted(request.range for request in origin.requests[since:])  # type: ignore[type-var]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "to" / "file.bin"


async def test_only_the_bad_blocks_come_again_and_the_damaged_file_is_kept(tmp_path: Path, target: Path) -> None:
    """D16"""
    with FileOrigin() as origin:
        file = origin.add("/file.bin", DATA)
        async with real(tmp_path) as h:
            each = await brought(h, target, file)
            assert await h.engine.verify(each) is None
            assert await h.engine.repair([each, "unknown"]) == []
            rotten = rot(target, *BAD)
            problem = await h.engine.verify(each)
            assert problem is not None
            assert "in 2 of 10 blocks, the first from byte 6,291,456 on" in problem.message
            assert problem.arguments["ranges"] == " ".join(f"{start}-{stop}" for start, stop in ROTTEN)
            assert target.read_bytes() == rotten, "asking changes nothing"
            before = len(origin.requests)
            assert await h.engine.repair([each]) == [each]
            (row,) = await h.settled([each])
            assert (row.state, row.verification) == (State.DOWNLOADED, Verification.VERIFIED)
            assert target.read_bytes() == DATA
            assert asked(origin, before) == [(start, stop - 1) for start, stop in ROTTEN]
            assert (await h.engine.attempts(each))[-1].bytes == 2 * BLOCK
            (kept,) = await h.engine.quarantined()
            assert Path(kept.path).read_bytes() == rotten
            assert Path(kept.path).parent == target.parent / QUARANTINE
            assert await h.engine.verify(each) is None
            rot(target, 5)
            found = await h.engine.verify(each)
            assert found is not None
            assert found.arguments["ranges"] == f"0-{BLOCK}", "the new file is known by its blocks as well"
    assert sorted(path.name for path in target.parent.iterdir()) == [QUARANTINE, "file.bin"]


async def test_a_repair_goes_on_after_a_restart(tmp_path: Path, target: Path) -> None:
    """D16, C01"""
    with FileOrigin() as origin:
        file = origin.add("/file.bin", DATA)
        async with real(tmp_path) as h:
            each = await brought(h, target, file)
            rot(target, *BAD)
            h.engine.set_limit(1)
            before = len(origin.requests)
            await h.engine.repair([each])
            await h.until_state(State.DOWNLOADING, each)
        async with real(tmp_path) as h:
            assert await h.engine.go_on() == [each]
            (row,) = await h.settled([each])
            assert row.state is State.DOWNLOADED
            assert target.read_bytes() == DATA
            ranges = asked(origin, before)
            assert all(found and found[0] >= ROTTEN[0][0] for found in ranges)
            assert (await h.engine.attempts(each))[-1].bytes <= 2 * BLOCK


async def test_where_the_source_is_gone_the_damaged_file_is_still_there(tmp_path: Path, target: Path) -> None:
    """D16"""
    with FileOrigin() as origin:
        file = origin.add("/file.bin", DATA)
        async with real(tmp_path) as h:
            each = await brought(h, target, file)
            rotten = rot(target, *BAD)
            file.statuses = [404] * 10
            await h.engine.repair([each])
            (row,) = await h.settled([each])
            assert row.state is State.GONE
            (kept,) = await h.engine.quarantined()
            assert Path(kept.path).read_bytes() == rotten
            file.statuses = []
            before = len(origin.requests)
            await h.engine.retry([each])
            (row,) = await h.settled([each])
            assert row.state is State.DOWNLOADED
            assert asked(origin, before) == [(start, stop - 1) for start, stop in ROTTEN]


async def test_blocks_that_were_wrong_themselves_cost_no_wrong_file(tmp_path: Path, target: Path) -> None:
    """D16: the digests of the blocks are only a hint, the checksum of the whole decides."""
    with FileOrigin() as origin:
        file = origin.add("/file.bin", DATA)
        async with real(tmp_path) as h:
            each = await brought(h, target, file)
        rotten = rot(target, *BAD)
        store = Store.open(h.paths.database)
        blocks = store.blocks(each)
        assert blocks is not None
        lies = await other_blocks(tmp_path / "elsewhere", rotten)
        with store.together():
            store.database.write("UPDATE blocks SET digests = ? WHERE resource = ?", (lies.hex(), each))
        store.close()
        async with real(tmp_path) as h:
            await h.engine.repair([each])
            (row,) = await h.settled([each])
            assert row.state is State.DOWNLOADED
            assert target.read_bytes() == DATA


async def other_blocks(folder: Path, data: bytes) -> bytes:
    """The digests of the blocks of other bytes, as if these had arrived."""
    with FileOrigin() as origin:
        async with real(folder) as h:
            each = await brought(h, folder / "to" / "file.bin", origin.add("/file.bin", data))
            blocks = await h.engine._on.recorder.ask(lambda ledger: ledger.store.blocks(each))
            assert blocks is not None
            return blocks.digests


@pytest.mark.parametrize("size", [100_000, SIZE])
async def test_what_no_block_tells_of_comes_again_whole(tmp_path: Path, target: Path, size: int) -> None:
    """D16: small files have no digests of blocks, and without a checksum no one would prove the mixture."""
    with FileOrigin() as origin:
        file = origin.add("/file.bin", DATA[:size])
        async with real(tmp_path, Settings(connections=1)) as h:
            each = await brought(h, target, file, checksums=size < SIZE)
            rot(target, 50_000)
            problem: Problem | None = await h.engine.verify(each)
            assert problem is not None
            assert ("ranges" in problem.arguments) is (size == SIZE)
            assert await h.engine.repair([each]) == [each]
            assert (await h.settled([each]))[0].state is State.DOWNLOADED
            assert target.read_bytes() == DATA[:size]
            assert (await h.engine.attempts(each))[-1].bytes == size


async def test_a_file_that_vanished_comes_again(tmp_path: Path, target: Path) -> None:
    with FileOrigin() as origin:
        file = origin.add("/file.bin", DATA)
        async with real(tmp_path) as h:
            each = await brought(h, target, file)
            target.unlink()
            assert await h.engine.repair([each]) == [each]
            assert (await h.settled([each]))[0].state is State.DOWNLOADED
            assert target.read_bytes() == DATA
            assert await h.engine.quarantined() == []


async def test_what_is_damaged_can_be_kept_all_the_same(tmp_path: Path, target: Path) -> None:
    """The choices of every file in quarantine."""
    with FileOrigin() as origin:
        file = origin.add("/file.bin", DATA)
        async with real(tmp_path) as h:
            each = await brought(h, target, file)
            rotten = rot(target, *BAD)
            assert await h.engine._on.commands.quarantine.take_in([each]) == [each]
            (row,) = await h.engine.snapshots([each])
            assert row.state is State.QUARANTINED
            assert row.problem is not None
            assert msgspec.to_builtins(row.problem)["code"] == "file-damaged"
            assert not target.exists()
            assert await h.engine.accept_quarantined([each]) == [each]
            assert target.read_bytes() == rotten


async def test_a_sector_that_cannot_be_read_is_a_bad_block(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D16: what the drive refuses to give is as wrong as what it gives wrongly."""
    bad = 3 * BLOCK + 4096
    read_at, read = system.read_at, Handle.read

    def refuse(descriptor: int, buffer: memoryview, offset: int) -> int:
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        if not name.endswith(PART_SUFFIX) and offset <= bad < offset + len(buffer):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return read_at(descriptor, buffer, offset)

    def refuse_too(handle: Handle, count: int) -> bytes:
        assert handle._file is not None
        if handle._file.tell() <= bad < handle._file.tell() + count:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return read(handle, count)

    with FileOrigin() as origin:
        file = origin.add("/file.bin", DATA)
        async with real(tmp_path) as h:
            each = await brought(h, target, file)
            with monkeypatch.context() as worn:
                worn.setattr(system, "read_at", refuse)
                worn.setattr(Handle, "read", refuse_too)
                problem = await h.engine.verify(each)
                assert problem is not None
                assert "it cannot be read back, in 1 of 10 blocks" in problem.message
                before = len(origin.requests)
                assert await h.engine.repair([each]) == [each]
                (row,) = await h.settled([each])
            assert row.state is State.DOWNLOADED
            assert target.read_bytes() == DATA
            assert asked(origin, before) == [(3 * BLOCK, 4 * BLOCK - 1)]
            assert len(await h.engine.quarantined()) == 1


async def test_what_most_blocks_are_right_of_is_repaired_whatever_its_mtime(tmp_path: Path, target: Path) -> None:
    """D16: a program that opened the file, or a copy of it, has changed nothing but the time."""
    with FileOrigin() as origin:
        file = origin.add("/file.bin", DATA)
        async with real(tmp_path) as h:
            each = await brought(h, target, file)
            rotten, later = rot(target, *BAD), target.stat().st_mtime_ns + 10**9
            os.utime(target, ns=(later, later))
            before = len(origin.requests)
            assert await h.engine.repair([each]) == [each]
            (row,) = await h.settled([each])
            assert row.state is State.DOWNLOADED
            assert target.read_bytes() == DATA
            assert asked(origin, before) == [(start, stop - 1) for start, stop in ROTTEN]
            (kept,) = await h.engine.quarantined()
            assert Path(kept.path).read_bytes() == rotten


async def test_a_file_that_is_put_there_after_the_damage_was_told_stays(tmp_path: Path, target: Path) -> None:
    """D16: of what lies there now nothing is known."""
    with FileOrigin() as origin:
        file = origin.add("/file.bin", DATA)
        async with real(tmp_path) as h:
            each = await brought(h, target, file)
            rot(target, *BAD)
            damage = await h.engine.verify(each)
            assert damage is not None
            newer, later = contents(SIZE, 5), target.stat().st_mtime_ns + 10**9
            target.write_bytes(newer)
            os.utime(target, ns=(later, later))
            assert await h.engine.repair([each], {each: damage}) == [each]
            (row,) = await h.settled([each])
            assert target.read_bytes() == newer
            assert row.problem is not None
            assert row.problem.code == "target-taken"


@pytest.mark.parametrize("longer", [0, 77])
async def test_another_file_that_was_put_into_its_place_stays(tmp_path: Path, target: Path, longer: int) -> None:
    """D16: only the file that was recorded is moved, as `remove` trashes no other."""
    with FileOrigin() as origin:
        file = origin.add("/file.bin", DATA)
        async with real(tmp_path) as h:
            each = await brought(h, target, file)
            newer, later = contents(SIZE + longer, 5), target.stat().st_mtime_ns + 10**9
            target.write_bytes(newer)
            os.utime(target, ns=(later, later))
            assert await h.engine.repair([each]) == [each]
            (row,) = await h.settled([each])
            assert target.read_bytes() == newer
            assert await h.engine.quarantined() == []
            assert (row.state, row.problem and row.problem.code) == (State.FAILED, "target-taken")


async def test_damaged_bytes_are_thrown_away_only_where_the_same_are_kept(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D16: the name and the size of what lies in quarantine prove nothing."""
    put_aside, mine = Disk.put_aside, contents(SIZE, 9)

    async def write_first(disk: Disk, path: Path, root: Path | None, tag: str, digest: str) -> Path:
        path.write_bytes(mine)
        return await put_aside(disk, path, root, tag, digest)

    def kept() -> list[bytes]:
        return [path.read_bytes() for path in sorted((target.parent / QUARANTINE).iterdir())]

    with FileOrigin() as origin:
        file = origin.add("/file.bin", DATA)
        async with real(tmp_path) as h:
            each = await brought(h, target, file)

            async def repair() -> None:
                assert await h.engine.repair([each]) == [each]
                assert (await h.settled([each]))[0].state is State.DOWNLOADED

            for _ in range(2):
                rotten = rot(target, *BAD)
                await repair()
                assert kept() == [rotten], "the same bytes are kept once"
            rot(target, *BAD)
            with monkeypatch.context() as hasty:
                hasty.setattr(Disk, "put_aside", write_first)
                await repair()
            assert kept() == [rotten, mine], "what the user wrote in that moment is not deleted unread"
            (first, _) = sorted((target.parent / QUARANTINE).iterdir())
            by_hand = contents(SIZE, 7)
            first.write_bytes(by_hand)
            rot(target, *BAD)
            await repair()
            assert kept() == [by_hand, mine, rotten], "nor is what only has the name of a file that was changed"
            rot(target, *BAD)
            with monkeypatch.context() as large:
                large.setattr("stabilitydl.disk.aside.COMPARED_BYTES", SIZE - 1)
                await repair()
            assert kept() == [by_hand, mine, rotten, rotten], "what takes too long to compare is kept twice"


async def test_a_damaged_file_that_was_moved_by_a_process_that_died_then_lends_its_blocks(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D16, C03: killed between the name in quarantine and the database."""
    put_aside = Disk.put_aside

    async def die_behind(disk: Disk, path: Path, root: Path | None, tag: str, digest: str) -> Path:
        await put_aside(disk, path, root, tag, digest)
        raise DiskFault(path=str(path), detail="the process ends here")

    with FileOrigin() as origin:
        file = origin.add("/file.bin", DATA)
        async with real(tmp_path) as h:
            each = await brought(h, target, file)
            rotten = rot(target, *BAD)
            with monkeypatch.context() as dying:
                dying.setattr(Disk, "put_aside", die_behind)
                with pytest.raises(DiskFault):
                    await h.engine.repair([each])
        async with real(tmp_path) as h:
            before = len(origin.requests)
            assert await h.engine.repair([each]) == [each]
            (row,) = await h.settled([each])
            assert row.state is State.DOWNLOADED
            assert target.read_bytes() == DATA
            assert asked(origin, before) == [(start, stop - 1) for start, stop in ROTTEN]
            (kept,) = await h.engine.quarantined()
            assert Path(kept.path).read_bytes() == rotten
