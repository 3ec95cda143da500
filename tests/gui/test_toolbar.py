"""The bar at the top translates clicks into wishes, and shows what holds right now."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from stabilitydl.gui.rate_menu import RATES
from stabilitydl.gui.toolbar import Toolbar


@pytest.fixture
def toolbar(qtbot: QtBot) -> Toolbar:
    made = Toolbar()
    qtbot.addWidget(made)
    return made


def test_enter_gives_the_address_and_typing_the_words(qtbot: QtBot, toolbar: Toolbar) -> None:
    entered: list[str] = []
    typed: list[str] = []
    toolbar.locator_entered.connect(entered.append)
    toolbar.search_changed.connect(typed.append)
    qtbot.keyClicks(toolbar.field, " ab ")
    qtbot.keyClick(toolbar.field, Qt.Key.Key_Return)
    assert entered == ["ab"]
    assert typed[-1] == " ab "
    toolbar.field.clear()
    qtbot.keyClick(toolbar.field, Qt.Key.Key_Return)
    assert entered == ["ab"], "nothing is no address"


def test_limits_are_offered_and_the_present_one_is_marked(toolbar: Toolbar) -> None:
    chosen: list[int] = []
    toolbar.limit_chosen.connect(chosen.append)
    toolbar.show_limit(3_000_000)
    assert toolbar.limit.text() == "at most 3.0 MB/s"
    actions = toolbar.limit.menu().actions()
    assert len(actions) == len(RATES) + 1, "a limit that was typed elsewhere is among them"
    assert [action.text() for action in actions if action.isChecked()] == ["at most 3.0 MB/s"]
    actions[0].trigger()
    assert chosen == [0]
    toolbar.show_limit(0)
    assert toolbar.limit.text() == "no limit"
    assert len(toolbar.limit.menu().actions()) == len(RATES)


def test_the_button_for_all_says_what_it_would_do(qtbot: QtBot, toolbar: Toolbar) -> None:
    wanted: list[bool] = []
    toolbar.pause_all_wanted.connect(wanted.append)
    toolbar.pause_all.click()
    assert not wanted, "nothing to do"
    for unfinished, paused, words, expected in (
        (3, 0, "Pause all", True),
        (3, 2, "Pause all", True),
        (0, 2, "Resume all", False),
    ):
        toolbar.show_work(unfinished, paused)
        assert toolbar.pause_all.text() == words
        toolbar.pause_all.click()
        assert wanted[-1] is expected


def test_speed_is_shown_while_there_is_one(toolbar: Toolbar) -> None:
    toolbar.show_speed(112_000_000)
    assert toolbar.speed.text() == "\u2193 112 MB/s"
    toolbar.show_speed(0.0)
    assert toolbar.speed.text() == ""


def test_every_command_of_the_menu_shows_its_shortcut(toolbar: Toolbar) -> None:
    told: list[str] = []
    toolbar.settings_wanted.connect(lambda: told.append("settings"))
    toolbar.activity_wanted.connect(lambda: told.append("activity"))
    toolbar.about_wanted.connect(lambda: told.append("about"))
    toolbar.quit_wanted.connect(lambda: told.append("quit"))
    actions = [action for action in toolbar.more.menu().actions() if not action.isSeparator()]
    for action in actions:
        assert action.text()
        assert action.shortcut() != QKeySequence()
        action.trigger()
    assert told == ["settings", "activity", "about", "quit"]
