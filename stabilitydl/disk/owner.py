"""Whose a part is where locks of files mean nothing, or may mean nothing to other machines.

Beside such a part lies a record of the process that has it, created exclusively and removed with the last use. The
record of a process that has ended is moved away, under a name that only one process can win; it stays there until the
part is let go of, so that whoever judged the same record later comes too late. Of a process on another machine nobody
knows whether it has ended: it counts as ended when neither part nor record changed for a long time, and nothing of what
it began is written to any more. All functions block, and raise OSError.
"""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

import msgspec

from .system import let_go, system

OWNER = ".owner"
_ENDED = ".d"
_PROBE = ".p"
_MARK_BYTES = 3
"""Twice as many digits: no suffix is longer than that of a journal, for which names are shortened."""

SILENT_SECONDS = 600.0
"""After this time an owner on another machine counts as ended."""

_TRIES = 10


class _Record(msgspec.Struct, frozen=True, array_like=True):
    machine: str
    boot: str
    process: int
    began: str
    mark: str


class Owner:
    """This process as the one that has a part.

    ``may_continue``: the one that had it before has ended for sure, and will never write to it.
    """

    def __init__(self, part: Path, mark: str, *, may_continue: bool) -> None:
        self.may_continue = may_continue
        self._part = part
        self._mark = mark

    @classmethod
    def take(cls, part: Path, journal: Path) -> Owner | None:
        """Become the owner of ``part``; None while another process is."""
        may_continue = True
        for _ in range(_TRIES):
            mark = os.urandom(_MARK_BYTES).hex()
            try:
                _write(part, mark)
            except FileExistsError:
                other = _read(part)
                has_ended = _has_ended(other)
                if not has_ended and not (has_ended is None and _is_silent(part, journal)):
                    return None
                may_continue = may_continue and bool(has_ended)
                _move_away(part, other.mark if other is not None else "")
            else:
                return cls(part, mark, may_continue=may_continue)
        return None

    def is_current(self) -> bool:
        """Does the record still name this process for this use of the part?"""
        record = _read(self._part)
        return record is not None and record.mark == self._mark

    def let_go(self) -> None:
        """Remove the record, and those that were moved away; never that of another owner."""
        if not self.is_current():
            return
        folder, ended = self._part.parent, self._part.name + _ENDED
        for name in system.names(os.fspath(folder)):
            if name.startswith(ended):
                system.remove(os.fspath(folder / name))
        system.remove(_place(self._part))

    def __repr__(self) -> str:
        return f"<Owner {self._mark} of {self._part.name}>"


def has_owner(part: Path) -> bool:
    """Does a record lie there, of whomever?"""
    return system.exists(_place(part))


def _place(part: Path) -> str:
    return os.fspath(part) + OWNER


def _write(part: Path, mark: str) -> None:
    process = os.getpid()
    record = _Record(system.machine(), system.boot_id(), process, system.process_start(process), mark)
    descriptor = system.create(_place(part))
    try:
        system.write_at(descriptor, [msgspec.json.encode(record)], 0)
    finally:
        let_go(descriptor)


def _read(part: Path) -> _Record | None:
    """The record, None where there is none or it cannot be understood (yet)."""
    buffer = memoryview(bytearray(4096))
    try:
        descriptor = system.open_reader(_place(part))
    except FileNotFoundError:
        return None
    try:
        return msgspec.json.decode(buffer[: system.read_at(descriptor, buffer, 0)], type=_Record)
    except msgspec.DecodeError:
        return None
    finally:
        let_go(descriptor)


def _has_ended(record: _Record | None) -> bool | None:
    """None where that cannot be known here."""
    if record is None or record.machine != system.machine():
        return None
    return record.boot != system.boot_id() or system.process_start(record.process) != record.began


def _is_silent(part: Path, journal: Path) -> bool:
    """Did nothing of the part change for `SILENT_SECONDS`, by the clock of the volume itself?"""
    probe = os.fspath(part) + _PROBE + os.urandom(_MARK_BYTES).hex()
    descriptor = system.create(probe)
    try:
        now = system.status(descriptor).st_mtime
    finally:
        let_go(descriptor)
        system.remove(probe)
    newest = -now
    for path in (os.fspath(part), os.fspath(journal), _place(part)):
        with contextlib.suppress(FileNotFoundError):
            newest = max(newest, system.look(path).st_mtime)
    return now - newest >= SILENT_SECONDS


def _move_away(part: Path, mark: str) -> None:
    """Only one process can do that with the record that bears ``mark``; the others find it done."""
    place, ended = _place(part), os.fspath(part) + _ENDED + mark
    with contextlib.suppress(FileExistsError, FileNotFoundError):
        try:
            system.rename_exclusive(place, ended)
        except OSError as error:
            if error.errno != errno.ENOTSUP:
                raise
            system.rename(place, ended)
