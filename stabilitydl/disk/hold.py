"""Taking hold of a part: created exclusively or opened, locked, and still under its name afterwards.

Two processes never write one part, and what somebody else put there under its name is left alone.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ..errors import NotWritable, PartInUse, TargetTaken
from .system import let_go, map_error, system

_TRIES = 100


def take_hold(target: Path, part: Path, journal: Path) -> int:
    """The descriptor of ``part``, the unfinished file of ``target``, made where it does not exist, and locked.

    Raises PartInUse when another process has it, TargetTaken when the target exists, NotWritable, OSError.
    """
    for _ in range(_TRIES):
        if system.exists(os.fspath(target)):
            raise TargetTaken(path=str(target))
        is_new = True
        try:
            descriptor = system.create(os.fspath(part))
        except FileExistsError:
            is_new = False
            try:
                descriptor = system.open_existing(os.fspath(part))
            except FileNotFoundError:
                continue
        try:
            if _lock(descriptor, target, part):
                if not system.exists(os.fspath(target)):
                    return descriptor
                if is_new:
                    # Somebody finished the file in this moment: what was just created is of no use.
                    system.remove(os.fspath(part))
                    system.remove(os.fspath(journal))
        except BaseException:
            let_go(descriptor)
            raise
        let_go(descriptor)
    raise PartInUse(path=str(target))


def is_in_place(descriptor: int, path: Path) -> bool:
    """Is the open file still the one that its name leads to? Raises DiskError."""
    try:
        found = system.look(os.fspath(path))
        ours = system.status(descriptor)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise map_error(error, path) from error
    return (found.st_dev, found.st_ino) == (ours.st_dev, ours.st_ino)


def _lock(descriptor: int, target: Path, part: Path) -> bool:
    """False when it has lost its name meanwhile. A file that has a second name, or is no plain one, is not ours."""
    found = system.status(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        raise NotWritable(path=str(part), detail="something else lies there")
    if not system.lock(descriptor):
        raise PartInUse(path=str(target))
    return is_in_place(descriptor, part)
