"""A damaged database: put aside, and everything that can still be read of it, or of its last copy, put into a new one.

A row that cannot be read is left out; the others of its table are still tried. What says DOWNLOADED is believed:
whether the file is still the one that arrived is asked again wherever it matters.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import apsw

from ..domain.collection import Collection
from ..domain.resource import ResourceSnapshot
from ..errors import StoreError
from . import blocks, queue
from .database import Database, Row
from .rows import ATTEMPT_COLUMNS, COLLECTION_COLUMNS, SNAPSHOT_COLUMNS, collection_of, snapshot_of

T = TypeVar("T")

_PAGE = 200
_FURTHEST = 1 << 22
"""Row numbers that are skipped at most behind damage."""

_ATTEMPT = f"INSERT INTO attempts (collection, name, {ATTEMPT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
COMPANIONS = ("-wal", "-shm", "-journal")
"""What lies beside a database while it is open, or after a crash."""


def set_aside(path: Path) -> Path:
    """Keep the database and its companions under another name, which is returned. May be done again after a crash.

    The file itself stays at ``path`` as well, where links can be had, until another one takes its place; its log goes
    before: the other one must never be read together with it. Raises OSError.
    """
    number = 1
    while (place := path.with_name(f"{path.name}.damaged-{number}")).exists() and not _are_one(place, path):
        number += 1
    for companion in COMPANIONS:
        source = path.with_name(path.name + companion)
        if source.exists():
            source.replace(place.with_name(place.name + companion))
    if path.exists() and not place.exists():
        try:
            os.link(path, place)
        except OSError:
            path.replace(place)
    return place


def _are_one(one: Path, other: Path) -> bool:
    return other.exists() and one.samefile(other)


def salvage(source: Path, database: Database) -> int:
    """Bring over what ``source`` holds and ``database`` does not; how many resources. Never raises for damage."""
    with contextlib.ExitStack() as stack:
        try:
            old = stack.enter_context(contextlib.closing(_open(source)))
        except apsw.Error:
            return 0
        collections = list(_rows(old, "collections", COLLECTION_COLUMNS, collection_of))
        known = {collection.id for collection in collections}
        rows = [
            row for row in _rows(old, "resources", SNAPSHOT_COLUMNS, snapshot_of) if row.resource.collection in known
        ]
        attempts = list(_rows(old, "attempts", f"collection, name, {ATTEMPT_COLUMNS}", tuple))
        digests = list(_rows(old, "blocks", blocks.COLUMNS, blocks.of_row))
    count = _put(database, collections, rows, attempts)
    blocks.restore(database, digests)
    return count


def salvage_copy(copy: Path, database: Database) -> int:
    """As `salvage`, from a copy that was made by an older version perhaps."""
    place = copy.with_name(copy.name + ".opened")
    try:
        shutil.copyfile(copy, place)
        Database.open(place).close()
        return salvage(place, database)
    except (OSError, StoreError):
        return 0
    finally:
        for companion in ("", *COMPANIONS):
            place.with_name(place.name + companion).unlink(missing_ok=True)


def _open(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    with contextlib.suppress(apsw.Error):
        connection.execute("PRAGMA cell_size_check = ON")
    return connection


def _rows(connection: apsw.Connection, table: str, columns: str, convert: Callable[[Row], T]) -> Iterator[T]:
    """Every row that can be read, in the order of the numbers."""
    known = _known(connection, table, columns)
    sql = f"SELECT rowid, {known} FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT ?"  # noqa: S608
    last, step, count = 0, 1, _PAGE
    while step < _FURTHEST:
        found: list[Row] = []
        try:
            found.extend(connection.execute(sql, (last, count)))
        except apsw.Error:
            if count > 1:
                count = 1
                continue
            last, step = last + step, step * 2
            continue
        for number, *values in found:
            last = number
            with contextlib.suppress(ValueError, TypeError):
                yield convert(tuple(_text(value) for value in values))
        if not found:
            return
        step = 1


def _known(connection: apsw.Connection, table: str, columns: str) -> str:
    """``columns`` with an empty text for each that the version which made the table did not have yet."""
    try:
        present = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    except apsw.Error:
        return columns
    names = (name.strip() for name in columns.split(","))
    return ", ".join(name if name.strip('"') in present else f"'' AS {name}" for name in names)


def _text(value: object) -> object:
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


def _put(database: Database, collections: list[Collection], rows: list[ResourceSnapshot], attempts: list[Row]) -> int:
    present = set(database.read("SELECT id FROM resources", (), lambda row: str(row[0])))
    fresh = {row.id: row for row in rows if row.id not in present}
    children: dict[str, list[ResourceSnapshot]] = {}
    for row in fresh.values():
        children.setdefault(row.resource.collection, []).append(row)
    with database.transaction():
        for collection in collections:
            queue.restore(database, collection, children.get(collection.id, []))
        if not database.value("SELECT 1 FROM attempts LIMIT 1"):
            for attempt in attempts:
                with contextlib.suppress(StoreError):
                    database.write(_ATTEMPT, attempt)
    return len(fresh)
