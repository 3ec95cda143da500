"""Which children are selected: a set of ids that no sorting, filter or tab can change."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """Ids of resources. ``changed`` is emitted once for each call that changed the set."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: frozenset[str] = frozenset()

    @property
    def ids(self) -> frozenset[str]:
        """All of them, in no order."""
        return self._ids

    def __len__(self) -> int:
        return len(self._ids)

    def __bool__(self) -> bool:
        return bool(self._ids)

    def __contains__(self, resource: object) -> bool:
        return resource in self._ids

    def replace(self, ids: Iterable[str]) -> None:
        """Select exactly these."""
        wanted = frozenset(ids)
        if wanted != self._ids:
            self._ids = wanted
            self.changed.emit()

    def add(self, ids: Iterable[str]) -> None:
        self.replace(self._ids.union(ids))

    def remove(self, ids: Iterable[str]) -> None:
        self.replace(self._ids.difference(ids))

    def toggle(self, ids: Iterable[str]) -> None:
        """Select those that are not selected, and the other way round."""
        self.replace(self._ids.symmetric_difference(ids))

    def clear(self) -> None:
        self.replace(())

    def __repr__(self) -> str:
        return f"<Selection {len(self)}>"
