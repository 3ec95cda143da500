"""Is what is said to be here still here? What is not is MISSING, as soon as somebody looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..disk.disk import Disk
from ..domain.resource import ResourceSnapshot
from ..domain.states import State
from ..errors import DriveStuck
from ..store.change import Change
from .context import Context
from .drives import SOON_SECONDS
from .fleet import Fleet
from .here import folder_of, is_recorded, target_of
from .telling import Telling
from .turns import Turns

_Rows = Mapping[str, ResourceSnapshot]


class Presence:
    """Belongs to the commands of one engine."""

    def __init__(self, context: Context, fleet: Fleet, turns: Turns, telling: Telling) -> None:
        self._context = context
        self._fleet = fleet
        self._turns = turns
        self._telling = telling

    @property
    def _disk(self) -> Disk:
        return self._context.services.disk

    async def look(self, rows: Sequence[ResourceSnapshot]) -> list[DriveStuck]:
        """Make MISSING what says DOWNLOADED and is not the file any more, unless its volume was taken away; which
        drives did not say. Raises StoreError."""

        async def look(few: Sequence[ResourceSnapshot]) -> None:
            vanished = {
                each: row
                for each, row in (await self._vanished(few)).items()
                if not await self._context.volumes.is_gone(folder_of(row))
            }
            # Only now: a drive that does not answer holds up no command.
            async with self._turns.take(vanished):
                await self._settle(vanished)

        return await self._context.drives.apart(self._claimed(rows), folder_of, look)

    async def look_in_turn(self, rows: Sequence[ResourceSnapshot]) -> None:
        """The same in the turn of ``rows``, and also for what is on a volume that was taken away: what is asked for
        again has to wait for the volume. What a drive does not say stays as it is. Raises StoreError."""

        async def look(few: Sequence[ResourceSnapshot]) -> None:
            await self._settle(await self._vanished(few))

        await self._context.drives.apart(self._claimed(rows), folder_of, look)

    def _claimed(self, rows: Sequence[ResourceSnapshot]) -> list[ResourceSnapshot]:
        return [row for row in rows if row.state is State.DOWNLOADED and row.id not in self._fleet]

    async def _vanished(self, rows: Sequence[ResourceSnapshot]) -> _Rows:
        """Those of ``rows``, all on one drive, whose files are not the recorded ones. Raises DriveStuck."""
        statuses = await self._context.drives.ask(
            folder_of(rows[0]), lambda: self._disk.stats(map(target_of, rows)), SOON_SECONDS
        )
        return {row.id: row for row, status in zip(rows, statuses, strict=True) if not is_recorded(row, status)}

    async def _settle(self, vanished: _Rows) -> None:
        if not vanished:
            return

        def decide(row: ResourceSnapshot) -> Change | None:
            seen = vanished[row.id]
            same = (row.state, row.file_size, row.file_mtime) == (seen.state, seen.file_size, seen.file_mtime)
            return Change(row.id, State.MISSING, received=0) if same else None

        applied = await self._context.recorder.commit(lambda ledger: ledger.settle(list(vanished), decide))
        self._telling.moved(applied)
        self._telling.unlisted(applied.after)

    def __repr__(self) -> str:
        return "<Presence>"
