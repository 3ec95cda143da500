"""The hasher of a volume: digests by reading files back, in its own thread, in fair slices between files.

While a part grows its hasher follows the contiguous prefix out of the page cache, so the file is checked moments
after its last byte.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import anyio
from blake3 import blake3

from ..domain.checksum import Checksum
from ..errors import PartChanged
from ..lane import Lane
from .digests import Digests
from .journal import BLOCK
from .partfile import PartFile
from .place import MIB
from .system import UNREADABLE, let_go, map_error, system

SLICE = 64 * MIB
BLOCKS_IN_A_ROW = SLICE // BLOCK
"""Blocks that are checked before other files get a turn."""
_BUFFER = MIB
_WORTH_A_HOP = 4 * MIB


class Hasher:
    """One thread that reads for all files of a volume. ``buffer`` is used in that thread only.

    ``steps`` counts the reads that have ended.
    """

    def __init__(self, name: str) -> None:
        self.lane = Lane(f"hash {name}")
        self.steps = 0
        self._buffer = memoryview(bytearray(_BUFFER))

    def read(self, descriptor: int, digests: Digests, start: int, stop: int) -> int:
        """Feed the bytes from ``start`` to ``stop`` to ``digests``; where the file ended, or ``stop``.

        Nothing more is read when nobody needs the digests any more.
        """
        position = start
        while position < stop and digests.is_needed:
            count = self._read(descriptor, position, stop)
            if count == 0:
                break
            digests.update(self._buffer[:count])
            position += count
        return position

    def _read(self, descriptor: int, position: int, stop: int) -> int:
        count = system.read_at(descriptor, self._buffer[: min(_BUFFER, stop - position)], position)
        self.steps += 1
        return count

    def check(self, descriptor: int, proofs: Mapping[int, bytes], size: int) -> list[int]:
        """Those of the blocks that do not have the digest which they should have, or that the drive cannot read.

        Raises OSError for what is wrong with more than a block.
        """
        wrong = []
        for index, expected in proofs.items():
            try:
                digest = self._digest(descriptor, index * BLOCK, min((index + 1) * BLOCK, size))
            except OSError as error:
                if error.errno not in UNREADABLE:
                    raise
                wrong.append(index)
            else:
                if digest.digest(length=len(expected)) != expected:
                    wrong.append(index)
        return wrong

    def _digest(self, descriptor: int, position: int, stop: int) -> blake3:
        digest = blake3()
        while position < stop and (count := self._read(descriptor, position, stop)):
            digest.update(self._buffer[:count])
            position += count
        return digest

    async def digest(self, path: Path, size: int, checksums: Iterable[Checksum]) -> Digests | None:
        """Digests of a finished file; None when it is not ``size`` bytes long (any more). Raises DiskError."""
        digests = Digests(checksums, size)
        opened: list[int] = []
        try:
            await self.lane.run(lambda: opened.append(system.open_reader(os.fspath(path))))
            position = 0
            while position < size:
                stop = min(size, position + SLICE)
                reached = await self.lane.run(self.read, opened[0], digests, position, stop)
                if reached < stop:
                    return None
                position = stop
            return digests if await self.lane.run(lambda: system.status(opened[0]).st_size) == size else None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise map_error(error, path) from error
        finally:
            # Also when this task is cancelled while the file is being opened.
            self.lane.post(lambda: _close(opened))

    async def damaged(self, path: Path, size: int, proofs: Mapping[int, bytes]) -> list[int]:
        """Those blocks of a finished file that do not have the digest which they should have. Raises DiskError."""
        opened: list[int] = []
        wrong: list[int] = []
        blocks = sorted(proofs)
        try:
            await self.lane.run(lambda: opened.append(system.open_reader(os.fspath(path))))
            for start in range(0, len(blocks), BLOCKS_IN_A_ROW):
                few = {index: proofs[index] for index in blocks[start : start + BLOCKS_IN_A_ROW]}
                wrong += await self.lane.run(self.check, opened[0], few, size)
            return wrong
        except OSError as error:
            raise map_error(error, path) from error
        finally:
            self.lane.post(lambda: _close(opened))

    def close(self, timeout: float) -> bool:
        """Stop the thread; False when it is stuck."""
        return self.lane.close(timeout)

    def __repr__(self) -> str:
        return f"<Hasher {self.lane.name}>"


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        let_go(descriptor)


class PrefixHasher:
    """Follows the contiguous prefix of one part. Used from the event loop; reads in the lane."""

    def __init__(self, hasher: Hasher, file: PartFile, checksums: Iterable[Checksum], size: int) -> None:
        self._hasher = hasher
        self._file = file
        self._checksums = tuple(checksums)
        self._size = size
        self.digests = Digests(self._checksums, size)
        self.position = 0
        self._failure: BaseException | None = None
        self._idle = anyio.Event()
        self._idle.set()

    def follow(self, prefix: int) -> None:
        """The first ``prefix`` bytes are written; read what is new when it is worth it."""
        if self._idle.is_set() and self._failure is None and prefix - self.position >= _WORTH_A_HOP:
            self._start(min(prefix, self.position + SLICE))

    async def finish(self) -> Digests:
        """The digests of the whole file. Raises PartChanged when it is shorter, DiskError when it cannot be read."""
        await self._idle.wait()
        while self.position < self._size:
            self._start(min(self._size, self.position + SLICE))
            await self._idle.wait()
            if self._failure is not None:
                raise self._failure
        return self.digests

    def restart(self) -> None:
        """Begin again from byte 0. Only when nothing is being read."""
        self.digests = Digests(self._checksums, self._size)
        self.position = 0
        self._failure = None

    async def settle(self) -> None:
        """Return when nothing is being read."""
        await self._idle.wait()

    @property
    def is_reading(self) -> bool:
        return not self._idle.is_set()

    def abandon(self) -> None:
        """Nobody needs the digests any more: a read that hangs is the last one."""
        self.digests.is_needed = False

    def _start(self, stop: int) -> None:
        self._idle = anyio.Event()
        reading = self._hasher.lane.start(self._hasher.read, self._file.descriptor, self.digests, self.position, stop)
        reading.add_done_callback(lambda done: self._settle(done, stop))

    def _settle(self, done: asyncio.Future[int], stop: int) -> None:
        failure = done.exception()
        if isinstance(failure, OSError):
            self._failure = map_error(failure, self._file.target)
        elif failure is not None:
            self._failure = failure
        elif done.result() < stop:
            self._failure = PartChanged(path=str(self._file.target))
        else:
            self.position = stop
        self._idle.set()

    def __repr__(self) -> str:
        return f"<PrefixHasher {self._file.path.name} at {self.position} of {self._size}>"
