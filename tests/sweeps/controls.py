"""Defects on purpose: a sweep that finds nothing wrong with these proves nothing.

Each swaps two steps of the crash-safety protocol or leaves one out.
"""

from __future__ import annotations

import os
import types
from collections.abc import Callable
from typing import Any

from stabilitydl.disk import os_posix
from stabilitydl.disk.journal import Journal
from stabilitydl.disk.partfile import PartFile, PartIdentity

from .faults import Kind


def install(name: str) -> None:
    """Put the defect ``name`` into this process."""
    CONTROLS[name]()


def _journal_before_sync() -> None:
    """The journal claims, durably, what has not been synced yet."""
    real = PartFile.sync

    def sync(self: PartFile) -> None:
        if self.journal is not None and self.written != self.durable:
            self.journal.mark(self.written, {}, hard=True)
        real(self)

    PartFile.sync = sync  # type: ignore[method-assign]


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

    PartFile.sync = sync  # type: ignore[method-assign]
    PartFile.finalize = finalize  # type: ignore[method-assign]


def _mark_before_write() -> None:
    """The journal claims what is about to be written."""
    real = PartFile.write

    def write(self: PartFile, offset: int, chunks: Any) -> int:
        if self.journal is not None:
            claimed = self.written.add(offset, offset + sum(map(len, chunks)))
            self.journal.mark(claimed, {}, hard=False)
        return real(self, offset, chunks)

    PartFile.write = write  # type: ignore[method-assign]


def _journal_removed_first() -> None:
    """The journal goes before the file has its name."""
    real = PartFile.finalize

    def finalize(self: PartFile) -> os.stat_result:
        self.drop_journal()
        return real(self)

    PartFile.finalize = finalize  # type: ignore[method-assign]


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

    PartFile.begin = begin  # type: ignore[method-assign]


def _replace(module: types.ModuleType, name: str, call: Callable[..., Any]) -> None:
    setattr(module, name, call)


CONTROLS: dict[str, Callable[[], None]] = {
    "journal before data sync": _journal_before_sync,
    "data not synced": _data_not_synced,
    "folder not synced": _folder_not_synced,
    "name before data sync": _name_before_sync,
    "journal before write": _mark_before_write,
    "journal removed before the name": _journal_removed_first,
    "writes past the system calls": _around,
    "empty journal refused": _empty_journal_is_valid,
}

KILL_CONTROLS: tuple[tuple[str, Kind, str, str], ...] = (
    ("journal before write", "tear", "write_at", ""),
    ("journal removed before the name", "kill", "rename_exclusive", ""),
    ("empty journal refused", "kill", "write_at", ".journal"),
)
"""Each with the fault, the call and the part of a path at which it shows: elsewhere it does no harm."""

POWER_CONTROLS = ("journal before data sync", "data not synced", "folder not synced", "name before data sync")
