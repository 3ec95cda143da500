"""From the words of the command line to a command that runs."""

from __future__ import annotations

import functools
import gc
from collections.abc import Sequence
from typing import Any

import typer

from ..errors import StabilityError, UsageError
from ..paths import HOME_VARIABLE, Paths
from ..text import plain
from . import console, logs
from .action import PROGRAM, Action, OpenWindow
from .app import app
from .exit_codes import ExitCode
from .guard import guard


def main(words: Sequence[str], open_window: OpenWindow | None = None) -> int:
    """Run the command line and return the exit code. ``open_window`` opens the window on some locators."""
    return guard(lambda: _run(list(words), open_window))


def _run(words: list[str], open_window: OpenWindow | None) -> int:
    if words[:1] == ["demo-hub"]:
        # A frozen bundle has no ``python -m``; it starts the demo hub through itself.
        from ..demo.server import main as serve

        gc.enable()
        return serve()
    paths = _paths()
    options = words[: words.index("--")] if "--" in words else words
    if "--debug" in options:
        _start_log(paths)
    action = _parse(words, open_window)
    return action if isinstance(action, int) else action(paths)


def _paths() -> Paths:
    """Where things lie. Raises UsageError for a user without a home folder, as some services and containers have."""
    try:
        return Paths.from_environment()
    except RuntimeError as error:
        raise UsageError(
            detail=f"Nobody knows where your home folder is. Set HOME, or {HOME_VARIABLE} to a folder for everything."
        ) from error


@functools.cache
def _command() -> Any:
    return typer.main.get_command(app)


def _parse(words: list[str], open_window: OpenWindow | None = None) -> Action | int:
    """The command that ``words`` ask for, or an exit code when they are refused or only ask for help."""
    try:
        result = _command().main(words, prog_name=PROGRAM, standalone_mode=False, obj=open_window)
    except StabilityError:
        raise
    except Exception as error:
        # typer brings its own copy of click in newer versions, so the class cannot be named here.
        describe = getattr(error, "format_message", None)
        if describe is None:
            raise
        usage = getattr(error, "ctx", None)
        if usage is not None:
            console.say(usage.get_usage())
            console.say(f"Try '{usage.command_path} --help' for help.")
        console.say(f"Error: {_visible(describe())}")
        return ExitCode.USAGE
    if callable(result):
        action: Action = result
        return action
    return int(result or 0)


def _visible(text: str) -> str:
    return "\n".join(plain(line) for line in text.splitlines())


def _start_log(paths: Paths) -> None:
    try:
        console.say(f"The log is written to {logs.start(paths)}")
    except OSError as error:
        console.say(f"No log can be written to {paths.logs}: {error.strerror}")
