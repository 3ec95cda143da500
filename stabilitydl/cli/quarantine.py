"""``quarantine``: the files whose bytes are wrong, and what becomes of them."""

from __future__ import annotations

import json
from collections.abc import Sequence

import msgspec

from ..domain.kept import Kept
from ..errors import NothingMatched
from ..paths import Paths
from ..text import format_bytes, format_count, plain
from . import console
from .compose import open_session
from .exit_codes import ExitCode
from .requests import QuarantineRequest
from .session import Session


def run(request: QuarantineRequest, paths: Paths) -> int:
    """List, keep or throw away, and return the exit code. Raises NothingMatched, DiskError, StoreError."""
    if not paths.database.exists():
        return _show((), request)
    with open_session(paths) as session:
        session.start()
        kept = session.ask(lambda engine: engine.quarantined())
        if request.keep:
            return _keep(kept, request, session)
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
    chosen = [each for each in kept if each.resource and _is_meant(each, request.keep)]
    if not chosen:
        raise NothingMatched(count=len(kept))
    for each in chosen:
        console.say(f"{plain(each.name)}: {each.problem.message if each.problem is not None else ''}")
    if not _may("Use these files although their bytes are not what was promised?", request):
        return ExitCode.USAGE
    ids = [each.resource for each in chosen]
    done = session.ask(lambda engine: engine.accept_quarantined(ids))
    console.say(f"{format_count(len(done), 'file')} kept, as unverifiable.")
    return ExitCode.OK


def _is_meant(each: Kept, words: Sequence[str]) -> bool:
    return any(each.name == word or (len(word) >= 4 and each.resource.startswith(word)) for word in words)


def _may(question: str, request: QuarantineRequest) -> bool:
    if request.yes:
        return True
    if not console.may_ask():
        console.say(f"{question} Say so with --yes.")
        return False
    return console.ask(question, usual=False)
