"""What is left of resources that were given up: their parts go, and finished files where the user says so."""

from __future__ import annotations

import logging
from collections.abc import Container, Iterable, Sequence
from pathlib import Path

from ..disk.disk import Disk
from ..domain.resource import ResourceSnapshot, resource_tag
from ..domain.states import State
from ..errors import StabilityError
from ..store.change import Change
from ..store.queue import Idle
from .context import Context
from .fleet import SLICE, Fleet
from .here import folder_of, is_recorded, target_of
from .telling import Telling
from .turns import Turns
from .undo import Undo

_log = logging.getLogger("stabilitydl.engine")


class Leavings:
    """Belongs to the commands of one engine. ``undo`` holds what was cancelled and may come back."""

    def __init__(self, context: Context, fleet: Fleet, turns: Turns, telling: Telling) -> None:
        self.undo = Undo(context.clock, self._expire)
        self._context = context
        self._fleet = fleet
        self._turns = turns
        self._telling = telling

    @property
    def _disk(self) -> Disk:
        return self._context.services.disk

    async def trash(self, rows: Sequence[ResourceSnapshot]) -> tuple[list[ResourceSnapshot], StabilityError | None]:
        """Move the files of those that are here to the trash; the rows where that is done or not needed, and what
        went wrong first."""
        gone: list[ResourceSnapshot] = []
        failure: StabilityError | None = None
        for row in rows:
            target = target_of(row)
            try:
                if row.state is State.DOWNLOADED and row.target is not None:
                    await self._context.drives.ask(target.parent, lambda target=target: self._disk.trash(target))  # type: ignore[misc]
                gone.append(row)
            except StabilityError as error:
                failure = failure or error
        return gone, failure

    async def discard(self, rows: Iterable[ResourceSnapshot], states: Container[State]) -> list[ResourceSnapshot]:
        """Remove the parts of those ``rows`` that are in one of ``states``; the rows whose part stays.

        Raises nothing.
        """
        kept: list[ResourceSnapshot] = []
        for row in rows:
            if row.target is None or row.state not in states:
                continue
            target, tag = target_of(row), row.resource.tag
            try:
                await self._context.drives.ask(target.parent, lambda at=target, tag=tag: self._disk.discard(at, tag))  # type: ignore[misc]
            except StabilityError as error:
                _log.warning("the unfinished file of %s stays: %s", row.resource.name, error)
                kept.append(row)
        return kept

    async def tidy(self) -> None:
        """Remove what a crash left of resources that were given up, or are here. Raises StoreError, DiskError."""
        last = 0
        while True:
            few = await self._context.recorder.ask(lambda ledger, last=last: ledger.store.idle_targets(last, SLICE))  # type: ignore[misc]
            if not few:
                return
            last = few[-1].number
            for error in await self._context.drives.apart(few, lambda one: Path(one.target).parent, self._tidy):
                _log.warning("what was given up cannot be removed: %s", error)

    async def _tidy(self, idle: Sequence[Idle]) -> None:
        """All of them are on one drive."""
        parts = [(Path(each.target), resource_tag(each.resource)) for each in idle]
        found = await self._context.drives.ask(parts[0][0].parent, lambda: self._disk.leftovers(parts))
        for each in (one.resource for one, is_left in zip(idle, found, strict=True) if is_left or one.is_given_up):
            async with self._turns.take([each]):
                if each not in self._fleet and each not in self.undo:
                    await self._clear([row for row in await self._rows([each]) if await self._is_over(row)])

    async def _is_over(self, row: ResourceSnapshot) -> bool:
        """Is what lies around of ``row`` left of what this list has, or gave up?

        Else another list may have begun it: that of another data directory, or the newer one in whose place an old one
        was put back. Raises DiskError.
        """
        target, tag = target_of(row), row.resource.tag
        if row.state is State.MISSING and row.received:
            return True

        async def judge() -> bool:
            return is_recorded(row, await self._disk.stat(target)) or not await self._disk.is_begun(target, tag)

        return await self._context.drives.ask(target.parent, judge)

    async def _expire(self, ids: Sequence[str]) -> None:
        """The parts of cancelled resources go, unless something else was commanded since; what cannot be removed now
        goes at a start."""
        async with self._turns.take(ids):
            held = self.undo.take_back(ids)
            await self._clear([row for row in await self._rows([row.id for row in held]) if row.state is State.MISSING])

    async def _clear(self, rows: Sequence[ResourceSnapshot]) -> None:
        """Remove their parts, then say of those that were given up that nothing of them is there. What is on a volume
        that was taken away waits for a start at which it is back."""
        there = [row for row in rows if not await self._context.volumes.is_gone(folder_of(row))]
        kept = {row.id for row in await self.discard(there, (State.MISSING, State.DOWNLOADED))}
        empty = [row.id for row in there if row.id not in kept and row.state is State.MISSING]
        if empty:
            applied = await self._context.recorder.commit(lambda ledger: ledger.settle(empty, _emptied))
            self._telling.unlisted(applied.after)

    async def _rows(self, ids: Sequence[str]) -> list[ResourceSnapshot]:
        return await self._context.recorder.ask(lambda ledger: ledger.store.snapshots(ids))

    def __repr__(self) -> str:
        return f"<Leavings {self.undo!r}>"


def _emptied(row: ResourceSnapshot) -> Change | None:
    return Change(row.id, row.state, received=0) if row.state is State.MISSING else None
