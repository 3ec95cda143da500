"""The lookout: follows what others did to files that are here or kept aside.

What a drive does not say in time is looked at as soon as it answers.
"""

from __future__ import annotations

import logging
from functools import partial

from ..domain.states import State
from .context import Context
from .drives import Later
from .presence import Presence
from .quarantine import Quarantine

_log = logging.getLogger("stabilitydl.engine")


class Lookout:
    """Belongs to the commands of one engine."""

    def __init__(self, context: Context, presence: Presence, quarantine: Quarantine, later: Later) -> None:
        self._context = context
        self._presence = presence
        self._quarantine = quarantine
        self._later = later
        self._is_waiting = False

    async def look(self, collection: str | None = None) -> None:
        """Look at all files of a collection or of all. Raises DriveStuck where a drive does not answer, when all
        others have been looked at; StoreError."""
        heard = self._context.drives.heard
        silent = await self._quarantine.look(collection)
        rows = await self._context.recorder.ask(lambda ledger: ledger.store.resources(collection, {State.DOWNLOADED}))
        silent += await self._presence.look(rows)
        if not silent:
            return
        if not self._is_waiting:
            self._is_waiting = True
            self._later(partial(self._look_again, heard))
        raise silent[0]

    async def _look_again(self, heard: int) -> None:
        await self._context.drives.wait_heard(heard)
        self._is_waiting = False
        try:
            await self.look()
        except Exception as error:  # noqa: BLE001 - nobody waits for it
            _log.warning("not everything could be looked at again: %s", error)

    def __repr__(self) -> str:
        return f"<Lookout{' that waits for a drive' if self._is_waiting else ''}>"
