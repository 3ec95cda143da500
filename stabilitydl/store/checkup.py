"""A look at a database without opening it for work: nothing is written, nothing is migrated, nothing is put aside."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

import apsw

from ..errors import StoreBusy, StoreDamaged, StoreError, StoreNewer
from .migrations import APPLICATION_ID, SCHEMA_VERSION

_BUSY_MS = 5000


@dataclass(frozen=True)
class Health:
    """What lies in a database that is whole. ``size`` is in bytes."""

    collections: int
    resources: int
    size: int


def examine(path: Path) -> Health:
    """Read every page of the database at ``path`` once; about 2 ms per MiB.

    Raises StoreDamaged, StoreNewer, StoreBusy, StoreError.
    """
    try:
        with contextlib.closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
            connection.set_busy_timeout(_BUSY_MS)
            return _examine(connection, path)
    except apsw.BusyError as error:
        raise StoreBusy(path=str(path)) from error
    except (apsw.NotADBError, apsw.CorruptError) as error:
        raise StoreDamaged(path=str(path), detail=str(error)) from error
    except apsw.Error as error:
        raise StoreError(path=str(path), detail=str(error)) from error


def _examine(connection: apsw.Connection, path: Path) -> Health:
    def value(query: str) -> apsw.SQLiteValue:
        return next(iter(connection.execute(query)))[0]

    if value("PRAGMA application_id") != APPLICATION_ID:
        raise StoreDamaged(path=str(path), detail="the file belongs to another program")
    version = int(str(value("PRAGMA user_version")))
    if version > SCHEMA_VERSION:
        raise StoreNewer(path=str(path), version=version)
    verdict = value("PRAGMA quick_check(1)")
    if verdict != "ok":
        raise StoreDamaged(path=str(path), detail=str(verdict))
    collections, resources = (int(str(value(f"SELECT count(*) FROM {name}"))) for name in ("collections", "resources"))  # noqa: S608
    return Health(collections, resources, path.stat().st_size)
