"""What lies at many places, each drive asked in a thread of its own: one that hangs does not hold up the others."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from time import monotonic

from ..mounts import mount_of, mounts

SOON_SECONDS = 2.0
"""How long all drives together may take."""

Statuses = Mapping[str, os.stat_result | None]
"""What lies at each place, None where nothing can be seen."""


def look(places: Iterable[str]) -> tuple[Statuses, list[str]]:
    """What lies at ``places``, as far as drives answer, and a folder on each drive that does not."""
    groups = _by_drive(places)
    found: dict[str, Statuses] = {}

    def ask(drive: str, few: Iterable[str]) -> None:
        found[drive] = {place: _status(place) for place in few}

    threads = [threading.Thread(target=ask, args=each, name=f"look {each[0]}", daemon=True) for each in groups.items()]
    end = monotonic() + SOON_SECONDS
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - monotonic()))
    answered = dict(found)
    silent = [os.path.dirname(few[0]) for drive, few in groups.items() if drive not in answered]  # noqa: PTH120
    return {place: status for statuses in answered.values() for place, status in statuses.items()}, silent


def _by_drive(places: Iterable[str]) -> dict[str, list[str]]:
    listed = mounts()
    drives: dict[str, str] = {}
    groups: dict[str, list[str]] = {}
    for place in places:
        folder = os.path.dirname(place)  # noqa: PTH120 - of many files in few folders
        if folder not in drives:
            drives[folder] = mount_of(Path(folder), listed).place
        groups.setdefault(drives[folder], []).append(place)
    return groups


def _status(place: str) -> os.stat_result | None:
    try:
        return os.stat(place)  # noqa: PTH116 - done for every file on the list
    except OSError:
        return None
