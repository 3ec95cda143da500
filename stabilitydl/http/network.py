"""What httpcore's pools stand on: our streams over wide links."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from typing import Any

import httpcore

from ..clock import Clock
from ..domain.chunk import WIDTH, Chunk, split
from ..errors import ConnectionLost, NetworkTimeout, ProxyFailed, StabilityError, TlsFailed
from .attempts import Attempts
from .connecting import Resolver, connect
from .framing import Body, CountedBody, Head, body_of
from .links import Link, SocketLink, TlsLink
from .origins import Reach
from .plain import PlainAnswer, plain_answer

PATIENCE = 30.0
"""Seconds for connecting, for each wait for bytes where the caller names none, and for a whole response head."""

_REQUESTS = (b"GET ", b"HEAD ", b"POST ", b"CONNECT ")

opened: ContextVar[list[Stream] | None] = ContextVar("opened", default=None)
"""Where a list is set, the streams that its task opens are noted in it."""


class StaleConnection(httpcore.ReadError):
    """A connection that was kept alive had been closed by the peer before it said anything to this request."""


class Stream(httpcore.AsyncNetworkStream):
    """One connection as httpcore sees it. It bounds response heads and knows where a body has to end.

    The body of a GET whose length is plainly given is detached: httpcore, whose parser would copy every byte several
    times, is told of an empty one, and the body is read with ``take``. Everything else than a request passes through
    as it is, so the greetings of a SOCKS proxy do too. ``is_through`` is true from the moment when the peer is the
    origin itself, not a proxy that is still greeted.
    """

    def __init__(self, link: Link, host: str, clock: Clock) -> None:
        self._link = link
        self._host = host
        self._clock = clock
        self._head: Head | None = None
        self._head_deadline = 0.0
        self._body: Body | None = None
        self._rest: Chunk = b""
        self._asked = b""
        self._requests = 0
        self._gets = False
        self.is_through = False
        self.width = WIDTH
        """Bytes that a read of a body brings at most which is not detached."""
        self.length: int | None = None
        """Bytes of the body of the current answer where it is detached."""

    @property
    def clock(self) -> Clock:
        """What its deadlines ask."""
        return self._clock

    @property
    def ended(self) -> bool:
        """Has the peer closed its side?"""
        return self._link.ended

    @property
    def is_closed(self) -> bool:
        """Has this side closed?"""
        return self._link.is_closed

    def expect(self, status: int, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Follow the body of the answer whose head just came. Raises httpcore.RemoteProtocolError."""
        body = body_of(status, headers)
        body.add(self._rest)
        self._rest = b""
        self._body = body

    def pace(self, rate: float) -> None:
        """It will be read at ``rate`` bytes per second from now on, infinity for as fast as can be."""
        self._link.pace(rate)

    async def take(self, most: int = WIDTH, timeout: float = PATIENCE) -> Chunk:
        """The next bytes of a detached body, ``most`` at most, empty at its end.

        Raises ConnectionLost, NetworkTimeout.
        """
        body = self._body
        assert isinstance(body, CountedBody)
        if body.left <= 0:
            return b""
        data, self._rest = split(self._rest, most)
        if not data:
            data = await self._link.receive(timeout, most)
            if not data:
                raise ConnectionLost(host=self._host)
        left = body.left
        body.add(data)
        return data if len(data) <= left else data[:left]

    @property
    def is_exact(self) -> bool:
        """Did the body of the current answer end where it has to, with nothing behind it?"""
        return self._body is None or (self._body.is_exact and not self._rest)

    async def ask(self, request: bytes) -> PlainAnswer | None:
        """Send a GET and read the head of its answer; None where that is not plain, or its body not detached.

        Then httpcore is to send the same request: it finds it sent, and the head still to be read. Raises what `write`
        and `read` raise.
        """
        with contextlib.suppress(httpcore.WriteError):
            await self.write(request)
        assert self._head is not None
        head = await self._read_head(self._head, PATIENCE)
        answer = plain_answer(head) if self.length is not None else None
        if answer is None:
            self._asked = head
        return answer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._asked:
            head, self._asked = self._asked, b""
            return head
        patience = PATIENCE if timeout is None else timeout
        if self._head is not None:
            return await self._read_head(self._head, patience)
        data = await self._link.receive(patience, self.width)
        if self._body is not None:
            self._body.add(data)
        return bytes(data)

    async def _read_head(self, head: Head, patience: float) -> bytes:
        while True:
            rest = self._head_deadline - self._clock.monotonic()
            if rest <= 0:
                raise NetworkTimeout(host=self._host)
            try:
                data = await self._link.receive(min(patience, rest))
            except ConnectionLost as error:
                raise self._lost(head) from error
            if not data:
                raise self._lost(head)
            end = head.add(data)
            if end is not None:
                return self._end_head(head, end)

    def _end_head(self, head: Head, end: int) -> bytes:
        self._head = None
        self._rest = bytes(head.data[end:])
        if self._gets:
            seen, self.length = head.detach(end)
            if self.length is not None:
                self._body = CountedBody(self.length)
                return seen
        return bytes(head.data)

    def _lost(self, head: Head) -> Exception:
        if self._requests > 1 and not head.data:
            return StaleConnection("closed before it answered")
        return ConnectionLost(host=self._host)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer or self._asked:
            return
        if buffer.startswith(_REQUESTS):
            self._head = Head()
            self._head_deadline = self._clock.monotonic() + PATIENCE
            self._body = None
            self.length = None
            self._gets = buffer.startswith(b"GET ")
            self._requests += 1
            self.is_through = not buffer.startswith(b"CONNECT ")
        try:
            await self._link.send(buffer, PATIENCE if timeout is None else timeout)
        except TimeoutError as error:
            raise NetworkTimeout(host=self._host) from error
        except OSError as error:
            # httpcore goes on to read: a server may answer before it closes.
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        """End the connection at once."""
        self._link.close()

    async def aclose(self) -> None:
        self.close()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Stream:
        self.is_through = True
        host = (server_hostname or self._host).strip("[]")
        try:
            link = TlsLink(self._link, ssl_context, host)
        except ValueError as error:
            self.close()
            raise TlsFailed(host=host, detail="its name is not valid") from error
        await link.handshake(PATIENCE if timeout is None else timeout)
        return _noted(Stream(link, host, self._clock))

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return self._link.is_readable or not self.is_exact
        if info == "ssl_object":
            return self._link.object if isinstance(self._link, TlsLink) else None
        if info == "socket":
            return self._link.socket
        if info in ("client_addr", "server_addr"):
            try:
                return self._link.socket.getsockname() if info == "client_addr" else self._link.socket.getpeername()
            except OSError:
                return None
        return None


