"""Where windows are shown while they are measured: nowhere, or on a screen that only exists in memory."""

from __future__ import annotations

import os
import shutil
import subprocess
from types import TracebackType
from typing import Self

PLATFORMS = ("offscreen", "xcb")


class Screen:
    """A context manager. ``variables`` tell Qt where to draw. Raises FileNotFoundError where there is no Xvfb."""

    def __init__(self, platform: str) -> None:
        self.platform = platform
        self.variables = {"QT_QPA_PLATFORM": platform}
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if self.platform == "xcb":
            server = shutil.which("Xvfb")
            if server is None:
                raise FileNotFoundError("Xvfb")
            reader, writer = os.pipe()
            self._server = subprocess.Popen(
                [server, "-displayfd", str(writer), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
                pass_fds=[writer],
                stderr=subprocess.DEVNULL,
            )
            os.close(writer)
            with os.fdopen(reader) as told:
                self.variables["DISPLAY"] = f":{told.readline().strip()}"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._server is not None:
            self._server.terminate()
            self._server.wait()
            self._server = None
