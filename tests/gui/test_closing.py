"""Closing asks once, and only while files are on their way (G06); whatever is answered, nothing is lost."""

from __future__ import annotations

import gc
from collections.abc import Callable

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QCheckBox, QMessageBox
from pytestqt.qtbot import QtBot

from stabilitydl.domain.states import State, Tab
from stabilitydl.gui.closing import Closing, ask_closing
from stabilitydl.gui.main_window import MainWindow
from stabilitydl.gui.tray import Tray
from stabilitydl.paths import resource_path
from stabilitydl.settings import Settings
from tests.gui.stage import SLOW, SlowReading, Stage


def answer(how: Callable[[QMessageBox], object]) -> list[str]:
    """Answer the next question; its text is in the result then."""
    asked: list[str] = []

    def act() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        asked.append(box.text())
        assert all(button.icon().isNull() for button in box.buttons()), "like every other button of the window"
        how(box)

    QTimer.singleShot(0, act)
    return asked


def press(words: str) -> Callable[[QMessageBox], object]:
    return lambda box: next(button for button in box.buttons() if words in button.text().replace("&", "")).click()


@pytest.fixture
def tray(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    """A desktop with a tray."""
    qapp.setWindowIcon(QIcon(str(resource_path("icons/stabilitydl.svg"))))
    monkeypatch.setattr(Tray, "is_available", property(lambda _self: True))


def busy(stage: Stage, **settings: object) -> MainWindow:
    window = stage.open(settings=Settings(rate_limit=SLOW, **settings))  # type: ignore[arg-type]
    ids = stage.add("demo:?files=3&size=1MiB")
    stage.start(ids)
    stage.until_states(ids[:1], State.DOWNLOADING)
    return window


def quits(window: MainWindow) -> list[bool]:
    told: list[bool] = []
    window.quit_wanted.connect(lambda: told.append(True))
    return told


def test_with_nothing_on_its_way_it_just_closes(stage: Stage) -> None:
    window = stage.open()
    stage.add("demo:?files=2")
    told = quits(window)
    assert window.close()
    assert told == [True]


def test_the_end_of_the_session_asks_nothing(stage: Stage) -> None:
    window = busy(stage)
    told = quits(window)
    window.expect_end()
    assert window.close()
    assert told == [True]


def test_an_end_from_outside_is_remembered_like_any_other(stage: Stage) -> None:
    window = stage.open()
    window.resources.choose_tab(Tab.FAILED)
    stage.opened.finish()
    assert stage.restart().resources.tabs.current is Tab.FAILED


def test_staying_changes_nothing(stage: Stage) -> None:
    window = busy(stage)
    told = quits(window)
    asked = answer(lambda box: box.reject())
    assert not window.close()
    assert asked == ["Files are still on their way."]
    assert told == []
    assert window.isVisible()
    assert stage.ids(State.DOWNLOADING)


def test_stop_and_keep_ends_the_program(stage: Stage) -> None:
    window = busy(stage)
    told = quits(window)
    asked = answer(press("Stop and keep"))
    assert window.close()
    assert asked
    assert told == [True]


@pytest.mark.usefixtures("tray")
@pytest.mark.qt_log_ignore("No such signal QPlatformNativeInterface::systemTrayWindowChanged", extend=True)
def test_the_tray_keeps_downloading_and_is_remembered(stage: Stage) -> None:
    window = busy(stage)
    told = quits(window)

    def take_the_tray(box: QMessageBox) -> None:
        box.findChild(QCheckBox).setChecked(True)  # type: ignore[union-attr]
        press("tray")(box)

    asked = answer(take_the_tray)
    window.close()
    assert asked
    assert told == []
    assert not window.isVisible()
    assert window.preferences.settings.close_to_tray
    window.tray.show_wanted.emit()
    assert window.isVisible()
    window.close()
    assert not window.isVisible(), "it is not asked again"
    assert told == []
    window.tray.quit_wanted.emit()
    assert told == [True]


def test_quitting_asks_nothing_because_nothing_is_lost(stage: Stage) -> None:
    window = busy(stage)
    told = quits(window)
    window.quit()
    assert told == [True]


def test_it_ends_while_files_come_and_goes_on_at_the_next_start(stage: Stage) -> None:
    """G06"""
    busy(stage)
    ids = stage.ids()
    window = stage.restart()
    stage.until(lambda: len(stage.ids()) == 3)
    stage.until(lambda: stage.ids(State.DOWNLOADING), "it goes on by itself")
    assert window.isVisible()
    stage.change(rate_limit=0)
    stage.until_states(ids, State.DOWNLOADED)


def test_it_ends_although_a_file_is_being_checked(stage: Stage, slow: SlowReading) -> None:
    """G06: the thread that reads a large file is left behind, and the next start checks it again."""
    stage.open()
    ids = stage.add("demo:?files=2&size=2MiB")
    stage.start(ids)
    stage.until_states(ids, State.VERIFYING)
    stage.until(slow.begun.is_set)
    stage.leave()
    assert not slow.gate.is_set(), "nothing waited for it"
    slow.gate.set()
    stage.open()
    stage.until_states(ids, State.DOWNLOADED)


@pytest.mark.parametrize("has_tray", [False, True])
def test_the_look_may_change_while_the_question_goes(stage: Stage, has_tray: bool) -> None:
    """Qt dresses also what is about to be deleted, with everything that it refers to."""
    window = stage.open()
    answer(lambda box: box.reject())
    ask_closing(window, has_tray=has_tray)
    gc.collect()
    stage.change(theme="dark")
    QApplication.setStyle(QApplication.style().name())


def test_where_there_is_no_tray_it_is_not_offered(qtbot: QtBot, stage: Stage) -> None:
    window = stage.open()
    seen: list[list[str]] = []

    def look(box: QMessageBox) -> None:
        seen.append([button.text() for button in box.buttons()])
        box.reject()

    answer(look)
    assert ask_closing(window, has_tray=False) == (None, False)
    assert not any("tray" in words for words in seen[0])
    answer(press("tray"))
    assert ask_closing(window, has_tray=True) == (Closing.TRAY, False)
