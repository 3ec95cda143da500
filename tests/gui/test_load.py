"""Very much at once (G01, G02, G04): news come in few batches, and cost what is seen, not what there is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import anyio
import anyio.lowlevel
import msgspec
import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from stabilitydl.domain.events import AnyEvent, ProgressTick, StateChanged
from stabilitydl.domain.states import State, Tab
from stabilitydl.errors import ServerFailed
from stabilitydl.gui.background import Background
from stabilitydl.gui.pictures import Pictures
from stabilitydl.gui.resource_pane import ResourcePane
from stabilitydl.gui.state_delegate import StateDelegate
from stabilitydl.gui.theme import RESOURCE_ROW, Appearance
from stabilitydl.gui.tray import Tray
from stabilitydl.paths import resource_path
from stabilitydl.settings import Settings
from stabilitydl.transfer.order import Arrival, Live, Order, Services, Source, Watcher
from tests.bench.window_homes import fill_many
from tests.fakes.clock import ManualClock
from tests.gui.samples import MB, child, key, moved, pack, progress, tick
from tests.gui.stage import SLOW, Stage

JOBS, LISTED, FILES, PIECES = 1000, 1040, 1000, 8
HISTORY = 20_000, pytest.param(100_000, marks=pytest.mark.slow)
"""More rows than the window searches by itself."""


class Endless:
    """A byte path on which every file grows, in eight pieces, when the test says so, and none ever ends."""

    def __init__(self) -> None:
        self.lives: list[Live] = []

    async def __call__(self, order: Order, source: Source, live: Live, watcher: Watcher, services: Services) -> Arrival:
        live.size = 1 << 40
        watcher.phase(State.RESOLVING)
        watcher.phase(State.DOWNLOADING)
        self.lives.append(live)
        await anyio.sleep_forever()
        raise AssertionError

    def grow(self) -> None:
        for live in self.lives:
            live.received += PIECES
            live.fetched += PIECES
            live.ranges = tuple((place << 30, (place << 30) + live.received // PIECES) for place in range(PIECES))


@pytest.fixture
def pane(qtbot: QtBot, appearance: Appearance, pictures: Pictures) -> Iterator[ResourcePane]:
    made = ResourcePane(appearance, pictures)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show_collection(pack(1, "Pack", {State.DOWNLOADING: FILES}), has_collections=True)
    yield made
    made.close_model()


def test_everything_that_may_run_tells_at_most_ten_times_a_second(stage: Stage) -> None:
    """G01, the engine's part: one batch for all of it, now and then."""
    clock, endless = ManualClock(), Endless()
    window = stage.open(tested=False, clock=clock, fetch=endless)
    # More than anybody can set.
    stage.opened.bridge.set_settings(
        Settings(jobs=JOBS, host_connections=JOBS, total_connections=JOBS * PIECES),
    )
    ids = stage.add(f"demo:?files={LISTED}&size=8KiB")
    stage.start(ids)
    stage.until(lambda: len(stage.ids(State.DOWNLOADING)) == JOBS)
    assert len(stage.ids(State.QUEUED)) == LISTED - JOBS
    batches: list[int] = []
    stage.opened.bridge.events.connect(lambda events: batches.append(len(events)))
    stage.events.clear()
    passed: list[int] = []

    async def pass_a_moment() -> None:
        endless.grow()
        clock.advance(0.05)
        for _ in range(50):
            await anyio.lowlevel.checkpoint()

    for moment in range(30):
        stage.opened.bridge.ask(pass_a_moment, lambda _done, moment=moment: passed.append(moment))
        stage.until(lambda moment=moment: len(passed) > moment)
    ticks = [event for event in stage.events if isinstance(event, ProgressTick)]
    assert 3 <= len(ticks) <= 15, "news came, and at most ten times a second"
    assert len(batches) <= len(ticks), "and not one by one"
    assert {len(entry.ranges) for entry in ticks[-1].entries} == {PIECES}
    assert {entry.resource for entry in ticks[-1].entries} == set(stage.ids(State.DOWNLOADING))
    assert stage.counts() == {
        Tab.MISSING: 0,
        Tab.DOWNLOADING: LISTED,
        Tab.DOWNLOADED: 0,
        Tab.FAILED: 0,
        Tab.ALL: LISTED,
    }
    assert not [event for event in stage.events if isinstance(event, StateChanged)], "nothing but progress"
    shown = window.resources.model.state_text(stage.row(stage.ids(State.DOWNLOADING)[0]))
    assert shown.track is not None
    assert len(shown.track) == PIECES


