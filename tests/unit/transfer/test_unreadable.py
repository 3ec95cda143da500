"""What was written and cannot be read back is fetched again, and nothing else is."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from stabilitydl.disk.blocks import digest_block, pack
from stabilitydl.disk.journal import BLOCK
from stabilitydl.disk.openpart import OpenPart
from stabilitydl.disk.reader import Reader
from stabilitydl.disk.system import system
from stabilitydl.domain.checksum import Verification
from stabilitydl.errors import DiskFault, DriveStuck
from stabilitydl.transfer.mend import mend
from stabilitydl.transfer.order import Order, Services
from tests.fakes.origin import FileOrigin
from tests.unit.transfer.rig import Rig, noise, sha256

pytestmark = pytest.mark.anyio

COUNT = 9
SIZE = (COUNT - 1) * BLOCK + 5
DATA = noise(SIZE)
BAD = 3 * BLOCK + 4096


class Worn:
    """A drive with a place that it cannot read, until it was written ``rewrites`` times more."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, rewrites: float) -> None:
        self.rewrites = rewrites + 1
        self.refused = 0
        read, write = system.read_at, system.write_at

        def read_at(descriptor: int, buffer: memoryview, offset: int) -> int:
            if self.rewrites > 0 and offset <= BAD < offset + len(buffer):
                self.refused += 1
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return read(descriptor, buffer, offset)

        def write_at(descriptor: int, chunks: list[bytes], offset: int) -> int:
            count = write(descriptor, chunks, offset)
            self.rewrites -= offset <= BAD < offset + count
            return count

        monkeypatch.setattr(system, "read_at", read_at)
        monkeypatch.setattr(system, "write_at", write_at)


def asked(origin: FileOrigin) -> Callable[[], list[tuple[int, int | None] | None]]:
    before = len(origin.requests)
    return lambda: [request.range for request in origin.requests[before:]]


@pytest.mark.parametrize("known", [True, False], ids=["checksum", "no checksum"])
async def test_a_block_that_cannot_be_read_back_comes_again(
    rig: Rig, origin: FileOrigin, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """D16: and no other."""
    worn = Worn(monkeypatch, 1)
    file = origin.add("/m", DATA)
    arrival = await rig.fetch(file.url, size=SIZE, checksum=sha256(DATA) if known else "")
    assert worn.refused
    assert rig.target.read_bytes() == DATA
    assert arrival.fetched == SIZE + BLOCK
    assert arrival.verification is (Verification.VERIFIED if known else Verification.WEAK)
    assert rig.left == [rig.target.name]


async def test_a_drive_that_never_reads_it_is_an_error_and_what_is_right_stays(
    rig: Rig, origin: FileOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D16, D05"""
    file = origin.add("/m", DATA)
    with monkeypatch.context() as patch:
        Worn(patch, float("inf"))
        with pytest.raises(DiskFault):
            await rig.fetch(file.url, size=SIZE, checksum=sha256(DATA))
    assert file.sent <= SIZE + 3 * BLOCK
    assert rig.left == [rig.part.name, rig.journal.name]
    again = asked(origin)
    await rig.fetch(file.url, size=SIZE, checksum=sha256(DATA))
    assert again() in ([], [(3 * BLOCK, 4 * BLOCK - 1)])
    assert rig.target.read_bytes() == DATA


async def test_where_a_damaged_file_can_be_read_no_further_what_was_taken_stays(
    rig: Rig, origin: FileOrigin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """D16, D09: only the rest comes from the network."""
    damaged = tmp_path / "damaged"
    damaged.write_bytes(DATA)
    proofs = {index: digest_block(DATA[index * BLOCK : (index + 1) * BLOCK]) for index in range(COUNT)}
    real = Reader.read_block

    async def stuck(reader: Reader, start: int, size: int, digest: bytes) -> bytes | None:
        if start >= 5 * BLOCK:
            raise DriveStuck(path=str(damaged))
        return await real(reader, start, size, digest)

    monkeypatch.setattr(Reader, "read_block", stuck)
    file = origin.add("/m", DATA)
    order = Order(rig.resource(size=SIZE, checksum=sha256(DATA)), rig.target)
    services = Services(rig.client, rig.disk, rig.clock, rig.bandwidth)
    await mend(order, damaged, pack(proofs, SIZE), rig.live, services)
    arrival = await rig.fetch(file.url, size=SIZE, checksum=sha256(DATA))
    assert arrival.fetched == SIZE - 5 * BLOCK
    assert rig.target.read_bytes() == DATA


async def test_a_block_of_a_file_that_cannot_be_told_from_another_brings_all_of_it_again(
    rig: Rig, origin: FileOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D16, H08: it may have been replaced meanwhile, and says the same of itself."""
    worn, other = Worn(monkeypatch, 1), noise(SIZE + 1)[1:]
    file = origin.add("/m", DATA, etag='W/"one"')
    bad_blocks = OpenPart.bad_blocks

    async def replaced(part: OpenPart, *, unproven: bool) -> list[int]:
        file.data = other
        return await bad_blocks(part, unproven=unproven)

    monkeypatch.setattr(OpenPart, "bad_blocks", replaced)
    arrival = await rig.fetch(file.url, size=SIZE)
    assert worn.refused
    assert rig.target.read_bytes() == other
    assert origin.ranges("/m") == [(0, None), (0, None)]
    assert arrival.verification is Verification.UNVERIFIABLE
    assert rig.left == [rig.target.name]
