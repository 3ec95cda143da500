"""Running the command line inside the test's process."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from stabilitydl.__main__ import main
from stabilitydl.cli import logs


@pytest.fixture(autouse=True)
def process_wide_state() -> Iterator[None]:
    """The command line takes over hooks and logging of its process; here they belong to pytest."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    hooks = threading.excepthook, sys.unraisablehook
    yield
    logs.stop()
    logging.captureWarnings(False)
    root.setLevel(level)
    root.handlers[:] = handlers
    threading.excepthook, sys.unraisablehook = hooks


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == kind]

    @property
    def object(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


Run = Callable[..., Said]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """``run("get", url, "--json")``: the exit code and what was said; a traceback is never said."""

    def call(*words: object) -> Said:
        capsys.readouterr()
        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Said(code, captured.out, captured.err)

    return call
