"""The collections as a tree: grouped as on the hubs, with counts at every node that follow events.

Groups have no row of their own in the store; they come and go with the collections below them.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import msgspec
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt, Signal

from ..domain.collection import CollectionSnapshot
from ..domain.events import AnyEvent, CollectionAdded, CollectionRemoved, Downloaded, StateChanged
from ..domain.states import State
from ..text import plain
from .collection_groups import CollectionFilter, Grouping, groups_of, passes
from .hub_names import hub_title
from .qt import NO_INDEX, AnyIndex, override
from .tr import fill, translate


class CollectionRole(IntEnum):
    """What a node gives besides texts. ``SNAPSHOT`` is None for a group; ``COUNT`` are the collections below a node."""

    ID = Qt.ItemDataRole.UserRole + 1
    SNAPSHOT = Qt.ItemDataRole.UserRole + 2
    COUNT = Qt.ItemDataRole.UserRole + 3
    DEPTH = Qt.ItemDataRole.UserRole + 4
    KEY = Qt.ItemDataRole.UserRole + 5


@dataclass(eq=False)
class _Node:
    """A group or a collection. ``rank`` is its place among its siblings, ``key`` tells it from all others."""

    number: int
    key: str
    title: str
    parent: _Node | None
    snapshot: CollectionSnapshot | None = None
    children: list[_Node] = field(default_factory=list)

    @property
    def rank(self) -> tuple[bool, str, str]:
        return (self.snapshot is not None, self.title.casefold(), self.key)

    @property
    def row(self) -> int:
        return self.parent.children.index(self) if self.parent is not None else 0

    @property
    def depth(self) -> int:
        return -1 if self.parent is None else self.parent.depth + 1

    def leaves(self) -> int:
        """Collections at and below this node."""
        return 1 if self.snapshot is not None else sum(child.leaves() for child in self.children)


class CollectionTreeModel(QAbstractItemModel):
    """One column; the leaves are collections, everything above them groups."""

    counts_changed = Signal()
    """`count` of some filter is another now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = itertools.count(1)
        self._root = _Node(0, "", "", None)
        self._nodes: dict[int, _Node] = {0: self._root}
        self._shown: dict[str, _Node] = {}
        self._snapshots: dict[str, CollectionSnapshot] = {}
        self._grouping = Grouping.NONE
        self._filter = CollectionFilter.ALL
        self._text = ""

    # What is shown

    @property
    def grouping(self) -> Grouping:
        return self._grouping

    @property
    def filter(self) -> CollectionFilter:
        return self._filter

    def count(self, which: CollectionFilter) -> int:
        """Collections that pass a filter, whatever is shown."""
        return sum(passes(snapshot, which) for snapshot in self._snapshots.values())

    def load(self, snapshots: Sequence[CollectionSnapshot]) -> None:
        """Show these collections instead of the present ones."""
        self._snapshots = {snapshot.id: snapshot for snapshot in snapshots}
        self._rebuild()
        self.counts_changed.emit()

    def group_by(self, grouping: Grouping) -> None:
        """Group in another way."""
        if grouping is not self._grouping:
            self._grouping = grouping
            self._rebuild()

    def show(self, which: CollectionFilter, text: str = "") -> None:
        """Show what passes a filter and has all words of ``text`` in its title, creator or base model."""
        folded = text.casefold()
        if (which, folded) != (self._filter, self._text):
            self._filter, self._text = which, folded
            self._rebuild()

    def retranslate(self) -> None:
        """The language changed: the names of groups may be others."""
        self._rebuild()

    # Collections and ids

    @property
    def snapshots(self) -> list[CollectionSnapshot]:
        """All collections, shown or not."""
        return list(self._snapshots.values())

    def snapshot_of(self, collection: str) -> CollectionSnapshot | None:
        """The collection with this id, shown or not."""
        return self._snapshots.get(collection)

    def id_at(self, index: AnyIndex) -> str:
        """The id of the collection at an index; empty for a group."""
        snapshot = self._node(index).snapshot
        return snapshot.id if snapshot is not None else ""

    def index_of(self, collection: str) -> QModelIndex:
        """Where a collection is shown; an invalid index when it is not."""
        node = self._shown.get(collection)
        return self._index(node) if node is not None else QModelIndex()

    # Events

    def apply(self, events: Iterable[AnyEvent]) -> None:
        """Follow what the engine tells."""
        touched: dict[str, None] = {}
        for event in events:
            match event:
                case CollectionAdded():
                    self._snapshots[event.snapshot.id] = event.snapshot
                    touched[event.snapshot.id] = None
                case CollectionRemoved():
                    self._snapshots.pop(event.collection, None)
                    touched[event.collection] = None
                case StateChanged() if event.collection in self._snapshots:
                    before = self._snapshots[event.collection]
                    self._snapshots[event.collection] = _moved(before, event.old, event.new)
                    touched[event.collection] = None
                case Downloaded() if event.collection in self._snapshots and event.fetched:
                    before = self._snapshots[event.collection]
                    self._snapshots[event.collection] = msgspec.structs.replace(before, downloads=before.downloads + 1)
                    touched[event.collection] = None
                case _:
                    pass
        for collection in touched:
            self._follow(collection)
        if touched:
            self.counts_changed.emit()

    # Qt

    @override
    def index(self, row: int, column: int, parent: AnyIndex = NO_INDEX) -> QModelIndex:
        children = self._node(parent).children
        if column != 0 or not 0 <= row < len(children) or (parent.isValid() and parent.column() != 0):
            return QModelIndex()
        return self.createIndex(row, 0, children[row].number)

    @override
    def parent(self, child: AnyIndex) -> QModelIndex:  # type: ignore[override]
        node = self._node(child).parent
        return self._index(node) if node is not None else QModelIndex()

    @override
    def rowCount(self, parent: AnyIndex = NO_INDEX) -> int:
        return 0 if parent.column() > 0 else len(self._node(parent).children)

    @override
    def columnCount(self, parent: AnyIndex = NO_INDEX) -> int:
        return 1

    @override
    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self._node(index).snapshot is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    @override
    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        node = self._node(index)
        match role:
            case CollectionRole.ID:
                return self.id_at(index)
            case CollectionRole.SNAPSHOT:
                return node.snapshot
            case CollectionRole.COUNT:
                return node.leaves()
            case CollectionRole.DEPTH:
                return node.depth
            case CollectionRole.KEY:
                return node.key
            case Qt.ItemDataRole.DisplayRole:
                return node.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return _spoken(node)
            case _:
                return None

    # The tree

    def _node(self, index: AnyIndex) -> _Node:
        return self._nodes.get(index.internalId(), self._root) if index.isValid() else self._root

    def _index(self, node: _Node) -> QModelIndex:
        return QModelIndex() if node.parent is None else self.createIndex(node.row, 0, node.number)

    def _is_shown(self, snapshot: CollectionSnapshot) -> bool:
        if not passes(snapshot, self._filter):
            return False
        collection = snapshot.collection
        words = "\n".join((collection.title, collection.creator, collection.base_model, collection.hub)).casefold()
        return all(term in words for term in self._text.split())

    def _rebuild(self) -> None:
        self.beginResetModel()
        self._root = _Node(0, "", "", None)
        self._nodes = {0: self._root}
        self._shown = {}
        for snapshot in self._snapshots.values():
            if self._is_shown(snapshot):
                self._insert(snapshot, announce=False)
        for node in self._nodes.values():
            node.children.sort(key=_rank)
        self.endResetModel()

    def _insert(self, snapshot: CollectionSnapshot, *, announce: bool) -> None:
        parent, key = self._root, ""
        for title in groups_of(snapshot.collection, self._grouping):
            key = f"{key}/{title}"
            group = next((child for child in parent.children if child.key == key), None)
            if group is None:
                group = _Node(next(self._numbers), key, title, parent)
                self._put(group, announce=announce)
            parent = group
        leaf = _Node(next(self._numbers), snapshot.id, plain(snapshot.collection.title), parent, snapshot)
        self._shown[snapshot.id] = leaf
        self._put(leaf, announce=announce)

    def _put(self, node: _Node, *, announce: bool) -> None:
        assert node.parent is not None
        self._nodes[node.number] = node
        if not announce:
            node.parent.children.append(node)
            return
        row = bisect_left(node.parent.children, _rank(node), key=_rank)
        self.beginInsertRows(self._index(node.parent), row, row)
        node.parent.children.insert(row, node)
        self.endInsertRows()

    def _take_out(self, node: _Node) -> None:
        """Remove a collection, and the groups that are empty without it."""
        self._shown.pop(node.key, None)
        parent, gone = node.parent, [node.number]
        assert parent is not None
        while len(parent.children) == 1 and parent.parent is not None:
            node, parent = parent, parent.parent
            gone.append(node.number)
        self.beginRemoveRows(self._index(parent), node.row, node.row)
        parent.children.remove(node)
        for number in gone:
            del self._nodes[number]
        self.endRemoveRows()
        self._announce(parent)

    def _follow(self, collection: str) -> None:
        snapshot, node = self._snapshots.get(collection), self._shown.get(collection)
        wanted = snapshot is not None and self._is_shown(snapshot)
        if node is not None and (snapshot is None or not wanted or _has_moved(node, snapshot)):
            self._take_out(node)
            node = None
        if snapshot is None or not wanted:
            return
        if node is None:
            self._insert(snapshot, announce=True)
            self._announce(self._shown[collection])
        else:
            node.snapshot = snapshot
            self._announce(node)

    def _announce(self, node: _Node | None) -> None:
        while node is not None and node.parent is not None:
            index = self._index(node)
            self.dataChanged.emit(index, index)
            node = node.parent

    def __repr__(self) -> str:
        return f"<CollectionTreeModel {len(self._shown)} of {len(self._snapshots)} collections>"


def _rank(node: _Node) -> tuple[bool, str, str]:
    return node.rank


def _has_moved(node: _Node, snapshot: CollectionSnapshot) -> bool:
    """Did something change by which a collection is grouped and sorted?"""
    before, after = node.snapshot.collection if node.snapshot is not None else None, snapshot.collection
    return before is None or (before.title, before.type, before.base_model, before.creator) != (
        after.title,
        after.type,
        after.base_model,
        after.creator,
    )


def _moved(snapshot: CollectionSnapshot, old: State, new: State) -> CollectionSnapshot:
    """A collection after one child moved."""
    states = dict(snapshot.summary.states)
    if states.get(old, 0) > 1:
        states[old] -= 1
    else:
        states.pop(old, None)
    states[new] = states.get(new, 0) + 1
    return msgspec.structs.replace(snapshot, summary=msgspec.structs.replace(snapshot.summary, states=states))


def _spoken(node: _Node) -> str:
    if node.snapshot is None:
        return fill(translate("CollectionTree", "{title}, {count} collections"), title=node.title, count=node.leaves())
    summary = node.snapshot.summary
    return fill(
        translate("CollectionTree", "{title}, {hub}, {here} of {all} downloaded"),
        title=node.title,
        hub=hub_title(node.snapshot.collection.hub),
        here=summary.states.get(State.DOWNLOADED, 0),
        all=summary.resources,
    )
