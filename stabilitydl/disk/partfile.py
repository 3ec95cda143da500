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

from ..domain.chunk import Chunk
from ..domain.ranges import Ranges
from ..errors import DiskFault, PartChanged, StabilityError
from . import aside, naming
from .allotment import Allotment
from .content import Content
from .hold import Hold, take_hold
from .journal import Contents, Header, Journal
from .place import JOURNAL_SUFFIX, MIB, PART_SUFFIX, SMALL, PartIdentity, journal_path, part_path
from .system import map_error, system
from .witness import Witness

__all__ = [
    "JOURNAL_SUFFIX",
    "MIB",
    "PART_SUFFIX",
    "SMALL",
    "PartFile",
    "PartIdentity",
    "journal_path",
    "part_path",
]


class PartFile:
    """An open, locked part.

    Its life, in this order: `open`; `recover` what an earlier run left, or `begin`; `write`, `soft_mark` and `sync`
    again and again; `finalize`; `drop_journal`; `close`. The ways back are `forget`, `start_over` and `set_aside`, the
    ways out `quarantine` and `discard`.
    """

    def __init__(self, target: Path, hold: Hold) -> None:
        self.target = target
        self.path = hold.path
        self.hold = hold
        self._journal_path = journal_path(hold.path)
        self.content = Content()
        self.witness = Witness()
        self.journal: Journal | None = None
        self.identity: PartIdentity | None = None
        self.error: StabilityError | None = None
        self.sync_failed = False
        self.since_soft_mark = 0
        self.is_proven = False
        """Was all of it digested right behind the last write? From then on nobody may have touched it."""
        self.has_sign = False
        """Must a sign be removed once the name is durable? See `naming`."""
        self.room = Allotment(hold.path, target)

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

    @property
    def written(self) -> Ranges:
        """What the system has taken; any thread may ask."""
        return self.content.written

    @property
    def durable(self) -> Ranges:
        """What of it a power cut leaves."""
        return self.content.durable

    @property
    def allocated(self) -> int:
        """Bytes of the volume that are its own, written or not, as far as is known."""
        return self.room.allocated

    def is_in_place(self) -> bool:
        """Is the open file still the one that its name leads to, and ours? Raises DiskError."""
        return self.hold.is_in_place()

    def recover(self, boot: str) -> Header | None:
        """What the journal of an earlier run says this part is, with ``written`` set to the ranges that count.

        None when there is nothing to continue; leftovers are removed then. Raises DiskError.
        """
        path = self._journal_path
        try:
            self.room.look_aside()
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
        self.witness.note(self.descriptor)
        self.room.measure(self.descriptor)
        self.content = Content.of(contents)
        self.identity = PartIdentity.of(header)
        return header

    def begin(self, identity: PartIdentity, boot: str) -> None:
        """Start a part of known identity: reserve its space and, unless it is small, open its journal.

        Raises NoSpace when the volume has no room for the rest, else DiskError.
        """
        self.identity = identity
        if identity.size <= SMALL:
            self.room.count(identity.size)
            return
        self.room.take(self.descriptor, identity.size)
        self.content = Content(identity.size)
        path = os.fspath(self._journal_path)
        try:
            system.remove(path)
            self.journal = Journal.create(path, identity.header(boot))
            system.sync_folder(os.fspath(self.path.parent))
        except OSError as error:
            raise map_error(error, path) from error

    def write(self, offset: int, chunks: Sequence[Chunk]) -> int:
        """Write ``chunks`` one after another from ``offset``; the number of bytes.

        Raises PartChanged when the file was seen to lose its name, DiskError, OSError.
        """
        if self.witness.look(self.descriptor):
            self._check_place()
        count = system.write_at(self.descriptor, chunks, offset)
        self.content.add(offset, chunks, count)
        self.witness.note(self.descriptor)
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
        self._check_syncs()
        taken = self.content.snapshot()
        try:
            system.sync_data(self.descriptor)
            if self.journal is not None and taken.written != self.durable:
                # Renamed in the middle of a write, it looks untouched ever after.
                self._check_place()
                self.journal.mark(taken.written, taken.blocks, hard=True)
        except OSError as error:
            self._note_failed_sync()
            raise map_error(error, self.target) from error
        self.content.settle(taken)

    def is_untouched(self) -> bool:
        """Did nobody but us write into the file since it was opened, and does it still have its name?

        Raises DiskError.
        """
        try:
            is_ours = not self.witness.was_touched and not self.sync_failed and self.is_in_place()
            return is_ours and self.witness.is_as_left(self.descriptor)
        except OSError as error:
            raise map_error(error, self.target) from error

    def finalize(self) -> os.stat_result:
        """Give the synced part its final name, never replacing anything; its status.

        The folder is synced by the caller, once for many files; then `drop_journal` is due. Raises TargetTaken,
        PartChanged when it is not what was written or not what was digested, DiskError; the part stays as it is then.
        """
        try:
            changed = not self.is_in_place() or system.status(self.descriptor).st_size != self.written.total
            if changed or (self.is_proven and not self.witness.is_as_left(self.descriptor)):
                raise PartChanged(path=str(self.target))
            self.has_sign = naming.give_name(self.path, self.target)
            return system.status(self.descriptor)
        except OSError as error:
            raise map_error(error, self.target) from error

    def drop_journal(self) -> None:
        """Remove the journal and what was set aside; the last step, after the name is durable. Raises DiskError."""
        try:
            self.room.drop_old()
            if self.has_sign:
                naming.drop_sign(self.path)
                self.has_sign = False
            if self.journal is not None:
                self.journal.close()
                self.journal = None
                system.remove(os.fspath(self._journal_path))
        except OSError as error:
            raise map_error(error, self.target) from error

    def close(self) -> None:
        """Close and unlock; what is written stays. May be called again."""
        if self.journal is not None:
            self.journal.close()
            self.journal = None
        self.hold.let_go()

    def forget(self, blocks: Iterable[int]) -> None:
        """Take back ``blocks``: they do not hold what was written to them. Raises DiskError."""
        assert self.journal is not None
        self._check_syncs()
        kept = self.content.without(blocks)
        try:
            # Alone the mark claims everything that is kept, so all of this has to be durable first.
            system.sync_data(self.descriptor)
            self.journal.mark(kept.written, kept.blocks, hard=True, alone=True)
        except OSError as error:
            self._note_failed_sync()
            raise map_error(error, self.target) from error
        self.content.shrink(kept)

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
        self.content, self.witness = Content(), Witness()
        self.identity = None
        self.room.give_back()
        self.is_proven = False

    def set_aside(self) -> None:
        """Keep what is written under another name until the file is whole, and go on with an empty part.

        Raises DiskError.
        """
        try:
            if self.journal is not None:
                self.journal.close()
                self.journal = None
            self.room.keep_old(self._journal_path)
            self.hold.exchange(system.create(os.fspath(self.path)))
        except OSError as error:
            raise map_error(error, self.path) from error
        self.start_over()

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

    def discard(self) -> None:
        """Remove part and journal, and close them; nothing happens when it is closed. Raises DiskError."""
        if self.descriptor < 0:
            return
        try:
            if self.is_in_place():
                system.remove(os.fspath(self.path))
            system.remove(os.fspath(self._journal_path))
            self.room.drop_old()
        except OSError as error:
            raise map_error(error, self.path) from error
        finally:
            self.close()

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

    def _check_syncs(self) -> None:
        if self.sync_failed:
            raise DiskFault(path=str(self.target), detail="an earlier sync failed")

    def _note_failed_sync(self) -> None:
        self.sync_failed = True
        if self.journal is not None:
            with contextlib.suppress(OSError):
                self.journal.revoke(self.durable, self.content.known)

    def __repr__(self) -> str:
        shut = " closed" if self.descriptor < 0 else ""
        return f"<PartFile {self.path.name} written={self.written.total} durable={self.durable.total}{shut}>"
