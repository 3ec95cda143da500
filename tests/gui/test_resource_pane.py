"""The right side: selection lives by id across tabs, filters, sorting and both views; menus and empty places."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from stabilitydl.domain.resource import ResourceSnapshot
from stabilitydl.domain.states import State, Tab
from stabilitydl.errors import Problem
from stabilitydl.gui import arranger
from stabilitydl.gui.pictures import Pictures
from stabilitydl.gui.resource_index import Column
from stabilitydl.gui.resource_pane import ResourcePane
from stabilitydl.gui.row_action import RowAction
from stabilitydl.gui.rows import Rows
from stabilitydl.gui.theme import Appearance
from tests.gui.samples import MB, child, key, moved, pack

STATES = [State.MISSING] * 5 + [State.DOWNLOADING] * 3 + [State.DOWNLOADED] * 4 + [State.FAILED] * 2


def children() -> list[ResourceSnapshot]:
    return [
        child(number, state, size=(20 - number) * MB, problem=Problem("server-failed") if state.is_trouble else None)
        for number, state in enumerate(STATES)
    ]


@pytest.fixture
def pane(qtbot: QtBot, appearance: Appearance, pictures: Pictures) -> Iterator[ResourcePane]:
    made = ResourcePane(appearance, pictures)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show_collection(pack(1, "Pack", {State.MISSING: 14}, target="/models/pack"), has_collections=True)
    made.load(children())
    made.show()
    yield made
    made.close_model()


def click(qtbot: QtBot, pane: ResourcePane, number: int, modifiers: Qt.KeyboardModifier | None = None) -> None:
    row = pane.model.row_of(key(number))
    assert row is not None
    place = pane.list.visualRect(pane.model.index(row, Column.NAME)).center()
    none = Qt.KeyboardModifier.NoModifier
    qtbot.mouseClick(pane.list.viewport(), Qt.MouseButton.LeftButton, modifiers or none, place)


def selected(pane: ResourcePane) -> set[int]:
    return {int(each, 16) for each in pane.model.selection.ids}


def test_click_shift_and_control_select(qtbot: QtBot, pane: ResourcePane) -> None:
    click(qtbot, pane, 1)
    assert selected(pane) == {1}
    click(qtbot, pane, 4, Qt.KeyboardModifier.ShiftModifier)
    assert selected(pane) == {1, 2, 3, 4}
    click(qtbot, pane, 2, Qt.KeyboardModifier.ControlModifier)
    click(qtbot, pane, 7, Qt.KeyboardModifier.ControlModifier)
    assert selected(pane) == {1, 3, 4, 7}
    assert pane.bar.count.text() == "4 selected"


def test_selection_stays_across_tabs_filters_sorting_and_views(qtbot: QtBot, pane: ResourcePane) -> None:
    chosen = {0, 1, 6, 9, 13}
    pane.model.selection.replace(key(number) for number in chosen)
    for tab in Tab:
        pane.choose_tab(tab)
        assert selected(pane) == chosen
    pane.filters.field.setText("file-006")
    assert pane.model.rowCount() == 1
    assert selected(pane) == chosen
    pane.filters.clear()
    pane.list.sortByColumn(Column.SIZE, Qt.SortOrder.AscendingOrder)
    assert selected(pane) == chosen
    pane.as_grid.click()
    assert pane.is_grid
    assert selected(pane) == chosen
    assert pane.bar.count.text() == "5 selected"
    pane.as_list.click()
    assert {index.row() for index in pane.list.selectionModel().selectedRows()} == {
        pane.model.row_of(key(number)) for number in chosen
    }


def test_tabs_add_up_and_filter(pane: ResourcePane) -> None:
    counts = {tab: pane.tabs.count(tab) for tab in Tab}
    assert counts == {Tab.MISSING: 5, Tab.DOWNLOADING: 3, Tab.DOWNLOADED: 4, Tab.FAILED: 2, Tab.ALL: 14}
    for tab in Tab:
        pane.choose_tab(tab)
        assert pane.model.rowCount() == counts[tab]


def test_everything_has_its_place_before_it_is_painted(pane: ResourcePane) -> None:
    before = pane.tabs.width()
    pane.load([child(number) for number in range(1500)])
    assert pane.list.verticalScrollBar().maximum() > 0
    assert pane.tabs.width() == pane.tabs.sizeHint().width() > before


def test_the_chosen_tab_does_not_jump(pane: ResourcePane) -> None:
    pane.choose_tab(Tab.FAILED)
    pane.model.apply([moved(12, State.FAILED, State.QUEUED), moved(13, State.FAILED, State.QUEUED)])
    assert pane.tabs.current is Tab.FAILED
    assert pane.tabs.count(Tab.FAILED) == 0
    assert pane.stack.currentWidget() is pane.empty
    assert pane.empty.title.text() == "Nothing has failed"


def test_the_bar_acts_on_what_its_button_counts(pane: ResourcePane) -> None:
    told: dict[str, set[int]] = {}
    for name in ("download", "pause", "retry", "cancel"):
        signal = getattr(pane.wishes, name)
        signal.connect(lambda ids, name=name: told.__setitem__(name, {int(each, 16) for each in ids}))
    pane.wishes.remove.connect(lambda ids, _files: told.__setitem__("remove", {int(each, 16) for each in ids}))
    pane.wishes.rank.connect(lambda ids, step: told.__setitem__(f"rank {step}", {int(each, 16) for each in ids}))
    pane.list.selectAll()
    for button in (pane.bar.download, pane.bar.pause, pane.bar.retry, pane.bar.cancel, pane.bar.remove):
        button.click()
    pane.bar.later.trigger()
    assert told == {
        "download": set(range(5)),
        "pause": {5, 6, 7},
        "cancel": {5, 6, 7},
        "retry": {12, 13},
        "remove": set(range(14)),
        "rank -1": set(range(8)),
    }


def test_keys_select_all_remove_and_rank(qtbot: QtBot, pane: ResourcePane) -> None:
    told: list[object] = []
    pane.wishes.rank.connect(lambda ids, step: told.append((len(ids), step)))
    pane.wishes.remove.connect(lambda ids, files: told.append((len(ids), files)))
    pane.activateWindow()
    pane.list.setFocus()
    qtbot.waitUntil(pane.list.hasFocus)
    pane.choose_tab(Tab.MISSING)
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(pane.list, Qt.Key.Key_A, control)
    assert selected(pane) == set(range(5)), "what matches, not what a tab hides"
    qtbot.keyClick(pane.list, Qt.Key.Key_Up, control | shift)
    qtbot.keyClick(pane.list, Qt.Key.Key_Down, control | shift)
    qtbot.keyClick(pane.list, Qt.Key.Key_Delete)
    assert told == [(5, 1), (5, -1), (5, False)]
    qtbot.keyClick(pane.list, Qt.Key.Key_Escape)
    assert not pane.model.selection


def titles(menu: QMenu) -> dict[str, bool]:
    return {action.text().partition("\t")[0]: action.isEnabled() for action in menu.actions() if action.text()}


def test_the_menu_of_one_row_begins_with_its_remedy(pane: ResourcePane) -> None:
    done: list[tuple[str, RowAction]] = []
    pane.wishes.act.connect(lambda resource, action: done.append((resource, action)))
    menu = pane.menu_for([key(12)])
    assert titles(menu) == {
        "Retry": True,
        "Download": False,
        "Pause": False,
        "Resume": False,
        "Cancel": False,
        "Start earlier": False,
        "Start later": False,
        "Limit speed": True,
        "Remove from the list": True,
        "Move the files to the trash": True,
        "Select all missing (5)": True,
        "Select all failed (2)": True,
        "Select all shown (14)": True,
    }
    menu.actions()[0].trigger()
    assert done == [(key(12), RowAction.RETRY)]
    menu.deleteLater()


def test_the_menu_of_one_row_leads_to_its_folder_and_its_page(pane: ResourcePane) -> None:
    told: list[tuple[str, str]] = []
    pane.wishes.folder.connect(lambda resource: told.append(("folder", resource)))
    pane.wishes.page.connect(lambda resource: told.append(("page", resource)))
    page = "https://civitai.com/models/1"
    pane.load([child(0, State.DOWNLOADED, page=page), child(1, State.MISSING), child(2, State.GONE, page=page)])
    places = ("Open the folder", "Open the page")
    for number, wanted in ((0, places), (1, ()), (2, ())):
        menu = pane.menu_for([key(number)])
        found = [action for action in menu.actions() if action.text() in places]
        assert tuple(action.text() for action in found) == wanted
        for action in found:
            action.trigger()
        menu.deleteLater()
    assert told == [("folder", key(0)), ("page", key(0))]


def test_the_menu_of_many_counts_and_selects(pane: ResourcePane) -> None:
    menu = pane.menu_for([key(number) for number in range(14)])
    assert list(titles(menu))[:3] == ["Download (5)", "Pause (3)", "Resume"]
    told: list[int] = []
    pane.wishes.download.connect(lambda ids: told.append(len(ids)))
    next(action for action in menu.actions() if action.text() == "Download (5)").trigger()
    assert told == [5]
    next(action for action in menu.actions() if action.text() == "Select all failed (2)").trigger()
    assert selected(pane) == {12, 13}
    menu.deleteLater()


def test_the_menu_key_opens_the_menu_at_the_row(qtbot: QtBot, pane: ResourcePane) -> None:
    told: list[tuple[list[str], QPoint]] = []
    pane.list.menu_wanted.disconnect()
    pane.list.menu_wanted.connect(lambda ids, place: told.append((ids, place)))
    click(qtbot, pane, 2)
    from PySide6.QtGui import QContextMenuEvent
    from PySide6.QtWidgets import QApplication

    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    QApplication.sendEvent(pane.list.viewport(), event)
    assert [ids for ids, _ in told] == [[key(2)]]


def test_empty_places_teach(pane: ResourcePane) -> None:
    pane.load([child(1, State.DOWNLOADED)])
    pane.choose_tab(Tab.MISSING)
    assert (pane.empty.title.text(), pane.empty.text.text()) == ("Everything is here", "/models/pack")
    pane.load([child(1, State.DOWNLOADED), child(2, State.FAILED)])
    assert pane.empty.title.text() == "Nothing is missing", "a failed one is not here"
    pane.choose_tab(Tab.DOWNLOADING)
    assert pane.empty.title.text() == "Nothing is on its way"
    pane.choose_tab(Tab.ALL)
    pane.filters.field.setText("nothing like this")
    assert pane.empty.title.text() == "Nothing matches the filter"
    pane.empty.button.click()
    assert pane.stack.currentWidget() is pane.list
    assert pane.filters.field.text() == ""


def test_narrow_places_leave_room_for_names(qtbot: QtBot, pane: ResourcePane) -> None:
    for width in (620, 760, 1000):
        pane.resize(width, 500)
        qtbot.wait(0)
        header = pane.list.horizontalHeader()
        assert header.sectionSize(Column.NAME) >= 150, width
        assert header.length() <= pane.list.viewport().width(), width
    assert not pane.list.isColumnHidden(Column.BASE_MODEL)


def test_many_children_are_added_up_after_a_while(qtbot: QtBot, pane: ResourcePane) -> None:
    pane.load([child(number, size=MB) for number in range(2500)])
    qtbot.waitUntil(lambda: pane.header.get_missing.text() == "Get the missing 2,500 \u00b7 2.5 GB")


def test_filters_offer_what_the_shown_children_have_once_they_are_there(
    qtbot: QtBot, pane: ResourcePane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arranger, "THREAD_FROM", 3)
    pane.load([child(number, type=("Upscaler", "VAE")[number % 2]) for number in range(50, 60)])
    with qtbot.waitSignal(pane.model.arranged, timeout=60_000):
        pass
    pane.filters.menu.aboutToShow.emit()
    titles = [each.text() for menu in pane.filters.menu.findChildren(QMenu) for each in menu.actions()]
    assert {"Upscaler (5)", "VAE (5)"} <= set(titles)


def test_counts_and_sums_do_not_look_through_the_children(pane: ResourcePane, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(*_arguments: object) -> None:
        raise AssertionError("a hundred thousand children would be noticed")

    for name in ("ids_in", "mask", "sums_under"):
        monkeypatch.setattr(Rows, name, look)
    pane.model.apply([moved(0, State.MISSING, State.QUEUED)])
    assert pane.tabs.count(Tab.MISSING) == 4
    assert pane.header.get_missing.text().startswith("Get the missing 4 ")
