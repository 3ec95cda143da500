"""What is not imported before it is needed: it is most of the time that a window takes to open."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SHOWS_A_LIST = """
import sys
from stabilitydl.engine.engine import Engine
from stabilitydl.engine.thread import EngineThread
from stabilitydl.paths import Paths
from stabilitydl.settings import Settings

thread = EngineThread(lambda: Engine.open(Paths.from_environment(), Settings()))
thread.start()
assert thread.call(thread.engine.collections) == []
assert thread.call(thread.engine.resources) == []
assert thread.stop(60)
print(*{name.partition(".")[0] for name, module in sys.modules.items() if module})
"""
OPENS_A_WINDOW = """
import sys
import stabilitydl.gui.program
print(*(name for name in sys.modules if name.startswith("stabilitydl.")))
"""
MAKES_AN_ENGINE = """
import sys
from stabilitydl.engine.engine import Engine
from stabilitydl.hubs.registry import Registry
from stabilitydl.paths import Paths
from stabilitydl.settings import Settings

Engine.open(Paths.from_environment(), Settings(), hubs=Registry.standard())
print(*(name for name in sys.modules if name.startswith("stabilitydl.")))
"""
SENDS_A_REQUEST = """
import sys
import stabilitydl.http.sender
print(*{name.partition(".")[0] for name, module in sys.modules.items() if module})
"""


def modules(script: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("name", ["httpx", "httpcore", "h11", "truststore", "rich", "click", "PySide6"])
def test_a_list_is_shown_without(name: str, imported_for_a_list: set[str]) -> None:
    assert name not in imported_for_a_list


@pytest.fixture(scope="module")
def imported_for_a_list() -> set[str]:
    return modules(SHOWS_A_LIST)


def test_httpx_comes_without_its_command_line() -> None:
    imported = modules(SENDS_A_REQUEST)
    assert "httpx" in imported
    assert not imported & {"rich", "click", "pygments"}


@pytest.mark.gui
def test_a_window_opens_without_its_dialogs() -> None:
    pytest.importorskip("PySide6")
    imported = modules(OPENS_A_WINDOW)
    assert "stabilitydl.gui.main_window" in imported
    assert not [name for name in imported if name.endswith("_dialog")]


@pytest.mark.gui
def test_a_window_opens_without_hubs() -> None:
    pytest.importorskip("PySide6")
    imported = modules(OPENS_A_WINDOW) | modules(MAKES_AN_ENGINE)
    assert "stabilitydl.engine.engine" in imported
    assert not imported & {f"stabilitydl.hubs.{name}" for name in ("standard", "civitai", "direct", "huggingface")}
    assert "stabilitydl.demo.hub" not in imported
