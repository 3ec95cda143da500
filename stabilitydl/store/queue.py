"""The queue: who is in it, in which order, and which target path is reserved for whom."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection as Many
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import count
from typing import NamedTuple

from ..domain.collection import Collection
from ..domain.resource import ResourceSnapshot
from ..domain.states import State
from ..errors import NoLongerListed, TargetTaken
from . import collections, resources
from .database import Database
from .rows import SNAPSHOT_COLUMNS, pack_or_none, snapshot_of


class Place(StrEnum):
    """Where ``Store.move`` puts resources: at an end of the queue, or beside another resource."""

    TOP = "top"
    BOTTOM = "bottom"
    BEFORE = "before"
    AFTER = "after"


_UNFINISHED = ", ".join(f"'{state.value}'" for state in State if state.is_unfinished)
_LEFT_ALONE = ", ".join(
    f"'{state.value}'" for state in State if state.is_running or state in (State.QUEUED, State.DOWNLOADED)
)
_RESERVE = """
    UPDATE resources SET state = 'queued', target = ?, target_key = ?, problem = NULL, wait = NULL, position = ?
    WHERE id = ?
"""


def target_key(path: str) -> str:
    """What two paths share when some file system in use takes them for one file."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def unfinished(database: Database) -> list[ResourceSnapshot]:
    """All that goes on by itself, in queue order."""
    return database.read(
        f"SELECT {SNAPSHOT_COLUMNS} FROM resources WHERE state IN ({_UNFINISHED}) ORDER BY position, number",  # noqa: S608
        (),
        snapshot_of,
    )


_PUT_BACK = """
    UPDATE resources SET state = ?, received = ?, target = ?, target_key = ?, problem = ?, wait = ?, verification = ?,
        sha256 = ?, file_size = ?, file_mtime = ?, position = ?, priority = ?, superseded = ?, rate_limit = ?
    WHERE id = ?
"""


def restore(database: Database, collection: Collection, rows: Sequence[ResourceSnapshot]) -> None:
    """Insert or refresh a collection and bring back children with their lives, inside a transaction of the caller.

    Of two with one target the later one becomes missing, without a target.
    """
    collections.put(database, collection)
    resources.put_resources(database, collection.id, [row.resource for row in rows])
    for row in rows:
        key = target_key(row.target) if row.target is not None else None
        is_taken = key is not None and _holder(database, key) not in (None, row.id)
        target = None if is_taken else row.target
        state = State.MISSING if is_taken else row.state
        database.write(
            _PUT_BACK,
            (
                state.value,
                row.received,
                target,
                None if is_taken else key,
                pack_or_none(row.problem),
                pack_or_none(row.wait),
                row.verification.value if row.verification else None,
                row.sha256,
                row.file_size,
                row.file_mtime,
                row.position or None,
                row.priority,
                row.superseded,
                row.rate_limit,
                row.id,
            ),
        )


_IDLE = """
    SELECT number, id, target, state = 'missing' AND received > 0 FROM resources
    WHERE number > ? AND state IN ('missing', 'downloaded') AND target IS NOT NULL ORDER BY number LIMIT ?
"""


class Idle(NamedTuple):
    """What has a reserved ``target`` and nothing to do. ``is_given_up``: what came of it may still lie there."""

    number: int
    resource: str
    target: str
    is_given_up: bool


def idle_targets(database: Database, after: int, limit: int) -> list[Idle]:
    """The first ``limit`` from behind number ``after``."""
    return database.read(_IDLE, (after, limit), lambda row: Idle(int(row[0]), str(row[1]), str(row[2]), bool(row[3])))


