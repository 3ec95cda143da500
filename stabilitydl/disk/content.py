"""What is written of a file, what of it is durable, and the digests of its blocks as they came in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..domain.chunk import Chunk
from ..domain.ranges import Ranges
from .blocks import BlockDigester
from .journal import BLOCK, Contents


@dataclass(frozen=True)
class Snapshot:
    """What was written at one moment, and the digests that no hard mark has told yet."""

    written: Ranges
    blocks: Mapping[int, bytes]


class Content:
    """The ranges and blocks of one part. ``written`` only grows and is replaced as a whole, so any thread may read it.

    Without ``size``, which is in bytes, no blocks are digested.
    """

    def __init__(self, size: int | None = None) -> None:
        self.written = Ranges()
        self.durable = Ranges()
        self.known: dict[int, bytes] = {}
        """Digests that hard marks told."""
        self.fresh: dict[int, bytes] = {}
        """The others."""
        self._size = size
        self._digester = BlockDigester(size) if size is not None else None

    @classmethod
    def of(cls, contents: Contents) -> Content:
        """As a journal tells it."""
        content = cls(contents.header.size)
        content.written, content.durable = contents.ranges, contents.durable
        content.known = contents.blocks
        return content

    def add(self, offset: int, chunks: Sequence[Chunk], count: int) -> None:
        """``chunks`` were written one after another from ``offset``, ``count`` bytes in all."""
        if self._digester is not None:
            position = offset
            for chunk in chunks:
                self._digester.update(position, chunk)
                position += len(chunk)
            self.fresh.update(self._digester.take())
        self.written = self.written.add(offset, offset + count)

    def snapshot(self) -> Snapshot:
        """What is to become durable now; more may be added meanwhile."""
        return Snapshot(self.written, dict(self.fresh))

    def settle(self, snapshot: Snapshot) -> None:
        """``snapshot`` is durable, and the journal says so."""
        self.durable = snapshot.written
        for index in snapshot.blocks:
            self.fresh.pop(index, None)
        self.known.update(snapshot.blocks)

    @property
    def proofs(self) -> dict[int, bytes]:
        """The digests of whole blocks, as they came in, that are written."""
        assert self._size is not None
        written, size = self.written, self._size
        return {
            index: digest
            for index, digest in {**self.known, **self.fresh}.items()
            if written.covers(index * BLOCK, min((index + 1) * BLOCK, size))
        }

    @property
    def unproven(self) -> set[int]:
        """Blocks of which something is written and nobody knows a digest."""
        touched = {
            index for start, stop in self.written.items for index in range(start // BLOCK, (stop - 1) // BLOCK + 1)
        }
        return touched - self.proofs.keys()

    def without(self, blocks: Iterable[int]) -> Snapshot:
        """What is left when ``blocks`` are taken back."""
        gone = set(blocks)
        return Snapshot(
            self.written.without(Ranges((index * BLOCK, (index + 1) * BLOCK) for index in gone)),
            {index: digest for index, digest in self.proofs.items() if index not in gone},
        )

    def shrink(self, snapshot: Snapshot) -> None:
        """Only ``snapshot`` is left, and the journal says so."""
        self.written = self.durable = snapshot.written
        self.known, self.fresh = dict(snapshot.blocks), {}

    def __repr__(self) -> str:
        return f"<Content written={self.written.total} durable={self.durable.total}>"
