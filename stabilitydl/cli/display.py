"""Is there a display that a window could open on?"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping

from ..paths import frozen_program
from ..text import plain

PROBE_COMMAND = "probe-display"
"""What the program is called with to be the probe, where there is no Python to call."""
_PROBE = "from PySide6.QtGui import QGuiApplication; QGuiApplication(['probe'])"
PATIENCE = 10.0
"""Seconds that the probe may take; a display that answers later is as good as none."""
NO_ANSWER = "could not connect"
"""What Qt says of a display that is named and is not there."""
_TELLING = (NO_ANSWER, "Error: ", "is needed to load")
"""Of the many lines that Qt and Python write, the one that tells most has one of these, looked for in this order."""
_MOST = 200


class Probe:
    """Tries whether Qt can open a window here, in a process of its own, because Qt ends the process when it cannot.

    It begins at once, so that something else can be done until the answer is asked for.
    """

    def __init__(self, environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> None:
        variables = os.environ if environ is None else environ
        self.reason = ""
        """Why there is none, in the words of Qt; empty while that is not known, and where none is named."""
        self._answer: bool | None = None
        self._process: subprocess.Popen[bytes] | None = None
        if platform in ("win32", "darwin"):
            self._answer = True
        elif not variables.get("DISPLAY") and not variables.get("WAYLAND_DISPLAY"):
            self._answer = False
        else:
            self._start(variables)

    def is_available(self) -> bool:
        """The answer; waits for it at most `PATIENCE` seconds."""
        if self._answer is None:
            self._answer = self._process is not None and self._wait(self._process)
        return self._answer

    def _start(self, variables: Mapping[str, str]) -> None:
        try:
            self._process = subprocess.Popen(
                _command(),
                env=dict(variables),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            self._answer, self.reason = False, str(error)

    def _wait(self, process: subprocess.Popen[bytes]) -> bool:
        try:
            _, told = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.reason = f"{NO_ANSWER} in {PATIENCE:.0f} s"
            return False
        finally:
            process.kill()
            process.wait()
            if process.stderr is not None:
                process.stderr.close()
        if process.returncode != 0:
            self.reason = _reason(told.decode("utf-8", "replace"))
        return process.returncode == 0


def _reason(told: str) -> str:
    """The line that tells most of what a probe wrote before it ended."""
    lines = [line.strip() for line in told.splitlines() if line.strip()] or ["it says nothing"]
    found = next((line for mark in _TELLING for line in lines if mark in line), lines[-1])
    return plain(re.sub(r"^qt\.[\w.]+: ", "", found).rstrip("."), _MOST)


def _command() -> list[str]:
    program = frozen_program()
    return [str(program), PROBE_COMMAND] if program is not None else [sys.executable, "-c", _PROBE]


def display_available(environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> bool:
    """Can Qt open a window here?

    Windows and macOS always have a display. Elsewhere DISPLAY or WAYLAND_DISPLAY must be set, and Qt must be able
    to use it.
    """
    return Probe(environ, platform).is_available()
