"""Accessible, reachable, whole: every control has a name, the keyboard gets everywhere, no text is cut."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QRect, Qt, QTranslator
from PySide6.QtGui import QAccessible, QFontMetrics, QGuiApplication, QRawFont, QTextLayout
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QLabel, QLineEdit, QScrollBar, QWidget

from stabilitydl.domain.resource import ResourceSnapshot
from stabilitydl.domain.states import State, Tab
from stabilitydl.errors import Problem
from stabilitydl.gui.elided_label import ElidedLabel
from stabilitydl.gui.main_window import MainWindow
from stabilitydl.gui.qt import override
from stabilitydl.gui.resource_index import Column
from stabilitydl.gui.state_delegate import lay_out, state_area
from stabilitydl.gui.theme import RESOURCE_ROW
from stabilitydl.gui.tr import translate
from tests.gui.samples import MB, child, pack, progress, tick
from tests.gui.stage import Stage

SCREEN = (1280, 800)


class German(QTranslator):
    """Makes every text a third longer, as German is."""

    @override
    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        return text + "n" * (1 + len(text) // 3)

    @override
    def isEmpty(self) -> bool:
        return False


LANGUAGES = ("en", "zh_CN")


def fill(stage: Stage) -> None:
    """Something everywhere: a collection, children in all states, a selection, a message, activity."""
    window = stage.window
    stage.mute()
    states = [state for state in State if state is not State.VERIFYING] * 4
    rows: list[ResourceSnapshot] = []
    for number, state in enumerate(states):
        problem = Problem("server-failed", {"host": "civitai.com", "status": 503}) if state.is_trouble else None
        rows.append(child(number, state, problem=problem, received=40 * MB, name=f"add-detail-xl-{number}.safetensors"))
    snapshot = pack(1, "Style LoRA mega pack", {State.MISSING: len(rows)}, type="LoRA", base_model="SDXL 1.0")
    window.collections.model.load([snapshot])
    window.resources.show_collection(snapshot, has_collections=True)
    window.resources.load(rows)
    window.resources.show_free(212_000 * MB)
    window.resources.model.selection.replace(row.id for row in rows)
    window.toolbar.show_speed(112 * MB)
    window.activity.show_tick(tick(progress(1), progress(2)), {})
    window.activity.show_totals((41_200 * MB, 312), (2_000_000 * MB, 9_000))
    window.toast.say(translate("ResourceCommands", "Undo"), action=translate("ResourceCommands", "Undo"), call=bool)


@pytest.fixture(params=["en", "zh_CN", "long", "right-to-left"])
def window(request: pytest.FixtureRequest, stage: Stage) -> Iterator[MainWindow]:
    translator = German()
    if request.param == "long":
        QCoreApplication.installTranslator(translator)
    made = stage.open()
    if request.param in LANGUAGES:
        stage.change(language=request.param)
        stage.until(lambda: made.toolbar.add.text() == translate("Toolbar", "Add"))
    elif request.param == "right-to-left":
        QGuiApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    made.resize(*SCREEN)
    fill(stage)
    settle(made)
    yield made
    made.toast.stop()
    QCoreApplication.removeTranslator(translator)
    QGuiApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def visible(window: MainWindow) -> list[QWidget]:
    return [widget for widget in window.findChildren(QWidget) if widget.isVisible()]


def settle(window: MainWindow) -> None:
    """Turn the loop until nothing moves any more: one layout may ask another to make room."""
    before: list[QRect] = []
    while (after := [widget.geometry() for widget in visible(window)]) != before:
        before = after
        QApplication.processEvents()


def has_room(widget: QWidget, text: str) -> bool:
    """A sign alone needs its own width; words need what they ask for."""
    if len(text) == 1:
        return widget.width() >= widget.fontMetrics().horizontalAdvance(text)
    return widget.width() >= widget.sizeHint().width() - 1


def words(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, (QAbstractButton, QLabel)) else ""


def test_it_fits_the_screen_and_no_text_is_cut(window: MainWindow) -> None:
    assert window.minimumSizeHint().width() <= SCREEN[0]
    assert window.size().width() == SCREEN[0]
    assert window.size().height() == SCREEN[1]
    for widget in visible(window):
        text = words(widget)
        if isinstance(widget, QAbstractButton) and text:
            assert has_room(widget, text), f"{text!r} {widget.size()} {widget.sizeHint()}"
        elif isinstance(widget, ElidedLabel):
            assert not widget.is_elided or widget is window.resources.bar.detail, text
        elif isinstance(widget, QLabel) and text and not widget.wordWrap():
            assert has_room(widget, text), f"{text!r} {widget.size()} {widget.sizeHint()}"


def test_nothing_lies_on_top_of_something_else(window: MainWindow) -> None:
    for parent in [window, *visible(window)]:
        layout = parent.layout()
        if layout is None or isinstance(parent, QAbstractButton):
            continue
        inside = [
            child
            for child in parent.children()
            if isinstance(child, QWidget) and child.isVisible() and layout.indexOf(child) >= 0
        ]
        for number, first in enumerate(inside):
            assert parent.rect().contains(first.geometry()), f"{first!r} {words(first)!r} leaves {parent!r}"
            for second in inside[number + 1 :]:
                assert not first.geometry().intersects(second.geometry()), f"{words(first)!r} on {words(second)!r}"


def test_states_are_never_cut(window: MainWindow, stage: Stage) -> None:
    """The state cell has room for every state that the window shows at this size."""
    view, model = window.resources.list, window.resources.model
    metrics = QFontMetrics(stage.appearance.fonts.small)
    cell = state_area(QRect(0, 0, view.columnWidth(Column.STATE), RESOURCE_ROW))
    for row in range(model.rowCount()):
        state = model.state_text(model.snapshot_at(row))
        layout = lay_out(cell, state, metrics)
        assert not layout.left.intersects(layout.right), f"{state} in {cell}"
        flags = Qt.TextFlag.TextWordWrap if layout.wraps else Qt.TextFlag.TextSingleLine
        needed = metrics.boundingRect(layout.left, flags, state.left)
        assert needed.height() <= layout.left.height() + 4, f"{state} in {cell}"
        assert needed.width() <= layout.left.width() + 1, f"{state} in {cell}"


def test_every_control_has_a_name_for_screen_readers(window: MainWindow) -> None:
    for widget in visible(window):
        takes_keys = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if not takes_keys or isinstance(widget, QScrollBar) or widget.objectName().startswith("qt_"):
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        name = interface.text(QAccessible.Text.Name) if interface is not None else ""
        assert name.strip(), f"{widget!r} {words(widget)!r} has no name"
        assert any(unicodedata.category(each)[0] in "LN" for each in name), f"{name!r} cannot be spoken"


def test_tab_goes_through_everything_once(stage: Stage) -> None:
    window = stage.open()
    fill(stage)
    QApplication.processEvents()
    window.activateWindow()
    window.toolbar.add.setFocus()
    stage.until(window.toolbar.add.hasFocus)
    wanted = {
        widget
        for widget in visible(window)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled() and widget.focusProxy() is None
    }
    # A group of exclusive buttons is one stop, and arrows go through it.
    grouped = {widget for widget in wanted if isinstance(widget, QAbstractButton) and widget.group() is not None}
    groups = {widget.group() for widget in grouped}
    wanted -= grouped
    reached: list[QWidget] = []
    for _ in range(3 * len(wanted)):
        focus = QApplication.focusWidget()
        assert focus is not None
        if focus in reached:
            break
        reached.append(focus)
        stage.press(focus, Qt.Key.Key_Tab)
    missed = [widget for widget in wanted if widget not in reached]
    assert not missed, f"not reached: {[(widget, words(widget)) for widget in missed]}"
    assert groups == {widget.group() for widget in reached if isinstance(widget, QAbstractButton)} - {None}
    places = [place(widget, window) for widget in reached]
    zones = [zone for number, zone in enumerate(places) if number == 0 or places[number - 1] != zone]
    assert zones == ["toolbar", "collections", "children", "toast", "activity"], zones
    window.toast.stop()


def place(widget: QWidget, window: MainWindow) -> str:
    parts = {
        "toolbar": window.toolbar,
        "collections": window.collections,
        "children": window.resources,
        "toast": window.toast,
        "activity": window.activity,
    }
    return next(name for name, part in parts.items() if part is widget or part.isAncestorOf(widget))


def test_rows_can_be_read_by_a_screen_reader(stage: Stage) -> None:
    window = stage.open()
    fill(stage)
    model = window.resources.model
    for row in range(model.rowCount()):
        for column in (Column.MARK, Column.NAME, Column.STATE):
            spoken = model.index(row, column).data(Qt.ItemDataRole.AccessibleTextRole)
            assert spoken, (row, column)
    window.toast.stop()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_glyph_is_missing(stage: Stage, language: str) -> None:
    window = stage.open()
    stage.change(language=language)
    stage.until(lambda: window.toolbar.add.text() == translate("Toolbar", "Add"))
    fill(stage)
    stage.until(lambda: not window.grab().isNull())
    texts = {words(widget) for widget in visible(window)}
    texts |= {widget.placeholderText() for widget in visible(window) if isinstance(widget, QLineEdit)}
    model = window.resources.model
    for row in range(model.rowCount()):
        state = model.state_text(model.snapshot_at(row))
        texts |= {state.left, state.right}
    assert len(texts) > 30
    for text in texts:
        assert not missing(text), f"{text!r} has no glyph for {missing(text)}"
    window.toast.stop()


def missing(text: str) -> list[str]:
    """Characters that no font of this machine draws."""
    layout = QTextLayout(text, QApplication.font())
    layout.beginLayout()
    line = layout.createLine()
    if not line.isValid():
        layout.endLayout()
        return []
    line.setLineWidth(100_000)
    layout.endLayout()
    found: list[str] = []
    for run in layout.glyphRuns():
        font: QRawFont = run.rawFont()
        glyphs, places = run.glyphIndexes(), run.stringIndexes()
        found += [text[at] for glyph, at in zip(glyphs, places, strict=False) if glyph == 0 and not text[at].isspace()]
        assert font.isValid()
    return found


def test_the_language_changes_while_it_runs(stage: Stage) -> None:
    """G07"""
    window = stage.open()
    fill(stage)
    chosen, count = window.resources.model.selection.ids, window.resources.tabs.count(Tab.ALL)
    stage.change(language="zh_CN")
    stage.until(lambda: window.toolbar.pause_all.text() == "全部暂停")
    assert window.resources.tabs.button(Tab.MISSING).text() == "缺少"
    stage.change(language="en")
    stage.until(lambda: window.toolbar.pause_all.text() == "Pause all")
    assert window.resources.model.selection.ids == chosen
    assert window.resources.tabs.count(Tab.ALL) == count
    window.toast.stop()


def test_the_theme_changes_while_it_runs(stage: Stage) -> None:
    window = stage.open()
    fill(stage)
    light = window.grab().toImage().pixelColor(1000, 20).lightness()
    stage.change(theme="dark")
    stage.until(lambda: window.grab().toImage().pixelColor(900, 20).lightness() < light - 100)
    stage.change(theme="light")
    window.toast.stop()


def test_figures_do_not_jitter(stage: Stage) -> None:
    """Digits are equally wide, so numbers that run do not move what stands beside them."""
    stage.open()
    metrics = QFontMetrics(QApplication.font())
    assert len({metrics.horizontalAdvance(figure) for figure in "0123456789"}) == 1
    assert QLocale().decimalPoint()


def test_lists_keep_their_place_for_the_keyboard(stage: Stage) -> None:
    window = stage.open()
    fill(stage)
    view = window.resources.list
    assert isinstance(view, QAbstractItemView)
    view.setFocus()
    stage.press(view, Qt.Key.Key_Home)
    stage.press(view, Qt.Key.Key_Down)
    current = window.resources.model.snapshot_at(view.currentIndex().row()).id
    window.resources.list.sortByColumn(Column.SIZE, Qt.SortOrder.DescendingOrder)
    assert window.resources.model.snapshot_at(view.currentIndex().row()).id == current
    window.toast.stop()
