"""The activity panel: what runs, on which hosts, how fast, and what has come."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from pytestqt.qtbot import QtBot

from stabilitydl.domain.events import HostLine, ProgressTick
from stabilitydl.gui.activity import Activity
from stabilitydl.gui.elided_label import ElidedLabel
from stabilitydl.gui.speed_curve import SPAN, SpeedCurve
from stabilitydl.gui.theme import ACTIVITY_HEIGHT, Appearance
from tests.fakes.clock import ManualClock
from tests.gui.samples import MB, key, progress


@pytest.fixture
def activity(qtbot: QtBot, appearance: Appearance) -> Activity:
    made = Activity(appearance)
    qtbot.addWidget(made)
    made.resize(1280, ACTIVITY_HEIGHT)
    made.show()
    return made


def lines(panel: object) -> list[tuple[str, str]]:
    pairs = [(left.text(), right.text()) for left, right in panel._labels]  # type: ignore[attr-defined]
    return [pair for pair in pairs if pair != ("", "")]


def test_nothing_running_says_so(activity: Activity) -> None:
    assert lines(activity.hosts) == [("No host is asked right now.", "")]
    assert lines(activity.running) == [("Nothing is running.", "")]
    assert activity.peak.text() == ""


def test_a_tick_shows_hosts_and_files(activity: Activity) -> None:
    hosts = (
        HostLine(host="https://civitai.com", running=6, limit=8),
        HostLine(host="https://b2.example", running=0, limit=8, cooling=37.2),
        HostLine(host="https://busy.example", running=0, limit=8, allowed=2, cooling=37.2),
        HostLine(host="https://full.example", running=2, limit=8, allowed=8, cooling=37.2, status=429),
        HostLine(host="https://huggingface.co", running=0, limit=8),
        HostLine(host="https://free.example", running=2),
    )
    tick = ProgressTick(entries=(progress(1), progress(2, received=144 * MB, speed=0.0)), speed=112 * MB, hosts=hosts)
    activity.show_tick(tick, {key(1): "add-detail-xl", key(2): "epiNoiseoffset_v2"})
    assert lines(activity.hosts) == [
        ("civitai.com", "6 of 8 connections"),
        ("b2.example", "waiting 38 s"),
        ("busy.example", "waiting 38 s, then 2 of 8 connections"),
        ("full.example", "waiting 38 s (429), 2 of 8 connections"),
        ("and 2 more", ""),
    ]
    activity.show_tick(ProgressTick(entries=tick.entries, speed=tick.speed, hosts=hosts[-2:]), {})
    assert lines(activity.hosts) == [
        ("huggingface.co", "idle"),
        ("free.example", "2 connections"),
    ]
    activity.show_tick(tick, {key(1): "add-detail-xl", key(2): "epiNoiseoffset_v2"})
    assert lines(activity.running) == [("add-detail-xl", "57 % · 14.2 MB/s"), ("epiNoiseoffset_v2", "checking")]
    assert activity.peak.text() == "last 2 min · peak 112 MB/s"
    assert activity.curve.accessibleDescription() == activity.peak.text()
    activity.show_tick(ProgressTick(entries=(), speed=0.0), {})
    assert lines(activity.running) == [("Nothing is running.", "")]
    assert activity.peak.text() == "last 2 min · peak 112 MB/s", "it was two minutes ago at most"


def test_more_than_fits_is_counted(activity: Activity) -> None:
    many = tuple(progress(number) for number in range(12))
    activity.show_tick(ProgressTick(entries=many, speed=MB), {each.resource: each.resource[-4:] for each in many})
    assert lines(activity.running)[-1] == ("and 8 more", "")
    assert len(lines(activity.running)) == 5


def test_what_has_ended_when_its_last_tick_comes_is_no_line_without_a_name(activity: Activity) -> None:
    tick = ProgressTick(entries=(progress(1), progress(2)), speed=MB)
    activity.show_tick(tick, {key(2): "epiNoiseoffset_v2"})
    assert [left for left, _right in lines(activity.running)] == ["epiNoiseoffset_v2"]
    activity.close_button.click()
    assert activity.line.text().startswith("1 running")


def test_totals_of_today_and_of_all_time(activity: Activity) -> None:
    activity.show_totals((41_200 * MB, 312), (2_000_000 * MB, 9_000))
    assert (activity.today.text(), activity.ever.text()) == ("today 41.2 GB, 312 files", "in all 2.0 TB, 9,000 files")
    activity.show_totals((MB, 1), (MB, 1))
    assert (activity.today.text(), activity.ever.text()) == ("today 1.0 MB, 1 file", "in all 1.0 MB, 1 file")


def test_closed_it_is_one_line_that_still_tells(qtbot: QtBot, activity: Activity) -> None:
    told: list[bool] = []
    activity.opened.connect(told.append)
    activity.show_tick(ProgressTick(entries=(progress(1),), speed=5 * MB), {key(1): "add-detail-xl"})
    activity.close_button.click()
    assert not activity.is_open
    assert activity.height() < 40
    assert activity.line.isVisible()
    assert activity.line.text().startswith("1 running · 5.0 MB/s · today")
    activity.open_button.click()
    assert activity.is_open
    assert activity.height() == ACTIVITY_HEIGHT
    assert told == [False, True]


def test_lines_stand_between_the_panels_in_both_directions(activity: Activity, dressed: Appearance) -> None:
    line = dressed.theme.color("line")
    for direction in (Qt.LayoutDirection.RightToLeft, Qt.LayoutDirection.LeftToRight):
        activity.setLayoutDirection(direction)
        QCoreApplication.processEvents()
        image = activity.grab().toImage()
        middle = activity.height() // 2
        lines = [x for x in range(image.width()) if image.pixelColor(x, middle) == line]
        edges = [panel.mapTo(activity, QPoint()).x() for panel in activity._divided]
        if direction == Qt.LayoutDirection.RightToLeft:
            edges = [edge + panel.width() - 1 for edge, panel in zip(edges, activity._divided, strict=True)]
        assert lines == sorted(edges)
        assert 0 < lines[0] < lines[-1] < image.width() - 1


def test_long_names_give_way_in_the_middle(activity: Activity) -> None:
    tick = ProgressTick(entries=(progress(1),), speed=MB)
    activity.show_tick(tick, {key(1): "a" * 300 + ".safetensors"})
    left = activity.running._labels[0][0]
    assert isinstance(left, ElidedLabel)
    assert left.is_elided
    assert activity.minimumSizeHint().width() < 900


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def curve(qtbot: QtBot, appearance: Appearance, clock: ManualClock) -> SpeedCurve:
    made = SpeedCurve(appearance, clock)
    qtbot.addWidget(made)
    made.resize(240, 64)
    return made


def heights(curve: SpeedCurve, *seconds: float) -> list[int]:
    """How high the area below the curve is, in pixels, so many seconds before now."""
    image, area = curve.grab().toImage(), curve._appearance.theme.color("accent_surface")
    places = [round((curve.width() - 1) * (1 - each / SPAN)) for each in seconds]
    return [sum(image.pixelColor(x, y) == area for y in range(image.height())) for x in places]


def test_the_curve_forgets_what_is_older_than_two_minutes(curve: SpeedCurve, clock: ManualClock) -> None:
    curve.add(100.0)
    clock.now += SPAN
    curve.add(1.0)
    assert curve.peak == 100.0
    clock.now += 1.0
    curve.add(2.0)
    assert curve.peak == 2.0
    assert not curve.grab().isNull()


def test_the_curve_moves_on_while_nothing_comes(curve: SpeedCurve, clock: ManualClock) -> None:
    for _ in range(40):
        clock.now += 0.25
        curve.add(50.0)
    full, before = heights(curve, 2, 20)
    assert full > 40
    assert before == 0
    clock.now += 30.0
    assert heights(curve, 2, 20, 38) == [0, 0, full]
    curve.add(50.0)
    assert heights(curve, 20, 38) == [0, full], "nothing came in between"


def test_after_two_minutes_of_rest_nothing_is_left_of_the_peak(
    qtbot: QtBot, appearance: Appearance, clock: ManualClock
) -> None:
    activity = Activity(appearance, clock)
    qtbot.addWidget(activity)
    activity.show_tick(ProgressTick(entries=(), speed=5 * MB), {})
    assert activity.peak.text() == "last 2 min · peak 5.0 MB/s"
    clock.now += SPAN + 1.0
    qtbot.waitUntil(lambda: activity.peak.text() == "")
    assert activity.curve.accessibleDescription() == ""
    assert not activity.curve._timer.isActive()
