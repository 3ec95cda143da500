"""Tiny files: checked in the thread that writes them, right behind their last byte, since it is there anyway.

For many of them the hops between threads would take longer than reading and digesting.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..domain.checksum import Checksum
from .digests import Digests
from .partfile import PartFile
from .place import MIB
from .system import system

TINY = MIB
"""Bytes of the largest file that is treated like this."""


class Proof:
    """What a part of ``size`` bytes is, read back when it became whole.

    ``digests`` is None while bytes are missing, and where somebody else wrote into the file.
    """

    def __init__(self, checksums: Iterable[Checksum], size: int) -> None:
        self._checksums = tuple(checksums)
        self._size = size
        self.digests: Digests | None = None

    def take(self, file: PartFile) -> None:
        """Look at the file after a write. Blocks; raises OSError, DiskError."""
        self.digests = None
        file.is_proven = False
        if file.written.prefix < self._size:
            return
        digests = Digests(self._checksums, self._size)
        buffer = memoryview(bytearray(self._size))
        position = 0
        while position < self._size:
            count = system.read_at(file.descriptor, buffer[position:], position)
            if count == 0:
                return
            position += count
        digests.update(buffer)
        if file.is_untouched():
            self.digests = digests
            file.is_proven = True

    def __repr__(self) -> str:
        return f"<Proof of {self._size} bytes{'' if self.digests is None else ' taken'}>"
