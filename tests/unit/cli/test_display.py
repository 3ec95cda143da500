import os
import sys
from pathlib import Path

import pytest

from stabilitydl.__main__ import PROBE_COMMAND
from stabilitydl.cli import display
from stabilitydl.cli.display import NO_ANSWER, Probe, display_available


@pytest.fixture(autouse=True)
def much_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """No probe is given up only because the machine is slow."""
    monkeypatch.setattr(display, "PATIENCE", 60.0)


def test_no_variable_no_display_and_no_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_PROBE", "raise SystemExit(0)")
    assert not display_available({"PATH": "/bin"}, "linux")
    assert not display_available({"DISPLAY": "", "WAYLAND_DISPLAY": ""}, "linux")


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_always_have_one(platform: str) -> None:
    assert display_available({}, platform)


def test_a_display_that_does_not_answer_is_none() -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("QT_")}
    assert not display_available({**environ, "DISPLAY": ":987", "QT_QPA_PLATFORM": "xcb"}, "linux")


@pytest.mark.parametrize(("code", "available"), [(0, True), (1, False)])
def test_the_probe_decides(code: int, available: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_PROBE", f"raise SystemExit({code})")
    assert display_available({**os.environ, "WAYLAND_DISPLAY": "wayland-0"}, "linux") is available


MISSING = "ImportError: libEGL.so.1: cannot open shared object file: No such file or directory"
HINT = "qt.qpa.plugin: From 6.5.0, xcb-cursor0 or libxcb-cursor0 is needed to load the Qt xcb platform plugin."


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["qt.qpa.xcb: could not connect to display :9", HINT, "Aborted"], f"{NO_ANSWER} to display :9"),
        ([HINT, "This application failed to start"], HINT.removeprefix("qt.qpa.plugin: ").rstrip(".")),
        (["Traceback (most recent call last):", MISSING, "[PYI-7:ERROR] Failed to execute script"], MISSING),
        (["something else."], "something else"),
        ([], "it says nothing"),
    ],
)
def test_the_probe_says_why_in_the_words_of_qt(lines: list[str], reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_PROBE", f"import sys; sys.stderr.write({chr(10).join(lines)!r}); sys.exit(1)")
    probe = Probe({**os.environ, "DISPLAY": ":0"}, "linux")
    assert not probe.is_available()
    assert probe.reason == reason


def test_where_none_is_named_there_is_nothing_to_say() -> None:
    probe = Probe({"PATH": "/bin"}, "linux")
    assert not probe.is_available()
    assert probe.reason == ""


def test_a_frozen_bundle_is_its_own_probe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "stabilitydl-window"))
    console = tmp_path / "stabilitydl"
    for code in (0, 1):
        console.write_text(f'#!/bin/sh\n[ "$*" = {PROBE_COMMAND} ] && exit {code}\nexit 9\n')
        console.chmod(0o755)
        assert display_available({**os.environ, "DISPLAY": ":0"}, "linux") is (code == 0)


def test_a_probe_that_hangs_or_cannot_start_means_no_display(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_PROBE", "import time; time.sleep(60)")
    monkeypatch.setattr(display, "PATIENCE", 0.2)
    assert not display_available({**os.environ, "DISPLAY": ":0"}, "linux")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    assert not display_available({**os.environ, "DISPLAY": ":0"}, "linux")
