"""Many files chosen with mouse, keys and menus, and what the real engine makes of it: these and no others."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from stabilitydl.domain.states import State, Tab
from stabilitydl.gui.resource_index import Column
from stabilitydl.settings import Settings
from tests.gui.stage import SLOW, Stage

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def command(stage: Stage, ids: list[str], words: str) -> QAction:
    """A command of the menu of these rows."""
    menu = stage.window.resources.menu_for(ids)
    (found,) = [action for action in menu.actions() if action.text().split("\t")[0] == words]
    return found


def test_what_was_clicked_with_control_and_shift_comes_and_nothing_else(stage: Stage) -> None:
    window = stage.open()
    ids = stage.add("demo:?files=12&size=8KiB")
    shown = window.resources.model.shown_ids()
    stage.click_row(shown[1])
    stage.click_row(shown[4], modifiers=SHIFT)
    stage.click_row(shown[8], modifiers=CTRL)
    stage.click_row(shown[2], modifiers=CTRL)
    stage.click_row(shown[10], modifiers=CTRL)
    chosen = [shown[place] for place in (1, 3, 4, 8, 10)]
    assert window.resources.model.selection.ids == set(chosen)
    assert window.resources.bar.download.text() == "Download 5 files, 41.0 KB"
    window.resources.bar.download.click()
    stage.plan().start.click()
    stage.until_states(chosen, State.DOWNLOADED)
    assert {event.resource for event in stage.news()} == set(chosen), "the engine was asked for no other"
    assert stage.counts()[Tab.MISSING] == len(ids) - len(chosen)
    assert window.resources.model.selection.ids == set(chosen), "what has come stays selected"


def test_a_selection_stays_while_its_files_move_from_tab_to_tab(stage: Stage) -> None:
    window = stage.open(settings=Settings(rate_limit=SLOW, jobs=3))
    ids = stage.add("demo:?files=6&size=1MiB")
    pane = window.resources
    pane.choose_tab(Tab.MISSING)
    stage.until(lambda: pane.model.rowCount() == 6)
    shown = pane.model.shown_ids()
    stage.click_row(shown[0])
    stage.click_row(shown[3], modifiers=SHIFT)
    pane.bar.download.click()
    stage.plan().start.click()
    stage.until(lambda: pane.model.shown_ids() == shown[4:], "they leave the tab")
    assert pane.model.selection.ids == set(shown[:4])
    pane.choose_tab(Tab.DOWNLOADING)
    stage.until(lambda: set(pane.model.shown_ids()) == set(shown[:4]))
    stage.until(lambda: pane.bar.pause.text() == "Pause 4", "what is selected is on its way")
    pane.bar.pause.click()
    stage.until_states(shown[:4], State.PAUSED)
    pane.list.sortByColumn(Column.SIZE, Qt.SortOrder.DescendingOrder)
    pane.filters.field.setText(stage.row(shown[0]).resource.name)
    stage.until(lambda: pane.model.shown_ids() == [shown[0]])
    pane.bar.resume.click()
    stage.until(lambda: not stage.ids(State.PAUSED), "also those that the filter hides")
    assert set(stage.ids(State.MISSING)) == set(ids) - set(shown[:4])


def test_all_that_is_missing_failed_or_shown_is_selected_with_one_command(stage: Stage) -> None:
    window = stage.open()
    window.planning.open(["demo:?files=40&size=8KiB&trouble=1"])
    stage.plan().start.click()
    stage.until_settled()
    model, counts = window.resources.model, stage.counts()
    assert min(counts[Tab.MISSING], counts[Tab.FAILED], counts[Tab.DOWNLOADED]) > 0
    row = model.shown_ids()[:1]
    command(stage, row, f"Select all failed ({counts[Tab.FAILED]})").trigger()
    failed = set(model.ids_of(Tab.FAILED))
    assert model.selection.ids == failed
    stage.events.clear()
    window.resources.bar.retry.click()
    stage.until(lambda: {event.resource for event in stage.news(State.QUEUED)} == failed, "all are tried again")
    stage.until(lambda: not stage.ids(*(state for state in State if state.is_unfinished)), "they settle")
    assert {event.resource for event in stage.news()} == failed, "and no other"
    command(stage, row, f"Select all missing ({len(model.ids_of(Tab.MISSING))})").trigger()
    assert model.selection.ids == set(model.ids_of(Tab.MISSING))
    command(stage, row, "Select all shown (40)").trigger()
    assert len(model.selection) == 40


def test_keys_select_and_act_on_the_engine(stage: Stage) -> None:
    window = stage.open(settings=Settings(rate_limit=SLOW))
    ids = stage.add("demo:?files=5&size=1MiB")
    view = window.resources.list
    shown = window.resources.model.shown_ids()
    stage.click_row(shown[0])
    view.setFocus()
    for _ in range(2):
        stage.press(view, Qt.Key.Key_Down, SHIFT)
    assert window.resources.model.selection.ids == set(shown[:3])
    window.resources.bar.download.click()
    stage.plan().start.click()
    stage.until(lambda: len(stage.ids(State.MISSING)) == 2)
    stage.press(view, Qt.Key.Key_A, CTRL)
    assert window.resources.model.selection.ids == set(ids)
    window.resources.bar.cancel.click()
    stage.until_states(ids, State.MISSING)
    assert {event.resource for event in stage.news(State.MISSING)} == set(shown[:3]), "the others were missing already"
