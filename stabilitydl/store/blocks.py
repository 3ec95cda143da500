"""The digests of the blocks of files that arrived: what tells later which of them have rotted."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from .change import Change
from .database import Database, Row

_PUT = """
    INSERT INTO blocks (resource, sha256, digests) SELECT id, ?, ? FROM resources WHERE id = ?
    ON CONFLICT (resource) DO UPDATE SET sha256 = excluded.sha256, digests = excluded.digests, kept = NULL
"""

COLUMNS = "resource, sha256, digests, kept"

_RESTORE = """
    INSERT INTO blocks (resource, sha256, digests, kept) SELECT id, ?, ?, ? FROM resources WHERE id = ?
    ON CONFLICT (resource) DO NOTHING
"""


class Blocks(msgspec.Struct, frozen=True):
    """The digests of the blocks of the file with this ``sha256``; ``kept``: where a damaged one of it lies."""

    sha256: str
    digests: bytes
    kept: str | None = None


def put(database: Database, changes: Iterable[Change]) -> None:
    """Remember those of the files that arrived, inside a transaction of the caller."""
    database.write_each(
        _PUT, ((change.sha256, change.blocks.hex(), change.id) for change in changes if change.blocks and change.sha256)
    )


def keep(database: Database, resource_id: str, place: str) -> None:
    """Remember where the damaged file of a resource lies now."""
    with database.transaction():
        database.write("UPDATE blocks SET kept = ? WHERE resource = ?", (place, resource_id))


def find(database: Database, resource_id: str) -> Blocks | None:
    """What is known of the file that arrived for a resource."""
    found = database.read(f"SELECT {COLUMNS} FROM blocks WHERE resource = ?", (resource_id,), of_row)  # noqa: S608
    return next((blocks for _, blocks in found), None)


def of_row(row: Row) -> tuple[str, Blocks]:
    """The resource and its digests, from `COLUMNS`. Raises ValueError, TypeError for what is damaged."""
    resource, sha256, digests, kept = row
    return msgspec.convert((resource, Blocks(sha256, bytes.fromhex(digests), kept)), tuple[str, Blocks])


def restore(database: Database, found: Iterable[tuple[str, Blocks]]) -> None:
    """Bring over what another database knew, of resources that are on the list and of which nothing is known here."""
    with database.transaction():
        database.write_each(
            _RESTORE,
            ((blocks.sha256, blocks.digests.hex(), blocks.kept, resource) for resource, blocks in found),
        )
