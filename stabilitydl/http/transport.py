"""From a request to an answer: picks the route, owns its pool, and checks what the parser lets through."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import anyio
import httpcore
import httpx

from ..clock import Clock
from ..errors import ProxyFailed
from .bodies import Body, DetachedBody, Fields, ParsedBody
from .connecting import Resolver
from .faults import mapped
from .network import Backend, StaleConnection, Stream
from .origins import Origin, Reach, place_of
from .pools import Loan, Pool, pool_for
from .proxies import Proxies, Proxy
from .trust import tls_context

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
    headers: httpx.Headers
    body: Body
    place: Reach


class Transport:
    """Sends requests over the pool of their route. Raises errors of ours only."""

    def __init__(self, clock: Clock, proxies: Proxies, context: ssl.SSLContext | None = None) -> None:
        self._clock = clock
        self._proxies = proxies
        self._context = context
        self._resolver = Resolver(clock)
        self._pools: dict[_Route, Pool] = {}
        self._retired: list[Pool] = []

    def change_proxies(self, proxies: Proxies) -> None:
        """Requests from now on go through ``proxies``; those that are under way end where they are."""
        self._proxies = proxies
        self._retired += self._pools.values()
        self._pools = {}

    async def send(
        self, url: httpx.URL, headers: Iterable[tuple[str, str]], body: bytes | None, *, reach: Reach, direct: bool
    ) -> Reply:
        """GET ``url``, or POST ``body`` there. ``direct``: past every proxy. The body of the reply has to be closed."""
        if self._retired:
            await self._retire()
        origin = Origin.of(url)
        proxy = None if direct else await self._proxies.choose(origin)
        pool = self._pool(_Route(proxy, Reach.ANY if proxy else reach, origin.scheme == "https"), origin.host)
        peer = _for_proxy(url.raw_host) if proxy is not None and not proxy.is_socks else url.raw_host
        loan = await _exchange(pool, url, headers, body, peer, origin.host)
        response = loan.response
        stream = response.extensions.get("network_stream")
        stream = stream if isinstance(stream, Stream) else None
        try:
            answer, fields = _body(loan, stream, origin.host)
            if response.status == 407 and proxy is not None:
                raise ProxyFailed(detail="it wants a name and a password")
        except Exception as error:
            if stream is not None:
                stream.close()
            with anyio.CancelScope(shield=True):
                await loan.aclose()
            raise mapped(error, origin.host) from error
        return Reply(response.status, httpx.Headers(fields), answer, _place(origin, proxy, stream))

    async def aclose(self) -> None:
        pools, self._pools, self._retired = [*self._retired, *self._pools.values()], {}, []
        for pool in pools:
            await pool.aclose()

    @property
    def connections(self) -> list[str]:
        """What each connection that is open now is doing."""
        return [connection for pool in (*self._retired, *self._pools.values()) for connection in pool.connections]

    async def _retire(self) -> None:
        """Close what is idle on routes that are not used any more, and forget those where nothing is under way."""
        for pool in self._retired:
            await pool.retire()
        self._retired = [pool for pool in self._retired if pool.connections]

    def _pool(self, route: _Route, host: str) -> Pool:
        pool = self._pools.get(route)
        if pool is None:
            needs_tls = route.tls or (route.proxy is not None and route.proxy.scheme == "https")
            if needs_tls and self._context is None:
                self._context = tls_context(host)
            backend = Backend(self._clock, self._resolver, route.reach, proxy=route.proxy is not None)
            pool = self._pools[route] = pool_for(route.proxy, backend, self._context)
        return pool


async def _exchange(
    pool: Pool, url: httpx.URL, headers: Iterable[tuple[str, str]], body: bytes | None, peer: bytes, host: str
) -> Loan:
    """Send a request to ``peer``, again where a kept-alive connection was closed before it said anything."""
    fields = [(b"Host", url.netloc)]
    if body is not None:
        fields += [(b"Content-Length", b"%d" % len(body)), (b"Content-Type", b"application/json")]
    for left in reversed(range(_TRIES)):
        try:
            message = httpcore.Request(
                method=b"GET" if body is None else b"POST",
                url=httpcore.URL(scheme=url.raw_scheme, host=peer, port=url.port, target=url.raw_path),
                headers=[*fields, *((name.encode("ascii"), value.encode("ascii")) for name, value in headers)],
                content=body,
                extensions={"timeout": _TIMEOUTS},
            )
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
    response = loan.response
    if stream is None:
        return ParsedBody(loan, None, host), response.headers
    if stream.length is None:
        stream.expect(response.status, response.headers)
        return ParsedBody(loan, stream, host), response.headers
    length = b"%d" % stream.length
    told = [(name, length if name.lower() == b"content-length" else value) for name, value in response.headers]
    return DetachedBody(loan, stream, host), told


def _place(origin: Origin, proxy: Proxy | None, stream: Stream | None) -> Reach:
    address = stream.get_extra_info("server_addr") if proxy is None and stream is not None else None
    return place_of(address[0] if address else origin.host)
