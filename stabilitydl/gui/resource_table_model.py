"""The children of a collection as rows of an item model: events in, spans of changed cells out.

It only translates. The children are held by ``children``, which rows there are is worked out by ``resource_index``
and ``arrangement``, what a cell says by ``cell_text``. More than 10,000 children are sorted and filtered in a thread;
``arranged`` tells when the rows are right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QObject, Qt, QTimer, Signal

from ..clock import Clock, SystemClock
from ..domain.events import AnyEvent, Downloaded, Progress, ProgressTick, ResourcesRemoved, RetryScheduled, StateChanged
from ..domain.resource import ResourceSnapshot
from ..domain.states import State, Tab
from .arrangement import Arrangement, Moves, spans
from .background import Background
from .cell_text import display, header, spoken, spoken_header, tool_tip
from .children import Changed, Children, Lively, Totals
from .qt import NO_INDEX, AnyIndex, override
from .queue_order import QueueOrder
from .resource_index import Column, Facets, Order, Query, Request, Rows, arrange
from .selection import Selection
from .state_text import StateText

THREAD_FROM = 10_000
"""Children from which on sorting and filtering leave the thread of the window."""
MOST_SPANS = 64
"""Spans of rows that are announced one by one; more are announced as one."""


class Role(IntEnum):
    """What a cell gives besides texts."""

    RESOURCE_ID = Qt.ItemDataRole.UserRole + 1
    SNAPSHOT = Qt.ItemDataRole.UserRole + 2
    PROGRESS = Qt.ItemDataRole.UserRole + 3
    STATE_TEXT = Qt.ItemDataRole.UserRole + 4


STATE_ROLES = [Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Role.SNAPSHOT, Role.STATE_TEXT]
PROGRESS_ROLES = [Qt.ItemDataRole.DisplayRole, Role.PROGRESS, Role.STATE_TEXT]
QUEUE_ROLES = [Qt.ItemDataRole.DisplayRole, Role.STATE_TEXT]


@dataclass(frozen=True)
class _Prepared:
    """Children and what has to be known about them at once, worked out in any thread."""

    rows: Rows
    shown: Arrangement
    lively: Lively

    @classmethod
    def of(cls, snapshots: Sequence[ResourceSnapshot], query: Query, order: Order) -> _Prepared:
        rows = Rows(snapshots)
        rows.know_facets()
        return cls(rows, _arranged(Request.of(rows, query, order)), Lively.among(snapshots))


def _arranged(request: Request) -> Arrangement:
    shown = Arrangement(arrange(request), request.query, request.order)
    shown.know_rows()
    return shown


class ResourceTableModel(QAbstractTableModel):
    """Rows are children in the order and under the filters that were asked for; columns are `Column`.

    The check box of a row shows whether its id is in ``selection``.
    """

    arranged = Signal()
    """Rows came, went or changed places; all of it is done."""
    counts_changed = Signal()
    """`count` of some tab is another now."""

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        clock: Clock | None = None,
        queue: QueueOrder | None = None,
    ) -> None:
        super().__init__(parent)
        self.selection = Selection(self)
        self.selection.changed.connect(self._announce_selection)
        self._clock: Clock = clock or SystemClock()
        self._children = Children(queue if queue is not None else QueueOrder())
        self._query, self._order = Query(), Order()
        self._shown = Arrangement([], self._query, self._order)
        self._loading: Sequence[ResourceSnapshot] | None = None
        self._meanwhile: list[AnyEvent] = []
        self._missed: set[int] = set()
        self._selected: bytes | None = None
        self._background = Background("stabilitydl-arrange", self)
        self._seconds = QTimer(self)
        self._seconds.setInterval(1000)
        self._seconds.timeout.connect(self._count_down)

    # What is shown

    @property
    def query(self) -> Query:
        """What was asked for last; the rows follow it when they are `arranged`."""
        return self._query

    @property
    def order(self) -> Order:
        """The order that was asked for last."""
        return self._order

    @property
    def is_arranging(self) -> bool:
        """Are the rows still to follow what was asked for?"""
        return self._background.is_busy

    @property
    def total(self) -> int:
        """Children in all, shown or not."""
        return len(self._children.rows)

    @property
    def facets(self) -> Facets:
        """What filters can choose from."""
        return self._children.rows.facets

    def count(self, tab: Tab) -> int:
        """Children under ``tab``, whatever is filtered."""
        return self._children.rows.count(tab)

    def load(self, snapshots: Sequence[ResourceSnapshot]) -> None:
        """Show these children instead of the present ones, in the order given where nothing else is asked for.

        The present ones stay until then only if the new ones begin with a child that is here, so that a list that is
        read again does not flicker. Selected ids stay selected.
        """
        self._meanwhile.clear()
        self._loading = None
        if len(snapshots) <= THREAD_FROM:
            self._background.drop()
            self._become(_Prepared.of(snapshots, self._query, self._order))
            return
        if snapshots[0].id not in self._children.rows.slots:
            self._become(_Prepared.of((), self._query, self._order))
        self._load_in_background(snapshots)

    def show(self, query: Query) -> None:
        """Show what fits ``query``."""
        if query != self._query:
            self._query = query
            self._rearrange()

    def sort_by(self, order: Order) -> None:
        """Show the children in ``order``."""
        if order != self._order:
            self._order = order
            self._rearrange()

    def close(self) -> None:
        """Stop the thread and the timer. Call it before the last reference goes."""
        self._background.close()
        self._seconds.stop()

    # Rows and ids

    def snapshot_at(self, row: int) -> ResourceSnapshot:
        """The child in a row. Raises IndexError."""
        return self._children.rows.snapshots[self._shown.slots[row]]

    def snapshot_of(self, resource: str) -> ResourceSnapshot | None:
        """The child with this id, shown or not."""
        return self._children.snapshot_of(resource)

    def row_of(self, resource: str) -> int | None:
        """The row of a child; None when it is not shown."""
        slot = self._children.rows.slots.get(resource)
        return None if slot is None else self._shown.row(slot)

    def progress_of(self, resource: str) -> Progress | None:
        """How far a running child is, as of the last tick."""
        return self._children.progress.get(resource)

    def shown_ids(self, start: int = 0, stop: int | None = None) -> list[str]:
        """The ids of the rows from ``start`` to before ``stop``."""
        slots = self._shown.slots
        if start or stop is not None:
            slots = slots[start:stop]
        return list(map(self._children.rows.ids.__getitem__, slots))

    def ids_of(self, tab: Tab) -> list[str]:
        """The ids of all children under ``tab``, shown or not, in the order of the hub."""
        rows = self._children.rows
        return [rows.ids[slot] for slot in arrange(Request(rows, rows.snapshots, Query(tab), Order()))]

    def ids_in(self, states: AbstractSet[State], among: AbstractSet[str] | None = None) -> list[str]:
        """The ids of all children in one of ``states``, in the order of the hub; of ``among`` only, if given."""
        return self._children.ids_in(states, among)

    def states_among(self, ids: AbstractSet[str]) -> Mapping[State, int]:
        """How many of these children are in which state."""
        return self._children.states_among(ids)

    def selected_rows(self) -> bytes:
        """One byte for each row that is shown: 1 where it is selected."""
        if self._selected is None:
            self._selected = bytes(map(self.selection.ids.__contains__, self.shown_ids()))
        return self._selected

    def totals(self, ids: Collection[str]) -> Totals:
        """What these children add up to; ids that are not known are left out."""
        return self._children.totals(ids)

    def state_text(self, snapshot: ResourceSnapshot) -> StateText:
        """What the state cell of a child says right now."""
        return self._children.text(snapshot, self._clock.wall())

    # Events

    def apply(self, events: Iterable[AnyEvent]) -> None:
        """Follow what the engine tells. Events about children that are not here only move the queue."""
        changed: Changed = {}
        queue_moved = False
        for event in events:
            if self._loading is not None and not isinstance(event, ProgressTick):
                self._meanwhile.append(event)
            match event:
                case ProgressTick():
                    self._follow(changed)
                    self._announce(self._children.take_tick(event), PROGRESS_ROLES)
                case StateChanged():
                    queue_moved |= self._children.take_state(event, changed)
                case Downloaded():
                    self._children.take_file(event, changed)
                case RetryScheduled():
                    self._children.take_retry(event)
                case ResourcesRemoved():
                    queue_moved |= self._children.leave_queue(event.resources)
                    self._follow(changed)
                    self._forget(event.resources)
                case _:
                    pass
        self._follow(changed)
        if queue_moved:
            self._announce_queue()

    def update(self, snapshots: Iterable[ResourceSnapshot]) -> None:
        """Replace children that are here by later snapshots of them; others only move the queue."""
        changed: Changed = {}
        self._children.take_snapshots(snapshots, changed)
        self._follow(changed)
        self._announce_queue()

    def retranslate(self) -> None:
        """The language changed: everything is read again."""
        self._announce_columns(Column.MARK, Column.MENU, [])
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)

    # Qt

    @override
    def rowCount(self, parent: AnyIndex = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._shown)

    @override
    def columnCount(self, parent: AnyIndex = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(Column)

    @override
    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == Column.MARK else flags

    @override
    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        snapshot, column = self.snapshot_at(index.row()), Column(index.column())
        match role:
            case Role.SNAPSHOT:
                return snapshot
            case Role.RESOURCE_ID:
                return snapshot.id
            case Role.PROGRESS:
                return self.progress_of(snapshot.id)
            case Role.STATE_TEXT:
                return self.state_text(snapshot)
            case Qt.ItemDataRole.DisplayRole:
                return display(snapshot, column, self.state_text(snapshot))
            case Qt.ItemDataRole.ToolTipRole:
                return tool_tip(snapshot, column, self.state_text(snapshot))
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken(snapshot, column, self.state_text(snapshot), selected=snapshot.id in self.selection)
            case Qt.ItemDataRole.CheckStateRole if column is Column.MARK:
                return Qt.CheckState.Checked if snapshot.id in self.selection else Qt.CheckState.Unchecked
            case _:
                return None

    @override
    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if not index.isValid() or role != Qt.ItemDataRole.CheckStateRole or index.column() != Column.MARK:
            return False
        change = self.selection.add if Qt.CheckState(value) is Qt.CheckState.Checked else self.selection.remove
        change([self.snapshot_at(index.row()).id])
        return True

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return header(Column(section))
        return spoken_header(Column(section)) if role == Qt.ItemDataRole.AccessibleTextRole else None

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 and columns without a value give the order of the hub."""
        sortable = 0 <= column < len(Column) and Column(column) not in (Column.MARK, Column.MENU)
        descending = order is Qt.SortOrder.DescendingOrder
        self.sort_by(Order(Column(column), descending) if sortable else Order())

    # Arranging

    def _load_in_background(self, snapshots: Sequence[ResourceSnapshot]) -> None:
        query, order = self._query, self._order
        self._loading = snapshots
        self._background.run(lambda: _Prepared.of(snapshots, query, order), self._become)

    def _become(self, prepared: _Prepared) -> None:
        self._loading = None
        self._missed.clear()
        self.beginResetModel()
        self._children.become(prepared.rows, prepared.lively)
        self._shown = prepared.shown
        self._selected = None
        self.endResetModel()
        self._run_seconds()
        meanwhile, self._meanwhile = self._meanwhile, []
        if meanwhile:
            self.apply(meanwhile)
        self.counts_changed.emit()
        self.arranged.emit()

    def _rearrange(self) -> None:
        if self._loading is not None:
            self._load_in_background(self._loading)
            return
        request = Request.of(self._children.rows, self._query, self._order)
        self._missed.clear()
        if self.total > THREAD_FROM:
            self._background.run(lambda: _arranged(request), self._show_arrangement)
        else:
            self._show_arrangement(_arranged(request))

    def _show_arrangement(self, shown: Arrangement) -> None:
        self.beginResetModel()
        shown.take(shown.moves(self._children.rows, self._missed))
        self._missed.clear()
        self._shown = shown
        self._selected = None
        self.endResetModel()
        self.arranged.emit()

    def _forget(self, resources: Iterable[str]) -> None:
        gone = {resource for resource in resources if resource in self._children.rows.slots}
        if gone:
            left = [snapshot for snapshot in self._children.rows.snapshots if snapshot.id not in gone]
            self.selection.remove(gone)
            self.load(left)

    # Announcing

    def _follow(self, changed: Changed) -> None:
        if not changed:
            return
        self._run_seconds()
        snapshots = self._children.rows.snapshots
        others = [slot for slot, state in changed.items() if snapshots[slot].state is not state]
        if self._background.is_busy:
            self._missed.update(others)
        moves = self._shown.moves(self._children.rows, others)
        self._announce(changed.keys() - moves.slots(self._shown), STATE_ROLES)
        changed.clear()
        if moves:
            self._move(moves)
            self.arranged.emit()
        if others:
            self.counts_changed.emit()

    def _move(self, moves: Moves) -> None:
        self._selected = None
        if moves.spans > MOST_SPANS:
            self.beginResetModel()
            self._shown.take(moves)
            self.endResetModel()
            return
        for start, stop in moves.removed:
            self.beginRemoveRows(NO_INDEX, start, stop - 1)
            self._shown.remove(start, stop)
            self.endRemoveRows()
        for row, slots in moves.inserted:
            self.beginInsertRows(NO_INDEX, row, row + len(slots) - 1)
            self._shown.insert(row, slots)
            self.endInsertRows()

    def _announce(self, slots: Iterable[int], roles: Sequence[int]) -> None:
        rows = sorted(row for slot in slots if (row := self._shown.row(slot)) is not None)
        for start, stop in spans(rows, MOST_SPANS):
            self.dataChanged.emit(self.index(start, Column.STATE), self.index(stop - 1, Column.STATE), roles)

    def _announce_columns(self, first: Column, last: Column, roles: Sequence[int]) -> None:
        if len(self._shown):
            self.dataChanged.emit(self.index(0, first), self.index(len(self._shown) - 1, last), roles)

    def _announce_queue(self) -> None:
        if self._children.rows.states[State.QUEUED]:
            self._announce_columns(Column.STATE, Column.STATE, QUEUE_ROLES)

    def _announce_selection(self) -> None:
        self._selected = None
        self._announce_columns(Column.MARK, Column.MARK, [Qt.ItemDataRole.CheckStateRole])

    def _run_seconds(self) -> None:
        if not self._children.counting:
            self._seconds.stop()
        elif not self._seconds.isActive():
            self._seconds.start()

    def _count_down(self) -> None:
        slots = self._children.rows.slots
        self._announce([slots[key] for key in self._children.counting], PROGRESS_ROLES)

    def __repr__(self) -> str:
        return (
            f"<ResourceTableModel {len(self._shown)} of {self.total} rows{' arranging' if self.is_arranging else ''}>"
        )
