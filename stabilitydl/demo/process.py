"""Starting and ending the demo hub's process. All calls here block."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

from ..errors import InternalError
from ..paths import frozen_program

END_SECONDS = 2.0
FROZEN_COMMAND = "demo-hub"
"""What the program is called with to be the demo hub, where there is no Python to call."""


def command() -> list[str]:
    """How to start the hub."""
    program = frozen_program()
    if program is not None:
        return [str(program), FROZEN_COMMAND]
    # -P: modules are never taken from the folder in which the user happens to be.
    return [sys.executable, "-P", "-m", "stabilitydl.demo"]


def environment() -> dict[str, str]:
    """The variables for the hub: ours, and in a checkout that is not installed the way to the package."""
    variables = dict(os.environ)
    root = Path(__file__).resolve().parents[2]
    if frozen_program() is None and root.name not in ("site-packages", "dist-packages"):
        variables["PYTHONPATH"] = os.pathsep.join(filter(None, (str(root), variables.get("PYTHONPATH"))))
    return variables


def _creation_flags() -> int:
    # A window program would otherwise open a console for it.
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW
    return 0


class HubProcess:
    """A running demo hub. It ends when ``stop`` is called, and also when this process ends in any way.

    Raises InternalError when it cannot be started.
    """

    def __init__(self) -> None:
        try:
            self._process = subprocess.Popen(
                command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
                creationflags=_creation_flags(),
            )
        except OSError as error:
            raise InternalError(detail=f"the demo hub cannot be started: {error}") from error

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def wait_ready(self) -> str:
        """Wait until the hub listens; its address, as ``http://127.0.0.1:PORT``.

        Raises InternalError when it ends before that.
        """
        assert self._process.stdout is not None
        try:
            endpoint = json.loads(self._process.stdout.readline())["endpoint"]
        except (ValueError, LookupError, TypeError):
            raise InternalError(detail="the demo hub did not start") from None
        return str(endpoint)

    def stop(self) -> None:
        """Let the hub end; end it by force when it has not done so after two seconds."""
        process = self._process
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        if process.stdout is not None:
            process.stdout.close()

    def kill(self) -> None:
        """End the hub by force."""
        self._process.kill()
        self._process.wait()

    def __repr__(self) -> str:
        return f"<HubProcess {self.pid}{'' if self.is_alive else ' ended'}>"
