from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from stabilitydl.gui.amounts import duration_text, percent_text
from stabilitydl.gui.language import Language
from stabilitydl.text import format_duration

SECONDS = (0, 0.2, 38, 60, 61, 3600, 3660, 86400, 90000, 1e7, None, math.inf)


@pytest.mark.parametrize("seconds", SECONDS)
def test_english_is_what_the_command_line_says(qtbot: QtBot, seconds: float | None) -> None:
    assert duration_text(seconds) == format_duration(seconds)


def test_chinese_has_its_own_units(qtbot: QtBot) -> None:
    language = Language(QCoreApplication.instance())
    language.choose("zh_CN")
    try:
        assert duration_text(38) == "38 秒"
        assert duration_text(200) == "3 分 20 秒"
        assert duration_text(90000) == "1 天 1 小时"
        assert duration_text(None) == "?"
        assert percent_text(57, 100) == "57%"
    finally:
        language.remove()


def test_percent_are_rounded_down(qtbot: QtBot) -> None:
    assert percent_text(999, 1000) == "99 %"
    assert percent_text(2000, 1000) == "100 %"
