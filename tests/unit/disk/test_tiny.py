"""Tiny files are checked where they are written, and as strictly as others."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from stabilitydl.disk.openpart import OpenPart
from stabilitydl.disk.tiny import TINY, Proof
from stabilitydl.domain.checksum import Checksum, Verification
from stabilitydl.errors import ChecksumMismatch, DiskFault, PartChanged
from tests.unit.disk.lanes import Calls, Lanes, noise

pytestmark = pytest.mark.anyio

SIZE = 70_000
DATA = noise(SIZE)
SHA256 = hashlib.sha256(DATA).hexdigest()


async def begun(lanes: Lanes, target: Path, checksum: str = f"sha256:{SHA256}") -> OpenPart:
    part = await lanes.begin(target, SIZE)
    part.follow([Checksum.parse(checksum)] if checksum else [], SIZE)
    return part


async def test_the_digest_is_there_with_the_last_byte(
    lanes: Lanes, target: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes.hasher, "read", None)
    part = await begun(lanes, target)
    calls.watch("write_at", "read_at", "free_space")
    await part.write(0, DATA[:30_000])
    await part.write(30_000, DATA[30_000:])
    await part.flush()
    assert part.checked == SIZE
    assert (await part.digest()).judge() is Verification.VERIFIED
    assert [name for name, _ in calls.made] == ["write_at", "read_at"]
    await part.finalize()
    assert target.read_bytes() == DATA
    await part.close()


async def test_it_waits_for_the_last_byte(lanes: Lanes, target: Path, calls: Calls) -> None:
    part = await begun(lanes, target)
    calls.watch("read_at")
    for start in (40_000, 20_000, 0):
        await part.write(start, DATA[start : start + 20_000])
        await part.flush()
    assert calls.made == []
    assert part.checked == 0
    await part.write(60_000, DATA[60_000:])
    await part.flush()
    assert (await part.digest()).sha256 == SHA256
    assert part.proof is not None
    assert repr(part.proof) == "<Proof of 70000 bytes taken>"
    await part.close()


async def test_bytes_that_are_written_again_count_as_they_are_now(lanes: Lanes, target: Path) -> None:
    part = await begun(lanes, target)
    await part.write(0, DATA)
    await part.flush()
    await part.write(5, b"other")
    with pytest.raises(ChecksumMismatch):
        (await part.digest()).judge()
    await part.close()


async def test_what_somebody_else_wrote_is_read_again(lanes: Lanes, target: Path) -> None:
    """D11: the digest is that of what lies there, never of what came."""
    part = await begun(lanes, target)
    await part.write(0, DATA[:100])
    await part.flush()
    with part.file.path.open("r+b") as foreign:
        foreign.write(b"changed")
    os.utime(part.file.path, ns=(1, 1))
    await part.write(100, DATA[100:])
    with pytest.raises(ChecksumMismatch):
        (await part.digest()).judge()
    await part.close()


async def test_what_somebody_else_writes_after_the_check_gets_no_name(lanes: Lanes, target: Path) -> None:
    """D11"""
    part = await begun(lanes, target)
    await part.write(0, DATA)
    assert (await part.digest()).judge() is Verification.VERIFIED
    with part.file.path.open("r+b") as foreign:
        foreign.write(b"changed")
    os.utime(part.file.path, ns=(1, 1))
    with pytest.raises(PartChanged):
        await part.finalize()
    assert not target.exists()
    await part.close()


async def test_a_file_that_is_cut_while_it_is_read_is_not_proven(lanes: Lanes, target: Path, calls: Calls) -> None:
    """D11"""
    part = await begun(lanes, target, checksum="")
    calls.replace("read_at", lambda real, *args: 0)
    await part.write(0, DATA)
    with pytest.raises(PartChanged):
        await part.digest()
    assert part.proof is not None
    assert part.proof.digests is None
    await part.close()


async def test_a_file_that_cannot_be_read_back_is_an_error(lanes: Lanes, target: Path, calls: Calls) -> None:
    part = await begun(lanes, target)
    calls.fail("read_at", errno.EIO)
    await part.write(0, DATA)
    with pytest.raises(DiskFault):
        await part.digest()
    await part.close()


async def test_reads_that_are_short_are_continued(lanes: Lanes, target: Path, calls: Calls) -> None:
    part = await begun(lanes, target)
    calls.replace("read_at", lambda real, descriptor, view, offset: real(descriptor, view[:999], offset))
    await part.write(0, DATA)
    assert (await part.digest()).sha256 == SHA256
    await part.close()


async def test_beginning_again_forgets_the_proof(lanes: Lanes, target: Path) -> None:
    part = await begun(lanes, target)
    await part.write(0, DATA)
    await part.flush()
    await part.start_over()
    assert part.proof is None
    assert part.checked == 0
    part.follow([], SIZE)
    await part.write(0, DATA[::-1])
    assert (await part.digest()).sha256 == hashlib.sha256(DATA[::-1]).hexdigest()
    await part.finalize()
    assert target.read_bytes() == DATA[::-1]


async def test_larger_files_are_left_to_the_hasher(lanes: Lanes, target: Path) -> None:
    part = await lanes.begin(target, TINY + 1)
    part.follow([], TINY + 1)
    assert part.proof is None
    part.follow([], TINY)
    assert isinstance(part.proof, Proof)
    assert repr(part.proof) == f"<Proof of {TINY} bytes>"
    await part.close()
