"""What a running ``get --json`` says, while it says it; and which process runs the engine of a data directory."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from typing import Any

from stabilitydl.engine import remote_endpoint
from stabilitydl.paths import Paths
from tests.e2e.program import PATIENCE, Program, wait_until


class Watched:
    """A running ``get --json``; its lines are collected while it runs. Nobody else reads what it says from now on."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.process = process
        self.lines: list[dict[str, Any]] = []
        # Whoever ends the process would otherwise close this while it is read.
        self._out, process.stdout = process.stdout, None
        self._reader = threading.Thread(target=self._read, name="reader", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with self._out:
            # One that a kill cut off is none.
            self.lines.extend(json.loads(line) for line in self._out if line.endswith("\n"))

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [line for line in list(self.lines) if line["event"] == kind]

    def until(self, kind: str, **fields: object) -> None:
        """Return when a line of this kind with these fields has come. Fails when the output ends before."""

        def has_come() -> bool:
            return any(fields.items() <= line.items() for line in self.of(kind))

        wait_until(lambda: has_come() or not self._reader.is_alive())
        assert has_come(), self.lines

    def end(self) -> int:
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code


def owner_of(program: Program) -> int | None:
    """The process that says it runs the engine."""
    endpoint = remote_endpoint.read(program.home / "data")
    return endpoint.pid if endpoint is not None else None


def has_list_open(program: Program, pid: int) -> bool:
    """Does a process have the database open, as only the one with the engine does?"""
    database = Paths.from_environment({"STABILITYDL_HOME": str(program.home)}).database
    found: list[Path] = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.append(entry.readlink())
        except OSError:
            # It was closed since it was listed.
            continue
    return database in found
