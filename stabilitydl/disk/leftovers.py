"""What is left of a part when its file is here, or is not wanted any more. All functions block."""

from __future__ import annotations

import os
from pathlib import Path

from ..mounts import mount_of
from . import aside, naming
from .blocks import pack
from .hold import hold_leftover
from .journal import Journal
from .owner import has_owner
from .place import journal_path, part_path
from .system import map_error, system


def are_there(target: Path, tag: str) -> bool:
    """Is anything left of the part of ``target``? Raises OSError."""
    part = part_path(target, tag)
    is_begun = system.exists(os.fspath(part)) or system.exists(os.fspath(journal_path(part)))
    return is_begun or aside.has_old(part) or naming.has_sign(part) or has_owner(part)


def is_begun(target: Path, tag: str) -> bool:
    """Can the part of ``target`` be gone on with, as its journal says? So it may where that cannot be read now."""
    part = part_path(target, tag)
    if not system.exists(os.fspath(part)):
        return False
    try:
        contents = Journal.look(os.fspath(journal_path(part)), system.boot_id())
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return contents is not None and bool(contents.ranges)


def confirm(target: Path, tag: str) -> bytes:
    """Make the name of a finished file durable; what the journal of its part still knows of its blocks, packed.

    Where the file is an empty one, the reservation of its name is the file from here on. Raises DiskError.
    """
    part = part_path(target, tag)
    try:
        system.sync_folder(os.fspath(target.parent))
        if naming.has_sign(part):
            naming.drop_sign(part)
            # With the part of an empty file it would take back the name, were it there again after a power cut.
            system.sync_folder(os.fspath(target.parent))
    except OSError as error:
        raise map_error(error, target) from error
    try:
        contents = Journal.look(os.fspath(journal_path(part)), system.boot_id())
    except OSError:
        return b""
    if contents is None or not contents.blocks:
        return b""
    return pack(contents.blocks, contents.header.size)


def remove(target: Path, tag: str) -> None:
    """Remove everything of the part of ``target``. Raises PartInUse, DiskError."""
    part = part_path(target, tag)
    journal = journal_path(part)
    try:
        hold = hold_leftover(target, part, journal, needs_owner=mount_of(target).is_remote or None)
    except OSError as error:
        raise map_error(error, part) from error
    try:
        if hold is not None:
            naming.withdraw(part, target)
            system.remove(os.fspath(part))
        else:
            # Without a part what lies at the target is the file itself, be it an empty one.
            naming.drop_sign(part)
        system.remove(os.fspath(journal))
        aside.drop_old(part)
    except OSError as error:
        raise map_error(error, part) from error
    finally:
        if hold is not None:
            hold.let_go()
