"""Start the window and end it, in every way and at any moment: exit code 0, and not a word from Qt or Python.

The moments are drawn from a seed. Most of the runs have no screen; some have one, with real keys and clicks. All of
those that download share one home, so what each of them leaves behind is where the next one begins; at the end all
files have to come, whole.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from stabilitydl.engine import remote_endpoint
from tests.e2e.display import Display
from tests.e2e.program import PATIENCE, ROOT, wait_until

LOCATOR = "demo:?files=6&size=2MiB"
SLOW = 150_000
"""Bytes per second: every run finds something unfinished, and leaves something unfinished."""
SECOND_START = 0.6
MOMENT = 1.5
"""Seconds within which the moment of an early end lies; the window is shown before that."""
NOT_OFFSCREEN = ("This plugin does not support propagateSizeHints()", "This plugin does not support raise()")
"""What the platform without a screen has to say about every window."""


@dataclass(frozen=True)
class Outcome:
    """How one run ended. ``seconds`` is from the wish to end until the end, None where nobody knows that moment."""

    way: str
    moment: float
    code: int
    noise: str
    left: tuple[str, ...]
    seconds: float | None

    @property
    def is_good(self) -> bool:
        return self.code == 0 and not self.noise and not self.left


@dataclass
class Run:
    """A running program and what may be done to it. ``chance`` is where its moments come from."""

    process: subprocess.Popen[str]
    chance: random.Random
    home: Path
    variables: dict[str, str]
    display: Display | None = None
    moment: float = 0.0
    others: list[subprocess.Popen[str]] = field(default_factory=list)
    asked: float = 0.0

    def order(self, *orders: str) -> None:
        """Tell the hands inside what to do."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write("".join(f"{order}\n" for order in orders))
            self.process.stdin.flush()

    def pick(self, most: float) -> float:
        """A moment, in seconds."""
        self.moment = self.chance.uniform(0, most)
        return self.moment

    def wait_begun(self) -> None:
        """Wait until the program answers signals; before that they are Python's."""
        wait_until(lambda: _answers(self.process.pid, signal.SIGTERM) or self.process.poll() is not None)

    def wait_engine(self) -> None:
        """Wait until the engine is at work."""
        data = self.home / "data"

        def owns() -> bool:
            endpoint = remote_endpoint.read(data)
            return endpoint is not None and endpoint.pid == self.process.pid

        wait_until(lambda: owns() or self.process.poll() is not None)

    def signal(self, number: int) -> None:
        self.asked = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)


def _answers(pid: int, number: int) -> bool:
    """Does a process catch a signal?"""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    caught = next((line for line in status.splitlines() if line.startswith("SigCgt:")), "SigCgt: 0")
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


@dataclass(frozen=True)
class Way:
    """One way to end. ``busy``: files are on their way, slowly; ``fast``: in a new home, without a limit.

    ``inside``: by the hands in the process.
    """

    name: str
    do: Callable[[Run], None]
    busy: bool = False
    fast: bool = False
    inside: bool = False
    on_display: bool = False
    arguments: tuple[str, ...] = ()


def early(*numbers: int) -> Callable[[Run], None]:
    """Signals at any moment of the start."""

    def do(run: Run) -> None:
        run.wait_begun()
        time.sleep(run.pick(MOMENT))
        for number in numbers:
            run.signal(number)

    return do


def late(*numbers: int) -> Callable[[Run], None]:
    """Signals at any moment after the engine has begun."""

    def do(run: Run) -> None:
        run.wait_engine()
        time.sleep(run.pick(MOMENT))
        for number in numbers:
            run.signal(number)

    return do


def by_hand(*orders: str) -> Callable[[Run], None]:
    """Orders for the hands, ``?`` among them being a moment of at most so many milliseconds."""

    def do(run: Run) -> None:
        run.order(*(f"wait {round(1000 * run.pick(MOMENT / 3))}" if order == "?" else order for order in orders))

    return do


def signal_while(*orders: str) -> Callable[[Run], None]:
    """Orders for the hands, and SIGTERM at any moment."""

    def do(run: Run) -> None:
        run.order(*orders)
        late(signal.SIGTERM)(run)

    return do


