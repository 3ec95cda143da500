"""Works out which children are shown in which row: at once where there are few, else in a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject

from ..domain.resource import ResourceSnapshot
from .arrangement import Arrangement
from .background import Background
from .children import Lively
from .resource_index import Order, Query, Request, arrange
from .rows import Rows

THREAD_FROM = 10_000
"""Children from which on sorting and filtering leave the thread of the window."""


@dataclass(frozen=True)
class Prepared:
    """Children and what has to be known about them at once, worked out in any thread."""

    rows: Rows
    shown: Arrangement
    lively: Lively

    @classmethod
    def of(cls, snapshots: Sequence[ResourceSnapshot], query: Query, order: Order) -> Prepared:
        """Index ``snapshots``."""
        rows = Rows(snapshots)
        rows.know_facets()
        return cls(rows, _arranged(Request.of(rows, query, order)), Lively.among(rows.snapshots))


def _arranged(request: Request) -> Arrangement:
    shown = Arrangement(arrange(request), request.query, request.order)
    shown.know_rows()
    return shown


class Arranger:
    """``loaded`` is called with other children, ``arranged`` with other rows of the same ones; both in the thread of
    ``parent``, and at once where there are few children. Only the latest wish counts."""

    def __init__(
        self, parent: QObject, loaded: Callable[[Prepared], None], arranged: Callable[[Arrangement], None]
    ) -> None:
        self._background = Background("stabilitydl-arrange", parent)
        self._loaded = loaded
        self._arranged = arranged
        self._loading: Sequence[ResourceSnapshot] | None = None
        self._missed: set[int] = set()

    @property
    def is_busy(self) -> bool:
        """Is something still to come?"""
        return self._background.is_busy

    @property
    def is_loading(self) -> bool:
        """Are other children on their way?"""
        return self._loading is not None

    def load(self, snapshots: Sequence[ResourceSnapshot], query: Query, order: Order) -> None:
        """Index these children."""
        self._missed.clear()
        if len(snapshots) <= THREAD_FROM:
            self._loading = None
            self._background.drop()
            self._loaded(Prepared.of(snapshots, query, order))
        else:
            self._loading = snapshots
            self._background.run(lambda: Prepared.of(snapshots, query, order), self._take)

    def arrange(self, rows: Rows, query: Query, order: Order) -> None:
        """Work out the rows anew; of the children that are being loaded, where there are such."""
        if self._loading is not None:
            self.load(self._loading, query, order)
            return
        request = Request.of(rows, query, order)
        self._missed.clear()
        if len(rows) > THREAD_FROM:
            self._background.run(lambda: _arranged(request), lambda shown: self._show(rows, shown))
        else:
            self._arranged(_arranged(request))

    def note(self, slots: Iterable[int]) -> None:
        """Children changed their state; what is being worked out does not know it yet."""
        if self.is_busy:
            self._missed.update(slots)

    def close(self) -> None:
        """Stop the thread."""
        self._background.close()

    def _take(self, prepared: Prepared) -> None:
        self._loading = None
        self._loaded(prepared)

    def _show(self, rows: Rows, shown: Arrangement) -> None:
        shown.take(shown.moves(rows, self._missed))
        self._missed.clear()
        self._arranged(shown)

    def __repr__(self) -> str:
        return f"<Arranger{' loading' if self.is_loading else ' busy' if self.is_busy else ''}>"
