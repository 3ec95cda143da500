"""Painting: no warning in any state, nothing missing, and clicks land on what is painted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QFontMetrics, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from stabilitydl.domain.states import State
from stabilitydl.gui.painting import Canvas, shortened
from stabilitydl.gui.pictures import Pictures
from stabilitydl.gui.resource_grid import ResourceGrid
from stabilitydl.gui.resource_index import Column
from stabilitydl.gui.resource_table_model import ResourceTableModel
from stabilitydl.gui.resource_view import STATE_LEAST, ResourceView
from stabilitydl.gui.row_action import RowAction
from stabilitydl.gui.row_pointer import Part
from stabilitydl.gui.state_text import Fill, Mark
from stabilitydl.gui.theme import DARK, LIGHT, THEMES, Appearance, Theme, ThemeChoice
from tests.fakes.clock import ManualClock

from .samples import MB, child, every_state, key, progress, tick

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier
Either = ResourceView | ResourceGrid


@pytest.fixture
def model() -> Iterator[ResourceTableModel]:
    made = ResourceTableModel(clock=ManualClock())
    yield made
    made.close()


def shown(kind: type[Either], qtbot: QtBot, model: ResourceTableModel, choice: ThemeChoice) -> Either:
    view = kind(model, Appearance(choice), Pictures())
    qtbot.addWidget(view)
    view.resize(1016, 700)
    return view


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK])
@pytest.mark.parametrize("kind", [ResourceView, ResourceGrid])
def test_every_state_is_painted(
    qtbot: QtBot, model: ResourceTableModel, kind: type[Either], choice: ThemeChoice, direction: Qt.LayoutDirection
) -> None:
    children = every_state()
    model.load(children)
    model.apply([tick(*(progress(int(each.id, 16)) for each in children if each.state.is_running))])
    model.selection.replace(model.shown_ids()[::2])
    view = shown(kind, qtbot, model, choice)
    view.setLayoutDirection(direction)
    view.show()
    view.pointer.hovered = children[5].id
    bar = view.verticalScrollBar()
    seen = set()
    for place in range(0, bar.maximum() + 1, max(1, bar.pageStep())):
        bar.setValue(place)
        seen.add(view.grab().toImage().pixelColor(3, 3).name())
    theme = DARK if choice is ThemeChoice.DARK else LIGHT
    if direction is Qt.LayoutDirection.LeftToRight:
        assert seen <= {theme.panel, theme.selection, theme.hover, theme.accent, theme.line}


def image_of(view: Either, row: int, column: Column) -> QImage:
    return view.viewport().grab(view.visualRect(view.model().index(row, column))).toImage()


def colors(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_the_parts_of_a_row_have_their_colours(qtbot: QtBot, model: ResourceTableModel) -> None:
    model.load(
        [
            child(0, State.DOWNLOADING),
            child(1, State.VERIFYING),
            child(2, State.PAUSED, received=48 * MB),
            child(3),
            child(4, State.FAILED),
        ]
    )
    model.apply([tick(progress(0), progress(1, 144 * MB, checked=70 * MB))])
    model.selection.replace([key(3)])
    view = shown(ResourceView, qtbot, model, ThemeChoice.LIGHT)
    view.show()
    assert {LIGHT.accent, LIGHT.track} <= colors(image_of(view, 0, Column.STATE))
    assert {LIGHT.good, LIGHT.accent} <= colors(image_of(view, 1, Column.STATE))
    assert {LIGHT.dimmed, LIGHT.track} <= colors(image_of(view, 2, Column.STATE))
    assert LIGHT.selection in colors(image_of(view, 3, Column.NAME))
    assert LIGHT.accent in colors(image_of(view, 3, Column.MARK))
    assert LIGHT.accent not in colors(image_of(view, 2, Column.MARK))
    assert LIGHT.trouble_text in colors(image_of(view, 4, Column.STATE))


def test_a_track_shows_ranges_where_they_are_in_either_direction(qapp: QApplication) -> None:
    for direction, places in (
        (Qt.LayoutDirection.LeftToRight, {10: True, 60: False, 110: True, 160: False}),
        (Qt.LayoutDirection.RightToLeft, {190: True, 140: False, 90: True, 40: False}),
    ):
        image = QImage(200, 5, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        canvas = Canvas(painter, QRect(0, 0, 200, 5), direction, LIGHT)
        canvas.track(canvas.rect, [(0.0, 0.25, Fill.RECEIVED), (0.5, 0.75, Fill.RECEIVED)])
        painter.end()
        for x, is_here in places.items():
            assert image.pixelColor(x, 2).name() == (LIGHT.accent if is_here else LIGHT.track)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("mark", [mark for mark in Mark if mark is not Mark.NONE])
def test_marks_are_drawn_and_leave_the_painter_as_it_was(qapp: QApplication, theme: Theme, mark: Mark) -> None:
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.panel))
    painter = QPainter(image)
    canvas = Canvas(painter, image.rect(), Qt.LayoutDirection.LeftToRight, theme)
    canvas.mark(canvas.rect, mark, "trouble_text")
    canvas.arrow(QRect(0, 0, 0, 0), "text", down=True)
    assert not painter.testRenderHint(QPainter.RenderHint.Antialiasing)
    assert canvas.pixel_ratio == 1
    painter.end()
    assert len(colors(image)) > 2


@pytest.fixture(params=[ResourceView, ResourceGrid])
def view(request: pytest.FixtureRequest, qtbot: QtBot, model: ResourceTableModel) -> Either:
    model.load([child(0), child(1, State.PAUSED, received=48 * MB), child(2, State.FAILED), child(3)])
    made = shown(request.param, qtbot, model, ThemeChoice.LIGHT)
    made.show()
    return made


def find(view: Either, row: int, part: Part) -> QPoint:
    """The middle of all places of a row where ``part`` is hit."""
    model = view.model()
    assert isinstance(model, ResourceTableModel)
    area = view.visualRect(model.index(row, Column.MARK)).united(view.visualRect(model.index(row, Column.MENU)))
    points = [
        QPoint(x, y)
        for x in range(area.left(), area.right(), 8)
        for y in range(area.top(), area.bottom(), 5)
        if (hit := view.hit(QPoint(x, y))) is not None and hit.part is part
    ]
    return points[len(points) // 2] if points else QPoint()


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_a_click_on_the_command_of_a_row_says_which(
    view: Either, model: ResourceTableModel, qtbot: QtBot, direction: Qt.LayoutDirection
) -> None:
    view.setLayoutDirection(direction)
    for row, expected in ((1, RowAction.RESUME), (2, RowAction.RETRY)):
        place = find(view, row, Part.ACTION)
        with qtbot.waitSignal(view.action_wanted) as heard:
            QTest.mouseClick(view.viewport(), LEFT, NONE, place)
        assert heard.args == [key(row), expected]
    assert not model.selection
    assert find(view, 0, Part.ACTION).isNull()


def test_a_press_that_is_let_go_elsewhere_does_nothing(view: Either, model: ResourceTableModel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(view.action_wanted):
        QTest.mousePress(view.viewport(), LEFT, NONE, find(view, 1, Part.ACTION))
        QTest.mouseRelease(view.viewport(), LEFT, NONE, find(view, 2, Part.ACTION))
    assert not model.selection


def test_the_menu_is_about_one_row_or_about_all_selected(view: Either, model: ResourceTableModel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.menu_wanted) as heard:
        QTest.mouseClick(view.viewport(), LEFT, NONE, find(view, 3, Part.MENU))
    assert heard.args is not None
    assert heard.args[0] == [key(3)]
    assert not model.selection
    model.selection.replace([key(2), key(0)])
    for row, expected in ((0, [key(0), key(2)]), (3, [key(3)])):
        place = view.visualRect(model.index(row, Column.NAME)).center()
        with qtbot.waitSignal(view.menu_wanted) as heard:
            QTest.mousePress(view.viewport(), RIGHT, NONE, place)
            event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, view.viewport().mapToGlobal(place), NONE)
            QApplication.sendEvent(view.viewport(), event)
        assert heard.args[0] == expected
    view.setCurrentIndex(model.index(1, Column.NAME))
    with qtbot.waitSignal(view.menu_wanted) as heard:
        QApplication.sendEvent(
            view.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint(), NONE)
        )
    assert heard.args[0] == [key(1)]


def test_the_pointer_shows_what_can_be_clicked(view: Either) -> None:
    viewport = view.viewport()
    QTest.mouseMove(viewport, find(view, 1, Part.ACTION))
    assert view.pointer.hovered == key(1)
    assert viewport.cursor().shape() is Qt.CursorShape.PointingHandCursor
    QTest.mouseMove(viewport, find(view, 2, Part.ROW))
    assert view.pointer.hovered == key(2)
    assert viewport.cursor().shape() is Qt.CursorShape.ArrowCursor


def test_enter_opens_and_letters_go_to_the_filter(view: Either, model: ResourceTableModel, qtbot: QtBot) -> None:
    view.setFocus()
    view.setCurrentIndex(model.index(2, Column.NAME))
    with qtbot.waitSignal(view.opened) as opened:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert opened.args == [key(2)]
    with qtbot.waitSignal(view.typed) as typed:
        QTest.keyClick(view, Qt.Key.Key_X)
    assert typed.args == ["x"]


def test_the_column_of_states_grows_with_the_view_but_never_cuts(qtbot: QtBot, model: ResourceTableModel) -> None:
    model.load([child(0)])
    view = shown(ResourceView, qtbot, model, ThemeChoice.LIGHT)
    view.show()
    narrow = view.columnWidth(Column.STATE)
    view.resize(1500, 500)
    assert view.columnWidth(Column.STATE) > narrow >= STATE_LEAST
    view.horizontalHeader().resizeSection(Column.STATE, 100)
    assert view.columnWidth(Column.STATE) == STATE_LEAST
    view.resize(1016, 500)
    assert view.columnWidth(Column.STATE) == STATE_LEAST


def test_the_grid_finds_cards_and_scrolls_to_them(qtbot: QtBot, model: ResourceTableModel) -> None:
    model.load([child(number) for number in range(200)])
    grid = shown(ResourceGrid, qtbot, model, ThemeChoice.LIGHT)
    assert isinstance(grid, ResourceGrid)
    grid.show()
    for row in (0, 7, 150, 199):
        index = model.index(row, Column.NAME)
        grid.scrollTo(index)
        rect = grid.visualRect(index)
        assert grid.viewport().rect().contains(rect)
        assert grid.indexAt(rect.center()).row() == row
    assert not grid.indexAt(QPoint(1, 1)).isValid()
    assert grid.visualRect(model.index(-1, 0)).isNull()
    grid.setCurrentIndex(model.index(0, Column.NAME))
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert grid.currentIndex().row() == grid.per_line
    QTest.keyClick(grid, Qt.Key.Key_PageDown)
    assert grid.currentIndex().row() > grid.per_line
    model.load([])
    assert grid.verticalScrollBar().maximum() == 0
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert not grid.currentIndex().isValid()


def test_a_name_loses_a_long_ending_first_and_then_its_middle(qtbot: QtBot, appearance: Appearance) -> None:
    metrics = QFontMetrics(appearance.fonts.body)
    name = "ghibli_style_offset.safetensors"
    whole, stem = metrics.horizontalAdvance(name), metrics.horizontalAdvance("ghibli_style_offset\u2026")
    assert shortened(name, metrics, whole) == name
    assert shortened(name, metrics, whole - 1) == "ghibli_style_offset\u2026"
    assert shortened(name, metrics, stem) == "ghibli_style_offset\u2026"
    narrow = shortened(name, metrics, stem - 1)
    assert narrow.startswith("ghibli")
    assert narrow.endswith("offset")
    assert "\u2026" in narrow
    gguf = shortened("qwen2.5-7b-instruct-Q4_K_M.gguf", metrics, metrics.horizontalAdvance("qwen2.5-7b-instruct"))
    assert gguf.endswith("M.gguf")
    assert gguf.startswith("qwen")