def second_start(run: Run) -> None:
    """Another start at any moment of this one, and both are ended at any moment."""
    run.wait_begun()
    time.sleep(run.chance.uniform(0, MOMENT))
    other = start(run.home, run.variables, ())
    run.others.append(other)
    wait_until(lambda: _answers(other.pid, signal.SIGTERM) or other.poll() is not None)
    time.sleep(run.pick(MOMENT))
    run.signal(signal.SIGTERM)
    time.sleep(run.chance.uniform(0, SECOND_START))
    if other.poll() is None:
        other.send_signal(signal.SIGTERM)


def on_display(*keys: str, cross: bool = False) -> Callable[[Run], None]:
    """Real keys, or the cross in the corner and then the keys that answer."""

    def do(run: Run) -> None:
        display = run.display
        assert display is not None
        wait_until(lambda: bool(display.windows("^stabilitydl$")) or run.process.poll() is not None)
        (window,) = display.windows("^stabilitydl$")
        time.sleep(run.pick(MOMENT))
        run.asked = time.monotonic()
        display.focus(window)
        if cross:
            display.ask_to_close(window)
            if keys:
                wait_until(lambda: len(display.windows()) == 2 or run.process.poll() is not None)
                (question,) = [each for each in display.windows() if each != window]
                display.focus(question)
        if keys:
            display.key(*keys)

    return do


STOP, STAY = "stop", "stay"
PACK = ("paste demo:?files=60&size=4MiB&trouble=1", "plan", "start")
WAYS: tuple[Way, ...] = (
    Way("Ctrl+Q", by_hand("window", "?", "key Ctrl+Q"), inside=True),
    Way("early SIGTERM", early(signal.SIGTERM)),
    Way("close, stop and keep", by_hand("busy", "?", "close", "question", "?", STOP), busy=True, inside=True),
    Way("SIGINT while busy", late(signal.SIGINT), busy=True),
    Way("second start", second_start),
    Way("close, stay, Ctrl+Q", by_hand("busy", "close", STAY, "?", "key Ctrl+Q"), busy=True, inside=True),
    Way("SIGTERM while busy", late(signal.SIGTERM), busy=True),
    Way("close", by_hand("window", "?", "close"), inside=True),
    Way("menu", by_hand("busy", "?", "menu"), busy=True, inside=True),
    Way("tray", by_hand("busy", "?", "tray"), busy=True, inside=True),
    Way("hidden, tray", by_hand("busy", "hide", "?", "tray"), busy=True, inside=True),
    Way("hidden, SIGTERM", signal_while("busy", "hide"), busy=True, inside=True),
    Way("hidden, session", by_hand("window", "hide", "?", "session"), inside=True),
    Way("session", by_hand("busy", "?", "session"), busy=True, inside=True),
    Way("early SIGINT while busy", early(signal.SIGINT), busy=True),
    Way("SIGHUP while busy", late(signal.SIGHUP), busy=True),
    Way("SIGTERM while asked", signal_while("busy", "close"), busy=True, inside=True),
    Way("session while asked", by_hand("busy", "close", "question", "?", "session"), busy=True, inside=True),
    Way("SIGTERM over a plan", signal_while(f"paste {LOCATOR}", "plan"), inside=True),
    Way("full speed, Ctrl+Q", by_hand(*PACK, "busy", "?", "key Ctrl+Q"), fast=True, inside=True),
    Way("full speed, SIGTERM", signal_while(*PACK), fast=True, inside=True),
    Way("full speed, stop and keep", by_hand(*PACK, "busy", "close", "?", STOP), fast=True, inside=True),
    Way("while hubs are asked", by_hand(f"paste {LOCATOR}", "?", "session"), inside=True),
    Way("session over the settings", by_hand("settings", "?", "session"), inside=True),
    Way("two SIGINT", late(signal.SIGINT, signal.SIGINT), busy=True),
    Way("early SIGTERM, SIGINT", early(signal.SIGTERM, signal.SIGINT)),
    Way("demo, SIGTERM", late(signal.SIGTERM), arguments=("demo", "--files", "6")),
    Way("demo, session", by_hand("window", "?", "session"), inside=True, arguments=("demo", "--files", "6")),
    Way("second start while busy", second_start, busy=True),
)
ON_DISPLAY: tuple[Way, ...] = (
    Way("keys: Ctrl+Q", on_display("ctrl+q"), on_display=True),
    Way("the cross, Enter", on_display("Return", cross=True), busy=True, on_display=True),
    Way("the cross", on_display(cross=True), on_display=True),
    Way("keys: Ctrl+Q while busy", on_display("ctrl+q"), busy=True, on_display=True),
    Way("SIGTERM on a screen", early(signal.SIGTERM), busy=True, on_display=True),
)


