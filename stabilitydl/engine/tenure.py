"""The tenure of a job: the lock of its resource, the row as it is under that lock, and the last word in the store.

While it is ``is_held`` no other process writes what becomes of the resource.
"""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

from ..domain.checksum import Verification
from ..domain.collection import Collection
from ..domain.states import State
from ..errors import InternalError, StabilityError
from .context import Context
from .here import Found, is_recorded
from .ledger import Claim, Finish
from .life import Ending, Life

_log = logging.getLogger("stabilitydl.engine")


class Tenure:
    """Taken once and held to the end of the job. Errors are those of the store where nothing else is said."""

    def __init__(self, life: Life, context: Context) -> None:
        self._life = life
        self._context = context
        self._claim: Claim | None = None
        self._attempt: int | None = None
        self._has_adopted = False

    @property
    def is_held(self) -> bool:
        return self._claim is not None

    @property
    def collection(self) -> Collection | None:
        """The parent of the resource, None while that is not known."""
        return self._claim.collection if self._claim is not None else None

    @property
    def has_twins(self) -> bool:
        """May the file of another resource have the same digest?"""
        return self._claim is None or self._claim.has_twins

    async def take(self) -> bool:
        """Take the lock; False while another process holds it."""
        self._claim = await self._context.recorder.claim(self._life.row.id)
        if self._claim is None:
            return False
        self._attempt = self._claim.attempt
        return True

    async def adopt(self) -> Ending | None:
        """What another process or an earlier command made of the resource, where that settles it."""
        if self._has_adopted:
            return None
        assert self._claim is not None
        row, resource = self._claim.row, self._life.row.id
        if row is None:
            return Ending(State.MISSING, adopted=True)
        if row.state is State.DOWNLOADED:
            status = await self._context.services.disk.stat(Path(row.target or ""))
            if status is not None and is_recorded(row, status):
                sure = row.verification or Verification.UNVERIFIABLE
                return Ending(row.state, file=Found(Path(row.target or ""), *status, sure, row.sha256), adopted=True)
        elif row.state.is_settled:
            return Ending(row.state, row.problem, adopted=True)
        if self._attempt is None:
            now = self._context.clock.wall()
            self._attempt = await self._context.recorder.commit(lambda ledger: ledger.begin(resource, now))
        self._life.take_over(row)
        self._life.is_ours = True
        self._has_adopted = True
        return None

    async def stopped(self, state: State) -> Ending:
        """The end of a job that was to stop in ``state``: that, but what others made of the resource stays."""
        if self._has_adopted:
            return Ending(state)
        if self._claim is not None:
            row = self._claim.row
        else:
            try:
                rows = await self._context.recorder.ask(lambda ledger: ledger.store.snapshots([self._life.row.id]))
            except StabilityError:
                return Ending(State.QUEUED, adopted=True)
            row = next(iter(rows), None)
        if row is None:
            return Ending(State.MISSING, adopted=True)
        if self._claim is None or row.state.is_settled:
            return Ending(row.state, row.problem, adopted=True)
        return Ending(state)

    async def end(self, ending: Ending) -> Ending:
        """Write ``ending`` and let go of the lock; how it really ended. Raises nothing."""
        if self._claim is None:
            return ending
        life, recorder = self._life, self._context.recorder
        finish = Finish(
            resource=life.row.id,
            attempt=self._attempt,
            change=None if ending.adopted else life.change(ending),
            outcome=ending.outcome,
            end=self._context.clock.wall(),
            bytes=life.live.fetched,
            host=life.live.host,
            code=ending.problem.code if ending.problem else "",
        )
        try:
            await recorder.finish(finish)
        except Exception as error:  # noqa: BLE001 - the lock is let go of whatever happens
            _log.exception("the end of %s cannot be written", life.row.id)
            failure = error if isinstance(error, StabilityError) else InternalError(detail=type(error).__name__)
            with contextlib.suppress(Exception):
                await recorder.ask(lambda ledger: ledger.locks.release(life.row.id))
            return Ending(State.FAILED, failure.problem)
        return ending

    def __repr__(self) -> str:
        return f"<Tenure of {self._life.row.id[:8]}{' held' if self.is_held else ''}>"
