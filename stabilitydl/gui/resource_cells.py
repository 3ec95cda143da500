"""What Qt asks about the children of a collection: cells, headers, check boxes, and who is in which row.

Texts come from ``cell_text``; nothing here changes what is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QObject, Qt

from ..clock import Clock, SystemClock
from ..domain.events import Progress
from ..domain.resource import ResourceSnapshot
from ..domain.states import State, Tab
from .arrangement import Arrangement
from .cell_text import display, header, spoken, spoken_header, tool_tip
from .children import Children
from .chosen import Chosen
from .qt import NO_INDEX, AnyIndex, override
from .queue_order import QueueOrder
from .resource_index import Column, Order, Query
from .rows import STATES_OF, Facets
from .selection import Selection
from .state_text import StateText
from .sums import Sums, Totals


class Role(IntEnum):
    """What a cell gives besides texts."""

    RESOURCE_ID = Qt.ItemDataRole.UserRole + 1
    SNAPSHOT = Qt.ItemDataRole.UserRole + 2
    PROGRESS = Qt.ItemDataRole.UserRole + 3
    STATE_TEXT = Qt.ItemDataRole.UserRole + 4


class ResourceCells(QAbstractTableModel):
    """Rows are children, columns are `Column`. The check box of a row shows whether its id is in ``selection``."""

    def __init__(self, parent: QObject | None, clock: Clock | None, queue: QueueOrder | None) -> None:
        super().__init__(parent)
        self.selection = Selection(self)
        self._chosen = Chosen(self.selection)
        self._clock: Clock = clock or SystemClock()
        self._children = Children(queue if queue is not None else QueueOrder())
        self._shown = Arrangement([], Query(), Order())

    # Children

    @property
    def total(self) -> int:
        """Children in all, shown or not."""
        return len(self._children.rows)

    @property
    def facets(self) -> Facets:
        """What filters can choose from."""
        return self._children.rows.facets

    @property
    def sums(self) -> Sums:
        """What all children add up to, shown or not."""
        return self._children.rows.sums

    @property
    def selected_sums(self) -> Sums:
        """What all selected children add up to, shown or not."""
        return self._chosen.sums(self._children.rows)

    def count(self, tab: Tab) -> int:
        """Children under ``tab``, whatever is filtered."""
        return self._children.rows.count(tab)

    def totals(self, ids: Collection[str]) -> Totals:
        """What these children add up to; ids that are not known are left out."""
        return self._children.rows.sums_of(ids).totals()

    def snapshot_of(self, resource: str) -> ResourceSnapshot | None:
        """The child with this id, shown or not."""
        return self._children.snapshot_of(resource)

    def progress_of(self, resource: str) -> Progress | None:
        """How far a running child is, as of the last tick."""
        return self._children.progress.get(resource)

    def state_text(self, snapshot: ResourceSnapshot) -> StateText:
        """What the state cell of a child says right now."""
        return self._children.text(snapshot, self._clock.wall())

    def ids_of(self, tab: Tab) -> list[str]:
        """The ids of all children under ``tab``, shown or not, in the order of the hub."""
        return self.ids_in(STATES_OF[tab])

    def ids_in(self, states: AbstractSet[State], among: AbstractSet[str] | None = None) -> list[str]:
        """The ids of all children in one of ``states``, in the order of the hub; of ``among`` only, if given."""
        return self._children.rows.ids_in(states, among)

    def common_rate(self, ids: Iterable[str]) -> int | None:
        """The speed limit that all of these have, bytes per second; None where they differ."""
        rates = {row.rate_limit for each in ids if (row := self.snapshot_of(each)) is not None}
        return rates.pop() if len(rates) == 1 else None

    # Rows

    def snapshot_at(self, row: int) -> ResourceSnapshot:
        """The child in a row. Raises IndexError."""
        return self._children.rows.snapshots[self._shown.slots[row]]

    def row_of(self, resource: str) -> int | None:
        """The row of a child; None when it is not shown."""
        slot = self._children.rows.slots.get(resource)
        return None if slot is None else self._shown.row(slot)

    def shown_ids(self, start: int = 0, stop: int | None = None) -> list[str]:
        """The ids of the rows from ``start`` to before ``stop``."""
        slots = self._shown.slots
        if start or stop is not None:
            slots = slots[start:stop]
        return list(map(self._children.rows.ids.__getitem__, slots))

    def selected_rows(self) -> bytes:
        """One byte for each row that is shown: 1 where it is selected."""
        return self._chosen.in_rows(self._children.rows, self._shown)

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
