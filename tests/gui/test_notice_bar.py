"""What the user should know stands in the window until it is put away."""

from __future__ import annotations

import sqlite3

import pytest

from stabilitydl.errors import Problem, StoreNewer
from stabilitydl.gui.notice_bar import Notice, NoticeBar
from stabilitydl.settings import Settings
from tests.gui.stage import Stage


def test_each_notice_stands_once_until_it_is_put_away(stage: Stage) -> None:
    window = stage.open()
    bar = window.notices
    assert bar.isHidden()
    told: list[str] = []
    bar.show_notice(Notice.of(StoreNewer().problem))
    bar.show_notice(Notice.of(StoreNewer().problem))
    bar.show_notice(Notice(lambda: "second", lambda: "Do it", lambda: told.append("done")))
    first, second = bar.lines
    assert first.label.text() == "The database was written by a newer version of stabilitydl."
    assert bar.isVisible()
    assert not first.action.isVisible()
    second.action.click()
    assert told == ["done"]
    assert bar.lines == [first]
    first.dismiss.click()
    assert bar.isHidden()


@pytest.mark.parametrize(
    ("content", "jobs"),
    [(b"\x00\xff\x00", 7), (b"jobs = 3\nlangu", 7), (b'jobs = 3\ntheme = "loud"', 3), (b"jobs = [[[[", 7)],
)
def test_broken_settings_are_told_once_and_the_last_good_ones_hold(stage: Stage, content: bytes, jobs: int) -> None:
    """B08"""
    stage.open(settings=Settings(jobs=7))
    stage.close()
    stage.paths.settings.write_bytes(content)
    window = stage.open()
    (notice,) = window.notices.lines
    assert notice.isVisible()
    assert notice.label.text().endswith("the file is kept as settings.toml.unreadable.")
    assert window.preferences.settings.jobs == jobs
    (aside,) = stage.paths.config.glob("*.unreadable")
    assert aside.read_bytes() == content
    window = stage.restart()
    assert not window.notices.lines
    assert window.preferences.settings.jobs == jobs


def test_a_damaged_database_is_told_at_the_start(stage: Stage) -> None:
    """B01"""
    stage.open()
    stage.add("demo:?files=2&size=8KiB")
    stage.close()
    stage.paths.database.write_bytes(b"not a database at all" * 1000)
    window = stage.open()
    stage.until(lambda: window.notices.lines, "the window tells it")
    assert "was damaged and is made again" in window.notices.lines[0].label.text()


def test_a_database_of_a_newer_version_is_told_at_the_start(stage: Stage) -> None:
    """B03"""
    stage.open()
    stage.add("demo:?files=2&size=8KiB")
    stage.close()
    with sqlite3.connect(stage.paths.database) as database:
        database.execute("PRAGMA user_version = 9999")
    database.close()
    window = stage.open()
    stage.until(lambda: window.notices.lines, "the window tells it")
    assert "newer version" in window.notices.lines[0].label.text()
    assert len(stage.rows) == 2, "what is listed can be looked at"


def test_an_empty_bar_takes_no_room(qtbot: object) -> None:
    bar = NoticeBar()
    assert bar.isHidden()
    assert not bar.lines
    assert isinstance(Notice.of(Problem("store-newer")).words(), str)
