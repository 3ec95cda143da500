from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from stabilitydl.errors import CODES, REMEDIES, NoSpace, Remedy
from stabilitydl.gui.language import ENGLISH, Language, available, best
from stabilitydl.gui.plan_dialog import PlanDialog
from stabilitydl.gui.settings_dialog import SettingsDialog
from stabilitydl.gui.theme import Appearance
from stabilitydl.gui.tr import problem_text, remedy_text, translate
from stabilitydl.paths import Paths
from stabilitydl.settings import Settings
from tests.gui.plan_samples import forecast


@pytest.fixture
def language(qapp: object) -> Iterator[Language]:
    made = Language()
    yield made
    made.choose(ENGLISH)
    assert QGuiApplication.layoutDirection() is Qt.LayoutDirection.LeftToRight


def test_english_and_chinese_are_there() -> None:
    assert list(available()) == ["en", "zh_CN"]
    assert available()["zh_CN"] == "简体中文"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (["zh-Hans-CN"], "zh_CN"),
        (["zh_CN"], "zh_CN"),
        (["zh"], "zh_CN"),
        (["zh-SG"], "zh_CN"),
        (["zh-Hant-TW", "zh-TW"], "en"),
        (["zh-HK"], "en"),
        (["en-GB"], "en"),
        (["de-DE"], "en"),
        (["de-DE", "zh-CN"], "zh_CN"),
        (["C"], "en"),
        ([""], "en"),
        ([], "en"),
    ],
)
def test_the_nearest_language(wanted: list[str], expected: str) -> None:
    assert best(wanted, list(available())) == expected


def test_a_language_without_a_region_is_for_all_of_them() -> None:
    assert best(["de-AT"], ["en", "de"]) == "de"
    assert best(["pt-PT"], ["en", "pt_BR"]) == "en"
    assert best(["zh-HK"], ["en", "zh_CN", "zh_TW"]) == "zh_TW"


def test_errors_and_remedies_speak_chinese(language: Language) -> None:
    language.choose("zh_CN")
    problem = NoSpace(path="/m", needed_bytes=2_000_000_000, free_bytes=1).problem
    assert problem_text(problem) == "/m 的空间不足\uff1a需要 2.0 GB\uff0c剩余 1 B。"
    assert remedy_text(Remedy.RETRY) == "请重试。"
    for code, kind in CODES.items():
        if kind.template != "{detail}":
            assert problem_text(kind().problem) != kind().problem.message, code
    for remedy, text in REMEDIES.items():
        assert not text or remedy_text(remedy) != text


def test_texts_of_qt_are_translated_too(language: Language) -> None:
    language.choose("zh_CN")
    assert translate("QPlatformTheme", "Cancel") == "取消"


def test_open_windows_change_at_once_and_back(language: Language, qtbot: QtBot, appearance: Appearance) -> None:
    plan = PlanDialog(appearance)
    settings = SettingsDialog(Settings(), appearance, Paths.from_environment())
    for dialog in (plan, settings):
        qtbot.addWidget(dialog)
        dialog.show()
    plan.show_forecast(forecast())
    before = plan.title.text()
    with qtbot.waitSignal(language.changed):
        language.choose("zh_CN")
    qtbot.waitUntil(lambda: plan.title.text() == "从“Style pack”下载 11 个文件")
    qtbot.waitUntil(lambda: settings.windowTitle() == "设置")
    assert plan.start.text() == "下载 4 个文件"
    assert plan.rows[0].title.text() == "2 个文件\uff0c已就绪"
    assert settings.editors["jobs"].focus.accessibleName() == "同时下载的文件"
    language.choose(ENGLISH)
    qtbot.waitUntil(lambda: plan.title.text() == before)
    qtbot.waitUntil(lambda: settings.windowTitle() == "Settings")


def test_choosing_what_is_shown_changes_nothing(language: Language, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(language.changed):
        language.choose(ENGLISH)
        language.choose("xx_YY")
    assert repr(language) == "<Language en>"


def test_the_system_is_followed(language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QLocale, "uiLanguages", lambda self, *more: ["zh-Hans-CN"])
    language.choose("")
    assert language.locale == "zh_CN"


def test_the_direction_of_writing_is_that_of_the_language(
    language: Language, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    from stabilitydl.gui import language as module

    monkeypatch.setattr(module, "available", lambda: {"en": "English", "ar": "العربية"})
    language.choose("ar")
    label = QLabel("x")
    qtbot.addWidget(label)
    assert label.layoutDirection() is Qt.LayoutDirection.RightToLeft
    language.choose(ENGLISH)
    assert label.layoutDirection() is Qt.LayoutDirection.LeftToRight
