"""A process that has everything imported and no thread: it makes one child after the other by fork, within moments.

`Nursery` is its handle in the driver; run as a module it is the process itself.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import anyio._backends._asyncio  # noqa: F401 - else each child would import it
import msgspec

import stabilitydl.http.sender  # noqa: F401

from .child import Report, Task, main
from .faults import Meter

PATIENCE = 120.0
"""Seconds after which a child counts as stuck."""

ROOT = Path(__file__).resolve().parents[2]


class Ended(msgspec.Struct, frozen=True):
    """How a child ended: its exit code, negative for a signal, None when it had to be killed for being stuck."""

    code: int | None


class Life(msgspec.Struct, frozen=True):
    """Everything that is known of one child after its end."""

    code: int | None
    calls: int
    struck: int
    fetched: tuple[int, ...]
    announced: tuple[str, ...]
    report: Report | None
    failure: str = ""

    @property
    def was_killed(self) -> bool:
        return self.code == -signal.SIGKILL


class Nursery:
    """Makes children. A context manager. ``prefix`` is a command that it runs under."""

    def __init__(self, prefix: Sequence[str] = ()) -> None:
        self._prefix = prefix

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [*self._prefix, sys.executable, "-m", "tests.sweeps.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE + 10)
        self._process.stdout.close()

    def live(self, task: Task) -> Life:
        """Let one child live, to its end."""
        folder = Path(task.report)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        meter = Meter(folder / "meter")
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(task) + b"\n")
        self._process.stdin.flush()
        ended = msgspec.json.decode(self._process.stdout.readline(), type=Ended)
        report, failure, announced = folder / "report", folder / "failure", folder / "announced"
        life = Life(
            code=ended.code,
            calls=meter.calls,
            struck=meter.struck,
            fetched=tuple(meter.fetched(order) for order in range(len(task.urls))),
            announced=tuple(announced.read_text().splitlines()) if announced.exists() else (),
            report=msgspec.json.decode(report.read_bytes(), type=Report) if report.exists() else None,
            failure=failure.read_text() if failure.exists() else "",
        )
        meter.close()
        return life


def _serve() -> None:
    while line := sys.stdin.buffer.readline():
        task = msgspec.json.decode(line, type=Task)
        child = os.fork()
        if child == 0:
            main(task)
        answer = msgspec.json.encode(Ended(_wait(child)))
        sys.stdout.buffer.write(answer + b"\n")
        sys.stdout.buffer.flush()


def _wait(child: int) -> int | None:
    handle = os.pidfd_open(child)
    try:
        is_ended, _, _ = select.select([handle], [], [], PATIENCE)
        if not is_ended:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status) if is_ended else None
    finally:
        os.close(handle)


if __name__ == "__main__":
    _serve()
