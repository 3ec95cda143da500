"""Between window and engine: answers and failures arrive in the thread of the window, and nobody waits."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication

from stabilitydl import settings as stored
from stabilitydl.domain.events import StateChanged
from stabilitydl.domain.states import State
from stabilitydl.errors import Problem, UnknownLocator
from stabilitydl.gui import program
from stabilitydl.gui.main_window import MainWindow
from stabilitydl.gui.plan_dialog import PlanDialog
from stabilitydl.gui.program import Opened
from stabilitydl.settings import Settings
from tests.gui.stage import SLOW, Stage


def test_an_answer_arrives_in_the_thread_of_the_window(stage: Stage) -> None:
    stage.open()
    threads: list[threading.Thread] = []
    stage.opened.bridge.load_collections(lambda _found: threads.append(threading.current_thread()))
    assert not threads, "the question does not wait"
    stage.until(lambda: threads)
    assert threads == [threading.main_thread()]


def test_a_failure_is_told_to_whoever_asked_or_to_everybody(stage: Stage) -> None:
    stage.open()
    bridge = stage.opened.bridge
    told: list[Problem] = []
    everybody: list[Problem] = []
    bridge.failed.connect(everybody.append)

    async def fail() -> None:
        raise UnknownLocator(locator="x", hint="")

    async def break_() -> None:
        raise RuntimeError("not foreseen")

    bridge.ask(fail, lambda _none: None, told.append)
    stage.until(lambda: told)
    bridge.ask(fail, lambda _none: None)
    stage.until(lambda: everybody)
    bridge.ask(break_, lambda _none: None)
    stage.until(lambda: len(everybody) == 2)
    assert [problem.code for problem in (*told, *everybody)] == ["unknown-locator", "unknown-locator", "internal"]
    assert stage.window.toast.isVisible()


def test_what_the_engine_says_comes_in_order_and_in_batches(stage: Stage) -> None:
    stage.open()
    ids = stage.add("demo:?files=20&size=8KiB")
    batches: list[list[object]] = []
    bridge = stage.opened.bridge
    bridge.events.connect(batches.append)
    bridge.enqueue(ids)
    # The window does nothing meanwhile.
    bridge._thread.call(bridge.engine.wait_settled, ids)
    stage.until_states(ids, State.DOWNLOADED)
    events = [event for batch in batches for event in batch]
    for each in ids:
        moves = [event for event in events if isinstance(event, StateChanged) and event.resource == each]
        assert [move.old for move in moves[1:]] == [move.new for move in moves[:-1]]
        assert moves[-1].new is State.DOWNLOADED
    assert len(batches[0]) >= 20 * 5, "many at once make one batch"


def test_a_command_after_the_end_is_dropped_without_a_word(stage: Stage) -> None:
    stage.open()
    opened = stage.opened
    bridge = opened.bridge
    stage.close()
    told: list[Problem] = []
    bridge.failed.connect(told.append)
    bridge.lost.connect(told.append)
    bridge.enqueue(["x"])
    bridge.load_collections(lambda _found: None)
    assert not told, "whoever quits knows"


def test_nothing_reaches_a_window_after_the_end(stage: Stage) -> None:
    stage.open()
    ids = stage.add("demo:?files=2&size=8KiB")
    bridge = stage.opened.bridge
    told: list[object] = []
    bridge.load_collections(told.append)
    bridge.enqueue(ids)
    bridge._thread.call(bridge.engine.wait_settled, ids)
    stage.events.clear()
    bridge.stop(60)
    QCoreApplication.processEvents()
    assert told == []
    assert stage.events == []


def test_a_second_window_hands_over_and_leaves(stage: Stage, home: Path) -> None:
    window = stage.open()
    second = Opened(stage.paths, Settings(), stage.appearance, stage.language, stage.demo)
    ended: list[bool] = []
    second.ended.connect(lambda: ended.append(True))
    second.start(["demo:?files=2"])
    assert ended
    assert second.window is None
    second.finish()
    second.deleteLater()
    assert "2 files" in stage.plan("the locator of the second start").start.text()
    assert window.isVisible()


def test_a_start_without_a_window_tells_of_broken_settings_on_stderr(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    """B08"""
    window = stage.open()
    stage.paths.settings.write_bytes(b"jobs = [[[[")
    kept, trouble = stored.recover(stage.paths.settings)
    assert trouble is not None
    second = Opened(stage.paths, kept, stage.appearance, stage.language, stage.demo, [trouble.problem])
    second.start()
    second.finish()
    second.deleteLater()
    assert "settings.toml.unreadable" in capsys.readouterr().err
    assert not window.notices.lines


def test_what_is_handed_over_while_the_window_is_made_is_not_lost(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make_late(*parts: Any) -> MainWindow:
        for count in (2, 3):
            second = Opened(stage.paths, Settings(), stage.appearance, stage.language, stage.demo)
            second.start([f"demo:?files={count}"])
            assert second.window is None, "this window is claimed already"
            second.finish()
            second.deleteLater()
        return MainWindow(*parts)

    monkeypatch.setattr(program, "MainWindow", make_late)
    window = stage.open()
    stage.until(lambda: len(window.findChildren(PlanDialog)) == 2, "a plan for each of both")
    plans = window.findChildren(PlanDialog)
    stage.until(lambda: all(plan.plan is not None for plan in plans))
    assert {plan.start.text() for plan in plans} == {"Download 2 files", "Download 3 files"}


def test_pausing_everything_skips_what_is_settled(stage: Stage) -> None:
    stage.open(settings=Settings(rate_limit=SLOW))
    ids = stage.add("demo:?files=4&size=2MiB")
    stage.start(ids[:1])
    stage.until_states(ids[:1], State.DOWNLOADING)
    stage.opened.bridge.pause_all()
    stage.until_states(ids[:1], State.PAUSED)
    assert {stage.row(each).state for each in ids[1:]} == {State.MISSING}
    stage.opened.bridge.resume_all()
    stage.until(lambda: stage.row(ids[0]).state is not State.PAUSED)
    assert {stage.row(each).state for each in ids[1:]} == {State.MISSING}
