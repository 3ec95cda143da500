"""How a process belongs to the engine of its data directory: as the owner, or attached to the owner; and the change
from one to the other, which callers and subscribers do not notice.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Concatenate, ParamSpec, TypeVar

import anyio
from anyio.abc import TaskStatus

from .. import __version__
from ..clock import Clock, SystemClock
from ..domain.events import AnyEvent, CollectionAdded, ResourcesRemoved, StateChanged
from ..errors import EngineStopped, EngineUnreachable, StabilityError
from ..paths import Paths
from ..settings import Settings
from . import remote_endpoint
from .engine import Engine
from .engine_lock import EngineLock
from .publisher import Publisher
from .remote_channel import PeerGone
from .remote_desk import Desk, Raise
from .remote_endpoint import Endpoint
from .remote_entrusted import Entrusted
from .remote_host import Host
from .remote_known import Known
from .remote_link import Link
from .remote_role import Owning, Role

P = ParamSpec("P")
T = TypeVar("T")

POLL_SECONDS = 0.03
"""How often a process that is neither owner nor attached looks again."""

PATIENCE_SECONDS = 15.0
"""How long a start, or a call between two owners, waits for an owner that opens its database or ends."""

OWNERS = 4
"""Owners that die at one call, before it is held to be what ends them. Those that end in order do not count, and nobody
dies of being waited for: whoever waits for a long download may see many come and go."""

_log = logging.getLogger("stabilitydl.engine")


class Membership:
    """Runs until `stop`. ``make`` makes the engine when this process becomes the owner."""

    def __init__(self, paths: Paths, make: Callable[[], Engine], *, clock: Clock | None = None) -> None:
        self.paths = paths
        self.publisher = Publisher()
        self._make = make
        self._clock = clock or SystemClock()
        self._lock = EngineLock(paths.locks)
        self._known = Known()
        self._entrusted = Entrusted(self._clock)
        self._wanted: dict[str, None] = {}
        self._wants_all = False
        self._settings: Settings | None = None
        self._limit: int | None = None
        self._raise: Raise | None = None
        self._role: Role | None = None
        self._changed = anyio.Event()
        self._stopping = anyio.Event()
        self._ended = anyio.Event()
        self._started = False

    @property
    def is_owner(self) -> bool:
        """Does the engine run in this process? May be asked in any thread."""
        return isinstance(self._role, Owning)

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Own the engine or be attached to it, until `stop`; started when one of both is so.

        Raises EngineUnreachable, OtherVersion, NotWritable, StoreError.
        """
        assert not self._started, "a member runs once"
        self._started = True
        deadline = self._clock.monotonic() + PATIENCE_SECONDS
        begin = _Once(task_status)
        try:
            while not self._stopping.is_set():
                if self._lock.take():
                    await self._own(begin)
                    return
                link = await self._find_owner()
                if link is not None:
                    await self._be_attached(link, begin)
                elif not begin.done and self._clock.monotonic() > deadline:
                    raise self._unreachable()
                else:
                    await self._pause()
        finally:
            self._lock.release()
            self._change_to(None)
            self._ended.set()
            self.publisher.close()

    async def stop(self) -> None:
        """Leave. An owner stops its engine, which keeps everything; the attached processes go on without it."""
        self._stopping.set()
        self._changed.set()
        if self._started:
            await self._ended.wait()

    # Owning.

    async def _own(self, begin: _Once) -> None:
        remote_endpoint.remove(self.paths.data)
        engine = self._make()
        desk = Desk()
        secret = remote_endpoint.new_secret()
        host = Host(engine, desk, secret, self._clock)
        async with anyio.create_task_group() as tasks:
            await tasks.start(engine.run)
            engine.listen(self._publish)
            try:
                with contextlib.suppress(_CannotServe):
                    await self._serve(host, secret, tasks.start)
                await self._settle_in(Owning(engine, desk))
                begin()
                await self._stopping.wait()
            finally:
                with anyio.CancelScope(shield=True):
                    self._change_to(None)
                    if self._stopping.is_set():
                        # Guests see by that, before they are let go, that nothing went wrong here.
                        remote_endpoint.remove(self.paths.data)
                    host.close()
                    await engine.stop()
                tasks.cancel_scope.cancel()

    async def _serve(self, host: Host, secret: str, start: Callable[..., Awaitable[int]]) -> None:
        try:
            port = await start(host.run)
            Endpoint(port=port, secret=secret, pid=os.getpid(), version=__version__).write(self.paths.data)
        except OSError as error:
            # This process can work all the same; others are told that they cannot attach.
            _log.warning("other processes cannot attach: %s", error)
            raise _CannotServe from error

    # Being attached.

    async def _find_owner(self) -> Link | None:
        endpoint = remote_endpoint.read(self.paths.data)
        if endpoint is None:
            return None
        try:
            return await Link.open(endpoint, self._clock, self._publish, self._show)
        except PeerGone as gone:
            _log.debug("nobody to attach to at %r: %s", endpoint, gone)
            return None

    async def _be_attached(self, link: Link, begin: _Once) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(link.run)
            tasks.start_soon(self._leave_when_stopping, link)
            try:
                await self._settle_in(link)
                begin()
                await link.wait_lost()
            except PeerGone:
                # The next owner is asked.
                await self._pause()
            finally:
                self._change_to(None)
                tasks.cancel_scope.cancel()

    async def _leave_when_stopping(self, link: Link) -> None:
        await self._stopping.wait()
        await link.close()

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError), self._clock.fail_after(POLL_SECONDS):
            await self._stopping.wait()

    # Going from one owner to the next.

    async def _settle_in(self, role: Role) -> None:
        """Tell subscribers what they missed, ask again for what is not finished, and let calls go to ``role``."""
        if self._settings is not None:
            role.tell(Engine.set_settings, self._settings)
        if self._limit is not None:
            role.tell(Engine.set_limit, self._limit)
        if self._raise is not None:
            await role.claim_window(self._raise, ())
        try:
            await self._entrusted.hand_over(role)
            await self._tell_missed(role)
            await self._ask_again(role)
        except StabilityError as error:
            _log.warning("some resources do not go on: %s", error)
        self._change_to(role)

    async def _tell_missed(self, role: Role) -> None:
        """Tell subscribers what happened while nobody told them."""
        if self._known.has_begun:
            self._publish([CollectionAdded(snapshot=each) for each in await role.ask(Engine.collections)])
            self._publish(self._known.correct(await role.ask(Engine.snapshots, self._known.ids)))
        self._known.has_begun = True

    async def _ask_again(self, role: Role) -> None:
        """Queue what this process asked for and is not finished. What was paused or given up meanwhile stays so."""
        if self._wants_all:
            rows = sorted(await role.ask(Engine.resources, None), key=lambda row: row.position)
        elif self._wanted:
            rows = await role.ask(Engine.snapshots, list(self._wanted))
        else:
            return
        unfinished = [row.id for row in rows if row.state.is_unfinished]
        self._wanted = dict.fromkeys(unfinished)
        if unfinished:
            await role.ask(Engine.enqueue, unfinished)

    def _change_to(self, role: Role | None) -> None:
        self._role = role
        changed, self._changed = self._changed, anyio.Event()
        changed.set()

    async def _current(self, last: Role | None) -> Role:
        """The role that calls go to, once it is another one than ``last``. Raises EngineStopped, EngineUnreachable."""
        try:
            with self._clock.fail_after(PATIENCE_SECONDS):
                while self._role is None or self._role is last:
                    if not self._started or self._stopping.is_set() or self._ended.is_set():
                        raise EngineStopped
                    await self._changed.wait()
                return self._role
        except TimeoutError:
            raise self._unreachable() from None

    def _unreachable(self) -> EngineUnreachable:
        endpoint = remote_endpoint.read(self.paths.data)
        return EngineUnreachable(path=str(self.paths.data), pid=endpoint.pid if endpoint is not None else None)

    async def _ask(
        self, method: Callable[Concatenate[Engine, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        role: Role | None = None
        died = 0
        while died < OWNERS:
            role = await self._current(role)
            with contextlib.suppress(PeerGone):
                return await role.ask(method, *args, **kwargs)
            died += method is not Engine.wait_settled and self._has_died(role)
        raise EngineStopped

    def _has_died(self, role: Role) -> bool:
        """Did the owner, which is lost, leave its endpoint behind?"""
        return isinstance(role, Link) and remote_endpoint.read(self.paths.data) == role.endpoint

    def _publish(self, events: Sequence[AnyEvent]) -> None:
        self._known.note(events)
        for event in events:
            match event:
                case StateChanged() if not event.new.is_unfinished:
                    self._wanted.pop(event.resource, None)
                case ResourcesRemoved():
                    for each in event.resources:
                        self._wanted.pop(each, None)
                case _:
                    continue
        self.publisher.publish(*events)

    def _want(self, ids: Iterable[str]) -> None:
        self._wanted.update(dict.fromkeys(ids))

    def _show(self, locators: Sequence[str]) -> None:
        if self._raise is not None:
            self._raise(locators)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.paths.data} {self._role!r}>"


class _Once:
    """Says that a start is complete, the first time."""

    def __init__(self, task_status: TaskStatus[None]) -> None:
        self._task_status = task_status
        self.done = False

    def __call__(self) -> None:
        if not self.done:
            self.done = True
            self._task_status.started()


class _CannotServe(Exception):
    """Nobody can attach to this process."""
