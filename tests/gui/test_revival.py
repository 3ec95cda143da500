"""An engine that a fault has ended: the window says so, starts another one, and nothing is lost."""

from __future__ import annotations

import threading

import anyio

from stabilitydl.clock import SystemClock
from stabilitydl.domain.states import State
from stabilitydl.engine.running import TICK
from stabilitydl.errors import Problem
from stabilitydl.gui import revival
from stabilitydl.gui.report_dialog import ReportDialog
from stabilitydl.settings import Settings
from tests.gui.stage import SLOW, Stage

PACK = "demo:?files=3&size=256KiB"


class Fuse(SystemClock):
    """A clock with a defect: once it is lit, the next tick of the engine - or each, for ``ever`` - raises."""

    def __init__(self, *, ever: bool = False) -> None:
        self.lit = threading.Event()
        self._ever = ever

    async def sleep(self, seconds: float) -> None:
        if self.lit.is_set() and seconds == TICK:
            if not self._ever:
                self.lit.clear()
            raise ZeroDivisionError("a defect in the root task group")
        await super().sleep(seconds)


def test_an_engine_that_a_fault_ends_is_started_again_and_goes_on(stage: Stage) -> None:
    """G03: never a silent dead window."""
    fuse = Fuse()
    window = stage.open(settings=Settings(rate_limit=SLOW), clock=fuse)
    lost: list[Problem] = []
    stage.opened.bridge.lost.connect(lost.append)
    ids = stage.add(PACK)
    stage.start(ids)
    stage.until_states(ids, State.DOWNLOADING)
    stage.opened.bridge.pause(ids[2:])
    stage.until_states(ids[2:], State.PAUSED)
    stage.change(rate_limit=SLOW * 2)
    stage.events.clear()
    fuse.lit.set()
    stage.until(lambda: window.notices.lines, "the window says so")
    assert [problem.arguments["detail"] for problem in lost] == ["ZeroDivisionError('a defect in the root task group')"]
    (line,) = window.notices.lines
    assert line.label.text() == "A fault has stopped the downloads. They were started again and go on."
    stage.until(lambda: {event.resource for event in stage.news(State.DOWNLOADING)} == set(ids[:2]), "they go on")
    assert stage.row(ids[2]).state is State.PAUSED
    assert stage.opened.bridge.engine._settings == stage.window.preferences.settings, "as they were set last"
    stage.change(rate_limit=0)
    stage.until_states(ids[:2], State.DOWNLOADED)
    line.action.click()
    assert "a defect in the root task group" in stage.dialog(ReportDialog).text.toPlainText()
    assert window.notices.isHidden()


def test_what_is_asked_of_an_engine_that_has_ended_is_answered(stage: Stage) -> None:
    fuse = Fuse()
    window = stage.open(settings=Settings(rate_limit=SLOW), clock=fuse)
    bridge = stage.opened.bridge
    ids = stage.add(PACK)
    stage.start(ids)
    stage.until_states(ids, State.DOWNLOADING)
    told: list[Problem] = []
    bridge.ask(anyio.sleep_forever, lambda _none: None, told.append)
    fuse.lit.set()
    stage.until(lambda: told, "whoever waits is told")
    assert told[0].code == "engine-stopped"
    stage.until(lambda: window.notices.lines)


def test_a_fault_that_comes_back_is_not_tried_for_ever(stage: Stage) -> None:
    fuse = Fuse(ever=True)
    window = stage.open(settings=Settings(rate_limit=SLOW), clock=fuse)
    lost: list[Problem] = []
    stage.opened.bridge.lost.connect(lost.append)
    ids = stage.add(PACK)
    stage.start(ids)
    stage.until_states(ids, State.DOWNLOADING)
    fuse.lit.set()
    stage.until(lambda: len(window.notices.lines) == 2, "it is given up")
    assert len(lost) == revival.MOST + 1
    given_up = window.notices.lines[-1]
    assert given_up.label.text() == "A fault has stopped the downloads. What has come is kept."
    fuse.lit.clear()
    stage.events.clear()
    given_up.action.click()
    stage.until(lambda: stage.news(State.DOWNLOADING), "the user has started it again")


def test_a_window_whose_engine_stays_dead_ends_quietly(stage: Stage) -> None:
    fuse = Fuse(ever=True)
    window = stage.open(settings=Settings(rate_limit=SLOW), clock=fuse)
    ids = stage.add(PACK)
    stage.start(ids)
    stage.until_states(ids, State.DOWNLOADING)
    fuse.lit.set()
    stage.until(lambda: len(window.notices.lines) == 2)
    stage.opened.bridge.pause(ids)
    stage.until(lambda: window.toast.label.text() == "The downloads are not running.")
    stage.close()
