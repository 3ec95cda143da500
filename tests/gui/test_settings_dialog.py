from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QDoubleSpinBox, QLabel, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from stabilitydl.gui.folders_editor import FoldersEditor
from stabilitydl.gui.hosts_editor import HostsEditor
from stabilitydl.gui.number_boxes import RateBox
from stabilitydl.gui.setting_editors import CHOICES, NumberEditor, editor_for
from stabilitydl.gui.settings_dialog import SECTIONS, SettingsDialog
from stabilitydl.gui.theme import Appearance, ThemeChoice
from stabilitydl.paths import Paths
from stabilitydl.settings import Field, Section, Settings, Unit, fields

Entries = TypeVar("Entries", FoldersEditor, HostsEditor)
OTHER = Settings(
    libraries=("/other", "/more"),
    jobs=9,
    order="small-first",
    connections=2,
    rate_limit=1_234_567,
    host_connections=3,
    host_budgets={"hub.example": 2, "cdn.example": 40},
    host_limits={"hub.example": 1_234_567},
    total_connections=33,
    proxy="socks5://127.0.0.1:9050",
    theme="dark",
    language="zh_CN",
    close_to_tray=True,
    notifications=False,
    watch_clipboard=True,
    keep_awake=True,
)


def dialog_for(qtbot: QtBot, appearance: Appearance, settings: Settings) -> SettingsDialog:
    dialog = SettingsDialog(settings, appearance, Paths.from_environment())
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.fixture
def dialog(qtbot: QtBot, appearance: Appearance) -> SettingsDialog:
    return dialog_for(qtbot, appearance, Settings())


def test_the_sample_differs_in_every_field() -> None:
    assert all(getattr(OTHER, field.name) != field.default for field in fields())


@pytest.mark.parametrize("settings", [Settings(), OTHER], ids=["defaults", "other"])
def test_what_is_not_touched_stays_as_it_is(qtbot: QtBot, appearance: Appearance, settings: Settings) -> None:
    dialog = dialog_for(qtbot, appearance, settings)
    with qtbot.waitSignal(dialog.saved) as caught:
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert caught.args == [settings]


@pytest.mark.parametrize("name", Settings.__struct_fields__)
def test_every_field_can_be_changed(dialog: SettingsDialog, name: str) -> None:
    dialog.editors[name].show_value(getattr(OTHER, name))
    assert dialog.settings() == msgspec.structs.replace(Settings(), **{name: getattr(OTHER, name)})


def test_numbers_keep_to_their_bounds(dialog: SettingsDialog) -> None:
    for field in fields():
        box = dialog.editors[field.name].widget
        if field.type is int and field.unit is not Unit.RATE:
            assert isinstance(box, QSpinBox)
            assert (box.minimum(), box.maximum()) == (field.low, field.high)
            box.setValue(10**6)
            assert dialog.settings()


@pytest.mark.parametrize("rate", [0, 1, 499, 1500, 10_500_000, 123_456_789, 2**40])
def test_a_rate_stays_exact_unless_it_is_changed(qtbot: QtBot, rate: int) -> None:
    field = next(field for field in fields() if field.unit is Unit.RATE)
    editor = NumberEditor(field)
    qtbot.addWidget(editor.widget)
    editor.retranslate()
    editor.show_value(rate)
    assert editor.value() == rate
    box = editor.widget
    assert isinstance(box, QDoubleSpinBox)
    assert (box.text() == "No limit") == (rate == 0)
    box.setValue(25)
    assert editor.value() == 25_000_000


def test_a_field_without_bounds_or_choices_has_an_editor_too(qtbot: QtBot, appearance: Appearance) -> None:
    for kind, value in ((str, "text"), (int, -7)):
        field = Field("x", "X", "help", Section.WINDOW, Unit.NONE, kind, kind())
        editor = editor_for(field, appearance, Path("/models"))
        qtbot.addWidget(editor.widget)
        editor.show_value(value)
        assert editor.value() == value


