"""Digests by reading back: while the file grows, and never of bytes that somebody else put there."""

from __future__ import annotations

import errno
import hashlib
import os
import zlib
from pathlib import Path

import anyio
import pytest
from blake3 import blake3

from stabilitydl.disk import hasher as module
from stabilitydl.disk.digests import Digests
from stabilitydl.disk.hasher import Hasher
from stabilitydl.disk.openpart import CLOSE_SECONDS, OpenPart
from stabilitydl.disk.partfile import MIB
from stabilitydl.domain.checksum import Checksum, Verification
from stabilitydl.errors import ChecksumMismatch, DiskFault, NotWritable, PartChanged
from tests.fakes.clock import ManualClock
from tests.unit.disk.lanes import BIG, Calls, Lanes, descriptors, noise

DATA = noise(BIG)
SHA256 = hashlib.sha256(DATA).hexdigest()
CHECKSUMS = {
    "sha256": SHA256,
    "blake3": blake3(DATA).hexdigest(),
    "sha512": hashlib.sha512(DATA).hexdigest(),
    "git-sha1": hashlib.sha1(b"blob %d\0" % BIG + DATA).hexdigest(),
    "sha1": hashlib.sha1(DATA).hexdigest(),
    "md5": hashlib.md5(DATA).hexdigest(),
    "autov2": SHA256[:10],
    "crc32": f"{zlib.crc32(DATA):08x}",
}
WEAK = {"sha1", "md5", "autov2", "crc32"}


def digests_of(data: bytes, *checksums: str) -> Digests:
    digests = Digests([Checksum.parse(checksum) for checksum in checksums], len(data))
    for start in range(0, len(data), 100_000):
        digests.update(memoryview(data)[start : start + 100_000])
    return digests


@pytest.mark.parametrize("algorithm", CHECKSUMS)
def test_every_algorithm_tells_the_file_from_another(algorithm: str) -> None:
    checksum = f"{algorithm}:{CHECKSUMS[algorithm]}"
    digests = digests_of(DATA, checksum)
    assert digests.judge() is (Verification.WEAK if algorithm in WEAK else Verification.VERIFIED)
    assert digests.sha256 == SHA256
    other = DATA[:-1] + bytes([DATA[-1] ^ 1])
    with pytest.raises(ChecksumMismatch) as caught:
        digests_of(other, checksum).judge()
    assert caught.value.arguments["expected"] == checksum
    assert str(caught.value.arguments["actual"]).startswith(f"{algorithm}:")
    assert caught.value.arguments["sha256"] == hashlib.sha256(other).hexdigest()


def test_the_strongest_checksum_decides_and_none_proves_nothing() -> None:
    """F13"""
    wrong = "crc32:" + "0" * 8
    assert digests_of(DATA, wrong, f"sha256:{SHA256}").judge() is Verification.VERIFIED
    assert digests_of(DATA).judge() is None


