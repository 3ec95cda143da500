"""Five tabs with counts; only the user chooses another one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from stabilitydl.domain.states import Tab
from stabilitydl.gui.tab_bar import TabBar


@pytest.fixture
def tabs(qtbot: QtBot) -> TabBar:
    made = TabBar()
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_click_chooses_and_tells(qtbot: QtBot, tabs: TabBar) -> None:
    chosen: list[Tab] = []
    tabs.chosen.connect(chosen.append)
    assert tabs.current is Tab.ALL
    qtbot.mouseClick(tabs.button(Tab.FAILED), Qt.MouseButton.LeftButton)
    assert chosen == [Tab.FAILED]
    assert tabs.current is Tab.FAILED


def test_counts_change_nothing_but_the_counts(tabs: TabBar) -> None:
    chosen: list[Tab] = []
    tabs.chosen.connect(chosen.append)
    tabs.choose(Tab.MISSING)
    tabs.show_counts({Tab.MISSING: 0, Tab.DOWNLOADED: 1234})
    assert tabs.current is Tab.MISSING
    assert tabs.button(Tab.DOWNLOADED).count.text() == "1,234"
    assert tabs.button(Tab.DOWNLOADED).accessibleName() == "Downloaded, 1234 files"
    assert chosen == []


def test_choosing_moves_nothing(qtbot: QtBot, tabs: TabBar) -> None:
    before = [tabs.button(tab).geometry() for tab in Tab]
    for tab in Tab:
        tabs.choose(tab)
        qtbot.wait(0)
        assert [tabs.button(each).geometry() for each in Tab] == before


def test_every_tab_has_a_shortcut_that_outlives_a_change_of_language(qtbot: QtBot, tabs: TabBar) -> None:
    tabs.retranslate()
    tabs.show_counts({Tab.ALL: 3})
    for number, tab in enumerate(Tab, start=1):
        assert tabs.button(tab).shortcut().toString() == f"Alt+{number}"
        assert f"Alt+{number}" in tabs.button(tab).toolTip()