def test_defaults_are_restored_for_the_page_that_is_shown(qtbot: QtBot, appearance: Appearance) -> None:
    dialog = dialog_for(qtbot, appearance, OTHER)
    dialog.show_page("network")
    dialog.defaults.click()
    made = dialog.settings()
    for field in fields():
        expected = field.default if field.section is Section.NETWORK else getattr(OTHER, field.name)
        assert getattr(made, field.name) == expected


def test_cancel_saves_nothing(dialog: SettingsDialog, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(dialog.saved):
        dialog.editors["jobs"].show_value(9)
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_enter_saves(dialog: SettingsDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.saved):
        qtbot.keyClick(dialog.editors["jobs"].focus, Qt.Key.Key_Return)


def test_every_section_has_a_page(dialog: SettingsDialog) -> None:
    assert set(SECTIONS) == set(Section)
    for name in [*Section, "accounts"]:
        dialog.show_page(name)
        assert dialog.page == name
    dialog.show_page("nowhere")
    assert dialog.page == "accounts"


@pytest.mark.parametrize("settings", [Settings(), OTHER], ids=["defaults", "other"])
def test_no_choice_and_no_number_is_cut(qtbot: QtBot, dressed: Appearance, settings: Settings) -> None:
    dialog = dialog_for(qtbot, dressed, settings)
    for name in SECTIONS:
        dialog.show_page(name.value)
        QApplication.processEvents()
        for kind in (QComboBox, QAbstractSpinBox):
            boxes = [box for box in dialog.findChildren(kind) if box.isVisible()]
            assert [box for box in boxes if box.width() < box.sizeHint().width()] == []


def test_a_line_that_is_added_has_room(qtbot: QtBot, dressed: Appearance) -> None:
    dialog = dialog_for(qtbot, dressed, Settings())
    dialog.show_page("network")
    for editor in (each for each in dialog.editors.values() if isinstance(each, HostsEditor)):
        editor.add.click()
        (row,) = editor.rows
        for part in row.parts:
            qtbot.waitUntil(lambda part=part: part.visibleRegion().boundingRect() == part.rect())


def test_pages_are_turned_by_keys(dialog: SettingsDialog, qtbot: QtBot) -> None:
    dialog.pages.setFocus()
    qtbot.keyClick(dialog.pages, Qt.Key.Key_Down)
    assert dialog.page == "network"


def test_every_choice_has_words_and_the_themes_are_those_of_the_window() -> None:
    wanted = {(field.name, choice) for field in fields() for choice in field.choices}
    assert wanted == set(CHOICES)
    assert {choice for name, choice in wanted if name == "theme"} == set(ThemeChoice)


def test_every_editor_has_a_name_a_help_and_a_label(dialog: SettingsDialog) -> None:
    for field in fields():
        focus = dialog.editors[field.name].focus
        assert focus.accessibleName().startswith(field.title)
        assert focus.accessibleDescription() == field.help
        assert focus.focusPolicy() & Qt.FocusPolicy.TabFocus


@pytest.mark.parametrize("text", ["", "none", "ftp://proxy.example", "http://name:word@proxy.example"])
def test_a_proxy_that_cannot_be_one_is_not_taken(dialog: SettingsDialog, qtbot: QtBot, text: str) -> None:
    dialog.show_page("window")
    box, line = dialog.editors["proxy"].focus, dialog.editors["proxy"].widget.findChild(QLineEdit)
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(2)
    line.setText(text)
    fault = dialog.editors["proxy"].fault()
    assert fault.endswith(".")
    with qtbot.assertNotEmitted(dialog.saved):
        dialog.save.click()
    assert dialog.isVisible()
    assert dialog.page == "network"
    assert box.hasFocus()
    assert fault in [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    line.clear()
    qtbot.keyClicks(line, "https://proxy.example:3128")
    assert fault not in [label.text() for label in dialog.findChildren(QLabel)]
    with qtbot.waitSignal(dialog.saved) as caught:
        dialog.save.click()
    assert caught.args == [Settings(proxy="https://proxy.example:3128")]


def editor_of(dialog: SettingsDialog, kind: type[Entries]) -> Entries:
    return next(editor for editor in dialog.editors.values() if isinstance(editor, kind))


def test_library_folders_are_added_removed_and_put_in_order(dialog: SettingsDialog, qtbot: QtBot) -> None:
    editor = editor_of(dialog, FoldersEditor)
    default = str(Paths.from_environment().library)
    assert [row.line.placeholderText() for row in editor.rows] == [default]
    assert not editor.rows[0].remove.isEnabled()
    editor.add.click()
    assert editor.value() == (default,), "beside another one the default folder is named"
    assert editor.rows[1].line.hasFocus()
    qtbot.keyClicks(editor.rows[1].line, "/mnt/models")
    editor.add.click()
    qtbot.keyClicks(editor.rows[2].line, "/mnt/more")
    assert editor.value() == (default, "/mnt/models", "/mnt/more")
    assert [row.up.isEnabled() for row in editor.rows] == [False, True, True]
    editor.rows[2].up.click()
    editor.rows[1].up.click()
    assert editor.rows[0].line.hasFocus()
    assert dialog.settings().libraries == ("/mnt/more", default, "/mnt/models")
    editor.rows[1].remove.click()
    assert editor.rows[1].line.hasFocus()
    editor.rows[1].remove.click()
    assert dialog.settings().libraries == ("/mnt/more",)
    editor.rows[0].line.clear()
    assert dialog.settings().libraries == ()


def test_a_library_folder_is_a_whole_path(dialog: SettingsDialog, qtbot: QtBot) -> None:
    editor = editor_of(dialog, FoldersEditor)
    editor.rows[0].line.setText("models")
    with qtbot.assertNotEmitted(dialog.saved):
        dialog.save.click()
    assert editor.fault() == "“models” is not a whole path."
    editor.rows[0].line.setText("~/models")
    with qtbot.waitSignal(dialog.saved) as caught:
        dialog.save.click()
    assert caught.args == [Settings(libraries=("~/models",))]


def test_servers_get_numbers_of_their_own(dialog: SettingsDialog, qtbot: QtBot) -> None:
    dialog.show_page("network")
    editor = editor_of(dialog, HostsEditor)
    for text in ("https://Hub.example/models/1", "cdn.example", ""):
        editor.add.click()
        qtbot.keyClicks(editor.rows[-1].line, text)
        editor.rows[-1].box.show_number(len(editor.rows) + 1)
    dialog.save.setFocus()
    assert [row.line.text() for row in editor.rows] == ["hub.example", "cdn.example", ""]
    assert editor.fault() == ""
    assert dialog.settings().host_budgets == {"hub.example": 2, "cdn.example": 3}
    editor.rows[0].remove.click()
    assert dialog.settings().host_budgets == {"cdn.example": 3}
    for wrong, fault in (
        ("cdn.example", "cdn.example is listed twice."),
        ("a b", "“a b” is not the name of a server."),
    ):
        editor.rows[1].line.setText(wrong)
        assert editor.fault() == fault
    with qtbot.assertNotEmitted(dialog.saved):
        dialog.save.click()


def test_the_table_of_servers_takes_rates_too(qtbot: QtBot) -> None:
    editor = HostsEditor(Field("x", "X", "help", Section.NETWORK, Unit.RATE, dict, {}, low=0))
    qtbot.addWidget(editor.widget)
    editor.show_value({"hub.example": 1_234_567, "cdn.example": 0})
    assert editor.value() == {"hub.example": 1_234_567, "cdn.example": 0}
    assert [isinstance(row.box, RateBox) for row in editor.rows] == [True, True]
    assert editor.rows[1].box.text() == "No limit"


def test_lines_are_reached_by_keys_in_their_order(dialog: SettingsDialog, qtbot: QtBot) -> None:
    dialog.show_page("network")
    editor = editor_of(dialog, HostsEditor)
    editor.show_value({"a.example": 1, "b.example": 2})
    order, widget = [], editor.rows[0].line
    while widget is not editor.add:
        order.append(widget)
        widget = widget.nextInFocusChain()
    wanted = [part for row in editor.rows for part in row.parts]
    assert wanted[:3] == [editor.rows[0].line, editor.rows[0].box, editor.rows[0].remove]
    assert [widget for widget in order if widget in wanted] == wanted
