"""The outermost call: every way in which a command can end becomes an exit code, and where something went wrong
one sentence on stderr.
"""

from __future__ import annotations

import functools
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any

import typer

from ..errors import InternalError, StabilityError
from ..paths import Paths
from ..text import plain
from . import console, logs
from .app import PROGRAM, Action, app
from .exit_codes import ExitCode, exit_code_for

LOGGER = logging.getLogger(__name__)


def main(words: Sequence[str]) -> int:
    """Run the command line and return the exit code. Prints no traceback, whatever happens."""
    console.prepare()
    logs.quiet()
    try:
        return _guarded(list(words))
    except KeyboardInterrupt:
        console.say("Stopped before anything began; what was on the list before goes on with: stabilitydl resume")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        return _reader_left()
    except StabilityError as error:
        LOGGER.info("Ended by %r", error, exc_info=True)
        console.say(console.explain(error.problem))
        return exit_code_for(error)
    except Exception as error:
        LOGGER.exception("Ended by an error that nobody expected")
        detail = f"{type(error).__name__}: {logs.redact(str(error))}"
        console.say(console.explain(InternalError(detail=detail).problem))
        if not logs.is_writing():
            console.say("The same command with --debug writes a log file to send along.")
        return ExitCode.FAILED
    finally:
        logs.stop()


def _guarded(words: list[str]) -> int:
    if words[:1] == ["demo-hub"]:
        # A frozen bundle has no ``python -m``; it starts the demo hub through itself.
        from ..demo.server import main as serve

        return serve()
    paths = Paths.from_environment()
    options = words[: words.index("--")] if "--" in words else words
    if "--debug" in options:
        _start_log(paths)
    action = _parse(words)
    code = action if isinstance(action, int) else action(paths)
    sys.stdout.flush()
    return code


@functools.cache
def _command() -> Any:
    return typer.main.get_command(app)


def _parse(words: list[str]) -> Action | int:
    """The command that ``words`` ask for, or an exit code when they are refused or only ask for help."""
    try:
        result = _command().main(words, prog_name=PROGRAM, standalone_mode=False)
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


def _reader_left() -> int:
    """Whoever read our output has gone: nothing more can be said, and nothing is wrong with what was done."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.INTERRUPTED
