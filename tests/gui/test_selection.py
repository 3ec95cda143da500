"""Selection lives by id, through tabs, filters and sorting; mouse and keys work on it as everywhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from stabilitydl.domain.states import State, Tab
from stabilitydl.gui import selection_model
from stabilitydl.gui.pictures import Pictures
from stabilitydl.gui.resource_grid import ResourceGrid
from stabilitydl.gui.resource_header import ResourceHeader
from stabilitydl.gui.resource_index import Column, Order, Query
from stabilitydl.gui.resource_table_model import ResourceTableModel
from stabilitydl.gui.resource_view import ResourceView
from stabilitydl.gui.selection import Selection
from stabilitydl.gui.theme import Appearance

from .samples import child, key, moved

SHIFT, CTRL, NONE = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.NoModifier,
)
LEFT = Qt.MouseButton.LeftButton
Either = ResourceView | ResourceGrid


@pytest.fixture
def model() -> Iterator[ResourceTableModel]:
    made = ResourceTableModel()
    states = (State.MISSING, State.FAILED, State.DOWNLOADED)
    made.load([child(number, states[number % 3], size=1000 - number) for number in range(12)])
    yield made
    made.close()


@pytest.fixture(params=[ResourceView, ResourceGrid])
def view(
    request: pytest.FixtureRequest,
    qtbot: QtBot,
    model: ResourceTableModel,
    appearance: Appearance,
    pictures: Pictures,
) -> Either:
    made: Either = request.param(model, appearance, pictures)
    qtbot.addWidget(made)
    made.resize(1000, 900)
    made.show()
    return made


@pytest.fixture
def table(qtbot: QtBot, model: ResourceTableModel, appearance: Appearance, pictures: Pictures) -> ResourceView:
    made = ResourceView(model, appearance, pictures)
    qtbot.addWidget(made)
    made.resize(1000, 600)
    made.show()
    return made


def numbers(model: ResourceTableModel) -> list[int]:
    return sorted(int(chosen, 16) for chosen in model.selection.ids)


def spot(view: Either, row: int) -> QPoint:
    """A place of a row where a click selects."""
    rect = view.visualRect(view.model().index(row, Column.NAME))
    return rect.center() if isinstance(view, ResourceView) else QPoint(rect.center().x(), rect.y() + 100)


def click(view: Either, row: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.mouseClick(view.viewport(), LEFT, modifiers, spot(view, row))


def test_the_set_tells_once_for_each_change(qtbot: QtBot) -> None:
    selection = Selection()
    heard: list[int] = []
    selection.changed.connect(lambda: heard.append(len(selection)))
    selection.add(["a", "b"])
    selection.add(["a"])
    selection.toggle(["b", "c"])
    selection.remove(["x"])
    selection.clear()
    selection.clear()
    assert heard == [2, 2, 0]
    assert not selection
    assert repr(selection) == "<Selection 0>"


def test_click_control_and_shift(view: Either, model: ResourceTableModel) -> None:
    click(view, 2)
    assert numbers(model) == [2]
    click(view, 5, CTRL)
    assert numbers(model) == [2, 5]
    click(view, 8, SHIFT)
    assert numbers(model) == [5, 6, 7, 8] or numbers(model) == [2, 5, 6, 7, 8]
    click(view, 6, CTRL)
    assert 6 not in numbers(model)
    click(view, 0)
    assert numbers(model) == [0]


def test_keys(view: Either, model: ResourceTableModel) -> None:
    view.setFocus()
    click(view, 1)
    forward = Qt.Key.Key_Down if isinstance(view, ResourceView) else Qt.Key.Key_Right
    QTest.keyClick(view, forward, SHIFT)
    QTest.keyClick(view, forward, SHIFT)
    assert numbers(model) == [1, 2, 3]
    QTest.keyClick(view, forward)
    assert numbers(model) == [4]
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert numbers(model) == []
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert numbers(model) == [4]
    QTest.keyClick(view, Qt.Key.Key_A, CTRL)
    assert len(model.selection) == 12
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not model.selection
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.currentIndex().row() == 11
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.currentIndex().row() == 0


def test_it_stays_through_tab_filter_and_sorting(view: Either, model: ResourceTableModel) -> None:
    click(view, 3)
    click(view, 4, CTRL)
    model.show(Query(Tab.MISSING))
    assert numbers(model) == [3, 4]
    assert view.currentIndex().row() == -1
    click(view, 0, CTRL)
    assert numbers(model) == [0, 3, 4]
    model.show(Query(text="nothing at all"))
    model.show(Query())
    model.sort_by(Order(Column.SIZE))
    assert numbers(model) == [0, 3, 4]
    assert model.selected_rows() == bytes([0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1])
    model.apply([moved(3, State.MISSING, State.QUEUED)])
    model.load([child(number) for number in range(12)])
    assert numbers(model) == [0, 3, 4]


def test_the_current_row_is_the_same_child_after_sorting(view: Either, model: ResourceTableModel) -> None:
    click(view, 3)
    model.sort_by(Order(Column.SIZE))
    assert model.snapshot_at(view.currentIndex().row()).id == key(3)
    assert numbers(model) == [3]


def test_qt_sees_what_is_selected(view: Either, model: ResourceTableModel, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = view.selectionModel()
    model.selection.replace([key(number) for number in (1, 2, 3, 7)])
    assert [row for row in range(12) if chosen.isRowSelected(row, chosen.currentIndex().parent())] == [1, 2, 3, 7]
    model.sort_by(Order(Column.SIZE))
    assert [row for row in range(12) if chosen.isRowSelected(row, chosen.currentIndex().parent())] == [4, 8, 9, 10]
    model.show(Query(Tab.MISSING))
    assert [row for row in range(4) if chosen.isRowSelected(row, chosen.currentIndex().parent())] == [2]
    monkeypatch.setattr(selection_model, "MOST_RANGES", 1)
    model.selection.replace([key(0), key(6)])
    assert not chosen.hasSelection()
    assert numbers(model) == [0, 6]
    model.selection.clear()
    assert not chosen.hasSelection()


def test_the_check_box_toggles_one_row_and_shift_extends(view: Either, model: ResourceTableModel) -> None:
    def check(row: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
        place = QPoint(12, 20) if isinstance(view, ResourceView) else QPoint(24, 24)
        cell = view.visualRect(model.index(row, Column.MARK))
        QTest.mouseClick(view.viewport(), LEFT, modifiers, cell.topLeft() + place)

    check(1)
    check(4)
    assert numbers(model) == [1, 4]
    check(7, SHIFT)
    assert numbers(model) == [1, 4, 5, 6, 7]
    check(1)
    assert numbers(model) == [4, 5, 6, 7]
    index = model.index(4, Column.MARK)
    assert index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Selected"
    assert model.setData(index, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert numbers(model) == [5, 6, 7]
    assert not model.setData(model.index(4, Column.NAME), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)


def test_the_check_box_of_the_header_is_about_what_is_shown(table: ResourceView, model: ResourceTableModel) -> None:
    header = table.horizontalHeader()
    assert isinstance(header, ResourceHeader)
    place = QPoint(20, header.height() // 2)
    assert header.check_state is Qt.CheckState.Unchecked
    model.show(Query(Tab.FAILED))
    QTest.mouseClick(header.viewport(), LEFT, NONE, place)
    assert numbers(model) == [1, 4, 7, 10]
    assert header.check_state is Qt.CheckState.Checked
    model.show(Query())
    assert header.check_state is Qt.CheckState.PartiallyChecked
    QTest.mouseClick(header.viewport(), LEFT, NONE, place)
    assert len(model.selection) == 12
    QTest.mouseClick(header.viewport(), LEFT, NONE, place)
    assert not model.selection


def test_a_third_click_on_a_title_gives_the_order_of_the_hub_back(
    table: ResourceView, model: ResourceTableModel
) -> None:
    header = table.horizontalHeader()
    x = header.sectionViewportPosition(Column.SIZE) + 10
    for expected in (Order(Column.SIZE), Order(Column.SIZE, descending=True), Order()):
        QTest.mouseClick(header.viewport(), LEFT, NONE, QPoint(x, header.height() // 2))
        assert model.order == expected


def test_bulk_selection_by_state(model: ResourceTableModel) -> None:
    model.show(Query(Tab.DOWNLOADED, text="file"))
    model.selection.replace(model.ids_of(Tab.MISSING))
    assert numbers(model) == [0, 3, 6, 9]
    model.selection.replace(model.ids_of(Tab.FAILED))
    assert numbers(model) == [1, 4, 7, 10]
    model.selection.replace(model.shown_ids())
    assert numbers(model) == [2, 5, 8, 11]


def test_a_rubber_band_selects_the_cards_it_touches(
    qtbot: QtBot, model: ResourceTableModel, appearance: Appearance, pictures: Pictures
) -> None:
    grid = ResourceGrid(model, appearance, pictures)
    qtbot.addWidget(grid)
    grid.resize(820, 900)
    grid.show()
    per_line = grid.per_line
    start = QPoint(2, 2)
    end = grid.visualRect(model.index(per_line + 1, Column.NAME)).center()
    QTest.mousePress(grid.viewport(), LEFT, NONE, start)
    QTest.mouseMove(grid.viewport(), end)
    assert numbers(model) == [0, 1, per_line, per_line + 1]
    QTest.mouseMove(grid.viewport(), grid.visualRect(model.index(0, Column.NAME)).center())
    assert numbers(model) == [0]
    QTest.mouseRelease(grid.viewport(), LEFT, NONE, end)
    QTest.mouseClick(grid.viewport(), LEFT, NONE, start)
    assert numbers(model) == []


def test_dragging_replaces_only_what_the_drag_selected(model: ResourceTableModel, table: ResourceView) -> None:
    chosen = table.selectionModel()
    flag = QItemSelectionModel.SelectionFlag
    model.selection.replace([key(0)])
    chosen.select(model.index(4, 0), flag.Select | flag.Rows)
    chosen.select(model.index(5, 0), flag.Select | flag.Rows | flag.Current)
    assert numbers(model) == [0, 5]
    chosen.select(model.index(0, 0), flag.Deselect | flag.Rows)
    assert numbers(model) == [5]
    chosen.select(model.index(9, 0), flag.NoUpdate)
    assert numbers(model) == [5]
