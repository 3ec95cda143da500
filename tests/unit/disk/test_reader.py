"""A finished file is read piece by piece, and a place where a drive does not answer costs only itself."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from stabilitydl.disk import reader as module
from stabilitydl.disk.blocks import digest_block
from stabilitydl.disk.journal import BLOCK
from stabilitydl.disk.patience import STUCK_SECONDS
from stabilitydl.disk.reader import SLOW_BLOCKS, Handle, Reader
from stabilitydl.errors import DriveStuck
from tests.fakes.clock import ManualClock
from tests.unit.disk.lanes import noise

pytestmark = pytest.mark.anyio

DATA = noise(6 * BLOCK)


class Slow:
    """A drive that does not get done with some blocks until ``go`` is set; ``entered`` counts who waits for them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *blocks: int) -> None:
        self.go = threading.Event()
        self.entered = threading.Semaphore(0)
        real = Handle.read

        def read(handle: Handle, count: int) -> bytes:
            assert handle._file is not None
            if handle._file.tell() // BLOCK in blocks:
                self.entered.release()
                assert self.go.wait(60)
            return real(handle, count)

        monkeypatch.setattr(module.Handle, "read", read)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "model.bin"
    path.write_bytes(DATA)
    return path


@pytest.fixture
def threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        if thread.name == "reader":
            thread.join(60)


async def block(reader: Reader, index: int) -> bytes | None:
    data = DATA[index * BLOCK : (index + 1) * BLOCK]
    return await reader.read_block(index * BLOCK, BLOCK, digest_block(data))


async def block_of_a_slow_drive(reader: Reader, index: int, clock: ManualClock, slow: Slow) -> bytes | None:
    found: list[bytes | None] = []

    async def read() -> None:
        found.append(await block(reader, index))

    async with anyio.create_task_group() as group:
        group.start_soon(read)
        await anyio.to_thread.run_sync(slow.entered.acquire)
        clock.advance(STUCK_SECONDS + 1)
    return found[0]


@pytest.mark.usefixtures("threads")
async def test_a_block_that_takes_too_long_is_as_good_as_lost_and_the_others_are_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D16, D09"""
    clock, slow = ManualClock(), Slow(monkeypatch, 1)
    reader = await Reader.open(path, clock)
    try:
        assert await block(reader, 0) == DATA[:BLOCK]
        assert await block_of_a_slow_drive(reader, 1, clock, slow) is None
        for index in range(2, 6):
            assert await block(reader, index) == DATA[index * BLOCK : (index + 1) * BLOCK]
    finally:
        slow.go.set()
        reader.close()


@pytest.mark.usefixtures("threads")
async def test_a_drive_that_is_slow_again_and_again_is_stuck(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """D09"""
    clock, slow = ManualClock(), Slow(monkeypatch, *range(6))
    reader = await Reader.open(path, clock)
    try:
        for index in range(SLOW_BLOCKS):
            assert await block_of_a_slow_drive(reader, index, clock, slow) is None
        with pytest.raises(ExceptionGroup) as caught:
            await block_of_a_slow_drive(reader, SLOW_BLOCKS, clock, slow)
        assert caught.group_contains(DriveStuck)
    finally:
        slow.go.set()
        reader.close()


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("code", [errno.EIO, errno.ENODATA, errno.ETIMEDOUT, errno.EREMOTEIO])
async def test_a_block_that_cannot_be_read_is_a_bad_one(path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """D16"""

    def refuse(handle: Handle, count: int) -> bytes:
        raise OSError(code, os.strerror(code))

    reader = await Reader.open(path, ManualClock())
    try:
        monkeypatch.setattr(module.Handle, "read", refuse)
        assert await block(reader, 0) is None
    finally:
        reader.close()
    assert repr(reader) == f"<Reader model.bin {len(DATA)}>"
