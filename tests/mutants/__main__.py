"""Run the faults of ``table``, two at a time; the exit code is 0 when at least `NEEDED` were killed."""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from .table import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parent.parent.parent
NEEDED = 27
LIMIT = 60.0
"""Seconds for the tests of one mutant; a fault that makes them hang is killed too."""
WHOLE_LIMIT = 330.0
"""Seconds for all; what is not reached by then counts as survived."""
_COPIED = ("stabilitydl", "tests", "pyproject.toml")
_CHECK = "import pathlib, stabilitydl as s; assert pathlib.Path.cwd() in pathlib.Path(s.__file__).resolve().parents"


class Copy:
    """A copy of the project in which one mutant after the other lives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        ignored = shutil.ignore_patterns("__pycache__")
        for name in _COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=ignored)
            else:
                shutil.copy2(source, folder / name)
        if not self._run(["-c", _CHECK]):
            raise SystemExit("the copy is not what Python imports there")

    def kills(self, mutant: Mutant) -> bool:
        """Do the tests fail with the mutant in place?"""
        path = self.folder / "stabilitydl" / mutant.file
        text = path.read_text("utf-8")
        try:
            path.write_text(text.replace(mutant.old, mutant.new), "utf-8")
            return not self.passes(*mutant.tests)
        finally:
            path.write_text(text, "utf-8")

    def passes(self, *tests: str) -> bool:
        """Do these tests pass with the code as it is now?"""
        return self._run(["-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests])

    def _run(self, words: Sequence[str]) -> bool:
        # Old byte code would be taken for new where a mutant has the length and the second of its original.
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(self.folder)}
        command = [sys.executable, *words]
        output = subprocess.DEVNULL
        try:
            done = subprocess.run(
                command, cwd=self.folder, env=environment, stdout=output, stderr=output, timeout=LIMIT, check=False
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def stale() -> list[str]:
    """Mutants whose text is not exactly once in their file, so that the table needs care."""
    return [
        f"{mutant.file}: {mutant.old.strip()!r}"
        for mutant in MUTANTS
        if (ROOT / "stabilitydl" / mutant.file).read_text("utf-8").count(mutant.old) != 1
    ]


T = TypeVar("T")


def share(copies: Sequence[Copy], items: Iterable[T], work: Callable[[Copy, T], None]) -> None:
    """Give each copy one item after the other, all copies at once."""
    waiting: queue.SimpleQueue[T] = queue.SimpleQueue()
    for item in items:
        waiting.put(item)

    def take(copy: Copy) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                work(copy, waiting.get_nowait())

    threads = [threading.Thread(target=take, args=(copy,)) for copy in copies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def unsound(copies: Sequence[Copy], mutants: Iterable[Mutant]) -> list[str]:
    """The tests that fail without any mutant: what they say would not count."""
    failing: list[str] = []

    def check(copy: Copy, test: str) -> None:
        if not copy.passes(test):
            failing.append(test)

    share(copies, sorted({test for mutant in mutants for test in mutant.tests}), check)
    return failing


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("words", nargs="*", help="only mutants whose file or reason contains one of these")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    if found := stale():
        print("The table does not fit the code any more:", *found, sep="\n  ")
        return 2
    chosen = [m for m in MUTANTS if not options.words or any(word in m.file + m.why for word in options.words)]
    began = time.monotonic()
    results: dict[Mutant, bool] = {}

    def judge(copy: Copy, mutant: Mutant) -> None:
        results[mutant] = time.monotonic() - began < WHOLE_LIMIT and copy.kills(mutant)
        print(f"{'killed  ' if results[mutant] else 'SURVIVED'}  {mutant.file}: {mutant.why}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        copies = [Copy(Path(folder) / str(number)) for number in range(options.jobs)]
        if failing := unsound(copies, chosen):
            print("These fail without any mutant:", *failing, sep="\n  ")
            return 2
        share(copies, chosen, judge)
    killed = sum(results.values())
    print(f"{killed} of {len(chosen)} killed in {time.monotonic() - began:.0f} s")
    return 0 if killed >= min(NEEDED, len(chosen)) else 1


if __name__ == "__main__":
    sys.exit(main())
