"""``plan``: what ``get`` would do. Nothing is downloaded and nothing is put on the list."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import DiskError, FlaggedFile, Problem, StabilityError
from ..hubs.merging import merged
from ..hubs.protocol import Expansion, News
from ..paths import Paths
from ..text import format_bytes, format_count, plain
from . import console
from .compose import destination_for, open_session, settings_for
from .describe import (
    checksum_word,
    collection_object,
    columns,
    describe,
    headline,
    resource_object,
    shown_path,
    size_of,
)
from .exit_codes import ExitCode, exit_code_for
from .get import code_of_nothing
from .news import look, news_object, sentence
from .requests import PlanRequest
from .session import Session
from .survey import Planned, Volume, chosen, survey, volumes

Plans = Sequence[tuple[Expansion, Sequence[Planned]]]
NewsOf = Mapping[str, News | None]
"""What is new in each collection, by its id."""


def run(request: PlanRequest, paths: Paths) -> int:
    """Show the plan, and return the exit code. Raises StabilityError where there is nothing to show."""
    settings = settings_for(paths)
    destination = destination_for(paths, settings, request.to)
    try:
        with open_session(paths, settings) as session:
            session.recognise(request.locators)
            session.start()
            expansions, problems = session.ask(lambda engine: engine.expand(request.locators, destination))
            everything = merged(expansions)
            news = {one.collection.id: look(session, one) for one in everything}
            plans = [(one, survey(session, one, chosen(one, request.filter))) for one in everything]
            places, unasked = _volumes(session, plans)
    except StabilityError as error:
        if not request.json:
            raise
        _print_object([], {}, [], [error.problem])
        return exit_code_for(error)
    errors = [*problems, *(problem for expansion in expansions for problem in expansion.problems)]
    children = [child for one in everything for child in chosen(one)]
    if children and not errors and not any(planned for _, planned in plans):
        errors = [request.filter.nothing_left(children).problem]
    foreseen = [one.problem for _, planned in plans for one in planned if one.problem is not None]
    errors += _distinct([*foreseen, *unasked])
    if request.json:
        _print_object(plans, news, places, errors)
    else:
        _print_text(plans, news, places, errors)
    return _exit_code(plans, errors)


def _distinct(problems: Iterable[Problem]) -> list[Problem]:
    """Each sentence once: a drive is that of many files."""
    return list({problem.message: problem for problem in problems}.values())


def _exit_code(plans: Plans, errors: Sequence[Problem]) -> ExitCode:
    lists_something = any(planned for _, planned in plans)
    if errors:
        return ExitCode.FAILED if lists_something else code_of_nothing(errors)
    return ExitCode.OK if lists_something else ExitCode.NOTHING


def _volumes(session: Session, plans: Plans) -> tuple[list[Volume], list[Problem]]:
    try:
        return volumes(session, [one for _, planned in plans for one in planned]), []
    except DiskError as error:
        return [], [error.problem]


def _print_object(plans: Plans, news: NewsOf, places: Sequence[Volume], errors: Sequence[Problem]) -> None:
    collections = []
    for expansion, planned in plans:
        fields = collection_object(expansion.collection, [one.row for one in planned])
        fields["resources"] = [_object(one) for one in planned]
        fields["news"] = news_object(news[expansion.collection.id])
        fields["warnings"] = [describe(warning) for warning in _warnings(expansion, planned)]
        collections.append(fields)
    console.data(
        json.dumps(
            {
                "collections": collections,
                "volumes": [
                    {"path": str(volume.path), "free": volume.free, "needed": volume.needed} for volume in places
                ],
                "errors": [describe(problem) for problem in errors],
            }
        )
    )


def _object(one: Planned) -> dict[str, Any]:
    fields = resource_object(one.row, str(one.target) if one.is_here or one.is_probable else None)
    fields["blocked"] = describe(one.blocked) if one.blocked is not None else None
    return fields


def _print_text(plans: Plans, news: NewsOf, places: Sequence[Volume], errors: Sequence[Problem]) -> None:
    for expansion, planned in plans:
        console.data(headline(expansion.collection, [one.row.resource for one in planned]))
        rows = [
            (
                "",
                shown_path(one.row.resource),
                format_bytes(size_of(one.row)),
                checksum_word(one.row.resource),
                _word(one),
            )
            for one in planned
        ]
        for line in columns(rows, right=(2,)):
            console.data(line)
        if (since := news[expansion.collection.id]) and not since.is_empty:
            console.data(sentence(since))
        for warning in _warnings(expansion, planned):
            console.say(console.explain(warning))
    everything = [one for _, planned in plans for one in planned]
    here = sum(1 for one in everything if one.is_here)
    probable = sum(1 for one in everything if one.is_probable and not one.is_here)
    blocked = sum(1 for one in everything if one.blocked is not None)
    missing = sum(one.missing_bytes for one in everything)
    to_come = len(everything) - here - probable - blocked
    counts = [f"{to_come:,} to come ({format_bytes(missing)})", f"{here:,} here"]
    counts += [f"{probable:,} probably here"] if probable else []
    counts += [f"{blocked:,} blocked"] if blocked else []
    console.data(f"In all {format_count(len(everything), 'file')}: {', '.join(counts)}.")
    for volume in places:
        verdict = "" if volume.free >= volume.needed else " That is not enough."
        needed, free = format_bytes(volume.needed), format_bytes(volume.free)
        console.data(f"On the drive of {plain(str(volume.path))}: {needed} needed, {free} free.{verdict}")
    for problem in errors:
        console.say(console.explain(problem))


def _warnings(expansion: Expansion, planned: Sequence[Planned]) -> list[Problem]:
    """What the hub says besides; about a file only where that is planned."""
    names = {one.row.resource.name for one in planned}
    return [
        warning
        for warning in expansion.warnings
        if warning.code != FlaggedFile.code or warning.arguments.get("name") in names
    ]


def _word(one: Planned) -> str:
    if one.is_here:
        return "here"
    if one.blocked is not None:
        return f"blocked: {one.blocked.message}"
    if one.is_probable:
        return "probably here"
    return f"{format_bytes(one.row.received)} of it here" if one.row.received else "to come"
