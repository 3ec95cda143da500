"""``verify``: files that are here are read back; what rotted or was changed is said, and left as it is."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..domain.resource import ResourceSnapshot
from ..domain.states import State
from ..engine.here import bad_ranges
from ..errors import DriveStuck, NothingMatched, Problem
from ..paths import Paths
from ..text import format_count, plain
from . import console
from .compose import open_session
from .describe import describe
from .exit_codes import ExitCode
from .find import find_collections
from .requests import VerifyRequest
from .session import Session


def run(request: VerifyRequest, paths: Paths) -> int:
    """Read and compare, and return the exit code. Raises NothingMatched, UnknownCollection, DiskError, StoreError."""
    with open_session(paths) as session:
        session.start()
        rows = _select(request, session)
        found: list[tuple[ResourceSnapshot, Problem | None]] = []
        for row in rows:
            problem = judge(session, row)
            found.append((row, problem))
            if not request.json:
                console.data(problem.message if problem is not None else f"{plain(row.target or '')} is right.")
    if request.json:
        _print_object(found)
    else:
        _say(found)
    return ExitCode.FAILED if any(problem is not None for _, problem in found) else ExitCode.OK


def judge(session: Session, row: ResourceSnapshot) -> Problem | None:
    """What is wrong with the file of ``row``, also that its drive does not answer. Raises DiskError, StoreError."""
    try:
        return session.ask(lambda engine: engine.verify(row.id))
    except DriveStuck as error:
        return error.problem


def is_unread(problem: Problem) -> bool:
    """Is it only the drive that says nothing?"""
    return problem.code == DriveStuck.code


def _select(request: VerifyRequest, session: Session) -> list[ResourceSnapshot]:
    rows = session.ask(lambda engine: engine.resources(None))
    if request.collections:
        known = [snapshot.collection for snapshot in session.ask(lambda engine: engine.collections())]
        parents = {collection.id for collection in find_collections(known, request.collections)}
        rows = [row for row in rows if row.resource.collection in parents]
    here = [row for row in rows if row.state is State.DOWNLOADED and request.filter.keeps(row.resource)]
    if request.filter.include and not here:
        raise NothingMatched(count=len(rows))
    return here


def _print_object(found: Sequence[tuple[ResourceSnapshot, Problem | None]]) -> None:
    files = [
        {
            "resource": row.id,
            "path": row.target,
            "problem": describe(problem) if problem is not None else None,
            "damaged": ranges_of(problem),
        }
        for row, problem in found
    ]
    console.data(json.dumps({"files": files}))


def ranges_of(problem: Problem | None) -> list[list[int]] | None:
    """The half-open byte ranges that are wrong, None where nobody knows."""
    return [[start, stop] for start, stop in bad_ranges(problem).items] or None


def _say(found: Sequence[tuple[ResourceSnapshot, Problem | None]]) -> None:
    damaged = sum(problem is not None and not is_unread(problem) for _, problem in found)
    unread = sum(problem is not None and is_unread(problem) for _, problem in found)
    count = format_count(len(found), "file")
    if unread:
        console.say(f"{unread} of {count} could not be read.")
        count = format_count(len(found) - unread, "file")
    if len(found) == unread > 0:
        return
    if not damaged:
        console.say(f"{count} read back, and nothing is damaged." if found else "No file is here.")
        return
    console.say(f"{damaged} of {count} damaged, and left as it is. To have it again: stabilitydl repair")
