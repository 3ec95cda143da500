import json

import pytest

from stabilitydl.cli.render_json import JsonRenderer
from stabilitydl.cli.tally import Tally
from stabilitydl.domain.events import AnyEvent
from stabilitydl.domain.states import State
from stabilitydl.errors import ChecksumMismatch, GatedFile, ServerFailed
from tests.fakes.snapshots import collection, downloaded, moved, resource, retry, snapshot, tick

WRONG = ChecksumMismatch(expected="ab", actual="cd").problem
ID = resource("a").id


class Screen:
    """A renderer with its tally; ``feed`` answers with the lines that came out."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *names: str) -> None:
        self.renderer = JsonRenderer()
        self.tally = Tally()
        self.tally.ask_for(snapshot(name) for name in names)
        self.capsys = capsys
        self.renderer.begin(self.tally, 0.0)

    def feed(self, *events: AnyEvent, now: float = 0.0) -> list[dict[str, object]]:
        self.tally.apply(events)
        self.renderer.events(events, self.tally, now)
        return self.lines()

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.capsys.readouterr().out.splitlines()]


def test_every_line_has_exactly_the_fields_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(capsys, "a")
    screen.renderer.collection(collection("Fox \u2603"), [resource("a"), resource("b", None)])
    assert screen.lines() == [
        {
            "event": "collection",
            "id": collection().id,
            "title": "Fox \u2603",
            "hub": "demo",
            "resources": 2,
            "bytes": 1000,
        }
    ]
    assert screen.feed(moved("a", State.MISSING, State.QUEUED)) == [
        {"event": "state", "resource": ID, "name": "a", "from": "missing", "to": "queued"}
    ]
    assert screen.feed(tick(("a", 40), speed=12.6)) == [
        {"event": "progress", "resource": ID, "received": 40, "size": 1000, "speed": 13}
    ]
    assert screen.feed(retry("a", ServerFailed(host="h", status=500).problem, 1.23456)) == [
        {"event": "retry", "resource": ID, "code": "server-failed", "after": 1.235}
    ]
    assert screen.feed(moved("a", State.VERIFYING, State.DOWNLOADED), downloaded("a")) == [
        {"event": "state", "resource": ID, "name": "a", "from": "verifying", "to": "downloaded"},
        {
            "event": "downloaded",
            "resource": ID,
            "path": "/library/lora/pack/a",
            "bytes": 1000,
            "verification": "verified",
            "sha256": "ab" * 32,
        },
    ]
    screen.renderer.end(screen.tally, 1.23456, interrupted=False)
    assert screen.lines() == [
        {"event": "summary", "downloaded": 1, "skipped": 0, "failed": 0, "bytes": 1000, "seconds": 1.235}
    ]


def test_an_error_is_told_once_and_only_when_it_is_final(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(capsys, "a")
    lines = screen.feed(moved("a", State.VERIFYING, State.QUARANTINED, problem=WRONG))
    assert lines[1:] == [
        {
            "event": "error",
            "resource": ID,
            "code": "checksum-mismatch",
            "message": "The checksum is wrong: ab was promised, cd arrived.",
            "remedy": "other-file",
        }
    ]
    assert screen.feed(tick(), now=1.0) == []
    assert [line["event"] for line in screen.feed(moved("a", State.QUARANTINED, State.QUEUED))] == ["state"]
    assert [line["event"] for line in screen.feed(moved("a", State.QUEUED, State.GONE, problem=WRONG))] == [
        "state",
        "error",
    ]


def test_a_blocked_file_is_an_error_from_the_start(capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally()
    tally.ask_for([snapshot("a", State.BLOCKED, blocked=GatedFile().problem)])
    JsonRenderer().begin(tally, 0.0)
    assert json.loads(capsys.readouterr().out)["code"] == "gated"


def test_progress_comes_at_most_four_times_a_second_for_each_child(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(capsys, "a", "b")
    count = {resource("a").id: 0, resource("b").id: 0}
    for step in range(1000):
        entries = [("a", step), ("b", step)] if step % 300 == 0 else [("a", step)]
        for line in screen.feed(tick(*entries), now=step / 100):
            count[str(line["resource"])] += 1
    assert count == {resource("a").id: 40, resource("b").id: 4}


def test_files_of_other_commands_are_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(capsys, "a")
    wrong = moved("z", State.QUEUED, State.FAILED, problem=WRONG)
    assert screen.feed(wrong, downloaded("z"), retry("z", WRONG), tick(("z", 1))) == []


def test_what_was_here_already_is_no_download(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(capsys, "a")
    lines = screen.feed(moved("a", State.QUEUED, State.DOWNLOADED), downloaded("a", fetched=0))
    assert [line["event"] for line in lines] == ["state"]
    screen.renderer.end(screen.tally, 0.0, interrupted=False)
    summary = screen.lines()[-1]
    assert (summary["downloaded"], summary["skipped"], summary["bytes"]) == (0, 1, 0)


def test_a_problem_without_a_resource(capsys: pytest.CaptureFixture[str]) -> None:
    JsonRenderer().problem(WRONG)
    captured = capsys.readouterr()
    assert json.loads(captured.out)["resource"] is None
    assert "checksum-mismatch" in captured.err


def test_hostile_names_stay_one_ascii_line(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(capsys, "a")
    screen.renderer.collection(collection("x\n\x1b[31m\udcff\u202e"), [])
    out = capsys.readouterr().out
    assert out.isascii()
    assert out.count("\n") == 1
    assert json.loads(out)["title"] == "x\n\x1b[31m\udcff\u202e"