def start(
    home: Path, variables: dict[str, str], arguments: Sequence[str], *, inside: bool = False
) -> subprocess.Popen[str]:
    """The program as a process with a session of its own."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home.parent / "user"),
        "STABILITYDL_HOME": str(home),
        "PYTHONPATH": os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(ROOT)])),
        "PYTHONFAULTHANDLER": "1",
        **variables,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.soak.inside" if inside else "stabilitydl", *arguments],
        cwd=home.parent,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


class Soak:
    """A context manager that owns the homes, and the display where one is used.

    ``strict`` also counts what Python says in its development mode, such as of a file that was not closed.
    """

    def __init__(self, folder: Path, *, seed: int = 0, with_display: bool = True, strict: bool = False) -> None:
        self._chance = random.Random(seed)
        self._more = {"PYTHONDEVMODE": "1"} if strict else {}
        self._idle, self._busy, self._fast = (folder / name / "home" for name in ("idle", "busy", "fast"))
        self._display = Display() if with_display else None
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        # What is ignored here, as where this was started in the background, the program rightly ignores too.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_IGN:
                signal.signal(number, signal.SIG_DFL)
        if self._display is not None:
            self._stack.enter_context(self._display)
        for home in (self._idle, self._busy):
            (home / "config").mkdir(parents=True)
            (home / "config" / "settings.toml").write_text(f"rate_limit = {SLOW}\n")
        self._leave_something_unfinished()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    def _leave_something_unfinished(self) -> None:
        arguments = ("get", LOCATOR, "--yes")
        process = start(self._busy, {}, arguments)
        library = self._busy / "library"
        wait_until(lambda: any(library.rglob("*.sdlpart")) or process.poll() is not None)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)

    def run(self, way: Way) -> Outcome:
        """Start it and end it."""
        home = self._busy if way.busy else self._fast if way.fast else self._idle
        if way.fast:
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir(parents=True)
        variables = {"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":none"}
        if way.on_display:
            assert self._display is not None
            variables = self._display.variables
        variables = {**variables, **self._more}
        process = start(home, variables, way.arguments, inside=way.inside)
        run = Run(process, self._chance, home, variables, self._display)
        try:
            way.do(run)
            codes, noise = [], []
            for each in (process, *run.others):
                out, err = each.communicate(timeout=PATIENCE)
                codes.append(each.returncode)
                noise += [line for line in (out + err).splitlines() if line not in NOT_OFFSCREEN]
            seconds = time.monotonic() - run.asked if run.asked else None
            left = tuple(_left(process.pid))
        except BaseException:
            for each in (process, *run.others):
                # Python's handler of faults says where every thread is.
                each.send_signal(signal.SIGABRT)
                print(way.name, run.moment, *each.communicate(), sep="\n")
            raise
        return Outcome(way.name, run.moment, next((code for code in codes if code), 0), "\n".join(noise), left, seconds)

    def finish(self) -> str:
        """Bring what is unfinished, without a limit; the words of a command that finds something wrong, or nothing."""
        (self._busy / "config" / "settings.toml").unlink()
        process = start(self._busy, {}, ("get", LOCATOR, "--yes"))
        out, err = process.communicate(timeout=PATIENCE)
        rest = [path.name for path in (self._busy / "library").rglob("*") if path.suffix in (".sdlpart", ".journal")]
        return "" if process.returncode == 0 and not rest else f"{process.returncode} {rest}\n{out}{err}"


def _left(session: int) -> Iterator[str]:
    """What still runs of the session of a process that has ended, after some time."""

    def members() -> list[str]:
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                    if int(fields[3]) == session and fields[0] != "Z":
                        found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        return found

    deadline = time.monotonic() + PATIENCE
    while (found := members()) and time.monotonic() < deadline:
        time.sleep(0.01)
    yield from found


def choose(times: int, display_every: int) -> list[Way]:
    """The ways of so many runs: all in turn, and every so often one on the display."""
    chosen: list[Way] = []
    for number in range(times):
        if display_every and number % display_every == display_every - 1:
            chosen.append(ON_DISPLAY[number // display_every % len(ON_DISPLAY)])
        else:
            chosen.append(WAYS[(number - number // display_every if display_every else number) % len(WAYS)])
    return chosen
