from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from stabilitydl.domain.states import State
from stabilitydl.engine.here import Foreseen
from stabilitydl.errors import LoginNeeded, PageNotFound
from stabilitydl.gui.forecast import Forecast
from stabilitydl.gui.plan_dialog import PlanDialog
from stabilitydl.gui.plan_model import Kind, PlanModel
from stabilitydl.gui.plan_rows import GroupRow
from stabilitydl.gui.plan_table_model import PlanColumn, PlanTableModel
from stabilitydl.gui.theme import Appearance
from tests.gui.plan_samples import PAGE, forecast, made, many
from tests.gui.samples import MB, child


@pytest.fixture
def dialog(qtbot: QtBot, appearance: Appearance) -> PlanDialog:
    made = PlanDialog(appearance)
    qtbot.addWidget(made)
    made.show_busy(["https://civitai.com/models/1"])
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def row_of(dialog: PlanDialog, kind: Kind) -> GroupRow:
    return next(row for row in dialog.rows if row.group.kind is kind)


def test_while_the_hubs_are_asked_nothing_can_be_started(dialog: PlanDialog, qtbot: QtBot) -> None:
    assert dialog.title.text() == "Looking at 1 address"
    assert not dialog.start.isEnabled()
    with qtbot.assertNotEmitted(dialog.start_wanted):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()
    dialog.show_busy([])
    assert dialog.title.text() == "Looking at what is missing"


def test_groups_come_first_and_risky_ones_are_off(dialog: PlanDialog) -> None:
    dialog.show_forecast(forecast(), speed=10 * MB)
    assert dialog.title.text() == "Download 11 files from “Style pack”"
    assert "200 MB to <b>/models/lora/pack</b> · 20.0 GB free" in dialog.room.text()
    assert "about 20 s at the last speed" in dialog.room.text()
    assert "1 of unknown size" in dialog.room.text()
    states = {row.group.kind: row.check.checkState() for row in dialog.rows}
    on = {kind for kind, state in states.items() if state is Qt.CheckState.Checked}
    assert on == {Kind.READY, Kind.HERE, Kind.UNVERIFIABLE}
    enabled = {row.group.kind for row in dialog.rows if row.check.isEnabled()}
    assert enabled == on | {Kind.PICKLE, Kind.FLAGGED, Kind.LOGIN}
    assert not dialog.children_table.isVisible()
    assert dialog.start.text() == "Download 4 files"


def test_enter_starts_what_is_chosen(dialog: PlanDialog, qtbot: QtBot) -> None:
    shown = forecast(["ready", "pickle", "bare"])
    dialog.show_forecast(shown)
    with qtbot.waitSignal(dialog.start_wanted) as caught:
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    first, _, last = (each.row.id for each in shown.children)
    assert caught.args == [(first, last), shown.expansions]
    assert not dialog.isVisible()


@pytest.mark.parametrize("from_where", ["table", "check", "show_all"])
def test_enter_starts_from_anywhere(dialog: PlanDialog, qtbot: QtBot, from_where: str) -> None:
    dialog.show_forecast(forecast(["ready", "pickle"]))
    dialog.show_all.setChecked(True)
    widget: QWidget = {
        "table": dialog.children_table,
        "check": dialog.rows[0].check,
        "show_all": dialog.show_all,
    }[from_where]
    widget.setFocus()
    with qtbot.waitSignal(dialog.start_wanted):
        qtbot.keyClick(widget, Qt.Key.Key_Return)


def test_a_group_is_switched_with_one_click(dialog: PlanDialog, qtbot: QtBot) -> None:
    dialog.show_forecast(forecast())
    pickle = row_of(dialog, Kind.PICKLE)
    qtbot.mouseClick(pickle.check, Qt.MouseButton.LeftButton)
    assert pickle.check.checkState() is Qt.CheckState.Checked
    assert dialog.start.text() == "Download 5 files"
    ready = row_of(dialog, Kind.READY)
    ready.check.setFocus()
    qtbot.keyClick(ready.check, Qt.Key.Key_Space)
    assert ready.check.checkState() is Qt.CheckState.Unchecked
    assert dialog.start.text() == "Download 3 files"


