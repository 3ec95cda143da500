"""The fleet: all resources that this engine is at work on, queued ones as rows and started ones as jobs."""

from __future__ import annotations

import contextlib
from collections.abc import Container, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import anyio
import anyio.lowlevel
import msgspec
from anyio.abc import TaskGroup

from ..domain.events import HostLine, Progress, ProgressTick
from ..domain.resource import ResourceSnapshot
from ..domain.states import State, WaitReason
from ..errors import DiskError
from .context import Context
from .job import Job
from .meter import Meter, remaining_seconds
from .scheduler import Entry
from .source import host_of
from .space import rest_of

SLICE = 500
"""Rows that are dealt with before other tasks get a turn."""

MOST_STEPS = 9
"""Steps of priority, up and down, that change a share of the bandwidth."""

VOLUME_SECONDS = 2.0
"""How long a volume may take to say which one it is, before its folder stands for it."""


@dataclass
class _Watch:
    """What the last tick saw of a job."""

    meter: Meter = field(default_factory=Meter)
    fetched: int = 0
    received: int = -1


@dataclass(eq=False)
class _Waiter:
    ids: set[str]
    done: anyio.Event = field(default_factory=anyio.Event)


class Fleet:
    """Belongs to the engine's loop. Jobs are children of ``tasks``."""

    def __init__(self, context: Context, tasks: TaskGroup) -> None:
        self._context = context
        self._tasks = tasks
        self._queued: dict[str, ResourceSnapshot] = {}
        self._jobs: dict[str, Job] = {}
        self._watches: dict[str, _Watch] = {}
        self._waiters: dict[str, list[_Waiter]] = {}
        self._volumes: dict[Path, str] = {}
        self._total = Meter()
        self._brought = 0
        self._busy = anyio.Event()
        self._looked = context.clock.monotonic()
        context.services.client.governor.on_answer = context.reach.answered

    async def put(self, rows: Sequence[ResourceSnapshot]) -> None:
        """Queue ``rows``, each in state QUEUED with a target; those at work already are left out."""
        if not self.is_busy:
            # What lies on a volume today may lie on another one tomorrow, and there may be any number of folders.
            self._volumes.clear()
        fresh = [row for row in rows if row.id not in self]
        await self._find_volumes({Path(row.target or "").parent for row in fresh})
        entries = []
        for number, row in enumerate(fresh, 1):
            entries.append(await self._entry(row))
            if number % SLICE == 0:
                await anyio.lowlevel.checkpoint()
        self._queued.update((row.id, row) for row in fresh)
        if fresh:
            self._busy.set()
        self._context.slots.ask((entry, partial(self._start, entry)) for entry in entries)

    def adjust(self, rows: Iterable[ResourceSnapshot]) -> None:
        """The user has changed priorities or limits: what runs has them at once, what is queued in that order."""
        for row in rows:
            self._context.slots.rank(row.id, row.priority)
            job = self._jobs.get(row.id)
            if job is not None:
                job.life.adjust(row)
                self._share(row)
            elif row.id in self._queued:
                self._queued[row.id] = msgspec.structs.replace(
                    self._queued[row.id], priority=row.priority, rate_limit=row.rate_limit
                )

    def withdraw(self, ids: Iterable[str]) -> list[str]:
        """Take those that have not started out of the queue again; which ones these were."""
        withdrawn = [each for each in ids if each in self._queued]
        for each in withdrawn:
            del self._queued[each]
            self._context.slots.give_up(each)
            self._left(each)
        return withdrawn

    async def stop(self, ids: Iterable[str], state: State) -> list[Job]:
        """Stop the jobs of ``ids`` and return them when they have let go."""
        jobs = [self._jobs[each] for each in ids if each in self._jobs]
        for job in jobs:
            job.stop(state)
        for job in jobs:
            await job.done.wait()
        return jobs

    async def stop_all(self) -> None:
        """Start nothing any more, stop all jobs so that a restart goes on, and wait until they have let go."""
        self._context.slots.shut()
        self.withdraw(list(self._queued))
        await self.stop(list(self._jobs), State.QUEUED)

    def skip(self, ids: Iterable[str]) -> None:
        """Let those that wait try again now."""
        for each in ids:
            if each in self._jobs:
                self._jobs[each].waits.skip()

    async def spoken_for(self, folder: Path, besides: Container[str] = ()) -> int:
        """Bytes that what is queued or at work will still take on the volume of ``folder``, as far as they are known;
        ``besides`` are ids that do not count."""
        volume = await self._volume_of(folder)
        jobs = [job for job in self._jobs.values() if job.entry.volume == volume and job.id not in besides]
        total = sum(rest_of(job.life.row, job.live) for job in jobs)
        for number, row in enumerate(list(self._queued.values()), 1):
            if row.id not in besides and self._volumes.get(Path(row.target or "").parent) == volume:
                total += max(0, (row.resource.size or 0) - row.received)
            if number % SLICE == 0:
                await anyio.lowlevel.checkpoint()
        return total

    def skip_login(self, hub: str) -> None:
        """Let those that wait to be logged in to ``hub`` try again now."""
        self.skip(each for each, job in self._jobs.items() if job.waits.hub == hub)

    def seen(self, row: ResourceSnapshot) -> ResourceSnapshot:
        """``row`` of the store as it is right now."""
        job = self._jobs.get(row.id)
        seen = job.life.snapshot if job is not None else self._queued.get(row.id, row)
        if seen.superseded is row.superseded:
            return seen
        return msgspec.structs.replace(seen, superseded=row.superseded)

    async def wait_settled(self, ids: Iterable[str]) -> None:
        """Return when this engine is at work on none of ``ids``."""
        waiter = _Waiter({each for each in ids if each in self})
        for each in waiter.ids:
            self._waiters.setdefault(each, []).append(waiter)
        if waiter.ids:
            await waiter.done.wait()

    @property
    def is_busy(self) -> bool:
        """Is anything queued or at work?"""
        return bool(self._jobs or self._queued)

    async def wait_busy(self) -> None:
        """Return when there is something to report."""
        if self.is_busy:
            return
        if self._busy.is_set():
            self._busy = anyio.Event()
        await self._busy.wait()

    def report(self) -> ProgressTick:
        """What all running jobs did since the last call; notes what is to be written."""
        now = self._context.clock.monotonic()
        entries: list[Progress] = []
        answered = False
        for each, job in self._jobs.items():
            watch, live = self._watches[each], job.live
            speed = watch.meter.look(now, live.fetched)
            answered |= self._note_answer(watch, job)
            job.make_way()
            if watch.received != live.received:
                watch.received = live.received
                job.life.note()
            if job.life.state.is_running:
                entries.append(
                    Progress(
                        resource=each,
                        collection=job.life.row.resource.collection,
                        received=live.received,
                        size=live.size if live.size is not None else job.life.row.resource.size,
                        speed=speed,
                        eta=remaining_seconds(live.received, live.size, speed),
                        ranges=live.ranges,
                        checked=live.checked,
                        stalled=live.is_stalled(now),
                    )
                )
        if answered:
            self.skip(each for each, job in self._jobs.items() if job.waits.reason is WaitReason.NETWORK)
        self._looked = now
        fetched = self._brought + sum(job.live.fetched for job in self._jobs.values())
        if not entries:
            # An average over the last seconds would be told until something runs again, and count the pause then.
            self._total = Meter()
        speed = self._total.look(now, fetched) if entries else 0.0
        return ProgressTick(entries=tuple(entries), speed=speed, hosts=self._hosts())

    def _hosts(self) -> tuple[HostLine, ...]:
        return tuple(
            HostLine(
                host=line.host,
                running=line.running,
                waiting=line.waiting,
                limit=line.limit,
                allowed=line.allowed,
                cooling=line.cooling,
                status=line.status,
            )
            for line in self._context.services.client.governor.lines()
        )

    def _note_answer(self, watch: _Watch, job: Job) -> bool:
        if job.live.fetched <= watch.fetched:
            return False
        watch.fetched = job.live.fetched
        self._context.reach.answered(job.live.host, since=self._looked)
        self._context.portals.passed(job.entry.host)
        return True

    def _start(self, entry: Entry) -> None:
        row = self._queued.pop(entry.id)
        self._share(row)
        job = Job(row, entry, self._context, self._ended)
        self._jobs[entry.id] = job
        self._watches[entry.id] = _Watch()
        self._tasks.start_soon(job.run, name=repr(job))

    def _share(self, row: ResourceSnapshot) -> None:
        """Each step of priority doubles the share of the bandwidth that a resource gets beside others."""
        weight = 2.0 ** max(-MOST_STEPS, min(MOST_STEPS, row.priority))
        self._context.services.bandwidth.set_resource(row.id, limit=row.rate_limit, weight=weight)

    def _ended(self, job: Job) -> None:
        self._context.services.bandwidth.forget_resource(job.id)
        self._note_answer(self._watches.pop(job.id), job)
        self._brought += job.live.fetched
        del self._jobs[job.id]
        self._left(job.id)

    def _left(self, resource_id: str) -> None:
        for waiter in self._waiters.pop(resource_id, ()):
            waiter.ids.discard(resource_id)
            if not waiter.ids:
                waiter.done.set()

    async def _entry(self, row: ResourceSnapshot) -> Entry:
        return Entry(
            id=row.id,
            host=host_of(row.resource),
            volume=await self._volume_of(Path(row.target or "").parent),
            priority=row.priority,
            position=row.position,
            size=row.resource.size,
            received=row.received,
        )

    async def _volume_of(self, folder: Path) -> str:
        volume = self._volumes.get(folder)
        if volume is None:
            await self._find_volumes({folder})
            volume = self._volumes.get(folder, str(folder))
        return volume

    async def _find_volumes(self, folders: AbstractSet[Path]) -> None:
        """Ask for the volumes of ``folders`` at once: however many are on one that hangs, they take one time-out."""

        async def find(folder: Path) -> None:
            # Where it is gone, or no answer comes: what lies there is treated as a volume of its own.
            with contextlib.suppress(DiskError):
                self._volumes[folder] = str(await self._context.services.disk.volume_of(folder))

        unknown = folders - self._volumes.keys()
        if not unknown:
            return
        self._volumes.update((folder, str(folder)) for folder in unknown)
        with contextlib.suppress(TimeoutError), self._context.clock.fail_after(VOLUME_SECONDS):
            async with anyio.create_task_group() as tasks:
                for folder in unknown:
                    tasks.start_soon(find, folder)

    def __contains__(self, resource_id: object) -> bool:
        return resource_id in self._queued or resource_id in self._jobs

    def __len__(self) -> int:
        return len(self._queued) + len(self._jobs)

    def __repr__(self) -> str:
        return f"<Fleet {len(self._queued)} queued, {len(self._jobs)} started>"
