"""The program as a process: how tests start it, watch it, and read what it says."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240.0
"""Seconds after which a test gives up on a process; nothing that works comes near it."""


@dataclass(frozen=True)
class Result:
    """How a process ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """stdout as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The events of one kind."""
        return [event for event in self.events if event["event"] == kind]

    @property
    def summary(self) -> dict[str, Any]:
        """The last line."""
        assert self.events[-1]["event"] == "summary", self.err
        return self.events[-1]

    @property
    def object(self) -> dict[str, Any]:
        """stdout as one JSON object."""
        found: dict[str, Any] = json.loads(self.out)
        return found


class Program:
    """stabilitydl with a home of its own. ``variables`` are added to an environment that is otherwise nearly empty."""

    def __init__(self, home: Path, **variables: str) -> None:
        self.home = home
        self.folder = home.parent
        self._variables = variables

    @property
    def command(self) -> Sequence[str]:
        """What is started."""
        return (sys.executable, "-m", "stabilitydl")

    @property
    def library(self) -> Path:
        return self.home / "library"

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder / "user"),
            "STABILITYDL_HOME": str(self.home),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "PYTHONPATH": os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(ROOT)])),
            **self._variables,
        }

    @contextlib.contextmanager
    def start(self, *arguments: object) -> Iterator[subprocess.Popen[str]]:
        """A running process; it is killed when the context ends."""
        process = subprocess.Popen(
            [*self.command, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def run(self, *arguments: object) -> Result:
        """Run to the end."""
        with self.start(*arguments) as process:
            return finish(process)


def finish(process: subprocess.Popen[str]) -> Result:
    """Wait for a process; whatever it did, it must not show a traceback."""
    out, err = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in err + out, err
    return Result(process.returncode, out, err)


def stop(process: subprocess.Popen[str], number: int = signal.SIGINT) -> Result:
    """Send a signal and wait."""
    process.send_signal(number)
    return finish(process)


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str] | None = None) -> None:
    """Look again and again until ``condition`` holds. Fails when ``process`` ends before that."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        if process is not None and process.poll() is not None:
            raise AssertionError(f"ended with {process.returncode} before it happened: {finish(process)}")
        time.sleep(0.005)


def files_in(folder: Path) -> dict[str, Path]:
    """All files below ``folder`` by relative path."""
    return {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}


def sha256(path: Path) -> str:
    """The digest by another tool than the program's own, where the machine has one."""
    with contextlib.suppress(FileNotFoundError):
        done = subprocess.run(["sha256sum", "--zero", "--", path], capture_output=True, check=True)
        return done.stdout.split(b" ", 1)[0].decode()
    return hashlib.sha256(path.read_bytes()).hexdigest()
