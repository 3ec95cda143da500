"""The recorder: what the engine writes down, and when.

What must not be lost (a command, the end of a job) is durable when the call returns. The states and counts of
running jobs are noted and written in one batch per tick.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio

from ..clock import Clock
from ..errors import StoreBusy, StoreError, StoreFull
from ..lane import Lane
from ..store.change import Change
from .ledger import Claim, Finish, Ledger, Start
from .rounds import Rounds

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
        self._rounds: Rounds[Start | Finish, Claim | None] = Rounds(lane, ledger.serve)

    async def ask(self, question: Callable[[Ledger], T]) -> T:
        """Run ``question`` in the lane and return its answer. Raises StoreError, StoreBusy too."""
        return await self._lane.run(question, self._ledger)

    async def commit(self, operation: Callable[[Ledger], T]) -> T:
        """Run ``operation`` in the lane; durable on return.

        Tries again while another program holds the database or its volume is full. An operation that has begun runs
        to its end even when the caller is cancelled, and its result is not lost.
        """
        return await self._insist(lambda: self._lane.start(operation, self._ledger))

    async def claim(self, resource_id: str) -> Claim | None:
        """See `Ledger.claim`; together with the jobs that begin and end in this moment, else as `commit`."""
        start = Start(resource_id, self._clock.wall())
        return await self._insist(lambda: self._rounds.ask(start))

    async def finish(self, finish: Finish) -> None:
        """Write how a job ended and let go of its lock, as `claim`."""
        await self._insist(lambda: self._rounds.ask(finish))

    async def _insist(self, begin: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                with anyio.CancelScope(shield=True):
                    return await begin()
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
