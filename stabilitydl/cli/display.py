"""Is there a display that a window could open on?"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

_PROBE = "from PySide6.QtGui import QGuiApplication; QGuiApplication(['probe'])"
PATIENCE = 10.0
"""Seconds that the probe may take; a display that answers later is as good as none."""


def display_available(environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> bool:
    """Can Qt open a window here?

    Windows and macOS always have a display. Elsewhere DISPLAY or WAYLAND_DISPLAY must be set, and Qt must be able
    to use it. That is tried in a process of its own, because Qt ends the whole process when it cannot.
    """
    if platform in ("win32", "darwin"):
        return True
    variables = os.environ if environ is None else environ
    if not variables.get("DISPLAY") and not variables.get("WAYLAND_DISPLAY"):
        return False
    try:
        probe = subprocess.run(
            [sys.executable, "-c", _PROBE],
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return probe.returncode == 0
