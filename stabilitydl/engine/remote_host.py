"""The owner's side: serves the engine of this process to the other processes of the data directory.

A guest that is slow or stuck holds up nobody: what waits for it is joined by the publisher, and its calls are bounded.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence

import anyio
import msgspec
from anyio.abc import SocketAttribute, SocketListener, SocketStream, TaskGroup, TaskStatus

from .. import __version__
from ..clock import Clock
from ..domain.events import AnyEvent
from ..errors import EngineStopped, InternalError, Problem, StabilityError
from .engine import Engine
from .remote_channel import Channel, PeerGone, admit
from .remote_desk import Desk
from .remote_wire import (
    COMMANDS,
    ORDERS,
    Call,
    ClaimWindow,
    Failed,
    FromGuest,
    GiveUp,
    News,
    Returned,
    Show,
    ShowWindow,
    Verb,
    encode,
    read_from_guest,
    verb,
)

STRANGERS = 64
"""Connections at once that have proved nothing yet."""

CALLS = 1024
"""Calls of one guest that may be open, or answered and not read yet; one that asks more is let go."""

NEWS_SECONDS = 0.05
"""Events for a guest are collected for this long: waking up for each of them would slow down the engine."""

_ACCEPT_PAUSE = 0.5

_log = logging.getLogger("stabilitydl.engine")


class Host:
    """Listens on 127.0.0.1 while `run` runs; whoever knows ``secret`` is a guest."""

    def __init__(self, engine: Engine, desk: Desk, secret: str, clock: Clock) -> None:
        self.engine = engine
        self.desk = desk
        self.clock = clock
        self._secret = secret
        self._strangers = 0
        self._guests: set[Guest] = set()
        self._visits = anyio.CancelScope()

    async def run(self, *, task_status: TaskStatus[int]) -> None:
        """Started with the port. Returns after `close`, when the commands of guests have been carried out.

        Raises OSError when nobody can listen on this machine.
        """
        listeners = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=0, backlog=128)
        (listener,) = listeners.listeners
        assert isinstance(listener, SocketListener)
        # Commands outlive the guest who gave them, visits do not.
        async with listeners, anyio.create_task_group() as commands:
            with self._visits:
                async with anyio.create_task_group() as visits:
                    task_status.started(listener.extra(SocketAttribute.local_port))  # noqa: S610 - no Django here
                    await self._accept(listener, visits, commands)
            await listeners.aclose()

    def close(self) -> None:
        """Let all guests go, at once, and take no more."""
        self._visits.cancel()

    async def _accept(self, listener: SocketListener, visits: TaskGroup, commands: TaskGroup) -> None:
        while True:
            try:
                stream = await listener.accept()
            except OSError as error:
                # Too many open files, or the guest left again already.
                _log.warning("no guest can be taken: %s", error)
                await self.clock.sleep(_ACCEPT_PAUSE)
                continue
            if self._strangers >= STRANGERS:
                await anyio.aclose_forcefully(stream)
                continue
            self._strangers += 1
            visits.start_soon(self._visit, stream, commands)

    async def _visit(self, stream: SocketStream, commands: TaskGroup) -> None:
        channel = Channel(stream)
        try:
            try:
                await admit(channel, self._secret, __version__, self.clock)
            finally:
                self._strangers -= 1
            guest = Guest(self, channel, commands)
            self._guests.add(guest)
            try:
                await guest.run()
            finally:
                self._guests.discard(guest)
        except PeerGone as gone:
            _log.debug("a connection ended: %s", gone)
        except Exception:  # noqa: BLE001 - one guest does not harm the engine or the others
            _log.exception("a connection failed")
        finally:
            await channel.aclose()

    def __repr__(self) -> str:
        return f"<Host {len(self._guests)} guests>"


class Guest:
    """One attached process, on the owner's side."""

    def __init__(self, host: Host, channel: Channel, commands: TaskGroup) -> None:
        self._host = host
        self._channel = channel
        self._commands = commands
        self._open: dict[int, anyio.CancelScope] = {}
        self._outbox: list[bytes] = []
        self._urgent = anyio.Event()
        self._arrived = anyio.Event()
        self._gone = False

    async def run(self) -> None:
        """Answer until the guest leaves, which raises PeerGone."""
        subscription = self._host.engine.subscribe(self._wake)
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._send, subscription.take)
                try:
                    await self._receive(tasks)
                finally:
                    tasks.cancel_scope.cancel()
        except BaseExceptionGroup as group:
            # The sender noticed first that the guest left.
            left, others = group.split(PeerGone)
            if others is not None:
                raise
            raise PeerGone(repr(left)) from group
        finally:
            self._gone = True
            subscription.close()
            self._host.desk.leave(self)

    async def _receive(self, tasks: TaskGroup) -> None:
        while True:
            try:
                message = read_from_guest(await self._channel.receive())
            except msgspec.DecodeError as error:
                raise PeerGone(repr(error)) from error
            self._take(message, tasks)

    def _take(self, message: FromGuest, tasks: TaskGroup) -> None:
        if len(self._open) + len(self._outbox) >= CALLS:
            raise PeerGone("too many calls")
        match message:
            case Call():
                self._begin(message, tasks)
            case GiveUp():
                scope = self._open.get(message.number)
                if scope is not None:
                    scope.cancel()
            case ClaimWindow():
                claimed = self._host.desk.claim(self, self._show, message.locators)
                self._put(Returned(message.number, msgspec.Raw(encode(claimed))))
            case ShowWindow():
                shown = self._host.desk.show(message.locators)
                self._put(Returned(message.number, msgspec.Raw(encode(shown))))

    def _begin(self, call: Call, tasks: TaskGroup) -> None:
        try:
            method = verb(call.verb)
        except KeyError as error:
            raise PeerGone(repr(error)) from error
        if call.verb in ORDERS:
            method.call(self._host.engine, call.arguments)
            return
        self._open[call.number] = scope = anyio.CancelScope()
        if call.verb in COMMANDS:
            # Carried out even if the guest leaves or gives up.
            self._commands.start_soon(self._answer, call, method, anyio.CancelScope())
        else:
            tasks.start_soon(self._answer, call, method, scope)

    async def _answer(self, call: Call, method: Verb, scope: anyio.CancelScope) -> None:
        reply = b""
        try:
            with scope:
                try:
                    value = await method.call(self._host.engine, call.arguments)
                    reply = encode(Returned(call.number, msgspec.Raw(encode(value))))
                except EngineStopped:
                    # The guest asks the next owner.
                    return
                except StabilityError as error:
                    reply = _failed(call.number, error.problem)
                except Exception as error:  # noqa: BLE001 - told to the guest, as to a caller in this process
                    _log.exception("a call of another process failed")
                    reply = _failed(call.number, InternalError(detail=f"{type(error).__name__}: {error}").problem)
            if reply:
                self._post(reply)
        finally:
            self._open.pop(call.number, None)

    def _show(self, locators: Sequence[str]) -> None:
        self._put(Show(tuple(locators)))

    def _put(self, message: Returned | Show) -> None:
        self._post(encode(message))

    def _post(self, frame: bytes) -> None:
        if not self._gone:
            self._outbox.append(frame)
            self._urgent.set()
            self._arrived.set()

    def _wake(self) -> None:
        self._arrived.set()

    async def _send(self, take: Callable[[], list[AnyEvent]]) -> None:
        """Events in order, each answer after the events that came before it."""
        while True:
            self._arrived = anyio.Event()
            self._urgent = anyio.Event()
            events, frames = take(), self._outbox
            self._outbox = []
            if events:
                frames = [encode(News(tuple(events))), *frames]
            if not frames:
                await self._arrived.wait()
                with contextlib.suppress(TimeoutError), self._host.clock.fail_after(NEWS_SECONDS):
                    await self._urgent.wait()
                continue
            await self._channel.send(*frames)

    def __repr__(self) -> str:
        return f"<Guest {len(self._open)} calls>"


def _failed(number: int, problem: Problem) -> bytes:
    try:
        return encode(Failed(number, problem))
    except UnicodeEncodeError:
        return encode(Failed(number, InternalError(detail=problem.code).problem))
