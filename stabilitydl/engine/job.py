"""The job: one resource from its place in the queue to its end.

A job takes the lock of its resource, reads the row again, looks whether the file is here, and lets the byte path
bring it. Every error goes through `remedies`: it ends the job in a state, or makes it wait and go on. Whatever
happens, the job lets go: attempt, state and lock are dealt with before it is done.
"""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import anyio

from ..disk.partfile import SMALL
from ..domain.checksum import Verification
from ..domain.events import RetryScheduled
from ..domain.resource import ResourceSnapshot, Wait
from ..domain.states import State, WaitReason
from ..errors import (
    CODES,
    ContentError,
    DiskError,
    DiskFault,
    DriveStuck,
    InternalError,
    NetworkError,
    NoSpace,
    PartInUse,
    Problem,
    StabilityError,
    TargetTaken,
    VolumeMissing,
)
from ..transfer.copy import copy
from ..transfer.order import Live, Order
from .blame import Blame
from .context import Context
from .here import Found, accept, known_checksums, read_and_compare
from .life import Ending, Life
from .mending import begin_with_damaged
from .places import fetch_from
from .quarantine import as_judged
from .record import record_of
from .scheduler import Entry
from .tenure import Tenure
from .twins import addresses_of, file_of, twins_of
from .waiting import QUIET, Waiting

PROCESS_LOOKS = 4
"""Looks at another process's part file between two tries to take it over."""

_log = logging.getLogger("stabilitydl.engine")

_path = functools.lru_cache(maxsize=512)(Path)
"""A job asks for its few paths many times, and reading one takes longer than most of what it is asked for."""