class Backend(httpcore.AsyncNetworkBackend):
    """Opens streams to addresses that ``reach`` allows. With ``proxy`` set, what it connects to is a proxy.

    Backends that share ``attempts`` do not knock at the same door at once. Raises our own errors, ready for the user;
    httpcore passes them on.
    """

    def __init__(
        self,
        clock: Clock,
        resolver: Resolver,
        reach: Reach,
        attempts: Attempts | None = None,
        *,
        proxy: bool = False,
    ) -> None:
        self._clock = clock
        self._resolver = resolver
        self._reach = reach
        self._attempts = attempts or Attempts(clock)
        self._proxy = proxy

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> Stream:
        try:
            with self._clock.fail_after(PATIENCE if timeout is None else timeout):
                sock = await self._attempts.connect(
                    host, port, lambda: connect(host, port, self._reach, self._resolver, self._clock)
                )
        except (StabilityError, TimeoutError) as error:
            problem = NetworkTimeout(host=host) if isinstance(error, TimeoutError) else error
            if self._proxy:
                problem = ProxyFailed(detail=str(problem).rstrip("."))
            raise problem from error
        return _noted(Stream(SocketLink(sock, host, self._clock), host, self._clock))

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)


def _noted(stream: Stream) -> Stream:
    streams = opened.get()
    if streams is not None:
        streams.append(stream)
    return stream
