"""Resources: the children of collections, their metadata and their lives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from ..domain.resource import Resource, ResourceSnapshot
from ..domain.states import State
from . import blocks
from .change import Change
from .database import Database, Value
from .rows import RESOURCE_COLUMNS, SNAPSHOT_COLUMNS, marks, pack_or_none, resource_row, snapshot_of

_METADATA = (
    "key",
    "name",
    "path",
    "size",
    "checksums",
    "addresses",
    "type",
    "base_model",
    "creator",
    "version",
    "version_id",
    "file_type",
    "precision",
    "page",
    "preview",
    "place",
    "blocked",
)
# The life of a known child stays, but for one thing: whether its hub gives it decides between missing and blocked.
_PUT = f"""
    INSERT INTO resources ({RESOURCE_COLUMNS}, state, problem) VALUES ({marks(RESOURCE_COLUMNS)}, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
        {", ".join(f"{name} = excluded.{name}" for name in _METADATA)},
        problem = CASE WHEN state IN ('missing', 'blocked') THEN excluded.problem ELSE problem END,
        state = CASE WHEN state IN ('missing', 'blocked') THEN excluded.state ELSE state END,
        superseded = 0
"""  # noqa: S608
# Of which nothing is here, and which nobody is about to bring, leaves its place to what takes over.
_HOLDS_NOTHING = "state IN ('missing', 'blocked', 'failed', 'gone', 'paused') AND received = 0"
_SUPERSEDE = f"""
    UPDATE resources SET superseded = 1,
        target = CASE WHEN {_HOLDS_NOTHING} THEN NULL ELSE target END,
        target_key = CASE WHEN {_HOLDS_NOTHING} THEN NULL ELSE target_key END
    WHERE id = ?
"""  # noqa: S608
LISTED = "NOT (superseded AND state IN ('missing', 'blocked'))"
"""What `ResourceSnapshot.is_listed` says, of a row."""
_APPLY = """
    UPDATE resources SET
        state = ?2, received = coalesce(?3, received), problem = ?4, wait = ?5,
        verification = coalesce(?6, verification), sha256 = coalesce(?7, sha256),
        file_size = coalesce(?8, file_size), file_mtime = coalesce(?9, file_mtime)
    WHERE id = ?1
"""
_TWINS = """
    SELECT 1 FROM resources AS one JOIN resources AS other ON other.content = one.content AND other.id <> one.id
    WHERE one.id = ? AND one.content IS NOT NULL LIMIT 1
"""
_MANY = 10_000
"""Rows after which the cache is full of what is not read again soon."""
_IN_HUB_ORDER = "ORDER BY place, number"


def put_resources(database: Database, collection_id: str, resources: Iterable[Resource]) -> None:
    """Insert or refresh children inside a transaction of the caller."""

    def bindings(resource: Resource) -> tuple[Value, ...]:
        assert resource.collection == collection_id, "a resource is child of exactly one collection"
        row = resource_row(resource)
        return (*row, "missing" if resource.blocked is None else "blocked", row[-1])

    database.write_each(_PUT, map(bindings, resources))


def supersede_others(database: Database, collection_id: str, listed: Iterable[str]) -> None:
    """Mark the children of a collection that are not among ``listed``, inside a transaction of the caller."""
    others = "SELECT id FROM resources WHERE collection = ? AND NOT superseded"
    known = database.read(others, (collection_id,), lambda row: str(row[0]))
    database.write_each(_SUPERSEDE, ((each,) for each in set(known).difference(listed)))


def snapshots(database: Database, ids: Iterable[str]) -> list[ResourceSnapshot]:
    """The known ones among ``ids``, in that order."""
    return database.read_each(
        f"SELECT {SNAPSHOT_COLUMNS} FROM resources WHERE id = ?",  # noqa: S608
        ((each,) for each in ids),
        snapshot_of,
    )


def same_content(database: Database, sha256: str) -> list[ResourceSnapshot]:
    """All resources whose file has this digest, as their hub says or as it arrived, in the order they were added."""
    return database.read(
        f"SELECT {SNAPSHOT_COLUMNS} FROM resources WHERE content = ? ORDER BY number",  # noqa: S608
        (sha256,),
        snapshot_of,
    )


def has_twins(database: Database, resource_id: str) -> bool:
    """Does the file of another resource have the same digest?"""
    return bool(database.value(_TWINS, (resource_id,)))


def children(
    database: Database, collection_id: str | None = None, states: AbstractSet[State] | None = None
) -> list[ResourceSnapshot]:
    """The listed children of one collection, or of all in the order these were added; each in the order of its hub.

    Only those in one of ``states``, if given: to make values of a hundred thousand rows takes seconds.
    """
    values = tuple(state.value for state in states or ())
    among = "" if states is None else f" AND state IN ({', '.join('?' * len(values))})"
    query = f"SELECT {SNAPSHOT_COLUMNS} FROM resources WHERE collection = ? AND {LISTED}{among} {_IN_HUB_ORDER}"  # noqa: S608
    if collection_id is not None:
        found = database.read(query, (collection_id, *values), snapshot_of)
    else:
        with database.snapshot():
            parents = database.read("SELECT id FROM collections ORDER BY added, number", (), lambda row: row[0])
            found = database.read_each(query, ((parent, *values) for parent in parents), snapshot_of)
    if len(found) > _MANY:
        database.let_go()
    return found


def put_changes(database: Database, changes: Sequence[Change]) -> None:
    """Write new states inside a transaction of the caller. Unknown ids are left out."""
    database.write_each(
        _APPLY,
        (
            (
                change.id,
                change.state.value,
                change.received,
                pack_or_none(change.problem),
                pack_or_none(change.wait),
                change.verification.value if change.verification else None,
                change.sha256,
                change.file_size,
                change.file_mtime,
            )
            for change in changes
        ),
    )
    blocks.put(database, changes)


def apply(database: Database, changes: Sequence[Change]) -> None:
    """Write new states in one transaction."""
    with database.transaction():
        put_changes(database, changes)


def remove(database: Database, ids: Iterable[str]) -> None:
    """Take resources and their reservations off the list. Attempts stay."""
    with database.transaction():
        database.write_each("DELETE FROM resources WHERE id = ?", ((each,) for each in ids))
