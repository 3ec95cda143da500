"""``get``: list what the locators stand for, choose, check that it fits, put it on the list, and bring it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from ..clock import Clock
from ..disk.disk import Disk
from ..domain.checksum import Algorithm, Checksum
from ..domain.resource import Resource
from ..errors import CODES, ChecksumMismatch, Problem, StabilityError, UsageError
from ..hubs.merging import merged
from ..hubs.protocol import Destination, Expansion
from ..paths import Paths
from ..text import format_bytes, format_count
from . import console
from .compose import destination_for, open_session, renderer_for, settings_for
from .exit_codes import ExitCode, exit_code_for, exit_code_for_kind
from .render import Renderer
from .requests import GetRequest
from .session import Session, bring
from .survey import Planned, chosen, prepare, survey
from .tally import Tally

LARGE = 20 * 10**9
"""Bytes from which somebody at a terminal is asked first."""


@dataclass(frozen=True)
class Choice:
    """A collection and those of its children that the command is about."""

    expansion: Expansion
    children: Sequence[Resource]


def run(request: GetRequest, paths: Paths) -> int:
    """Bring the files, and return the exit code. Raises StabilityError for what makes a start impossible."""
    settings = settings_for(paths, request)
    destination = destination_for(paths, settings, request.to)
    renderer = renderer_for(json=request.json)
    try:
        with open_session(paths, settings, may_ask=not (request.yes or request.json)) as session:
            session.recognise(request.locators)
            session.start()
            given = (request.jobs, request.connections, request.order, request.rate)
            if not session.is_owner and any(value is not None for value in given):
                renderer.note(
                    "Another stabilitydl is running and brings these files: its limits hold, not those given here."
                )
            return _get(request, destination, session, renderer)
    except StabilityError as error:
        if not request.json:
            raise
        renderer.problem(error.problem)
        return exit_code_for(error)
    finally:
        renderer.close()


def _get(request: GetRequest, destination: Destination, session: Session, renderer: Renderer) -> int:
    tally = Tally(skip_blocked=request.skip_blocked)
    choices = _choose(request, destination, session, tally)
    if not choices:
        for problem in tally.problems:
            renderer.problem(problem)
        return code_of_nothing(tally.problems)
    for choice in choices:
        renderer.collection(choice.expansion.collection, choice.expansion.resources)
    planned = [one for choice in choices for one in survey(session, choice.expansion, choice.children)]
    if not request.yes and not _agreed(planned):
        renderer.note("Nothing was downloaded.")
        return ExitCode.INTERRUPTED
    if request.checksum is not None:
        _compare(session, planned[0], request.checksum)
    prepare(session, planned)
    # Only now, so that what was refused leaves no trace on the list.
    session.ask(lambda engine: engine.add([choice.expansion for choice in choices]))
    tally.ask_for(session.ask(lambda engine: engine.snapshots([one.row.id for one in planned])))
    # What a server refused before is asked for again: somebody may have logged in since.
    wanted = [one.row.id for one in planned if not one.is_here and one.row.resource.blocked is None]
    return bring(session, renderer, tally, wanted, lambda engine: engine.enqueue(wanted))


def code_of_nothing(problems: Sequence[Problem]) -> ExitCode:
    """The exit code where ``problems`` left no file to bring."""
    codes = {exit_code_for_kind(CODES.get(problem.code, StabilityError)) for problem in problems}
    return codes.pop() if len(codes) == 1 else ExitCode.FAILED


def _choose(request: GetRequest, destination: Destination, session: Session, tally: Tally) -> list[Choice]:
    """Ask the hubs and apply the filters. Raises NothingMatched, UsageError."""
    expansions, problems = session.ask(lambda engine: engine.expand(request.locators, destination))
    tally.problems.extend(problems)
    for expansion in expansions:
        tally.problems.extend(expansion.problems)
    choices = [Choice(expansion, chosen(expansion, request.filter)) for expansion in merged(expansions)]
    if expansions and not any(choice.children for choice in choices) and not tally.problems:
        raise request.filter.nothing_left([child for one in merged(expansions) for child in chosen(one)])
    if request.checksum is not None:
        choices = _with_checksum(choices, request.checksum)
    return [choice for choice in choices if choice.children]


def _with_checksum(choices: Sequence[Choice], checksum: Checksum) -> list[Choice]:
    """The one file that the command is about must be what the user says, whatever its hub says."""
    count = sum(len(choice.children) for choice in choices)
    if count != 1:
        raise UsageError(detail=f"--checksum is for one file; this is about {format_count(count, 'file')}.")
    choice = next(choice for choice in choices if choice.children)
    old = choice.children[0]
    others = tuple(known for known in old.checksums if known.algorithm is not checksum.algorithm)
    new = msgspec.structs.replace(old, checksums=(checksum, *others))
    children = tuple(new if child.id == old.id else child for child in choice.expansion.resources)
    return [Choice(replace(choice.expansion, resources=children), [new])]


def _compare(session: Session, planned: Planned, checksum: Checksum) -> None:
    """A file that was downloaded before must be what the user says now. Raises ChecksumMismatch, DiskError."""
    if not planned.is_here:
        return
    arrived = planned.row.sha256
    if checksum.algorithm is Algorithm.SHA256 and arrived is not None:
        same = checksum.digits == arrived
    else:
        same = session.ask(lambda _: _matches(planned, checksum, session.clock))
    if not same:
        raise ChecksumMismatch(expected=str(checksum), actual=f"sha256:{arrived}" if arrived else "another file")


async def _matches(planned: Planned, checksum: Checksum, clock: Clock) -> bool:
    disk = Disk(clock)
    try:
        return await disk.matches(planned.target, None, [checksum]) is not None
    finally:
        await disk.aclose()


def _agreed(planned: Sequence[Planned]) -> bool:
    """Ask before a large download, where somebody is there to answer."""
    size = sum(one.missing_bytes for one in planned)
    if size < LARGE or not console.may_ask():
        return True
    count = sum(1 for one in planned if one.missing_bytes)
    return console.ask(f"Download {format_count(count, 'file')}, {format_bytes(size)}?")
