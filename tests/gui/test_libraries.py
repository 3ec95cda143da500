"""Several library folders: the plan offers them, and what is chosen there is where files go."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from stabilitydl.domain.collection import Layout
from stabilitydl.domain.states import State
from stabilitydl.gui.library_choice import LibraryChoice
from stabilitydl.gui.plan_dialog import PlanDialog
from stabilitydl.hubs.protocol import Destination
from stabilitydl.settings import Settings
from tests.gui.stage import Stage

THREE = "demo:?files=3&size=8KiB"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "one", tmp_path / "two"


def goes_to(dialog: PlanDialog, folder: Path) -> bool:
    """Is everything in the plan meant for ``folder``?"""
    assert dialog.plan is not None
    return all(Path(each.row.target or "").is_relative_to(folder) for each in dialog.plan.forecast.children)


def choose(dialog: PlanDialog, place: int) -> None:
    """As a user does with the keyboard."""
    dialog.library.box.setCurrentIndex(place)
    dialog.library.box.activated.emit(place)


def test_files_go_to_the_library_that_is_chosen_in_the_plan(stage: Stage, folders: tuple[Path, Path]) -> None:
    window = stage.open(settings=Settings(libraries=tuple(map(str, folders))))
    window.planning.plan([THREE])
    dialog = stage.plan()
    box = dialog.library.box
    assert dialog.library.isVisible()
    assert [Path(box.itemData(place)) for place in range(box.count())] == list(folders)
    stage.until(lambda: all(box.itemText(place).endswith(" free") for place in range(2)), "the room is told")
    assert goes_to(dialog, folders[0])
    dialog.rows[0].check.click()
    off = dialog.plan.choices()  # type: ignore[union-attr]
    choose(dialog, 1)
    assert dialog.plan is None
    assert not dialog.library.isEnabled()
    stage.until(lambda: dialog.plan is not None, "the plan for the other library")
    assert dialog.plan is not None
    assert dialog.plan.choices() == off, "what was switched off stays so"
    dialog.rows[0].check.click()
    assert goes_to(dialog, folders[1])
    ids = dialog.plan.chosen_ids()
    assert len(ids) == 3
    dialog.start.click()
    stage.until(lambda: len(stage.news(State.DOWNLOADED)) == 3, "the files are here")
    assert len([path for path in folders[1].rglob("*") if path.is_file()]) == 3
    assert not folders[0].exists()


def test_without_a_choice_the_first_library_is_taken(stage: Stage, folders: tuple[Path, Path]) -> None:
    window = stage.open(settings=Settings(libraries=tuple(map(str, folders))))
    stage.add(THREE)
    snapshot = window.collections.model.snapshot_of(window.shown.collection)
    assert snapshot is not None
    assert snapshot.collection.target == str(folders[0])


def test_nothing_is_asked_where_there_is_one_library_or_a_folder_was_named(
    stage: Stage, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    window = stage.open()
    window.planning.plan([THREE])
    dialog = stage.plan()
    assert not dialog.library.isVisible()
    dialog.reject()
    stage.change(libraries=tuple(map(str, folders)))
    window.planning.plan([THREE], Destination(tmp_path / "flat", Layout.FLAT))
    assert not stage.plan().library.isVisible()


def test_a_library_that_cannot_be_reached_says_so(qtbot: QtBot, folders: tuple[Path, Path]) -> None:
    choice = LibraryChoice()
    qtbot.addWidget(choice)
    choice.offer(folders, folders[1])
    assert choice.box.currentIndex() == 1
    choice.show_room(folders[0], 5_000_000_000)
    choice.show_room(folders[1], None)
    assert choice.box.itemText(0).endswith(" · 5.0 GB free")
    assert choice.box.itemText(1).endswith(" · cannot be reached")
    with qtbot.assertNotEmitted(choice.chosen):
        choice.box.activated.emit(1)
    with qtbot.waitSignal(choice.chosen) as caught:
        choice.box.setFocus()
        qtbot.keyClick(choice.box, Qt.Key.Key_Up)
    assert caught.args == [folders[0]]
