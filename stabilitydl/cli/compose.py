"""The composition root of the command line: settings, hubs and engine are put together here."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from .. import settings as stored
from ..demo.hub import DemoHub
from ..domain.collection import Layout
from ..hubs.protocol import Destination
from ..hubs.registry import Registry
from ..paths import Paths
from ..settings import Settings
from . import console
from .render import Renderer
from .requests import GetRequest
from .session import Session


def settings_for(paths: Paths, request: GetRequest | None = None) -> Settings:
    """The user's settings, with what the command line says instead; what is wrong with the file is said."""
    settings, problem = stored.recover(paths.settings)
    if problem is not None:
        console.say(f"{problem} What can be used of them is used.")
    if request is None:
        return settings
    given = {
        "jobs": request.jobs,
        "connections": request.connections,
        "order": request.order,
        "rate_limit": request.rate,
    }
    return msgspec.structs.replace(settings, **{name: value for name, value in given.items() if value is not None})


def destination_for(paths: Paths, settings: Settings, to: Path | None) -> Destination:
    """Flat below the folder that was named, else sorted below the library."""
    if to is not None:
        return Destination(to, Layout.FLAT)
    return Destination(settings.library_folders(paths.library)[0], Layout.LIBRARY)


def open_session(paths: Paths, settings: Settings | None = None, *, may_ask: bool = False) -> Session:
    """An engine with all hubs, the demo hub among them. Enter it to start it.

    ``may_ask`` lets files wait for a login where somebody sits at a terminal.
    """
    demo = DemoHub()
    return Session(
        paths,
        settings or settings_for(paths),
        Registry.standard(demo),
        closing=[demo.close],
        may_log_in=may_ask and console.may_ask(),
    )


def renderer_for(*, json: bool) -> Renderer:
    """JSON lines, bars on a terminal, or sparse lines."""
    if json:
        from .render_json import JsonRenderer

        return JsonRenderer()
    from .render_text import BarRenderer, PlainRenderer

    return BarRenderer() if console.is_terminal(sys.stderr) else PlainRenderer()
