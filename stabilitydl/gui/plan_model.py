"""The plan as plain values: which group each child is in, what is chosen, and what that needs. No Qt in here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from ..domain.resource import ResourceSnapshot
from ..domain.states import State
from ..engine.here import Foreseen
from ..errors import DangerousFileType, FlaggedFile, Problem, Remedy
from .forecast import Forecast, Volume

PICKLES = frozenset({".ckpt", ".pt", ".pth", ".bin", ".pkl"})
"""Suffixes of files that Python's pickle reads: loading one can run any code that its author put in."""
SAFE_SUFFIX = ".safetensors"


class Kind(IntEnum):
    """What a child of the plan is, in the order in which the groups are shown."""

    READY = 0
    HERE = 1
    ON_THE_WAY = 2
    UNVERIFIABLE = 3
    PICKLE = 4
    FLAGGED = 5
    LOGIN = 6
    BLOCKED = 7
    PROGRAM = 8

    @property
    def is_risky(self) -> bool:
        """Has to be chosen by hand."""
        return self in (Kind.PICKLE, Kind.FLAGGED, Kind.LOGIN, Kind.BLOCKED, Kind.PROGRAM)


@dataclass(frozen=True, slots=True)
class Child:
    """One file of the plan. ``needed`` is the bytes still to come, None where the hub does not say how many.

    ``can_be_chosen`` is false for what would not be started whatever the user says.
    """

    row: ResourceSnapshot
    kind: Kind
    needed: int | None
    can_be_chosen: bool
    problem: Problem | None = None

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def suffix(self) -> str:
        """The ending of its name in lower case, with the dot; empty where there is none."""
        return _suffix(self.row.resource.name)

    @property
    def identity(self) -> tuple[str, str]:
        """What it is on its hub, wherever it goes here."""
        return self.row.resource.key, self.row.resource.name


@dataclass(frozen=True)
class Group:
    """Children of one kind; those that a hub does not give are grouped by the reason, too."""

    kind: Kind
    code: str
    children: tuple[Child, ...]
    needed: int
    unknown: int

    @property
    def can_be_chosen(self) -> bool:
        return any(child.can_be_chosen for child in self.children)


@dataclass(frozen=True)
class Need:
    """What the chosen children take on one volume, in bytes."""

    volume: Volume
    bytes: int

    @property
    def is_enough(self) -> bool:
        return self.bytes <= self.volume.free


@dataclass(frozen=True)
class Totals:
    """What is chosen. ``bytes`` leaves out the ``unknown`` children of unknown size."""

    files: int
    bytes: int
    unknown: int
    needs: tuple[Need, ...]

    @property
    def fits(self) -> bool:
        return all(need.is_enough for need in self.needs)


class PlanModel:
    """The children of a forecast and which of them are chosen. Risky ones are not, until the user says so.

    ``can_log_in`` says whether there is an account for a hub; where nobody does, each hub that is named has one.
    """

    def __init__(self, forecast: Forecast, can_log_in: Callable[[str], bool] = bool) -> None:
        self.forecast = forecast
        self._can_log_in = can_log_in
        flagged = _flagged(forecast)
        children = [_child(each, flagged) for each in forecast.children]
        children.sort(key=lambda child: child.kind)
        self.children: tuple[Child, ...] = tuple(children)
        self.groups: tuple[Group, ...] = tuple(_groups(children))
        self.chosen: set[str] = {child.id for child in children if child.can_be_chosen and not child.kind.is_risky}
        self._places = _places(forecast.volumes, children)
        self._totals: Totals | None = None

    def __len__(self) -> int:
        return len(self.children)

    def choose(self, children: Iterable[Child], wanted: bool) -> None:
        """Switch children on or off; those that cannot be chosen stay off."""
        ids = {child.id for child in children if child.can_be_chosen}
        self.chosen = self.chosen | ids if wanted else self.chosen - ids
        self._totals = None

    def choices(self) -> dict[tuple[str, str], bool]:
        """What is chosen and what is not, in a form that holds for another folder, where children have other ids."""
        return {child.identity: child.id in self.chosen for child in self.children}

    def repeat(self, choices: Mapping[tuple[str, str], bool]) -> None:
        """Choose what ``choices`` of an earlier plan says; what it does not know stays as it is."""
        for child in self.children:
            if child.identity in choices:
                self.choose([child], choices[child.identity])

    def chosen_of(self, group: Group) -> int:
        """How many children of ``group`` are chosen."""
        return sum(child.id in self.chosen for child in group.children)

    def chosen_ids(self) -> tuple[str, ...]:
        """The ids to start, in the order of the hubs."""
        return tuple(each.row.id for each in self.forecast.children if each.row.id in self.chosen)

    def totals(self) -> Totals:
        """Add up what is chosen."""
        if self._totals is None:
            self._totals = self._add_up()
        return self._totals

    def _add_up(self) -> Totals:
        needs = dict.fromkeys(self.forecast.volumes, 0)
        files = total = unknown = 0
        for child, volume in zip(self.children, self._places, strict=True):
            if child.id not in self.chosen:
                continue
            files += 1
            if child.needed is None:
                unknown += 1
                continue
            total += child.needed
            if volume is not None:
                needs[volume] += child.needed
        return Totals(files, total, unknown, tuple(Need(volume, bytes_) for volume, bytes_ in needs.items()))

    def hub_to_log_in(self, group: Group) -> str:
        """The hub whose account opens files of ``group``; empty where there is none."""
        hubs = [_hub(child) for child in group.children] if group.kind is Kind.LOGIN else []
        return next((hub for hub in hubs if self._can_log_in(hub)), "")

    def row_with_page(self, group: Group) -> ResourceSnapshot | None:
        """The first of ``group`` whose page may tell how to get it."""
        return next((child.row for child in group.children if child.row.resource.page and _page_helps(child)), None)

    def safe_siblings(self, group: Group) -> int:
        """How many of ``group`` are also listed in a format that cannot run code."""
        safe = {_stem(child) for child in self.children if child.suffix == SAFE_SUFFIX}
        return sum(_stem(child) in safe for child in group.children)


