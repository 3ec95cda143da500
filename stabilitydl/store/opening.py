"""Opening a database in whatever state it is: the program starts, and says what was wrong."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import apsw

from ..errors import Problem, StoreDamaged, StoreFull, StoreNewer, StoreNotWritable, StoreRebuilt, StoreRemote
from ..mounts import mount_of
from . import chores
from .database import Database
from .salvage import COMPANIONS, salvage, salvage_copy, set_aside
from .store import Store

COPY_SUFFIX = ".copy"
_PAGES = 256
"""Pages that are copied before others get a turn: one MiB."""


@dataclass(frozen=True)
class Opened:
    """A store that can be used, and what the user should be told about it."""

    store: Store
    notices: tuple[Problem, ...] = ()


def open_whatever(path: Path, *, was_used: bool = False) -> Opened:
    """Open or make the database at ``path``. ``was_used``: something was in it once, so that an empty one is damaged.

    One that a newer version wrote is opened for reading only. A damaged one is put aside, and what can be read of it
    and of its last copy makes a new one. Raises StoreBusy, StoreNotWritable, StoreFull.
    """
    try:
        if _whole(path).exists():
            return _take_over(path)
        store = open_as_it_is(path, was_used=was_used)
        notices = [_rebuilt(path, store)] if chores.FIND_AGAIN in store.chores() else []
        if mount_of(path.absolute()).is_remote:
            notices.append(StoreRemote(path=str(path)).problem)
        return Opened(store, tuple(notices))
    except StoreNewer as error:
        return Opened(Store.open_for_reading(path), (error.problem,))
    except StoreDamaged:
        return _rebuild(path)


def open_as_it_is(path: Path, *, was_used: bool) -> Store:
    """Open or make the database at ``path``. Its log may be gone, and with it all that was in it: an empty one is
    damaged where it ``was_used`` or has a copy. Raises StoreError."""
    return Store.open(path, may_be_new=not (path.exists() and (was_used or copy_of(path).exists())))


def copy_of(path: Path) -> Path:
    """Where the copy of the database at ``path`` lies."""
    return path.with_name(path.name + COPY_SUFFIX)


def _rebuild(path: Path) -> Opened:
    """Make another one beside it. Only when that is whole, the damaged one is put aside."""
    making = path.with_name(path.name + ".making")
    _remove(making)
    try:
        _make(making, path)
    except StoreFull:
        _remove(making)
        raise
    making.replace(_whole(path))
    return _take_over(path)


def _make(making: Path, path: Path) -> None:
    """Write what can be read of the damaged one at ``path``, and of its copy, into one new file."""
    database = Database.open(making)
    try:
        salvage(path, database)
        if copy_of(path).exists():
            salvage_copy(copy_of(path), database)
        # Rows of an older version may be in it.
        for chore in (chores.REDACT, chores.FIND_AGAIN):
            chores.leave(database, chore)
        # Closing writes the log into the file as well, but says nothing where there is no room for that.
        database.value("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        database.close()


def _remove(path: Path) -> None:
    for companion in ("", *COMPANIONS):
        path.with_name(path.name + companion).unlink(missing_ok=True)


def _take_over(path: Path) -> Opened:
    """Let the one that was made have the name of the damaged one, which is kept."""
    try:
        set_aside(path)
        _whole(path).replace(path)
    except OSError as error:
        raise StoreNotWritable(path=str(path), detail=error.strerror or str(error)) from error
    store = Store.open(path)
    return Opened(store, (_rebuilt(path, store),))


def _whole(path: Path) -> Path:
    """Where a database lies that was made again and is to be the one at ``path``."""
    return path.with_name(path.name + ".made-again")


def _rebuilt(path: Path, store: Store) -> Problem:
    """What is said until folders were searched for what the damaged one may have known besides."""
    aside = max(path.parent.glob(f"{path.name}.damaged-*[0-9]"), key=lambda each: each.stat().st_ctime_ns, default=path)
    return StoreRebuilt(path=str(aside), files=store.database.value("SELECT count(*) FROM resources")).problem


class Copying:
    """Makes a copy of an open database, a piece at a time; writes in between are in it. Used in the store's lane."""

    def __init__(self, database: Database) -> None:
        self._place = copy_of(database.path)
        self._temporary = self._place.with_name(self._place.name + ".new")
        self._temporary.unlink(missing_ok=True)
        self._target = apsw.Connection(str(self._temporary))
        self._backup = self._target.backup("main", database.connection, "main")

    def step(self) -> bool:
        """Copy a piece; True when that was the last one and the copy has its name."""
        self._backup.step(_PAGES)
        if not self._backup.done:
            return False
        self._backup.finish()
        self._target.close()
        descriptor = os.open(self._temporary, os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self._temporary.replace(self._place)
        return True

    def give_up(self) -> None:
        """Leave it half done; the earlier copy stays. May be called after the end."""
        self._backup.close(True)
        self._target.close(True)
        self._temporary.unlink(missing_ok=True)
