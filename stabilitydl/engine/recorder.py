"""The recorder: what the engine writes down, and when.

What must not be lost (a command, the end of a job) is durable when the call returns. The states and counts of
running jobs are noted and written in one batch per tick.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

import anyio

from ..clock import Clock
from ..errors import StoreBusy, StoreError, StoreFull
from ..lane import Lane
from ..store.change import Change
from .ledger import Ledger

T = TypeVar("T")

RETRY_SECONDS = 1.0
"""Between two tries while another program holds the database, or its volume is full."""

_log = logging.getLogger("stabilitydl.engine")


class Recorder:
    """Runs the ledger in its lane. Belongs to the engine's loop."""

    def __init__(self, ledger: Ledger, lane: Lane, clock: Clock) -> None:
        self._ledger = ledger
        self._lane = lane
        self._clock = clock
        self._noted: dict[str, Change] = {}

    async def ask(self, question: Callable[[Ledger], T]) -> T:
        """Run ``question`` in the lane and return its answer. Raises StoreError, StoreBusy too."""
        return await self._lane.run(question, self._ledger)

    async def commit(self, operation: Callable[[Ledger], T]) -> T:
        """Run ``operation`` in the lane; durable on return.

        Tries again while another program holds the database or its volume is full. An operation that has begun runs
        to its end even when the caller is cancelled, and its result is not lost.
        """
        while True:
            try:
                with anyio.CancelScope(shield=True):
                    return await self._lane.run(operation, self._ledger)
            except (StoreBusy, StoreFull) as error:
                _log.warning("the database cannot be written now: %s", error)
            await self._clock.sleep(RETRY_SECONDS)

    def note(self, change: Change) -> None:
        """Write ``change`` with the next batch, instead of an earlier one of the same resource."""
        self._noted[change.id] = change

    def forget(self, resource_id: str) -> None:
        """What was noted of ``resource_id`` and is not written yet is outdated."""
        self._noted.pop(resource_id, None)

    async def flush(self) -> None:
        """Write what was noted. When the database cannot be written now it waits for the next call."""
        noted, self._noted = self._noted, {}
        if not noted:
            return
        changes = list(noted.values())
        try:
            await self._lane.run(lambda: self._ledger.note(changes))
        except StoreError as error:
            _log.warning("states are written later: %s", error)
            self._noted = {**noted, **self._noted}

    def __repr__(self) -> str:
        return f"<Recorder {len(self._noted)} noted>"
