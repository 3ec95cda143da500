"""What belongs to all collections: activity, totals, limits, other processes, and what is kept for the next start."""

from __future__ import annotations

import contextlib
import functools
import sqlite3

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from stabilitydl import settings as stored
from stabilitydl.domain.states import State, Tab
from stabilitydl.engine.engine import Engine
from stabilitydl.engine.remote import SharedEngine
from stabilitydl.gui.collection_groups import CollectionFilter, Grouping
from stabilitydl.gui.resource_index import Column
from stabilitydl.gui.settings_dialog import SettingsDialog
from stabilitydl.hubs.registry import Registry
from stabilitydl.settings import Settings
from tests.gui.stage import SLOW, Stage

TWO, THREE = "demo:?files=2&size=64KiB", "demo:?files=3&size=1MiB"


def lines(panel: object) -> list[str]:
    return [left.text() for left, _right in panel._labels if left.text()]  # type: ignore[attr-defined]


def test_files_of_all_collections_run_side_by_side_and_are_named(stage: Stage) -> None:
    window = stage.open(settings=Settings(rate_limit=SLOW, jobs=8))
    first = stage.add("demo:?files=2&size=2MiB")
    names = [stage.row(each).resource.name for each in first]
    second = stage.add("demo:?files=3&size=2MiB")
    assert not set(second) & set(first), "another collection is shown now"
    stage.opened.bridge.enqueue(first)
    stage.start(second)
    stage.until_states(second, State.DOWNLOADING)
    names += [stage.row(each).resource.name for each in second]
    stage.until(lambda: sorted(lines(window.activity.running)) == sorted(names), "all five are named")
    window.shown._names.clear()
    stage.until(lambda: sorted(lines(window.activity.running)) == sorted(names), "they are asked for")
    (host,) = lines(window.activity.hosts)
    assert host.startswith("127.0.0.1")
    assert window.collections.model.count(CollectionFilter.ACTIVE) == 2
    stage.until(lambda: window.toolbar.speed.text().endswith("/s"))
    stage.until(lambda: "0 of 5 files" in window.tray.tool_tip)
    window.toolbar.pause_all.click()
    stage.until(lambda: lines(window.activity.running) == ["Nothing is running."], "all of them pause")
    assert window.collections.model.count(CollectionFilter.ACTIVE) == 0


def test_what_came_is_added_up_for_today_and_for_ever(stage: Stage) -> None:
    window = stage.open()
    ids = stage.add(TWO)
    stage.start(ids)
    stage.until_states(ids, State.DOWNLOADED)
    stage.until(lambda: window.activity.today.text() == "today 131 KB, 2 files")
    assert window.activity.ever.text() == "in all 131 KB, 2 files"
    assert "downloaded 2 times" in window.resources.header.facts.text()
    assert 0 < window.totals._next_day.remainingTime() <= 25 * 3_600_000
    with contextlib.closing(sqlite3.connect(stage.paths.database)) as database, database:
        database.execute('UPDATE attempts SET start = start - 172800, "end" = "end" - 172800')
    window.totals._next_day.timeout.emit()
    stage.until(lambda: window.activity.today.text() == "today 0 B, 0 files", "another day begins")
    window = stage.restart()
    stage.until(lambda: window.activity.ever.text() == "in all 131 KB, 2 files")
    assert window.activity.today.text() == "today 0 B, 0 files", "they came two days ago"
    stage.until(lambda: "downloaded 2 times" in window.resources.header.facts.text())


