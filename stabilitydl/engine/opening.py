"""Opening the database of an engine, whatever became of it since the last time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from ..clock import Clock
from ..disk.disk import Disk
from ..errors import Problem, StabilityError, StoreRebuilt
from ..paths import Paths
from ..settings import Settings
from ..store.chores import FIND_AGAIN
from ..store.opening import open_whatever
from .folders import Folders
from .ledger import Ledger
from .locks import ResourceLocks
from .rebuild import rebuild
from .recorder import Recorder

_log = logging.getLogger("stabilitydl.engine")


def open_ledger(paths: Paths) -> tuple[Ledger, list[Problem]]:
    """The ledger of a data directory, and what the user should be told about it. Raises StoreError."""
    opened = open_whatever(paths.database, was_used=bool(Folders(paths.folders).known()))
    for problem in opened.notices:
        _log.warning("%s", problem.message)
    return Ledger(opened.store, ResourceLocks(paths.locks)), list(opened.notices)


async def find_again(
    notices: Sequence[Problem], paths: Paths, settings: Settings, recorder: Recorder, disk: Disk, clock: Clock
) -> list[Problem]:
    """Add to a database that was made again what only the disk knows; the notices, with what was found.

    Looks through the folders of all collections that are or were on the list, and the libraries.
    """
    told = []
    for notice in notices:
        if notice.code == StoreRebuilt.code:
            known = Folders(paths.folders)
            listed = await recorder.ask(lambda ledger, known=known: [*ledger.store.roots(), *known.known()])  # type: ignore[misc]
            folders = [paths.library, *settings.library_folders(paths.library), *map(Path, listed)]
            found = await rebuild(recorder, disk, clock, folders)
            files = int(notice.arguments["files"] or 0) + found
            notice = StoreRebuilt(**{**notice.arguments, "files": files}).problem  # noqa: PLW2901
            await _no_more(recorder)
        told.append(notice)
    return told


async def _no_more(recorder: Recorder) -> None:
    try:
        await recorder.ask(lambda ledger: ledger.store.finish_chore(FIND_AGAIN))
    except StabilityError as error:
        _log.warning("folders will be searched again at the next start: %s", error)
