"""Which children are shown and in which order, worked out over plain values without Qt.

Every child has a *slot*, its place in the order of its hub. An arrangement is a list of slots. `Rows` holds the
children, and `arrange` works out which slots are shown, in any thread.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from ..domain.resource import ResourceSnapshot
from ..domain.states import State, Tab, tab_of

Key = Callable[[int], Any]

_CHUNK = 8192
_RANK = {state: rank for rank, state in enumerate(State)}
STATES_OF = {tab: frozenset(state for state in State if tab in (Tab.ALL, tab_of(state))) for tab in Tab}
_SEPARATOR = "\n"


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
class Facets:
    """The values that filters can choose from, with how many children have each; most frequent first."""

    types: tuple[tuple[str, int], ...] = ()
    base_models: tuple[tuple[str, int], ...] = ()
    versions: tuple[tuple[str, int], ...] = ()


class Rows:
    """The children, one per slot. The list of snapshots is changed in place, by one thread only."""

    def __init__(self, snapshots: Sequence[ResourceSnapshot] = ()) -> None:
        self.snapshots = list(snapshots)
        self.ids = [snapshot.resource.id for snapshot in self.snapshots]
        self.slots = dict(zip(self.ids, range(len(self.ids)), strict=True))
        self.states = Counter(snapshot.state for snapshot in self.snapshots)
        self.words: list[str] = []
        self._facets: Facets | None = None

    def __len__(self) -> int:
        return len(self.snapshots)

    def put(self, slot: int, snapshot: ResourceSnapshot) -> None:
        """Replace the child in ``slot`` by a later snapshot of it."""
        self.states[self.snapshots[slot].state] -= 1
        self.states[snapshot.state] += 1
        self.snapshots[slot] = snapshot

    def count(self, tab: Tab) -> int:
        """Children under ``tab``, whatever is filtered."""
        return sum(self.states[state] for state in STATES_OF[tab])

    def know_words(self) -> None:
        """Fold the texts that filters look into. They stay the same for the life of the children."""
        if len(self.words) != len(self.snapshots):
            self.words = [_words(snapshot) for snapshot in self.snapshots]

    def know_facets(self) -> None:
        """Work out `facets` now, as in the thread that made these rows."""
        _ = self.facets

    @property
    def facets(self) -> Facets:
        """What filters can choose from; worked out when it is first asked for."""
        if self._facets is None:
            children = [snapshot.resource for snapshot in self.snapshots]
            self._facets = Facets(
                tuple(Counter([child.type for child in children]).most_common()),
                tuple(Counter([child.base_model for child in children]).most_common()),
                tuple(Counter([child.version for child in children]).most_common()),
            )
        return self._facets

    def __repr__(self) -> str:
        return f"<Rows {len(self)}>"


def _words(snapshot: ResourceSnapshot) -> str:
    child = snapshot.resource
    path = "" if child.path == child.name else child.path
    return _SEPARATOR.join((child.name, path, child.version, child.type, child.base_model, child.creator)).casefold()


@dataclass(frozen=True)
class Request:
    """What an arrangement is worked out from; safe to hand to another thread while `Rows` goes on changing."""

    rows: Rows
    snapshots: Sequence[ResourceSnapshot]
    query: Query
    order: Order

    @classmethod
    def of(cls, rows: Rows, query: Query, order: Order) -> Request:
        """A request with the children as they are now."""
        return cls(rows, rows.snapshots.copy(), query, order)


def arrange(request: Request) -> list[int]:
    """The slots that are shown, in order."""
    slots = select(request)
    if request.order.column is not None:
        _sort(slots, sort_key(request.snapshots, request.order.column), descending=request.order.descending)
    return slots


def select(request: Request) -> list[int]:
    """The slots that are shown, in the order of the hub."""
    query, snapshots = request.query, request.snapshots
    slots: Iterable[int] = range(len(snapshots))
    if query.tab is not Tab.ALL:
        states = STATES_OF[query.tab]
        slots = [slot for slot in slots if snapshots[slot].state in states]
    for term in query.text.casefold().split():
        request.rows.know_words()
        words = request.rows.words
        slots = [slot for slot in slots if term in words[slot]]
    if query.types:
        slots = [slot for slot in slots if snapshots[slot].resource.type in query.types]
    if query.base_models:
        slots = [slot for slot in slots if snapshots[slot].resource.base_model in query.base_models]
    if query.versions:
        slots = [slot for slot in slots if snapshots[slot].resource.version in query.versions]
    if query.at_least is not None or query.at_most is not None:
        low, high = query.at_least or 0, query.at_most
        slots = [slot for slot in slots if _fits(size_of(snapshots[slot]), low, high)]
    return list(slots)


def _fits(size: int | None, low: int, high: int | None) -> bool:
    return size is not None and low <= size and (high is None or size <= high)


def size_of(snapshot: ResourceSnapshot) -> int | None:
    """Bytes of a child: what its hub says, else what its file has."""
    size = snapshot.resource.size
    return snapshot.file_size if size is None else size


def sort_key(snapshots: Sequence[ResourceSnapshot], column: Column) -> Key:
    """A value by which a slot is sorted. Unknown sizes count as less than nothing."""
    match column:
        case Column.NAME:
            return lambda slot: snapshots[slot].resource.name.casefold()
        case Column.TYPE:
            return lambda slot: snapshots[slot].resource.type.casefold()
        case Column.BASE_MODEL:
            return lambda slot: snapshots[slot].resource.base_model.casefold()
        case Column.SIZE:
            return lambda slot: -1 if (size := size_of(snapshots[slot])) is None else size
        case Column.STATE:
            return lambda slot: _RANK[snapshots[slot].state]
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