def enqueue(database: Database, targets: Sequence[tuple[str, str]]) -> list[ResourceSnapshot]:
    """Reserve the target path of each (id, absolute path) and append it to the queue, in one transaction.

    What is queued, at work or downloaded already is left as it is; unknown ids are left out. Raises TargetTaken,
    and changes nothing, when a path is reserved for another resource.
    """
    with database.transaction():
        free = set(
            database.read_each(
                f"SELECT id FROM resources WHERE id = ? AND state NOT IN ({_LEFT_ALONE})",  # noqa: S608
                ((each,) for each, _ in targets),
                lambda row: str(row[0]),
            )
        )
        paths = {each: path for each, path in targets if each in free}
        # A target that moves away first makes room for another of the same call.
        database.write_each(
            "UPDATE resources SET target_key = NULL WHERE id = ? AND target_key IS NOT NULL",
            ((each,) for each in paths),
        )
        keys = _free_keys(database, paths.values())
        positions = count(_last_position(database) + 1)
        database.write_each(
            _RESERVE,
            (
                (path, key, position, each)
                for (each, path), key, position in zip(paths.items(), keys, positions, strict=False)
            ),
        )
        return resources.snapshots(database, (each for each, _ in targets))


def reserved(database: Database, paths: Iterable[str]) -> dict[str, str]:
    """For each path that is reserved: the id of the resource that holds it."""
    with database.snapshot():
        holders = ((path, _holder(database, target_key(path))) for path in paths)
        return {path: holder for path, holder in holders if holder is not None}


def set_priority(database: Database, ids: Iterable[str], priority: int) -> None:
    """Give resources a priority; its meaning is the scheduler's."""
    with database.transaction():
        database.write_each("UPDATE resources SET priority = ? WHERE id = ?", ((priority, each) for each in ids))


def set_rate_limit(database: Database, ids: Iterable[str], rate: int) -> None:
    """Let each of them have so many bytes per second at most, 0 for as many as come."""
    with database.transaction():
        database.write_each("UPDATE resources SET rate_limit = ? WHERE id = ?", ((rate, each) for each in ids))


def move(database: Database, ids: Iterable[str], place: Place, anchor: str | None = None) -> None:
    """Move the unfinished ones among ``ids``, in their present order, to ``place``.

    ``anchor`` is the resource to stand beside. Raises NoLongerListed when it is not in the queue.
    """
    wanted = set(ids) - {anchor}
    with database.transaction():
        moved = [each.id for each in unfinished(database) if each.id in wanted]
        if place is Place.TOP:
            start = _first_position(database) - len(moved)
        elif place is Place.BOTTOM:
            start = _last_position(database) + 1
        else:
            start = _make_room(database, anchor, place, len(moved))
        database.write_each("UPDATE resources SET position = ? WHERE id = ?", enumerate(moved, start))


def _free_keys(database: Database, paths: Many[str]) -> list[str]:
    """The keys of ``paths``. Raises TargetTaken for the first that is reserved, or twice among them."""
    keys = [target_key(path) for path in paths]
    taken = set(
        database.read_each(
            "SELECT target_key FROM resources WHERE target_key = ?", ((key,) for key in keys), lambda row: str(row[0])
        )
    )
    for path, key in zip(paths, keys, strict=True):
        if key in taken:
            raise TargetTaken(path=path)
        taken.add(key)
    return keys


def _make_room(database: Database, anchor: str | None, place: Place, places: int) -> int:
    beside = database.value(
        f"SELECT position FROM resources WHERE id = ? AND state IN ({_UNFINISHED})",  # noqa: S608
        (anchor,),
    )
    if beside is None:
        raise NoLongerListed
    start: int = beside if place is Place.BEFORE else beside + 1
    database.write("UPDATE resources SET position = position + ? WHERE position >= ?", (places, start))
    return start


def _holder(database: Database, key: str) -> str | None:
    holder: str | None = database.value("SELECT id FROM resources WHERE target_key = ?", (key,))
    return holder


def _first_position(database: Database) -> int:
    return int(database.value("SELECT min(position) FROM resources") or 0)


def _last_position(database: Database) -> int:
    return int(database.value("SELECT max(position) FROM resources") or 0)
