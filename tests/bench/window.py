"""The numbers of the window, and of the commands that must answer at once: ``python -m tests.bench.window``.

Every row is a real program with a real engine, offscreen and on a screen in memory; medians of several runs after a
first one that is not counted. How the thread of the window is watched stands in ``window_watch``, what is done in it in
``window_scenes``. Goals are limits, not records.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.bench.__main__ import Bench, Row
from tests.bench.window_homes import fill_addresses, fill_many, fill_packs
from tests.bench.window_screen import PLATFORMS, Screen
from tests.bench.window_watch import PROFILE
from tests.fakes.nginx import Nginx

ROOT = Path(__file__).parents[2]
MIB = 1024 * 1024
FILES, FILE_SIZE = 4, 1024 * MIB
CHILDREN = 100_000
START_S, ACTION_MS, MEMORY_MIB, SHORT_MS, SHORT_SHARE, LONGEST_MS = 1.0, 150.0, 250.0, 16.0, 0.99, 100.0

Figures = dict[str, Any]


class WindowBench:
    """Runs scenes on one screen, each in a home of its own below ``folder``."""

    def __init__(self, runs: int, folder: Path, screen: Screen) -> None:
        self._runs = runs
        self._folder = folder
        self._screen = screen

    def start(self) -> Row:
        """From the start of the process to the painted answer to a click."""
        home = self._home()
        fill_packs(home, 100, 80)

        def once() -> Figures:
            begin = time.monotonic()
            figures = self._play("start", home)
            seconds = {name: figures[name] - begin for name in ("painted", "answered")}
            return {**seconds, "cpu": figures["cpu"], "memory": figures["memory"]}

        took = _medians(self._repeat(once))
        return self._row(
            "window with 100 collections painted, and a click answered",
            f"{took['painted']:.2f} s, {took['answered']:.2f} s; {took['cpu']:.2f} s of processor, "
            f"{took['memory']:.0f} MiB",
            f"{START_S} s",
            took["answered"] <= START_S,
        )

    def many(self) -> Iterator[Row]:
        """What a collection of 100,000 children takes of the thread of the window."""
        home = self._home()
        fill_many(home, 10, CHILDREN)
        runs = self._repeat(lambda: self._play("many", home))
        unwatched = self._repeat(lambda: self._play("many-unwatched", home))
        for name in runs[0]["actions"]:
            took = _medians([run["actions"][name] for run in runs])
            cpu = _medians([run["actions"][name] for run in unwatched])["cpu"]
            yield self._row(
                f"{CHILDREN:,} children: {name}",
                f"{cpu:.0f} ms in all, {took['longest']:.0f} ms at once, done after {took['until']:.0f} ms",
                f"{ACTION_MS:.0f} ms",
                max(cpu, took["longest"]) <= ACTION_MS,
            )
        now, peak = (statistics.median(run[name] for run in runs) for name in ("memory", "peak"))
        yield self._row(
            f"{CHILDREN:,} children: memory, the peak of all that",
            f"{now:.0f} MiB, at most {peak:.0f} MiB",
            f"{MEMORY_MIB:.0f} MiB",
            peak <= MEMORY_MIB,
        )

    def busy(self) -> Row:
        """How long the thread of the window is kept while four files come at full speed."""
        served = self._home()
        digest = hashlib.sha256()
        for _ in range(FILE_SIZE // MIB):
            digest.update(bytes(MIB))
        for number in range(FILES):
            with (served / str(number)).open("wb") as file:
                file.truncate(FILE_SIZE)

        def once() -> Figures:
            home = self._home()
            addresses = [nginx.url(f"/{number}") for number in range(FILES)]
            fill_addresses(home, addresses, FILE_SIZE, digest.hexdigest(), home / "files")
            try:
                figures = self._play("busy", home)
            finally:
                shutil.rmtree(home)
            turns = figures.pop("turns")
            figures["short"] = sum(turn <= SHORT_MS for turn in turns) / len(turns)
            figures["free"] = sum(turn for turn in turns if turn <= SHORT_MS) / sum(turns)
            figures["longest"] = max(turns)
            figures["turns"] = len(turns)
            return figures

        with Nginx(served) as nginx:
            took = _medians(self._repeat(once))
        speed = took["bytes"] / took["seconds"] / 1e6
        return self._row(
            f"thread of the window while {FILES} x {FILE_SIZE // MIB // 1024} GiB come",
            f"{took['short']:.2%} of {took['turns']:.0f} turns under {SHORT_MS:.0f} ms ({took['free']:.1%} of the "
            f"time), longest {took['longest']:.0f} ms; {speed:.0f} MB/s, {took['cpu']:.1f} s of processor, "
            f"{took['memory']:.0f} MiB",
            f"{SHORT_SHARE:.0%}, {LONGEST_MS:.0f} ms",
            took["short"] >= SHORT_SHARE and took["longest"] <= LONGEST_MS,
        )

    def _row(self, work: str, measured: str, goal: str, met: bool) -> Row:
        return Row(f"{work} ({self._screen.platform})", measured, goal, met)

    def _repeat(self, once: Callable[[], Figures]) -> list[Figures]:
        once()
        return [once() for _ in range(self._runs)]

    def _play(self, scene: str, home: Path) -> Figures:
        """Run one scene to its end; its figures. Raises CalledProcessError, with what it said."""
        command = [sys.executable, "-m", "tests.bench.window_scenes", scene]
        said = None if PROFILE in os.environ else subprocess.PIPE
        done = subprocess.run(
            command, env=self._variables(home), stdout=subprocess.PIPE, stderr=said, check=False, cwd=ROOT
        )
        if done.returncode:
            sys.stderr.buffer.write(done.stderr or b"")
            raise subprocess.CalledProcessError(done.returncode, command)
        figures: Figures = json.loads(done.stdout.splitlines()[-1])
        return figures

    def _variables(self, home: Path) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", PROFILE) if name in os.environ}
        return kept | {"HOME": str(home), "STABILITYDL_HOME": str(home)} | self._screen.variables

    def _home(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self._folder))


def _medians(runs: list[Figures]) -> Figures:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def _commands(bench: Bench) -> Iterator[Row]:
    yield bench.version()
    yield bench.listing()
    yield bench.adding()


def main() -> int:
    """Print the table; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.window", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where homes and files go; the default is in memory where possible")
    parser.add_argument("--platform", choices=PLATFORMS, action="append", help="only this one")
    parser.add_argument("--profile", action="store_true", help="also say on stderr where the time of each action goes")
    parser.add_argument("--only", choices=("start", "many", "busy", "commands"), action="append")
    options = parser.parse_args()
    if options.profile:
        os.environ[PROFILE] = "1"
    memory = Path("/dev/shm")
    folder = options.folder or (memory if memory.is_dir() else None)
    parts = options.only or ["commands", "start", "many", "busy"]
    missed = False
    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores, {options.runs} runs")
    print("| work | measured | goal |\n| --- | --- | --- |")
    with tempfile.TemporaryDirectory(dir=folder) as place:
        for row in _rows(options.runs, Path(place), options.platform or PLATFORMS, parts):
            print(f"| {row.work} | {row.measured} | {row.goal} ({'met' if row.met else 'missed'}) |", flush=True)
            missed = missed or not row.met
    return int(missed)


def _rows(runs: int, folder: Path, platforms: Sequence[str], parts: Sequence[str]) -> Iterator[Row]:
    if "commands" in parts:
        yield from _commands(Bench(runs, folder))
    for each in platforms:
        with Screen(each) as screen:
            bench = WindowBench(runs, folder, screen)
            if "start" in parts:
                yield bench.start()
            if "many" in parts:
                yield from bench.many()
            if "busy" in parts:
                yield bench.busy()


if __name__ == "__main__":
    sys.exit(main())
