"""What goes wrong is said where it happened, with what helps; nothing else stops (G03, G08)."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QApplication

from stabilitydl import errors
from stabilitydl.domain.resource import Wait
from stabilitydl.domain.states import State, Tab, WaitReason
from stabilitydl.errors import StabilityError
from stabilitydl.gui.collection_groups import CollectionFilter
from stabilitydl.gui.report_dialog import ReportDialog
from stabilitydl.gui.resource_index import Column
from stabilitydl.gui.row_action import RowAction
from stabilitydl.gui.settings_dialog import SettingsDialog
from stabilitydl.settings import Settings
from stabilitydl.transfer.fetch import fetch as bring
from stabilitydl.transfer.order import Arrival, Live, Order, Services, Source, Watcher
from tests.gui.stage import SlowReading, Stage

PACK = "demo:?files=4&size=64KiB"
READ_BACK = "demo:?files=4&size=2MiB"
"""Files of a size that are read back to check them."""


class Failing:
    """The real byte path, except that the file at a place of the list fails once, or as often as is said."""

    def __init__(self, error: Exception, place: int = 1, times: int = 1) -> None:
        self.error = error
        self.place = place
        self.times = times

    async def __call__(self, order: Order, source: Source, live: Live, watcher: Watcher, services: Services) -> Arrival:
        if order.resource.order == self.place and self.times:
            self.times -= 1
            watcher.phase(State.RESOLVING)
            watcher.phase(State.DOWNLOADING)
            raise self.error
        return await bring(order, source, live, watcher, services)


def test_a_bug_in_a_download_is_shown_in_its_row_with_a_report(stage: Stage) -> None:
    """G03: never a silent dead row."""
    stage.open(fetch=Failing(ZeroDivisionError("a bug")))
    ids = stage.add(PACK)
    stage.start(ids)
    bad, *good = ids[1], ids[0], *ids[2:]
    stage.until_states([bad], State.FAILED)
    stage.until_states(good, State.DOWNLOADED)
    assert stage.counts()[Tab.FAILED] == 1
    text = stage.window.resources.model.state_text(stage.row(bad))
    assert text.left
    assert text.action is RowAction.REPORT
    stage.click_action(bad)
    report = stage.dialog(ReportDialog)
    assert "ZeroDivisionError: a bug" in report.text.toPlainText()
    report.copy.click()
    assert QApplication.clipboard().text() == report.text.toPlainText()
    report.close_button.click()
    stage.window.resources.model.selection.replace([bad])
    stage.window.resources.bar.retry.click()
    stage.until_states([bad], State.DOWNLOADED)


@pytest.mark.parametrize(
    ("error", "state", "action"),
    [
        (errors.ServerFailed(host="demo.test", status=500), State.FAILED, RowAction.RETRY),
        (errors.ServerBusy(host="demo.test", status=429, after_seconds=500.0), State.WAITING, RowAction.SKIP),
    ],
    ids=["retry", "skip"],
)
def test_one_click_in_the_row_tries_again(stage: Stage, error: StabilityError, state: State, action: RowAction) -> None:
    stage.open(fetch=Failing(error))
    ids = stage.add(PACK)
    stage.start(ids)
    stage.until_states(ids[1:2], state)
    assert stage.window.resources.model.state_text(stage.row(ids[1])).action is action
    stage.click_action(ids[1])
    stage.until_states(ids, State.DOWNLOADED)


def test_a_wait_counts_down_in_its_row(stage: Stage) -> None:
    stage.open(fetch=Failing(errors.ServerBusy(host="demo.test", status=429, after_seconds=500.0)))
    ids = stage.add(PACK)
    stage.start(ids[1:2])
    stage.until_states(ids[1:2], State.WAITING)
    row, model = stage.row(ids[1]), stage.window.resources.model
    assert isinstance(row.wait, Wait)
    assert row.wait.reason is WaitReason.HOST
    assert row.wait.until is not None
    before = model.state_text(row).left
    assert before.startswith("demo.test asks to wait: ")
    assert before.endswith(" (429)")
    stage.until(lambda: model.state_text(row).left != before, "it counts down")


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (errors.LoginNeeded(host="demo.test"), State.BLOCKED),
        (errors.TlsFailed(host="demo.test", detail="expired"), State.FAILED),
    ],
    ids=["accounts", "network"],
)
def test_one_click_in_the_row_opens_the_settings_that_help(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, error: StabilityError, state: State
) -> None:
    stage.open(fetch=Failing(error))
    # As if the demo were a hub that can be logged in to.
    monkeypatch.setattr(stage.opened.bridge, "can_log_in", lambda hub: hub == "demo")
    ids = stage.add(PACK)
    stage.start(ids[1:2])
    stage.until_states(ids[1:2], state)
    expected = {State.BLOCKED: "accounts", State.FAILED: "network"}[state]
    stage.click_action(ids[1])
    assert stage.dialog(SettingsDialog).page == expected


@pytest.mark.parametrize(
    ("error", "state", "scheme"),
    [
        (errors.EarlyAccess(until="2030-01-01"), State.BLOCKED, "http"),
        (errors.LoginNeeded(host="demo.test"), State.BLOCKED, "http"),
        (errors.NoSpace(path="/x"), State.FAILED, "file"),
    ],
    ids=["page", "page, as nobody can log in", "folder"],
)
def test_one_click_in_the_row_opens_what_helps(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, error: StabilityError, state: State, scheme: str
) -> None:
    window = stage.open(fetch=Failing(error))
    opened: list[QUrl] = []
    monkeypatch.setattr(window.remedies, "_open_url", lambda url: bool(opened.append(url)) or True)
    ids = stage.add(PACK)
    stage.start(ids[1:2])
    stage.until_states(ids[1:2], state)
    stage.click_action(ids[1])
    stage.until(lambda: opened, "something is opened")
    (url,) = opened
    assert url.scheme().startswith(scheme)
    if scheme == "file":
        assert Path(url.toLocalFile()).is_dir()


def test_a_wrong_file_leads_to_its_siblings(stage: Stage) -> None:
    window = stage.open(fetch=Failing(errors.ServerFailed(host="demo.test", status=500)))
    ids = stage.add(PACK)
    stage.start(ids)
    stage.until_states([ids[0], *ids[2:]], State.DOWNLOADED)
    window.resources.choose_tab(Tab.FAILED)
    stage.until(lambda: window.resources.model.rowCount() == 1)
    window.commands.act(ids[1], RowAction.OTHER_FILE)
    assert window.resources.tabs.current is Tab.ALL
    assert window.resources.model.rowCount() == 4
    assert set(window.resources.model.selection.ids) == {ids[1]}, "it is marked which file this is about"
    assert window.toast.isVisible()
    assert stage.row(ids[1]).resource.name in window.toast.label.text()


@pytest.mark.parametrize("from_all", [False, True])
def test_the_file_that_another_one_is_chosen_for_is_in_sight(stage: Stage, from_all: bool) -> None:
    window = stage.open()
    ids = stage.add("demo:?files=40&size=64KiB")
    if from_all:
        window.collections.show_filter(CollectionFilter.ALL)
    stage.until(lambda: window.resources.model.rowCount() == 40)
    window.resources.filters.field.setText("no such file")
    window.commands.act(ids[35], RowAction.OTHER_FILE)
    pane = window.resources

    def is_in_sight() -> bool:
        row = pane.model.row_of(ids[35])
        if row is None or pane.model.rowCount() != 40:
            return False
        rect = pane.list.visualRect(pane.model.index(row, Column.NAME))
        return pane.list.viewport().rect().contains(rect)

    stage.until(is_in_sight)
    assert set(pane.model.selection.ids) == {ids[35]}


def test_a_command_that_the_engine_refuses_is_said(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    window = stage.open()
    ids = stage.add(PACK)

    async def refuse(*_: object) -> None:
        raise errors.StoreDamaged(path="/x", detail="y")

    monkeypatch.setattr(stage.opened.bridge.engine, "enqueue", refuse, raising=True)
    stage.start(ids[:1])
    stage.until(window.toast.isVisible, "it is said")
    assert window.toast.label.text() == "The database is damaged: y."
    assert stage.row(ids[0]).state is State.MISSING


def test_a_cancel_does_not_wait_for_a_long_check(stage: Stage, slow: SlowReading) -> None:
    """G08: however large the file is that is being read back, the row answers at once and reading ends."""
    window = stage.open()
    ids = stage.add(READ_BACK)
    stage.start(ids[:1])
    stage.until_states(ids[:1], State.VERIFYING)
    stage.until(slow.begun.is_set)
    window.resources.model.selection.replace(ids[:1])
    assert window.resources.bar.cancel.text() == "Cancel 1"
    window.resources.bar.cancel.click()
    stage.until_states(ids[:1], State.MISSING)
    assert not slow.gate.is_set(), "nothing waited for the reader"
    assert slow.slices == 1
    slow.gate.set()
    window.toast.button.click()
    stage.until_states(ids[:1], State.DOWNLOADED)


def test_pausing_and_siblings_do_not_wait_for_a_long_check_either(stage: Stage, slow: SlowReading) -> None:
    window = stage.open(settings=Settings(jobs=4))
    ids = stage.add(READ_BACK)
    stage.start(ids)
    stage.until_states(ids, State.VERIFYING)
    window.toolbar.pause_all.click()
    stage.until_states(ids, State.PAUSED)
    assert not slow.gate.is_set()
    slow.gate.set()
    stage.until(lambda: window.toolbar.pause_all.text() == "Resume all")
    window.toolbar.pause_all.click()
    stage.until_states(ids, State.DOWNLOADED)


def test_nor_does_it_wait_for_the_check_of_a_file_that_was_here_before(stage: Stage, slow: SlowReading) -> None:
    """G08"""
    window = stage.open()
    slow.gate.set()
    ids = stage.add(READ_BACK)
    stage.start(ids[:1])
    stage.until_states(ids[:1], State.DOWNLOADED)
    file = Path(stage.row(ids[0]).target or "")
    window.commands.remove(ids[:1])
    stage.until(lambda: stage.counts()[Tab.ALL] == 3)
    slow.gate.clear()
    slow.begun.clear()
    window.planning.plan([READ_BACK])
    plan = stage.plan()
    assert [row.title.text() for row in plan.rows] == ["3 files, ready", "1 file already on this computer"]
    plan.start.click()
    stage.until(slow.begun.is_set, "the file is looked at")
    stage.until(lambda: stage.counts()[Tab.ALL] == 4)
    window.commands.cancel(ids)
    stage.until_states(ids, State.MISSING)
    assert not slow.gate.is_set()
    assert file.exists(), "what was here stays"
