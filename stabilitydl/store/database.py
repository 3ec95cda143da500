"""The connection: how the file is opened, how a transaction runs, and where SQLite's errors become ours."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TypeVar

import apsw

from ..errors import (
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreNewer,
    StoreNotWritable,
)
from ..mounts import mount_of
from .migrations import APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION

T = TypeVar("T")
Value = str | int | float | bytes | None
Row = tuple[Any, ...]

BUSY_SECONDS = 5.0
SWITCH_TRIES = 100
CACHE_KIB = 16 * 1024
# A check of every page takes about 2 ms per MiB; above this size damage is noticed where it is met.
CHECKED_BYTES = 32 * 1024 * 1024


class Database:
    """One open connection. Raises only StoreError and its children.

    Text may hold lone surrogates (a file name that is no UTF-8): such text is kept as a blob of its bytes.
    """

    def __init__(self, connection: apsw.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path
        self._closed = False
        self._refusal: StoreError | None = None

    @classmethod
    def open(cls, path: Path, busy_seconds: float = BUSY_SECONDS, *, may_be_new: bool = True) -> Database:
        """Open or make the database at ``path`` and bring its schema up to date.

        One that has nothing in it is damaged, unless it ``may_be_new``.

        Raises StoreNewer, StoreDamaged, StoreBusy, StoreNotWritable, StoreFull.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreNotWritable(path=str(path), detail=error.strerror or str(error)) from error
        with _mapped(path):
            connection = apsw.Connection(str(path))
        database = cls(connection, path)
        try:
            database._prepare(busy_seconds, may_be_new=may_be_new)
        except BaseException:
            database.close()
            raise
        return database

    @classmethod
    def open_for_reading(cls, path: Path, needs: Sequence[str]) -> Database:
        """Open the database of a newer version, or one that cannot be written; transactions that write raise StoreNewer
        or StoreNotWritable.

        Raises the same when one of the queries that it ``needs`` is not possible.
        """
        with _mapped(path):
            connection = _connect_for_reading(path)
        database = cls(connection, path)
        refusal: StoreError = StoreNotWritable(path=str(path), detail="it is open for reading only")
        try:
            version = int(database.value("PRAGMA user_version"))
            if version > SCHEMA_VERSION:
                refusal = StoreNewer(path=str(path), version=version)
            for query in needs:
                database.read(query, (), _itself)
        except StoreError as error:
            database.close()
            raise refusal from error
        database._refusal = refusal
        return database

    def _prepare(self, busy_seconds: float, *, may_be_new: bool) -> None:
        with _mapped(self.path):
            self.connection.set_busy_timeout(round(busy_seconds * 1000))
        with self.snapshot():
            self._check(may_be_new=may_be_new)
        mode = self._write_ahead()
        # Where the file system has no shared memory SQLite stays with a rollback journal, whose last commit
        # survives a power cut only with EXTRA.
        self._pragma("synchronous", "FULL" if mode == "wal" else "EXTRA")
        self._pragma("foreign_keys", "ON")
        self._pragma("trusted_schema", "OFF")
        self._pragma("cell_size_check", "ON")
        self._pragma("cache_size", str(-CACHE_KIB))
        self._pragma("journal_size_limit", str(CHECKED_BYTES))
        self._migrate()

    def _check(self, *, may_be_new: bool) -> None:
        """Refuse a file of another program, a newer schema, and a damaged file, before anything is written."""
        application = self.value("PRAGMA application_id")
        version = self.value("PRAGMA user_version")
        if application != APPLICATION_ID and (application or version or self.value("SELECT 1 FROM sqlite_schema")):
            raise StoreDamaged(path=str(self.path), detail="the file belongs to another program")
        if not application and not may_be_new:
            raise StoreDamaged(path=str(self.path), detail="it is empty")
        if version > SCHEMA_VERSION:
            raise StoreNewer(path=str(self.path), version=version)
        if self.path.stat().st_size <= CHECKED_BYTES or _suspicion(self.path).exists():
            verdict = self.value("PRAGMA quick_check(1)")
            if verdict != "ok":
                raise StoreDamaged(path=str(self.path), detail=str(verdict))
            _suspicion(self.path).unlink(missing_ok=True)

    def _write_ahead(self) -> str:
        """Switch to a write-ahead log where possible and return the journal mode.

        The switch of a new file fails at once, without the busy timeout, while another process looks at it. To get
        the file for oneself does wait, so each further try comes when the other is done.
        """
        if mount_of(self.path.absolute()).is_remote:
            # The log needs memory that all users share, which two machines do not have.
            return str(self.value("PRAGMA journal_mode = DELETE"))
        for _ in range(SWITCH_TRIES):
            try:
                return str(self.value("PRAGMA journal_mode = WAL"))
            except StoreBusy:
                with _Transaction(self, "EXCLUSIVE"):
                    pass
        raise StoreBusy(path=str(self.path))

    def _migrate(self) -> None:
        if self.value("PRAGMA user_version") == SCHEMA_VERSION:
            return
        with self.transaction():
            # Another process may have done it while this one waited for the lock.
            version = self.value("PRAGMA user_version")
            if version > SCHEMA_VERSION:
                raise StoreNewer(path=str(self.path), version=version)
            for statements in MIGRATIONS[version:]:
                for statement in statements:
                    self.write(statement)
            self._pragma("application_id", str(APPLICATION_ID))
            self._pragma("user_version", str(SCHEMA_VERSION))

    def _pragma(self, name: str, value: str) -> None:
        self.value(f"PRAGMA {name} = {value}")

    def transaction(self) -> _Transaction:
        """A scope that writes all or nothing. Inside another one it is a piece of that.

        Raises StoreBusy when others write for longer than the timeout, StoreNewer or StoreNotWritable when it is open
        for reading only.
        """
        if self._refusal is not None:
            raise self._refusal.with_traceback(None)
        return _Transaction(self, "IMMEDIATE")

    def snapshot(self) -> _Transaction:
        """A scope in which several reads see the same moment."""
        return _Transaction(self, "DEFERRED")

    def read(self, sql: str, bindings: Sequence[Value], convert: Callable[[Row], T]) -> list[T]:
        """All rows, converted. A row that ``convert`` cannot read (ValueError) means StoreDamaged."""
        with _mapped(self.path):
            return self._collect(self.connection.execute(sql, _bindable(bindings)), convert)

    def read_each(self, sql: str, many: Iterable[Sequence[Value]], convert: Callable[[Row], T]) -> list[T]:
        """The rows of one query run with each of ``many`` bindings, in that order."""
        with _mapped(self.path):
            return self._collect(self.connection.executemany(sql, map(_bindable, many)), convert)

    def value(self, sql: str, bindings: Sequence[Value] = ()) -> Any:
        """The first column of the first row, None when there is no row."""
        rows = self.read(sql, bindings, _itself)
        return rows[0][0] if rows else None

    def write(self, sql: str, bindings: Sequence[Value] = ()) -> int:
        """Run one statement inside a transaction and return how many rows changed."""
        assert self.connection.in_transaction, "writes belong into a transaction"
        with _mapped(self.path):
            before = self.connection.total_changes()
            for _ in self.connection.execute(sql, _bindable(bindings)):
                pass
            return self.connection.total_changes() - before

    def write_each(self, sql: str, many: Iterable[Sequence[Value]]) -> None:
        """Run one statement inside a transaction with each of ``many`` bindings."""
        assert self.connection.in_transaction, "writes belong into a transaction"
        with _mapped(self.path):
            for _ in self.connection.executemany(sql, map(_bindable, many)):
                pass

    def let_go(self) -> None:
        """Give back the memory of the cache."""
        self.value("PRAGMA shrink_memory")

    def close(self) -> None:
        """Close the file; whatever transaction is open is rolled back. More than once is fine."""
        self._closed = True
        with _mapped(self.path):
            self.connection.close()

    def control(self, sql: str) -> None:
        """Begin or end a transaction; ``transaction`` and ``snapshot`` are the callers."""
        with _mapped(self.path):
            for _ in self.connection.execute(sql):
                pass

    def _collect(self, cursor: Iterator[Any], convert: Callable[[Row], T]) -> list[T]:
        try:
            return [convert(_readable(row)) for row in cursor]
        except ValueError as error:
            raise StoreDamaged(path=str(self.path), detail=f"a row cannot be read: {error}") from error

    def __del__(self) -> None:
        if not self._closed:
            warnings.warn(f"{self!r} was never closed", ResourceWarning, stacklevel=1)

    def __repr__(self) -> str:
        return f"<Database {self.path}{' closed' if self._closed else ''}>"


