"""What the window shows of the engine's list: the collections, the children of one of them or of all, and the news."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from ..domain.collection import CollectionSnapshot
from ..domain.events import (
    AnyEvent,
    CollectionAdded,
    CollectionRemoved,
    Downloaded,
    ProgressTick,
    ResourcesRemoved,
    StateChanged,
)
from ..domain.resource import ResourceSnapshot
from ..errors import Problem
from .bridge import EngineBridge
from .collection_pane import CollectionPane
from .resource_pane import ResourcePane

_RECOUNT_MILLISECONDS = 250


class Shown(QObject):
    """Keeps the models of both panes in step with the engine. ``destination`` is where files go by default.

    ``answered`` says that the children which were asked for are there, or cannot be had.
    """

    answered = Signal()

    def __init__(
        self,
        bridge: EngineBridge,
        collections: CollectionPane,
        children: ResourcePane,
        destination: Callable[[], Path],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._collections = collections
        self._children = children
        self._destination = destination
        self._current = ""
        self._names: dict[str, str] = {}
        self._unnamed: set[str] = set()
        self._asked = 0
        self._meanwhile: list[AnyEvent] | None = None
        self._moved_meanwhile = False
        self._recount = QTimer(self)
        self._recount.setSingleShot(True)
        self._recount.setInterval(_RECOUNT_MILLISECONDS)
        self._recount.timeout.connect(self._count)

    @property
    def collection(self) -> str:
        """The id of the collection whose children are shown; empty for those of all."""
        return self._current

    @property
    def is_loaded(self) -> bool:
        """Is everything that was asked for there?"""
        return self._asked > 0 and self._meanwhile is None and not self._children.model.is_arranging

    def start(self, collection: str) -> None:
        """Load everything, and show ``collection`` if it is still on the list."""
        self._current = collection
        self._moved_meanwhile = False
        self._bridge.load_collections(self._take)

    def stop(self) -> None:
        """Ask no more."""
        self._recount.stop()

    def show(self, collection: str) -> None:
        """Show the children of a collection; of all for an empty text."""
        if collection != self._current:
            self._current = collection
            self._children.model.selection.clear()
            self._show_current()
            self._load_children()

    def choose(self, collection: str) -> None:
        """The same, and mark the collection in the side bar as the chosen one."""
        self.show(collection)
        self._collections.choose(collection)

    def names(self, tick: ProgressTick) -> dict[str, str]:
        """What the running children are called, by id; those that nobody has told of yet are asked for."""
        unknown = []
        for each in tick.entries:
            if each.resource not in self._names:
                row = self._children.model.snapshot_of(each.resource)
                # The last tick of a child may come after its end.
                if row is not None and row.state.is_running:
                    self._names[each.resource] = row.resource.name
                elif row is None and each.resource not in self._unnamed:
                    unknown.append(each.resource)
        if unknown:
            self._unnamed.update(unknown)
            self._bridge.snapshots(unknown, lambda rows: self._take_names(unknown, rows))
        return self._names

    def apply(self, events: Sequence[AnyEvent]) -> None:
        """Follow the engine."""
        load_children = count_again = has_come = False
        if self._meanwhile is not None:
            self._meanwhile += [event for event in events if not isinstance(event, ProgressTick)]
        for event in events:
            match event:
                case StateChanged():
                    self._note_name(event)
                    self._moved_meanwhile = True
                case CollectionAdded():
                    load_children |= self._current in ("", event.snapshot.id)
                case CollectionRemoved():
                    load_children |= self._current in ("", event.collection)
                case ResourcesRemoved():
                    count_again = True
                case Downloaded():
                    has_come |= event.collection == self._current
                case _:
                    pass
        self._collections.model.apply(events)
        self._children.model.apply(events)
        if load_children:
            self._leave_what_is_gone()
            self._show_current()
            self._load_children()
        elif has_come:
            self._show_current()
        if count_again:
            self._count()

    def _count(self) -> None:
        self._moved_meanwhile = False
        self._bridge.load_collections(self._take_counts)

    def _take(self, snapshots: list[CollectionSnapshot]) -> None:
        self._collections.model.load(snapshots)
        self._leave_what_is_gone()
        self._collections.choose(self._current)
        self._show_current()
        self._load_children()
        self._count_until_right()

    def _take_counts(self, snapshots: list[CollectionSnapshot]) -> None:
        self._collections.model.load(snapshots)
        self._show_current()
        self._count_until_right()

    def _count_until_right(self) -> None:
        """What moved while the engine was counting may be in its answer or not: ask again when it is quieter."""
        if self._moved_meanwhile:
            self._recount.start()

    def _leave_what_is_gone(self) -> None:
        if self._current and self._collections.model.snapshot_of(self._current) is None:
            self._current = ""
            self._collections.choose("")

    def _show_current(self) -> None:
        snapshot = self._collections.model.snapshot_of(self._current)
        self._children.show_collection(snapshot, has_collections=bool(self._collections.model.snapshots))

    def _load_children(self) -> None:
        self._asked += 1
        self._meanwhile = []
        number = self._asked
        self._bridge.load_resources(
            self._current or None,
            lambda rows: self._take_children(number, rows),
            lambda problem: self._miss_children(number, problem),
        )
        self._bridge.free_space(self._target(), self._children.show_free)

    def _take_children(self, number: int, rows: list[ResourceSnapshot]) -> None:
        if number != self._asked:
            return
        meanwhile, self._meanwhile = self._meanwhile, None
        self._children.load(rows)
        # What has come since the question may be newer than the answer. Said twice, it does no harm.
        self._children.model.apply(meanwhile or ())
        self.answered.emit()

    def _miss_children(self, number: int, problem: Problem) -> None:
        if number == self._asked:
            self._meanwhile = None
        self._bridge.failed.emit(problem)
        self.answered.emit()

    def _target(self) -> Path:
        snapshot = self._collections.model.snapshot_of(self._current)
        folder = snapshot.collection.target if snapshot is not None else ""
        return Path(folder) if folder else self._destination()

    def _take_names(self, asked: Sequence[str], rows: Sequence[ResourceSnapshot]) -> None:
        for row in rows:
            # What has moved meanwhile has told its name, or runs no more.
            if row.id in self._unnamed and row.state.is_running:
                self._names[row.id] = row.resource.name
        self._unnamed.difference_update(asked)

    def _note_name(self, event: StateChanged) -> None:
        self._unnamed.discard(event.resource)
        if event.new.is_running:
            self._names[event.resource] = event.name
        else:
            self._names.pop(event.resource, None)