def _child(each: Foreseen, flagged: dict[tuple[str, str], Problem]) -> Child:
    row = each.row
    needed = None if row.resource.size is None else max(0, row.resource.size - row.received)
    problem = row.resource.blocked or (row.problem if row.state is State.BLOCKED else None)
    if row.state is State.DOWNLOADED or each.is_here:
        return Child(row, Kind.HERE, 0, can_be_chosen=True)
    if row.state.is_unfinished:
        return Child(row, Kind.ON_THE_WAY, needed, can_be_chosen=False)
    if problem is not None:
        return Child(row, _refusal(problem), needed, row.resource.blocked is None, problem)
    warning = flagged.get((row.resource.collection, row.resource.name))
    if warning is not None:
        return Child(row, Kind.FLAGGED, needed, can_be_chosen=True, problem=warning)
    if _suffix(row.resource.name) in PICKLES:
        return Child(row, Kind.PICKLE, needed, can_be_chosen=True)
    if row.resource.checksum is None:
        return Child(row, Kind.UNVERIFIABLE, needed, can_be_chosen=True)
    return Child(row, Kind.READY, needed, can_be_chosen=True)


def _refusal(problem: Problem) -> Kind:
    if problem.code == DangerousFileType.code:
        return Kind.PROGRAM
    return Kind.LOGIN if problem.remedy is Remedy.LOG_IN else Kind.BLOCKED


def _page_helps(child: Child) -> bool:
    refused = child.kind is Kind.BLOCKED and child.problem is not None and child.problem.remedy is Remedy.OPEN_PAGE
    return refused or child.kind is Kind.LOGIN


def _hub(child: Child) -> str:
    addresses = child.row.resource.addresses
    return addresses[0].hub if addresses else ""


def _groups(children: Sequence[Child]) -> list[Group]:
    members: dict[tuple[Kind, str], list[Child]] = {}
    for child in children:
        code = child.problem.code if child.kind is Kind.BLOCKED and child.problem is not None else ""
        members.setdefault((child.kind, code), []).append(child)
    return [
        Group(
            kind,
            code,
            tuple(each),
            needed=sum(child.needed or 0 for child in each),
            unknown=sum(child.needed is None for child in each),
        )
        for (kind, code), each in members.items()
    ]


def _flagged(forecast: Forecast) -> dict[tuple[str, str], Problem]:
    return {
        (expansion.collection.id, str(warning.arguments.get("name"))): warning
        for expansion in forecast.expansions
        for warning in expansion.warnings
        if warning.code == FlaggedFile.code
    }


def _places(volumes: Sequence[Volume], children: Sequence[Child]) -> list[Volume | None]:
    """The volume that each child goes to, None where it is not known."""
    known = {os.fspath(folder): volume for volume in volumes for folder in volume.folders}
    return [known.get((child.row.target or "").rpartition(os.sep)[0]) for child in children]


def _suffix(name: str) -> str:
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 else ""


def _stem(child: Child) -> tuple[str, str]:
    name = child.row.resource.name
    return child.row.resource.collection, name[: len(name) - len(child.suffix)].lower()
