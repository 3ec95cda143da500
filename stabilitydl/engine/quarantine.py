"""The quarantine: files whose bytes are wrong are kept aside until the user says what becomes of them.

Each lies in a folder ``.stabilitydl-quarantine`` on the volume of its target, under a name that no program takes for a
model, and takes space there. So does a finished file that rotted, once it is to be repaired. The choices: try again
(`Commands.retry`), try the next address first (`Commands.retry_elsewhere`), keep it all the same (`accept`), or throw
it away (`empty`). Nothing is thrown away by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from ..disk.aside import QUARANTINE
from ..disk.disk import Disk
from ..domain.checksum import Verification
from ..domain.kept import Kept, is_as_judged, judged, kept_at, place_in, place_of
from ..domain.resource import ResourceSnapshot
from ..domain.states import State
from ..errors import DiskError, Problem, StabilityError, TargetTaken
from ..store.change import Change
from .context import Context
from .here import find_damage, is_recorded, read_and_compare
from .ledger import Applied, Ledger
from .turns import Turns

_log = logging.getLogger("stabilitydl.engine")


class Quarantine:
    """Belongs to the commands of one engine."""

    def __init__(self, context: Context, turns: Turns, tell: Callable[[Applied], None]) -> None:
        self._context = context
        self._turns = turns
        self._tell = tell

    @property
    def _disk(self) -> Disk:
        return self._context.services.disk

    async def kept(self) -> list[Kept]:
        """Everything that lies in quarantine, as far as the list knows where to look; looked at again before.

        Raises StoreError.
        """
        await self.look()
        rows = await self._rows()
        roots = await self._context.recorder.ask(lambda ledger: ledger.store.roots())
        folders = {Path(root) / QUARANTINE for root in roots} | {
            Path(place).parent for place in map(place_of, rows) if place
        }
        found = await self._disk.quarantined(sorted(folders))
        by_place = {place_of(row): row for row in rows}
        return [_kept(path, size, by_place.get(str(path))) for path, size in found]

    async def look(self, collection: str | None = None) -> None:
        """Follow what was done by hand: a resource whose kept file is gone is MISSING again, a file that is another one
        now is judged again, and becomes the model file where it is right, also where it lies at the target already.
        What is on a volume that was taken away stays as it is. Raises StoreError.
        """
        kept = [(row, Path(where)) for row in await self._rows(collection) if (where := place_of(row)) is not None]
        statuses = await self._disk.stats(place for _, place in kept)
        for (row, place), status in zip(kept, statuses, strict=True):
            if status is None and await self._context.volumes.is_gone(Path(row.target or "").parent):
                continue
            if status is None or not is_as_judged(row, *status):
                async with self._turns.take([row.id]):
                    try:
                        await self._look_at(row, place)
                    except DiskError as error:
                        _log.warning("%s in quarantine cannot be judged again: %s", place, error)

    async def _look_at(self, row: ResourceSnapshot, place: Path) -> None:
        """Raises DiskError."""
        problem, target = row.problem, Path(row.target or "")
        assert problem is not None, "it says where the file lies"

        def unless_moved(change: Change, now: ResourceSnapshot) -> Change | None:
            return change if place_of(now) == str(place) else None

        where, there = place, await self._disk.matches(place, None, ())
        if there is None:
            # One that lies at the target was brought there by a process that died then, or by hand.
            status = await self._disk.stat(target)
            if status is None:
                await self._settle([row.id], partial(unless_moved, Change(row.id, State.MISSING, received=0)))
                return
            if is_as_judged(row, *status):
                return
            where, there = target, await self._disk.matches(target, None, ())
            if there is None:
                return
        found = await read_and_compare(self._disk, row, where)
        change = Change(
            row.id,
            State.QUARANTINED,
            problem=judged(problem, str(place), there.size, there.mtime_ns, there.sha256),
        )
        if found is not None:
            try:
                size, mtime = await self._disk.bring_back(place, target)
            except TargetTaken:
                pass
            else:
                change = Change(
                    row.id,
                    State.DOWNLOADED,
                    received=size,
                    verification=found.verification,
                    sha256=found.sha256,
                    file_size=size,
                    file_mtime=mtime,
                )
        await self._settle([row.id], partial(unless_moved, change))

    async def empty(self, paths: Sequence[str] | None = None) -> int:
        """Throw away what lies there, or only ``paths``; how many bytes that freed.

        A resource whose file goes is MISSING again. Raises DiskError for the first file that cannot be removed; the
        others are gone then.
        """
        freed, failure = 0, None
        for each in await self.kept():
            if paths is not None and each.path not in paths:
                continue
            async with self._turns.take([each.resource] if each.resource else []):
                try:
                    await self._disk.remove_kept(Path(each.path))
                    freed += each.size
                except StabilityError as error:
                    failure = failure or error
                    continue
                if each.resource:
                    await self._settle([each.resource], _emptied)
        if failure is not None:
            raise failure
        return freed

    async def accept(self, ids: Sequence[str]) -> list[str]:
        """Make the kept files of ``ids`` the model files, as unverifiable: the user has said so. The ids of them.

        Raises TargetTaken where something else lies at the target, VolumeMissing, DiskError.
        """
        accepted: list[str] = []
        await self.look()
        async with self._turns.take(ids):
            rows = {row.id: row for row in await self._rows() if row.id in ids}
            for row in rows.values():
                place = place_of(row)
                if place is None or row.target is None:
                    continue
                await self._context.volumes.require(Path(row.target).parent)
                size, mtime = await self._disk.bring_back(Path(place), Path(row.target))
                change = Change(
                    row.id,
                    State.DOWNLOADED,
                    received=size,
                    verification=Verification.UNVERIFIABLE,
                    sha256=await self._digest_of(row, size, mtime),
                    file_size=size,
                    file_mtime=mtime,
                )
                await self._settle([row.id], partial(_unless_moved, change))
                accepted.append(row.id)
        return accepted

    async def _digest_of(self, row: ResourceSnapshot, size: int, mtime: int) -> str:
        """The SHA-256 of what was brought to the target and looks like this; read unless it is what was judged.

        Raises DiskError.
        """
        problem = row.problem
        assert problem is not None, "it says where the file lay"
        known = str(problem.arguments.get("sha256") or "")
        if known and judged(problem, place_of(row) or "", size, mtime, known) == problem:
            return known
        found = await self._disk.matches(Path(row.target or ""), size, ())
        return found.sha256 if found is not None else ""

    async def take_in(self, ids: Sequence[str]) -> list[str]:
        """Move the files of DOWNLOADED resources that are not what arrived any more into quarantine; the ids of them,
        and of what is not there at all.

        Reads them. A damaged file that is not the one that was recorded, by its size or mtime, was put there by
        somebody and stays where it is; its id counts as well: what is tried then says that the target is taken.
        Raises DiskError.
        """
        damaged: list[str] = []
        for each in ids:
            async with self._turns.take([each]):
                rows = await self._context.recorder.ask(lambda ledger, each=each: ledger.store.snapshots([each]))  # type: ignore[misc]
                if rows and rows[0].state is State.DOWNLOADED and await self._take_in(rows[0]):
                    damaged.append(each)
        return damaged

    async def _take_in(self, row: ResourceSnapshot) -> bool:
        """Take one in, unless it is another file by now; False when nothing is wrong with it."""
        blocks = await self._context.recorder.ask(lambda ledger: ledger.store.blocks(row.id))
        damage = await find_damage(self._disk, row, blocks)
        if damage is None:
            return False
        target = Path(row.target or "")
        if not is_recorded(row, await self._disk.stat(target)):
            return True
        digest = damage.arguments.get("sha256", "")
        parent = await self._context.recorder.ask(lambda ledger: ledger.store.parent(row.resource.collection))
        root = Path(parent.target) if parent is not None and parent.target else None
        if root not in target.parents:
            root = None
        place = await self._disk.put_aside(target, root, row.resource.tag, str(digest))
        problem = await as_judged(kept_at(damage, str(place)), self._disk)
        change = Change(row.id, State.QUARANTINED, received=0, problem=problem)

        def keep(ledger: Ledger) -> Applied:
            with ledger.store.together():
                ledger.store.keep_damaged(row.id, str(place))
                return ledger.settle([row.id], lambda now: change if now.state is State.DOWNLOADED else None)

        self._tell(await self._context.recorder.commit(keep))
        return True

    async def _rows(self, collection: str | None = None) -> list[ResourceSnapshot]:
        return await self._context.recorder.ask(lambda ledger: ledger.store.resources(collection, {State.QUARANTINED}))

    async def _settle(self, ids: Iterable[str], decide: Callable[[ResourceSnapshot], Change | None]) -> None:
        self._tell(await self._context.recorder.commit(lambda ledger: ledger.settle(list(ids), decide)))

    def __repr__(self) -> str:
        return "<Quarantine>"


async def as_judged(problem: Problem, disk: Disk) -> Problem:
    """``problem`` of a file that was put into quarantine just now, with what that looks like."""
    place, digest = place_in(problem), problem.arguments.get("sha256")
    status = await disk.stat(Path(place)) if place else None
    return problem if place is None or status is None else judged(problem, place, *status, str(digest or ""))


def _unless_moved(change: Change, row: ResourceSnapshot) -> Change | None:
    return change if row.state is State.QUARANTINED else None


def _emptied(row: ResourceSnapshot) -> Change | None:
    return Change(row.id, State.MISSING, received=0) if row.state is State.QUARANTINED else None


def _kept(path: Path, size: int, row: ResourceSnapshot | None) -> Kept:
    if row is None:
        return Kept(path=str(path), size=size, name=path.name)
    return Kept(
        path=str(path),
        size=size,
        name=row.resource.name,
        resource=row.id,
        collection=row.resource.collection,
        problem=row.problem,
    )