def test_a_limit_holds_at_once_and_is_kept(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[int] = []
    follow = Engine.set_settings

    @functools.wraps(follow)
    def note(engine: Engine, settings: Settings) -> None:
        limits.append(settings.rate_limit)
        follow(engine, settings)

    monkeypatch.setattr(Engine, "set_settings", note)
    window = stage.open()
    menu = window.toolbar.limit.menu()
    next(action for action in menu.actions() if "MB/s" in action.text()).trigger()
    assert window.toolbar.limit.text().startswith("at most ")
    limit = stored.load(stage.paths.settings).rate_limit
    assert limit > 0
    stage.until(lambda: limits == [limit], "the engine follows")
    window = stage.restart()
    assert window.toolbar.limit.text().startswith("at most ")
    window.toolbar.limit.menu().actions()[0].trigger()
    stage.until(lambda: limits == [limit, 0])
    assert stored.load(stage.paths.settings).rate_limit == 0


def test_settings_are_followed_at_once_and_kept(stage: Stage) -> None:
    window = stage.open(settings=Settings(jobs=1, rate_limit=SLOW))
    ids = stage.add("demo:?files=3&size=2MiB")
    stage.start(ids)
    stage.until(lambda: stage.ids(State.DOWNLOADING))
    assert len(stage.ids(State.QUEUED)) == 2
    window.activateWindow()
    stage.until(window.isActiveWindow)
    stage.press(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    dialog = stage.dialog(SettingsDialog)
    dialog.editors["jobs"].show_value(3)
    stage.press_enter(dialog)
    stage.until(lambda: stage.find(SettingsDialog) is None)
    stage.until_states(ids, State.DOWNLOADING)
    assert stored.load(stage.paths.settings).jobs == 3


def test_another_process_adds_and_downloads_and_the_window_shows_it(stage: Stage) -> None:
    """What a command line does on the same data directory runs in the window's engine and appears as it happens."""
    window = stage.open()
    hubs = Registry.standard(stage.demo)
    other = SharedEngine(stage.paths, lambda: Engine.open(stage.paths, Settings(), hubs=hubs))
    other.start()
    try:
        assert not other.engine.is_owner
        found, problems = other.call(other.engine.expand, [TWO], window.planning.destination)
        assert not problems
        other.call(other.engine.add, found)
        stage.until(lambda: len(window.collections.model.snapshots) == 1, "its pack appears")
        ids = [each.id for each in found[0].resources]
        other.call(other.engine.enqueue, ids)
        stage.until(lambda: stage.counts()[Tab.DOWNLOADED] == 2, "its files come in the window")
        assert {event.resource for event in stage.news(State.DOWNLOADED)} == set(ids)
        rows = other.call(other.engine.snapshots, ids)
        assert {row.state for row in rows} == {State.DOWNLOADED}
        window.resources.model.selection.replace(ids)
        window.resources.bar.remove.click()
        stage.until(lambda: stage.counts()[Tab.ALL] == 0)
        assert other.call(other.engine.resources, None) == []
    finally:
        assert other.stop(60)


def test_locators_of_the_command_line_open_the_plan(stage: Stage) -> None:
    stage.open([TWO])
    plan = stage.plan("what the command line names")
    assert plan.start.text() == "Download 2 files"
    assert not stage.news()


def test_the_plan_knows_what_is_here_already(stage: Stage) -> None:
    window = stage.open()
    ids = stage.add("demo:?files=4&size=64KiB")
    stage.start(ids[:3])
    stage.until_states(ids[:3], State.DOWNLOADED)
    window.planning.plan(["demo:?files=4&size=64KiB"])
    plan = stage.plan()
    titles = [row.title.text() for row in plan.rows]
    assert titles == ["1 file, ready", "3 files already on this computer"]
    assert plan.start.text() == "Download 4 files", "those that are here are looked at"
    assert "65.5 KB to" in plan.room.text(), "but only one is brought"
    assert "free" in plan.room.text()
    stage.press_enter(plan)
    stage.until_states(ids, State.DOWNLOADED)


def test_the_plan_of_a_troubled_pack_names_every_risk(stage: Stage) -> None:
    window = stage.open()
    window.planning.plan(["demo:?files=80&size=16KiB&trouble=1"])
    plan = stage.plan()
    titles = " / ".join(row.title.text() for row in plan.rows)
    for words in ("ready", "without a checksum", "not given out"):
        assert words in titles, titles
    assert plan.plan is not None
    chosen = set(plan.plan.chosen_ids())
    for row in plan.rows:
        if row.check.isEnabled() and row.check.isChecked():
            row.check.click()
    assert not plan.plan.chosen_ids()
    assert not plan.start.isEnabled()
    assert chosen


def test_place_size_and_choices_are_kept(stage: Stage) -> None:
    window = stage.open()
    stage.add(TWO)
    stage.add(THREE)
    before = window.splitter.sizes()[0]
    window.resize(798, 640)
    window.splitter.setSizes([1, 797])
    side = window.splitter.sizes()[0]
    assert side != before
    window.collections.groupings[Grouping.HUB].trigger()
    window.collections.show_filter(CollectionFilter.INCOMPLETE)
    window.resources.list.sortByColumn(Column.SIZE, Qt.SortOrder.DescendingOrder)
    window = stage.restart()
    assert window.height() == 640
    assert window.splitter.sizes()[0] == side
    assert window.collections.grouping is Grouping.HUB
    assert window.collections.filter is CollectionFilter.INCOMPLETE
    header = window.resources.list.horizontalHeader()
    assert (header.sortIndicatorSection(), header.sortIndicatorOrder()) == (Column.SIZE, Qt.SortOrder.DescendingOrder)


def test_a_rubber_band_over_rows_selects_them(stage: Stage) -> None:
    window = stage.open()
    ids = stage.add("demo:?files=8&size=8KiB")
    view, model = window.resources.list, window.resources.model

    def middle(row: int) -> QPoint:
        return view.visualRect(model.index(row, Column.NAME)).center()

    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle(1))
    for row in (2, 3, 4):
        QTest.mouseMove(view.viewport(), middle(row))
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle(4))
    assert model.selection.ids == set(ids[1:5])
    assert window.resources.bar.count.text() == "4 selected"


def test_the_computer_is_kept_awake_only_while_files_come(stage: Stage) -> None:
    window = stage.open(settings=Settings(rate_limit=SLOW, keep_awake=True))
    ids = stage.add("demo:?files=1&size=2MiB")
    assert not window.awake.holds
    stage.start(ids)
    stage.until(lambda: window.awake.holds)
    window.resources.model.selection.replace(ids)
    window.resources.bar.pause.click()
    stage.until(lambda: not window.awake.holds, "nothing comes any more")
