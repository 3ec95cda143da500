import os
import sys
from pathlib import Path

import pytest

from stabilitydl.__main__ import PROBE_COMMAND
from stabilitydl.cli import display
from stabilitydl.cli.display import display_available


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
