"""Hubs of others: any installed distribution may bring some, by an entry point of the group ``stabilitydl.hubs``.

An entry point names a class or function that is called without arguments and makes a hub, see ``protocol``. One that
cannot be loaded, or is no hub, is left out and named in the log; it never keeps the program from starting. The name
of a hub of the product cannot be taken.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection as Members
from importlib.metadata import EntryPoint, entry_points

from .protocol import Hub

GROUP = "stabilitydl.hubs"

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_METHODS = ("recognise", "expand", "request", "explain", "newer", "absolute")

_log = logging.getLogger("stabilitydl.hubs")


def hubs_of_others(taken: Members[str]) -> list[Hub]:
    """The hubs that other distributions bring, by the name of their entry point; ``taken`` are names in use."""
    found: dict[str, Hub] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        hub = _load(point)
        if hub is None:
            continue
        if hub.name in taken or hub.name in found:
            _log.warning("the hub %s of %s is left out: its name is taken", hub.name, point.value)
            continue
        found[hub.name] = hub
    return list(found.values())


def _load(point: EntryPoint) -> Hub | None:
    try:
        hub: Hub = point.load()()
        missing = [name for name in _METHODS if not callable(getattr(hub, name, None))]
        if missing or not _NAME.fullmatch(hub.name) or not all(isinstance(form, str) for form in hub.forms):
            raise TypeError(f"it lacks {', '.join(missing)}" if missing else "its name or its forms cannot be used")
    except Exception:  # noqa: BLE001 - code of others may raise what it likes
        _log.exception("the hub %s (%s) is left out", point.name, point.value)
        return None
    return hub
