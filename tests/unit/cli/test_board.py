from stabilitydl.cli.board import Board, Row, progress_line, summary_lines
from stabilitydl.cli.tally import Tally
from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.events import AnyEvent
from stabilitydl.domain.resource import Wait
from stabilitydl.domain.states import State, WaitReason
from stabilitydl.errors import ChecksumMismatch, ConnectionLost, GatedFile, Problem
from tests.fakes.snapshots import downloaded, moved, retry, snapshot, tick

WRONG = ChecksumMismatch(expected="ab", actual="cd").problem


def follow(tally: Tally, board: Board, *events: AnyEvent) -> None:
    tally.apply(events)
    board.follow(events)


def running(*names: str) -> tuple[Tally, Board]:
    tally, board = Tally(), Board()
    tally.ask_for(snapshot(name) for name in names)
    follow(tally, board, *(moved(name, State.RESOLVING, State.DOWNLOADING) for name in names))
    return tally, board


def test_one_row_for_each_active_child() -> None:
    tally, board = running("a", "b", "c")
    follow(tally, board, tick(("a", 250), ("b", 500)), moved("c", State.DOWNLOADING, State.PAUSED))
    rows = board.active(tally)
    assert [(row.name, row.received, row.percent, row.amount) for row in rows] == [
        ("a", 250, "25 %", "250 B of 1.0 KB"),
        ("b", 500, "50 %", "500 B of 1.0 KB"),
    ]
    assert rows[0].speed == 100
    assert rows[0].eta == 7.5


def test_the_row_says_why_nothing_moves() -> None:
    tally, board = running("a")
    follow(tally, board, retry("a", ConnectionLost(host="h").problem))
    assert board.active(tally)[0].phase == "tries again: The connection to h was lost."
    follow(tally, board, tick(("a", 10)))
    assert board.active(tally)[0].phase == ""
    for reason in WaitReason:
        follow(tally, board, moved("a", State.DOWNLOADING, State.WAITING, wait=Wait(reason)))
        assert board.active(tally)[0].phase
    follow(tally, board, moved("a", State.WAITING, State.RESOLVING))
    assert board.active(tally)[0].phase == "asks the hub"
    follow(tally, board, moved("a", State.RESOLVING, State.VERIFYING))
    assert board.active(tally)[0].phase == "checks the file"


def test_the_overall_row_adds_up_and_ends_full() -> None:
    tally, board = running("a", "b", "c", "d")
    follow(tally, board, tick(("a", 250), ("b", 750)))
    row = board.overall(tally)
    assert (row.received, row.size, row.speed) == (1000, 4000, 200)
    assert row.eta == 15
    assert progress_line(row) == "0 of 4 files, 1.0 KB of 4.0 KB, 200 B/s, 15 s left"
    for name in "abc":
        follow(tally, board, moved(name, State.VERIFYING, State.DOWNLOADED), downloaded(name))
    follow(tally, board, moved("d", State.DOWNLOADING, State.FAILED, problem=WRONG))
    row = board.overall(tally)
    assert row.fraction == 1.0
    assert (row.phase, row.speed) == ("3 of 4 files", 0)


def test_an_unknown_size_is_no_division_by_zero() -> None:
    assert Row("a", 5, None).fraction is None
    assert Row("a", 0, 0).fraction is None
    assert Row("a", 5, None).percent == ""
    assert Row("a", 7, 5).fraction == 1.0


def test_hostile_names_are_harmless() -> None:
    tally, board = running("\x1b[31mred\n\u202e")
    assert board.active(tally)[0].name == "\\u001b[31mred\\u000a\\u202e"


def test_the_end_says_what_is_unverified() -> None:
    """H08: only of what this command brought."""
    tally, board = running("a", "b", "c")
    for name, verification in zip("abc", Verification, strict=True):
        follow(
            tally, board, moved(name, State.VERIFYING, State.DOWNLOADED), downloaded(name, verification=verification)
        )
    assert summary_lines(tally, 2.0, interrupted=False) == [
        "1 file came unverified: no checksum says what is right.",
        "3 of 3 files are here: 3 downloaded (3.0 KB in 2.0 s, 1.5 KB/s).",
    ]


def test_the_end_names_each_failure_with_cause_and_remedy() -> None:
    tally, board = running("a", "b", "c", "d")
    follow(tally, board, moved("a", State.VERIFYING, State.DOWNLOADED), downloaded("a"))
    follow(tally, board, moved("b", State.VERIFYING, State.DOWNLOADED), downloaded("b", fetched=0))
    follow(tally, board, moved("c", State.VERIFYING, State.QUARANTINED, problem=WRONG))
    follow(tally, board, moved("d", State.QUEUED, State.BLOCKED, problem=GatedFile().problem))
    tally.problems.append(Problem("bad-list-line", {"file": "l.txt", "line": 3, "reason": "no address"}))
    assert summary_lines(tally, 2.0, interrupted=False) == [
        "2 files could not be brought:",
        (
            "  c: The checksum is wrong: ab was promised, cd arrived. Choose another file of the collection."
            " [checksum-mismatch]"
        ),
        (
            "  d: The author wants you to accept the terms on the page first."
            " Open the page of the file to see what it asks for. [gated]"
        ),
        "1 problem besides:",
        "  l.txt, line 3: no address. Correct what was typed. [bad-list-line]",
        "2 of 4 files are here: 1 downloaded (1.0 KB in 2.0 s, 500 B/s), 1 here already, 2 failed.",
    ]


def test_the_totals_of_one_file() -> None:
    tally, board = running("a")
    follow(tally, board, moved("a", State.VERIFYING, State.DOWNLOADED), downloaded("a"))
    assert summary_lines(tally, 61.0, interrupted=False)[-1] == (
        "1 of 1 file is here: 1 downloaded (1.0 KB in 1 min 1 s, 16 B/s)."
    )


def test_blocked_files_that_may_be_skipped_are_counted_apart() -> None:
    tally = Tally(skip_blocked=True)
    tally.ask_for([snapshot("a", State.BLOCKED, blocked=GatedFile().problem), snapshot("b", State.DOWNLOADED)])
    assert summary_lines(tally, 0.0, interrupted=False) == [
        "1 of 2 files are here: 1 here already, 1 blocked and skipped."
    ]
