"""Work beside the thread of the window: only the latest wish counts."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from stabilitydl.gui.background import Background


@pytest.fixture
def background(qtbot: QtBot) -> Iterator[Background]:
    made = Background("test")
    yield made
    made.close()


def test_the_result_comes_back_in_the_thread_of_the_window(background: Background, qtbot: QtBot) -> None:
    here, seen = threading.current_thread(), []
    background.run(
        lambda: threading.current_thread().name, lambda name: seen.append((name, threading.current_thread()))
    )
    assert background.is_busy
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [("test", here)]
    assert not background.is_busy
    assert background.thread() is QThread.currentThread()


def test_a_later_wish_replaces_earlier_ones(background: Background, qtbot: QtBot) -> None:
    go_on, seen = threading.Event(), []
    background.run(lambda: go_on.wait(10), lambda _result: seen.append("first"))
    background.run(lambda: 2, seen.append)
    background.run(lambda: 3, seen.append)
    go_on.set()
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [3]


def test_what_is_dropped_does_not_come(background: Background, qtbot: QtBot) -> None:
    seen: list[int] = []
    background.run(lambda: 1, seen.append)
    background.drop()
    assert not background.is_busy
    background.run(lambda: 2, seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [2]


def test_a_failure_is_logged_and_the_next_wish_is_served(
    background: Background, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[float] = []
    background.run(lambda: 1 / 0, seen.append)
    qtbot.waitUntil(lambda: not background.is_busy)
    background.run(lambda: 1.0, seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [1.0]
    assert "test failed" in caplog.text
    assert repr(background) == "<Background test>"


def test_nothing_begins_after_the_end(background: Background, qtbot: QtBot) -> None:
    seen: list[int] = []
    background.run(lambda: seen.append(1), lambda _result: seen.append(2))
    background.close()
    background.run(lambda: seen.append(3), lambda _result: seen.append(4))
    assert not background.is_busy
    qtbot.wait(1)
    assert seen == [1]
    assert not [thread for thread in threading.enumerate() if thread.name == "test"]
