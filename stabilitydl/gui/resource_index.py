"""Which children are shown and in which order, worked out over plain values without Qt.

An arrangement is a list of slots (see `Rows`). `arrange` works out which slots are shown, in any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from ..domain.states import Tab
from .rows import STATES_OF, Rows
from .sums import UNKNOWN, marks

Key = Callable[[int], Any]

_CHUNK = 8192
_UNDER = {tab: marks(states) for tab, states in STATES_OF.items()}


class Column(IntEnum):
    """The columns of the list of children. ``MARK`` has the check box and the picture, ``MENU`` the commands."""

    MARK = 0
    NAME = 1
    TYPE = 2
    BASE_MODEL = 3
    SIZE = 4
    STATE = 5
    MENU = 6


@dataclass(frozen=True)
class Query:
    """Which children are shown. Sizes are bytes, both ends included; a child of unknown size passes neither bound.

    All words of ``text`` have to occur in the name, path, version, type, base model or creator, in any order; the case
    of letters does not matter. An empty set of types, base models or versions lets all pass.
    """

    tab: Tab = Tab.ALL
    text: str = ""
    types: frozenset[str] = frozenset()
    base_models: frozenset[str] = frozenset()
    versions: frozenset[str] = frozenset()
    at_least: int | None = None
    at_most: int | None = None

    @property
    def is_narrowed(self) -> bool:
        """Is anything besides the tab asked for?"""
        return self != Query(self.tab)


@dataclass(frozen=True)
class Order:
    """By which column children are sorted, by raw values. None is the order of the hub."""

    column: Column | None = None
    descending: bool = False

    @property
    def follows_state(self) -> bool:
        """Can an event change the place of a child?"""
        return self.column is Column.STATE


@dataclass(frozen=True)
class Request:
    """What an arrangement is worked out from: what can change of the children, and whom to ask for the rest.

    Safe to hand to another thread while ``rows`` goes on changing, if ``codes`` and ``sizes`` are copies.
    """

    rows: Rows
    codes: Sequence[int]
    sizes: Sequence[int]
    query: Query
    order: Order

    @classmethod
    def of(cls, rows: Rows, query: Query, order: Order) -> Request:
        """A request with the children as they are now."""
        return cls(rows, bytes(rows.codes), rows.sizes[:], query, order)


def arrange(request: Request) -> list[int]:
    """The slots that are shown, in order."""
    slots = select(request, request.rows.numbers)
    if request.order.column is not None:
        _sort(slots, sort_key(request, request.order.column), descending=request.order.descending)
    return slots


def select(request: Request, slots: Iterable[int]) -> list[int]:
    """Those of ``slots`` that are shown, in the order in which they come."""
    query, rows = request.query, request.rows
    if query.tab is not Tab.ALL:
        codes, under = request.codes, _UNDER[query.tab]
        slots = [slot for slot in slots if under[codes[slot]]]
    for term in query.text.casefold().split():
        rows.know_words()
        names, about = rows.names, rows.about
        slots = [slot for slot in slots if term in names[slot] or term in about[slot]]
    if query.types:
        slots = [slot for slot in slots if rows.snapshots[slot].resource.type in query.types]
    if query.base_models:
        slots = [slot for slot in slots if rows.snapshots[slot].resource.base_model in query.base_models]
    if query.versions:
        slots = [slot for slot in slots if rows.snapshots[slot].resource.version in query.versions]
    if query.at_least is not None or query.at_most is not None:
        low, high, sizes = query.at_least or 0, query.at_most, request.sizes
        slots = [slot for slot in slots if _fits(sizes[slot], low, high)]
    return list(slots)


def _fits(size: int, low: int, high: int | None) -> bool:
    return size != UNKNOWN and low <= size and (high is None or size <= high)


def sort_key(request: Request, column: Column) -> Key:
    """A value by which a slot is sorted. Unknown sizes count as less than nothing."""
    rows, codes, sizes = request.rows, request.codes, request.sizes
    match column:
        case Column.NAME:
            return lambda slot: rows.snapshots[slot].resource.name.casefold()
        case Column.TYPE:
            return lambda slot: rows.snapshots[slot].resource.type.casefold()
        case Column.BASE_MODEL:
            return lambda slot: rows.snapshots[slot].resource.base_model.casefold()
        case Column.SIZE:
            return lambda slot: sizes[slot]
        case Column.STATE:
            return lambda slot: codes[slot]
        case _:
            return lambda slot: slot


def _sort(slots: list[int], key: Key, *, descending: bool) -> None:
    """Sort in place; equal children keep the order of the hub.

    Comparing holds the interpreter for as long as one call of ``sort`` takes. Sorted runs are merged in a fraction of
    the time that sorting takes, so many short calls and one merge leave the other threads their turn.
    """
    runs: list[int] = []
    for start in range(0, len(slots), _CHUNK):
        runs += sorted(slots[start : start + _CHUNK], key=key, reverse=descending)
    if len(slots) > _CHUNK:
        runs.sort(key=key, reverse=descending)
    slots[:] = runs
