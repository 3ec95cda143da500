"""What is left to be done once with a database that an older version made, beyond what SQL can do."""

from __future__ import annotations

from .database import Database

REDACT = "redact"
"""Addresses may have secrets in them."""


def left(database: Database) -> list[str]:
    """The names of the chores that nobody has finished."""
    return database.read("SELECT name FROM chores", (), lambda row: str(row[0]))


def finish(database: Database, name: str) -> None:
    """A chore is done. What it took out of rows goes out of the free pages of the file too."""
    with database.transaction():
        database.write("DELETE FROM chores WHERE name = ?", (name,))
    database.control("VACUUM")
    database.value("PRAGMA wal_checkpoint(TRUNCATE)")
