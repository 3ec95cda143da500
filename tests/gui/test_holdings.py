"""What leaves the list leaves nothing behind in the window, however much comes and goes (G09)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import anyio.lowlevel
from PySide6.QtCore import Qt

from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.states import State, Tab
from stabilitydl.errors import ServerFailed
from stabilitydl.gui.resource_index import Column
from stabilitydl.transfer.order import Arrival, Live, Order, Services, Source, Watcher
from tests.fakes.holdings import holdings, left_behind
from tests.fakes.hub import pack
from tests.gui.patience import PATIENCE_MS
from tests.gui.stage import Stage

ROUNDS = 3
PASSING = {"SpeedCurve._samples", "Errands._places"}
"""What goes by itself when its time has come."""


async def _come(order: Order, source: Source, live: Live, watcher: Watcher, services: Services) -> Arrival:
    watcher.phase(State.RESOLVING)
    watcher.phase(State.DOWNLOADING)
    live.size = live.received = live.fetched = 100
    await anyio.lowlevel.checkpoint()
    if order.resource.order == 1:
        raise ServerFailed(host="fake.test", status=500)
    return Arrival(
        path=order.target,
        size=100,
        fetched=100,
        verification=Verification.UNVERIFIABLE,
        sha256="0" * 64,
        mtime_ns=0,
        host="fake.test",
    )


def come_and_go(stage: Stage, root: Path, number: int) -> None:
    window, bridge = stage.window, stage.opened.bridge
    expansion = pack(root, *(f"{number}-{each}.bin" for each in "abcdef"), title=f"Pack {number}")
    ids = [child.id for child in expansion.resources]
    model, pane = window.resources.model, window.resources
    bridge.add([expansion], lambda _done: window.shown.choose(expansion.collection.id))
    stage.until(lambda: window.shown.is_loaded and set(model.ids_of(Tab.ALL)) == set(ids), "its children are shown")
    model.selection.replace(ids)
    bridge.enqueue(ids)
    bridge.cancel(ids[-1:])
    pane.list.sortByColumn(Column.NAME, Qt.SortOrder.DescendingOrder)
    pane.filters.field.setText("a")
    unfinished = frozenset(state for state in State if state.is_unfinished)
    stage.until(lambda: not model.ids_in(unfinished) and len(model.ids_of(Tab.FAILED)) == 1, "all have ended")
    pane.filters.clear()
    window.grab()
    bridge.remove(ids)
    stage.until(lambda: window.collections.model.snapshot_of(expansion.collection.id) is None, "it has left the list")


def test_what_leaves_the_list_leaves_nothing_behind(stage: Stage, tmp_path: Path) -> None:
    window = stage.open(tested=False, fetch=_come)
    come_and_go(stage, tmp_path, 0)
    before = holdings(window)
    assert {"Pictures._ready", "PictureLoader._versions", "Shown._names"} <= before.keys()
    for number in range(1, 1 + ROUNDS):
        come_and_go(stage, tmp_path, number)

    def check() -> None:
        assert not left_behind(window, before, ROUNDS).keys() - PASSING

    stage.qtbot.waitUntil(check, timeout=PATIENCE_MS)


def test_qt_keeps_few_pictures_of_what_is_not_shown_any_more() -> None:
    words = "from stabilitydl.gui.application import make_application as make; from PySide6.QtGui import QPixmapCache"
    done = subprocess.run(
        [sys.executable, "-c", f"{words}; application = make([]); print(QPixmapCache.cacheLimit())"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) <= 2048
