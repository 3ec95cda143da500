"""The item model of children: events in, minimal spans of changed cells out."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import QModelIndex, QObject, Qt, Signal
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.events import AnyEvent, Downloaded, ResourcesRemoved, RetryScheduled
from stabilitydl.domain.resource import Wait
from stabilitydl.domain.states import State, Tab, WaitReason
from stabilitydl.errors import Problem
from stabilitydl.gui import arranger
from stabilitydl.gui.cell_text import second_line, tag
from stabilitydl.gui.queue_order import QueueOrder
from stabilitydl.gui.resource_cells import Role
from stabilitydl.gui.resource_index import Column, Order, Query
from stabilitydl.gui.resource_table_model import MOST_SPANS, STATE_ROLES, ResourceTableModel
from stabilitydl.gui.sums import Totals
from tests.fakes.clock import ManualClock

from .samples import COLLECTION, MB, child, every_state, key, moved, progress, tick


class Recorder:
    """What a model announces."""

    def __init__(self, model: ResourceTableModel) -> None:
        self.changed: list[tuple[int, int, int, int]] = []
        self.roles: list[list[int]] = []
        self.structure: list[tuple[str, int, int]] = []
        model.dataChanged.connect(self._change)
        model.rowsInserted.connect(lambda _parent, first, last: self.structure.append(("+", first, last)))
        model.rowsRemoved.connect(lambda _parent, first, last: self.structure.append(("-", first, last)))
        model.modelReset.connect(lambda: self.structure.append(("reset", 0, 0)))

    def _change(self, first: QModelIndex, last: QModelIndex, roles: list[int]) -> None:
        self.changed.append((first.row(), last.row(), first.column(), last.column()))
        self.roles.append(list(roles))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def model(qtmodeltester: ModelTester, clock: ManualClock) -> Iterator[ResourceTableModel]:
    made = ResourceTableModel(clock=clock)
    qtmodeltester.check(made)
    yield made
    made.close()


@pytest.fixture(params=["at once", "in a thread"])
def threaded(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of arranging, with few children."""
    if request.param == "in a thread":
        monkeypatch.setattr(arranger, "THREAD_FROM", 3)


def settle(qtbot: QtBot, model: ResourceTableModel) -> None:
    qtbot.waitUntil(lambda: not model.is_arranging)


def test_a_model_of_everything(model: ResourceTableModel, qtmodeltester: ModelTester) -> None:
    model.load(every_state())
    qtmodeltester.check(model)
    for row in range(model.rowCount()):
        for column in Column:
            index = model.index(row, column)
            assert index.data(Qt.ItemDataRole.AccessibleTextRole)
            tip = index.data(Qt.ItemDataRole.ToolTipRole)
            assert tip is None or tip.startswith("<p>")
    assert [model.headerData(column, Qt.Orientation.Horizontal) for column in Column] == [
        "", "Name", "Type", "Base model", "Size", "State", "",
    ]  # fmt: skip
    spoken = [
        model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole) for column in Column
    ]
    assert all(spoken)
    assert model.headerData(0, Qt.Orientation.Vertical) is None
    assert model.data(QModelIndex()) is None


@pytest.mark.usefixtures("threaded")
def test_tabs_filters_and_sorting(model: ResourceTableModel, qtbot: QtBot) -> None:
    model.load([child(number, state) for number, state in enumerate(State)])
    settle(qtbot, model)
    assert model.rowCount() == model.total == len(State)
    for tab in Tab:
        model.show(Query(tab))
        settle(qtbot, model)
        assert model.rowCount() == model.count(tab)
        assert model.shown_ids() == model.ids_of(tab)
    assert sum(model.count(tab) for tab in Tab if tab is not Tab.ALL) == model.count(Tab.ALL)
    model.sort(Column.NAME, Qt.SortOrder.DescendingOrder)
    settle(qtbot, model)
    assert model.shown_ids() == [key(number) for number in reversed(range(len(State)))]
    assert model.order == Order(Column.NAME, descending=True)
    model.sort(-1)
    settle(qtbot, model)
    assert model.shown_ids()[0] == key(0)
    model.sort(Column.MENU)
    assert model.order == Order()
    assert model.row_of(key(2)) == 2
    assert model.row_of("unknown") is None
    assert model.snapshot_of("unknown") is None
    assert [kind for kind, _ in model.facets.types] == ["LoRA"]
    model.load([])
    assert (model.rowCount(), model.total) == (0, 0)


