"""The words of the state cell, for every state, reason and error."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics

from stabilitydl.domain.checksum import Checksum, Verification
from stabilitydl.domain.events import Progress
from stabilitydl.domain.resource import ResourceSnapshot, Wait
from stabilitydl.domain.states import State, WaitReason
from stabilitydl.errors import CODES, Problem, Remedy
from stabilitydl.gui.failure_text import SHORT, short_text
from stabilitydl.gui.resource_view import STATE_LEAST
from stabilitydl.gui.row_action import RowAction, label_of
from stabilitydl.gui.state_delegate import lay_out, stack, state_area
from stabilitydl.gui.state_text import Fill, Mark, Tone, describe, explain
from stabilitydl.gui.theme import RESOURCE_ROW, Appearance

from .samples import MB, child, every_state, progress

NOW = 1.7e9


def busy(host: str, status: int = 0, seconds: float | None = None) -> ResourceSnapshot:
    until = None if seconds is None else NOW + seconds
    return child(1, State.WAITING, wait=Wait(WaitReason.HOST, until, host, status))


CASES: list[tuple[ResourceSnapshot, Progress | None, str, str]] = [
    (child(1), None, "Missing", ""),
    (child(1, State.QUEUED), None, "Queued", ""),
    (child(1, State.RESOLVING), None, "Asking Civitai for the file", ""),
    (child(1, State.DOWNLOADING), None, "0 % · 0 of 144 MB", ""),
    (child(1, State.DOWNLOADING), progress(1), "57 % · 83 of 144 MB", "14.2 MB/s · 5 s"),
    (child(1, State.DOWNLOADING, size=36 * MB), progress(1, 20 * MB, size=36 * MB), "55 % · 20.0 of 36.0 MB", "*"),
    (child(1, State.DOWNLOADING), progress(1, 900_000), "0 % · 900 KB of 144 MB", "*"),
    (child(1, State.DOWNLOADING), progress(1, 144 * MB - 1), "99 % · 144 of 144 MB", "*"),
    (child(1, State.DOWNLOADING, size=None), progress(1, size=None, eta=None), "83.0 MB so far", "14.2 MB/s"),
    (child(1, State.DOWNLOADING), progress(1, speed=0.0, eta=None), "57 % · 83 of 144 MB", ""),
    (child(1, State.DOWNLOADING), progress(1, eta=float("inf")), "57 % · 83 of 144 MB", "14.2 MB/s"),
    (child(1, State.VERIFYING), progress(1, 144 * MB, eta=0.6), "Checking · SHA-256", "1 s"),
    (child(1, State.VERIFYING, checksums=()), None, "Checking", ""),
    (child(1, State.VERIFYING, checksums=(Checksum.of("blake3", "00" * 32),)), None, "Checking · BLAKE3", ""),
    (child(1, State.DOWNLOADED), None, "Downloaded", ""),
    (child(1, State.DOWNLOADED, verification=Verification.VERIFIED), None, "Downloaded · verified", ""),
    (child(1, State.DOWNLOADED, verification=Verification.WEAK), None, "Downloaded · weak check", ""),
    (child(1, State.DOWNLOADED, verification=Verification.UNVERIFIABLE), None, "Downloaded · not verifiable", ""),
    (child(1, State.PAUSED), None, "Paused", "Resume"),
    (child(1, State.PAUSED, received=48 * MB), None, "Paused at 33 %", "Resume"),
    (child(1, State.PAUSED, received=48 * MB, size=None), None, "Paused at 48.0 MB", "Resume"),
    (child(1, State.WAITING), None, "No network", "Retry"),
    (child(1, State.WAITING, wait=Wait(WaitReason.HOST)), None, "Server asks to wait", "Skip"),
    (child(1, State.WAITING, wait=Wait(WaitReason.HOST, NOW + 38)), None, "Server asks to wait 38 s", "Skip"),
    (child(1, State.WAITING, wait=Wait(WaitReason.HOST, NOW - 1)), None, "Server asks to wait", "Skip"),
    (busy("hub.example", 429, 38), None, "hub.example asks to wait: 38 s (429)", "Skip"),
    (busy("hub.example"), None, "hub.example asks to wait", "Skip"),
    (busy("a-long-name.of-a-server.example", 503, 38), None, "Server asks to wait 38 s (503)", "Skip"),
    (child(1, State.WAITING, wait=Wait(WaitReason.NETWORK)), None, "No network", "Retry"),
    (child(1, State.WAITING, wait=Wait(WaitReason.NETWORK, NOW + 5)), None, "No network · next try in 5 s", "Retry"),
    (child(1, State.WAITING, wait=Wait(WaitReason.DRIVE)), None, "Drive does not answer", "Retry"),
    (child(1, State.WAITING, wait=Wait(WaitReason.SPACE)), None, "No space left on the drive", "Free space…"),
    (child(1, State.WAITING, wait=Wait(WaitReason.VOLUME)), None, "Drive is not connected", "Retry"),
    (child(1, State.WAITING, wait=Wait(WaitReason.LOGIN)), None, "Needs a Civitai login", "Log in…"),
    (
        child(1, State.WAITING, wait=Wait(WaitReason.TWIN)),
        None,
        "Waits for the same file of another collection",
        "",
    ),
    (child(1, State.WAITING, wait=Wait(WaitReason.PROCESS)), None, "Another program is downloading it", ""),
    (child(1, State.FAILED, problem=Problem("server-failed", {"status": 502})), None, "Server error 502", "Retry"),
    (child(1, State.FAILED, problem=Problem("no-space")), None, "Not enough space", "Free space…"),
    (child(1, State.FAILED, problem=Problem("not-writable")), None, "Folder is not writable", "Folder…"),
    (child(1, State.FAILED, problem=Problem("proxy-failed")), None, "Proxy does not work", "Network…"),
    (child(1, State.FAILED, problem=Problem("internal")), None, "Something unexpected happened", "Report…"),
    (child(1, State.FAILED), None, "Failed", "Retry"),
    (child(1, State.BLOCKED, problem=Problem("login-needed")), None, "Needs a Civitai login", "Log in…"),
    (child(1, State.BLOCKED, blocked=Problem("gated")), None, "Accept the terms first", "Open page"),
    (
        child(1, State.BLOCKED, blocked=Problem("early-access", {"until": "2026-12-03"})),
        None,
        "Early access until 2026-12-03",
        "Open page",
    ),
    (child(1, State.BLOCKED, blocked=Problem("usage-not-allowed")), None, "Use on the hub only", "Other file…"),
    (child(1, State.BLOCKED), None, "The hub does not give this file", "Retry"),
    (child(1, State.GONE, problem=Problem("remote-gone")), None, "No longer on the hub", "Open page"),
    (child(1, State.QUARANTINED, problem=Problem("checksum-mismatch")), None, "Wrong checksum · kept aside", "Choose…"),
]


@pytest.mark.parametrize(("snapshot", "running", "left", "right"), CASES)
def test_what_the_cell_says(snapshot: ResourceSnapshot, running: Progress | None, left: str, right: str) -> None:
    text = describe(snapshot, running, now=NOW)
    assert text.left == left
    assert right in ("*", text.right)
    assert (text.action is not None) == (text.right in {label_of(action) for action in RowAction})


def test_every_state_and_reason_is_among_these() -> None:
    assert {snapshot.state for snapshot, *_ in CASES} == set(State)
    assert {snapshot.wait.reason for snapshot, *_ in CASES if snapshot.wait} == set(WaitReason)


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (0, "Queued · starts next"),
        (1, "Queued · starts after 1 other"),
        (2, "Queued · starts after 2 others"),
        (12345, "Queued · starts after 12,345 others"),
    ],
)
def test_the_queue(ahead: int, expected: str) -> None:
    assert describe(child(1, State.QUEUED), ahead=ahead).left == expected


def test_a_connection_that_tries_again_shows_only_while_nothing_comes() -> None:
    problem = Problem("connection-lost", {"host": "civitai.com"})
    still = describe(child(1, State.DOWNLOADING), progress(1, speed=0.0), retrying=problem)
    coming = describe(child(1, State.DOWNLOADING), progress(1), retrying=problem)
    assert still.right == "trying again"
    assert "MB/s" in coming.right


def test_the_track_shows_the_ranges_that_are_here() -> None:
    running = progress(1, size=100, ranges=((0, 10), (50, 60)), received=20)
    text = describe(child(1, State.DOWNLOADING, size=100), running)
    assert text.track == ((0.0, 0.1, Fill.RECEIVED), (0.5, 0.6, Fill.RECEIVED))
    assert describe(child(1, State.DOWNLOADING, size=None), progress(1, size=None)).track == ()
    checking = describe(child(1, State.VERIFYING, size=100), progress(1, 100, size=100, checked=40))
    assert checking.track == ((0.0, 0.4, Fill.CHECKED), (0.4, 1.0, Fill.RECEIVED))
    paused = describe(child(1, State.PAUSED, size=100, received=25))
    assert paused.track == ((0.0, 0.25, Fill.RESTING),)
    assert describe(child(1)).track is None


def test_trouble_has_a_mark_besides_its_colour() -> None:
    for snapshot in every_state():
        text = describe(snapshot, now=NOW)
        assert text.left
        if text.tone in (Tone.TROUBLE, Tone.ATTENTION):
            assert text.mark is not Mark.NONE


def test_every_error_has_a_few_words_and_placeholders_that_it_fills() -> None:
    assert set(SHORT) == {*CODES, "error"}
    for code, words in SHORT.items():
        assert not words.endswith(".")
        assert len(words) <= 32
        problem = Problem(code, {"status": 500, "until": "2026-12-03"})
        assert "?" not in short_text(problem, "Civitai")
    assert short_text(Problem("of-a-later-version"), "Civitai") == "Something went wrong"
    assert short_text(Problem("early-access", {"until": "a\u202eb"}), "Civitai") == "Early access until a\\u202eb"


def test_every_remedy_leads_to_a_command() -> None:
    commands = set()
    for code, kind in CODES.items():
        text = describe(child(1, State.FAILED, problem=Problem(code)))
        assert text.action is not None
        commands.add((kind.remedy, text.action))
    assert dict(commands)[Remedy.OTHER_FILE] is RowAction.OTHER_FILE
    assert {remedy for remedy, _ in commands} >= set(Remedy) - {Remedy.NONE}


def test_the_whole_sentence_is_there_for_trouble_only() -> None:
    problem = Problem("server-failed", {"host": "civitai.com", "status": 502})
    assert explain(child(1, State.FAILED, problem=problem)) == (
        "civitai.com reports an error of its own (502). Try again."
    )
    assert explain(child(1, State.BLOCKED, blocked=Problem("archived"))).endswith(
        "Choose another file of the collection."
    )
    assert explain(child(1, State.DOWNLOADING, problem=problem)) == ""
    assert explain(child(1)) == ""


def test_no_line_is_ever_cut(appearance: Appearance) -> None:
    metrics = QFontMetrics(appearance.fonts.small)
    narrow = state_area(QRect(0, 0, STATE_LEAST, RESOURCE_ROW))
    for snapshot in every_state():
        running = progress(int(snapshot.id, 16), 83 * MB) if snapshot.state.is_running else None
        state = describe(snapshot, running, now=NOW, ahead=12345)
        for layout in (lay_out(narrow, state, metrics), stack(QRect(0, 0, 156, 56), state, metrics)):
            if layout.wraps:
                wrap = Qt.TextFlag.TextWordWrap.value
                needed = metrics.boundingRect(QRect(0, 0, layout.left.width(), 1000), wrap, state.left)
                assert needed.height() <= layout.left.height() + 1, state.left
                assert needed.width() <= layout.left.width(), state.left
            else:
                assert metrics.horizontalAdvance(state.left) <= layout.left.width(), state.left
            if state.action is not None:
                assert metrics.horizontalAdvance(state.right) <= layout.right.width()
            assert not layout.left.intersects(layout.right)


def test_pace_gives_way_in_a_narrow_column(appearance: Appearance) -> None:
    metrics = QFontMetrics(appearance.fonts.small)
    state = describe(child(1, State.DOWNLOADING), progress(1))
    wide = lay_out(QRect(0, 0, 320, 40), state, metrics)
    narrow = lay_out(QRect(0, 0, 190, 40), state, metrics)
    assert wide.right.width() > 0
    assert narrow.right.isEmpty()
    assert narrow.track is not None
    assert not narrow.wraps
