"""What is left to be done once with a database beyond what SQL can do: with one that an older version made, or that
was made again."""

from __future__ import annotations

from .database import Database

REDACT = "redact"
"""Addresses may have secrets in them."""

FIND_AGAIN = "find-again"
"""Folders may hold what a lost database knew."""


def left(database: Database) -> list[str]:
    """The names of the chores that nobody has finished."""
    return database.read("SELECT name FROM chores", (), lambda row: str(row[0]))


def leave(database: Database, name: str) -> None:
    """Somebody has to do a chore."""
    with database.transaction():
        database.write("INSERT OR IGNORE INTO chores VALUES (?)", (name,))


def finish(database: Database, name: str) -> None:
    """A chore is done. What it took out of rows goes out of the free pages of the file too."""
    with database.transaction():
        database.write("DELETE FROM chores WHERE name = ?", (name,))
    database.control("VACUUM")
    database.value("PRAGMA wal_checkpoint(TRUNCATE)")
