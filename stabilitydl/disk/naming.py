"""Giving a file another name and never replacing anything, also where the file system has no call for that.

Some drives know neither exclusive renames nor hard links (FAT, many FUSE file systems and network shares). There the
name is *reserved*: an empty file is created at the target, which fails where something lies there, and the real file is
renamed over it. A *sign* beside the source is made before, durably, so that a start after a crash can tell such an
empty file from one of the user; it is removed when the new name is durable. All functions block, and raise OSError.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

from .system import let_go, system

SIGN = ".naming"
_LONGEST_NAME = 1024


def give_name(source: Path, target: Path) -> bool:
    """Rename ``source`` to ``target``; True where a sign is left, for `drop_sign` once the name is durable.

    Raises FileExistsError where something lies at ``target`` that is no reservation of an earlier try.
    """
    try:
        system.rename_exclusive(os.fspath(source), os.fspath(target))
    except OSError as error:
        if error.errno != errno.ENOTSUP:
            raise
        _name_by_reservation(source, target)
        return True
    return False


def is_reserved(source: Path, target: Path) -> bool:
    """Is what lies at ``target`` nothing but a reservation of that name for ``source``?"""
    try:
        found = system.look(os.fspath(target))
        is_empty = stat.S_ISREG(found.st_mode) and found.st_size == 0 and found.st_nlink <= 1
        return is_empty and _read_sign(source) == _written(target)
    except FileNotFoundError:
        return False


def withdraw(source: Path, target: Path) -> None:
    """Take back the reservation of ``target`` for ``source``, if there is one, and its sign."""
    if is_reserved(source, target):
        system.remove(os.fspath(target))
    drop_sign(source)


def drop_sign(source: Path) -> None:
    """Remove the sign, if there is one: the name that it tells of is durable, or was given up."""
    system.remove(_sign(source))


def has_sign(source: Path) -> bool:
    """Is there a sign, of a name that may be durable or not?"""
    return system.exists(_sign(source))


def _name_by_reservation(source: Path, target: Path) -> None:
    if not is_reserved(source, target):
        _reserve(source, target)
    try:
        system.rename(os.fspath(source), os.fspath(target))
    except OSError:
        with contextlib.suppress(OSError):
            withdraw(source, target)
        raise


def _reserve(source: Path, target: Path) -> None:
    """The sign first, and durably: without it nobody knows later whose the empty file is."""
    system.remove(_sign(source))
    descriptor = system.create(_sign(source))
    try:
        system.write_at(descriptor, [_written(target)], 0)
        system.sync_data(descriptor)
    finally:
        let_go(descriptor)
    system.sync_folder(os.fspath(source.parent))
    try:
        let_go(system.create(os.fspath(target)))
    except OSError:
        with contextlib.suppress(OSError):
            drop_sign(source)
        raise


def _read_sign(source: Path) -> bytes:
    buffer = memoryview(bytearray(_LONGEST_NAME))
    descriptor = system.open_reader(_sign(source))
    try:
        return bytes(buffer[: system.read_at(descriptor, buffer, 0)])
    finally:
        let_go(descriptor)


def _written(target: Path) -> bytes:
    """What the sign says. The folder of ``target`` may have another path by the next start."""
    return os.fsencode(target.name) + b"\n"


def _sign(source: Path) -> str:
    return os.fspath(source) + SIGN
