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
from .context import Context
from .fleet import SLICE, Fleet
from .here import target_of
from .telling import Telling
from .turns import Turns
from .undo import Undo

_log = logging.getLogger("stabilitydl.engine")

_Idle = tuple[int, str, str]
"""The number of a row, its resource, and its target."""


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

    async def discard(self, rows: Iterable[ResourceSnapshot], states: Container[State]) -> None:
        """Remove the parts of those ``rows`` that are in one of ``states``. Raises nothing."""
        for row in rows:
            if row.target is None or row.state not in states:
                continue
            target, tag = target_of(row), row.resource.tag
            try:
                await self._context.drives.ask(target.parent, lambda at=target, tag=tag: self._disk.discard(at, tag))  # type: ignore[misc]
            except StabilityError as error:
                _log.warning("the unfinished file of %s stays: %s", row.resource.name, error)

    async def tidy(self) -> None:
        """Remove what a crash left of resources that were given up, or are here. Raises StoreError, DiskError."""
        last = 0
        while True:
            few = await self._context.recorder.ask(lambda ledger, last=last: ledger.store.idle_targets(last, SLICE))  # type: ignore[misc]
            if not few:
                return
            last = few[-1][0]
            for error in await self._context.drives.apart(few, lambda one: Path(one[2]).parent, self._tidy):
                _log.warning("what was given up cannot be removed: %s", error)

    async def _tidy(self, idle: Sequence[_Idle]) -> None:
        """All of them are on one drive."""
        parts = [(Path(target), resource_tag(each)) for _, each, target in idle]
        found = await self._context.drives.ask(parts[0][0].parent, lambda: self._disk.leftovers(parts))
        for each in (each for (_, each, _), is_left in zip(idle, found, strict=True) if is_left):
            async with self._turns.take([each]):
                if each not in self._fleet and each not in self.undo:
                    await self.discard(await self._rows([each]), (State.MISSING, State.DOWNLOADED))

    async def _expire(self, ids: Sequence[str]) -> None:
        """The parts of cancelled resources go, unless something else was commanded since."""
        async with self._turns.take(ids):
            held = self.undo.take_back(ids)
            rows = [row for row in await self._rows([row.id for row in held]) if row.state is State.MISSING]
            await self.discard(rows, (State.MISSING,))
            empty = [row.id for row in rows]
            applied = await self._context.recorder.commit(
                lambda ledger: ledger.settle(
                    empty, lambda row: Change(row.id, row.state, received=0) if row.state is State.MISSING else None
                )
            )
            self._telling.unlisted(applied.after)

    async def _rows(self, ids: Sequence[str]) -> list[ResourceSnapshot]:
        return await self._context.recorder.ask(lambda ledger: ledger.store.snapshots(ids))

    def __repr__(self) -> str:
        return f"<Leavings {self.undo!r}>"