def test_a_tick_about_a_thousand_files_costs_what_is_seen(
    qtbot: QtBot, pane: ResourcePane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G01, the window's part."""
    painted: list[int] = []
    draw: Callable[..., None] = StateDelegate.draw

    def count(self: StateDelegate, canvas: object, snapshot: object, index: object) -> None:
        painted.append(1)
        draw(self, canvas, snapshot, index)

    pane.load([child(number, State.DOWNLOADING) for number in range(FILES)])
    pane.show()
    qtbot.waitUntil(lambda: pane.list.isVisible() and not pane.model.is_arranging)
    QCoreApplication.processEvents()
    seen = pane.list.viewport().height() // RESOURCE_ROW + 2
    spans: list[int] = []
    pane.model.dataChanged.connect(lambda first, last, _roles: spans.append(last.row() - first.row() + 1))
    monkeypatch.setattr(StateDelegate, "draw", count)
    for step in range(1, 5):
        ranges = tuple((place * MB, place * MB + step) for place in range(PIECES))
        pane.model.apply([tick(*(progress(number, step * PIECES, ranges=ranges) for number in range(FILES)))])
        assert spans == [FILES], "one announcement for all"
        spans.clear()
        painted.clear()
        QCoreApplication.processEvents()
        assert 1 <= len(painted) <= seen


def test_a_hundred_thousand_files_are_searched_beside_the_window(
    qtbot: QtBot, pane: ResourcePane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G02: while the search is at work the window goes on with what comes in."""
    sample = child(0)
    rows = []
    for number in range(100_000):
        name = f"file-{number:06}.safetensors"
        resource = msgspec.structs.replace(sample.resource, id=key(number), name=name, path=name, order=number)
        rows.append(msgspec.structs.replace(sample, resource=resource))
    pane.load(rows)
    qtbot.waitUntil(lambda: not pane.model.is_arranging and pane.model.rowCount() == len(rows))
    threads: list[threading.Thread] = []
    go_on = threading.Event()
    work: Callable[..., None] = Background._work

    def search(self: Background, asked: object) -> None:
        threads.append(threading.current_thread())
        go_on.wait()
        work(self, asked)

    monkeypatch.setattr(Background, "_work", search)
    pane.search("file-0999")
    try:
        qtbot.waitUntil(lambda: bool(threads))
        pane.model.apply([moved(99_901, State.MISSING, State.QUEUED), moved(99_901, State.QUEUED, State.DOWNLOADING)])
        pane.model.apply([tick(progress(99_901))])
        assert pane.model.is_arranging
        assert pane.model.rowCount() == len(rows), "the rows that were there stay until then"
        assert pane.tabs.count(Tab.DOWNLOADING) == 1
        row = pane.model.snapshot_of(key(99_901))
        assert row is not None
        assert pane.model.state_text(row).left.startswith("57 %")
    finally:
        go_on.set()
    qtbot.waitUntil(lambda: pane.model.rowCount() == 100)
    assert threading.main_thread() not in threads
    pane.choose_tab(Tab.DOWNLOADING)
    qtbot.waitUntil(lambda: pane.model.shown_ids() == [key(99_901)])


@pytest.mark.parametrize("history", HISTORY)
def test_the_history_is_searched_while_files_come(stage: Stage, monkeypatch: pytest.MonkeyPatch, history: int) -> None:
    """G02: a real store, a real engine and a real download; the search neither waits for them nor holds them up."""
    fill_many(stage.home, 1, history)
    window = stage.open(settings=Settings(rate_limit=SLOW), tested=False)
    ids = stage.add("demo:?files=2&size=8MiB")
    stage.start(ids)
    stage.until_states(ids, State.DOWNLOADING)
    window.shown.choose("")
    model = window.resources.model
    stage.until(lambda: window.shown.is_loaded and model.rowCount() == history + 1 + len(ids), "everything is shown")
    begun, go_on = threading.Event(), threading.Event()
    work: Callable[..., None] = Background._work

    def search(self: Background, asked: object) -> None:
        begun.set()
        go_on.wait()
        work(self, asked)

    monkeypatch.setattr(Background, "_work", search)
    window.resources.search(f"style_{(history - 1) // 100:04}")
    try:
        stage.until(begun.is_set, "the search begins in its thread")
        stage.events.clear()
        stage.until(lambda: progressed(stage.events) >= set(ids), "files come on meanwhile")
        assert model.is_arranging
        stage.change(rate_limit=0)
        stage.until(lambda: {event.resource for event in stage.news(State.DOWNLOADED)} == set(ids), "they are here")
        assert stage.counts()[Tab.DOWNLOADED] == len(ids), "and counted, while the search goes on"
    finally:
        go_on.set()
    stage.until(lambda: model.rowCount() == 100, "the search has found what there is")
    assert {stage.row(each).resource.name for each in model.shown_ids()} == {
        f"style_{number:06}_xl.safetensors" for number in range(history - 100, history)
    }


def progressed(events: Sequence[AnyEvent]) -> set[str]:
    """Of which resources a tick has told."""
    return {entry.resource for event in events if isinstance(event, ProgressTick) for entry in event.entries}


@pytest.mark.qt_log_ignore("No such signal QPlatformNativeInterface::systemTrayWindowChanged")
def test_a_hundred_failures_are_one_message_and_no_dialog(
    stage: Stage, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G04"""

    async def fail(order: Order, source: Source, live: Live, watcher: Watcher, services: Services) -> Arrival:
        watcher.phase(State.RESOLVING)
        raise ServerFailed(host="demo.test", status=500)

    told: list[str] = []
    qapp.setWindowIcon(QIcon(str(resource_path("icons/stabilitydl.svg"))))
    monkeypatch.setattr(Tray, "is_available", property(lambda _self: True))
    monkeypatch.setattr(QSystemTrayIcon, "isVisible", lambda _self: True)
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda _self, _title, text, _icon: told.append(text))
    window = stage.open(settings=Settings(jobs=64), fetch=fail)
    ids = stage.add("demo:?files=100&size=8KiB")
    before = set(QApplication.topLevelWidgets())
    said: list[str] = []
    monkeypatch.setattr(window.toast, "say", lambda text, **_more: said.append(text))
    stage.start(ids)
    stage.until_states(ids, State.FAILED)
    stage.until(lambda: told, "it is told")
    assert told == ["100 files need attention."]
    assert said == []
    opened = [each for each in set(QApplication.topLevelWidgets()) - before if each.isVisible()]
    assert opened == []
    assert stage.counts()[Tab.FAILED] == 100
    assert all(stage.row(each).problem is not None for each in ids)
