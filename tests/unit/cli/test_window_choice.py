"""Which of window and command line ``stabilitydl`` alone becomes."""

import sys
from types import ModuleType

import pytest

from stabilitydl import __main__ as program
from stabilitydl.cli import display
from stabilitydl.errors import StoreNewer


class Display:
    """A probe that knows the answer."""

    available = True

    def is_available(self) -> bool:
        return self.available


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A window that says with which locators it was opened."""
    module = ModuleType("stabilitydl.gui.program")
    module.run = lambda locators: 40 + len(locators)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "stabilitydl.gui", ModuleType("stabilitydl.gui"))
    monkeypatch.setitem(sys.modules, "stabilitydl.gui.program", module)
    monkeypatch.setattr(program, "has_window", lambda: True)
    monkeypatch.setattr(display, "Probe", Display)
    monkeypatch.setattr(Display, "available", True)
    return module


def test_with_a_display_the_window(window: ModuleType) -> None:
    assert program.main([]) == 40
    assert program.open_window(["a", "b"]) == 42


def test_without_a_display_the_help(
    window: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Display, "available", False)
    assert program.main([]) == 0
    assert "Usage: stabilitydl" in capsys.readouterr().out


def test_the_program_of_the_window_opens_it_on_its_words(window: ModuleType) -> None:
    assert program.window(["a", "--b", "c"]) == 43


def test_the_program_of_the_window_without_a_display_says_so(
    window: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Display, "available", False)
    assert program.window(["a"]) == 1
    assert "No window can be opened" in capsys.readouterr().err


def test_a_library_that_qt_misses_is_no_error_of_ours(
    window: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Display, "available", False)
    # What an import of the window does where libEGL.so.1 is missing.
    monkeypatch.setitem(sys.modules, "stabilitydl.gui.program", None)
    assert program.main([]) == 0
    assert "Usage: stabilitydl" in capsys.readouterr().out
    assert program.window(["a"]) == 1
    assert "stabilitydl doctor says why" in capsys.readouterr().err


def test_a_window_that_cannot_start_says_why(window: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_: object) -> int:
        raise StoreNewer

    window.run = fail  # type: ignore[attr-defined]
    assert program.main([]) == 1
    assert "[store-newer]" in capsys.readouterr().err


def test_an_installation_without_qt_has_no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PySide6", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    assert not program.has_window()
