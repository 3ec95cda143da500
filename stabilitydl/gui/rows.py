"""The children of a collection, one per slot, and what of them is asked for quickly, as columns.

A *slot* is the place of a child in the order of its hub. A column holds one plain value per slot, so that a question
about a hundred thousand children reads a few bytes of each instead of following three references.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import compress

from ..domain.resource import Resource, ResourceSnapshot
from ..domain.states import State, Tab, tab_of
from .sums import CODES, UNKNOWN, Sums, marks

STATES_OF = {tab: frozenset(state for state in State if tab in (Tab.ALL, tab_of(state))) for tab in Tab}
_SEPARATOR = "\n"
_PIECE = 8192
"""Ids that are indexed in one go: in a single call for all of them no other thread would get its turn."""
_FEW = 8
"""One of so many children: below that share they are few."""


@dataclass(frozen=True)
class Facets:
    """The values that filters can choose from, with how many children have each; most frequent first."""

    types: tuple[tuple[str, int], ...] = ()
    base_models: tuple[tuple[str, int], ...] = ()
    versions: tuple[tuple[str, int], ...] = ()


class Rows:
    """``snapshots`` by slot, changed in place by one thread only.

    ``codes`` are their states (see `CODES`), ``sizes`` bytes or `UNKNOWN`, ``left`` the bytes that are still to come.
    """

    def __init__(self, snapshots: Sequence[ResourceSnapshot] = ()) -> None:
        self.snapshots = list(snapshots)
        self.ids = [snapshot.resource.id for snapshot in self.snapshots]
        # One number for each slot, which all lists of slots share.
        self.numbers = list(range(len(self.ids)))
        self.slots: dict[str, int] = {}
        for start in range(0, len(self.ids), _PIECE):
            piece = slice(start, start + _PIECE)
            self.slots.update(zip(self.ids[piece], self.numbers[piece], strict=True))
        self.codes = bytearray([CODES[snapshot.state] for snapshot in self.snapshots])
        self.sizes = array("q", [_known(size_of(snapshot)) for snapshot in self.snapshots])
        self.left = array("q", map(_left, self.snapshots, self.sizes))
        self.sums = Sums.of(self.codes, self.sizes, self.left)
        self.names: list[str] = []
        self.about: list[str] = []
        self._facets: Facets | None = None

    def __len__(self) -> int:
        return len(self.snapshots)

    def put(self, slot: int, snapshot: ResourceSnapshot) -> None:
        """Replace the child in ``slot`` by a later snapshot of it."""
        self.sums.take(self.codes[slot], self.sizes[slot], self.left[slot])
        self.snapshots[slot] = snapshot
        self.codes[slot] = CODES[snapshot.state]
        self.sizes[slot] = size = _known(size_of(snapshot))
        self.left[slot] = _left(snapshot, size)
        self.sums.add(self.codes[slot], size, self.left[slot])

    def receive(self, slot: int, received: int) -> None:
        """The child in ``slot``, which is running, has this many bytes by now."""
        code, size = self.codes[slot], self.sizes[slot]
        if size != UNKNOWN:
            self.sums.take(code, size, self.left[slot])
            self.left[slot] = size - received
            self.sums.add(code, size, self.left[slot])

    def count(self, tab: Tab) -> int:
        """Children under ``tab``, whatever is filtered."""
        return self.sums.totals(STATES_OF[tab]).files

    def are_few(self, ids: AbstractSet[str]) -> bool:
        """Is it quicker to look each of ``ids`` up than to go through all children?"""
        return len(ids) < len(self.ids) // _FEW

    def slots_of(self, ids: AbstractSet[str]) -> list[int]:
        """The slots of those of ``ids`` that are known, in the order of the hub."""
        return sorted(self.slots[each] for each in ids if each in self.slots)

    def mask(self, ids: AbstractSet[str]) -> bytes:
        """One byte per slot: 1 where the child is among ``ids``."""
        # In the order in which they lie in memory; in the order of a set, each would have to be waited for.
        return bytes(map(ids.__contains__, self.ids))

    def ids_in(self, states: AbstractSet[State], among: AbstractSet[str] | None = None) -> list[str]:
        """The ids of all children in one of ``states``, in the order of the hub; of ``among`` only, if given."""
        wanted = marks(states)
        if among is None:
            return list(compress(self.ids, self.codes.translate(wanted)))
        if self.are_few(among):
            return [self.ids[slot] for slot in self.slots_of(among) if wanted[self.codes[slot]]]
        return [each for each in compress(self.ids, self.codes.translate(wanted)) if each in among]

    def sums_of(self, ids: Collection[str]) -> Sums:
        """What these children add up to; ids that are not known are left out."""
        if not isinstance(ids, AbstractSet):
            ids = frozenset(ids)
        if self.are_few(ids):
            found = self.slots_of(ids)
            return Sums.of(
                bytes([self.codes[slot] for slot in found]),
                [self.sizes[slot] for slot in found],
                [self.left[slot] for slot in found],
            )
        return self.sums_under(self.mask(ids))

    def sums_under(self, mask: bytes) -> Sums:
        """What the children add up to that have a 1 in ``mask``, which has a byte per slot."""
        return Sums.of(
            bytes(compress(self.codes, mask)), list(compress(self.sizes, mask)), list(compress(self.left, mask))
        )

    def know_words(self) -> None:
        """Fold the texts that filters look into. They stay the same for the life of the children.

        ``names`` are what only one child has, ``about`` what many have in common, of which there is one text each.
        """
        if len(self.names) == len(self.snapshots):
            return
        shared: dict[tuple[str, ...], str] = {}
        names, about = [], []
        for snapshot in list(self.snapshots):
            child = snapshot.resource
            facts = (child.version, child.type, child.base_model, child.creator)
            text = shared.get(facts)
            if text is None:
                text = shared[facts] = _SEPARATOR.join(facts).casefold()
            names.append(_name(child))
            about.append(text)
        self.about, self.names = about, names

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


def size_of(snapshot: ResourceSnapshot) -> int | None:
    """Bytes of a child: what its hub says, else what its file has."""
    size = snapshot.resource.size
    return snapshot.file_size if size is None else size


def _known(size: int | None) -> int:
    return UNKNOWN if size is None else size


def _left(snapshot: ResourceSnapshot, size: int) -> int:
    return 0 if size == UNKNOWN or snapshot.state is State.DOWNLOADED else size - snapshot.received


def _name(child: Resource) -> str:
    text = child.name if child.path == child.name else f"{child.name}{_SEPARATOR}{child.path}"
    folded = text.casefold()
    # Mostly they are small letters already: then one text serves both.
    return child.name if folded == child.name else folded
