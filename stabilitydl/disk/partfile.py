"""The part file: the unfinished local file of one resource, and its journal.

``NAME.<tag>.sdlpart`` lies beside its target and is locked as long as it is open: see `hold`. Small files (up to
`SMALL` bytes) have no journal: fetching them again costs less than remembering them. All methods block and run in a
lane of the volume.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from ..domain.chunk import Chunk
from ..domain.ranges import Ranges
from ..errors import DiskFault, NoSpace, PartChanged, StabilityError
from . import aside, names, naming
from .blocks import BlockDigester
from .hold import Hold, take_hold
from .journal import BLOCK, Contents, Header, Journal
from .system import map_error, system
from .volumes import taken_by

MIB = 1024 * 1024
SMALL = 8 * MIB
PART_SUFFIX = ".sdlpart"
JOURNAL_SUFFIX = ".journal"


class PartIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """What a part is a part of. Bytes of another identity are never continued; ``record`` says no more of it."""

    resource: str
    size: int
    validator: str
    checksum: str
    record: bytes = b""


def part_path(target: Path, tag: str) -> Path:
    """Where the part of ``target`` lies; the name is shortened so that part and journal fit the file system."""
    suffix = f".{tag}{PART_SUFFIX}"
    room = len((suffix + JOURNAL_SUFFIX).encode())
    return target.with_name(names.shorten(target.name, room) + suffix)


def journal_path(part: Path) -> Path:
    return part.with_name(part.name + JOURNAL_SUFFIX)


class PartFile:
    """An open, locked part. ``written`` only grows and is replaced as a whole, so any thread may read it."""

    def __init__(self, target: Path, hold: Hold) -> None:
        self.target = target
        self.path = hold.path
        self.hold = hold
        self._journal_path = journal_path(hold.path)
        self.written = Ranges()
        self.durable = Ranges()
        self.known_blocks: dict[int, bytes] = {}
        self.new_blocks: dict[int, bytes] = {}
        self.journal: Journal | None = None
        self.identity: PartIdentity | None = None
        self.digester: BlockDigester | None = None
        self.error: StabilityError | None = None
        self.sync_failed = False
        self.since_soft_mark = 0
        self.last_write: os.stat_result | None = None
        self.was_touched = False
        self.is_proven = False
        """Was all of it digested right behind the last write? From then on nobody may have touched it."""
        self.has_old = False
        self.has_sign = False
        """Must a sign be removed once the name is durable? See `naming`."""
        self.allocated = 0
        """Bytes of the volume that are its own, written or not, as far as is known."""

    @classmethod
    def open(cls, target: Path, tag: str, *, needs_owner: bool | None = None) -> PartFile:
        """Create the part of ``target``, or open and lock the one that is there. ``needs_owner``: see `hold`.

        Raises PartInUse when another process has it, TargetTaken when the target exists, else DiskError.
        """
        path = part_path(target, tag)
        try:
            system.make_folders(os.fspath(target.parent))
            return cls(target, take_hold(target, path, journal_path(path), needs_owner=needs_owner))
        except OSError as error:
            raise map_error(error, path) from error

    @property
    def descriptor(self) -> int:
        """The open file, negative when it is closed."""
        return self.hold.descriptor

    def is_in_place(self) -> bool:
        """Is the open file still the one that its name leads to, and ours? Raises DiskError."""
        return self.hold.is_in_place()

    def recover(self, boot: str) -> Header | None:
        """What the journal of an earlier run says this part is, with ``written`` set to the ranges that count.

        None when there is nothing to continue; leftovers are removed then. Raises DiskError.
        """
        path = self._journal_path
        try:
            self.has_old = aside.has_old(self.path)
            journal, contents = Journal.open(os.fspath(path), boot)
        except FileNotFoundError:
            self.start_over()
            return None
        except OSError as error:
            raise map_error(error, path) from error
        if contents is None or not self._has(contents):
            journal.close()
            if journal.is_newer:
                self.set_aside()
            else:
                self.start_over()
            return None
        header, self.journal = contents.header, journal
        self._cut(header.size)
        self.note_last_write()
        self.allocated = taken_by(system.status(self.descriptor))
        self.written, self.durable = contents.ranges, contents.durable
        self.known_blocks = contents.blocks
        self.identity = PartIdentity(
            resource=header.resource,
            size=header.size,
            validator=header.validator,
            checksum=header.checksum,
            record=header.record,
        )
        self.digester = BlockDigester(header.size)
        return header

    def _has(self, contents: Contents) -> bool:
        end = contents.ranges.items[-1][1] if contents.ranges else 0
        return system.status(self.descriptor).st_size >= end

    def _cut(self, size: int) -> None:
        """Drop what somebody appended behind the end of the file to be. Raises PartChanged, DiskError."""
        try:
            if system.status(self.descriptor).st_size > size:
                self._truncate(size)
        except OSError as error:
            raise map_error(error, self.path) from error

    def _truncate(self, size: int) -> None:
        """Cut the file as long as it is the part: under another name it is somebody's. Raises PartChanged, OSError."""
        self._check_place()
        system.truncate(self.descriptor, size)

    def _check_place(self) -> None:
        if not self.is_in_place():
            raise PartChanged(path=str(self.target))

    def begin(self, identity: PartIdentity, boot: str) -> None:
        """Start a part of known identity: reserve its space and, unless it is small, open its journal.

        Raises NoSpace when the volume has no room for the rest, else DiskError.
        """
        self.identity = identity
        if identity.size <= SMALL:
            self._count_room(identity.size)
            return
        self.reserve(identity.size)
        self.digester = BlockDigester(identity.size)
        path = os.fspath(self._journal_path)
        header = Header(
            resource=identity.resource,
            size=identity.size,
            validator=identity.validator,
            checksum=identity.checksum,
            boot=boot,
            record=identity.record,
        )
        try:
            system.remove(path)
            self.journal = Journal.create(path, header)
            system.sync_folder(os.fspath(self.path.parent))
        except OSError as error:
            raise map_error(error, path) from error

    def reserve(self, size: int) -> None:
        """Make sure that ``size`` bytes fit: counted first, so that a file that is too large never fills the volume,
        then reserved where the file system can. Raises NoSpace, DiskError."""
        self._count_room(size)
        try:
            self.allocated = size if system.reserve(self.descriptor, size) else 0
        except OSError as error:
            raise map_error(error, self.target, needed=size) from error

    def _count_room(self, size: int) -> None:
        try:
            free = system.free_space(os.fspath(self.path.parent))
        except OSError as error:
            raise map_error(error, self.target, needed=size) from error
        if free < size and self.has_old:
            self._drop_old()
            self._count_room(size)
        elif free < size:
            raise NoSpace(path=str(self.target), needed_bytes=size, free_bytes=free)

    def write(self, offset: int, chunks: Sequence[Chunk]) -> int:
        """Write ``chunks`` one after another from ``offset``; the number of bytes.

        Raises PartChanged when the file was seen to lose its name, DiskError, OSError.
        """
        self.was_touched = self.was_touched or not self._is_as_left()
        if self.was_touched:
            self._check_place()
        count = system.write_at(self.descriptor, chunks, offset)
        if self.digester is not None:
            position = offset
            for chunk in chunks:
                self.digester.update(position, chunk)
                position += len(chunk)
            self.new_blocks.update(self.digester.take())
        self.written = self.written.add(offset, offset + count)
        self.note_last_write()
        self.since_soft_mark += count
        return count

    def soft_mark(self) -> None:
        """Tell the journal what was written, without waiting for the disk.

        Raises PartChanged when the file has lost its name, DiskError, OSError.
        """
        self.since_soft_mark = 0
        if self.journal is not None:
            self._check_place()
            self.journal.mark(self.written, {}, hard=False)

    def sync(self) -> None:
        """Make everything written so far durable, then tell the journal. Raises PartChanged, DiskFault, DiskError.

        A failed sync is final for this descriptor: the system may report success the next time although the data
        is lost, so what was written since the last hard mark counts as absent, and the journal says so.
        """
        if self.sync_failed:
            raise DiskFault(path=str(self.target), detail="an earlier sync failed")
        written, blocks = self.written, dict(self.new_blocks)
        try:
            system.sync_data(self.descriptor)
            if self.journal is not None and written != self.durable:
                # Renamed in the middle of a write, it looks untouched ever after.
                self._check_place()
                self.journal.mark(written, blocks, hard=True)
        except OSError as error:
            self.sync_failed = True
            if self.journal is not None:
                with contextlib.suppress(OSError):
                    self.journal.revoke(self.durable, self.known_blocks)
            raise map_error(error, self.target) from error
        self.durable = written
        for index in blocks:
            self.new_blocks.pop(index, None)
        self.known_blocks.update(blocks)

    @property
    def proofs(self) -> dict[int, bytes]:
        """The digests of whole blocks, as they came in, that are written."""
        assert self.identity is not None
        written, size = self.written, self.identity.size
        return {
            index: digest
            for index, digest in {**self.known_blocks, **self.new_blocks}.items()
            if written.covers(index * BLOCK, min((index + 1) * BLOCK, size))
        }

    @property
    def unproven(self) -> set[int]:
        """Blocks of which something is written and nobody knows a digest."""
        proofs = self.proofs
        touched = {
            index for start, stop in self.written.items for index in range(start // BLOCK, (stop - 1) // BLOCK + 1)
        }
        return touched - proofs.keys()

    def forget(self, blocks: Iterable[int]) -> None:
        """Take back ``blocks``: they do not hold what was written to them. Raises DiskError."""
        assert self.journal is not None
        gone = set(blocks)
        kept = self.written.without(Ranges((index * BLOCK, (index + 1) * BLOCK) for index in gone))
        proofs = {index: digest for index, digest in self.proofs.items() if index not in gone}
        try:
            # Alone the mark claims everything that is kept, so all of this has to be durable first.
            system.sync_data(self.descriptor)
            self.journal.mark(kept, proofs, hard=True, alone=True)
        except OSError as error:
            raise map_error(error, self.target) from error
        self.written = self.durable = kept
        self.known_blocks, self.new_blocks = proofs, {}

    def note_last_write(self) -> None:
        """Remember what the file looks like after our own last write."""
        self.last_write = system.status(self.descriptor)

    def is_untouched(self) -> bool:
        """Did nobody but us write into the file since it was opened, and does it still have its name?

        Raises DiskError.
        """
        try:
            return not self.was_touched and not self.sync_failed and self.is_in_place() and self._is_as_left()
        except OSError as error:
            raise map_error(error, self.target) from error

    def _is_as_left(self) -> bool:
        if self.last_write is None:
            return True
        now, then = system.status(self.descriptor), self.last_write
        return (now.st_size, now.st_mtime_ns, now.st_ctime_ns) == (then.st_size, then.st_mtime_ns, then.st_ctime_ns)

    def start_over(self) -> None:
        """Forget every byte and the journal; the part stays open and locked.

        Raises PartChanged when the file does not lie at its place any more: its bytes stay as they are then. Else
        raises DiskError.
        """
        try:
            if self.journal is not None:
                self.journal.close()
                self.journal = None
            system.remove(os.fspath(self._journal_path))
            self._truncate(0)
        except OSError as error:
            raise map_error(error, self.path) from error
        self.written = self.durable = Ranges()
        self.allocated = 0
        self.known_blocks, self.new_blocks = {}, {}
        self.digester = self.identity = self.last_write = None
        self.was_touched = self.is_proven = False

    def finalize(self) -> os.stat_result:
        """Give the synced part its final name, never replacing anything; its status.

        The folder is synced by the caller, once for many files; then `drop_journal` is due. Raises TargetTaken,
        PartChanged when it is not what was written or not what was digested, DiskError; the part stays as it is then.
        """
        try:
            changed = not self.is_in_place() or system.status(self.descriptor).st_size != self.written.total
            if changed or (self.is_proven and not self._is_as_left()):
                raise PartChanged(path=str(self.target))
            self.has_sign = naming.give_name(self.path, self.target)
            return system.status(self.descriptor)
        except OSError as error:
            raise map_error(error, self.target) from error

    def drop_journal(self) -> None:
        """Remove the journal and what was set aside; the last step, after the name is durable. Raises DiskError."""
        try:
            self._drop_old()
            if self.has_sign:
                naming.drop_sign(self.path)
                self.has_sign = False
            if self.journal is not None:
                self.journal.close()
                self.journal = None
                system.remove(os.fspath(self._journal_path))
        except OSError as error:
            raise map_error(error, self.target) from error

    def quarantine(self, root: Path | None = None, digest: str = "") -> Path:
        """Move the part aside and close it; where it lies now: see `aside`. Raises DiskError."""
        tag = self.path.name.rsplit(".", 2)[-2]
        try:
            place = aside.take_in(self.path, root, self.target.name, tag, digest, system.status(self.descriptor))
            self.drop_journal()
        except OSError as error:
            raise map_error(error, root or self.path.parent) from error
        finally:
            self.close()
        return place

    def set_aside(self) -> None:
        """Keep what is written under another name until the file is whole, and go on with an empty part.

        Raises DiskError.
        """
        try:
            if self.journal is not None:
                self.journal.close()
                self.journal = None
            aside.keep_old(self.path, self._journal_path)
            self.hold.exchange(system.create(os.fspath(self.path)))
            self.has_old = True
        except OSError as error:
            raise map_error(error, self.path) from error
        self.start_over()

    def discard(self) -> None:
        """Remove part and journal, and close them; nothing happens when it is closed. Raises DiskError."""
        if self.descriptor < 0:
            return
        try:
            if self.is_in_place():
                system.remove(os.fspath(self.path))
            system.remove(os.fspath(self._journal_path))
            self._drop_old()
        except OSError as error:
            raise map_error(error, self.path) from error
        finally:
            self.close()

    def _drop_old(self) -> None:
        if self.has_old:
            aside.drop_old(self.path)
            self.has_old = False

    def close(self) -> None:
        """Close and unlock; what is written stays. May be called again."""
        if self.journal is not None:
            self.journal.close()
            self.journal = None
        self.hold.let_go()

    def __repr__(self) -> str:
        shut = " closed" if self.descriptor < 0 else ""
        return f"<PartFile {self.path.name} written={self.written.total} durable={self.durable.total}{shut}>"