class Job:
    """The running life of one resource's download.

    ``done`` is set when everything is let go of; ``ending`` says then how it ended, and ``held_elsewhere`` that
    another process works on the resource.
    """

    def __init__(self, row: ResourceSnapshot, entry: Entry, context: Context, ended: Callable[[Job], None]) -> None:
        self.entry = entry
        self.life = Life(row, context.publisher, context.recorder)
        self._tenure = Tenure(self.life, context)
        self._blame = Blame(entry, self.life, context)
        self.waits = Waiting(entry, self.life, context, self._has_let_go)
        self.done = anyio.Event()
        self.ending: Ending | None = None
        self._context = context
        self._ended = ended
        self._scope = anyio.CancelScope()
        self._try = anyio.CancelScope()
        self._stop_as = State.QUEUED
        self._was_absent: bool | None = None
        self._had_fault = False
        self._tries = 0
        self._fetched_before = 0

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def live(self) -> Live:
        return self.life.live

    @property
    def held_elsewhere(self) -> bool:
        return not self._tenure.is_held

    def stop(self, state: State) -> None:
        """End in ``state`` as soon as possible, unless an end was reached already. The part file stays."""
        self._stop_as = state
        self._scope.cancel()

    def make_way(self) -> None:
        """Let go of everything that others may need, if the drive of the file does not answer any more."""
        if self.waits.reason is None and self._context.services.disk.is_stuck(self._target):
            self._try.cancel()

    async def run(self) -> None:
        """Work until the end. Raises nothing of its own: what is unexpected ends the job as FAILED."""
        ending: Ending | None = None
        try:
            with self._scope:
                ending = await self._guarded()
        finally:
            with anyio.CancelScope(shield=True):
                await self._let_go(ending or await self._tenure.stopped(self._stop_as))
            self._ended(self)
            self.done.set()

    async def _guarded(self) -> Ending:
        try:
            return await self._work()
        except Exception as error:  # noqa: BLE001 - shown on the resource, the others go on
            _log.exception("the job of %s failed", self.id)
            return Ending(State.FAILED, InternalError(detail=f"{type(error).__name__}: {error}").problem)

    async def _work(self) -> Ending:
        while True:
            begin = self._context.logins.now
            self._blame.begin()
            try:
                with anyio.CancelScope() as self._try:
                    return await self._bring()
                raise DriveStuck(path=str(self._folder))
            except StabilityError as error:
                failure = error
            failure = await self._as_it_is(failure)
            if isinstance(failure, DiskFault) and not self._had_fault:
                # Once a drive may stumble: what was proven is still there, the rest is fetched again.
                self._had_fault = True
                continue
            if self.live.fetched > self._fetched_before:
                self._fetched_before = self.live.fetched
                self._tries = 0
            self._tries += 1
            hub = str(failure.arguments.get("hub", ""))
            verdict = await self._blame.judge(failure, self._tries)
            if isinstance(verdict, State):
                return Ending(verdict, await as_judged(failure.problem, self._context.services.disk))
            if verdict is WaitReason.TWIN:
                self._tries = 0
            else:
                self._context.twins.leave(self.life.row)
            if verdict is WaitReason.LOGIN:
                if self._context.logins.changed_since(hub, begin):
                    continue
                self._context.logins.want(hub)
            if verdict is WaitReason.SPACE:
                self._context.space.take_back(self.id)
            await self.waits.for_another_try(verdict, failure, self._tries)
            if verdict is WaitReason.LOGIN and not self._context.logins.may_wait(hub):
                return Ending(State.BLOCKED, failure.problem)

    async def _as_it_is(self, failure: StabilityError) -> StabilityError:
        """An error of a drive that is gone has one name, whatever the system called it."""
        if isinstance(failure, DiskError) and not isinstance(failure, VolumeMissing):
            with contextlib.suppress(StabilityError):
                if await self._context.volumes.is_gone(self._folder):
                    return VolumeMissing(path=str(self._folder))
        return failure

    async def _bring(self) -> Ending:
        """One try from the lock to the file. Raises StabilityError."""
        if not self._tenure.is_held and not await self._tenure.take():
            raise PartInUse(path=self._target.name)
        ending = await self._tenure.adopt()
        if ending is not None:
            return ending
        await self._context.volumes.require(self._folder)
        self._context.twins.announce(self.life.row)
        if self.life.reason not in QUIET:
            self.life.move(State.RESOLVING)
        found = await self._look()
        if found is not None:
            return await self._settle_for(found)
        await self._context.space.promise(self.entry, self.life.row, self.live)
        return await self._obtain()

    async def _look(self) -> Found | None:
        """Is the file at the target already, or by now? Raises DiskError."""
        disk, size = self._context.services.disk, self.life.row.resource.size
        status = await disk.stat(self._target)
        if self._was_absent is None:
            self._was_absent = status is None
        if status is None or size not in (None, status[0]):
            return None
        if known_checksums(self.life.row):
            self.life.move(State.VERIFYING)
            return await read_and_compare(disk, self.life.row, self._target)
        if self._was_absent and not await disk.part_exists(self._target, self.life.row.resource.tag):
            return await accept(disk, self.life.row, self._target)
        return None

    async def _settle_for(self, found: Found) -> Ending:
        """The file is here; its name is made durable, and what an earlier try left of it is of no use then.

        Raises DiskError.
        """
        blocks = await self._context.services.disk.confirm(self._target, self.life.row.resource.tag)
        return Ending(State.DOWNLOADED, file=replace(found, blocks=blocks))

    async def _obtain(self) -> Ending:
        """From the file of a twin, else from wherever the bytes can be had. Raises StabilityError."""
        try:
            if not self.waits.is_alone:
                self._context.twins.enter(self.life.row)
            # Only now: who was there before has ended, and its file is on the list.
            twins = await self._twins()
            arrived = await self._copy(twins)
            if arrived is not None:
                return arrived
            places = addresses_of(self.life.row.resource, twins)
            turns = self._context.detours.get(self.id, 0) % max(len(places), 1)
            places = [*places[turns:], *places[:turns]]
            order = Order(
                self.life.row.resource,
                self._target,
                self._context.settings().connections,
                root=self._root,
                record=self._record,
            )
            await begin_with_damaged(order, self.life.row, self.live, self._context)
            return Ending(State.DOWNLOADED, file=await fetch_from(places, order, self.live, self, self._context))
        except TargetTaken:
            found = await self._look()
            if found is None:
                raise
            return await self._settle_for(found)

    async def _twins(self) -> list[ResourceSnapshot]:
        """The other resources with the same bytes."""
        if self._tries == 0 and not self._tenure.has_twins:
            return []
        return await twins_of(self.life.row.resource, self._context.recorder)

    async def _copy(self, twins: Sequence[ResourceSnapshot]) -> Ending | None:
        """The file of a twin that is here; None where there is none, or it turns out to be another one."""
        context = self._context
        path = await file_of(twins, context.services.disk, context.clock)
        if path is None:
            return None
        order = Order(self.life.row.resource, self._target)
        try:
            return Ending(State.DOWNLOADED, file=await copy(order, path, self.live, self, context.services))
        except (TargetTaken, PartInUse, NoSpace):
            raise
        except (ContentError, DiskError) as error:
            _log.info("the file of a twin of %s cannot be copied: %s", self.id, error)
            self.life.move(State.RESOLVING)
            return None

    def phase(self, state: State) -> None:
        """The byte path is RESOLVING, DOWNLOADING or VERIFYING now."""
        self.life.move(state)

    def retrying(self, problem: Problem, after: float) -> None:
        """A connection failed and tries again ``after`` seconds."""
        if issubclass(CODES[problem.code], NetworkError):
            self._blame.note()
        self._context.publisher.publish(
            RetryScheduled(resource=self.id, collection=self.life.row.resource.collection, problem=problem, after=after)
        )

    def waiting(self, wait: Wait) -> None:
        """The byte path waits for something by itself."""
        self.life.move(State.WAITING, wait=wait)

    async def publishing(self, sha256: str, verification: Verification) -> None:
        """Remember what arrived where no checksum of the hub would tell the file from another one."""
        if self.life.row.resource.checksums:
            return
        change = self.life.remember(sha256, verification)
        await self._context.recorder.commit(lambda ledger: ledger.note([change]))

    async def _has_let_go(self, looks: int) -> bool:
        """Has the other process ended, as far as can be seen from here?"""
        if not self._tenure.is_held:
            return await self._tenure.take()
        disk = self._context.services.disk
        if looks % PROCESS_LOOKS == 0 or await disk.stat(self._target) is not None:
            return True
        return not await disk.part_exists(self._target, self.life.row.resource.tag)

    @property
    def _folder(self) -> Path:
        """The folder whose volume counts: that of the collection, unless the target lies elsewhere."""
        root = self._root
        return root if root is not None and root in self._target.parents else self._target.parent

    @property
    def _root(self) -> Path | None:
        collection = self._tenure.collection
        return _path(collection.target) if collection is not None and collection.target else None

    @property
    def _record(self) -> bytes:
        """For the journal of the part, where there will be one."""
        row, collection = self.life.row, self._tenure.collection
        is_small = row.resource.size is not None and row.resource.size <= SMALL
        return b"" if is_small or collection is None else record_of(collection, row)

    @property
    def _target(self) -> Path:
        assert self.life.row.target is not None, "a target is reserved when a resource is enqueued"
        return _path(self.life.row.target)

    async def _let_go(self, ending: Ending) -> None:
        """Write the end, let go of the lock, and only then tell everybody. Raises nothing."""
        self._context.slots.leave(self.id)
        self._context.space.take_back(self.id)
        self._context.recorder.forget(self.id)
        ending = await self._tenure.end(ending)
        self._context.twins.leave(self.life.row)
        self.ending = ending
        self.life.end(ending)

    def __repr__(self) -> str:
        held = " locked" if self._tenure.is_held else ""
        return f"<Job {self.id[:8]} {self.life.state} received={self.live.received}{held}>"
