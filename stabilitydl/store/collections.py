"""Collections: adding them with their children, finding them, and what their children add up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from ..domain.collection import Collection, CollectionSnapshot, CollectionSummary
from ..domain.resource import Resource
from ..domain.states import State
from .database import Database
from .pictures import share_avatar
from .resources import LISTED, put_resources, supersede_others
from .rows import COLLECTION_COLUMNS, collection_of, collection_row, marks

PREFIX_LENGTH = 4

Memory = Literal["last_checked", "lock_old", "lock_new", "last_notified"]

# Metadata only: what update checks remember, and when it was added, stay as they are.
_METADATA = (
    "identity",
    "title",
    "locator",
    "page",
    "layout",
    "target",
    "commit_id",
    "type",
    "base_model",
    "creator",
    "avatar",
    "preview",
    "trigger_words",
    "description",
    "updated",
)
_PUT = (
    f"INSERT INTO collections ({COLLECTION_COLUMNS}) VALUES ({marks(COLLECTION_COLUMNS)})"  # noqa: S608
    f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _METADATA)}"
)
# The same sums as domain.collection.summarise. total() counts as a float: exact below 9 PB, and an absurd size
# that a hub claims cannot overflow it.
_SUMMARIES = f"""
    SELECT collection, state, count(*), total(whole),
           total(CASE WHEN state = 'downloaded' THEN whole WHEN whole > 0 THEN min(received, whole) ELSE received END)
    FROM (SELECT collection, state, received, coalesce(nullif(size, 0), file_size, 0) AS whole
          FROM resources WHERE {LISTED} {{also}})
    GROUP BY collection, state
"""  # noqa: S608
_DOWNLOADS = "SELECT collection, count(*) FROM attempts WHERE outcome = 'downloaded' {also} GROUP BY collection"


def add(
    database: Database, collection: Collection, resources: Sequence[Resource], now: float, *, is_whole: bool = False
) -> None:
    """Insert or refresh a collection and its children, in one transaction."""
    with database.transaction():
        database.write(_PUT, collection_row(collection, now))
        put_resources(database, collection.id, resources)
        if is_whole:
            supersede_others(database, collection.id, (resource.id for resource in resources))
        share_avatar(database, collection.key.hub, collection.key.endpoint, collection.creator, collection.avatar)


def put(database: Database, collection: Collection) -> None:
    """Insert or refresh a collection inside a transaction of the caller, added when it says it was."""
    database.write(_PUT, collection_row(collection, collection.added))


def snapshots(database: Database, collection_id: str | None = None) -> list[CollectionSnapshot]:
    """All collections, or the one with this id, in the order they were added."""
    where, also, bindings = ("", "", ()) if collection_id is None else ("id = ?", "= ?", (collection_id,))
    with database.snapshot():
        found = _select(database, where or "TRUE", bindings)
        summaries = database.read(
            _SUMMARIES.format(also=f"AND collection {also}" if also else ""), bindings, lambda row: row
        )
        downloads = dict(
            database.read(
                _DOWNLOADS.format(also=f"AND collection {also}" if also else ""),
                bindings,
                lambda row: (row[0], row[1]),
            )
        )
    states: dict[str, dict[State, int]] = {}
    sums: dict[str, tuple[int, int]] = {}
    for parent, state, count, total, received in summaries:
        states.setdefault(parent, {})[State(state)] = count
        before = sums.get(parent, (0, 0))
        sums[parent] = (before[0] + int(total), before[1] + int(received))
    return [
        CollectionSnapshot(
            collection=collection,
            summary=CollectionSummary(
                states=states.get(collection.id, {}),
                resources=sum(states.get(collection.id, {}).values()),
                bytes=sums.get(collection.id, (0, 0))[0],
                received=sums.get(collection.id, (0, 0))[1],
            ),
            downloads=downloads.get(collection.id, 0),
        )
        for collection in found
    ]


def roots(database: Database) -> list[str]:
    """The folders below which the files of all collections go, each once."""
    return database.read("SELECT DISTINCT target FROM collections WHERE target <> ''", (), lambda row: str(row[0]))


def weights(database: Database) -> dict[str, float]:
    """The weights of those collections that do not weigh as much as others usually do."""
    return dict(
        database.read(
            "SELECT id, weight FROM collections WHERE weight <> 1", (), lambda row: (str(row[0]), float(row[1]))
        )
    )


def set_weight(database: Database, ids: Iterable[str], weight: float) -> None:
    """Let each of these collections have this many times the share of others."""
    with database.transaction():
        database.write_each("UPDATE collections SET weight = ? WHERE id = ?", ((weight, each) for each in ids))


def find_one(database: Database, collection_id: str) -> Collection | None:
    """The collection with this id."""
    return next(iter(_select(database, "id = ?", (collection_id,))), None)


def volumes(database: Database) -> dict[str, str]:
    """For folders on volumes that can be taken away: where that volume is mounted."""
    return dict(database.read("SELECT folder, place FROM volumes", (), lambda row: (str(row[0]), str(row[1]))))


def set_volume(database: Database, folder: str, place: str) -> None:
    """Remember where the volume of ``folder`` is mounted."""
    with database.transaction():
        database.write("INSERT OR REPLACE INTO volumes (folder, place) VALUES (?, ?)", (folder, place))


def find(database: Database, text: str) -> list[Collection]:
    """What ``text`` names: an id, else a locator, else the beginning of an id (at least 4 characters)."""
    wanted = text.strip()
    with database.snapshot():
        exact = _select(database, "id = ?", (wanted.lower(),)) or _select(database, "locator = ?", (wanted,))
        if exact or len(wanted) < PREFIX_LENGTH:
            return exact
        return _select(database, "substr(id, 1, ?) = ?", (len(wanted), wanted.lower()))


def remember(database: Database, collection_id: str, name: Memory, value: str | float | None) -> None:
    """Set one of the fields that update checks keep, and nothing else."""
    with database.transaction():
        database.write(f"UPDATE collections SET {name} = ? WHERE id = ?", (value, collection_id))  # noqa: S608


def remove(database: Database, collection_id: str) -> None:
    """Take a collection and its children off the list. Attempts stay."""
    with database.transaction():
        database.write("DELETE FROM collections WHERE id = ?", (collection_id,))


def _select(database: Database, where: str, bindings: Sequence[str | int]) -> list[Collection]:
    return database.read(
        f"SELECT {COLLECTION_COLUMNS} FROM collections WHERE {where} ORDER BY added, number",  # noqa: S608
        bindings,
        collection_of,
    )
