"""Files whose bytes are wrong: the window says why, how much room they take, and leaves the choice to the user."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.kept import Kept
from stabilitydl.domain.resource import Address
from stabilitydl.domain.states import State
from stabilitydl.gui.kept_table_model import KeptColumn, KeptTableModel
from stabilitydl.gui.quarantine_dialog import QuarantineDialog
from stabilitydl.gui.question import Question
from stabilitydl.gui.row_action import RowAction
from stabilitydl.hubs.protocol import Expansion
from tests.engine.real import contents, expand
from tests.fakes.origin import FileOrigin
from tests.gui.stage import Stage

WRONG, RIGHT = contents(50_000, 1), contents(50_000, 2)


@pytest.fixture
def origin() -> Iterator[FileOrigin]:
    with FileOrigin() as made:
        yield made


def promised(to: Path, origin: FileOrigin, *names: str) -> Expansion:
    """Files that are promised to be RIGHT, and come as WRONG."""
    right = origin.add("/right", RIGHT).sha256
    for name in names:
        origin.add(f"/{name}", WRONG)
    return expand(to, [origin.url(f"/{name}") for name in names], [right] * len(names))


def kept(stage: Stage, expansion: Expansion) -> list[str]:
    """The ids of the files of ``expansion``, which have all ended in quarantine and are shown."""
    ids = [resource.id for resource in expansion.resources]
    stage.opened.bridge.add([expansion], lambda _done: stage.opened.bridge.enqueue(ids))
    stage.until(lambda: all(stage.window.resources.model.snapshot_of(each) for each in ids), "they are listed")
    stage.until_states(ids, State.QUARANTINED)
    stage.until(lambda: not stage.window.collections.quarantine.isHidden(), "the side bar tells of it")
    return ids


def answer(stage: Stage, *, yes: bool) -> Question:
    """Press a button of the question that is open."""
    question = stage.dialog(Question)
    assert question.no.icon().isNull(), "like every other button of the window"
    (question.yes if yes else question.no).click()
    return question


def words_of(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions()]


def test_the_row_says_why_and_one_click_shows_the_choices(stage: Stage, origin: FileOrigin, tmp_path: Path) -> None:
    """H06"""
    window = stage.open()
    ids = kept(stage, promised(tmp_path / "to", origin, "a.bin", "b.bin"))
    text = window.resources.model.state_text(stage.row(ids[0]))
    assert (text.left, text.action) == ("Wrong checksum · kept aside", RowAction.DECIDE)
    stage.until(lambda: window.collections.quarantine.count.text() == "100 KB")
    stage.click_action(ids[1])
    dialog = stage.dialog(QuarantineDialog)
    stage.until(lambda: dialog.chosen == (ids[1],), "the file of the row is selected")
    assert dialog.room.text() == "2 files take 100 KB. They stay until you decide."
    assert "not what" in dialog.reason.text() or "checksum" in dialog.reason.text()
    assert ".stabilitydl-quarantine" in dialog.place.text()
    dialog.table.selectAll()
    assert set(dialog.chosen) == set(ids)
    assert dialog.reason.text() == "2 files selected."


def test_trying_again_brings_the_right_file(stage: Stage, origin: FileOrigin, tmp_path: Path) -> None:
    window = stage.open()
    ids = kept(stage, promised(tmp_path / "to", origin, "a.bin", "b.bin"))
    for name in ("a.bin", "b.bin"):
        origin.add(f"/{name}", RIGHT)
    dialog = window.quarantine.show(ids)
    stage.until(lambda: set(dialog.chosen) == set(ids))
    dialog.retry.click()
    stage.until_states(ids, State.DOWNLOADED)
    assert [(tmp_path / "to" / name).read_bytes() == RIGHT for name in ("a.bin", "b.bin")] == [True, True]
    stage.until(lambda: dialog.chosen == (), "what lies there belongs to nobody any more")
    assert not dialog.keep.isEnabled()
    assert dialog.room.text().startswith("2 files take"), "what was wrong is thrown away by nobody else"


def test_another_address_may_have_the_right_file(stage: Stage, origin: FileOrigin, tmp_path: Path) -> None:
    stage.open()
    expansion = promised(tmp_path / "to", origin, "one.bin", "two.bin")
    first, second = expansion.resources
    both = (*first.addresses, Address("direct", origin.url("/right"), 1))
    resources = (msgspec.structs.replace(first, addresses=both), second)
    # Of the first address nothing right ever comes.
    ids = kept(stage, Expansion(collection=expansion.collection, resources=(second,)))
    stage.opened.bridge.add([Expansion(collection=expansion.collection, resources=resources)], lambda _done: None)
    stage.until(lambda: len(stage.rows) == 2)
    stage.window.resources.wishes.elsewhere.emit(tuple(ids))
    stage.until(lambda: stage.window.toast.label.text() == "1 file has no other address.")
    assert stage.row(second.id).state is State.QUARANTINED


def test_a_file_is_kept_only_after_consent(stage: Stage, origin: FileOrigin, tmp_path: Path) -> None:
    window = stage.open()
    ids = kept(stage, promised(tmp_path / "to", origin, "a.bin", "b.bin"))
    menu = window.resources.menu_for(ids)
    assert "Try another address (2)" in words_of(menu)
    (keep,) = [action for action in menu.actions() if action.text() == "Keep all the same… (2)"]
    keep.trigger()
    question = answer(stage, yes=False)
    assert question.text() == "Use 2 files although their bytes are not what was promised?"
    assert not (tmp_path / "to" / "a.bin").exists()
    assert stage.ids(State.QUARANTINED) == ids
    keep.trigger()
    answer(stage, yes=True)
    stage.until_states(ids, State.DOWNLOADED)
    assert (tmp_path / "to" / "a.bin").read_bytes() == WRONG
    stage.until(lambda: {stage.row(each).verification for each in ids} == {Verification.UNVERIFIABLE})
    stage.until(window.collections.quarantine.isHidden, "it holds nothing any more")
    menu.deleteLater()


def test_it_is_emptied_after_a_question_and_the_files_are_missing_then(
    stage: Stage, origin: FileOrigin, tmp_path: Path
) -> None:
    window = stage.open()
    ids = kept(stage, promised(tmp_path / "to", origin, "a.bin"))
    stage.until(lambda: window.collections.quarantine.count.text() == "50.0 KB")
    window.collections.quarantine.click()
    dialog = stage.dialog(QuarantineDialog)
    place = Path(dialog.place.text())
    assert place.read_bytes() == WRONG
    dialog.empty.click()
    assert answer(stage, yes=False).text() == "Throw away 1 file, 50.0 KB?"
    assert place.exists()
    stage.until(lambda: stage.find(Question) is None)
    dialog.empty.click()
    answer(stage, yes=True)
    stage.until_states(ids, State.MISSING)
    stage.until(lambda: dialog.room.text() == "Nothing is in quarantine.")
    assert not place.exists()
    assert not dialog.empty.isEnabled()
    assert window.toast.label.text() == "50.0 KB freed."


def test_only_what_is_in_quarantine_offers_to_be_kept(stage: Stage) -> None:
    window = stage.open()
    ids = stage.add("demo:?files=2&size=8KiB")
    menu = window.resources.menu_for(ids)
    assert not [words for words in words_of(menu) if "Keep" in words or "address" in words]
    menu.deleteLater()


def test_what_lies_there_is_told_at_the_next_start(stage: Stage, origin: FileOrigin, tmp_path: Path) -> None:
    stage.open()
    kept(stage, promised(tmp_path / "to", origin, "a.bin"))
    window = stage.restart()
    stage.until(lambda: window.collections.quarantine.count.text() == "50.0 KB")
    assert window.collections.quarantine.accessibleName() == "Quarantine, 50.0 KB"


def test_titles_stand_above_what_they_name(qapp: object) -> None:
    model = KeptTableModel()
    model.load([Kept(path="/q/a", size=1, name="a")])
    sides = []
    for column in KeptColumn:
        sides.append(model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole))
        assert model.index(0, column).data(Qt.ItemDataRole.TextAlignmentRole) == sides[-1]
    assert sides[0] & Qt.AlignmentFlag.AlignLeading
    assert sides[KeptColumn.SIZE] & Qt.AlignmentFlag.AlignTrailing
