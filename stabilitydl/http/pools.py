"""Connections that are kept between requests, one pool for each route, with a guard around each connection.

httpcore makes the connections, and sends the first request over each. Its own pools look at every connection and every
request several times for each request, which for many small files takes longer than the requests; here an idle
connection is taken from a list, and a plain request goes over its stream as it is.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable, Container, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import anyio
import httpcore

from ..clock import Clock
from ..errors import ProxyFailed, StabilityError
from .network import Backend, Stream, opened
from .plain import Fields, PlainAnswer
from .proxies import Proxy

KEPT = 55.0
"""Seconds that an idle connection is kept."""

MOST_IDLE = 64
"""Idle connections that one pool keeps; the one that was used longest ago goes first."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request to ``origin``: as httpcore wants it, and as it is sent where that is ``plain``.

    ``allowed`` says at any time how many connections to the origin may be open.
    """

    origin: httpcore.Origin
    whole: Callable[[], httpcore.Request]
    allowed: Callable[[], int]
    plain: bytes | None = None


class GuardedConnection:
    """A connection that ends with the first exchange that fails, wherever it fails.

    httpcore's own forget that when a cancellation or an error comes before the request is sent, or in the greeting
    of a proxy: the connection then looks as if it could be used, and its socket stays open.
    """

    def __init__(self, inner: httpcore.AsyncConnectionInterface, *, proxied: bool = False) -> None:
        self._inner = inner
        self._proxied = proxied
        self.idle_since = 0.0
        """When its last exchange ended, in monotonic seconds."""
        self._failed = False
        self._streams: list[Stream] = []

    async def send(self, message: Message) -> httpcore.Response | PlainAnswer:
        """Send ``message`` and return the answer, its body still to be read. Raises what httpcore raises."""
        streams = self._streams
        token = opened.set(streams)
        try:
            if self.stream is not None and message.plain is not None:
                answer = await self.stream.ask(message.plain)
                if answer is not None:
                    return answer
            return await self._inner.handle_async_request(message.whole())
        except BaseException as error:
            self.cut()
            with anyio.CancelScope(shield=True):
                await self._inner.aclose()
            greeting = self._proxied and bool(streams) and not any(stream.is_through for stream in streams)
            if greeting and isinstance(error, Exception) and not isinstance(error, httpcore.ProxyError):
                raise ProxyFailed(detail=_words(error)) from error
            raise
        finally:
            opened.reset(token)

    async def aclose(self) -> None:
        """End it."""
        await self._inner.aclose()

    def cut(self) -> None:
        """End it at once, whatever is under way on it."""
        self._failed = True
        for stream in self._streams:
            stream.close()

    @property
    def stream(self) -> Stream | None:
        """What its answers are read from, None while it is not connected."""
        return self._streams[-1] if self._streams else None

    @property
    def is_closed(self) -> bool:
        """Is it over?"""
        # An exchange that ended in the middle closes its stream, even where httpcore had no chance to hear of it.
        ended = bool(self._streams) and self._streams[-1].is_closed
        return self._failed or ended or self._inner.is_closed()

    @property
    def is_idle(self) -> bool:
        """Did its last exchange end as it has to?"""
        return not self.is_closed and self._inner.is_available()

    @property
    def is_usable(self) -> bool:
        """Can it take another request: is it idle, and has the peer said nothing meanwhile?"""
        return self.is_idle and not self._inner.has_expired()

    def __repr__(self) -> str:
        reading = "" if self.stream is None or self.stream.is_exact else ", a body on its way"
        return f"<GuardedConnection {self._inner.info()}{reading}>"


def _words(error: Exception) -> str:
    return str(error).rstrip(".") if isinstance(error, StabilityError) else "its greeting makes no sense"


class _Place(NamedTuple):
    """Where an idle connection leads, and how many the origin bears at any time."""

    origin: httpcore.Origin
    allowed: Callable[[], int]


class Pool:
    """The connections of one route.

    How many requests there are at once is the governor's business. Here idle connections make room: those of all
    routes to an origin, ``every`` being the pools of these, are never more than it bears beside those in use.
    """

    def __init__(
        self,
        make: Callable[[httpcore.Origin], httpcore.AsyncConnectionInterface],
        clock: Clock,
        every: Callable[[], Iterable[Pool]],
        *,
        proxied: bool,
    ) -> None:
        self._make = make
        self._clock = clock
        self._every = every
        self._proxied = proxied
        # In the order of their last use.
        self._idle: dict[GuardedConnection, _Place] = {}
        self._busy: dict[GuardedConnection, httpcore.Origin] = {}
        self._keeps = True

    async def send(self, message: Message) -> Loan:
        """Send ``message``; closing the loan gives its connection back. Raises what httpcore raises."""
        connection = await self._take(message)
        self._busy[connection] = message.origin
        try:
            answer = await connection.send(message)
        except BaseException:
            self._busy.pop(connection, None)
            raise
        return Loan(answer, connection, message, self)

    async def retire(self) -> None:
        """Keep no connection any more: what is idle is closed now, what is in use when its exchange ends."""
        self._keeps = False
        idle, self._idle = list(self._idle), {}
        for connection in idle:
            await connection.aclose()

    @property
    def connections(self) -> list[str]:
        """What each connection that is open now is doing."""
        return [repr(connection) for connection in (*self._busy, *self._idle) if not connection.is_closed]

    async def aclose(self) -> None:
        """Close every connection, those that are in use too."""
        connections = [*self._busy, *self._idle]
        self._idle.clear()
        for connection in connections:
            await connection.aclose()

    async def _take(self, message: Message) -> GuardedConnection:
        """The idle connection to its origin that was used last, else a new one. Those that are over are let go of."""
        oldest = self._clock.monotonic() - KEPT
        for connection, place in reversed(list(self._idle.items())):
            if not connection.is_usable or connection.idle_since < oldest:
                await self._end(connection)
            elif place.origin == message.origin:
                del self._idle[connection]
                return connection
        await self._make_room(message, 1)
        return GuardedConnection(self._make(message.origin), proxied=self._proxied)

    async def put_back(self, connection: GuardedConnection, message: Message) -> None:
        """The exchange of ``message`` is over, well or badly; called by `Loan.aclose`."""
        if self._busy.pop(connection, None) is None:
            return
        with anyio.CancelScope(shield=True):
            if connection.is_idle and self._keeps:
                connection.idle_since = self._clock.monotonic()
                self._idle[connection] = _Place(message.origin, message.allowed)
                if len(self._idle) > MOST_IDLE:
                    await self._end(next(iter(self._idle)))
            else:
                await connection.aclose()
            await self._make_room(message)

    def shrink(self) -> None:
        """Close what is idle here beyond what its origin bears by now, at once."""
        for place in list(self._idle.values()):
            for connection in self._surplus(place.origin, place.allowed()) & self._idle.keys():
                del self._idle[connection]
                connection.cut()

    async def _make_room(self, message: Message, coming: int = 0) -> None:
        """End idle connections to the origin of ``message`` that are too many where ``coming`` more are about to be
        opened."""
        surplus = self._surplus(message.origin, message.allowed() - coming)
        for pool in list(self._every()) if surplus else ():
            await pool.end(surplus)

    def _surplus(self, origin: httpcore.Origin, allowed: int) -> set[GuardedConnection]:
        """Idle connections to ``origin``, the oldest first, as many as there are more of all than ``allowed``."""
        every = list(self._every())
        if sum(pool.size for pool in every) <= allowed:
            return set()
        busy = sum(pool.busy_to(origin) for pool in every)
        idle = [(connection.idle_since, connection) for pool in every for connection in pool.idle_to(origin)]
        idle.sort(key=lambda each: each[0])
        return {connection for _, connection in idle[: max(busy + len(idle) - allowed, 0)]}

    def busy_to(self, origin: httpcore.Origin) -> int:
        """How many connections to ``origin`` are in use."""
        return sum(place == origin for place in self._busy.values())

    def idle_to(self, origin: httpcore.Origin) -> list[GuardedConnection]:
        """Those that are not."""
        return [connection for connection, place in self._idle.items() if place.origin == origin]

    async def end(self, connections: Container[GuardedConnection]) -> None:
        """Close those of ``connections`` that are idle here."""
        for connection in [each for each in self._idle if each in connections]:
            await self._end(connection)

    async def _end(self, connection: GuardedConnection) -> None:
        if self._idle.pop(connection, None) is not None:
            await connection.aclose()

    @property
    def size(self) -> int:
        """How many connections it has."""
        return len(self._idle) + len(self._busy)

    def __repr__(self) -> str:
        return f"<Pool {len(self._busy)} busy, {len(self._idle)} idle>"


class Loan:
    """An answer and the connection that it comes over."""

    def __init__(
        self,
        answer: httpcore.Response | PlainAnswer,
        connection: GuardedConnection,
        message: Message,
        pool: Pool,
    ) -> None:
        self.status = answer.status
        self.headers: Fields = answer.headers
        self._response = None if isinstance(answer, PlainAnswer) else answer
        stream = connection.stream if self._response is None else self._response.extensions.get("network_stream")
        self.stream = stream if isinstance(stream, Stream) else None
        self._connection = connection
        self._message = message
        self._pool = pool

    def parts(self) -> AsyncIterator[bytes]:
        """The body as httpcore reads it, where the stream has not detached it."""
        assert self._response is not None
        return self._response.aiter_stream()

    async def end(self) -> None:
        """A body that the stream has detached is read: show httpcore, where it knows of the answer, an empty one."""
        if self._response is not None:
            async for _ in self._response.aiter_stream():
                pass

    async def aclose(self) -> None:
        """Give the connection back, or end it where the answer was not read to its end. May be called again."""
        try:
            if self._response is not None:
                await self._response.aclose()
        finally:
            await self._pool.put_back(self._connection, self._message)


def pool_for(
    proxy: Proxy | None,
    backend: Backend,
    context: ssl.SSLContext | None,
    clock: Clock,
    every: Callable[[], Iterable[Pool]],
) -> Pool:
    """A pool for one route, beside ``every`` other one. ``context`` may be None where nothing on the route uses TLS."""
    if proxy is None:
        direct = httpcore.AsyncConnectionPool(ssl_context=context, network_backend=backend)
        return Pool(direct.create_connection, clock, every, proxied=False)
    url = httpcore.URL(scheme=proxy.scheme, host=proxy.host, port=proxy.port, target="/")
    if proxy.is_socks:
        socks = httpcore.AsyncSOCKSProxy(
            proxy_url=url,
            proxy_auth=proxy.auth,
            ssl_context=context,
            network_backend=backend,
        )
        return Pool(socks.create_connection, clock, every, proxied=True)
    tunnel = httpcore.AsyncHTTPProxy(
        proxy_url=url,
        proxy_auth=proxy.auth,
        ssl_context=context,
        proxy_ssl_context=context if proxy.scheme == "https" else None,
        network_backend=backend,
    )
    return Pool(tunnel.create_connection, clock, every, proxied=True)
