"""What a job does while it cannot go on: it gives up its slot, holds back what would fare no better, and looks now
and then whether it is worth another try."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import anyio

from ..disk.partfile import SMALL
from ..domain.states import State, WaitReason
from ..errors import StabilityError
from .context import Context
from .life import Life
from .portals import is_sign
from .remedies import is_too_large_for_now, pause_before_retry, wait_of
from .scheduler import Entry
from .slots import Closure
from .source import warm_up

QUIET = (WaitReason.PROCESS, WaitReason.VOLUME)
"""While these last, a try shows only when it got somewhere."""


class Waiting:
    """The waiting of one job. ``has_let_go`` tells whether another process, looked at for the n-th time, has ended.

    ``is_alone`` says that twins are not waited for any more: the user said so.
    """

    def __init__(
        self, entry: Entry, life: Life, context: Context, has_let_go: Callable[[int], Awaitable[bool]]
    ) -> None:
        self.is_alone = False
        self._entry = entry
        self._life = life
        self._context = context
        self._has_let_go = has_let_go
        self._nap: anyio.CancelScope | None = None

    @property
    def reason(self) -> WaitReason | None:
        """What the job waits for without a slot."""
        return self._life.reason if self._nap is not None else None

    @property
    def hub(self) -> str:
        """The hub that the job waits to be logged in to, empty where it waits for something else."""
        wait = self._life.row.wait
        return wait.detail if wait is not None and self.reason is WaitReason.LOGIN else ""

    def skip(self) -> None:
        """Stop waiting and try again now; nothing happens when the job does not wait."""
        if self._nap is None:
            return
        wait = self._life.row.wait
        if wait is not None and wait.reason is WaitReason.HOST:
            warm_up(self._context.services.client.governor, wait.detail)
        self.is_alone = self.is_alone or self.reason is WaitReason.TWIN
        self._nap.cancel()

    async def for_another_try(self, reason: WaitReason, error: StabilityError, tries: int) -> None:
        """Let others run until it is worth another try after ``tries`` of them; then wait for a slot again."""
        context, job = self._context, self._entry.id
        seconds = pause_before_retry(reason, error, tries)
        until = None if seconds is None else context.clock.wall() + seconds
        self._life.move(State.WAITING, wait=wait_of(reason, error, until))
        closure = self._closure(reason, error)
        if closure is not None:
            context.slots.close(job, closure)
        context.slots.leave(job)
        try:
            with anyio.CancelScope() as self._nap:
                await self._sleep(reason, seconds)
        finally:
            self._nap = None
            context.slots.reopen(job)
        granted = anyio.Event()
        context.slots.ask([(self._entry_now(), granted.set)])
        if not granted.is_set() and reason not in QUIET:
            self._life.move(State.QUEUED)
        await granted.wait()

    def _entry_now(self) -> Entry:
        """What the scheduler is to know after what came, and what the user has said since."""
        row, live = self._life.row, self._life.live
        size = live.size if live.size is not None else self._entry.size
        return replace(self._entry, priority=row.priority, size=size, received=live.received)

    def _closure(self, reason: WaitReason, error: StabilityError) -> Closure | None:
        """What would fare no better. Where a large file does not fit, others may; where a small one does not, none."""
        match reason:
            case WaitReason.SPACE if is_too_large_for_now(error) and not _is_small(error):
                return None
            case WaitReason.HOST:
                return Closure(host=self._entry.host)
            case WaitReason.NETWORK if is_sign(error):
                # A host that was not asked yet tells whether it is a portal: by a page of its own, or by a file.
                return Closure(host=self._entry.host)
            case WaitReason.NETWORK:
                return Closure(network=True)
            case WaitReason.SPACE | WaitReason.VOLUME | WaitReason.DRIVE:
                return Closure(volume=self._entry.volume)
            case _:
                return None

    async def _sleep(self, reason: WaitReason, seconds: float | None) -> None:
        if seconds is None:
            await anyio.sleep_forever()
            return
        looks = 0
        while True:
            await self._context.clock.sleep(seconds)
            looks += 1
            if await self._is_over(reason, looks):
                return

    async def _is_over(self, reason: WaitReason, looks: int) -> bool:
        match reason:
            case WaitReason.SPACE:
                return await self._context.space.has_room(self._entry, self._life.row, self._life.live)
            case WaitReason.DRIVE:
                return not self._context.services.disk.is_stuck(Path(self._life.row.target or ""))
            case WaitReason.PROCESS:
                return await self._has_let_go(looks)
            case WaitReason.TWIN:
                return self._context.twins.is_free(self._life.row)
            case _:
                return True


def _is_small(error: StabilityError) -> bool:
    needed = error.arguments.get("needed_bytes")
    return isinstance(needed, int) and needed <= SMALL
