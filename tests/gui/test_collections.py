"""The tree of collections: groups, filters, live counts, and the view that remembers the choice."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.events import CollectionAdded, CollectionRemoved, Downloaded, StateChanged
from stabilitydl.domain.states import State
from stabilitydl.gui.collection_groups import CollectionFilter, Grouping
from stabilitydl.gui.collection_tree_model import CollectionRole, CollectionTreeModel
from stabilitydl.gui.collection_view import CollectionView
from stabilitydl.gui.pictures import Pictures
from stabilitydl.gui.theme import Appearance, ThemeChoice

from .samples import pack

STYLES = pack(
    1,
    "Style LoRA mega pack",
    {State.MISSING: 50, State.DOWNLOADING: 6, State.DOWNLOADED: 23, State.FAILED: 1},
    type="LoRA",
    base_model="SDXL",
    creator="aurora_ink",
)
QWEN = pack(2, "Qwen GGUF", {State.DOWNLOADED: 11}, hub="huggingface", type="GGUF", base_model="Qwen", creator="Qwen")
EXTRACT = pack(3, "Community extract", {State.MISSING: 101}, type="LoRA", base_model="SD 1.5", creator="ada")
BARE = pack(4, "Bare list", {State.MISSING: 1}, hub="direct")
ALL = [STYLES, QWEN, EXTRACT, BARE]


@pytest.fixture
def model(qtmodeltester: ModelTester) -> Iterator[CollectionTreeModel]:
    made = CollectionTreeModel()
    made.load(ALL)
    qtmodeltester.check(made)
    return made  # type: ignore[return-value]


@pytest.fixture
def view(qtbot: QtBot, model: CollectionTreeModel, appearance: Appearance, pictures: Pictures) -> CollectionView:
    made = CollectionView(model, appearance, pictures)
    qtbot.addWidget(made)
    made.resize(264, 600)
    made.show()
    return made


def outline(model: CollectionTreeModel, parent: QModelIndex | None = None) -> list[object]:
    """Titles, each group followed by the list of what is below it."""
    above = QModelIndex() if parent is None else parent
    found: list[object] = []
    for row in range(model.rowCount(above)):
        index = model.index(row, 0, above)
        found.append(index.data())
        if model.rowCount(index):
            found.append(outline(model, index))
    return found


def changed(collection: str, old: State, new: State) -> StateChanged:
    return StateChanged(resource="r", collection=collection, name="n", old=old, new=new)


@pytest.mark.parametrize("grouping", Grouping)
def test_every_grouping_is_a_sound_model(
    model: CollectionTreeModel, qtmodeltester: ModelTester, grouping: Grouping
) -> None:
    model.group_by(grouping)
    qtmodeltester.check(model)
    for snapshot in ALL:
        index = model.index_of(snapshot.id)
        assert model.id_at(index) == snapshot.id
        assert index.data(CollectionRole.SNAPSHOT) == snapshot
        assert index.data(CollectionRole.DEPTH) == {"none": 0, "hub": 1, "type": 2}.get(grouping, 3)


def test_groups_are_those_of_the_hubs(model: CollectionTreeModel) -> None:
    assert outline(model) == ["Bare list", "Community extract", "Qwen GGUF", "Style LoRA mega pack"]
    model.group_by(Grouping.BASE_MODEL)
    assert outline(model) == [
        "Civitai",
        ["LoRA", ["SD 1.5", ["Community extract"], "SDXL", ["Style LoRA mega pack"]]],
        "Direct",
        ["No type", ["No base model", ["Bare list"]]],
        "Hugging Face",
        ["GGUF", ["Qwen", ["Qwen GGUF"]]],
    ]
    model.group_by(Grouping.CREATOR)
    assert outline(model)[1] == ["LoRA", ["ada", ["Community extract"], "aurora_ink", ["Style LoRA mega pack"]]]
    civitai = model.index(0, 0)
    assert civitai.data(CollectionRole.COUNT) == 2
    assert civitai.data(Qt.ItemDataRole.AccessibleTextRole) == "Civitai, 2 collections"
    assert model.index_of(QWEN.id).data(Qt.ItemDataRole.AccessibleTextRole) == (
        "Qwen GGUF, Hugging Face, 11 of 11 downloaded"
    )
    assert not model.flags(civitai) & Qt.ItemFlag.ItemIsSelectable


def test_filters_and_search(model: CollectionTreeModel) -> None:
    counts = {which: model.count(which) for which in CollectionFilter}
    assert counts == {
        CollectionFilter.ALL: 4,
        CollectionFilter.ACTIVE: 1,
        CollectionFilter.INCOMPLETE: 3,
        CollectionFilter.FAILURES: 1,
    }
    model.show(CollectionFilter.INCOMPLETE)
    assert outline(model) == ["Bare list", "Community extract", "Style LoRA mega pack"]
    model.show(CollectionFilter.INCOMPLETE, "PACK aurora")
    assert outline(model) == ["Style LoRA mega pack"]
    model.show(CollectionFilter.FAILURES)
    assert outline(model) == ["Style LoRA mega pack"]
    assert model.filter is CollectionFilter.FAILURES
    assert not model.index_of(QWEN.id).isValid()
    assert model.snapshot_of(QWEN.id) == QWEN
    assert len(model.snapshots) == 4
    assert repr(model) == "<CollectionTreeModel 1 of 4 collections>"


def test_counts_follow_events_without_a_reset(model: CollectionTreeModel, qtbot: QtBot) -> None:
    model.group_by(Grouping.HUB)
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    with qtbot.waitSignals([model.dataChanged, model.counts_changed]):
        model.apply([changed(EXTRACT.id, State.MISSING, State.QUEUED), changed(EXTRACT.id, State.QUEUED, State.PAUSED)])
    after = model.snapshot_of(EXTRACT.id)
    assert after is not None
    assert after.summary.states == {State.MISSING: 100, State.PAUSED: 1}
    assert model.count(CollectionFilter.ACTIVE) == 1
    model.apply([changed("unknown", State.MISSING, State.QUEUED)])
    arrived = Downloaded(
        resource="r",
        collection=EXTRACT.id,
        name="n",
        path="/n",
        bytes=1,
        fetched=1,
        verification=Verification.WEAK,
        sha256=None,
    )
    model.apply([arrived])
    after = model.snapshot_of(EXTRACT.id)
    assert after is not None
    assert after.downloads == 1
    assert resets == []


def test_collections_come_and_go_with_their_groups(model: CollectionTreeModel, qtmodeltester: ModelTester) -> None:
    model.group_by(Grouping.BASE_MODEL)
    qtmodeltester.check(model)
    model.apply([CollectionRemoved(collection=QWEN.id)])
    assert "Hugging Face" not in outline(model)
    model.apply([CollectionAdded(snapshot=QWEN)])
    assert outline(model)[-2:] == ["Hugging Face", ["GGUF", ["Qwen", ["Qwen GGUF"]]]]
    renamed = msgspec.structs.replace(QWEN, collection=msgspec.structs.replace(QWEN.collection, title="A first one"))
    model.apply([CollectionAdded(snapshot=renamed)])
    assert model.index_of(QWEN.id).data() == "A first one"
    model.group_by(Grouping.NONE)
    assert outline(model)[0] == "A first one"
    model.apply([CollectionRemoved(collection=snapshot.id) for snapshot in ALL])
    assert outline(model) == []
    qtmodeltester.check(model)


def test_under_a_filter_collections_come_and_go_as_they_change(model: CollectionTreeModel) -> None:
    model.show(CollectionFilter.ACTIVE)
    model.apply([changed(EXTRACT.id, State.MISSING, State.QUEUED)])
    assert outline(model) == ["Community extract", "Style LoRA mega pack"]
    model.apply([changed(EXTRACT.id, State.QUEUED, State.PAUSED)])
    assert outline(model) == ["Style LoRA mega pack"]


def test_a_click_chooses_and_the_choice_outlives_filters_and_groups(
    view: CollectionView, model: CollectionTreeModel, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(view.chosen) as heard:
        place = view.visualRect(model.index_of(EXTRACT.id)).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert heard.args == [EXTRACT.id]
    with qtbot.assertNotEmitted(view.chosen):
        model.show(CollectionFilter.ACTIVE)
        assert view.current == EXTRACT.id
        model.show(CollectionFilter.ALL)
        model.group_by(Grouping.BASE_MODEL)
        assert view.currentIndex() == model.index_of(EXTRACT.id)
        view.choose(QWEN.id)
        assert view.currentIndex() == model.index_of(QWEN.id)
        view.clear_choice()
        assert view.current == ""
        assert not view.selectionModel().hasSelection()


def test_keys_choose_too(view: CollectionView, model: CollectionTreeModel, qtbot: QtBot) -> None:
    view.choose(BARE.id)
    with qtbot.waitSignal(view.chosen) as heard:
        QTest.keyClick(view, Qt.Key.Key_Down)
    assert heard.args == [EXTRACT.id]


def test_a_closed_group_stays_closed(view: CollectionView, model: CollectionTreeModel) -> None:
    model.group_by(Grouping.HUB)
    civitai = model.index(0, 0)
    assert view.isExpanded(civitai)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(civitai).center())
    assert not view.isExpanded(civitai)
    model.load(ALL)
    assert not view.isExpanded(model.index(0, 0))
    assert view.isExpanded(model.index(1, 0))
    model.apply([CollectionRemoved(collection=QWEN.id), CollectionAdded(snapshot=QWEN)])
    assert view.isExpanded(model.index(2, 0))


def test_the_menu_is_about_a_collection(view: CollectionView, model: CollectionTreeModel, qtbot: QtBot) -> None:
    place = view.visualRect(model.index_of(QWEN.id)).center()
    mouse = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, place, Qt.KeyboardModifier.NoModifier)
    with qtbot.waitSignal(view.menu_wanted) as heard:
        QApplication.sendEvent(view.viewport(), mouse)
    assert heard.args == [QWEN.id, place]
    view.choose(BARE.id)
    with qtbot.waitSignal(view.menu_wanted) as heard:
        keys = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint(), Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(view.viewport(), keys)
    assert heard.args is not None
    assert heard.args[0] == BARE.id


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK])
def test_it_is_painted_without_a_warning(
    qtbot: QtBot, model: CollectionTreeModel, choice: ThemeChoice, direction: Qt.LayoutDirection
) -> None:
    appearance = Appearance(choice)
    view = CollectionView(model, appearance, Pictures())
    qtbot.addWidget(view)
    view.setLayoutDirection(direction)
    view.resize(264, 700)
    view.show()
    view.choose(STYLES.id)
    for grouping in Grouping:
        model.group_by(grouping)
        image = view.grab().toImage()
        found = {image.pixelColor(x, y).name() for x in range(0, 264, 3) for y in range(0, 700, 2)}
        assert {appearance.theme.selection, appearance.theme.accent} <= found
