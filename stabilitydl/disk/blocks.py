"""Digests of the blocks of a file, taken from the bytes as they came in, before the disk had them.

Those of a whole file are kept together, one after another, and tell later which blocks have rotted.
"""

from __future__ import annotations

from collections.abc import Mapping

from blake3 import blake3

from ..domain.chunk import Chunk
from .journal import BLOCK

DIGEST_SIZE = 16
_UNKNOWN = bytes(DIGEST_SIZE)


class BlockDigester:
    """Digests every block that arrives in order from its first byte to its last.

    A block whose start was written by an earlier run gets no digest: it is checked with the whole file only.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._open: dict[int, tuple[blake3, int]] = {}
        self._complete: dict[int, bytes] = {}

    def update(self, offset: int, chunk: Chunk) -> None:
        """Take in ``chunk``, which is written at ``offset``."""
        view = memoryview(chunk)
        while view:
            index = offset // BLOCK
            stop = min((index + 1) * BLOCK, self._size)
            if stop <= offset:
                return
            piece = view[: stop - offset]
            self._feed(index, offset, stop, piece)
            offset += len(piece)
            view = view[len(piece) :]

    def _feed(self, index: int, offset: int, stop: int, piece: memoryview) -> None:
        if offset == index * BLOCK:
            digest, expected = blake3(), offset
        else:
            found = self._open.get(index)
            if found is None:
                return
            digest, expected = found
        if expected != offset:
            self._open.pop(index, None)
            return
        digest.update(piece)
        if offset + len(piece) == stop:
            self._open.pop(index, None)
            self._complete[index] = digest.digest(length=DIGEST_SIZE)
        else:
            self._open[index] = (digest, offset + len(piece))

    def take(self) -> dict[int, bytes]:
        """The digests completed since the last call."""
        complete, self._complete = self._complete, {}
        return complete


def digest_block(data: Chunk) -> bytes:
    """The digest of one whole block."""
    return blake3(data).digest(length=DIGEST_SIZE)


def pack(proofs: Mapping[int, bytes], size: int) -> bytes:
    """The digests of all blocks of a file of ``size`` bytes in a row, zeros where there is none."""
    return b"".join(proofs.get(index, _UNKNOWN) for index in range(count(size)))


def unpack(packed: bytes, size: int) -> dict[int, bytes]:
    """The known digests by block; none when they are those of a file of another size."""
    if len(packed) != count(size) * DIGEST_SIZE:
        return {}
    digests = (packed[start : start + DIGEST_SIZE] for start in range(0, len(packed), DIGEST_SIZE))
    return {index: digest for index, digest in enumerate(digests) if digest != _UNKNOWN}


def count(size: int) -> int:
    """How many blocks a file of ``size`` bytes has."""
    return -(-size // BLOCK)
