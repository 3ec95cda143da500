"""Where words go: data to stdout, everything else to stderr.

Both streams are asked for at the moment of writing, because tests and callers replace them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TextIO

from ..errors import REMEDIES, Problem
from ..text import plain

LONGEST_SECRET = 64 * 1024


def prepare() -> None:
    """Let every character be printed, whatever the encoding of the terminal, and stand in for closed streams."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def data(line: str = "") -> None:
    """One line for the next program in the pipe."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def say(line: str = "") -> None:
    """One line for the person. Without a stderr (it was closed) nobody is there to read it."""
    try:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        return


def explain(problem: Problem, name: str = "") -> str:
    """A problem as one line: what it is about, cause, remedy, and the code to search for."""
    cause = problem.message
    sentence = cause if cause.endswith((".", "!", "?")) else f"{cause}."
    parts = [f"{plain(name)}: {sentence}" if name else sentence, REMEDIES[problem.remedy], f"[{problem.code}]"]
    return " ".join(part for part in parts if part)


def is_terminal(stream: TextIO) -> bool:
    """Can ``stream`` be drawn on?"""
    try:
        return stream.isatty() and os.environ.get("TERM") != "dumb"
    except ValueError:
        return False


def may_ask() -> bool:
    """Is somebody there to answer a question?"""
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


def is_terminal_input() -> bool:
    """Does somebody type what is read?"""
    try:
        return sys.stdin.isatty()
    except ValueError:
        return False


def ask_secret(question: str) -> str:
    """One line that nobody may see: typed without an echo, or piped in. At most `LONGEST_SECRET` characters."""
    if is_terminal_input():
        import getpass

        return getpass.getpass(question, sys.stderr)[:LONGEST_SECRET]
    return sys.stdin.readline(LONGEST_SECRET).rstrip("\r\n")


def ask(question: str, *, usual: bool = True) -> bool:
    """Ask on stderr; an empty line is the ``usual`` answer. Only where `may_ask`."""
    sys.stderr.write(f"{question} [{'Y/n' if usual else 'y/N'}] ")
    sys.stderr.flush()
    answer = sys.stdin.readline().strip().lower()
    return answer in ("y", "yes") if answer else usual
