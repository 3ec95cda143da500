"""A limit for one or many files: from the bar and the menu of rows, as any rate, told by the rows, kept."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from stabilitydl.domain.states import State
from stabilitydl.gui.cell_text import second_line
from stabilitydl.gui.collection_menu import CollectionMenu
from stabilitydl.gui.rate_dialog import RateDialog
from stabilitydl.gui.rate_menu import RATES, RateMenu
from stabilitydl.gui.resource_index import Column
from stabilitydl.settings import Settings
from tests.gui.samples import child
from tests.gui.stage import SLOW, Stage

FOUR = "demo:?files=4&size=64KiB"
MB = 1_000_000


def choose(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text() == text).trigger()


def texts_of(menu: CollectionMenu) -> list[tuple[str, QAction]]:
    return [(action.text(), action) for action in menu.weights.actions()]


def told(stage: Stage, resource: str) -> str:
    return stage.window.resources.model.state_text(stage.row(resource)).left


def rates_of(menu: QMenu) -> RateMenu:
    (rates,) = menu.findChildren(RateMenu)
    return rates


def test_what_is_selected_is_limited_and_says_so_also_after_a_restart(stage: Stage) -> None:
    window = stage.open()
    ids = stage.add(FOUR)
    window.resources.model.selection.replace(ids[:2])
    bar = window.resources.bar
    bar.rates.aboutToShow.emit()
    choose(bar.rates, "at most 1.0 MB/s")
    stage.until(lambda: [stage.row(each).rate_limit for each in ids] == [MB, MB, 0, 0], "the rows follow the engine")
    model = window.resources.model
    spoken = model.index(0, Column.NAME).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "at most 1.0 MB/s" in spoken
    bar.rates.aboutToShow.emit()
    assert [action.text() for action in bar.rates.actions() if action.isChecked()] == ["at most 1.0 MB/s"]
    window = stage.restart()
    stage.until(lambda: [stage.row(each).rate_limit for each in ids] == [MB, MB, 0, 0])
    window.resources.model.selection.replace(ids)
    window.resources.bar.rates.aboutToShow.emit()
    assert not any(action.isChecked() for action in window.resources.bar.rates.actions()), "they differ"
    choose(window.resources.bar.rates, "no limit")
    stage.until(lambda: not any(stage.row(each).rate_limit for each in ids))


def test_any_rate_may_be_entered_and_holds_for_what_runs(stage: Stage) -> None:
    window = stage.open()
    (resource,) = stage.add("demo:?files=1&size=8MiB")
    menu = window.resources.menu_for([resource])
    choose(rates_of(menu), "Other…")
    menu.deleteLater()
    dialog = stage.dialog(RateDialog)
    assert dialog.title.text() == "Limit 1 file to"
    dialog.box.setValue(0.01)
    stage.press_enter(dialog)
    stage.until(lambda: stage.find(RateDialog) is None)
    stage.until(lambda: stage.row(resource).rate_limit == 10_000)
    stage.start([resource])
    stage.until_states([resource], State.DOWNLOADING)
    menu = window.resources.menu_for([resource])
    rates = rates_of(menu)
    assert [action.text() for action in rates.actions() if action.isChecked()] == ["at most 10.0 KB/s"]
    choose(rates, "no limit")
    menu.deleteLater()
    stage.until_states([resource], State.DOWNLOADED)
    assert Path(stage.row(resource).target or "").stat().st_size == 8 << 20


def test_a_collection_gets_a_larger_share_and_keeps_it(stage: Stage) -> None:
    window = stage.open()
    stage.add(FOUR)
    (snapshot,) = window.collections.model.snapshots
    menu = window.resources.header.more.menu()
    assert isinstance(menu, CollectionMenu)
    menu.aboutToShow.emit()
    assert [text for text, action in texts_of(menu) if action.isChecked()] == ["the same as others"]
    choose(menu.weights, "twice that of others")

    def weight() -> float:
        found = stage.window.collections.model.snapshot_of(snapshot.id)
        return found.collection.weight if found is not None else 0

    stage.until(lambda: weight() == 2)
    menu.aboutToShow.emit()
    assert [text for text, action in texts_of(menu) if action.isChecked()] == ["twice that of others"]
    stage.restart()
    stage.until(lambda: weight() == 2)


def test_how_many_start_before_is_told_only_where_it_is_known(stage: Stage) -> None:
    stage.open(settings=Settings(jobs=1, rate_limit=SLOW))
    ids = stage.add("demo:?files=3&size=1MiB")
    stage.start(ids)
    stage.until(lambda: "starts after" in told(stage, ids[2]))
    stage.change(order="small-first")
    stage.until(lambda: told(stage, ids[2]) == "Queued")
    stage.change(order="in-order")
    stage.until(lambda: "starts after" in told(stage, ids[2]))


def test_a_rate_that_is_given_up_changes_nothing(stage: Stage) -> None:
    window = stage.open()
    ids = stage.add(FOUR)
    window.commands.limit_to_other(ids)
    dialog = stage.dialog(RateDialog)
    assert dialog.title.text() == "Limit each of 4 files to"
    dialog.box.setValue(3)
    dialog.cancel.click()
    stage.until(lambda: stage.find(RateDialog) is None)
    window.commands.limit_to_other(ids[:1])
    dialog = stage.dialog(RateDialog)
    assert dialog.box.number() == 0
    dialog.limit.click()
    stage.until(lambda: stage.find(RateDialog) is None)
    assert not any(stage.row(each).rate_limit for each in ids)


def test_the_menu_has_the_rate_that_holds_among_the_usual_ones() -> None:
    menu = RateMenu(offers_other=False)
    for rate, count in ((None, len(RATES)), (0, len(RATES)), (MB, len(RATES)), (123, len(RATES) + 1)):
        menu.show_rate(rate)
        assert len(menu.actions()) == count
        assert sum(action.isChecked() for action in menu.actions()) == (rate is not None)
    told: list[object] = []
    menu.chosen.connect(told.append)
    choose(menu, "at most 123 B/s")
    assert told == [123]
    menu.deleteLater()


def test_a_file_that_is_here_says_nothing_of_a_limit() -> None:
    row = child(1, State.DOWNLOADED, rate_limit=MB)
    assert "at most" not in second_line(row)
    assert second_line(child(1, State.PAUSED, rate_limit=MB)).startswith("at most 1.0 MB/s")
