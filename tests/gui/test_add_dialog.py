from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QTimer, QUrl
from PySide6.QtWidgets import QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from stabilitydl.domain.collection import Layout
from stabilitydl.errors import UnknownLocator
from stabilitydl.gui.add_dialog import AddDialog
from stabilitydl.gui.line_problem_list_model import LineProblemListModel
from stabilitydl.gui.locator_lines import Judge
from stabilitydl.gui.theme import Appearance
from stabilitydl.hubs.protocol import Destination
from stabilitydl.hubs.registry import Registry

LIBRARY = Destination(Path("/models"))


def recognise(text: str) -> object:
    if not text.startswith("https://"):
        raise UnknownLocator(locator=text, hint="Accepted: https://HOST/FILE.")
    return text


Open = Callable[..., AddDialog]


@pytest.fixture
def opened(qtbot: QtBot, appearance: Appearance) -> Open:
    def open_dialog(judge: Callable[[str], object] = recognise) -> AddDialog:
        dialog = AddDialog(judge, appearance, LIBRARY)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return open_dialog


def write(qtbot: QtBot, dialog: AddDialog, text: str) -> None:
    dialog.editor.setPlainText(text)
    qtbot.waitUntil(lambda: not dialog.is_reading)


def shown(dialog: AddDialog) -> list[str]:
    model = dialog.problems.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_nothing_can_be_accepted_before_a_line_can_be_used(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    assert not dialog.accept_button.isEnabled()
    assert not dialog.problems.isVisible()
    write(qtbot, dialog, "nonsense")
    assert not dialog.accept_button.isEnabled()
    write(qtbot, dialog, "nonsense\nhttps://a")
    assert dialog.accept_button.isEnabled()
    assert dialog.count.text() == "1 address"


def test_every_line_has_its_own_error(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    write(qtbot, dialog, "https://a\nfirst\nhttps://b\nhttps://a\n" + "x" * 200)
    assert dialog.count.text() == "2 addresses · 1 repeated"
    assert dialog.trouble.isVisible()
    assert dialog.trouble.text() == "⚠ 2 lines cannot be used"
    assert shown(dialog) == [
        "Line 2: Cannot tell what “first” is.",
        f"Line 5: Cannot tell what “{'x' * 80}…” is.",
    ]
    model = dialog.problems.model()
    assert "Accepted" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    write(qtbot, dialog, "https://a")
    assert not dialog.trouble.isVisible()
    assert not dialog.problems.isVisible()


def test_an_error_leads_to_its_line(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    write(qtbot, dialog, "https://a\n" * 50 + "wrong\nhttps://b")
    dialog.problems.setCurrentIndex(dialog.problems.model().index(0, 0))
    qtbot.keyClick(dialog.problems, Qt.Key.Key_Return)
    assert dialog.editor.textCursor().selectedText() == "wrong"
    assert dialog.focusWidget() is dialog.editor


def test_what_is_usable_is_handed_over(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    write(qtbot, dialog, "https://b\nwrong\nhttps://a")
    with qtbot.waitSignal(dialog.add_wanted) as caught:
        qtbot.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    assert caught.args == [("https://b", "https://a"), LIBRARY]
    assert not dialog.isVisible()


def test_ctrl_enter_accepts_even_before_the_lines_are_read(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.set_text("https://a\nhttps://b")
    assert dialog.is_reading
    with qtbot.waitSignal(dialog.add_wanted) as caught:
        qtbot.keyClick(dialog.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert caught.args is not None
    assert caught.args[0] == ("https://a", "https://b")


def test_enter_writes_a_new_line(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    write(qtbot, dialog, "https://a")
    dialog.editor.moveCursor(dialog.editor.textCursor().MoveOperation.End)
    qtbot.keyClick(dialog.editor, Qt.Key.Key_Return)
    qtbot.keyClicks(dialog.editor, "https://b")
    assert dialog.isVisible()
    assert dialog.editor.toPlainText() == "https://a\nhttps://b"
    qtbot.waitUntil(lambda: not dialog.is_reading)
    assert dialog.reading.locators == ("https://a", "https://b")


def test_files_and_addresses_are_dropped_onto_lines_of_their_own(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    write(qtbot, dialog, "https://a")
    dialog.editor.moveCursor(dialog.editor.textCursor().MoveOperation.End)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/lists/models.txt"), QUrl("https://b/c?d=e%20f")])
    assert dialog.editor.canInsertFromMimeData(data)
    dialog.editor.insertFromMimeData(data)
    assert dialog.editor.toPlainText().split("\n") == ["https://a", "/lists/models.txt", "https://b/c?d=e%20f", ""]
    dialog.editor.undo()
    assert dialog.editor.toPlainText() == "https://a"


def test_a_folder_of_ones_own(opened: Open, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = opened()
    write(qtbot, dialog, "https://a")
    assert not dialog.folder.isEnabled()
    dialog.in_folder.click()
    assert not dialog.accept_button.isEnabled()
    dialog.folder.setText(f" {tmp_path} ")
    assert dialog.accept_button.isEnabled()
    assert dialog.destination == Destination(tmp_path, Layout.FLAT)
    dialog.in_library.click()
    assert dialog.destination is LIBRARY


def test_ten_thousand_lines_are_read_beside_the_window(opened: Open, qtbot: QtBot) -> None:
    """G05: the judging happens in another thread, each of 10,000 lines and 1 MB of garbage has its own answer."""
    here, threads = threading.current_thread(), set()

    def judge(text: str) -> object:
        threads.add(threading.current_thread())
        return recognise(text)

    dialog = opened(judge)
    lines = [f"https://example.org/{number}" if number % 2 else "g" * 200 + str(number) for number in range(10_000)]
    write(qtbot, dialog, "\n".join(lines))
    assert here not in threads
    assert len(dialog.reading.locators) == len(dialog.reading.problems) == 5000
    assert dialog.problems.model().rowCount() == 5000
    assert dialog.trouble.text() == "⚠ 5,000 lines cannot be used"


def test_a_slow_answer_does_not_hold_the_window_and_an_old_one_is_dropped(opened: Open, qtbot: QtBot) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def judge(text: str) -> object:
        if text == "https://slow":
            begun.set()
            assert go_on.wait(60)
        return text

    dialog = opened(judge)
    dialog.editor.setPlainText("https://slow\nhttps://never-shown")
    qtbot.waitUntil(begun.is_set)
    beats: list[float] = []
    timer = QTimer()
    timer.timeout.connect(lambda: beats.append(time.monotonic()))
    timer.start(1)
    qtbot.waitUntil(lambda: len(beats) > 5)
    timer.stop()
    dialog.editor.setPlainText("https://other")
    go_on.set()
    qtbot.waitUntil(lambda: not dialog.is_reading)
    assert dialog.reading.locators == ("https://other",)


@pytest.mark.parametrize("way", ["reject", "close"])
def test_leaving_while_lines_are_read_leaves_nothing(opened: Open, qtbot: QtBot, way: str) -> None:
    begun = threading.Event()

    def judge(text: str) -> object:
        begun.set()
        return text

    dialog = opened(judge)
    dialog.editor.setPlainText("\n".join(f"https://{number}" for number in range(50_000)))
    qtbot.waitUntil(begun.is_set)
    getattr(dialog, way)()
    assert not dialog.is_reading
    assert threading.active_count() == 1 or all(thread.name != "locators" for thread in threading.enumerate())


def test_a_list_file_that_appears_is_found_when_the_window_is_used_again(
    opened: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "models.txt"
    dialog = opened(Registry.standard().find)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    write(qtbot, dialog, str(path))
    assert dialog.reading.problems
    path.write_text("https://example.org/a.safetensors\n")
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    dialog.activateWindow()
    qtbot.waitUntil(lambda: not dialog.is_reading and not dialog.reading.problems)


def test_the_gutter_grows_with_the_lines(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    before = dialog.editor.gutter_width
    write(qtbot, dialog, "https://a\n" * 12_000)
    assert dialog.editor.gutter_width > before
    assert not dialog.editor.grab().isNull()


def test_the_list_of_problems_is_a_proper_model(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    model = LineProblemListModel()
    qtmodeltester.check(model)
    model.load(Judge(recognise).read("a\nb").problems)
    qtmodeltester.check(model)
    assert model.data(model.index(5)) is None


def test_every_control_has_a_name_and_can_be_reached_by_tab(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    write(qtbot, dialog, "https://a\nwrong")
    dialog.in_folder.click()
    dialog.folder.setText("/x")
    dialog.editor.setFocus()
    reached: list[QWidget | None] = []
    for _ in range(8):
        reached.append(dialog.focusWidget())
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    # Arrow keys move between the two choices.
    assert reached[2] in (dialog.in_library, dialog.in_folder)
    del reached[2]
    assert reached == [
        dialog.editor,
        dialog.problems,
        dialog.folder,
        dialog.browse,
        dialog.open_list,
        dialog.cancel,
        dialog.accept_button,
    ]
    for widget in (dialog.editor, dialog.problems, dialog.folder):
        assert widget.accessibleName()
