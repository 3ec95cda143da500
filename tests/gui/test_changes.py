"""What changes around a window that is at work (G07): language, direction, scale, sleep, a lock of the screen."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import anyio.lowlevel
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from stabilitydl.domain.states import State, Tab
from stabilitydl.gui.qt import override
from stabilitydl.settings import Settings
from tests.fakes.clock import ManualClock
from tests.gui.stage import SLOW, Stage
from tests.gui.test_load import Endless

ROOT = Path(__file__).resolve().parents[2]
PACK = "demo:?files=3&size=1MiB"
HOURS = 8 * 3600.0


class Spoken(QTranslator):
    """Puts every text into another script: the same length in Japanese and Arabic, a third longer in German."""

    def __init__(self, letter: str, more: float) -> None:
        super().__init__()
        self._letter = letter
        self._more = more

    @override
    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        return f"{self._letter}{text}{self._letter * int(len(text) * self._more)}"

    @override
    def isEmpty(self) -> bool:
        return False


LANGUAGES = {
    "german": (Spoken("ß", 0.33), Qt.LayoutDirection.LeftToRight),
    "arabic": (Spoken("ب", 0.1), Qt.LayoutDirection.RightToLeft),
    "japanese": (Spoken("日", 0.1), Qt.LayoutDirection.LeftToRight),
}


@pytest.fixture(params=list(LANGUAGES))
def language(request: pytest.FixtureRequest) -> Iterator[tuple[Spoken, Qt.LayoutDirection]]:
    yield LANGUAGES[request.param]
    QCoreApplication.removeTranslator(LANGUAGES[request.param][0])
    QGuiApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_a_language_comes_while_files_do(stage: Stage, language: tuple[Spoken, Qt.LayoutDirection]) -> None:
    """G07"""
    translator, direction = language
    window = stage.open(settings=Settings(rate_limit=SLOW))
    ids = stage.add(PACK)
    stage.start(ids)
    stage.until_states(ids, State.DOWNLOADING)
    window.resources.model.selection.replace(ids[:2])
    QCoreApplication.installTranslator(translator)
    QGuiApplication.setLayoutDirection(direction)
    stage.until(lambda: window.toolbar.add.text().startswith(translator._letter), "it is spoken")
    assert window.resources.tabs.button(Tab.MISSING).text().startswith(translator._letter)
    assert window.layoutDirection() is direction
    assert window.resources.model.selection.ids == set(ids[:2])
    assert window.minimumSizeHint().width() <= 1280
    assert window.width() <= 1280
    window.grab()
    before = {each: stage.row(each).received for each in ids}
    stage.change(rate_limit=0)
    stage.until_states(ids, State.DOWNLOADED)
    assert all(before[each] <= stage.row(each).received for each in ids), "no progress is lost"
    assert not stage.news(State.FAILED)


def test_files_come_behind_a_locked_screen_and_in_a_hidden_window(stage: Stage) -> None:
    """G07"""
    window = stage.open(settings=Settings(rate_limit=SLOW))
    ids = stage.add(PACK)
    stage.start(ids)
    stage.until_states(ids, State.DOWNLOADING)
    window.showMinimized()
    QApplication.sendEvent(QApplication.instance(), QEvent(QEvent.Type.ApplicationDeactivate))
    window.hide()
    stage.change(rate_limit=0)
    stage.until(lambda: len(stage.ids(State.DOWNLOADED)) == 3, "they come unseen")
    window.raise_window()
    assert window.isVisible()
    assert not window.isMinimized()
    assert stage.counts()[Tab.DOWNLOADED] == 3
    stage.until(lambda: not window.toolbar.pause_all.isEnabled(), "nothing is left to pause")


def test_eight_hours_of_sleep_lose_nothing(stage: Stage) -> None:
    """G07"""
    clock, endless = ManualClock(), Endless()
    window = stage.open(settings=Settings(), clock=clock, fetch=endless)
    ids = stage.add(PACK)
    stage.start(ids)
    stage.until_states(ids, State.DOWNLOADING)

    async def wake_up() -> None:
        endless.grow()
        clock.advance(HOURS)
        for _ in range(50):
            await anyio.lowlevel.checkpoint()

    stage.events.clear()
    stage.opened.bridge.ask(wake_up, lambda _done: None)
    stage.until(lambda: stage.events, "it goes on")
    assert not stage.news(), "nothing failed, nothing began anew"
    assert set(stage.ids(State.DOWNLOADING)) == set(ids)
    assert window.resources.model.state_text(stage.row(ids[0])).left.startswith("0 %")


def test_the_scale_of_the_screen_changes_while_it_runs(stage: Stage) -> None:
    """G07: as when the window is moved to another screen."""
    window = stage.open()
    stage.add(PACK)
    for kind in (
        QEvent.Type.DevicePixelRatioChange,
        QEvent.Type.ScreenChangeInternal,
        QEvent.Type.ApplicationFontChange,
    ):
        for widget in (window, window.resources.list.viewport(), window.resources.grid.viewport()):
            QApplication.sendEvent(widget, QEvent(kind))
    assert not window.grab().isNull()
    assert window.resources.model.rowCount() == 3


@pytest.mark.parametrize("scale", ["1.5", "2"])
def test_the_layout_holds_at_other_scales(tmp_path: Path, scale: str) -> None:
    """G07: in a process of its own, as Qt takes the scale of the screen at the start."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'inner'}"),
            *("tests/gui/test_window_manners.py", "-k", "(cut or lies) and long"),
        ],
        cwd=ROOT,
        env={**os.environ, "QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout
