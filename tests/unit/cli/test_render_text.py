import io
import sys

import pytest

from stabilitydl.cli.render_text import BarRenderer, PlainRenderer
from stabilitydl.cli.tally import Tally
from stabilitydl.domain.resource import Wait
from stabilitydl.domain.states import State, WaitReason
from stabilitydl.errors import NotFound
from tests.fakes.snapshots import collection, downloaded, moved, resource, snapshot, tick


class Terminal(io.StringIO):
    """A terminal that remembers what was written."""

    def isatty(self) -> bool:
        return True


def asked(*names: str) -> Tally:
    tally = Tally()
    tally.ask_for(snapshot(name) for name in names)
    return tally


def test_plain_lines_are_sparse_and_paths_go_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    renderer = PlainRenderer()
    tally = asked("a", "b")
    renderer.collection(collection("Pack\n"), [resource("a"), resource("b")])
    renderer.begin(tally, 0.0)
    tally.apply([moved("b", State.QUEUED, State.WAITING, wait=Wait(WaitReason.NETWORK))])
    for tenth in range(200):
        batch = [moved("a", State.RESOLVING, State.DOWNLOADING), tick(("a", tenth))]
        tally.apply(batch)
        renderer.events(batch, tally, tenth / 10)
    batch_end = [moved("a", State.VERIFYING, State.DOWNLOADED), downloaded("a")]
    tally.apply(batch_end)
    renderer.events(batch_end, tally, 20.0)
    tally.apply([moved("b", State.WAITING, State.FAILED, problem=NotFound(host="h", status=404).problem)])
    renderer.end(tally, 20.0, interrupted=False)
    captured = capsys.readouterr()
    assert captured.out == "/library/lora/pack/a\n"
    assert captured.err.splitlines() == [
        "Pack\\u000a: 2 files, 2.0 KB",
        "0 of 2 files, 100 B of 2.0 KB, 100 B/s, 19 s left",
        "  b: no network",
        "1 of 2 files, 1.0 KB of 2.0 KB",
        "  b: no network",
        "1 file could not be brought:",
        "  b: h does not have this file (404). Open the page of the file to see what it asks for. [not-found]",
        "1 of 2 files are here: 1 downloaded (1.0 KB in 20.0 s, 50 B/s), 1 failed.",
    ]


@pytest.mark.parametrize("colour", [True, False])
def test_bars_are_readable_with_and_without_colour(colour: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("LINES", "30")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if not colour:
        monkeypatch.setenv("NO_COLOR", "1")
    renderer = BarRenderer()
    tally = asked("a[red]", "b")
    renderer.begin(tally, 0.0)
    batch = [moved("a[red]", State.RESOLVING, State.DOWNLOADING), tick(("a[red]", 250))]
    tally.apply(batch)
    renderer.events(batch, tally, 0.25)
    renderer.note("A sentence [bold] between.")
    renderer.close()
    renderer.close()
    shown = terminal.getvalue()
    assert "a[red]" in shown
    assert "25 %" in shown
    assert "250 B of 1.0 KB" in shown
    assert "0 of 2 files" in shown
    assert "A sentence [bold] between." in shown
    assert ("\x1b[3" in shown) is colour


def test_more_children_than_lines_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("LINES", "8")
    monkeypatch.setenv("COLUMNS", "100")
    names = [f"file{number}" for number in range(20)]
    tally = asked(*names)
    tally.apply([moved(name, State.RESOLVING, State.DOWNLOADING) for name in names])
    renderer = BarRenderer()
    renderer.begin(tally, 0.0)
    renderer.close()
    assert "and 15 more" in terminal.getvalue()
    assert "file5" not in terminal.getvalue()


def test_paths_are_not_mixed_into_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    monkeypatch.setenv("TERM", "xterm")
    tally = Tally()
    tally.ask_for([snapshot("a", State.DOWNLOADED, target="/x/a", file_size=1)])
    PlainRenderer().end(tally, 1.0, interrupted=False)
    assert terminal.getvalue() == ""


@pytest.mark.parametrize(
    ("width", "shown", "left_out"),
    [(40, ["krea-lora-07.s", "25 %", "0 of 2 files"], ["B/s"]), (70, ["25 %", "100 B/s"], [" of 1.0 KB"])],
)
def test_narrow_terminals_keep_the_names(
    width: int, shown: list[str], left_out: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("LINES", "30")
    monkeypatch.setenv("NO_COLOR", "1")
    renderer = BarRenderer()
    tally = asked("krea-lora-07.safetensors", "b")
    renderer.begin(tally, 0.0)
    batch = [
        moved("krea-lora-07.safetensors", State.RESOLVING, State.DOWNLOADING),
        tick(("krea-lora-07.safetensors", 250)),
    ]
    tally.apply(batch)
    renderer.events(batch, tally, 0.25)
    renderer.close()
    drawn = terminal.getvalue()
    assert [text for text in shown if text not in drawn] == []
    assert [text for text in left_out if text in drawn] == []
