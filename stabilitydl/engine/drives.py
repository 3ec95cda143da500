"""Drives that do not answer: nobody who asks about another one is held up, and no errand waits behind a lost one.

A question that is not answered in time stays open. As long as it is, nothing else is asked of its drive, and whoever
wants to waits no longer than the first one did. `wait_heard` returns when the answer comes after all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import anyio

from ..clock import Clock
from ..disk import patience
from ..disk.disk import Disk
from ..errors import DriveStuck, EngineStopped
from .volumes import Volumes

T = TypeVar("T")
Item = TypeVar("Item")

Later = Callable[[Callable[[], Coroutine[Any, Any, None]]], object]
"""Starts a task that outlives whoever wants it."""

SOON_SECONDS = 2.0
"""How long a question may take that is put again when its drive answers after all. A disk that has to wake up takes
longer: it is heard then."""

_WATCH_SECONDS = 1.0


class Drives:
    """Belongs to the engine's loop. Folders need not exist; on which drive they lie is told by the list of mounts."""

    def __init__(self, disk: Disk, volumes: Volumes, clock: Clock, later: Later) -> None:
        self._disk = disk
        self._volumes = volumes
        self._clock = clock
        self._later = later
        self.heard = 0
        """How many answers came that had been given up."""
        self._open: dict[str, _Question[Any]] = {}
        self._came = anyio.Event()

    async def ask(self, folder: Path, question: Callable[[], Awaitable[T]], seconds: float | None = None) -> T:
        """The answer to a short ``question`` to the drive of ``folder``.

        Raises DriveStuck when that takes more than ``seconds``, `patience.STUCK_SECONDS` unless told otherwise. They
        count from the first question that is still open. Else raises what ``question`` raises. What it does is done to
        its end in any case.
        """
        place, now = self._volumes.place_of(folder), self._clock.monotonic()
        waiting = self._open.get(place)
        seconds = patience.STUCK_SECONDS if seconds is None else seconds
        left = seconds - (now - waiting.since if waiting is not None else 0.0)
        if left <= 0:
            raise DriveStuck(path=str(folder))
        try:
            with self._clock.fail_after(left):
                while (before := self._open.get(place)) is not None:
                    await before.ended.wait()
                return await self._put(place, question)
        except TimeoutError:
            raise DriveStuck(path=str(folder)) from None

    async def apart(
        self, items: Sequence[Item], folder_of: Callable[[Item], Path], work: Callable[[list[Item]], Awaitable[object]]
    ) -> list[DriveStuck]:
        """Run ``work`` with the ``items`` of each drive, for all drives at once; which of them did not answer.

        Raises the first of all other errors when everything has ended.
        """
        places: dict[Path, str] = {}
        groups: dict[str, list[Item]] = {}
        for item in items:
            folder = folder_of(item)
            place = places.get(folder)
            if place is None:
                place = places[folder] = self._volumes.place_of(folder)
            groups.setdefault(place, []).append(item)
        failures: list[Exception] = []

        async def attempt(few: list[Item]) -> None:
            try:
                await work(few)
            except Exception as error:  # noqa: BLE001 - raised below, when the others have ended
                failures.append(error)

        if len(groups) == 1:
            await attempt(list(items))
        else:
            async with anyio.create_task_group() as tasks:
                for few in groups.values():
                    tasks.start_soon(attempt, few)
        for error in failures:
            if not isinstance(error, DriveStuck):
                raise error
        return [error for error in failures if isinstance(error, DriveStuck)]

    async def read(self, path: Path, work: Callable[[], Awaitable[T]]) -> T:
        """The result of ``work``, which reads the file at ``path`` and may take as long as its drive goes on to answer.

        Raises DriveStuck, else what ``work`` raises.
        """
        if self._disk.is_stuck(path):
            raise DriveStuck(path=str(path.parent))
        outcome: list[T | Exception] = []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._watch, path, tasks.cancel_scope)
            try:
                outcome.append(await work())
            except Exception as error:  # noqa: BLE001 - raised below, as it is
                outcome.append(error)
            tasks.cancel_scope.cancel()
        if not outcome:
            raise DriveStuck(path=str(path.parent))
        result = outcome[0]
        if isinstance(result, Exception):
            raise result
        return result

    async def wait_heard(self, before: int) -> None:
        """Return when there are more late answers than the ``before`` that `heard` said."""
        while self.heard <= before:
            await self._came.wait()

    async def _watch(self, path: Path, scope: anyio.CancelScope) -> None:
        while not self._disk.is_stuck(path):
            await self._clock.sleep(_WATCH_SECONDS)
        scope.cancel()

    async def _put(self, place: str, question: Callable[[], Awaitable[T]]) -> T:
        put = _Question(question, self._clock.monotonic())
        self._later(partial(self._carry_out, place, put))
        try:
            await put.ended.wait()
        finally:
            if not put.ended.is_set():
                self._open.setdefault(place, put)
        return put.answer()

    async def _carry_out(self, place: str, put: _Question[Any]) -> None:
        try:
            await put.run()
        finally:
            if self._open.get(place) is put:
                del self._open[place]
                self.heard += 1
                came, self._came = self._came, anyio.Event()
                came.set()

    def __repr__(self) -> str:
        return f"<Drives, silent: {', '.join(self._open) or 'none'}>"


class _Question(Generic[T]):
    """One that was put. ``since`` is monotonic seconds."""

    def __init__(self, question: Callable[[], Awaitable[T]], since: float) -> None:
        self.since = since
        self.ended = anyio.Event()
        self._question = question
        self._outcome: T | Exception = EngineStopped()

    async def run(self) -> None:
        """Put it. Raises nothing."""
        try:
            self._outcome = await self._question()
        except Exception as error:  # noqa: BLE001 - raised where the answer is wanted
            self._outcome = error
        finally:
            self.ended.set()

    def answer(self) -> T:
        """What came, or raise what went wrong; EngineStopped where nothing came."""
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome
