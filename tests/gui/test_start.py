"""A start imports what its first picture needs, and nothing else: it is most of the time until a window is there."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

PAINTS = """
import sys
from PySide6.QtCore import QTimer
from stabilitydl.gui import program
from stabilitydl.gui.main_window import MainWindow

def paint(window, event):
    if not told:
        told.extend(name for name, module in sys.modules.items() if module)
        QTimer.singleShot(0, window.quit)

told = []
MainWindow.paintEvent = paint
assert program.run() == 0
assert sys.getswitchinterval() < 0.002, "a turn of the engine is short beside a frame"
print(*told)
"""
DIALOGS = (
    "about",
    "accounts_page",
    "add_dialog",
    "closing",
    "desktop_links",
    "forecast",
    "locator_edit",
    "plan_dialog",
    "plan_model",
    "plan_view",
    "quarantine_dialog",
    "question",
    "rate_dialog",
    "report_dialog",
    "resource_menu",
    "settings_dialog",
)
"""Modules of the window that are for what somebody asks for later."""
OTHERS = (
    "PySide6.QtDBus",
    "PySide6.QtNetwork",
    "PySide6.QtSvg",
    "h11",
    "httpcore",
    "httpx",
    "keyring",
    "rich",
    "stabilitydl.cli.app",
    "stabilitydl.demo",
    "stabilitydl.http.sender",
    "stabilitydl.hubs.civitai",
    "stabilitydl.hubs.standard",
    "truststore",
)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every module that is there when the window is painted for the first time."""
    home = str(tmp_path_factory.mktemp("home"))
    done = subprocess.run(
        [sys.executable, "-c", PAINTS],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "STABILITYDL_HOME": home, "QT_QPA_PLATFORM": "offscreen"},
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("name", [*(f"stabilitydl.gui.{name}" for name in DIALOGS), *OTHERS])
def test_the_first_picture_comes_without(name: str, imported: set[str]) -> None:
    assert "stabilitydl.gui.main_window" in imported
    assert name not in imported
    assert importlib.util.find_spec(name) is not None, "there is such a module"
