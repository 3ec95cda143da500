"""One message at a time, the newest; what can be taken back can be for as long as it is shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from stabilitydl.gui.toast import SAY_MILLISECONDS, UNDO_MILLISECONDS, Toast


@pytest.fixture
def toast(qtbot: QtBot) -> Iterator[Toast]:
    made = Toast()
    qtbot.addWidget(made)
    yield made
    made.stop()


def test_the_newest_message_replaces_the_one_before(toast: Toast) -> None:
    calls: list[str] = []
    toast.say("first", action="Undo", call=lambda: calls.append("first"))
    assert toast.isVisible()
    assert toast._timer.interval() == UNDO_MILLISECONDS
    toast.say("second")
    assert toast.label.text() == "second"
    assert toast.button.isHidden()
    assert toast._timer.interval() == SAY_MILLISECONDS
    toast.button.click()
    assert calls == [], "the undo of a message that is gone is gone"


def test_undo_is_called_once_and_the_message_goes(toast: Toast) -> None:
    calls: list[int] = []
    toast.say("cancelled", action="Undo", call=lambda: calls.append(1))
    toast.button.click()
    toast.button.click()
    assert calls == [1]
    assert toast.isHidden()
    assert not toast.is_leaving


def test_it_goes_by_itself_unless_it_stays(toast: Toast) -> None:
    toast.say("stays", stays=True)
    assert toast.isVisible()
    assert not toast.is_leaving
    toast.say("leaves")
    assert toast.is_leaving
    toast._timer.timeout.emit()
    assert toast.isHidden()
    toast.say("closed")
    toast.dismiss.click()
    assert toast.isHidden()
    assert toast.dismiss.accessibleName()


def test_an_address_can_be_copied_for_as_long_as_it_takes(toast: Toast) -> None:
    toast.say_address("The page is https://a.test/.", "https://a.test/")
    assert toast.label.text() == "The page is https://a.test/."
    assert not toast.is_leaving
    QGuiApplication.clipboard().clear()
    toast.button.click()
    assert QGuiApplication.clipboard().text() == "https://a.test/"
    assert toast.isHidden()


def test_a_long_message_does_not_push_the_window_apart(toast: Toast) -> None:
    toast.say("word " * 200)
    assert toast.minimumSizeHint().width() < 300
