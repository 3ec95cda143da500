"""Reading a finished file piece by piece, in a thread of its own: a volume that hangs stalls only its reader."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import ParamSpec, Self, TypeVar

from ..clock import Clock
from ..errors import DriveStuck
from ..lane import Lane
from . import patience
from .blocks import digest_block
from .system import UNREADABLE, map_error

SLOW_BLOCKS = 2
"""Blocks of one file that may each take longer than `patience.STUCK_SECONDS`."""

P = ParamSpec("P")
T = TypeVar("T")


class Reader:
    """An open file. ``size`` is in bytes, as it was when the file was opened.

    Whatever does not end within `patience.STUCK_SECONDS` raises DriveStuck.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._handle = Handle(path)
        self._stuck = 0
        self.size = 0

    @classmethod
    async def open(cls, path: Path, clock: Clock) -> Self:
        """Raises DiskError."""
        reader = cls(path, clock)
        try:
            reader.size = await reader._run(reader._handle.open)
        except BaseException:
            reader.close()
            raise
        return reader

    async def read(self, count: int) -> bytes:
        """The next ``count`` bytes at most; empty at the end. Raises DiskError."""
        return await self._run(self._handle.read, count)

    async def read_block(self, start: int, size: int, digest: bytes) -> bytes | None:
        """``size`` bytes from ``start``, if there are as many, the drive can read them, and this is their digest.

        One that the drive does not get done with is as good as lost, up to `SLOW_BLOCKS` of them. Raises DiskError for
        what is wrong with more than a block.
        """
        try:
            return await self._run(self._handle.read_block, start, size, digest)
        except DriveStuck:
            self._stuck += 1
            if self._stuck > SLOW_BLOCKS:
                raise
            self._handle.close()
            self._handle = Handle(self._path)
            await self._run(self._handle.open)
            return None

    async def _run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            with self._clock.fail_after(patience.STUCK_SECONDS):
                return await self._handle.lane.run(call, *args, **kwargs)
        except TimeoutError:
            raise DriveStuck(path=str(self._path)) from None
        except OSError as error:
            raise map_error(error, self._path) from error

    def close(self) -> None:
        """Let go of the file as soon as the thread comes to it."""
        self._handle.close()

    def __repr__(self) -> str:
        return f"<Reader {self._path.name} {self.size}>"


class Handle:
    """The file in its thread. Where a read hangs, another handle takes over, and this one ends when it comes back."""

    def __init__(self, path: Path) -> None:
        self.lane = Lane("reader")
        self._path = path
        self._file: FileIO | None = None

    def open(self) -> int:
        self._file = FileIO(self._path)
        return os.fstat(self._file.fileno()).st_size

    def read(self, count: int) -> bytes:
        assert self._file is not None, "opened before it is read"
        return self._file.read(count)

    def read_block(self, start: int, size: int, digest: bytes) -> bytes | None:
        assert self._file is not None, "opened before it is read"
        self._file.seek(start)
        block = b""
        try:
            while len(block) < size and (piece := self.read(size - len(block))):
                block += piece
        except OSError as error:
            if error.errno not in UNREADABLE:
                raise
            return None
        return block if len(block) == size and digest_block(block) == digest else None

    def close(self) -> None:
        self.lane.post(self._close)
        self.lane.close(0.0)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
