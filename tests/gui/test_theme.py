"""Colours, fonts and the style sheet."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QFont, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from stabilitydl.gui import theme as themes
from stabilitydl.gui.theme import (
    DARK,
    LIGHT,
    TEXT_PAIRS,
    THEMES,
    Appearance,
    Fonts,
    Theme,
    ThemeChoice,
    contrast,
    mark,
    palette,
    style_sheet,
)
from stabilitydl.paths import resource_path


def test_contrast_knows_black_white_and_a_published_example() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == pytest.approx(1)
    # The darkest grey that fails on white, an example that accessibility checkers use.
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_all_text_can_be_read(theme: Theme) -> None:
    for text, below in TEXT_PAIRS:
        assert contrast(getattr(theme, text), getattr(theme, below)) >= 4.5, (text, below)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_bars_and_marks_stand_out(theme: Theme) -> None:
    for token in ("accent", "good", "trouble", "attention"):
        assert contrast(getattr(theme, token), theme.panel) >= 3
        assert contrast(getattr(theme, token), theme.track) >= 2.5


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_style_sheet_has_no_word_left(qapp: QApplication, theme: Theme) -> None:
    text = style_sheet(theme)
    assert "@" not in text
    assert theme.accent in text
    assert text.count("{") == text.count("}")


def test_a_misspelt_token_is_an_error(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(themes, "_TOKEN", re.compile(r"(backgr)ound"))
    with pytest.raises(KeyError):
        style_sheet(LIGHT)
    with pytest.raises(AttributeError):
        LIGHT.color("no_such_token")


def test_the_palette_has_the_colours_of_the_theme(qapp: QApplication) -> None:
    made = palette(DARK)
    assert made.color(QPalette.ColorRole.Window).name() == DARK.window
    assert made.color(QPalette.ColorRole.Text).name() == DARK.text
    assert made.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text).name() == DARK.disabled


def test_figures_have_equal_width_and_sizes_are_right(qapp: QApplication) -> None:
    fonts = Fonts(QFont())
    for font in (fonts.body, fonts.strong, fonts.small, fonts.title, fonts.link):
        assert font.featureValue(QFont.Tag("tnum")) == 1
    assert fonts.small.pointSizeF() / fonts.body.pointSizeF() == pytest.approx(11.5 / 13)
    assert fonts.title.weight() == QFont.Weight.DemiBold


def test_choosing_a_theme_tells_once(qtbot: QtBot) -> None:
    appearance = Appearance(ThemeChoice.LIGHT)
    heard: list[str] = []
    appearance.changed.connect(lambda: heard.append(appearance.theme.name))
    appearance.choose(ThemeChoice.LIGHT)
    assert heard == []
    appearance.choose(ThemeChoice.DARK)
    appearance.choose(ThemeChoice.DARK)
    assert heard == ["dark"]
    assert appearance.choice is ThemeChoice.DARK
    assert repr(appearance) == "<Appearance dark dark>"


def test_the_system_decides_where_nobody_chose(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    appearance = Appearance(ThemeChoice.SYSTEM)
    assert appearance.theme in THEMES
    monkeypatch.setattr(Appearance, "_wanted", lambda _self: DARK)
    appearance.choose(ThemeChoice.SYSTEM)
    assert appearance.theme is DARK


def test_the_whole_application_gets_the_look(qtbot: QtBot, qapp: QApplication) -> None:
    before = (qapp.styleSheet(), qapp.palette(), qapp.font())
    appearance = Appearance(ThemeChoice.LIGHT)
    button = QPushButton("Download")
    qtbot.addWidget(button)
    try:
        appearance.apply()
        mark(button, role="primary")
        button.show()
        assert button.grab().toImage().pixelColor(6, button.height() // 2).name() == LIGHT.accent
        appearance.choose(ThemeChoice.DARK)
        assert button.grab().toImage().pixelColor(6, button.height() // 2).name() == DARK.accent
        assert qapp.palette().color(QPalette.ColorRole.Window).name() == DARK.window
    finally:
        qapp.setStyleSheet(before[0])
        qapp.setPalette(before[1])
        qapp.setFont(before[2])


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_pictures_of_the_style_sheet_have_the_colours_of_their_theme(qapp: QApplication, theme: Theme) -> None:
    colors = {"down": theme.secondary, "up": theme.secondary, "chosen": theme.accent_text, "tick": theme.on_accent}
    assert colors.keys() == set(themes.SIGNS)
    for sign, color in colors.items():
        path = resource_path(f"style/{sign}-{theme.name}.svg")
        assert color in path.read_text(encoding="utf-8")
        assert path.as_posix() in style_sheet(theme)
        assert not QPixmap(str(path)).isNull()


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_a_button_with_the_keyboard_stands_out(theme: Theme) -> None:
    assert contrast(theme.focus, theme.panel) >= 3 or contrast(theme.focus, theme.accent) >= 3
    assert contrast(theme.accent, theme.panel) >= 3
