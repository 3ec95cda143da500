"""``list``: what is on the list, from the store alone, so that it answers at once.

A file that vanished or changed since it was downloaded makes its row MISSING here; then the engine is asked to
write that down, because only it may change states. Where it cannot, the list says it all the same.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from functools import partial

import msgspec

from ..domain.collection import CollectionSnapshot, summarise
from ..domain.kept import is_as_judged, place_of
from ..domain.resource import ResourceSnapshot
from ..domain.states import State, Tab
from ..errors import DriveStuck, NotWritable, Problem, StabilityError, StoreError, UnknownCollection
from ..paths import Paths
from ..store.store import Store
from ..text import format_bytes, format_count, format_speed, plain
from . import console
from .describe import (
    collection_object,
    columns,
    describe,
    is_unverified,
    received_of,
    resource_object,
    shown_path,
    size_of,
)
from .drives import Statuses, look
from .exit_codes import ExitCode, exit_code_for
from .find import find_collections
from .reading import open_store
from .requests import ListRequest

SHORT_ID = 8


def run(request: ListRequest, paths: Paths) -> int:
    """List, and return the exit code. Raises UnknownCollection and StoreError, which JSON tells as an object too."""
    try:
        return _list(request, paths)
    except StabilityError as error:
        if not request.json:
            raise
        console.data(json.dumps({"collections": [], "errors": [describe(error.problem)]}))
        console.say(console.explain(error.problem))
        return exit_code_for(error)


def _list(request: ListRequest, paths: Paths) -> int:
    store = _open(paths)
    if store is None:
        if request.collection is not None:
            raise UnknownCollection(name=request.collection)
        return _show(request, [], {})
    try:
        chosen = store.collections()
        if request.collection is not None:
            names = find_collections([snapshot.collection for snapshot in chosen], [request.collection])
            chosen = [snapshot for snapshot in chosen if snapshot.collection in names]
        children = _children(store, chosen)
        statuses, silent = look(place for rows in children.values() for row in rows if (place := _place_of(row)))
        if any(_has_vanished(row, statuses) for rows in children.values() for row in rows):
            try:
                _refresh(paths)
            except (NotWritable, StoreError):
                children = {each: [_as_found(row, statuses) for row in rows] for each, rows in children.items()}
            else:
                children = _children(store, chosen)
    finally:
        store.close()
    return _show(request, chosen, children, [DriveStuck(path=folder).problem for folder in silent])


def _children(store: Store, chosen: Sequence[CollectionSnapshot]) -> dict[str, list[ResourceSnapshot]]:
    """The rows of each collection, by its id."""
    children: dict[str, list[ResourceSnapshot]] = {snapshot.id: [] for snapshot in chosen}
    for row in store.resources(chosen[0].id if len(chosen) == 1 else None):
        if row.resource.collection in children:
            children[row.resource.collection].append(row)
    return children


def _place_of(row: ResourceSnapshot) -> str | None:
    """Where the file of a row lies that is here, or in quarantine."""
    return row.target if row.state is State.DOWNLOADED else place_of(row)


def _has_vanished(row: ResourceSnapshot, statuses: Statuses) -> bool:
    """Is the file of a row not there any more, or another one? What is not told is as it was."""
    place = _place_of(row)
    if place is None or place not in statuses:
        return False
    status = statuses[place]
    if status is None:
        return True
    is_same = row.is_file if row.state is State.DOWNLOADED else partial(is_as_judged, row)
    return not is_same(status.st_size, status.st_mtime_ns)


def _as_found(row: ResourceSnapshot, statuses: Statuses) -> ResourceSnapshot:
    """The row as the engine would write it down, where nobody can."""
    if row.state is not State.DOWNLOADED or not _has_vanished(row, statuses):
        return row
    return msgspec.structs.replace(row, state=State.MISSING, received=0)


def _open(paths: Paths) -> Store | None:
    """The store, or None where there is none yet: asking leaves no trace."""
    return open_store(paths) if paths.database.exists() else None


def _refresh(paths: Paths) -> None:
    from .compose import open_session

    with open_session(paths) as session:
        session.start()
        # Which drives do not answer is known already.
        with contextlib.suppress(DriveStuck):
            session.ask(lambda engine: engine.refresh())


def _show(
    request: ListRequest,
    snapshots: Sequence[CollectionSnapshot],
    children: dict[str, list[ResourceSnapshot]],
    problems: Sequence[Problem] = (),
) -> int:
    chosen = {
        snapshot.id: [row for row in children[snapshot.id] if request.tab in (Tab.ALL, row.tab)]
        for snapshot in snapshots
    }
    if request.json:
        objects = [_object(one, children, chosen[one.id]) for one in snapshots]
        console.data(json.dumps({"collections": objects, "errors": [describe(problem) for problem in problems]}))
        return ExitCode.OK
    if request.collection is None and request.tab is Tab.ALL:
        _show_collections(snapshots, children)
    else:
        _show_children(request, snapshots, chosen)
    for problem in problems:
        console.say(console.explain(problem))
    return ExitCode.OK


def _object(
    snapshot: CollectionSnapshot, children: dict[str, list[ResourceSnapshot]], chosen: Sequence[ResourceSnapshot]
) -> dict[str, object]:
    fields = collection_object(snapshot.collection, children[snapshot.id])
    fields["weight"] = snapshot.collection.weight
    fields["resources"] = [
        {
            **resource_object(row, row.target if row.state is State.DOWNLOADED else None),
            "received": received_of(row),
            "verification": str(row.verification) if row.state is State.DOWNLOADED and row.verification else None,
            "superseded": row.superseded,
            "rate_limit": row.rate_limit,
            "error": describe(row.problem) if row.problem is not None else None,
        }
        for row in chosen
    ]
    return fields


def _show_collections(snapshots: Sequence[CollectionSnapshot], children: dict[str, list[ResourceSnapshot]]) -> None:
    if not snapshots:
        console.say("The list is empty. Put something on it: stabilitydl get LOCATOR")
        return
    rows = []
    for snapshot in snapshots:
        summary = summarise(children[snapshot.id])
        others = [tab for tab in Tab if tab not in (Tab.ALL, Tab.DOWNLOADED)]
        counts = [f"{summary.count(tab)} {tab}" for tab in others if summary.count(tab)]
        rows.append(
            (
                snapshot.id[:SHORT_ID],
                plain(snapshot.collection.title, 60),
                f"{summary.count(Tab.DOWNLOADED)} of {format_count(summary.resources, 'file')}",
                format_bytes(summary.bytes),
                ", ".join([*(counts or ["complete"]), *_unverified(children[snapshot.id])]),
                "" if snapshot.collection.weight == 1 else f"{snapshot.collection.weight:g} times the share",
            )
        )
    for line in columns(rows, right=(2, 3)):
        console.data(line)


def _unverified(rows: Sequence[ResourceSnapshot]) -> list[str]:
    """How many of the files that are here nothing vouches for, where there are some."""
    count = sum(map(is_unverified, rows))
    return [f"{count} unverified"] if count else []


def _show_children(
    request: ListRequest, snapshots: Sequence[CollectionSnapshot], chosen: dict[str, list[ResourceSnapshot]]
) -> None:
    for snapshot in snapshots:
        rows = chosen[snapshot.id]
        if not rows:
            continue
        if len(snapshots) > 1:
            console.say(f"{plain(snapshot.collection.title)} ({snapshot.id[:SHORT_ID]})")
        for line in columns(map(_child_row, rows), right=(1, 2)):
            console.data(line)
    if not any(chosen.values()):
        what = "No file is here" if request.tab is Tab.ALL else f"No file is {request.tab}"
        console.say(f"{what}.")


def _child_row(row: ResourceSnapshot) -> tuple[str, ...]:
    size = size_of(row)
    arrived = "" if row.state is State.DOWNLOADED or not row.received else f"{format_bytes(row.received)} of"
    if row.state is State.DOWNLOADED:
        more = row.target or ""
    else:
        problem = row.problem or row.resource.blocked
        more = console.explain(problem) if problem is not None else ""
    state = f"{row.state}, superseded" if row.superseded else str(row.state)
    if is_unverified(row):
        state += ", unverified"
    if row.rate_limit and row.state is not State.DOWNLOADED:
        state += f", at most {format_speed(row.rate_limit)}"
    return state, arrived, format_bytes(size), shown_path(row.resource), plain(more)
