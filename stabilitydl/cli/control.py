"""``resume``, ``retry``, ``repair``, ``pause``, ``cancel``, ``remove``, ``limit``: commands about files on the list."""

from __future__ import annotations

from collections.abc import Sequence

from ..domain.resource import ResourceSnapshot
from ..domain.states import State
from ..errors import CODES, NothingMatched, PartInUse, Problem, Remedy, StabilityError, UnknownCollection
from ..paths import Paths
from ..text import format_count, format_speed, plain
from .compose import open_session, renderer_for
from .exit_codes import ExitCode, exit_code_for
from .find import find_collections
from .render import Renderer
from .requests import Command, ControlRequest
from .session import Session, bring
from .tally import Tally
from .verify import is_unread, judge


def run(request: ControlRequest, paths: Paths) -> int:
    """Do it, and return the exit code. Raises StabilityError for what makes a start impossible."""
    renderer = renderer_for(json=request.json)
    try:
        if not paths.database.exists():
            return _nothing_listed(request, renderer)
        with open_session(paths, may_ask=not request.json) as session:
            session.start()
            return _run(request, session, renderer)
    except StabilityError as error:
        if not request.json:
            raise
        renderer.problem(error.problem)
        return exit_code_for(error)
    finally:
        renderer.close()


def _nothing_listed(request: ControlRequest, renderer: Renderer) -> int:
    if request.collections:
        raise UnknownCollection(name=request.collections[0])
    if request.filter.include:
        raise NothingMatched(count=0)
    renderer.note("The list is empty.")
    return ExitCode.OK


def _run(request: ControlRequest, session: Session, renderer: Renderer) -> int:
    rows = _select(request, session)
    match request.command:
        case Command.RESUME | Command.RETRY:
            return _bring(request, rows, session, renderer)
        case Command.REPAIR:
            return _repair(rows, session, renderer)
        case Command.PAUSE:
            wanted = [row for row in rows if row.state.is_unfinished]
            return _change(request, wanted, session, renderer, "paused; go on with: stabilitydl resume")
        case Command.CANCEL:
            wanted = [row for row in rows if row.state not in (State.DOWNLOADED, State.MISSING, State.BLOCKED)]
            return _change(request, wanted, session, renderer, "given up")
        case Command.REMOVE:
            done = "removed, their files moved to the trash" if request.with_files else "removed from the list"
            return _change(request, rows, session, renderer, done)
        case Command.LIMIT:
            return _limit(request, rows, session, renderer)


def _select(request: ControlRequest, session: Session) -> list[ResourceSnapshot]:
    """The files that the command is about. Raises UnknownCollection, NothingMatched."""
    if not request.collections:
        everything = session.ask(lambda engine: engine.resources(None))
    else:
        found = session.ask(lambda engine: engine.collections())
        chosen = find_collections([snapshot.collection for snapshot in found], request.collections)
        everything = [row for collection in chosen for row in _children(session, collection.id)]
    rows = [row for row in everything if request.filter.keeps(row.resource)]
    if request.filter.include and not rows:
        raise NothingMatched(count=len(everything))
    return rows


def _children(session: Session, collection: str) -> list[ResourceSnapshot]:
    return session.ask(lambda engine: engine.resources(collection))


def _limit(request: ControlRequest, rows: Sequence[ResourceSnapshot], session: Session, renderer: Renderer) -> int:
    ids = [row.id for row in rows]
    session.ask(lambda engine: engine.set_resource_limit(ids, request.rate))
    files = format_count(len(rows), "file")
    if request.rate:
        renderer.note(f"{files} limited to {format_speed(request.rate)}{' each' if len(rows) > 1 else ''}.")
    else:
        renderer.note(f"{files} without a limit of {'their' if len(rows) > 1 else 'its'} own.")
    return ExitCode.OK


