"""``quarantine``: the files whose bytes are wrong, and what becomes of them: each may be fetched again, from another
address too, or be kept all the same; all of them may be thrown away."""

from __future__ import annotations

import json
from collections.abc import Sequence

import msgspec

from ..domain.kept import Kept
from ..domain.resource import ResourceSnapshot
from ..errors import NothingMatched
from ..paths import Paths
from ..text import format_bytes, format_count, plain
from . import console
from .compose import open_session, renderer_for
from .exit_codes import ExitCode
from .requests import QuarantineRequest
from .session import Session, bring
from .tally import Tally


def run(request: QuarantineRequest, paths: Paths) -> int:
    """List, fetch, keep or throw away, and return the exit code. Raises NothingMatched, DiskError, StoreError."""
    if not paths.database.exists():
        return _show((), request)
    with open_session(paths) as session:
        session.start()
        kept = session.ask(lambda engine: engine.quarantined())
        if request.keep:
            return _keep(kept, request, session)
        if request.retry or request.elsewhere:
            return _fetch(kept, request, session)
        if request.empty:
            return _empty(kept, request, session)
        return _show(kept, request)


def _show(kept: Sequence[Kept], request: QuarantineRequest) -> int:
    if request.json:
        console.data(json.dumps({"kept": [msgspec.to_builtins(each) for each in kept]}))
        return ExitCode.OK
    for each in kept:
        reason = each.problem.message if each.problem is not None else "Nothing on the list refers to it any more."
        console.data(f"{each.resource[:8] or '-':8}  {format_bytes(each.size):>9}  {plain(each.name)}: {plain(reason)}")
        console.data(f"{'':21}{plain(each.path)}")
    total = format_bytes(sum(each.size for each in kept))
    console.say(f"{format_count(len(kept), 'file')} in quarantine, {total}." if kept else "Nothing is in quarantine.")
    if any(each.resource for each in kept):
        console.say("Fetch one again: --retry FILE; from another address: --elsewhere FILE; use it: --keep FILE.")
    return ExitCode.OK


def _empty(kept: Sequence[Kept], request: QuarantineRequest, session: Session) -> int:
    if not kept:
        return _show(kept, request)
    total = format_bytes(sum(each.size for each in kept))
    if not _may(f"Throw away {format_count(len(kept), 'file')}, {total}?", request):
        return ExitCode.USAGE
    paths = [each.path for each in kept]
    freed = session.ask(lambda engine: engine.empty_quarantine(paths))
    console.say(f"{format_bytes(freed)} freed.")
    return ExitCode.OK


def _keep(kept: Sequence[Kept], request: QuarantineRequest, session: Session) -> int:
    chosen = _chosen(kept, request.keep)
    for each in chosen:
        console.say(f"{plain(each.name)}: {each.problem.message if each.problem is not None else ''}")
    if not _may("Use these files although their bytes are not what was promised?", request):
        return ExitCode.USAGE
    ids = [each.resource for each in chosen]
    done = session.ask(lambda engine: engine.accept_quarantined(ids))
    console.say(f"{format_count(len(done), 'file')} kept, as unverifiable.")
    return ExitCode.OK


def _fetch(kept: Sequence[Kept], request: QuarantineRequest, session: Session) -> int:
    """Bring them again. What was wrong stays where it is until it is thrown away."""
    ids = [each.resource for each in _chosen(kept, request.retry or request.elsewhere)]
    if request.elsewhere:
        ids, alone = _split(session.ask(lambda engine: engine.snapshots(ids)))
        for row in alone:
            console.say(f"{plain(row.resource.name)} has no other address.")
        if not ids:
            return ExitCode.FAILED
    renderer = renderer_for(json=request.json)
    try:
        tally = Tally()
        tally.ask_for(session.ask(lambda engine: engine.snapshots(ids)))
        if request.elsewhere:
            return bring(session, renderer, tally, ids, lambda engine: engine.retry_elsewhere(ids))
        return bring(session, renderer, tally, ids, lambda engine: engine.retry(ids))
    finally:
        renderer.close()


def _split(rows: Sequence[ResourceSnapshot]) -> tuple[list[str], list[ResourceSnapshot]]:
    """The ids of those with several addresses, and the others."""
    several = [row.id for row in rows if len(row.resource.addresses) > 1]
    return several, [row for row in rows if row.id not in several]


def _chosen(kept: Sequence[Kept], words: Sequence[str]) -> list[Kept]:
    """Those that ``words`` mean. Raises NothingMatched."""
    chosen = [each for each in kept if each.resource and _is_meant(each, words)]
    if not chosen:
        raise NothingMatched(count=len(kept))
    return chosen


def _is_meant(each: Kept, words: Sequence[str]) -> bool:
    return any(each.name == word or (len(word) >= 4 and each.resource.startswith(word)) for word in words)


def _may(question: str, request: QuarantineRequest) -> bool:
    if request.yes:
        return True
    if not console.may_ask():
        console.say(f"{question} Say so with --yes.")
        return False
    return console.ask(question, usual=False)
