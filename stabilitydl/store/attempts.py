"""Attempts: one row for each job run. Normal use never deletes one, and every count is an aggregate over them."""

from __future__ import annotations

from ..domain.attempt import Attempt, Outcome
from ..domain.checksum import Verification
from ..errors import NoLongerListed
from .change import Change
from .database import Database
from .resources import put_changes
from .rows import ATTEMPT_COLUMNS, attempt_of

_BEGIN = """
    INSERT INTO attempts (resource, collection, name, start)
    SELECT id, collection, name, ? FROM resources WHERE id = ?
"""
_FINISH = """
    UPDATE attempts SET "end" = ?, bytes = ?, host = ?, outcome = ?, code = ?, verification = ? WHERE number = ?
"""
_TOTALS = """
    SELECT coalesce(sum(bytes), 0), count(*) FILTER (WHERE outcome = 'downloaded') FROM attempts WHERE "end" >= ?
"""


def begin(database: Database, resource_id: str, start: float) -> int:
    """Note that a job begins and return the number of the attempt.

    An attempt of the same resource that a crash left open becomes interrupted; when it ended nobody knows.
    Raises NoLongerListed when the resource was removed.
    """
    with database.transaction():
        database.write(
            "UPDATE attempts SET outcome = ? WHERE resource = ? AND outcome IS NULL",
            (Outcome.INTERRUPTED.value, resource_id),
        )
        if not database.write(_BEGIN, (start, resource_id)):
            raise NoLongerListed
        return database.connection.last_insert_rowid()


def finish(
    database: Database,
    attempt: int,
    change: Change | None,
    *,
    end: float,
    bytes: int,  # noqa: A002 - the name of the field
    host: str,
    outcome: Outcome,
    code: str = "",
    verification: Verification | None = None,
) -> None:
    """Note how a job ended and what became of its resource, in one transaction."""
    with database.transaction():
        database.write(
            _FINISH,
            (end, bytes, host, outcome.value, code, verification.value if verification else None, attempt),
        )
        if change is not None:
            put_changes(database, (change,))


def of_resource(database: Database, resource_id: str) -> list[Attempt]:
    """All attempts of one resource, oldest first."""
    return database.read(
        f"SELECT {ATTEMPT_COLUMNS} FROM attempts WHERE resource = ? ORDER BY start, number",  # noqa: S608
        (resource_id,),
        attempt_of,
    )


def totals(database: Database, since: float) -> tuple[int, int]:
    """Bytes that came over the network and files that they brought, in attempts that ended at ``since`` or later."""
    return database.read(_TOTALS, (since,), lambda row: (int(row[0]), int(row[1])))[0]
