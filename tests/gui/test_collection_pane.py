"""The left side: filters with counts, ways to group, a menu for each collection."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from stabilitydl.domain.states import State
from stabilitydl.gui.collection_groups import CollectionFilter, Grouping
from stabilitydl.gui.collection_menu import CollectionMenu
from stabilitydl.gui.collection_pane import CollectionPane
from stabilitydl.gui.pictures import Pictures
from stabilitydl.gui.theme import Appearance
from tests.gui.samples import pack

PACKS = [
    pack(1, "Alpha", {State.MISSING: 3}, type="LoRA"),
    pack(2, "Beta", {State.DOWNLOADED: 3}, type="VAE"),
    pack(3, "Gamma", {State.DOWNLOADING: 1, State.FAILED: 2}, hub="demo", type="LoRA"),
]


@pytest.fixture
def pane(qtbot: QtBot, appearance: Appearance, pictures: Pictures) -> CollectionPane:
    made = CollectionPane(appearance, pictures)
    qtbot.addWidget(made)
    made.resize(264, 600)
    made.model.load(PACKS)
    made.show()
    return made


def test_filters_count_and_say_so(pane: CollectionPane) -> None:
    counts = {which: button.count.text() for which, button in pane.buttons.items()}
    assert counts == {
        CollectionFilter.ALL: "3",
        CollectionFilter.ACTIVE: "1",
        CollectionFilter.INCOMPLETE: "2",
        CollectionFilter.FAILURES: "1",
    }
    assert pane.buttons[CollectionFilter.ACTIVE].accessibleName() == "Active now, 1 collections"
    pane.model.load(PACKS[:1])
    assert pane.buttons[CollectionFilter.ACTIVE].count.text() == "", "no zeros to read"


def test_a_filter_shows_what_passes_and_the_first_one_chooses_all(qtbot: QtBot, pane: CollectionPane) -> None:
    chosen: list[str] = []
    pane.chosen.connect(chosen.append)
    qtbot.mouseClick(pane.buttons[CollectionFilter.FAILURES], Qt.MouseButton.LeftButton)
    assert pane.filter is CollectionFilter.FAILURES
    assert pane.model.rowCount() == 1
    assert chosen == []
    qtbot.mouseClick(pane.buttons[CollectionFilter.ALL], Qt.MouseButton.LeftButton)
    assert chosen == [""]
    assert pane.model.rowCount() == 3


def test_a_collection_is_chosen_with_mouse_and_keys(qtbot: QtBot, pane: CollectionPane) -> None:
    chosen: list[str] = []
    pane.chosen.connect(chosen.append)
    view = pane.view
    first = pane.model.index_of(PACKS[0].id)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(first).center())
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert chosen == [PACKS[0].id, PACKS[1].id]
    pane.choose(PACKS[2].id)
    assert chosen == [PACKS[0].id, PACKS[1].id], "no signal for what the program does"
    assert view.current == PACKS[2].id


def test_coming_with_the_keyboard_chooses_nothing_yet(qtbot: QtBot, pane: CollectionPane) -> None:
    chosen: list[str] = []
    pane.chosen.connect(chosen.append)
    pane.activateWindow()
    pane.group_button.setFocus()
    qtbot.waitUntil(pane.group_button.hasFocus)
    qtbot.keyClick(pane.group_button, Qt.Key.Key_Tab)
    assert pane.view.hasFocus()
    assert chosen == []
    qtbot.keyClick(pane.view, Qt.Key.Key_Return)
    assert chosen == [PACKS[0].id]
    assert pane.view.current == PACKS[0].id


@pytest.mark.parametrize(("grouping", "top"), [(Grouping.NONE, 3), (Grouping.HUB, 2), (Grouping.TYPE, 2)])
def test_grouping_is_chosen_in_the_menu(pane: CollectionPane, grouping: Grouping, top: int) -> None:
    pane.groupings[grouping].trigger()
    assert pane.grouping is grouping
    assert pane.model.rowCount() == top
    assert [action for action in pane.groupings.values() if action.isChecked()] == [pane.groupings[grouping]]


def test_the_menu_offers_what_can_be_done(qtbot: QtBot) -> None:
    menu = CollectionMenu(None)
    qtbot.addWidget(menu)
    told: list[tuple[str, str]] = []
    for name in ("missing", "pause", "resume", "check", "page", "folder", "remove"):
        getattr(menu, f"{name}_wanted").connect(lambda collection, name=name: told.append((name, collection)))
    menu.show_for(pack(1, "A", {State.MISSING: 1, State.DOWNLOADING: 1}, page="https://x", target="/x"))
    assert [action.isEnabled() for action in (menu.missing, menu.pause, menu.resume)] == [True, True, False]
    for action in menu.actions():
        if not action.isSeparator():
            assert action.text()
            action.trigger()
    identity = pack(1, "A", {}).id
    assert told == [(name, identity) for name in ("missing", "pause", "check", "page", "folder", "remove")]
    menu.show_for(pack(2, "B", {State.PAUSED: 1}))
    assert [action.isEnabled() for action in (menu.missing, menu.pause, menu.resume)] == [False, False, True]
    assert not menu.page.isEnabled()
