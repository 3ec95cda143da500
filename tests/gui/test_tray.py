"""The tray icon: how far all work is, and one sentence when it has ended (G04)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon, QPixmap

from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.events import Downloaded
from stabilitydl.domain.states import State
from stabilitydl.gui.tray import Tray, with_bar
from tests.gui.samples import COLLECTION, MB, key, moved, progress, tick


@pytest.fixture
def tray(qapp: object) -> Iterator[Tray]:
    picture = QPixmap(64, 64)
    picture.fill("red")
    parent = QObject()
    made = Tray(QIcon(picture), parent)
    yield made
    made.hide()


def arrived(number: int) -> Downloaded:
    return Downloaded(
        resource=key(number),
        collection=COLLECTION,
        name="x",
        path="/x",
        bytes=MB,
        fetched=MB,
        verification=Verification.VERIFIED,
        sha256=None,
    )


def test_a_hundred_failures_are_one_sentence(tray: Tray) -> None:
    """G04"""
    tray.apply(moved(number, State.MISSING, State.QUEUED) for number in range(100))
    tray.apply(moved(number, State.QUEUED, State.DOWNLOADING) for number in range(100))
    assert not tray._quiet.isActive()
    tray.apply(moved(number, State.DOWNLOADING, State.FAILED) for number in range(100))
    assert tray.summary() == "100 files need attention."
    assert tray._quiet.isActive(), "told once, when nothing is under way any more"
    tray._quiet.timeout.emit()
    assert tray.summary() == ""


def test_files_and_failures_are_told_together(tray: Tray) -> None:
    tray.apply([moved(1, State.QUEUED, State.DOWNLOADING), moved(2, State.QUEUED, State.DOWNLOADING)])
    tray.apply([arrived(1), moved(1, State.VERIFYING, State.DOWNLOADED)])
    assert not tray._quiet.isActive(), "another one is still on its way"
    tray.apply([moved(2, State.DOWNLOADING, State.FAILED)])
    assert tray.summary() == "1 file is here, 1.0 MB. 1 file needs attention."


def test_a_repair_is_no_failure(tray: Tray) -> None:
    tray.apply([moved(1, State.DOWNLOADED, State.QUARANTINED), moved(1, State.QUARANTINED, State.QUEUED)])
    tray.apply([arrived(1), moved(1, State.VERIFYING, State.DOWNLOADED)])
    assert tray.summary() == "1 file is here, 1.0 MB."


def test_work_that_begins_again_puts_the_sentence_off(tray: Tray) -> None:
    tray.apply([moved(1, State.QUEUED, State.DOWNLOADING), arrived(1), moved(1, State.VERIFYING, State.DOWNLOADED)])
    assert tray._quiet.isActive()
    tray.apply([moved(2, State.MISSING, State.QUEUED)])
    assert not tray._quiet.isActive()
    assert tray.summary(), "and loses nothing of it"


def test_nothing_that_came_is_nothing_to_tell(tray: Tray) -> None:
    tray.apply([moved(1, State.MISSING, State.QUEUED), moved(1, State.QUEUED, State.PAUSED)])
    assert not tray._quiet.isActive()
    assert tray.summary() == ""


def test_the_tool_tip_says_how_far_everything_is(tray: Tray) -> None:
    tray.apply(moved(number, State.MISSING, State.QUEUED) for number in range(4))
    tray.apply([arrived(0), moved(0, State.VERIFYING, State.DOWNLOADED), tick(progress(1, 72 * MB))])
    assert tray.tool_tip == "stabilitydl\n1 of 4 files, 14.2 MB/s"
    assert tray._step == round(16 * 1.5 / 4)
    tray.apply(moved(number, State.DOWNLOADING, State.PAUSED) for number in (1, 2, 3))
    assert tray.tool_tip == "stabilitydl"
    assert tray._step == -1


def test_the_bar_is_as_long_as_what_is_done(qapp: object) -> None:
    picture = QPixmap(64, 64)
    picture.fill("red")
    image = with_bar(QIcon(picture), 0.5).pixmap(64, 64).toImage()
    assert image.pixelColor(20, 58).name() == "#1f8a4c"
    assert image.pixelColor(50, 58).name() == "#d9dee5"
    assert image.pixelColor(20, 20).name() == "#ff0000"


def test_the_menu_tells(tray: Tray) -> None:
    told: list[object] = []
    tray.show_wanted.connect(lambda: told.append("show"))
    tray.pause_all_wanted.connect(told.append)
    tray.quit_wanted.connect(lambda: told.append("quit"))
    for action in (tray._show, tray._pause, tray._resume, tray._quit):
        assert action.text()
        action.trigger()
    assert told == ["show", True, False, "quit"]