def test_the_words_of_a_group_belong_to_its_box(dialog: PlanDialog, qtbot: QtBot) -> None:
    dialog.show_forecast(forecast())
    pickle = row_of(dialog, Kind.PICKLE)
    qtbot.mouseClick(pickle.title, Qt.MouseButton.LeftButton)
    assert pickle.check.isChecked()
    qtbot.mouseClick(pickle.detail, Qt.MouseButton.LeftButton)
    assert not pickle.check.isChecked()
    program = row_of(dialog, Kind.PROGRAM)
    qtbot.mouseClick(program.title, Qt.MouseButton.LeftButton)
    assert not program.check.isChecked()


def test_each_file_is_switched_alone(dialog: PlanDialog, qtbot: QtBot) -> None:
    dialog.show_forecast(forecast())
    dialog.show_all.click()
    assert dialog.children_table.isVisible()
    model = dialog.children_table.model()
    index = model.index(0, PlanColumn.NAME)
    assert model.setData(index, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert row_of(dialog, Kind.READY).check.checkState() is Qt.CheckState.PartiallyChecked
    assert dialog.start.text() == "Download 3 files"
    # A click on the half-chosen group chooses all of it.
    qtbot.mouseClick(row_of(dialog, Kind.READY).check, Qt.MouseButton.LeftButton)
    assert row_of(dialog, Kind.READY).check.checkState() is Qt.CheckState.Checked
    assert index.data(Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.Checked


def test_space_switches_all_selected_files(dialog: PlanDialog, qtbot: QtBot) -> None:
    dialog.show_forecast(many(10))
    dialog.show_all.click()
    dialog.children_table.setFocus()
    dialog.children_table.selectAll()
    qtbot.keyClick(dialog.children_table, Qt.Key.Key_Space)
    assert dialog.start.text() == "Download 0 files"
    assert not dialog.start.isEnabled()
    qtbot.keyClick(dialog.children_table, Qt.Key.Key_Space)
    assert dialog.start.text() == "Download 10 files"


def test_what_cannot_be_chosen_has_no_box(dialog: PlanDialog) -> None:
    dialog.show_forecast(forecast(["gated"]))
    model = dialog.children_table.model()
    index = model.index(0, PlanColumn.NAME)
    assert index.data(Qt.ItemDataRole.CheckStateRole) is None
    assert not model.setData(index, Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    assert model.index(0, PlanColumn.KIND).data() == "The author wants you to accept the terms on the page first."
    assert not dialog.start.isEnabled()


def test_too_little_space_is_said_and_nothing_starts(dialog: PlanDialog, qtbot: QtBot) -> None:
    dialog.show_forecast(forecast(["ready", "bare"], free=150 * MB))
    assert dialog.shortage.isVisible()
    assert "only 150 MB free" in dialog.room.text()
    assert not dialog.start.isEnabled()
    assert "enough space" not in row_of(dialog, Kind.READY).detail.text()
    with qtbot.assertNotEmitted(dialog.start_wanted):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    row_of(dialog, Kind.UNVERIFIABLE).check.click()
    assert not dialog.shortage.isVisible()
    assert dialog.start.isEnabled()


def test_collections_can_be_put_on_the_list_alone(dialog: PlanDialog, qtbot: QtBot) -> None:
    shown = forecast()
    dialog.show_forecast(shown)
    with qtbot.waitSignal(dialog.list_wanted) as caught, qtbot.assertNotEmitted(dialog.start_wanted):
        qtbot.mouseClick(dialog.only_list, Qt.MouseButton.LeftButton)
    assert caught.args == [shown.expansions]
    dialog.show_forecast(shown, is_new=False)
    assert not dialog.only_list.isVisibleTo(dialog)


def test_links_lead_to_the_login_and_the_page(dialog: PlanDialog, qtbot: QtBot) -> None:
    shown = forecast()
    dialog.show_forecast(shown)
    with qtbot.waitSignal(dialog.login_wanted) as caught:
        row_of(dialog, Kind.LOGIN).link.click()
    assert caught.args == ["civitai"]
    with qtbot.waitSignal(dialog.page_wanted) as caught:
        row_of(dialog, Kind.BLOCKED).link.click()
    assert caught.args is not None
    assert caught.args[0].resource.page == "https://civitai.com/models/1"
    assert dialog.isVisible()


def test_where_nobody_can_log_in_the_page_is_offered_if_there_is_one(qtbot: QtBot, appearance: Appearance) -> None:
    dialog = PlanDialog(appearance, can_log_in=lambda _hub: False)
    qtbot.addWidget(dialog)
    problem = LoginNeeded(host="demo.test").problem
    for page, words in (("", ""), (PAGE, "Open page")):
        row = child(1, State.BLOCKED, size=MB, problem=problem, page=page)
        dialog.show_forecast(made([Foreseen(row, False)]))
        assert row_of(dialog, Kind.LOGIN).link.text() == words
    with qtbot.waitSignal(dialog.page_wanted) as caught, qtbot.assertNotEmitted(dialog.login_wanted):
        row_of(dialog, Kind.LOGIN).link.click()
    assert caught.args == [row]


def test_what_could_not_be_listed_is_told_beside_the_rest(dialog: PlanDialog) -> None:
    problem = PageNotFound(hub="Civitai", page="9").problem
    dialog.show_forecast(forecast(problems=(problem,)))
    assert dialog.trouble.isVisible()
    assert dialog.trouble_words.text() == "⚠ 1 problem while listing"
    assert dialog.trouble_list.model().index(0, 0).data() == problem.message
    assert dialog.start.isEnabled()


def test_nothing_but_problems(dialog: PlanDialog) -> None:
    dialog.show_forecast(Forecast(problems=(PageNotFound(hub="Civitai", page="9").problem,)))
    assert dialog.title.text() == "Nothing can be listed"
    for button in (dialog.start, dialog.only_list, dialog.show_all):
        assert not button.isVisible()
    assert dialog.cancel.isVisible()


def test_escape_leaves_without_starting(dialog: PlanDialog, qtbot: QtBot) -> None:
    dialog.show_forecast(forecast())
    with qtbot.assertNotEmitted(dialog.start_wanted), qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_everything_fits_at_its_first_size(dialog: PlanDialog, qtbot: QtBot) -> None:
    dialog.show_forecast(forecast(problems=(PageNotFound(hub="Civitai", page="9").problem,)))
    qtbot.waitUntil(lambda: not dialog.grab().isNull())
    for row in dialog.rows:
        assert not row.visibleRegion().isEmpty()
        assert row.visibleRegion().boundingRect().height() == row.height()


def test_every_control_says_what_it_is(dialog: PlanDialog) -> None:
    dialog.show_forecast(forecast())
    names = {row.check.accessibleName() for row in dialog.rows}
    assert "2 files, ready, checksum known, enough space, ≥ 100 MB" in names
    assert len(names) == len(dialog.rows)
    assert dialog.children_table.accessibleName()
    for button in dialog.findChildren(QPushButton):
        assert button.text() or not button.isVisibleTo(dialog)


def test_trouble_is_never_told_by_colour_alone(dialog: PlanDialog) -> None:
    dialog.show_forecast(forecast())
    for row in dialog.rows:
        assert row.title.text().startswith("⚠") == row.group.kind.is_risky


def test_a_theme_change_reaches_the_rows(dialog: PlanDialog, appearance: Appearance) -> None:
    from stabilitydl.gui.theme import ThemeChoice

    dialog.show_forecast(forecast())
    title = row_of(dialog, Kind.PICKLE).title
    before = title.palette().windowText().color()
    appearance.choose(ThemeChoice.DARK)
    assert title.palette().windowText().color() != before
    # Rows of an older plan are gone, and hear nothing any more.
    dialog.show_forecast(forecast())
    appearance.choose(ThemeChoice.LIGHT)


def test_the_table_is_a_proper_model(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    model = PlanTableModel()
    qtmodeltester.check(model)
    plan = PlanModel(forecast())
    model.load(plan)
    qtmodeltester.check(model)
    assert model.rowCount() == len(plan)
    assert model.headerData(0, Qt.Orientation.Horizontal) == "Name"
    assert model.data(model.index(0, PlanColumn.SIZE)) == "100 MB"
    with qtbot.waitSignal(model.chosen):
        model.toggle([0])
