from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLabel, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from stabilitydl.gui.setting_editors import CHOICES, RateEditor, editor_for
from stabilitydl.gui.settings_dialog import SECTIONS, SettingsDialog
from stabilitydl.gui.theme import Appearance, ThemeChoice
from stabilitydl.paths import Paths
from stabilitydl.settings import Field, Section, Settings, Unit, fields

OTHER = Settings(
    library="/other",
    jobs=9,
    connections=2,
    rate_limit=1_234_567,
    host_connections=3,
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
    editor = RateEditor(field)
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
        assert focus.accessibleName() == field.title
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