@pytest.mark.usefixtures("threaded")
def test_the_latest_wish_wins(model: ResourceTableModel, qtbot: QtBot) -> None:
    model.load([child(number) for number in range(20)])
    model.show(Query(text="001"))
    model.sort_by(Order(Column.NAME, descending=True))
    model.show(Query(text="01"))
    settle(qtbot, model)
    assert model.shown_ids() == [key(number) for number in (19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 1)]


def test_events_that_come_while_a_thread_works_are_not_lost(
    model: ResourceTableModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arranger, "THREAD_FROM", 3)
    model.load([child(number) for number in range(10)])
    model.apply([moved(4, State.MISSING, State.QUEUED)])
    settle(qtbot, model)
    assert model.count(Tab.DOWNLOADING) == 1
    model.show(Query(Tab.MISSING))
    model.apply([moved(5, State.MISSING, State.QUEUED), moved(4, State.QUEUED, State.MISSING)])
    settle(qtbot, model)
    assert model.shown_ids() == [key(number) for number in (0, 1, 2, 3, 4, 6, 7, 8, 9)]


def test_a_priority_that_is_answered_while_a_thread_works_is_not_lost(
    model: ResourceTableModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arranger, "THREAD_FROM", 3)
    rows = [child(number) for number in range(10)]
    model.load(rows)
    settle(qtbot, model)
    model.load(rows)
    model.take_priorities([child(4, State.DOWNLOADED, priority=2)])
    settle(qtbot, model)
    row = model.snapshot_of(key(4))
    assert row is not None
    assert (row.priority, row.state) == (2, State.MISSING), "the rest of an answer may be older than the list"
    model.load(rows)
    model.take_priorities([child(4, priority=3)])
    model.load(rows)
    settle(qtbot, model)
    row = model.snapshot_of(key(4))
    assert row is not None
    assert row.priority == 0, "what is read after the answer counts"


def test_another_collection_does_not_show_under_the_old_rows(
    model: ResourceTableModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arranger, "THREAD_FROM", 3)
    first = [child(number) for number in range(10)]
    model.load(first)
    settle(qtbot, model)
    model.load(first)
    assert model.rowCount() == 10
    settle(qtbot, model)
    model.load([child(number) for number in range(50, 60)])
    assert model.rowCount() == 0
    settle(qtbot, model)
    assert model.rowCount() == 10


def test_a_tick_changes_only_the_state_cells_that_are_others(model: ResourceTableModel) -> None:
    model.load([child(number, State.DOWNLOADING) for number in range(100)])
    seen = Recorder(model)
    running = [progress(number) for number in (3, 4, 5, 40)]
    model.apply([tick(*running)])
    column = int(Column.STATE)
    assert seen.changed == [(3, 5, column, column), (40, 40, column, column)]
    assert all(Role.PROGRESS in roles and Role.SNAPSHOT not in roles for roles in seen.roles)
    seen.changed.clear()
    model.apply([tick(*running[:3], progress(40, 90 * MB))])
    assert seen.changed == [(40, 40, column, column)]
    seen.changed.clear()
    model.apply([tick(*running[:3])])
    assert seen.changed == [(40, 40, column, column)]
    assert model.progress_of(key(40)) is None
    assert model.index(3, Column.STATE).data(Role.PROGRESS) == running[0]
    assert seen.structure == []
    seen.changed.clear()
    model.apply([tick(*running[:3], progress(4000))])
    assert seen.changed == []


def test_a_move_under_all_changes_one_cell(model: ResourceTableModel) -> None:
    model.load([child(number) for number in range(10)])
    seen = Recorder(model)
    model.apply([moved(4, State.MISSING, State.QUEUED), moved(4, State.QUEUED, State.RESOLVING)])
    assert seen.changed == [(4, 4, Column.STATE, Column.STATE)]
    assert seen.roles == [[int(role) for role in STATE_ROLES]]
    assert seen.structure == []


def test_rows_leave_and_enter_a_tab_as_spans(model: ResourceTableModel, qtbot: QtBot) -> None:
    model.load([child(number) for number in range(10)])
    model.show(Query(Tab.MISSING))
    seen = Recorder(model)
    with qtbot.waitSignals([model.arranged, model.counts_changed]):
        model.apply([moved(number, State.MISSING, State.QUEUED) for number in (2, 3, 4, 8)])
    assert seen.structure == [("-", 8, 8), ("-", 2, 4)]
    assert model.shown_ids() == [key(number) for number in (0, 1, 5, 6, 7, 9)]
    seen.structure.clear()
    model.apply([moved(number, State.QUEUED, State.MISSING) for number in (8, 3, 4)])
    assert seen.structure == [("+", 2, 3), ("+", 7, 7)]
    assert model.shown_ids() == [key(number) for number in (0, 1, 3, 4, 5, 6, 7, 8, 9)]


def test_many_scattered_moves_are_one_announcement(model: ResourceTableModel) -> None:
    count = 3 * MOST_SPANS
    model.load([child(number) for number in range(count)])
    model.show(Query(Tab.MISSING))
    seen = Recorder(model)
    model.apply([moved(number, State.MISSING, State.QUEUED) for number in range(0, count, 2)])
    assert seen.structure == [("reset", 0, 0)]
    assert model.rowCount() == count // 2


def test_sorted_by_state_a_row_moves_with_its_state(model: ResourceTableModel) -> None:
    model.load([child(number) for number in range(4)])
    model.sort(Column.STATE)
    model.apply([moved(1, State.MISSING, State.QUEUED)])
    assert model.shown_ids() == [key(number) for number in (0, 2, 3, 1)]


def test_what_an_event_says_is_what_the_row_shows(model: ResourceTableModel, clock: ManualClock) -> None:
    model.load([child(1, State.DOWNLOADING)])
    index = model.index(0, Column.STATE)
    problem = Problem("server-busy", {"host": "civitai.com"})
    wait = Wait(WaitReason.HOST, clock.wall() + 38, "civitai.com", 429)
    model.apply([moved(1, State.DOWNLOADING, State.WAITING, received=48 * MB, problem=problem, wait=wait)])
    assert index.data() == "civitai.com asks to wait: 38 s (429)"
    assert "asks to wait" in index.data(Qt.ItemDataRole.ToolTipRole)
    arrived = Downloaded(
        resource=key(1),
        collection=COLLECTION,
        name="file",
        path="/library/file",
        bytes=144 * MB,
        fetched=144 * MB,
        verification=Verification.VERIFIED,
        sha256="ab" * 32,
    )
    model.apply([moved(1, State.WAITING, State.DOWNLOADED, received=144 * MB), arrived])
    snapshot = model.snapshot_at(0)
    assert (snapshot.state, snapshot.target, snapshot.sha256) == (State.DOWNLOADED, "/library/file", "ab" * 32)
    assert index.data() == "Downloaded · verified"
    assert model.index(0, Column.NAME).data(Qt.ItemDataRole.ToolTipRole) == "<p>/library/file</p>"


def test_a_superseded_file_says_so(model: ResourceTableModel) -> None:
    model.load([msgspec.structs.replace(child(1, State.DOWNLOADED), superseded=True), child(2)])
    old, new = (model.index(row, Column.NAME) for row in range(2))
    assert second_line(model.snapshot_at(0)).startswith("Superseded")
    assert (tag(model.snapshot_at(0)), tag(model.snapshot_at(1))) == ("Superseded", "")
    assert "Superseded" in old.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "<br>The hub has something newer" in old.data(Qt.ItemDataRole.ToolTipRole)
    assert "Superseded" not in new.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "newer" not in new.data(Qt.ItemDataRole.ToolTipRole)


def test_a_retry_shows_until_bytes_come(model: ResourceTableModel) -> None:
    model.load([child(1, State.DOWNLOADING)])
    problem = Problem("connection-lost", {"host": "civitai.com"})
    model.apply([RetryScheduled(resource=key(1), collection=COLLECTION, problem=problem, after=3.0)])
    model.apply([tick(progress(1, speed=0.0))])
    assert model.state_text(model.snapshot_at(0)).right == "trying again"
    model.apply([tick(progress(1))])
    model.apply([tick(progress(1, speed=0.0))])
    assert model.state_text(model.snapshot_at(0)).right == ""


def test_a_countdown_is_painted_each_second_and_only_while_there_is_one(
    model: ResourceTableModel, clock: ManualClock, qtbot: QtBot
) -> None:
    model.load([child(number) for number in range(3)])
    assert not model._seconds.isActive()
    wait = Wait(WaitReason.HOST, clock.wall() + 38)
    model.apply([moved(1, State.MISSING, State.WAITING, wait=wait)])
    assert model._seconds.isActive()
    seen = Recorder(model)
    clock.now += 8
    model._seconds.timeout.emit()
    assert seen.changed == [(1, 1, Column.STATE, Column.STATE)]
    assert model.index(1, Column.STATE).data() == "Server asks to wait 30 s"
    model.apply([moved(1, State.WAITING, State.QUEUED)])
    assert not model._seconds.isActive()


def test_the_place_in_the_queue_counts_other_collections(model: ResourceTableModel, clock: ManualClock) -> None:
    queue = QueueOrder()
    queue.put([child(900, State.QUEUED, position=1)])
    shared = ResourceTableModel(clock=clock, queue=queue)
    shared.load([child(1, State.QUEUED, position=2), child(2)])
    assert shared.index(0, Column.STATE).data() == "Queued · starts after 1 other"
    seen = Recorder(shared)
    shared.apply([moved(900, State.QUEUED, State.RESOLVING)])
    assert shared.index(0, Column.STATE).data() == "Queued · starts next"
    assert seen.changed == [(0, 1, Column.STATE, Column.STATE)]
    shared.apply([moved(2, State.MISSING, State.QUEUED, position=3)])
    assert shared.index(1, Column.STATE).data() == "Queued · starts after 1 other"
    shared.update([child(2, State.QUEUED, position=3, priority=1)])
    assert shared.index(1, Column.STATE).data() == "Queued · starts next"
    shared.close()


def test_the_answer_to_a_priority_takes_back_no_state_that_came_before_it(model: ResourceTableModel) -> None:
    model.load([child(1), child(2)])
    model.apply([moved(1, State.MISSING, State.QUEUED), moved(1, State.QUEUED, State.PAUSED)])
    model.take_priorities([child(1, State.MISSING, priority=2), child(9, State.QUEUED)])
    row = model.snapshot_of(key(1))
    assert row is not None
    assert (row.state, row.priority) == (State.PAUSED, 2)


def test_who_was_queued_later_keeps_the_place_when_it_is_ranked_and_when_others_go(model: ResourceTableModel) -> None:
    model.load([child(number) for number in range(4)])
    places = {0: 14, 1: 13, 2: 12, 3: 11}
    model.apply([moved(number, State.MISSING, State.QUEUED, position=place) for number, place in places.items()])
    model.take_priorities([child(number, State.QUEUED, position=places[number], priority=1) for number in (0, 1)])
    texts = [model.state_text(model.snapshot_at(row)).left for row in (1, 0, 3, 2)]
    assert texts == [
        f"Queued · starts {when}" for when in ("next", "after 1 other", "after 2 others", "after 3 others")
    ]
    model.apply([ResourcesRemoved(collection=COLLECTION, resources=(key(1),))])
    assert [model.state_text(model.snapshot_at(row)).left for row in (0, 2, 1)] == texts[:3]


def test_removed_children_leave_the_list_and_the_selection(model: ResourceTableModel) -> None:
    model.load([child(number) for number in range(4)])
    model.selection.replace([key(1), key(2)])
    model.apply([ResourcesRemoved(collection=COLLECTION, resources=(key(1), key(77)))])
    assert model.shown_ids() == [key(number) for number in (0, 2, 3)]
    assert model.selection.ids == {key(2)}
    assert model.total == 3


@pytest.mark.usefixtures("threaded")
def test_children_of_several_collections_leave_the_list_at_once(model: ResourceTableModel, qtbot: QtBot) -> None:
    model.load([child(number) for number in range(9)])
    settle(qtbot, model)
    model.selection.replace([key(1), key(2), key(3)])
    first = ResourcesRemoved(collection="a", resources=(key(1),))
    second = ResourcesRemoved(collection="b", resources=(key(2), key(3)))
    model.apply([first, second])
    settle(qtbot, model)
    assert model.shown_ids() == [key(number) for number in (0, 4, 5, 6, 7, 8)]
    assert model.selection.ids == frozenset()
    model.apply([ResourcesRemoved(collection="a", resources=(key(4),))])
    model.apply([ResourcesRemoved(collection="b", resources=(key(5),))])
    qtbot.waitUntil(lambda: model.total == 4)
    settle(qtbot, model)
    assert model.shown_ids() == [key(number) for number in (0, 6, 7, 8)]


@pytest.mark.usefixtures("threaded")
def test_a_removal_takes_nothing_from_a_list_that_is_on_its_way(model: ResourceTableModel, qtbot: QtBot) -> None:
    model.load([child(number) for number in range(6)])
    settle(qtbot, model)
    model.load([child(number) for number in range(9)])
    model.apply([ResourcesRemoved(collection="a", resources=(key(1),))])
    qtbot.waitUntil(lambda: model.total == 8)
    settle(qtbot, model)
    assert model.shown_ids() == [key(number) for number in (0, 2, 3, 4, 5, 6, 7, 8)]


def test_totals_know_what_is_still_to_come(model: ResourceTableModel) -> None:
    model.load(
        [
            child(0, size=100),
            child(1, State.PAUSED, size=100, received=40),
            child(2, State.DOWNLOADED, size=100, received=100),
            child(3, size=None),
            child(4, State.DOWNLOADING, size=100, received=0),
            *(child(number, size=1) for number in range(5, 40)),
        ]
    )
    model.apply([tick(progress(4, 70, size=100))])
    few = [key(0), key(1), key(2), key(3), key(4), "unknown"]
    assert model.totals(few) == Totals(files=5, bytes=400, remaining=100 + 60 + 30, unknown=1)
    assert model.totals(frozenset(model.shown_ids())) == Totals(40, 435, 225, 1)
    assert model.totals([]) == Totals()


def test_ids_by_state_keep_the_order_of_the_hub(model: ResourceTableModel) -> None:
    model.load([child(number, (State.MISSING, State.GONE, State.PAUSED)[number % 3]) for number in range(30)])
    model.sort(Column.NAME, Qt.SortOrder.DescendingOrder)
    assert model.ids_in({State.GONE, State.PAUSED})[:3] == [key(1), key(2), key(4)]
    assert model.ids_in({State.MISSING}, among={key(9), key(0), key(1), "unknown"}) == [key(0), key(9)]
    assert model.ids_in({State.MISSING}, among=frozenset(model.shown_ids())) == model.ids_of(Tab.MISSING)


def test_names_from_outside_cannot_be_markup_or_turn_the_text(model: ResourceTableModel) -> None:
    model.load([child(1, name="<b>bold</b>\u202egnp.exe\n.safetensors")])
    name = model.index(0, Column.NAME)
    assert "\u202e" not in name.data()
    assert "\n" not in name.data()
    assert "<b>" not in name.data(Qt.ItemDataRole.ToolTipRole)
    assert "\u202e" not in name.data(Qt.ItemDataRole.AccessibleTextRole)


def test_another_language_is_read_again(model: ResourceTableModel, qtbot: QtBot) -> None:
    model.load([child(1), child(2)])
    seen = Recorder(model)
    with qtbot.waitSignal(model.headerDataChanged):
        model.retranslate()
    assert seen.changed == [(0, 1, 0, len(Column) - 1)]


def test_events_of_others_change_nothing(model: ResourceTableModel) -> None:
    model.load([child(1)])
    seen = Recorder(model)
    others: list[AnyEvent] = [moved(9, State.MISSING, State.QUEUED), tick(progress(9))]
    model.apply(others)
    model.update([child(9, State.PAUSED)])
    assert seen.changed == []
    assert seen.structure == []
    assert repr(model) == "<ResourceTableModel 1 of 1 rows>"


class _Emitter(QObject):
    said = Signal(bool)


def test_emitting_does_not_lose_references() -> None:
    """PySide6 6.12.0 on Python 3.11 loses a reference to True with every signal emission."""
    emitter = _Emitter()
    emitter.said.connect(lambda _value: None)
    gc.collect()
    before = sys.getrefcount(True)
    for _ in range(500):
        emitter.said.emit(True)
    assert abs(sys.getrefcount(True) - before) < 50
