"""What finds things that outlive a test finds each kind of them."""

from __future__ import annotations

from PySide6.QtCore import QObject, QThread, QTimer
from PySide6.QtWidgets import QApplication

from tests.gui.conftest import running


class OwnTimer(QTimer):
    """Not a QTimer by its type."""


class OwnThread(QThread):
    """Not a QThread by its type."""


def test_timers_of_every_kind_are_found(qapp: QApplication) -> None:
    assert running(qapp) == ([], [])
    own, plain, thing = OwnTimer(), QTimer(), QObject()
    for timer in (own, plain):
        timer.start(1_000_000)
    number = thing.startTimer(1_000_000)
    assert {id(each) for each in running(qapp)[0]} == {id(own), id(plain), id(thing)}
    own.stop()
    plain.stop()
    thing.killTimer(number)
    assert running(qapp) == ([], [])


def test_a_thread_of_any_class_is_found(qapp: QApplication) -> None:
    thread = OwnThread()
    thread.start()
    try:
        assert running(qapp)[1] == [thread]
    finally:
        thread.quit()
        assert thread.wait(60_000)
    assert running(qapp)[1] == []
