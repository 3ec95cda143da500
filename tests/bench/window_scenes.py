"""What is done in the window while it is watched: ``python -m tests.bench.window_scenes SCENE``, in its own process.

Each scene prints one line of figures in JSON and quits the program. Times are those of `time.monotonic`, which is the
same for all processes of a machine.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.bench.window_watch import Director, Scene, memory, report, run

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from stabilitydl.gui.program import Opened

FULL_SPEED = 20e6
"""Bytes per second above which a download counts as running."""


def start(opened: Opened) -> None:
    """From nothing to a window that answers: a click on a collection, made as soon as all of them are painted."""
    from PySide6.QtCore import QEvent, QObject

    from stabilitydl.gui.qt import override

    class Frames(QObject):
        """When a widget was last painted."""

        def __init__(self, widget: QWidget) -> None:
            super().__init__(widget)
            self.last = 0.0
            widget.installEventFilter(self)

        @override
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                self.last = time.monotonic()
            return False

    shown = time.monotonic()
    director = Director(opened)
    window = director.window
    model, view = window.collections.model, window.collections.view
    collections, children = Frames(view.viewport()), Frames(window.resources.list.viewport())
    director.until(lambda: len(model.snapshots) == 100, "the collections are there")
    loaded = time.monotonic()
    director.until(lambda: collections.last > loaded, "the collections are painted")
    painted = time.monotonic()
    wanted = view.indexAt(view.viewport().rect().center())
    click(view.viewport(), wanted)
    assert window.shown.collection == model.id_at(wanted)
    director.until(lambda: window.shown.is_loaded and window.resources.model.rowCount() == 80, "its children are there")
    answered = time.monotonic()
    director.until(lambda: children.last > answered, "its children are painted")
    report(shown=shown, painted=painted, answered=time.monotonic(), cpu=time.process_time(), memory=memory()[0])
    window.quit()


def click(viewport: QWidget, index: object) -> None:
    """Press and release the left button on a row."""
    from PySide6.QtCore import QModelIndex, QPointF, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QAbstractItemView, QApplication

    view = viewport.parent()
    assert isinstance(view, QAbstractItemView)
    assert isinstance(index, QModelIndex)
    place = QPointF(view.visualRect(index).center())
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for kind, held in ((QMouseEvent.Type.MouseButtonPress, left), (QMouseEvent.Type.MouseButtonRelease, none)):
        event = QMouseEvent(kind, place, viewport.mapToGlobal(place), left, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(viewport, event)


def many(opened: Opened, *, beats: bool = True) -> None:
    """A collection of 100,000 children: open, filter, sort, select."""
    from PySide6.QtCore import Qt

    from stabilitydl.domain.states import Tab
    from stabilitydl.gui.resource_index import Column

    director = Director(opened, beats=beats)
    window, pane = director.window, director.window.resources
    model, view = pane.model, pane.list

    def loaded() -> bool:
        return window.shown.is_loaded

    def arranged() -> bool:
        return not model.is_arranging

    def sort(column: Column, order: Qt.SortOrder) -> Callable[[], None]:
        return lambda: view.sortByColumn(column, order)

    director.until(loaded, "the window has loaded")
    snapshots = window.collections.model.snapshots
    small, large = sorted(snapshots, key=lambda snapshot: snapshot.summary.resources)
    window.shown.choose(small.id)
    director.until(loaded, "the small collection is there")
    # What the window remembers of a run before.
    view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    director.rest(1.0)
    up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
    director.act("open", lambda: window.shown.choose(large.id), loaded)
    assert model.rowCount() == large.summary.resources
    director.act("filter by text", lambda: pane.filters.field.setText("9 xl"), arranged)
    director.act("filter by more text", lambda: pane.filters.field.setText("99 xl"), arranged)
    director.act("clear the filter", pane.filters.clear, arranged)
    director.act("filter by tab", pane.tabs.button(Tab.MISSING).click, arranged)
    director.act("show all again", pane.tabs.button(Tab.ALL).click, arranged)
    director.act("sort by name", sort(Column.NAME, up), arranged)
    director.act("sort by size", sort(Column.SIZE, down), arranged)
    director.act("sort by state", sort(Column.STATE, up), arranged)
    director.act("select all", view.selectAll, arranged)
    assert len(model.selection) == large.summary.resources
    director.act("sort all selected", sort(Column.NAME, up), arranged)
    director.act("filter all selected", lambda: pane.filters.field.setText("1"), arranged)
    now, most = memory()
    director.act("clear the selection", model.selection.clear, arranged)
    director.act("open another", lambda: window.shown.choose(small.id), loaded)
    report(actions=director.figures(), memory=now, peak=most)
    window.quit()


def busy(opened: Opened) -> None:
    """Four files come as fast as they can; the list that shows them is looked at."""
    from stabilitydl.domain.events import ProgressTick
    from stabilitydl.domain.states import State

    director = Director(opened)
    window = director.window
    model = window.resources.model
    begun: list[float] = []
    ended: list[float] = []

    def follow(events: list[object]) -> None:
        for event in events:
            if isinstance(event, ProgressTick) and event.speed > FULL_SPEED and not begun:
                begun.append(time.monotonic())
                director.heart.start()
        if begun and not ended and not model.ids_in(running):
            director.heart.stop()
            ended.append(time.monotonic())

    running = frozenset(state for state in State if state.is_unfinished)
    director.until(lambda: window.shown.is_loaded, "the window has loaded")
    wanted = model.ids_in(frozenset({State.MISSING}))
    opened.bridge.events.connect(follow)
    cpu, since = time.process_time(), time.monotonic()
    opened.bridge.enqueue(wanted)
    director.until(lambda: bool(ended), "all files are here")
    took = time.monotonic() - since
    assert len(model.ids_in(frozenset({State.DOWNLOADED}))) == len(wanted)
    report(
        turns=list(director.heart.turns),
        bytes=model.totals(wanted).bytes,
        seconds=took,
        cpu=time.process_time() - cpu,
        memory=memory()[0],
    )
    window.quit()


SCENES: dict[str, Scene] = {
    "start": start,
    "many": many,
    "many-unwatched": lambda opened: many(opened, beats=False),
    "busy": busy,
}

if __name__ == "__main__":
    sys.exit(run(SCENES[sys.argv[1]]))
