"""Hubs of others: any installed distribution may bring some, by an entry point of the group ``stabilitydl.hubs``.

An entry point names a class or function that is called without arguments and makes a hub, see ``protocol``. One that
cannot be loaded, or is no hub, is left out and named in the log; it never keeps the program from starting. The name
of a hub of the product cannot be taken.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Collection as Members
from typing import TYPE_CHECKING

from .protocol import Hub

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "stabilitydl.hubs"

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_METHODS = ("recognise", "expand", "request", "explain", "newer", "absolute")

_NAMED = f"[{GROUP}]".encode()
_DISTRIBUTION = (".dist-info", ".egg-info")

_log = logging.getLogger("stabilitydl.hubs")


def hubs_of_others(taken: Members[str]) -> list[Hub]:
    """The hubs that other distributions bring, by the name of their entry point; ``taken`` are names in use."""
    if not any(_may_have_some(place) for place in sys.path):
        return []
    from importlib.metadata import entry_points

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


def _may_have_some(place: str) -> bool:
    """Does a distribution in ``place`` name the group at all?

    Most often none does, and ``importlib.metadata`` takes longer to import than the rest of a start takes together.
    """
    try:
        with os.scandir(place or os.curdir) as entries:
            return any(_names_group(entry.path) for entry in entries if entry.name.endswith(_DISTRIBUTION))
    except NotADirectoryError:
        return True  # an archive, which may hold anything
    except OSError:
        return False


def _names_group(distribution: str) -> bool:
    try:
        with open(os.path.join(distribution, "entry_points.txt"), "rb") as file:  # noqa: PTH118, PTH123 - many of them
            return _NAMED in file.read()
    except OSError:
        return False


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
