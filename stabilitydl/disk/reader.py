"""Reading a finished file piece by piece, in a thread of its own: a volume that hangs stalls only its reader."""

from __future__ import annotations

import os
from io import FileIO
from pathlib import Path
from typing import Self

from ..lane import Lane
from .blocks import digest_block
from .system import map_error


class Reader:
    """An open file. ``size`` is in bytes, as it was when the file was opened."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lane = Lane("reader")
        self._file: FileIO | None = None
        self.size = 0

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Raises DiskError."""
        reader = cls(path)
        try:
            await reader._lane.run(reader._open)
        except OSError as error:
            reader.close()
            raise map_error(error, path) from error
        except BaseException:
            reader.close()
            raise
        return reader

    async def read(self, count: int) -> bytes:
        """The next ``count`` bytes at most; empty at the end. Raises DiskError."""
        try:
            return await self._lane.run(self._read, count)
        except OSError as error:
            raise map_error(error, self._path) from error

    async def read_block(self, start: int, size: int, digest: bytes) -> bytes | None:
        """``size`` bytes from ``start``, if there are as many and their digest as a block is this. Raises DiskError."""
        try:
            return await self._lane.run(self._read_block, start, size, digest)
        except OSError as error:
            raise map_error(error, self._path) from error

    def close(self) -> None:
        """Let go of the file as soon as the thread comes to it."""
        self._lane.post(self._close)
        self._lane.close(0.0)

    def _open(self) -> None:
        self._file = FileIO(self._path)
        self.size = os.fstat(self._file.fileno()).st_size

    def _read(self, count: int) -> bytes:
        assert self._file is not None, "opened before it is read"
        return self._file.read(count)

    def _read_block(self, start: int, size: int, digest: bytes) -> bytes | None:
        assert self._file is not None, "opened before it is read"
        self._file.seek(start)
        block = b""
        while len(block) < size and (piece := self._read(size - len(block))):
            block += piece
        return block if len(block) == size and digest_block(block) == digest else None

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()

    def __repr__(self) -> str:
        return f"<Reader {self._path.name} {self.size}>"
