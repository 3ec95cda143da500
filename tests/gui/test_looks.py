"""Whatever the window writes at 1280 x 800 can be read: nothing cut or shortened but names, and no glyph missing.

Looked at in English, in Chinese, in text half as long again as German is, and mirrored. The window is filled as for the
pictures of the README, every state and dialog among it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt, QTranslator
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from stabilitydl.gui.language import Language
from stabilitydl.gui.qt import override
from stabilitydl.gui.theme import Appearance
from tests import translations
from tests.gui.painted import ELLIPSIS, Written, missing_glyphs, written_by
from tests.screenshots import scenes
from tests.screenshots.shelf import SHELF
from tests.screenshots.stage import HOSTS, Stage

PLAYS: dict[str, scenes.Play] = {
    "downloading": scenes.downloading,
    "nothing here": scenes.nothing_here,
    "failures": scenes.failures,
    "plan": scenes.plan,
    "plan, file by file": scenes.plan_files,
    "downloads": scenes.settings("downloads"),
    "network": scenes.settings("network"),
    "window": scenes.settings("window"),
    "accounts": scenes.settings("accounts"),
    "grid": scenes.grid,
    "add": scenes.add,
    "activity": scenes.activity,
    "about": scenes.about,
    "grouped": scenes.grouped,
    "undo": scenes.undo,
    "quarantine": scenes.quarantine,
    "notices": scenes.notices,
}
MORE = "\u00e4\u00f6\u00fcw\u00f6rter"
"""What is added to texts; it has the letters of German."""


class Longer(QTranslator):
    """Makes every text longer by two fifths; what is added can be wrapped where English can."""

    @override
    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        return longer(text)

    @override
    def isEmpty(self) -> bool:
        return False


def longer(text: str) -> str:
    """``text`` with two fifths more characters before its last sign."""
    end = text[-1:] if text[-1:] in ".\u2026:" else ""
    words = text.removesuffix(end)
    more = (MORE * len(text))[: max(1, round(0.4 * len(words)))]
    if " " not in words:
        return words + more + end
    pieces = [more[start : start + 7] for start in range(0, len(more), 7)]
    return " ".join([words, *pieces]) + end


def has_chinese() -> bool:
    return bool(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))


@pytest.fixture(params=["english", "chinese", "long", "right-to-left"])
def writing(request: pytest.FixtureRequest, qapp: object) -> Iterator[str]:
    """How the window is written."""
    if request.param == "chinese" and not has_chinese():
        assert os.environ.get("CI") != "true", "a Chinese font is missing (Debian: fonts-wqy-microhei)"
        pytest.skip("no font with Chinese characters (Debian: fonts-wqy-microhei)")
    translator = Longer()
    if request.param == "long":
        QCoreApplication.installTranslator(translator)
    if request.param == "right-to-left":
        QGuiApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield request.param
    QCoreApplication.removeTranslator(translator)
    QGuiApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@pytest.fixture
def opened(dressed: Appearance, tmp_path: Path, writing: str) -> Iterator[Callable[..., Stage]]:
    """Opens the window on a shelf."""
    language = Language()
    language.choose("zh_CN" if writing == "chinese" else "en")
    stages: list[Stage] = []

    def open_on(packs: object = SHELF) -> Stage:
        stages.append(Stage(tmp_path / f"stage-{len(stages)}", dressed, language, packs))
        return stages[-1]

    yield open_on
    for stage in stages:
        stage.close()
    language.remove()


def test_everything_can_be_read(opened: Callable[..., Stage], writing: str) -> None:
    stage = opened()
    found = {}
    for name, play in PLAYS.items():
        dialog = play(stage)
        stage.settle()
        for widget in (stage.window, *([dialog] if dialog is not None else [])):
            found |= {f"{name}: {trouble}": None for trouble in troubles(widget)}
        stage.tidy()
    assert not found, "\n".join(found)


def test_an_empty_window_can_be_read(opened: Callable[..., Stage]) -> None:
    stage = opened(())
    stage.settle()
    assert troubles(stage.window) == []
    assert any("https://" in piece.text for piece in written_by(stage.window))


# What counts as trouble


def troubles(widget: QWidget) -> list[str]:
    """What of ``widget`` cannot be read."""
    found = []
    written = written_by(widget)
    for piece in written:
        if piece.missing:
            found.append(f"no glyph for {piece.missing!r} in {piece.text!r}")
        if piece.is_cut:
            found.append(f"cut: {piece}")
        if ELLIPSIS in piece.text and not may_be_shortened(piece.text):
            found.append(f"shortened: {piece}")
    for one, other in combinations(written, 2):
        if one.is_over(other):
            found.append(f"written over each other: {one.text!r} and {other.text!r}")
    return found + [f"no room: {each!r} {each.text()!r}" for each in crowded(widget)]


def whole_texts() -> frozenset[str]:
    """All texts of the window that have an ellipsis of their own."""
    texts = {
        text
        for source in translations.sources()
        for message in translations.messages(source)
        for text in (message.source, message.translation, longer(message.source))
        if ELLIPSIS in text
    }
    return frozenset(texts)


WHOLE = whole_texts()
NAMES = frozenset(
    (
        *(line.host for line in HOSTS),
        *(text for pack in SHELF for text in (pack.title, pack.target, pack.page, pack.creator)),
        *(text for pack in SHELF for file in pack.files for text in (file.name, file.version)),
    )
)
"""What hubs and hosts are called and call things. It is as long as they like, and its whole is in the tool tip."""


def may_be_shortened(text: str) -> bool:
    """Is it a text that ends like this, or a name that has no room?"""
    if text.startswith(ELLIPSIS):
        # Its end stands at the left in a mirrored window.
        text = text.removeprefix(ELLIPSIS) + ELLIPSIS
    if text in WHOLE:
        return True
    start, _, end = text.partition(ELLIPSIS)
    return any(name.startswith(start) and name.endswith(end) and len(start + end) < len(name) for name in NAMES)


def crowded(widget: QWidget) -> list[QLabel | QAbstractButton]:
    """Labels and buttons that are lower than their words, which no width tells."""
    labels = [each for each in widget.findChildren(QLabel) if each.isVisible() and each.text() and each.wordWrap()]
    buttons = [each for each in widget.findChildren(QAbstractButton) if each.isVisible() and each.text()]
    return [
        *(each for each in labels if each.height() < each.heightForWidth(each.width()) - 1),
        *(each for each in buttons if each.height() < each.sizeHint().height() - 1),
    ]


# The measure itself


def shown(qtbot: QtBot, text: str, width: int) -> list[Written]:
    label = QLabel(text)
    qtbot.addWidget(label)
    label.setFixedWidth(width)
    label.show()
    return written_by(label)


def test_the_measure_sees_what_is_cut(qtbot: QtBot, dressed: Appearance) -> None:
    text = "Paste an address anywhere"
    (whole,) = shown(qtbot, text, 400)
    assert (whole.text, whole.is_cut) == (text, False)
    (cut,) = shown(qtbot, text, 60)
    assert (cut.text, cut.is_cut) == (text, True)


def test_the_measure_sees_what_is_written_over_each_other(qtbot: QtBot, dressed: Appearance) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    first, second = QLabel("Missing", holder), QLabel("49", holder)
    holder.resize(300, 40)
    holder.show()
    second.move(first.sizeHint().width() + 4, 0)
    one, other = written_by(holder)
    assert not one.is_over(other)
    second.move(first.sizeHint().width() // 2, 0)
    one, other = written_by(holder)
    assert one.is_over(other)
    second.move(0, 20)
    one, other = written_by(holder)
    assert not one.is_over(other)


def test_the_measure_sees_missing_glyphs(qtbot: QtBot, dressed: Appearance) -> None:
    unassigned = "\U000e1234"
    assert missing_glyphs(f"a{unassigned}b", QFont()) == unassigned
    assert missing_glyphs("Stra\u00dfe \u00b7 57 %", QFont()) == ""
    assert any(piece.missing == unassigned for piece in shown(qtbot, f"a{unassigned}b", 200))


def test_names_may_be_shortened_and_words_may_not() -> None:
    assert may_be_shortened("Log in\u2026")
    assert may_be_shortened("qwen2.5-7b-instr\u2026")
    assert not may_be_shortened("Downlo\u2026")


def test_the_measure_sees_lines_that_are_cut_off(qtbot: QtBot, dressed: Appearance) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    label = QLabel("word " * 40, holder)
    label.setWordWrap(True)
    label.resize(200, label.heightForWidth(200))
    holder.show()
    assert crowded(holder) == []
    label.resize(200, 20)
    assert crowded(holder) == [label]
