"""Defects on purpose: a sweep that finds nothing wrong with these proves nothing.

Each swaps two steps of the crash-safety protocol or leaves one out; `proofs` says where that shows, and as what.
"""

from __future__ import annotations

import errno
import os
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stabilitydl.disk import disk, os_posix
from stabilitydl.disk.journal import Header, Journal
from stabilitydl.disk.partfile import PartFile, PartIdentity
from stabilitydl.disk.syncer import Syncer
from stabilitydl.engine.leavings import Leavings


def install(name: str) -> None:
    """Put the defect ``name`` into this process, or let it have that drive."""
    (CONTROLS | DRIVES)[name]()


def _journal_before_sync() -> None:
    """The journal claims, durably, what has not been synced yet."""
    real = PartFile.sync

    def sync(self: PartFile) -> None:
        if self.journal is not None and self.written != self.durable:
            self.journal.mark(self.written, {}, hard=True)
        real(self)

    _replace(PartFile, "sync", sync)


def _data_not_synced() -> None:
    """The data of a part is never synced; its journal is."""
    real = os_posix.sync_data

    def sync_data(descriptor: int) -> None:
        if os.readlink(f"/proc/self/fd/{descriptor}").endswith(".journal"):  # noqa: PTH115
            real(descriptor)

    _replace(os_posix, "sync_data", sync_data)


def _folder_not_synced() -> None:
    """The new name of a file is never made durable."""
    _replace(os_posix, "sync_folder", lambda path: None)


def _name_before_sync() -> None:
    """The file gets its name before its data is synced."""
    real = PartFile.finalize

    def sync(self: PartFile) -> None:
        return None

    def finalize(self: PartFile) -> os.stat_result:
        found = real(self)
        os_posix.sync_folder(str(self.target.parent))
        os_posix.sync_data(self.descriptor)
        return found

    _replace(PartFile, "sync", sync)
    _replace(PartFile, "finalize", finalize)


def _mark_before_write() -> None:
    """The journal claims what is about to be written."""
    real = PartFile.write

    def write(self: PartFile, offset: int, chunks: Any) -> int:
        if self.journal is not None:
            claimed = self.written.add(offset, offset + sum(map(len, chunks)))
            self.journal.mark(claimed, {}, hard=False)
        return real(self, offset, chunks)

    _replace(PartFile, "write", write)


def _journal_removed_first() -> None:
    """The journal goes before the file has its name."""
    real = PartFile.finalize

    def finalize(self: PartFile) -> os.stat_result:
        self.drop_journal()
        return real(self)

    _replace(PartFile, "finalize", finalize)


def _empty_journal_is_valid() -> None:
    """Whoever finds a journal that says nothing cannot go on."""
    real = Journal.open.__func__  # type: ignore[attr-defined]

    def opened(cls: type[Journal], path: str, boot: str) -> Any:
        journal, contents = real(cls, path, boot)
        if contents is None:
            journal.close()
            raise OSError(5, "the journal says nothing")
        return journal, contents

    Journal.open = classmethod(opened)  # type: ignore[assignment,method-assign]


def _around() -> None:
    """Somebody writes beside the system calls of the write path."""
    real = PartFile.begin

    def begin(self: PartFile, identity: PartIdentity, boot: str) -> None:
        real(self, identity, boot)
        aside = self.path.with_name("aside")
        aside.write_bytes(b"around")
        aside.unlink()

    _replace(PartFile, "begin", begin)


def _replace(owner: types.ModuleType | type, name: str, call: object) -> None:
    assert hasattr(owner, name), f"{owner.__name__} has no {name} any more"
    setattr(owner, name, call)


def _journal_not_read() -> None:
    """Whoever finds a part begins it again."""
    real = PartFile.recover

    def recover(self: PartFile, boot: str) -> Header | None:
        real(self, boot)
        self.start_over()
        return None

    _replace(PartFile, "recover", recover)


def _nobody_tidies() -> None:
    """What a crash left of files that were given up is not looked for."""

    async def tidy(self: Leavings) -> None:
        return None

    _replace(Leavings, "tidy", tidy)


def _names_are_replaced() -> None:
    """A file gets its name whatever lies there."""
    _replace(os_posix, "rename_exclusive", os.replace)


def _damaged_is_thrown_away() -> None:
    """A damaged file is removed instead of kept."""

    def take_in(file: Path, *_args: object) -> Path:
        os_posix.remove(os.fspath(file))
        return file

    _replace(disk, "take_in", take_in)


def _no_hard_marks() -> None:
    """Nothing is synced before the end."""
    _replace(Syncer, "note", lambda self, file, count: None)


def _nobody_held_back() -> None:
    """Beside a sync anything is written, however long it takes."""
    _replace(Syncer, "holds_back", False)


CONTROLS: dict[str, Callable[[], None]] = {
    "journal before data sync": _journal_before_sync,
    "data not synced": _data_not_synced,
    "folder not synced": _folder_not_synced,
    "name before data sync": _name_before_sync,
    "no sync before the end": _no_hard_marks,
    "nobody held back by a sync": _nobody_held_back,
    "journal before write": _mark_before_write,
    "journal removed before the name": _journal_removed_first,
    "empty journal refused": _empty_journal_is_valid,
    "journal not read": _journal_not_read,
    "nobody tidies": _nobody_tidies,
    "names are replaced": _names_are_replaced,
    "damaged file thrown away": _damaged_is_thrown_away,
    "writes past the system calls": _around,
}


def _no_exclusive_names() -> None:
    """As FAT and many network shares: neither exclusive renames nor hard links."""

    def refuse(source: str, target: str) -> None:
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP), source, None, target)

    _replace(os_posix, "rename_exclusive", refuse)


NO_EXCLUSIVE_NAMES = "no exclusive names"

DRIVES: dict[str, Callable[[], None]] = {NO_EXCLUSIVE_NAMES: _no_exclusive_names}
"""No defects: what is not to be had on every drive."""