@pytest.mark.anyio
async def test_a_finished_file_is_read_in_fair_slices(
    lanes: Lanes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SLICE", 2 * MIB)
    paths = [tmp_path / "one", tmp_path / "two"]
    order: list[tuple[int, int]] = []
    real = lanes.hasher.read

    def read(descriptor: int, digests: Digests, start: int, stop: int) -> int:
        order.append((descriptor, start))
        return real(descriptor, digests, start, stop)

    monkeypatch.setattr(lanes.hasher, "read", read)
    results: dict[str, str] = {}

    async def digest(path: Path) -> None:
        found = await lanes.hasher.digest(path, BIG, ())
        assert found is not None
        results[path.name] = found.sha256

    for path in paths:
        path.write_bytes(DATA)
    async with anyio.create_task_group() as group:
        for path in paths:
            group.start_soon(digest, path)
    assert results == {"one": SHA256, "two": SHA256}
    assert len(order) == 10
    first = order[0][0]
    assert order.index((first, 8 * MIB)) > next(index for index, entry in enumerate(order) if entry[0] != first)


@pytest.mark.anyio
@pytest.mark.parametrize("actual", [BIG - 1, BIG + 1, 0])
async def test_a_finished_file_of_another_size_has_no_digest(lanes: Lanes, tmp_path: Path, actual: int) -> None:
    path = tmp_path / "model"
    path.write_bytes((DATA + b"x")[:actual])
    before = descriptors()
    assert await lanes.hasher.digest(path, BIG, ()) is None
    await lanes.hasher.lane.run(lambda: None)
    assert descriptors() == before


@pytest.mark.anyio
async def test_a_file_that_is_gone_or_cannot_be_read(lanes: Lanes, tmp_path: Path, calls: Calls) -> None:
    assert await lanes.hasher.digest(tmp_path / "model", 0, ()) is None
    (tmp_path / "model").write_bytes(b"x")
    calls.fail("open_reader", errno.EACCES, times=1)
    with pytest.raises(NotWritable):
        await lanes.hasher.digest(tmp_path / "model", 1, ())
    calls.fail("read_at", errno.EIO)
    with pytest.raises(DiskFault):
        await lanes.hasher.digest(tmp_path / "model", 1, ())
    assert repr(lanes.hasher) == "<Hasher hash test>"


@pytest.mark.anyio
async def test_a_reading_that_is_cancelled_leaves_no_descriptor(lanes: Lanes, tmp_path: Path, calls: Calls) -> None:
    path = tmp_path / "model"
    path.write_bytes(b"x")
    before = descriptors()
    entered, go = calls.hold("open_reader")
    async with anyio.create_task_group() as group:
        group.start_soon(lanes.hasher.digest, path, 1, ())
        await anyio.to_thread.run_sync(entered.wait)
        group.cancel_scope.cancel()
    go.set()
    await lanes.hasher.lane.run(lambda: None)
    assert descriptors() == before


async def fill(part: OpenPart, start: int, stop: int) -> None:
    for offset in range(start, stop, MIB):
        await part.write(offset, DATA[offset : min(stop, offset + MIB)])
    await part.flush()


@pytest.mark.anyio
async def test_the_digest_follows_the_prefix_and_reads_every_byte_once(
    lanes: Lanes, target: Path, calls: Calls
) -> None:
    part = await lanes.begin(target)
    part.follow([Checksum.parse(f"sha256:{SHA256}")], BIG)
    read: list[int] = []
    real = Hasher.read

    def reading(hasher: Hasher, descriptor: int, digests: Digests, start: int, stop: int) -> int:
        read.append(stop - start)
        return real(hasher, descriptor, digests, start, stop)

    lanes.hasher.read = reading.__get__(lanes.hasher)  # type: ignore[method-assign]
    await fill(part, 5 * MIB, BIG)
    assert part.checked == 0
    await fill(part, 0, 5 * MIB)
    await lanes.hasher.lane.run(lambda: None)
    assert read
    assert (await part.digest()).judge() is Verification.VERIFIED
    assert sum(read) == BIG == part.checked
    await part.close()


@pytest.mark.anyio
async def test_a_file_that_somebody_wrote_into_is_read_again(lanes: Lanes, target: Path) -> None:
    """D11"""
    part = await lanes.begin(target)
    part.follow([Checksum.parse(f"sha256:{SHA256}")], BIG)
    await fill(part, 0, BIG)
    await lanes.hasher.lane.run(lambda: None)
    with part.file.path.open("r+b") as foreign:
        foreign.write(b"changed")
    os.utime(part.file.path, ns=(1, 1))
    digests = await part.digest()
    with pytest.raises(ChecksumMismatch):
        digests.judge()
    assert digests.sha256 == hashlib.sha256(b"changed" + DATA[7:]).hexdigest()
    await part.close()


@pytest.mark.anyio
async def test_a_write_into_what_was_read_already_is_noticed(lanes: Lanes, target: Path) -> None:
    """D11"""
    part = await lanes.begin(target)
    part.follow([Checksum.parse(f"sha256:{SHA256}")], BIG)
    await fill(part, 0, 5 * MIB)
    await lanes.hasher.lane.run(lambda: None)
    assert part.checked > 0
    with part.file.path.open("r+b") as foreign:
        foreign.write(b"changed")
    os.utime(part.file.path, ns=(1, 1))
    await fill(part, 5 * MIB, BIG)
    with pytest.raises(ChecksumMismatch):
        (await part.digest()).judge()
    await part.close()


@pytest.mark.anyio
async def test_a_file_that_was_cut_is_noticed(lanes: Lanes, target: Path) -> None:
    """D11"""
    part = await lanes.begin(target)
    part.follow([Checksum.parse(f"sha256:{SHA256}")], BIG)
    await fill(part, 0, 3 * MIB)
    await fill(part, 3 * MIB, BIG)
    os.truncate(part.file.path, 2 * MIB)
    with pytest.raises(PartChanged):
        await part.digest()
    assert not target.exists()
    await part.close()


@pytest.mark.anyio
async def test_a_read_error_while_following_comes_out_at_the_end(lanes: Lanes, target: Path, calls: Calls) -> None:
    part = await lanes.begin(target)
    part.follow([], BIG)
    calls.fail("read_at", errno.EIO, times=1)
    await fill(part, 0, BIG)
    with pytest.raises(DiskFault):
        await part.digest()
    calls.replace("read_at", lambda real, *args: 1 // 0)
    part.follow([], BIG)
    with pytest.raises(ZeroDivisionError):
        await part.digest()
    await part.close()


@pytest.mark.anyio
async def test_what_it_is_shows(lanes: Lanes, target: Path) -> None:
    part = await lanes.begin(target)
    assert part.checked == 0
    part.follow([], BIG)
    assert repr(part._prefix) == f"<PrefixHasher {part.file.path.name} at 0 of {BIG}>"
    await part.start_over()
    assert part.checked == 0
    await part.discard()


@pytest.mark.anyio
async def test_a_read_that_hangs_does_not_hold_up_who_closes(lanes: Lanes, target: Path, calls: Calls) -> None:
    """D09: the file is closed behind the read, which is the last one."""
    assert isinstance(lanes.clock, ManualClock)
    part = await lanes.begin(target)
    part.follow([], BIG)
    entered, go = calls.hold("read_at", file="sdlpart")
    for start in range(0, BIG, MIB):
        await part.write(start, DATA[start : start + MIB])
    await part.flush()
    await anyio.to_thread.run_sync(entered.wait)
    steps = lanes.hasher.steps
    async with anyio.create_task_group() as group:
        group.start_soon(part.close)
        await anyio.wait_all_tasks_blocked()
        lanes.clock.advance(CLOSE_SECONDS)
    assert part.file.descriptor >= 0, "nobody else may get its number as long as it is read"
    go.set()
    await lanes.hasher.lane.run(lambda: None)
    await lanes.writer.lane.run(lambda: None)
    assert part.file.descriptor < 0
    assert lanes.hasher.steps == steps + 1
