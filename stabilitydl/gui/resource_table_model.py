"""The children of a collection as rows of an item model: events in, spans of changed cells out.

It only translates. The children are held by ``children``, which rows there are is worked out by ``arranger``, what a
cell says stands in ``resource_cells``. More than 10,000 children are sorted and filtered in a thread; ``arranged``
tells when the rows are right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from ..clock import Clock
from ..domain.events import (
    AnyEvent,
    Downloaded,
    LimitChanged,
    ProgressTick,
    ResourcesRemoved,
    RetryScheduled,
    StateChanged,
)
from ..domain.resource import ResourceSnapshot
from ..domain.states import State
from ..settings import StartOrder
from .arrangement import Arrangement, Moves, spans
from .arranger import Arranger, Prepared
from .children import Changed
from .leavings import Leavings
from .qt import NO_INDEX, override
from .queue_order import QueueOrder
from .resource_cells import ResourceCells, Role
from .resource_index import Column, Order, Query

MOST_SPANS = 64
"""Spans of rows that are announced one by one; more are announced as one."""
STATE_ROLES = [Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Role.SNAPSHOT, Role.STATE_TEXT]
NAME_ROLES = [Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Role.SNAPSHOT]
PROGRESS_ROLES = [Qt.ItemDataRole.DisplayRole, Role.PROGRESS, Role.STATE_TEXT]
QUEUE_ROLES = [Qt.ItemDataRole.DisplayRole, Role.STATE_TEXT]


class ResourceTableModel(ResourceCells):
    """Rows are children in the order and under the filters that were asked for."""

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
        super().__init__(parent, clock, queue)
        self.selection.changed.connect(self._announce_selection)
        self._query, self._order = Query(), Order()
        self._meanwhile: list[AnyEvent] = []
        self._ranked: list[ResourceSnapshot] = []
        self._arranger = Arranger(self, self._become, self._show_arrangement)
        self._leavings = Leavings(self)
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
        return self._arranger.is_busy

    def load(self, snapshots: Sequence[ResourceSnapshot]) -> None:
        """Show these children instead of the present ones, in the order given where nothing else is asked for.

        Where it takes a while, the present ones stay until then only if the new ones begin with a child that is here,
        so that a list that is read again does not flicker. Selected ids stay selected.
        """
        self._meanwhile.clear()
        self._ranked.clear()
        self._arranger.load(snapshots, self._query, self._order)
        if self._arranger.is_loading and snapshots[0].id not in self._children.rows.slots:
            self._become(Prepared.of((), self._query, self._order))

    def show(self, query: Query) -> None:
        """Show what fits ``query``."""
        if query != self._query:
            self._query = query
            self._arranger.arrange(self._children.rows, query, self._order)

    def sort_by(self, order: Order) -> None:
        """Show the children in ``order``."""
        if order != self._order:
            self._order = order
            self._arranger.arrange(self._children.rows, self._query, order)

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 and columns without a value give the order of the hub."""
        sortable = 0 <= column < len(Column) and Column(column) not in (Column.MARK, Column.MENU)
        descending = order is Qt.SortOrder.DescendingOrder
        self.sort_by(Order(Column(column), descending) if sortable else Order())

    def close(self) -> None:
        """Stop the thread and the timers. Call it before the last reference goes."""
        self._arranger.close()
        self._leavings.close()
        self._seconds.stop()

    # Events

    def apply(self, events: Iterable[AnyEvent]) -> None:
        """Follow what the engine tells. Events about children that are not here only move the queue."""
        changed: Changed = {}
        removed: list[str] = []
        queue_moved = False
        for event in events:
            if self._arranger.is_loading and not isinstance(event, ProgressTick):
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
                case LimitChanged():
                    self._announce(self._children.take_limit(event), NAME_ROLES, Column.NAME)
                case ResourcesRemoved():
                    queue_moved |= self._children.leave_queue(event.resources)
                    removed += event.resources
                case _:
                    pass
        self._follow(changed)
        if removed:
            # All at once: a second list would begin with the children that the first one was to leave out.
            self._forget(removed)
        if queue_moved:
            self._announce_queue()

    def update(self, snapshots: Iterable[ResourceSnapshot]) -> None:
        """Replace children that are here by later snapshots of them; others only move the queue."""
        changed: Changed = {}
        self._children.take_snapshots(snapshots, changed)
        self._follow(changed)
        self._announce_queue()

    def take_priorities(self, snapshots: Iterable[ResourceSnapshot]) -> None:
        """Follow the answer to a new priority. Events that overtook it know everything else better."""
        many = list(snapshots)
        if self._arranger.is_loading:
            self._ranked += many
        self.update(map(self._with_priority, many))

    def _with_priority(self, answered: ResourceSnapshot) -> ResourceSnapshot:
        here = self.snapshot_of(answered.id)
        return answered if here is None else msgspec.structs.replace(here, priority=answered.priority)

    def follow_order(self, order: StartOrder) -> None:
        """The waiting ones start in this order from now on."""
        if self._children.know_order(order == "in-order"):
            self._announce_queue()

    def retranslate(self) -> None:
        """The language changed: everything is read again."""
        self._announce_columns(Column.MARK, Column.MENU, [])
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)

    # Arranging

    def _become(self, prepared: Prepared) -> None:
        self.beginResetModel()
        self._leavings.take(self._children.rows)
        self._children.become(prepared.rows, prepared.lively)
        self._shown = prepared.shown
        self._chosen.forget()
        self.endResetModel()
        self._run_seconds()
        meanwhile, self._meanwhile = self._meanwhile, []
        ranked, self._ranked = self._ranked, []
        if ranked:
            self.take_priorities(ranked)
        if meanwhile:
            self.apply(meanwhile)
        self.counts_changed.emit()
        self.arranged.emit()

    def _show_arrangement(self, shown: Arrangement) -> None:
        self.beginResetModel()
        self._shown = shown
        self._chosen.forget_rows()
        self.endResetModel()
        self.arranged.emit()

    def _forget(self, resources: Iterable[str]) -> None:
        gone = {resource for resource in resources if resource in self._children.rows.slots}
        if not gone:
            return
        self.selection.remove(gone)
        # Children that are on their way leave out what is removed meanwhile as soon as they are here.
        if not self._arranger.is_loading:
            self.load([snapshot for snapshot in self._children.rows.snapshots if snapshot.id not in gone])

    # Announcing

    def _follow(self, changed: Changed) -> None:
        if not changed:
            return
        self._run_seconds()
        snapshots = self._children.rows.snapshots
        others = [slot for slot, state in changed.items() if snapshots[slot].state is not state]
        self._arranger.note(others)
        moves = self._shown.moves(self._children.rows, others)
        self._announce(changed.keys() - moves.slots(self._shown), STATE_ROLES)
        changed.clear()
        if moves:
            self._move(moves)
            self.arranged.emit()
        if others:
            self.counts_changed.emit()

    def _move(self, moves: Moves) -> None:
        self._chosen.forget_rows()
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

    def _announce(self, slots: Iterable[int], roles: Sequence[int], first: Column = Column.STATE) -> None:
        """Columns from ``first`` to the state of these children are others now."""
        rows = sorted(row for slot in slots if (row := self._shown.row(slot)) is not None)
        for start, stop in spans(rows, MOST_SPANS):
            self.dataChanged.emit(self.index(start, first), self.index(stop - 1, Column.STATE), roles)

    def _announce_columns(self, first: Column, last: Column, roles: Sequence[int]) -> None:
        if len(self._shown):
            self.dataChanged.emit(self.index(0, first), self.index(len(self._shown) - 1, last), roles)

    def _announce_queue(self) -> None:
        if self.sums.totals({State.QUEUED}).files:
            self._announce_columns(Column.STATE, Column.STATE, QUEUE_ROLES)

    def _announce_selection(self) -> None:
        self._chosen.forget()
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
