"""Housekeeping: what an engine does beside its work, without anybody having asked for it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import anyio

from ..clock import Clock
from ..store.opening import Copying, copy_of
from .ledger import Ledger
from .recorder import Recorder

FIRST_COPY_SECONDS = 30.0
"""After a start, until it is asked whether the database needs a copy: a short command makes none."""

COPY_SECONDS = 24 * 3600.0
"""The age of a copy of the database that is old."""

_log = logging.getLogger("stabilitydl.engine")


class Housekeeping:
    """Ends what a crash cut short, and keeps a copy of the database that a damaged one can be made from."""

    def __init__(self, recorder: Recorder, clock: Clock, tidy: Callable[[], Awaitable[None]]) -> None:
        self._recorder = recorder
        self._clock = clock
        self._tidy = tidy

    async def run(self) -> None:
        """Until cancelled. Raises nothing: it may fail, and everything else goes on."""
        async with anyio.create_task_group() as tasks:
            # On a drive that hangs it takes for ever.
            tasks.start_soon(self._try, self._tidy, "what was given up cannot be removed")
            await self._copy_now_and_then()

    async def _copy_now_and_then(self) -> None:
        await self._clock.sleep(FIRST_COPY_SECONDS)
        while True:
            await self._try(self._copy_when_old, "the database cannot be copied")
            await self._clock.sleep(COPY_SECONDS)

    async def _try(self, work: Callable[[], Awaitable[None]], complaint: str) -> None:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - nobody waits for it
            _log.warning("%s: %s", complaint, error)

    async def _copy_when_old(self) -> None:
        now = self._clock.wall()
        if await self._recorder.ask(lambda ledger: _is_recent(ledger, now)):
            return
        copying = await self._recorder.ask(lambda ledger: Copying(ledger.store.database))
        try:
            while not await self._recorder.ask(lambda _: copying.step()):
                pass
        finally:
            with anyio.CancelScope(shield=True):
                await self._recorder.ask(lambda _: copying.give_up())

    def __repr__(self) -> str:
        return "<Housekeeping>"


def _is_recent(ledger: Ledger, now: float) -> bool:
    try:
        made = copy_of(ledger.store.database.path).stat().st_mtime
    except FileNotFoundError:
        return False
    return abs(now - made) < COPY_SECONDS
