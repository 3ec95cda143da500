"""Inside the process of the window: runs the real program and watches the thread that paints.

A *turn* is the time between two beats of a timer of one millisecond in that thread: as long as it lasts, no key and no
click is looked at. A turn in which nothing happens lasts one millisecond, so long turns are also weighed by their
time: the share of time in turns that are longer than a limit is the chance that a click has to wait.

The beat itself takes processor time, the more the busier other threads are. So the time of an action is taken in runs
without a beat, and the length of its turns in others.

What only the watching needs is imported when it is used: a start must not take longer because it is watched.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import stabilitydl.__main__ as program

if TYPE_CHECKING:
    from stabilitydl.gui.main_window import MainWindow
    from stabilitydl.gui.program import Opened

BEAT_MS = 1
PROFILE = "STABILITYDL_BENCH_PROFILE"
"""In the environment, where the thread of the window is to be profiled; the profile itself takes its time."""
PROFILE_LINES = 12
AFTERWARDS_S = 0.6
"""Sums and other things that can wait follow a change within this time."""
PATIENCE_S = 120.0
"""A scene gives up after this; nothing that works comes near it."""

Scene = Callable[["Opened"], None]


def run(scene: Scene) -> int:
    """Run the program without arguments and call ``scene`` once its window is shown. Returns the exit code."""
    opens = program.open_window

    def open_window(locators: object) -> int:
        from PySide6.QtCore import QTimer

        from stabilitydl.gui.program import Opened

        starts = Opened.start

        def start(opened: Opened, locators: tuple[str, ...] = ()) -> None:
            starts(opened, locators)
            QTimer.singleShot(0, lambda: _play(scene, opened))

        Opened.start = start  # type: ignore[method-assign,assignment]
        return opens(())

    program.open_window = open_window
    # As a process of its own, which leaves the collector of garbage alone until everything is loaded.
    sys.argv[1:] = []
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        # Without a display the program would choose the command line.
        program.has_window = lambda: True
        program.open_window_alone = lambda: open_window(())
    return program.main()


def _play(scene: Scene, opened: Opened) -> None:
    try:
        scene(opened)
    except BaseException:
        # Qt would go on with its loop.
        import traceback

        traceback.print_exc()
        os._exit(1)


def report(**figures: object) -> None:
    """One line for the process that asked."""
    import json

    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()


def memory() -> tuple[float, float]:
    """MiB of this process now, and at most so far."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    values = {name: value for name, _, value in (line.partition(":") for line in lines)}
    now, most = (int(values[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return now, most


@dataclass(frozen=True)
class Watched:
    """Milliseconds of one action: the longest turn, the processor time of the thread, and until all was done.

    Without a beat no turn is known, and the longest is 0.
    """

    longest: float
    cpu: float
    until: float


class Heartbeat:
    """Beats every millisecond and keeps the length of each turn, in milliseconds."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.turns: list[float] = []
        self._last = time.perf_counter()
        self._timer: QTimer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        self.turns = []
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.turns.append((now - self._last) * 1000)
        self._last = now


class Director:
    """Turns the loop of the program inside of a scene, and measures what is done there."""

    def __init__(self, opened: Opened, *, beats: bool = True) -> None:
        from PySide6.QtCore import QEventLoop

        assert opened.window is not None
        self.window: MainWindow = opened.window
        self._beats = beats
        self.heart = Heartbeat()
        self.watched: dict[str, Watched] = {}
        self._loop = QEventLoop()
        self._profiles = PROFILE in os.environ

    def until(self, done: Callable[[], bool], what: str) -> None:
        """Turn until ``done``. Raises TimeoutError."""
        from PySide6.QtCore import QEventLoop

        give_up = time.monotonic() + PATIENCE_S
        while not done():
            self._loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if time.monotonic() > give_up:
                raise TimeoutError(what)

    def rest(self, seconds: float) -> None:
        """Turn for a while."""
        from PySide6.QtCore import QTimer

        over: list[float] = []
        # The clock itself is not asked: the signal can come a moment early, and nothing would wake the loop again.
        QTimer.singleShot(round(seconds * 1000), lambda: over.append(time.monotonic()))
        self.until(lambda: bool(over), "a rest")

    def act(self, name: str, start: Callable[[], object], done: Callable[[], bool]) -> None:
        """Measure ``start`` and everything that it leads to, what is put off included."""
        import contextlib
        import cProfile
        import gc
        import pstats

        gc.collect()
        profile = cProfile.Profile(time.thread_time) if self._profiles else contextlib.nullcontext()
        with profile:
            if self._beats:
                self.heart.start()
            begin, cpu = time.perf_counter(), time.thread_time()
            start()
            self.until(done, name)
            until = time.perf_counter() - begin
            self.rest(AFTERWARDS_S)
            spent = time.thread_time() - cpu
            self.heart.stop()
        self.watched[name] = Watched(max(self.heart.turns, default=0.0), spent * 1000, until * 1000)
        if isinstance(profile, cProfile.Profile):
            sys.stderr.write(f"\n{name}\n")
            pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(PROFILE_LINES)

    def figures(self) -> dict[str, dict[str, float]]:
        """Everything that was measured."""
        return {name: asdict(watched) for name, watched in self.watched.items()}
