"""From a request to an answer: picks the route, owns its pool, and checks what the parser lets through."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import anyio
import httpcore

from ..clock import Clock
from ..errors import ProxyFailed
from .attempts import Attempts
from .bodies import Body, DetachedBody, ParsedBody
from .connecting import Resolver
from .faults import mapped
from .headers import Headers
from .network import Backend, StaleConnection, Stream
from .origins import Origin, Reach, place_of
from .plain import Fields, plain_request
from .pools import Loan, Message, Pool, pool_for
from .proxies import Proxies, Proxy
from .trust import tls_context

if TYPE_CHECKING:
    import httpx

TIMEOUT = 30.0
"""Seconds for connecting, and for each wait for bytes."""

_TIMEOUTS = {"connect": TIMEOUT, "read": TIMEOUT, "write": TIMEOUT}

_TRIES = 4
"""Connections to try while the kept-alive ones turn out to be closed."""


@dataclass(frozen=True)
class _Route:
    """Requests that may share connections. Each reach has its own, so that a private address opened for one request
    never serves another that may not go there."""

    proxy: Proxy | None
    reach: Reach
    tls: bool


class Reply(NamedTuple):
    """What came back: the head, the body still to be read, and the class of the address that answered."""

    status: int
    headers: Headers
    body: Body
    place: Reach


class Transport:
    """Sends requests over the pool of their route. Raises errors of ours only."""

    def __init__(self, clock: Clock, proxies: Proxies, context: ssl.SSLContext | None = None) -> None:
        self._clock = clock
        self._proxies = proxies
        self._context = context
        self._resolver = Resolver(clock)
        self._attempts = Attempts(clock)
        self._pools: dict[_Route, Pool] = {}
        self._retired: list[Pool] = []

    def change_proxies(self, proxies: Proxies) -> None:
        """Requests from now on go through ``proxies``; those that are under way end where they are."""
        self._proxies = proxies
        self._retired += self._pools.values()
        self._pools = {}

    async def send(
        self,
        url: httpx.URL,
        headers: Iterable[tuple[str, str]],
        body: bytes | None,
        *,
        reach: Reach,
        direct: bool,
        allowed: Callable[[], int],
    ) -> Reply:
        """GET ``url``, or POST ``body`` there. ``direct``: past every proxy. The body of the reply has to be closed.

        ``allowed`` says at any time how many connections to this origin may be open; idle ones beyond that are closed.
        """
        if self._retired:
            await self._retire()
        origin = Origin.of(url)
        proxy = None if direct else await self._proxies.choose(origin)
        pool = self._pool(_Route(proxy, Reach.ANY if proxy else reach, origin.scheme == "https"), origin.host)
        loan = await _exchange(pool, _message(url, headers, body, proxy, allowed), origin.host)
        stream = loan.stream
        try:
            answer, fields = _body(loan, stream, origin.host)
            if loan.status == 407 and proxy is not None:
                raise ProxyFailed(detail="it wants a name and a password")
        except Exception as error:
            if stream is not None:
                stream.close()
            with anyio.CancelScope(shield=True):
                await loan.aclose()
            raise mapped(error, origin.host) from error
        return Reply(loan.status, Headers(fields), answer, _place(origin, proxy, stream))

    def shrink(self) -> None:
        """Close what is idle beyond what the origins bear by now."""
        for pool in self._every():
            pool.shrink()

    async def aclose(self) -> None:
        pools, self._pools, self._retired = self._every(), {}, []
        for pool in pools:
            await pool.aclose()

    @property
    def connections(self) -> list[str]:
        """What each connection that is open now is doing."""
        return [connection for pool in self._every() for connection in pool.connections]

    async def _retire(self) -> None:
        """Close what is idle on routes that are not used any more, and forget those where nothing is under way."""
        for pool in self._retired:
            await pool.retire()
        self._retired = [pool for pool in self._retired if pool.connections]

    def _every(self) -> list[Pool]:
        return [*self._retired, *self._pools.values()]

    def _pool(self, route: _Route, host: str) -> Pool:
        pool = self._pools.get(route)
        if pool is None:
            needs_tls = route.tls or (route.proxy is not None and route.proxy.scheme == "https")
            if needs_tls and self._context is None:
                self._context = tls_context(host)
            is_proxied = route.proxy is not None
            backend = Backend(self._clock, self._resolver, route.reach, self._attempts, proxy=is_proxied)
            pool = pool_for(route.proxy, backend, self._context, self._clock, self._every)
            self._pools[route] = pool
        return pool


def _message(
    url: httpx.URL,
    headers: Iterable[tuple[str, str]],
    body: bytes | None,
    proxy: Proxy | None,
    allowed: Callable[[], int],
) -> Message:
    fields = [(b"Host", url.netloc)]
    if body is not None:
        fields += [(b"Content-Length", b"%d" % len(body)), (b"Content-Type", b"application/json")]
    fields += [(name.encode("ascii"), value.encode("ascii")) for name, value in headers]
    is_seen = proxy is not None and not proxy.is_socks
    peer = _for_proxy(url.raw_host) if is_seen else url.raw_host
    target = httpcore.URL(scheme=url.raw_scheme, host=peer, port=url.port, target=url.raw_path)
    # A proxy that reads the request wants another one than the server.
    is_as_given = body is None and not (is_seen and url.scheme == "http")
    return Message(
        target.origin,
        lambda: httpcore.Request(
            method=b"GET" if body is None else b"POST",
            url=target,
            headers=fields,
            content=body,
            extensions={"timeout": _TIMEOUTS},
        ),
        allowed,
        plain_request(url.raw_path, fields) if is_as_given else None,
    )


async def _exchange(pool: Pool, message: Message, host: str) -> Loan:
    """Send a request, again where a kept-alive connection was closed before it said anything."""
    for left in reversed(range(_TRIES)):
        try:
            return await pool.send(message)
        except StaleConnection as error:
            if not left:
                raise mapped(error, host) from error
        except Exception as error:
            raise mapped(error, host) from error
    raise AssertionError


def _for_proxy(host: bytes) -> bytes:
    """A host as it stands in what a proxy is asked; httpcore writes an address of IPv6 there without its brackets."""
    return b"[%b]" % host if b":" in host else host


def _body(loan: Loan, stream: Stream | None, host: str) -> tuple[Body, Fields]:
    """The body of an answer and its headers. Raises httpcore.RemoteProtocolError."""
    if stream is None:
        return ParsedBody(loan, None, host), loan.headers
    if stream.length is None:
        stream.expect(loan.status, loan.headers)
        return ParsedBody(loan, stream, host), loan.headers
    length = b"%d" % stream.length
    told = [(name, length if name.lower() == b"content-length" else value) for name, value in loan.headers]
    return DetachedBody(loan, stream, host), told


def _place(origin: Origin, proxy: Proxy | None, stream: Stream | None) -> Reach:
    address = stream.get_extra_info("server_addr") if proxy is None and stream is not None else None
    return place_of(address[0] if address else origin.host)
