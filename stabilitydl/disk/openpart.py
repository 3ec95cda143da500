"""An open part as the event loop sees it: write, check, finalize, without ever blocking the loop."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

import anyio

from ..clock import Clock
from ..domain.checksum import Checksum
from ..domain.chunk import Chunk
from ..domain.ranges import Ranges
from ..errors import FileHeld, PartChanged, StabilityError
from .blocks import pack
from .digests import Digests
from .hasher import BLOCKS_IN_A_ROW, Hasher, PrefixHasher
from .journal import Header
from .partfile import PartFile
from .place import PartIdentity
from .syncer import Syncer
from .system import map_error, system
from .tiny import TINY, Proof
from .writer import Writer

CLOSE_SECONDS = 2.0
HELD_SECONDS = 10.0
"""How long a virus scanner or an indexer may hold a whole file before that is an error."""
FIRST_PAUSE = 0.1
"""Seconds before the second try; each further pause is twice as long."""


class OpenPart:
    """One part file and the lanes that work on it. Belongs to one task group; closed by `close`."""

    def __init__(self, file: PartFile, writer: Writer, syncer: Syncer, hasher: Hasher, clock: Clock) -> None:
        self.file = file
        self.pending = 0
        self.on_written: Callable[[int], None] = _ignore
        self.proof: Proof | None = None
        self._writer = writer
        self._syncer = syncer
        self._hasher = hasher
        self._clock = clock
        self._prefix: PrefixHasher | None = None
        self._room = anyio.Event()
        self._boot = system.boot_id()

    @property
    def written(self) -> Ranges:
        """The ranges that the file system has taken."""
        return self.file.written

    @property
    def checked(self) -> int:
        """How many bytes the verification has read."""
        if self.proof is not None and self.proof.digests is not None:
            return self.file.written.total
        return self._prefix.position if self._prefix else 0

    @property
    def is_in_place(self) -> bool:
        """Does the part still lie under its name?"""
        return self.file.is_in_place()

    def check(self) -> None:
        """Raise the error of an earlier write or sync, if there was one."""
        if self.file.error is not None:
            raise self.file.error

    async def begin(self, identity: PartIdentity) -> None:
        """Reserve space and open the journal. Raises NoSpace, DiskError; for a tiny file its first write does."""
        if identity.size <= TINY:
            self.file.identity = identity
            return
        await self._writer.lane.run(self.file.begin, identity, self._boot)

    def follow(self, checksums: Iterable[Checksum], size: int) -> None:
        """Digest the file from its front while it grows to ``size`` bytes."""
        known = tuple(checksums)
        self._prefix = PrefixHasher(self._hasher, self.file, known, size)
        self.proof = Proof(known, size) if size <= TINY else None

    async def write(self, offset: int, chunk: Chunk) -> None:
        """Accept a chunk; waits while too much is not yet written, or not yet durable.

        Raises DiskError of this or an earlier write.
        """
        await self._writer.write(self, offset, chunk)

    async def flush(self) -> None:
        """Return when all accepted bytes are written. Raises DiskError."""
        while self.pending:
            await self.wait_for_room()
        self.check()

    async def checkpoint(self) -> None:
        """Return when all accepted bytes are durable and in the journal. Raises DiskError."""
        await self.flush()
        if self.file.journal is not None:
            await self._syncer.sync(self.file)

    async def digest(self) -> Digests:
        """Digests of the whole written file; what was followed counts only if nobody else touched the file.

        Raises PartChanged when somebody did and no checksum can tell what is right, or bytes are gone, and DiskError.
        """
        assert self._prefix is not None
        await self.flush()
        if self.proof is not None and self.proof.digests is not None:
            return self.proof.digests
        digests = await self._prefix.finish()
        if await self._hasher.lane.run(self.file.is_untouched):
            return digests
        self._prefix.restart()
        digests = await self._prefix.finish()
        if digests.expected is None:
            raise PartChanged(path=str(self.file.target))
        return digests

    @property
    def blocks(self) -> bytes:
        """The digests of all blocks as they came in, see `blocks.pack`; empty for what is small."""
        identity = self.file.identity
        if identity is None or self.file.journal is None:
            return b""
        return pack(self.file.content.proofs, identity.size)

    @property
    def header(self) -> Header | None:
        """What the part is a part of, if it has a journal and can be gone on with."""
        identity = self.file.identity
        if identity is None or self.file.journal is None:
            return None
        return identity.header(self._boot)

    async def bad_blocks(self, *, unproven: bool) -> list[int]:
        """The blocks that do not hold what came in, as their digests say; also those without one, where wanted.

        Reads the file. Raises DiskError.
        """
        await self.flush()
        file, identity = self.file, self.file.identity
        if identity is None or file.journal is None:
            return []
        proofs = list(file.content.proofs.items())
        bad = file.content.unproven if unproven else set[int]()
        try:
            for start in range(0, len(proofs), BLOCKS_IN_A_ROW):
                few = dict(proofs[start : start + BLOCKS_IN_A_ROW])
                bad.update(await self._hasher.lane.run(self._hasher.check, file.descriptor, few, identity.size))
        except OSError as error:
            raise map_error(error, file.target) from error
        return sorted(bad)

    async def forget(self, blocks: Iterable[int]) -> None:
        """Take back ``blocks``: they are missing from now on. Raises DiskError."""
        await self._settle()
        self._prefix = None
        await self._writer.lane.run(self.file.forget, blocks)

    async def finalize(self) -> os.stat_result:
        """Give the checked file its final name, durably; its status. Waits a while for others that hold it.

        Raises TargetTaken, PartChanged, FileHeld, DiskError; the part stays as it is then.
        """
        await self.flush()
        pause, end = FIRST_PAUSE, self._clock.monotonic() + HELD_SECONDS
        while True:
            try:
                return await self._syncer.finalize(self.file)
            except FileHeld:
                # What has its name already is held only by its journal: another try would find no part any more.
                if self._clock.monotonic() + pause > end or not self.is_in_place:
                    raise
            await self._clock.sleep(pause)
            pause *= 2

    async def start_over(self) -> None:
        """Forget every byte. Raises DiskError."""
        await self._settle()
        self._prefix = self.proof = None
        await self._writer.lane.run(self.file.start_over)

    async def set_aside(self) -> None:
        """Go on with an empty part, and keep what there was until the file is whole. Raises DiskError."""
        await self._settle()
        self._prefix = None
        await self._writer.lane.run(self.file.set_aside)

    async def quarantine(self, root: Path | None = None, digest: str = "") -> Path:
        """Move the file aside, below ``root`` where that can be, and close it; where it lies now. Raises DiskError."""
        await self._settle()
        return await self._writer.lane.run(self.file.quarantine, root, digest)

    async def discard(self) -> None:
        """Remove the file and close it. Raises DiskError."""
        await self._settle()
        await self._writer.lane.run(self.file.discard)

    async def close(self) -> None:
        """Checkpoint what is there and close the file; shielded, gives up after `CLOSE_SECONDS`."""
        if self.file.descriptor < 0:
            return
        try:
            with self._clock.fail_after(CLOSE_SECONDS) as scope:
                scope.shield = True
                await self._settle()
                if self.file.error is None and self.file.journal is not None and not self.file.sync_failed:
                    await self._syncer.call(self._last_sync)
                await self._writer.lane.run(self.file.close)
        except TimeoutError:
            # A stuck volume: its own lane closes the file when it comes back, and where one reads, not before that one.
            if self._prefix is not None and self._prefix.is_reading:
                self._prefix.abandon()
                self._hasher.lane.post(self._close_last)
            else:
                self._writer.lane.post(self.file.close)

    def accept(self, count: int) -> None:
        """For the writer: ``count`` more bytes are on their way."""
        self.pending += count

    def settle(self, count: int) -> None:
        """For the writer: ``count`` bytes were dealt with, written or failed."""
        self.pending -= count
        self._room.set()
        if self.file.error is None:
            self._syncer.note(self.file, count)
            if self._prefix is not None:
                self._prefix.follow(self.file.written.prefix)
            self.on_written(count)

    @property
    def is_held_back(self) -> bool:
        """Is too much not durable yet? What has no journal is fetched again as a whole in any case."""
        return self.file.journal is not None and self._syncer.holds_back

    async def wait_for_sync(self) -> None:
        """Return when the sync that is under way has ended."""
        await self._syncer.wait()

    async def wait_for_room(self) -> None:
        """Return when the writer has dealt with some bytes."""
        if self._room.is_set():
            self._room = anyio.Event()
        await self._room.wait()

    async def _settle(self) -> None:
        while self.pending:
            await self.wait_for_room()
        self._syncer.forget(self.file)
        await self._syncer.call(_nothing)
        if self._prefix is not None:
            await self._prefix.settle()

    def _close_last(self) -> None:
        with contextlib.suppress(RuntimeError):
            # The volume may have been given up meanwhile; then the file is closed with the process.
            self._writer.lane.post(self.file.close)

    def _last_sync(self) -> None:
        """Make durable what is not; where that fails the journal claims less, and the next run fetches more."""
        if self.file.error is None and self.file.written != self.file.durable:
            with contextlib.suppress(StabilityError):
                self.file.sync()

    def __repr__(self) -> str:
        return f"<OpenPart {self.file!r} pending={self.pending}>"


def _ignore(count: int) -> None:
    """Nobody listens."""


def _nothing() -> None:
    """Only the order of calls matters."""
