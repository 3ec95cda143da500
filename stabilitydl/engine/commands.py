"""Commands: what the user may ask for one or many resources. Each is durable when it returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from ..domain.events import LimitChanged
from ..domain.resource import ResourceSnapshot
from ..domain.states import State
from ..errors import CODES, PartInUse, Problem, Remedy, StabilityError, UsageError
from ..hubs.signed import secret_names
from ..store.change import Change
from .context import Context
from .drives import Later
from .fleet import Fleet
from .leavings import Leavings
from .ledger import Applied
from .lookout import Lookout
from .presence import Presence
from .quarantine import Quarantine
from .telling import Telling, by_collection
from .turns import Turns
from .undo import still_there

LARGEST_RATE = 2**63 - 1
"""Bytes per second; more cannot be stored."""

CONTINUED = frozenset(state for state in State if state.is_unfinished or state is State.FAILED)
"""States that may go on without being named one by one; the others need not be looked at."""


class Commands:
    """Runs the commands of one engine. A command on a running job waits until the job has let go."""

    def __init__(self, context: Context, fleet: Fleet, later: Later) -> None:
        self._context = context
        self._fleet = fleet
        self._later = later
        self._turns = Turns()
        self._telling = Telling(context.publisher, context.recorder)
        self._presence = Presence(context, fleet, self._turns, self._telling)
        self.leavings = Leavings(context, fleet, self._turns, self._telling)
        self.quarantine = Quarantine(context, self._turns, self._telling.moved, later)
        self.lookout = Lookout(context, self._presence, self.quarantine, later)

    async def enqueue(self, ids: Sequence[str]) -> None:
        """Queue resources that are not here; those that the hub will not give stay BLOCKED.

        Raises UnsafeName, NameTooLong, TargetTaken, StoreError, and changes nothing then.
        """
        async with self._turns.take(ids):
            await self._presence.look_in_turn(await self._rows(ids))
            await self._queue(ids, lambda row: row.state is not State.BLOCKED or row.resource.blocked is None)

    async def resume(self, ids: Sequence[str]) -> None:
        """Go on with what is paused, unfinished or ended in trouble, and end every wait."""
        async with self._turns.take(ids):
            await self._queue(ids, lambda row: _may_go_on(row) or row.state is State.PAUSED)

    async def retry(self, ids: Sequence[str]) -> None:
        """Try again what is unfinished or ended in trouble, also what a hub refused, and end every wait."""
        async with self._turns.take(ids):
            await self._queue(ids, lambda row: row.state.is_trouble or row.state.is_unfinished)

    async def retry_elsewhere(self, ids: Sequence[str]) -> list[str]:
        """`retry`, beginning with the address behind the one that was begun with last; the ids that have another."""
        chosen = [row.id for row in await self._rows(ids) if len(row.resource.addresses) > 1]
        for each in chosen:
            self._context.detours[each] = self._context.detours.get(each, 0) + 1
        await self.retry(chosen)
        return chosen

    async def repair(self, ids: Sequence[str], known: Mapping[str, Problem]) -> list[str]:
        """Queue those of the files that are here and are not what arrived any more; the ids of them.

        Each is read first, unless it is ``known`` what is wrong with it. What is damaged is kept in quarantine, and
        lends the new file what is right of it. Another file that was put into its place stays, and its target is taken.
        """
        damaged = await self.quarantine.take_in([each for each in ids if each not in self._fleet], known)
        await self.enqueue(damaged)
        return damaged

    async def go_on(self, rows: Iterable[ResourceSnapshot], *, paused: bool) -> list[str]:
        """Continue what is unfinished or failed in a way that another try may cure; the ids of it."""

        def wanted(row: ResourceSnapshot) -> bool:
            return row.state.is_unfinished or _may_be_cured(row) or (paused and row.state is State.PAUSED)

        ids = [row.id for row in rows if wanted(row)]
        async with self._turns.take(ids):
            await self._queue(ids, wanted)
        return ids

    async def pause(self, ids: Sequence[str]) -> None:
        """Hold back what is unfinished. Raises PartInUse when another process works on one of them."""
        async with self._turns.take(ids):
            _, applied = await self._put_aside(ids, State.PAUSED, _paused)
            _raise_held(applied)

    async def cancel(self, ids: Sequence[str]) -> None:
        """Give up what is not here yet: MISSING at once, the part file is removed after a while.

        Raises PartInUse when another process works on one of them.
        """
        async with self._turns.take(ids):
            before = {row.id: self._fleet.seen(row) for row in await self._rows(ids)}
            done, applied = await self._put_aside(ids, State.MISSING, _cancelled)
            if done:
                number = self.leavings.undo.hold(before[each] for each in done)
                self._later(lambda: self.leavings.undo.expire(number))
            _raise_held(applied)

    async def undo_cancel(self, ids: Sequence[str]) -> list[str]:
        """Take a cancel back as long as the part is kept: everything is as it was. The ids that this helped."""
        async with self._turns.take(ids):
            rows = {row.id: row for row in self.leavings.undo.take_back(ids)}
            await self._queue([each for each, row in rows.items() if row.state.is_unfinished], lambda row: True)
            others = [row for row in rows.values() if not row.state.is_unfinished]
            await self._restore(others)
            return list(rows)

    async def remove(self, ids: Sequence[str], *, with_files: bool = False) -> None:
        """Take resources off the list. Finished files stay, or go to the trash ``with_files``; a file that
        is not the one that was downloaded stays in any case.

        Raises PartInUse when another process works on one of them, DiskError when a file cannot go to the trash;
        these stay on the list.
        """
        async with self._turns.take(ids):
            self._fleet.withdraw(ids)
            await self._fleet.stop(ids, State.MISSING)
            failure: StabilityError | None = None
            if with_files:
                await self._presence.look_in_turn(await self._rows(ids))
            rows = await self._rows(ids)
            if with_files:
                rows, failure = await self.leavings.trash(rows)
            # The parts first: a crash in between leaves a row that knows of them, never a part that nobody knows.
            await self.leavings.discard(rows, frozenset(State) - {State.DOWNLOADED})
            applied = await self._context.recorder.commit(lambda ledger: ledger.remove([row.id for row in rows]))
            self.leavings.undo.take_back(ids)
            for row in applied.before:
                self._context.detours.pop(row.id, None)
            await self._context.services.client.credentials.forget(secret_names(row.resource for row in applied.before))
            await self._telling.removed(applied.before)
            if failure is not None:
                raise failure
            _raise_held(applied)

    async def set_priority(self, ids: Sequence[str], priority: int) -> list[ResourceSnapshot]:
        """Let resources start before those of a lower ``priority``, the queued ones at once; how they stand then."""
        async with self._turns.take(ids):
            await self._context.recorder.commit(lambda ledger: ledger.store.set_priority(ids, priority))
            rows = await self._rows(ids)
            self._fleet.adjust(rows)
            return [self._fleet.seen(row) for row in rows]

    async def set_resource_limit(self, ids: Sequence[str], rate: int) -> None:
        """Let each resource have at most ``rate`` bytes per second, 0 for as many as come; what runs, at once."""
        if not 0 <= rate <= LARGEST_RATE:
            raise UsageError(detail=f"A limit of {rate} bytes per second cannot be.")
        async with self._turns.take(ids):
            await self._context.recorder.commit(lambda ledger: ledger.store.set_rate_limit(ids, rate))
            rows = await self._rows(ids)
            self._fleet.adjust(rows)
            self._context.publisher.publish(
                *(
                    LimitChanged(collection=parent, resources=tuple(children), rate=rate)
                    for parent, children in by_collection(rows).items()
                )
            )

    async def settled(self, ids: Sequence[str]) -> list[ResourceSnapshot]:
        """Return how ``ids`` stand as soon as no job and no command is at work on any of them."""
        while True:
            await self._fleet.wait_settled(ids)
            async with self._turns.take(ids):
                if not any(each in self._fleet for each in ids):
                    return await self._rows(ids)

    async def finish(self) -> None:
        """Remove what cancelled resources left, now."""
        await self.leavings.undo.finish()

    async def _rows(self, ids: Sequence[str]) -> list[ResourceSnapshot]:
        return await self._context.recorder.ask(lambda ledger: ledger.store.snapshots(ids))

    async def _queue(self, ids: Sequence[str], wanted: Callable[[ResourceSnapshot], bool]) -> None:
        self._fleet.skip(ids)
        idle = [row for row in await self._rows([each for each in ids if each not in self._fleet]) if wanted(row)]
        chosen = [row.id for row in idle if row.state is not State.DOWNLOADED]
        if not chosen:
            return
        self.leavings.undo.take_back(chosen)
        applied = await self._context.recorder.commit(lambda ledger: ledger.enqueue(chosen))
        # What a crash left at work is queued again, in the eyes of everybody but the store.
        after = [msgspec.structs.replace(row, state=State.QUEUED, wait=None) for row in applied.after]
        self._telling.moved(Applied(applied.before, tuple(after)))
        await self._fleet.put(after)

    async def _put_aside(
        self, ids: Sequence[str], state: State, decide: Callable[[ResourceSnapshot], Change | None]
    ) -> tuple[list[str], Applied]:
        """Bring every one that may be to ``state``, jobs let go first; the ids that moved there."""
        self._fleet.withdraw(ids)
        jobs = {job.id: job for job in await self._fleet.stop(ids, state)}
        rest = [each for each in ids if each not in jobs or jobs[each].held_elsewhere]
        applied = await self._context.recorder.commit(lambda ledger: ledger.settle(rest, decide))
        self._telling.moved(applied)
        ended = [
            each
            for each, job in jobs.items()
            if not job.held_elsewhere and job.ending is not None and job.ending.state is state
        ]
        return [*ended, *(row.id for row in applied.after)], applied

    async def _restore(self, rows: Sequence[ResourceSnapshot]) -> None:
        """Put back states that are reached through QUEUED only."""
        states = {row.id: row for row in rows}
        for step in (lambda row: Change(row.id, State.QUEUED), lambda row: _as_it_was(states[row.id])):
            applied = await self._context.recorder.commit(
                lambda ledger, step=step: ledger.settle(list(states), step)  # type: ignore[misc]
            )
            self._telling.moved(applied)

    def __repr__(self) -> str:
        return f"<Commands {self._turns!r} {self.leavings!r}>"


def _may_go_on(row: ResourceSnapshot) -> bool:
    if row.state is State.BLOCKED and row.resource.blocked is not None:
        return False
    return row.state.is_unfinished or row.state.is_trouble


def _may_be_cured(row: ResourceSnapshot) -> bool:
    kind = CODES.get(row.problem.code) if row.problem is not None else None
    return row.state is State.FAILED and kind is not None and kind.remedy is Remedy.RETRY


def _paused(row: ResourceSnapshot) -> Change | None:
    return Change(row.id, State.PAUSED) if row.state.is_unfinished else None


def _cancelled(row: ResourceSnapshot) -> Change | None:
    if row.state is State.BLOCKED and row.resource.blocked is not None:
        return None
    if row.state in (State.MISSING, State.DOWNLOADED):
        return None
    return Change(row.id, State.MISSING, received=still_there(row.received))


def _as_it_was(row: ResourceSnapshot) -> Change:
    return Change(row.id, row.state, received=row.received, problem=row.problem)


def _raise_held(applied: Applied) -> None:
    if applied.held:
        raise PartInUse(path=", ".join(each[:8] for each in applied.held))
