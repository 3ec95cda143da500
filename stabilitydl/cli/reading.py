"""The store for commands that only read it: no engine is started for them, unless the database is damaged."""

from __future__ import annotations

from ..engine.folders import Folders
from ..errors import StoreDamaged, StoreNewer, StoreNotWritable
from ..paths import Paths
from ..store.opening import open_as_it_is
from ..store.store import Store
from . import console


def open_store(paths: Paths) -> Store:
    """Open the database, which exists. One of a newer version, or that cannot be written, is only read; a damaged one
    is made again first.

    Raises StoreError.
    """
    try:
        return open_as_it_is(paths.database, was_used=bool(Folders(paths.folders).known()))
    except (StoreNewer, StoreNotWritable) as error:
        console.say(str(error))
        return Store.open_for_reading(paths.database)
    except StoreDamaged:
        _make_again(paths)
        return Store.open(paths.database)


def _make_again(paths: Paths) -> None:
    """Start an engine, which does that and says so."""
    from .compose import open_session

    with open_session(paths) as session:
        session.start()
