"""``demo``: the product on a generated pack from a hub on this machine."""

from __future__ import annotations

import shlex

from ..paths import Paths
from ..text import plain
from . import console, get
from .action import OpenWindow
from .compose import destination_for, settings_for
from .display import display_available
from .exit_codes import ExitCode
from .requests import DemoRequest, GetRequest


def run(request: DemoRequest, paths: Paths, open_window: OpenWindow | None = None) -> int:
    """Bring the pack, say where it lies, and return the exit code. With a display the window does all that."""
    locator = request.plan.locator
    if not request.headless:
        if not display_available():
            console.say("There is no display that a window could open on, so the demo runs in the terminal.")
        elif open_window is None:
            console.say("This installation has no window, so the demo runs in the terminal.")
        elif not request.json and request.to is None:
            return open_window([locator])
    code = get.run(GetRequest(locators=(locator,), to=request.to, json=request.json, yes=True), paths)
    if code in (ExitCode.OK, ExitCode.FAILED):
        folder = destination_for(paths, settings_for(paths), request.to).root
        console.say(
            f"The files lie in {plain(str(folder))}; look at them with: stabilitydl list {shlex.quote(locator)}"
        )
    return code
