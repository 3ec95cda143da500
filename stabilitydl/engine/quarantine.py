"""The quarantine: files whose bytes are wrong are kept aside until the user says what becomes of them.

Each lies in a folder ``.stabilitydl-quarantine`` on the volume of its target, under a name that no program takes for a
model, and takes space there. So does a finished file that rotted, once it is to be repaired. The choices: try again
(`Commands.retry`), try the next address first (`Commands.retry_elsewhere`), keep it all the same (`accept`), or throw
it away (`empty`). Nothing is thrown away by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

import msgspec

from ..disk.aside import QUARANTINE
from ..disk.disk import Disk
from ..domain.checksum import Verification
from ..domain.kept import Kept, is_as_judged, judged, kept_at, place_in, place_of, size_when_judged
from ..domain.resource import ResourceSnapshot
from ..domain.states import State
from ..errors import DiskError, DriveStuck, Problem, StabilityError, TargetTaken
from ..store.change import Change
from .context import Context
from .doubles import Doubles
from .drives import SOON_SECONDS, Drives, Later
from .here import find_damage, folder_of, is_mostly_right, is_recorded, read_and_compare, target_of
from .ledger import Applied, Ledger
from .turns import Turns

_log = logging.getLogger("stabilitydl.engine")


class Quarantine:
    """Belongs to the commands of one engine."""

    def __init__(self, context: Context, turns: Turns, tell: Callable[[Applied], None], later: Later) -> None:
        self._doubles = Doubles(context, later)
        self._context = context
        self._turns = turns
        self._tell = tell

    @property
    def _disk(self) -> Disk:
        return self._context.services.disk

    @property
    def _drives(self) -> Drives:
        return self._context.drives

    async def kept(self) -> list[Kept]:
        """Everything that lies in quarantine, as far as the list knows where to look; looked at again before.

        Of a drive that does not answer: what was there the last time, and that it does not answer. Raises StoreError.
        """
        await self.look()
        rows = {Path(place): row for row in await self._rows() if (place := place_of(row)) is not None}
        roots = await self._context.recorder.ask(lambda ledger: ledger.store.roots())
        folders = sorted({Path(root) / QUARANTINE for root in roots} | {place.parent for place in rows})
        found: dict[Path, list[Kept]] = {}

        async def list_of(few: Sequence[Path]) -> None:
            try:
                there = await self._drives.ask(few[0], lambda: self._disk.quarantined(few), SOON_SECONDS)
            except DriveStuck as error:
                files = [(place, _unseen(row, error)) for place, row in rows.items() if place.parent in few]
            else:
                files = [(path, _kept(path, size, rows.get(path))) for path, size in there]
            for path, file in files:
                found.setdefault(path.parent, []).append(file)

        await self._drives.apart(folders, lambda folder: folder, list_of)
        kept = [one for folder in folders for one in found.get(folder, ())]
        self._doubles.compare([(Path(each.path), each.size) for each in kept if not _is_unseen(each)], rows)
        return kept

    async def look(self, collection: str | None = None) -> list[DriveStuck]:
        """Follow what was done by hand: a resource whose kept file is gone is MISSING again, a file that is another one
        now is judged again, and becomes the model file where it is right, also where it lies at the target already.
        One that lies there and is neither right nor the one that was kept is somebody else's.
        What is on a volume that was taken away stays as it is. Which drives did not say. Raises StoreError.
        """
        kept = [(row, Path(where)) for row in await self._rows(collection) if (where := place_of(row)) is not None]
        return await self._drives.apart(kept, lambda one: one[1].parent, self._look_at_all)

    async def _look_at_all(self, kept: Sequence[tuple[ResourceSnapshot, Path]]) -> None:
        """All of them are on one drive. Raises DriveStuck."""
        places = [place for _, place in kept]
        statuses = await self._drives.ask(places[0].parent, lambda: self._disk.stats(places), SOON_SECONDS)
        for (row, place), status in zip(kept, statuses, strict=True):
            if status is None and await self._context.volumes.is_gone(folder_of(row)):
                continue
            if status is None or not is_as_judged(row, *status):
                async with self._turns.take([row.id]):
                    try:
                        await self._drives.read(place, partial(self._look_at, row, place))
                    except DriveStuck:
                        raise
                    except DiskError as error:
                        _log.warning("%s in quarantine cannot be judged again: %s", place, error)

    async def _look_at(self, row: ResourceSnapshot, place: Path) -> None:
        """Raises DiskError."""
        problem, target = row.problem, target_of(row)
        assert problem is not None, "it says where the file lies"

        def unless_moved(change: Change, now: ResourceSnapshot) -> Change | None:
            return change if place_of(now) == str(place) else None

        there = await self._disk.matches(place, None, ())
        if there is None:
            # One that lies at the target was brought there by a process that died then, or by hand.
            status = await self._disk.stat(target)
            if status is not None and is_as_judged(row, *status):
                return
        found = await read_and_compare(self._disk, row, target if there is None else place)
        change = Change(row.id, State.MISSING, received=0)
        if there is not None:
            seen = judged(problem, str(place), there.size, there.mtime_ns, there.sha256)
            change = Change(row.id, State.QUARANTINED, problem=seen)
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
        chosen = [each for each in await self.kept() if paths is None or each.path in paths]
        # What a drive did not answer for comes last.
        for each in sorted(chosen, key=_is_unseen):
            path = Path(each.path)
            async with self._turns.take([each.resource] if each.resource else []):
                try:
                    await self._drives.ask(path.parent, partial(self._disk.remove_kept, path))
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

        Raises TargetTaken where something else lies at the target, VolumeMissing, DriveStuck, DiskError.
        """
        accepted: list[str] = []
        await self.look()
        async with self._turns.take(ids):
            rows = {row.id: row for row in await self._rows() if row.id in ids}
            for row in rows.values():
                place = place_of(row)
                if place is None or row.target is None:
                    continue
                await self._context.volumes.require(folder_of(row))
                bring = partial(self._disk.bring_back, Path(place), Path(row.target))
                size, mtime = await self._drives.ask(folder_of(row), bring)
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
        found = await self._drives.read(target_of(row), lambda: self._disk.matches(target_of(row), size, ()))
        return found.sha256 if found is not None else ""

    async def take_in(self, ids: Sequence[str], known: Mapping[str, Problem] | None = None) -> list[str]:
        """Move the files of DOWNLOADED resources that are not what arrived any more into quarantine; the ids of them,
        and of what is not there at all.

        Reads them, but for those that are the recorded ones by size and mtime and whose damage is ``known``. A damaged
        file that neither is the recorded one nor has most of its blocks was put there by somebody and stays where it
        is; its id counts as well: what is tried then says that the target is taken.
        Raises DriveStuck, DiskError.
        """
        damaged: list[str] = []
        for each in ids:
            async with self._turns.take([each]):
                rows = await self._context.recorder.ask(lambda ledger, each=each: ledger.store.snapshots([each]))  # type: ignore[misc]
                row = next((row for row in rows if row.state is State.DOWNLOADED), None)
                if row is not None and await self._take_in(row, (known or {}).get(each)):
                    damaged.append(each)
        return damaged

    async def _take_in(self, row: ResourceSnapshot, damage: Problem | None) -> bool:
        """Take one in, unless it is another file by now; False when nothing is wrong with it."""
        target = target_of(row)
        if damage is None or not is_recorded(row, await self._disk.stat(target)):
            blocks = await self._context.recorder.ask(lambda ledger: ledger.store.blocks(row.id))
            damage = await self._drives.read(target, lambda: find_damage(self._disk, row, blocks))
        if damage is None:
            return False
        if not is_recorded(row, await self._disk.stat(target)) and not is_mostly_right(row, damage):
            return True
        digest = damage.arguments.get("sha256", "")
        parent = await self._context.recorder.ask(lambda ledger: ledger.store.parent(row.resource.collection))
        root = Path(parent.target) if parent is not None and parent.target else None
        if root not in target.parents:
            root = None
        aside = partial(self._disk.put_aside, target, root, row.resource.tag, str(digest))
        place = await self._drives.ask(target.parent, aside)
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


def _is_unseen(kept: Kept) -> bool:
    return kept.problem is not None and kept.problem.code == DriveStuck.code


def _unseen(row: ResourceSnapshot, error: DriveStuck) -> Kept:
    """What was kept of ``row`` the last time that its drive answered."""
    return msgspec.structs.replace(_kept(Path(place_of(row) or ""), size_when_judged(row), row), problem=error.problem)


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
