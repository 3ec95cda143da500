"""The program: chooses between the window and the command line. The only module that knows both."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Callable, Sequence

from . import __version__

FAILED = 1
INTERRUPTED = 130
PROBE_COMMAND = "probe-display"
"""What `cli.display` calls a frozen bundle with, to learn whether Qt can show something here."""
WINDOW = ".gui.program"
"""Where the window begins, relative to this package; its ``run(locators)`` returns the exit code."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code. ``arguments`` are those of the process unless given."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words == ["--version"]:
        # Asked by scripts and by other programs at their start: nothing else is imported for it.
        return _print_version()
    if words == [PROBE_COMMAND]:
        return _probe_display()
    is_process = arguments is None
    if is_process:
        answer_signals(None if words else _leave)
        # What is loaded now stays: looking through it for garbage takes a tenth of the start. `EngineThread` and
        # whatever else runs for long switch the collector on again.
        gc.disable()
    try:
        if not words and has_window():
            code = open_window_alone()
            if code is not None:
                return code
            if is_process:
                answer_signals(None)
        from .cli.main import main as command_line

        opener = _open_window_of_process if is_process else open_window
        return command_line(words, opener if has_window() else None)
    except KeyboardInterrupt:
        return INTERRUPTED


def window(arguments: Sequence[str] | None = None) -> int:
    """The program ``stabilitydl-window``: open the window on its arguments, and return the exit code.

    Desktops start it, also for files and links. It has no command line, and on Windows no console.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:
        answer_signals(_leave)
        gc.disable()
    code = open_window_alone(words) if has_window() else None
    if code is not None:
        return code
    from .cli import console

    console.prepare()
    console.say("No window can be opened here; stabilitydl doctor says why. The command line is called stabilitydl.")
    return FAILED


def _probe_display() -> int:
    """Let Qt show something; it ends the process where it cannot."""
    from importlib import import_module

    import_module("PySide6.QtGui").QGuiApplication(["probe"])
    return 0


def _print_version() -> int:
    """Say which version this is; 1 where nobody can read it."""
    try:
        print(f"stabilitydl {__version__}", flush=True)  # noqa: T201 - the fast path has no console of its own
    except OSError:
        # What could not be written would be tried again, loudly, when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


def answer_signals(handler: Callable[[int, object], None] | None) -> None:
    """Let ``handler`` answer a request to end, or a terminal that goes away; what is ignored (nohup) stays so.

    None means that they are an interruption, as Ctrl-C is.
    """
    import signal

    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler or signal.default_int_handler)


def _leave(number: int, frame: object) -> None:
    """End at once: where a window is only about to open, nothing has begun that would have to be put away."""
    os._exit(0)


def has_window() -> bool:
    """Is the window part of this installation, with the library that it is drawn with?"""
    from importlib.util import find_spec

    try:
        return find_spec("PySide6") is not None and find_spec(WINDOW, __package__) is not None
    except ModuleNotFoundError:
        return False


def open_window(locators: Sequence[str]) -> int:
    """Run the window on ``locators`` until it is closed. Raises StabilityError when it cannot start."""
    from importlib import import_module

    code: int = import_module(WINDOW, __package__).run(locators)
    return code


def _open_window_of_process(locators: Sequence[str]) -> int:
    """The same, where the signals of the process are ours to answer."""
    answer_signals(_leave)
    return open_window(locators)


def open_window_alone(locators: Sequence[str] = ()) -> int | None:
    """Run the window on ``locators``; None where there is no display."""
    from .cli.display import Probe
    from .cli.guard import guard

    probe = Probe()
    shown = True

    def show() -> int:
        from importlib import import_module

        nonlocal shown
        # A library of the system that Qt is linked with may be missing. The probe misses it too, and so says no.
        with contextlib.suppress(ImportError):
            import_module(WINDOW, __package__)
        shown = probe.is_available()
        return open_window(locators) if shown else 0

    code = guard(show)
    return code if shown else None


if __name__ == "__main__":
    sys.exit(main())
