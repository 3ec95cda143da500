"""The guest's side: calls to the engine of another process, and its events."""

from __future__ import annotations

import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import anyio
import msgspec

from .. import __version__
from ..clock import Clock
from ..domain.events import AnyEvent
from ..errors import OtherVersion
from ..hubs.urls import is_web
from .engine import Engine
from .remote_channel import Channel, PeerGone, introduce
from .remote_desk import Raise
from .remote_endpoint import Endpoint
from .remote_wire import (
    Call,
    ClaimWindow,
    Failed,
    GiveUp,
    News,
    Returned,
    Show,
    ShowWindow,
    encode,
    error_of,
    read_from_host,
    verb,
)

P = ParamSpec("P")
T = TypeVar("T")

CONNECT_SECONDS = 2.0

_log = logging.getLogger("stabilitydl.engine")


class Link:
    """An open connection to the owner. Calls raise PeerGone when it ends before they are answered."""

    def __init__(
        self,
        channel: Channel,
        endpoint: Endpoint,
        news: Callable[[Sequence[AnyEvent]], None],
        show: Callable[[Sequence[str]], None],
    ) -> None:
        self._channel = channel
        self.endpoint = endpoint
        self._news = news
        self._show = show
        self._last = 0
        self._waiting: dict[int, _Waiting] = {}
        self._outbox: list[bytes] = []
        self._to_send = anyio.Event()
        self._lost = anyio.Event()

    @classmethod
    async def open(
        cls,
        endpoint: Endpoint,
        clock: Clock,
        news: Callable[[Sequence[AnyEvent]], None],
        show: Callable[[Sequence[str]], None],
    ) -> Link:
        """Connect and prove who we are. Raises PeerGone when nobody is there who can prove the same, OtherVersion."""
        try:
            with clock.fail_after(CONNECT_SECONDS):
                stream = await anyio.connect_tcp("127.0.0.1", endpoint.port)
        except (OSError, TimeoutError) as error:
            raise PeerGone(repr(error)) from error
        channel = Channel(stream)
        try:
            version = await introduce(channel, endpoint.secret, clock)
            if version != __version__:
                raise OtherVersion(version=version, pid=endpoint.pid)
        except BaseException:
            await channel.aclose()
            raise
        return cls(channel, endpoint, news, show)

    async def run(self) -> None:
        """Hand out what the owner says, until the connection ends."""
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._send)
                await self._receive()
        except BaseExceptionGroup as group:
            _, others = group.split(PeerGone)
            if others is not None:
                raise
        finally:
            self._lost.set()
            for waiting in self._waiting.values():
                waiting.done.set()
            await self._channel.aclose()

    async def wait_lost(self) -> None:
        """Return when the connection has ended."""
        await self._lost.wait()

    async def ask(self, method: Callable[Concatenate[Engine, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call ``method`` of the owner's engine. Raises PeerGone, and what the method raises."""
        how = verb(method.__name__)
        number = self._next()
        frame = encode(Call(number, how.name, how.write_arguments(*args, **kwargs)))
        result: T = how.read_result(await self._exchange(number, frame))
        return result

    def tell(self, method: Callable[Concatenate[Engine, P], None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Call ``method`` of the owner's engine without an answer."""
        how = verb(method.__name__)
        self._post(encode(Call(0, how.name, how.write_arguments(*args, **kwargs))))

    async def close(self) -> None:
        """Leave the owner."""
        await self._channel.aclose()

    async def claim_window(self, show: Raise, locators: Sequence[str]) -> bool:
        """See `Desk.claim`. The window is raised through the ``show`` of `open`. Raises PeerGone."""
        number = self._next()
        return await self._ask_desk(number, encode(ClaimWindow(number, tuple(locators))))

    async def show_window(self, locators: Sequence[str]) -> bool:
        """See `Desk.show`. Raises PeerGone."""
        number = self._next()
        return await self._ask_desk(number, encode(ShowWindow(number, tuple(locators))))

    async def _ask_desk(self, number: int, frame: bytes) -> bool:
        return msgspec.msgpack.decode(await self._exchange(number, frame), type=bool)

    def _next(self) -> int:
        self._last += 1
        return self._last

    async def _exchange(self, number: int, frame: bytes) -> msgspec.Raw:
        if self._lost.is_set():
            raise PeerGone("the connection has ended")
        waiting = self._waiting[number] = _Waiting()
        try:
            self._post(frame)
            await waiting.done.wait()
        except BaseException:
            if not self._lost.is_set():
                self._post(encode(GiveUp(number)))
            raise
        finally:
            del self._waiting[number]
        match waiting.reply:
            case Returned(value=value):
                return value
            case Failed(problem=problem):
                raise error_of(problem)
            case None:
                raise PeerGone("the connection ended")

    def _post(self, frame: bytes) -> None:
        self._outbox.append(frame)
        self._to_send.set()

    async def _send(self) -> None:
        while True:
            self._to_send = anyio.Event()
            frames, self._outbox = self._outbox, []
            if frames:
                await self._channel.send(*frames)
            else:
                await self._to_send.wait()

    async def _receive(self) -> None:
        while True:
            try:
                message = read_from_host(await self._channel.receive())
            except msgspec.DecodeError as error:
                _log.warning("the process that runs the downloads cannot be understood: %s", error)
                raise PeerGone(repr(error)) from error
            match message:
                case News():
                    self._news(message.events)
                case Show():
                    self._show(message.locators)
                case Returned() | Failed():
                    waiting = self._waiting.get(message.number)
                    if waiting is not None:
                        waiting.reply = message
                        waiting.done.set()

    def __repr__(self) -> str:
        return (
            f"<Link to process {self.endpoint.pid} {len(self._waiting)} calls{' lost' if self._lost.is_set() else ''}>"
        )


class _Waiting:
    """One call that has not been answered."""

    def __init__(self) -> None:
        self.done = anyio.Event()
        self.reply: Returned | Failed | None = None


def absolute(locator: str) -> str:
    """``locator`` as another process understands it: the path of a list file does not depend on the folder it is in."""
    from ..hubs.lists import split_base

    typed = locator.strip()
    if is_web(typed):
        return locator
    for path, base in ((typed, ""), split_base(typed)):
        if path and _is_file(path):
            whole = os.path.abspath(os.path.expanduser(path))  # noqa: PTH100, PTH111 - symlinks stay
            return f"{whole}+{base}" if base else whole
    return locator


def _is_file(path: str) -> bool:
    try:
        return Path(path).expanduser().is_file()
    except (OSError, ValueError, RuntimeError):
        return False
