"""A screen of its own for one test: Xvfb, with hands (xdotool) and eyes (the frame buffer).

There is no window manager. The display does the little that a program asks of one: it gives the keyboard to a window,
and asks a window to close. Nothing here looks into the program: a window is known by its title, and a place to click
by the colours on the screen.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.e2e.frame import Box, Frame
from tests.e2e.manager import ask_to_close
from tests.e2e.program import PATIENCE
from tests.fakes.nginx import missing

WIDTH, HEIGHT = 1280, 800
_LEAST = 10
_OPTIONS = ("-nolisten", "tcp", "-noreset", "-fbdir")

_CLIPBOARD = """
import sys
from PySide6.QtCore import QSocketNotifier
from PySide6.QtGui import QGuiApplication
application = QGuiApplication(["clipboard"])
application.clipboard().setText(sys.argv[1])
ended = QSocketNotifier(0, QSocketNotifier.Type.Read)
ended.activated.connect(application.quit)
print("ready", flush=True)
application.exec()
"""


def needs(*tools: str) -> None:
    """Skip the test where one of these programs is missing; fail it where everything was promised."""
    for tool in tools:
        if shutil.which(tool) is None:
            missing(tool)


class Display:
    """A context manager. ``variables`` are what a program needs to show itself here."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT) -> None:
        needs("Xvfb", "xdotool")
        self._size = width, height
        self._number = ""

    @property
    def variables(self) -> dict[str, str]:
        return {"DISPLAY": f":{self._number}", "QT_QPA_PLATFORM": "xcb"}

    def __enter__(self) -> Self:
        self._memory = Path(tempfile.mkdtemp(prefix="screen-"))
        reader, writer = os.pipe()
        width, height = self._size
        try:
            self._process = subprocess.Popen(
                ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{width}x{height}x24", *_OPTIONS, self._memory],
                pass_fds=[writer],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        finally:
            os.close(writer)
        # Xvfb closes its end when it fails, and so ends the reading.
        with os.fdopen(reader) as told:
            self._number = told.readline().strip()
        if not self._number:
            self._end()
            raise RuntimeError("Xvfb does not start")
        if not self._has_platform():
            self._end()
            missing("a library of Qt's xcb platform")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._end()

    def _end(self) -> None:
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._memory, ignore_errors=True)

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self._memory), **self.variables}

    def _has_platform(self) -> bool:
        words = "from PySide6.QtGui import QGuiApplication; QGuiApplication(['probe'])"
        done = subprocess.run([sys.executable, "-c", words], env=self._environment(), capture_output=True)
        return done.returncode == 0

    # Eyes

    def look(self) -> Frame:
        """The screen as it is now."""
        return Frame.read(self._memory / "Xvfb_screen0")

    def windows(self, title: str = "") -> list[str]:
        """The visible windows whose title matches ``title``, by their X ids."""
        found = self._ask("search", "--onlyvisible", "--name", title or ".+").split()
        # Qt has windows of a few pixels for its own ends.
        return [each for each in found if self.place(each).width > _LEAST]

    def place(self, window: str) -> Box:
        """Where a window is; an empty box where it is no more."""
        told = dict(line.split("=") for line in self._ask("getwindowgeometry", "--shell", window).splitlines())
        if not told:
            return Box(0, 0, 0, 0)
        return Box(int(told["X"]), int(told["Y"]), int(told["WIDTH"]), int(told["HEIGHT"]))

    # Hands

    def focus(self, window: str) -> None:
        """Give the keyboard to a window."""
        self._do("windowfocus", "--sync", window)

    def key(self, *keys: str) -> None:
        """Press keys one after the other, such as ``ctrl+v`` or ``Return``."""
        self._do("key", "--delay", "0", *keys)

    def click(self, x: int, y: int, *, button: int = 1, holding: str = "") -> None:
        """A click of the mouse at a place of the screen, with a key held down where one is named.

        The pointer is taken away again, because it would cover what is to be seen there.
        """
        held = ["keydown", holding] if holding else []
        released = ["keyup", holding] if holding else []
        self._do("mousemove", str(x), str(y), *held, "click", str(button), *released, *self._aside)

    def put_pointer_aside(self) -> None:
        """Move the mouse to the corner where it covers least."""
        self._do(*self._aside)

    @property
    def _aside(self) -> tuple[str, ...]:
        width, height = self._size
        return "mousemove", str(width - 1), str(height - 1)

    @contextlib.contextmanager
    def copied(self, text: str) -> Iterator[None]:
        """``text`` is in the clipboard, put there by another program."""
        process = subprocess.Popen(
            [sys.executable, "-c", _CLIPBOARD, text],
            env=self._environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            yield
        finally:
            process.communicate(timeout=PATIENCE)

    def ask_to_close(self, window: str) -> None:
        """What a window manager sends when the cross in the corner is clicked."""
        ask_to_close(self.variables["DISPLAY"], int(window))

    def _ask(self, *words: str) -> str:
        """What xdotool says; nothing where the window has gone meanwhile."""
        done = subprocess.run(
            ["xdotool", *words], env=self._environment(), capture_output=True, text=True, timeout=PATIENCE
        )
        return done.stdout

    def _do(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], env=self._environment(), capture_output=True, timeout=PATIENCE, check=True)
