"""Where bytes go that are of no use now and are not thrown away yet.

Wrong ones go to the quarantine. A part of something else than what is wanted now (another version of the file, the work
of a newer program) keeps lying beside the new part, under another name, until the new file is whole or its place is
needed. All functions block, and raise OSError.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from pathlib import Path

from . import names, naming
from .system import let_go, system

QUARANTINE = ".stabilitydl-quarantine"
_OLD, _OLD_JOURNAL = ".old", ".oldj"

COMPARED_BYTES = 1 << 30
"""Larger files are not compared: a drive that reads that long would pass for one that does not answer."""
_PIECE = 1 << 20


def folder_for(file: Path, root: Path | None, device: int) -> Path:
    """The quarantine of a file on ``device``: below ``root`` if that is on the same volume, else beside the file."""
    if root is not None:
        with contextlib.suppress(FileNotFoundError):
            if system.look_behind(os.fspath(root)).st_dev == device:
                return root / QUARANTINE
    return file.parent / QUARANTINE


def take_in(file: Path, root: Path | None, name: str, tag: str, digest: str, status: os.stat_result) -> Path:
    """Move a part, or a finished file, durably into its quarantine under a name made of ``name``; where it lies now."""
    folder = folder_for(file, root, status.st_dev)
    system.make_folders(os.fspath(folder))
    place = _move(file, folder, name, tag, digest, status.st_size)
    for each in dict.fromkeys((folder, folder.parent, file.parent)):
        system.sync_folder(os.fspath(each))
    naming.drop_sign(file)
    return place


def _move(file: Path, folder: Path, name: str, tag: str, digest: str, size: int) -> Path:
    """Never replaces anything. Of the same bytes the ones that are there already stay.

    ``digest`` and size only say where that may be so: what is thrown away was compared. Without that, where it would
    take too long or something cannot be read, both stay.
    """
    for number in itertools.count(1):
        suffix = f".{tag}" + f".{digest[:8]}" * bool(digest) + f".{number}" * (number > 1)
        place = folder / (names.shorten(name, len(suffix) + len(naming.SIGN)) + suffix)
        try:
            naming.give_name(file, place)
        except FileExistsError:
            if digest and size <= COMPARED_BYTES and _are_same(file, place):
                system.remove(os.fspath(file))
                return place
        else:
            return place
    raise AssertionError("numbers do not end")


def _are_same(file: Path, kept: Path) -> bool:
    """Has ``kept`` the very bytes of ``file``, and did nobody write to either meanwhile?"""
    try:
        before = _looks(file), _looks(kept)
        return before[0][:1] == before[1][:1] and _read_the_same(file, kept) and before == (_looks(file), _looks(kept))
    except OSError:
        return False


def _looks(path: Path) -> tuple[int, int, int]:
    status = system.look(os.fspath(path))
    return status.st_size, status.st_mtime_ns, status.st_ino


def _read_the_same(*paths: Path) -> bool:
    with contextlib.ExitStack() as closing:
        descriptors = []
        for path in paths:
            descriptors.append(system.open_reader(os.fspath(path)))
            closing.callback(let_go, descriptors[-1])
        buffers = [memoryview(bytearray(_PIECE)) for _ in paths]
        position = 0
        while True:
            pieces = [
                buffer[: system.read_at(descriptor, buffer, position)]
                for descriptor, buffer in zip(descriptors, buffers, strict=True)
            ]
            # A short read is no proof of difference, but keeping both costs only room.
            if pieces[0] != pieces[1]:
                return False
            if not pieces[0]:
                return True
            position += len(pieces[0])


def keep_old(part: Path, journal: Path) -> None:
    """Give a part and its journal the names of old ones, instead of older ones."""
    drop_old(part)
    for source, suffix in ((part, _OLD), (journal, _OLD_JOURNAL)):
        with contextlib.suppress(FileNotFoundError):
            naming.give_name(source, Path(os.fspath(part) + suffix))
            naming.drop_sign(source)


def drop_old(part: Path) -> None:
    """Remove what is kept beside ``part``."""
    for suffix in (_OLD, _OLD_JOURNAL):
        system.remove(os.fspath(part) + suffix)


def has_old(part: Path) -> bool:
    """Is something kept beside ``part``?"""
    return any(system.exists(os.fspath(part) + suffix) for suffix in (_OLD, _OLD_JOURNAL))
