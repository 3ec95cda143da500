"""Every way from a wish to the plan: pasted, dropped, copied, typed, linked; and none of them starts anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from stabilitydl.errors import StoreDamaged
from stabilitydl.gui.add_dialog import AddDialog
from stabilitydl.gui.plan_dialog import PlanDialog
from stabilitydl.gui.settings_dialog import SettingsDialog
from tests.gui.stage import Stage

TWO = "demo:?files=2&size=8KiB"


@pytest.fixture(autouse=True)
def nothing_starts(stage: Stage) -> object:
    yield
    if stage.has_window:
        assert not stage.news(), "a wish is no start"


def drop(stage: Stage, data: QMimeData) -> None:
    buttons, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(stage.window.rect().center(), Qt.DropAction.CopyAction, data, buttons, none)
    QApplication.sendEvent(stage.window, entered)
    assert entered.isAccepted()
    place = QPointF(stage.window.rect().center())
    QApplication.sendEvent(stage.window, QDropEvent(place, Qt.DropAction.CopyAction, data, buttons, none))


def test_one_pasted_locator_opens_the_plan(stage: Stage) -> None:
    window = stage.open()
    QGuiApplication.clipboard().setText(f"  {TWO}\n")
    window.resources.list.setFocus()
    stage.press(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert stage.plan().start.text() == "Download 2 files"


def test_pasting_into_a_field_is_pasting_into_that_field(stage: Stage) -> None:
    window = stage.open()
    QGuiApplication.clipboard().setText("some words")
    window.toolbar.field.setFocus()
    window.activateWindow()
    stage.until(lambda: QApplication.focusWidget() is window.toolbar.field)
    window.intake.paste()
    assert window.toolbar.field.text() == "some words"
    assert stage.find(PlanDialog) is None


def test_many_pasted_lines_open_the_dialog_for_many(stage: Stage) -> None:
    window = stage.open()
    window.planning.take(f"{TWO}\nhttps://example.org/file.safetensors\nnonsense")
    dialog = stage.dialog(AddDialog)
    stage.until(lambda: not dialog.is_reading)
    assert len(dialog.reading.locators) == 2
    dialog.reject()


def test_a_typed_address_opens_the_plan_and_words_filter(stage: Stage) -> None:
    window = stage.open()
    field = window.toolbar.field
    field.setText(TWO)
    stage.press(field, Qt.Key.Key_Return)
    stage.plan().reject()
    assert field.text() == ""
    field.setText("dusty")
    stage.press(field, Qt.Key.Key_Return)
    assert field.text() == "dusty"
    assert window.resources.filters.query.text == "dusty"


def test_dropped_addresses_and_files_are_taken(stage: Stage, tmp_path: Path) -> None:
    stage.open()
    data = QMimeData()
    data.setText(TWO)
    drop(stage, data)
    stage.plan().reject()
    listed = tmp_path / "list.txt"
    listed.write_text("https://example.org/a.safetensors\nhttps://example.org/b.safetensors\n", encoding="utf-8")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(listed))])
    drop(stage, data)
    assert stage.plan("the plan of a list file").start.text() == "Download 2 files"


def test_a_copied_address_is_offered_once_and_only_if_wanted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    window = stage.open()
    monkeypatch.setattr(QApplication, "activeWindow", lambda: None)
    board = QGuiApplication.clipboard()
    board.setText(TWO)
    assert not window.toast.isVisible()
    stage.change(watch_clipboard=True)
    for text in ("no address at all", "x" * 5000, f"{TWO}\n{TWO}"):
        board.setText(text)
        assert not window.toast.isVisible()
    board.setText(TWO)
    assert window.toast.label.text() == f"Copied: {TWO}"
    assert stage.find(PlanDialog) is None
    window.toast.stop()
    board.setText("something else")
    board.setText(TWO)
    assert not window.toast.isVisible(), "it was offered already"
    board.setText("demo:?files=3")
    window.toast.button.click()
    assert stage.plan().start.text() == "Download 3 files"


def test_what_is_copied_inside_the_window_is_not_offered(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    window = stage.open()
    stage.change(watch_clipboard=True)
    monkeypatch.setattr(QApplication, "activeWindow", lambda: window)
    QGuiApplication.clipboard().setText(TWO)
    assert not window.toast.isVisible()


def test_what_cannot_be_listed_is_said_in_the_plan(stage: Stage) -> None:
    window = stage.open()
    window.planning.plan(["https://127.0.0.1:1/models/1.safetensors", "nonsense"])
    plan = stage.plan()
    assert plan.plan is not None
    assert plan.plan.forecast.problems
    assert plan.trouble_list.model().rowCount() >= 1


def test_an_engine_that_cannot_answer_is_said_in_the_plan(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    window = stage.open()

    async def fail(*_: object) -> None:
        raise StoreDamaged(path="/x", detail="y")

    monkeypatch.setattr("stabilitydl.gui.forecast.forecast_locators", fail)
    window.planning.plan([TWO])
    plan = stage.plan()
    assert plan.plan is not None
    assert plan.plan.forecast.problems[0].code == "store-damaged"


def test_a_plan_that_is_closed_before_it_is_filled_is_gone(stage: Stage) -> None:
    window = stage.open()
    window.planning.plan([TWO]).reject()
    window.planning.plan([TWO])
    assert stage.plan().start.isEnabled()


def test_the_plan_says_how_long_it_takes_at_the_last_speed(stage: Stage) -> None:
    window = stage.open()
    window.planning.speed = 1024.0
    window.planning.plan([TWO])
    assert "16 s" in stage.plan().room.text()


def test_login_in_the_plan_leads_to_the_accounts(stage: Stage) -> None:
    window = stage.open()
    window.planning.login_wanted.emit("civitai")
    assert stage.dialog(SettingsDialog).page == "accounts"


def test_many_lines_of_garbage_are_read_off_the_thread_of_the_window(stage: Stage) -> None:
    """G05"""
    window = stage.open()
    text = "\n".join(f"https://example.org/{number}.bin" for number in range(10_000)) + "\n" + "x\n" * 1000
    window.planning.take(text)
    dialog = stage.dialog(AddDialog)
    stage.until(lambda: not dialog.is_reading, "10,000 lines are read")
    assert len(dialog.reading.locators) == 10_000
    dialog.reject()
