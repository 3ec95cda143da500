"""What the header says about a collection, and that no title can push the window apart."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap, QTextDocument
from pytestqt.qtbot import QtBot

from stabilitydl.domain.states import State
from stabilitydl.gui.chip_row import ChipRow
from stabilitydl.gui.header import Header
from stabilitydl.gui.tip import tip
from tests.fakes.clock import ManualClock
from tests.gui.samples import MB, pack


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def header(qtbot: QtBot, clock: ManualClock) -> Header:
    made = Header(clock)
    qtbot.addWidget(made)
    made.resize(900, 110)
    made.show()
    return made


def collection(**more: object):  # type: ignore[no-untyped-def]
    fields = {"creator": "aurora_ink", "type": "LoRA", "base_model": "SDXL", "trigger_words": ("style", "film grain")}
    return pack(1, str(more.pop("title", "Style LoRA mega pack")), {State.MISSING: 2}, **{**fields, **more})


def test_all_collections_have_a_title_and_a_size(header: Header) -> None:
    header.show_collection(None)
    header.show_sums(0, 0, 3 * MB)
    assert header.title.text() == "All collections"
    assert header.facts.text() == "3.0 MB"
    assert header.more.isHidden()
    assert header.get_missing.isHidden()
    assert header.chips.shown == []


def test_a_collection_says_whose_and_how_large_it_is(header: Header) -> None:
    snapshot = msgspec.structs.replace(collection(), downloads=31)
    header.show_collection(snapshot)
    header.show_pictures(QPixmap(76, 76), QPixmap(20, 20))
    header.show_sums(50, 7_600 * MB, 11_400 * MB)
    assert header.title.text() == "Style LoRA mega pack"
    assert header.facts.text() == "aurora_ink · Civitai · 11.4 GB · downloaded 31 times"
    assert header.get_missing.text() == "Get the missing 50 · 7.6 GB"
    assert header.chips.shown == ["LoRA", "SDXL", "style", "film grain"]
    assert header.picture.isVisible()
    header.show_collection(msgspec.structs.replace(snapshot, downloads=1))
    assert header.facts.text().endswith("downloaded once")
    header.show_sums(1, MB, MB)
    assert header.get_missing.text() == "Get the missing file · 1.0 MB"


def test_a_repository_says_at_which_revision_it_is(header: Header) -> None:
    snapshot = collection()
    key = msgspec.structs.replace(snapshot.collection.key, revision="v2.5")
    header.show_collection(
        msgspec.structs.replace(snapshot, collection=msgspec.structs.replace(snapshot.collection, key=key))
    )
    assert header.facts.text() == "aurora_ink · Civitai · v2.5"


def test_a_collection_says_when_it_was_updated_where_its_hub_does(header: Header, clock: ManualClock) -> None:
    for days, words in ((-3, "today"), (0.9, "today"), (1, "yesterday"), (3, "3 days ago"), (400, "13 months ago")):
        header.show_collection(collection(updated=clock.wall() - days * 86_400))
        assert header.facts.text() == f"aurora_ink · Civitai · updated {words}"
    header.show_collection(collection(updated=clock.wall() - 3 * 366 * 86_400))
    assert header.facts.text().endswith("updated 3 years ago")
    header.show_collection(collection())
    assert header.facts.text() == "aurora_ink · Civitai"


def test_where_room_is_short_the_update_gives_way_first(header: Header, clock: ManualClock) -> None:
    header.show_collection(msgspec.structs.replace(collection(updated=clock.wall()), downloads=31))
    assert header.facts._shown() == "aurora_ink · Civitai · updated today · downloaded 31 times"
    header.facts.resize(header.facts.sizeHint().width() - 20, 20)
    assert header.facts._shown() == "aurora_ink · Civitai · downloaded 31 times"
    assert header.facts.is_elided


def test_the_button_asks_for_what_is_missing(qtbot: QtBot, header: Header) -> None:
    header.show_sums(2, MB, MB)
    with qtbot.waitSignal(header.missing_wanted):
        qtbot.mouseClick(header.get_missing, Qt.MouseButton.LeftButton)


def test_a_title_of_any_length_gives_way(header: Header) -> None:
    before = header.minimumSizeHint().width()
    header.show_collection(collection(title="x" * 400, creator="y" * 400))
    assert header.minimumSizeHint().width() <= before + 200
    assert header.title.is_elided
    header.title.repaint()
    assert header.title.toolTip() == tip(header.title.text())


def test_hostile_titles_are_shown_as_what_they_are(header: Header) -> None:
    header.show_collection(collection(title="<b>bold</b> \u202egpj.exe", creator="a\nb"))
    assert header.title.textFormat() is Qt.TextFormat.PlainText
    assert "\u202e" not in header.title.text()
    assert "\n" not in header.facts.text()


def test_no_tool_tip_takes_a_text_from_outside_for_html(qtbot: QtBot, header: Header) -> None:
    """F16: a rich text would fetch the picture."""
    image = "<img src=file:///etc/passwd>"
    header.show_collection(
        collection(title=image * 40, type=image, base_model=image, trigger_words=[image, f"{image}2"])
    )
    header.title.repaint()
    labels = [header.title, *header.chips._chips, header.chips._rest]
    tips = [label.toolTip() for label in labels if label.toolTip()]
    assert len(tips) >= 4
    for shown in tips:
        document = QTextDocument()
        document.setHtml(shown)
        assert image in document.toPlainText()
        assert "\ufffc" not in document.toPlainText(), "a picture"


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_chips_that_do_not_fit_are_counted(qtbot: QtBot, direction: Qt.LayoutDirection) -> None:
    row = ChipRow()
    row.setLayoutDirection(direction)
    qtbot.addWidget(row)
    row.resize(200, 20)
    row.show()
    row.show_words(["LoRA", "", "SDXL 1.0", "a very long trigger word that nobody types twice", "style"])
    assert row.shown[:2] == ["LoRA", "SDXL 1.0"]
    assert row.shown[-1] == "+2"
    for chip in row.children():
        if chip.isWidgetType() and not chip.isHidden():
            assert row.rect().contains(chip.geometry())
    row.resize(900, 20)
    assert len(row.shown) == 4
    row.show_words([])
    assert row.shown == []
