"""What all tests of the window share. Warnings of Qt are failures, and so is what a test leaves behind.

Without PySide6 or pytest-qt nothing here is collected.
"""

from __future__ import annotations

import gc
import importlib.util
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from PySide6.QtCore import QObject, QThread
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from stabilitydl.demo.hub import DemoHub
    from stabilitydl.gui.pictures import Pictures
    from stabilitydl.gui.theme import Appearance
    from tests.gui.stage import SlowReading, Stage

NOT_OFFSCREEN = ("does not support propagateSizeHints", r"does not support raise\(\)")
"""What the platform without a screen has to say about windows."""
HERE = Path(__file__).parent
HAS_QT = importlib.util.find_spec("PySide6") is not None and importlib.util.find_spec("pytestqt") is not None
collect_ignore_glob = [] if HAS_QT else ["*"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything below this folder needs Qt; the platform without a screen says something about each window."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.gui)
            own = [words for each in item.iter_markers("qt_log_ignore") for words in each.args]
            # Only the first of these markers counts.
            item.add_marker(pytest.mark.qt_log_ignore(*NOT_OFFSCREEN, *own, extend=True), append=False)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """What Qt has to complain about while a test is taken down is a failure too: the plugin listens until its end."""
    from PySide6.QtCore import QtMsgType, qInstallMessageHandler

    mark = item.get_closest_marker("qt_log_ignore")
    ignored = re.compile("|".join(mark.args if mark is not None else NOT_OFFSCREEN))
    said: list[str] = []

    def listen(kind: QtMsgType, _context: object, text: str | None) -> None:
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and not ignored.search(text or ""):
            said.append(text or "")

    before = qInstallMessageHandler(listen)
    try:
        result = yield
    finally:
        qInstallMessageHandler(before)
    assert not said, f"Qt complains at the end: {said}"
    return result


@pytest.fixture(scope="session", autouse=True)
def settled(qapp: QApplication) -> None:
    """What was there before the first test is left out when `nothing_left` looks through all objects."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_left(qapp: QApplication) -> Iterator[None]:
    """A window, a running timer or a thread of Qt that outlives its test is a defect."""
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    # The widgets themselves: another one may get the place, and so the id, of one that is gone.
    before = QApplication.topLevelWidgets()
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    windows = [widget for widget in QApplication.topLevelWidgets() if widget not in before]
    assert not windows, f"windows outlive the test: {windows}"
    timers, threads = running(qapp)
    assert not timers, f"timers outlive the test: {[(timer, timer.parent()) for timer in timers]}"
    assert not threads, f"threads outlive the test: {threads}"


def running(qapp: QApplication) -> tuple[list[QObject], list[QThread]]:
    """What has a timer, of its own or by `QObject.startTimer`, and threads other than the one of the tests."""
    from PySide6.QtCore import QAbstractEventDispatcher, QObject, QThread
    from shiboken6 import isValid

    # By type and not by isinstance, which asks proxies what they stand for.
    known = [thing for thing in gc.get_objects() if issubclass(type(thing), QObject) and isValid(thing)]
    threads = [each for each in known if isinstance(each, QThread) and each is not qapp.thread() and each.isRunning()]
    dispatcher = QAbstractEventDispatcher.instance()
    here = [thing for thing in known if thing is not qapp and thing.thread() is qapp.thread()]
    return [thing for thing in here if dispatcher.registeredTimers(thing)], threads


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """As the plugin's, but on a busy machine nothing is given up that would come."""
    from tests.gui.patience import PatientBot

    return PatientBot(request)


@pytest.fixture
def appearance(qapp: QApplication) -> Appearance:
    """The light look."""
    from stabilitydl.gui.theme import Appearance, ThemeChoice

    return Appearance(ThemeChoice.LIGHT)


@pytest.fixture
def pictures(qapp: QApplication) -> Pictures:
    from stabilitydl.gui.pictures import Pictures

    return Pictures()


@pytest.fixture
def dressed(appearance: Appearance, qapp: QApplication) -> Iterator[Appearance]:
    """The look of the program, applied to everything."""
    before = qapp.style().name(), qapp.font(), qapp.palette()
    appearance.apply()
    yield appearance
    qapp.setStyleSheet("")
    qapp.setStyle(before[0])
    qapp.setFont(before[1])
    qapp.setPalette(before[2])


@pytest.fixture(scope="session")
def demo() -> Iterator[DemoHub]:
    """One demo hub for all tests; its server starts when it is first needed."""
    from stabilitydl.demo.hub import DemoHub

    hub = DemoHub()
    yield hub
    hub.close()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowReading]:
    """Files that are read back so slowly that it does not end before the gate is opened."""
    from tests.gui.stage import SlowReading

    made = SlowReading(monkeypatch)
    yield made
    made.gate.set()


@pytest.fixture
def stage(
    qtbot: QtBot, home: Path, dressed: Appearance, demo: DemoHub, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    """The window on the real engine and the demo hub."""
    from tests.gui.stage import Stage

    # What can be taken back for some seconds can be taken back for as long as a slow machine needs.
    monkeypatch.setattr("stabilitydl.engine.undo.UNDO_SECONDS", 600.0)
    made = Stage(qtbot, home, dressed, demo)
    yield made
    made.close()
