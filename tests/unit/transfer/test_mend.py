"""What is right of a damaged file begins a new one, and the rest is fetched."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from stabilitydl.disk.blocks import digest_block, pack
from stabilitydl.disk.journal import BLOCK
from stabilitydl.disk.reader import Reader
from stabilitydl.errors import DiskError, NoSpace, TargetTaken
from stabilitydl.transfer.mend import mend
from stabilitydl.transfer.order import Order, Services
from tests.fakes.origin import FileOrigin
from tests.unit.disk.lanes import Calls, descriptors
from tests.unit.transfer.rig import Rig, noise, sha256, until

pytestmark = pytest.mark.anyio

COUNT = 9
SIZE = (COUNT - 1) * BLOCK + 5
DATA = noise(SIZE)
PROOFS = {index: digest_block(DATA[index * BLOCK : (index + 1) * BLOCK]) for index in range(COUNT)}


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """All of it, but for the third block and the last byte."""
    path = tmp_path / "damaged"
    data = bytearray(DATA)
    data[2 * BLOCK] ^= 1
    data[-1] ^= 1
    path.write_bytes(data)
    return path


async def mended(rig: Rig, damaged: Path, blocks: bytes | None = None, *, size: int = SIZE) -> None:
    order = Order(rig.resource(size=size, checksum=sha256(DATA)), rig.target)
    services = Services(rig.client, rig.disk, rig.clock, rig.bandwidth)
    await mend(order, damaged, pack(PROOFS, SIZE) if blocks is None else blocks, rig.live, services)


def asked(origin: FileOrigin) -> list[int]:
    """The first byte of each block that was asked for, in order."""
    found = [request.range for request in origin.requests]
    return sorted(start for one in found if one for start in range(one[0], (one[1] or SIZE) + 1, BLOCK))


async def test_what_is_right_is_taken_and_the_rest_is_fetched(rig: Rig, origin: FileOrigin, damaged: Path) -> None:
    """D16"""
    before = damaged.read_bytes()
    await mended(rig, damaged)
    assert rig.live.received == (COUNT - 2) * BLOCK
    assert rig.left == [rig.part.name, rig.journal.name]
    arrival = await rig.fetch(origin.add("/m", DATA).url, size=SIZE, checksum=sha256(DATA))
    assert rig.target.read_bytes() == DATA
    assert arrival.fetched == BLOCK + 5
    assert asked(origin) == [2 * BLOCK, 8 * BLOCK]
    assert arrival.blocks == pack(PROOFS, SIZE)
    assert damaged.read_bytes() == before


async def test_one_that_is_cut_off_goes_on_behind_what_it_took(
    rig: Rig, origin: FileOrigin, damaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C01: and reads nothing twice."""
    read: list[int] = []
    before = descriptors()
    real = Reader.read_block

    async def stop(reader: Reader, start: int, size: int, digest: bytes) -> bytes | None:
        read.append(start // BLOCK)
        if start == 4 * BLOCK:
            await anyio.sleep_forever()
        return await real(reader, start, size, digest)

    with monkeypatch.context() as cut:
        cut.setattr(Reader, "read_block", stop)
        async with anyio.create_task_group() as group:
            group.start_soon(mended, rig, damaged)
            await until(lambda: 4 in read)
            group.cancel_scope.cancel()
    await until(lambda: descriptors() == before)
    del read[:]

    async def note(reader: Reader, start: int, size: int, digest: bytes) -> bytes | None:
        read.append(start // BLOCK)
        return await real(reader, start, size, digest)

    monkeypatch.setattr(Reader, "read_block", note)
    await mended(rig, damaged)
    assert read == [4, 5, 6, 7, 8]
    await mended(rig, damaged)
    assert read == [4, 5, 6, 7, 8, 8], "what was wrong in between is not read again and again"
    await rig.fetch(origin.add("/m", DATA).url, size=SIZE, checksum=sha256(DATA))
    assert asked(origin) == [2 * BLOCK, 8 * BLOCK]
    assert rig.target.read_bytes() == DATA


@pytest.mark.parametrize("known", [{}, {0: PROOFS[1]}])
async def test_where_nothing_is_right_nothing_is_left(rig: Rig, damaged: Path, known: dict[int, bytes]) -> None:
    await mended(rig, damaged, pack(known, SIZE))
    assert rig.left == []


async def test_a_file_of_another_size_gives_nothing(rig: Rig, damaged: Path) -> None:
    await mended(rig, damaged, size=SIZE + 1)
    damaged.write_bytes(DATA + b"more" * BLOCK)
    await mended(rig, damaged)
    assert rig.left == []


async def test_a_part_of_something_else_stays_as_it_is(rig: Rig, origin: FileOrigin, damaged: Path) -> None:
    await mended(rig, damaged)
    before = rig.part.read_bytes(), rig.journal.read_bytes()
    other = Order(rig.resource(size=SIZE, checksum="sha256:" + "0" * 64), rig.target)
    services = Services(rig.client, rig.disk, rig.clock, rig.bandwidth)
    await mend(other, damaged, pack(PROOFS, SIZE), rig.live, services)
    assert (rig.part.read_bytes(), rig.journal.read_bytes()) == before


async def test_without_the_file_or_with_one_at_the_target_nothing_happens(rig: Rig, damaged: Path) -> None:
    with pytest.raises(DiskError):
        await mended(rig, damaged.with_name("gone"))
    rig.target.parent.mkdir(parents=True)
    rig.target.write_text("of the user")
    with pytest.raises(TargetTaken):
        await mended(rig, damaged)
    assert rig.left == [rig.target.name]


async def test_without_room_nothing_is_left(rig: Rig, damaged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """D01"""
    calls = Calls(monkeypatch)
    calls.replace("free_space", lambda _real, *_args: 1000)
    with pytest.raises(NoSpace):
        await mended(rig, damaged)
    assert rig.left == []
