"""The database of the product."""

from __future__ import annotations

from .base import Remedy, StabilityError


class StoreError(StabilityError):
    """The database failed."""

    code = "store"
    template = "The database cannot be used: {detail}."
    remedy = Remedy.REPORT


class StoreNewer(StoreError):
    """The schema is newer than this program."""

    code = "store-newer"
    template = "The database was written by a newer version of stabilitydl."
    remedy = Remedy.NONE


class StoreDamaged(StoreError):
    """Not a database, or a corrupt one."""

    code = "store-damaged"
    template = "The database is damaged: {detail}."
    remedy = Remedy.REPORT


class StoreRemote(StoreError):
    """The database lies on a network file system, where its usual log cannot be used."""

    code = "store-remote"
    template = "The database {path} lies on another machine; it is slower there, and less safe."
    remedy = Remedy.NONE


class StoreRebuilt(StoreError):
    """The database was damaged; a new one was made from what could be read."""

    code = "store-rebuilt"
    template = (
        "The database was damaged and is made again, with {files} files; what is missing is found when its page is"
        " added again. The old one is kept as {path}."
    )
    remedy = Remedy.NONE


class StoreBusy(StoreError):
    """Locked for longer than the busy timeout."""

    code = "store-busy"
    template = "Another program holds the database."
    remedy = Remedy.RETRY


class StoreFull(StoreError):
    """No space for the database or its log."""

    code = "store-full"
    template = "There is no space left for the database {path}."
    remedy = Remedy.FREE_SPACE


class StoreNotWritable(StoreError):
    """The file or its folder cannot be opened or written."""

    code = "store-not-writable"
    template = "The database {path} cannot be opened for writing: {detail}."
    remedy = Remedy.CHECK_FOLDER


class NoLongerListed(StoreError):
    """A command came after its resource was removed, or had left the queue."""

    code = "no-longer-listed"
    template = "The file is no longer on the list."
    remedy = Remedy.NONE