def _bring(request: ControlRequest, rows: Sequence[ResourceSnapshot], session: Session, renderer: Renderer) -> int:
    named = bool(request.collections or request.filter.include)
    if request.command is Command.RETRY:
        wanted = [row for row in rows if row.state.is_trouble]
    else:
        wanted = [row for row in rows if _goes_on(row)]
    if not wanted:
        renderer.note("Nothing is unfinished." if request.command is Command.RESUME else "Nothing failed.")
        return _code_of(rows) if named else ExitCode.OK
    tally = Tally()
    tally.ask_for(wanted)
    ids = [row.id for row in wanted]
    if request.command is Command.RETRY:
        return bring(session, renderer, tally, ids, lambda engine: engine.retry(ids))
    return bring(session, renderer, tally, ids, lambda engine: engine.resume(ids))


def _repair(rows: Sequence[ResourceSnapshot], session: Session, renderer: Renderer) -> int:
    """Read back what is here, and bring again what is damaged."""
    here = [row for row in rows if row.state is State.DOWNLOADED]
    known: dict[str, Problem] = {}
    unread = 0
    for row in here:
        problem = judge(session, row)
        if problem is None:
            continue
        renderer.note(problem.message)
        if is_unread(problem):
            unread += 1
        else:
            known[row.id] = problem
    damaged = [row for row in here if row.id in known]
    count = format_count(len(here) - unread, "file")
    if not damaged:
        renderer.note(f"{count} read back, and nothing is damaged." if here else "No file is here.")
        return ExitCode.FAILED if unread else ExitCode.OK
    tally = Tally()
    tally.ask_for(damaged)
    code = bring(session, renderer, tally, list(known), lambda engine: engine.repair(list(known), known))
    return code or (ExitCode.FAILED if unread else ExitCode.OK)


def _goes_on(row: ResourceSnapshot) -> bool:
    """Does ``resume`` go on with it? With what is paused too: whoever types it takes every pause back."""
    if row.state is State.FAILED:
        kind = CODES.get(row.problem.code) if row.problem is not None else None
        return kind is not None and kind.remedy is Remedy.RETRY
    return row.state.is_unfinished or row.state is State.PAUSED


def _code_of(rows: Sequence[ResourceSnapshot]) -> ExitCode:
    return ExitCode.FAILED if any(row.state.is_trouble for row in rows) else ExitCode.OK


def _change(
    request: ControlRequest,
    rows: Sequence[ResourceSnapshot],
    session: Session,
    renderer: Renderer,
    done: str,
) -> int:
    """Carry out a command that waits for no download, and say what it did."""
    ids = [row.id for row in rows]
    if not ids:
        renderer.note(f"There is nothing to {request.command}.")
        return ExitCode.OK
    held = False
    try:
        match request.command:
            case Command.PAUSE:
                session.ask(lambda engine: engine.pause(ids))
            case Command.CANCEL:
                session.ask(lambda engine: engine.cancel(ids))
            case _:
                session.ask(lambda engine: engine.remove(ids, with_files=request.with_files))
    except PartInUse:
        held = True
    after = {row.id: row for row in session.ask(lambda engine: engine.snapshots(ids))}
    kept = [row for row in rows if _is_unchanged(request.command, after.get(row.id))]
    if len(kept) < len(rows):
        renderer.note(f"{format_count(len(rows) - len(kept), 'file')} {done}.")
    if held or kept:
        names = ", ".join(plain(row.resource.name, 60) for row in kept[:3])
        more = f" and {len(kept) - 3} more" if len(kept) > 3 else ""
        renderer.note(
            f"Another process is downloading {format_count(len(kept), 'file')} ({names}{more}), so they are left as"
            " they are; stop it with Ctrl-C first."
        )
        return ExitCode.FAILED
    return ExitCode.OK


def _is_unchanged(command: Command, after: ResourceSnapshot | None) -> bool:
    match command:
        case Command.PAUSE:
            return after is not None and after.state.is_unfinished
        case Command.CANCEL:
            return after is not None and after.state not in (State.MISSING, State.DOWNLOADED, State.BLOCKED)
        case _:
            return after is not None
