"""The syncer of a volume: makes what was written durable and says so in the journal, off the network path.

Syncs are grouped: while one is under way further wishes gather and are served together by the next. One that takes long
holds back who writes: see `exposure`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass

from ..clock import Clock
from ..errors import StabilityError
from ..lane import Lane
from . import patience
from .exposure import Exposure
from .partfile import PartFile
from .place import MIB
from .system import map_error, system

_SLOWEST = MIB
"""Bytes per second below which a drive that holds everybody back counts as one that does not answer."""


@dataclass
class _Wish:
    file: PartFile
    finalize: bool
    future: asyncio.Future[os.stat_result | None]


class Syncer:
    """One thread that syncs for all parts of a volume."""

    def __init__(self, name: str, clock: Clock) -> None:
        self._lane = Lane(f"sync {name}")
        self._clock = clock
        self._wishes: list[_Wish] = []
        self._busy = False
        self._due = False
        self._exposure = Exposure(clock.monotonic())
        self._ended = asyncio.Event()

    def note(self, file: PartFile, count: int) -> None:
        """``count`` more bytes of ``file`` were written; start a sync when enough bytes and time have gathered."""
        if file.journal is None or not count:
            return
        self._exposure.add(file, count)
        if not self._busy and self._exposure.is_due(self._clock.monotonic()):
            self._start()

    @property
    def holds_back(self) -> bool:
        """May nothing more be written to parts with a journal until the sync that is under way has ended?"""
        return self._busy and self._exposure.is_full(self._clock.monotonic())

    async def wait(self) -> None:
        """Return when the sync that is under way has ended."""
        await self._ended.wait()

    @property
    def is_stuck(self) -> bool:
        """Does a sync hold everybody back for longer than the slowest drive would take for what is at risk?"""
        held = self._exposure.held_for(self._clock.monotonic())
        return held >= patience.STUCK_SECONDS + self._exposure.at_risk / _SLOWEST

    async def sync(self, file: PartFile) -> None:
        """Return when everything written to ``file`` so far is durable and in its journal. Raises DiskError."""
        await self._wish(file, finalize=False)

    async def finalize(self, file: PartFile) -> os.stat_result:
        """Sync ``file``, give it its final name, durably, and close it; its status. Raises DiskError."""
        found = await self._wish(file, finalize=True)
        assert found is not None
        return found

    def forget(self, file: PartFile) -> None:
        """``file`` is about to be closed: no sync of it starts any more."""
        self._exposure.drop(file)

    async def call(self, function: Callable[[], object]) -> None:
        """Run ``function`` after the syncs that are under way."""
        await self._lane.run(function)

    def close(self, timeout: float) -> bool:
        """Stop the thread; False when it is stuck."""
        return self._lane.close(timeout)

    async def _wish(self, file: PartFile, *, finalize: bool) -> os.stat_result | None:
        future: asyncio.Future[os.stat_result | None] = asyncio.get_running_loop().create_future()
        self._wishes.append(_Wish(file, finalize, future))
        if not self._due:
            # What others wish in this turn of the loop is served together with it.
            self._due = True
            asyncio.get_running_loop().call_soon(self._start)
        return await future

    def _start(self) -> None:
        self._due = False
        if self._busy:
            return
        wishes, self._wishes = [wish for wish in self._wishes if not wish.future.cancelled()], []
        now = self._clock.monotonic()
        if self._exposure.is_due(now):
            wishes += self._of_others(wishes)
        if not wishes:
            return
        self._busy = True
        self._exposure.begin([wish.file for wish in wishes], now)
        self._lane.start(_serve, wishes).add_done_callback(lambda done: self._settle(wishes, done))

    def _of_others(self, wishes: list[_Wish]) -> list[_Wish]:
        """Wishes, for which nobody waits, for all the other files of which something is to be made durable."""
        asked, loop = {wish.file for wish in wishes}, asyncio.get_running_loop()
        unawaited = [_Wish(file, False, loop.create_future()) for file in self._exposure.files if file not in asked]
        for wish in unawaited:
            wish.future.add_done_callback(_forget_failure)
        return unawaited

    def _settle(self, wishes: list[_Wish], done: asyncio.Future[list[os.stat_result | StabilityError | None]]) -> None:
        self._busy = False
        self._exposure.end(self._clock.monotonic())
        self._ended.set()
        self._ended = asyncio.Event()
        failure = done.exception()
        # One that nobody foresaw leaves open how far all of them have come.
        results = done.result() if failure is None else [failure] * len(wishes)
        for wish, result in zip(wishes, results, strict=True):
            if wish.future.done():
                continue
            if isinstance(result, BaseException):
                wish.future.set_exception(result)
            else:
                wish.future.set_result(result)
        self._start()

    def __repr__(self) -> str:
        return f"<Syncer {self._lane.name} unsynced={self._exposure.fresh} busy={self._busy}>"


def _forget_failure(future: asyncio.Future[os.stat_result | None]) -> None:
    if not future.cancelled():
        future.exception()


def _serve(wishes: list[_Wish]) -> list[os.stat_result | StabilityError | None]:
    """Sync every file, rename those that are complete, sync each folder once, then remove their journals and close."""
    results: list[os.stat_result | StabilityError | None] = []
    folders: dict[str, StabilityError | None] = {}
    for wish in wishes:
        try:
            wish.file.sync()
            results.append(wish.file.finalize() if wish.finalize else None)
            if wish.finalize:
                folders[os.fspath(wish.file.target.parent)] = None
        except StabilityError as error:
            if not wish.finalize and wish.file.error is None:
                wish.file.error = error
            results.append(error)
        except OSError as error:
            results.append(map_error(error, wish.file.target))
    for folder in folders:
        try:
            system.sync_folder(folder)
        except OSError as error:
            folders[folder] = map_error(error, folder)
    for index, wish in enumerate(wishes):
        if wish.finalize and isinstance(results[index], os.stat_result):
            results[index] = _end(wish.file, results[index], folders)
    return results


def _end(
    file: PartFile, found: os.stat_result | StabilityError | None, folders: dict[str, StabilityError | None]
) -> os.stat_result | StabilityError | None:
    failure = folders[os.fspath(file.target.parent)]
    if failure is not None:
        return failure
    try:
        file.drop_journal()
    except StabilityError as error:
        return error
    file.close()
    return found