class _Transaction:
    """Commits when its body ends, rolls back when its body or the commit fails; inside another one it does neither."""

    def __init__(self, database: Database, kind: Literal["DEFERRED", "IMMEDIATE", "EXCLUSIVE"]) -> None:
        self._database = database
        self._kind = kind
        self._is_inner = False

    def __enter__(self) -> None:
        with _mapped(self._database.path):
            self._is_inner = self._database.connection.in_transaction
        if not self._is_inner:
            self._database.control(f"BEGIN {self._kind}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_inner:
            return
        if error is not None:
            self._roll_back()
            return
        try:
            self._database.control("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        # A full disk and the like roll back on their own.
        if self._database.connection.in_transaction:
            self._database.control("ROLLBACK")


class _mapped:  # noqa: N801 - read as a verb where it is used
    """The one place where errors of apsw turn into ours."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, apsw.Error | OverflowError):
            raise _translate(error, str(self._path)) from error


def _translate(error: Exception, path: str) -> StoreError:
    match error:
        case apsw.BusyError() | apsw.LockedError():
            return StoreBusy(path=path)
        case apsw.CorruptError() | apsw.NotADBError() | apsw.FormatError():
            with contextlib.suppress(OSError):
                _suspicion(Path(path)).touch()
            return StoreDamaged(path=path, detail=str(error))
        case apsw.FullError():
            return StoreFull(path=path)
        case apsw.ReadOnlyError() | apsw.CantOpenError() | apsw.PermissionsError():
            return StoreNotWritable(path=path, detail=str(error))
        case _:
            return StoreError(path=path, detail=str(error))


def _connect_for_reading(path: Path) -> apsw.Connection:
    """Raises apsw.Error."""
    log = path.with_name(path.name + "-wal")
    if not os.access(path.parent, os.W_OK) and not (log.exists() and log.stat().st_size):
        # Readers want to make files beside it, which nobody can here; and without a log nobody writes.
        where, flags = f"{path.absolute().as_uri()}?immutable=1", apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    else:
        where, flags = str(path), apsw.SQLITE_OPEN_READONLY
    connection = apsw.Connection(where, flags=flags)
    connection.set_busy_timeout(round(BUSY_SECONDS * 1000))
    return connection


def _suspicion(path: Path) -> Path:
    """A file whose being there says: look at every page at the next start, damage was met."""
    return path.with_name(path.name + ".suspect")


def _itself(row: Row) -> Row:
    return row


def _bindable(values: Sequence[Value]) -> Sequence[Value]:
    for value in values:
        if isinstance(value, str) and not value.isascii() and _has_surrogates(value):
            return tuple(
                value.encode("utf-8", "surrogatepass") if isinstance(value, str) and _has_surrogates(value) else value
                for value in values
            )
    return values


def _has_surrogates(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _readable(row: Row) -> Row:
    if bytes not in map(type, row):
        return row
    return tuple(value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value for value in row)
