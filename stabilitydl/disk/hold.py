"""Taking hold of a part: created exclusively or opened, locked, and still under its name afterwards.

Two processes never write one part, and what somebody else put there under its name is left alone. Where locks mean
nothing the part has an owner's record beside it, see `owner`.
"""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from ..errors import NotWritable, PartInUse, PartLinked, TargetTaken
from . import aside, naming
from .owner import Owner, has_owner
from .system import let_go, map_error, system

_TRIES = 100


@dataclass
class Hold:
    """An open part that is ours.

    ``needs_owner``: do locks mean nothing where it lies, so that ``owner`` stands for one? None while nobody looked.
    """

    path: Path
    descriptor: int
    needs_owner: bool | None = None
    owner: Owner | None = None

    def is_in_place(self) -> bool:
        """Is the open file still the one that its name leads to, and ours? Raises DiskError."""
        try:
            return _is_in_place(self.descriptor, self.path) and (self.owner is None or self.owner.is_current())
        except OSError as error:
            raise map_error(error, self.path) from error

    def exchange(self, descriptor: int) -> None:
        """Hold another file, just created, that lies there under the same name now."""
        old, self.descriptor = self.descriptor, descriptor
        let_go(old)
        system.lock(descriptor)

    def let_go(self) -> None:
        """Close the file and unlock it; what is written stays. May be called again."""
        if self.descriptor >= 0:
            descriptor, self.descriptor = self.descriptor, -1
            let_go(descriptor)
        if self.owner is not None:
            owner, self.owner = self.owner, None
            with contextlib.suppress(OSError):
                owner.let_go()


def take_hold(target: Path, part: Path, journal: Path, *, needs_owner: bool | None = None) -> Hold:
    """Take ``part``, the unfinished file of ``target``, made where it does not exist.

    A reservation of ``target`` that an earlier process left is taken back. Raises PartInUse when another process has
    the part, TargetTaken when the target exists, NotWritable, OSError.
    """
    for _ in range(_TRIES):
        if system.exists(os.fspath(target)) and not naming.is_reserved(part, target):
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
        hold = Hold(part, descriptor, needs_owner)
        try:
            _check_kind(hold)
            if _secure(hold, target, journal):
                if not _is_taken(target, part, is_new=is_new):
                    return hold
                if is_new:
                    # Somebody finished the file in this moment: what was just created is of no use.
                    system.remove(os.fspath(part))
                    system.remove(os.fspath(journal))
        except BaseException:
            hold.let_go()
            raise
        hold.let_go()
    raise PartInUse(path=str(target))


def hold_leftover(target: Path, part: Path, journal: Path, *, needs_owner: bool | None = None) -> Hold | None:
    """Take ``part``, whatever lies at ``target``, to remove it; None where there is none.

    Raises PartInUse when another process has it, OSError.
    """
    try:
        hold = Hold(part, system.open_existing(os.fspath(part)), needs_owner)
    except FileNotFoundError:
        if has_owner(part):
            owner = Owner.take(part, journal)
            if owner is None:
                raise PartInUse(path=str(target)) from None
            owner.let_go()
        return None
    try:
        if _secure(hold, target, journal):
            return hold
    except BaseException:
        hold.let_go()
        raise
    hold.let_go()
    return None


def _check_kind(hold: Hold) -> None:
    """Raises NotWritable for what is no plain file, PartLinked for what has a second name: it is not ours alone.

    Nobody can tell a link of our part from somebody's file that was linked there. Only before anything is written: a
    link that is made of a part while we write it leads to our own bytes, and giving the file its name harms nobody.
    """
    found = system.status(hold.descriptor)
    if not stat.S_ISREG(found.st_mode):
        raise NotWritable(path=str(hold.path), detail="something else lies there")
    if found.st_nlink > 1:
        raise PartLinked(path=str(hold.path))


def _secure(hold: Hold, target: Path, journal: Path) -> bool:
    """Keep everybody else from the part that is open; False when it has lost its name meanwhile.

    Raises PartInUse when another process has it, OSError.
    """
    if not system.lock(hold.descriptor):
        raise PartInUse(path=str(target))
    if hold.needs_owner is None:
        hold.needs_owner = not keeps_others_out(hold.path)
    if hold.needs_owner:
        hold.owner = Owner.take(hold.path, journal)
        if hold.owner is None:
            raise PartInUse(path=str(target))
        if not hold.owner.may_continue and _is_in_place(hold.descriptor, hold.path):
            # Whoever had it may wake up again, and then writes to what lies aside.
            aside.keep_old(hold.path, journal)
    return _is_in_place(hold.descriptor, hold.path)


def _is_taken(target: Path, part: Path, *, is_new: bool) -> bool:
    """Does something lie at ``target``, once a reservation of an earlier process is taken back?"""
    is_taken = system.exists(os.fspath(target))
    if is_taken or not is_new:
        naming.withdraw(part, target)
        is_taken = is_taken and system.exists(os.fspath(target))
    return is_taken


def keeps_others_out(path: Path) -> bool:
    """Does the lock that was just taken mean anything to a second opener of the file? Raises OSError."""
    try:
        other = system.open_existing(os.fspath(path))
    except FileNotFoundError:
        return True
    try:
        return not system.lock(other)
    finally:
        let_go(other)


def _is_in_place(descriptor: int, path: Path) -> bool:
    try:
        found = system.look(os.fspath(path))
    except FileNotFoundError:
        return False
    ours = system.status(descriptor)
    return (found.st_dev, found.st_ino) == (ours.st_dev, ours.st_ino)
