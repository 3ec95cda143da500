"""Our httpx transport: it picks the route, owns its pool, and checks what the parser lets through."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

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

REACH = "stabilitydl.reach"
"""Name of the request extension that holds the ``Reach`` of a request."""

DIRECT = "stabilitydl.direct"
"""Name of the request extension that is true where no proxy may be used."""

PLACE = "stabilitydl.place"
"""Name of the answer extension that holds the class of the address that answered, a ``Reach``."""

BODY = "stabilitydl.body"
"""Name of the answer extension that holds the ``Body`` of the answer, for reading without further layers."""

_TRIES = 4
"""Connections to try while the kept-alive ones turn out to be closed."""


@dataclass(frozen=True)
class _Route:
    """Requests that may share connections. Each reach has its own, so that a private address opened for one request
    never serves another that may not go there."""

    proxy: Proxy | None
    reach: Reach
    tls: bool


class Transport(httpx.AsyncBaseTransport):
    """Sends requests over the pool of their route. Raises errors of ours only."""

    def __init__(self, clock: Clock, proxies: Proxies, context: ssl.SSLContext | None = None) -> None:
        self._clock = clock
        self._proxies = proxies
        self._context = context
        self._resolver = Resolver(clock)
        self._pools: dict[_Route, Pool] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        origin = Origin.of(request.url)
        proxy = None if request.extensions.get(DIRECT) else await self._proxies.choose(origin)
        reach = Reach.ANY if proxy else request.extensions.get(REACH, Reach.PUBLIC)
        pool = self._pool(_Route(proxy, reach, origin.scheme == "https"), origin.host)
        loan = await _exchange(pool, request, origin.host)
        response = loan.response
        stream = response.extensions.get("network_stream")
        stream = stream if isinstance(stream, Stream) else None
        try:
            body, headers = _body(loan, stream, origin.host)
            if response.status == 407 and proxy is not None:
                raise ProxyFailed(detail="it wants a name and a password")
        except Exception as error:
            if stream is not None:
                stream.close()
            with anyio.CancelScope(shield=True):
                await loan.aclose()
            raise mapped(error, origin.host) from error
        return httpx.Response(
            response.status,
            headers=headers,
            stream=body,
            extensions={**response.extensions, PLACE: _place(origin, proxy, stream), BODY: body},
        )

    async def aclose(self) -> None:
        pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            await pool.aclose()

    @property
    def connections(self) -> list[str]:
        """What each connection that is open now is doing."""
        return [connection for pool in self._pools.values() for connection in pool.connections]

    def _pool(self, route: _Route, host: str) -> Pool:
        pool = self._pools.get(route)
        if pool is None:
            needs_tls = route.tls or (route.proxy is not None and route.proxy.scheme == "https")
            if needs_tls and self._context is None:
                self._context = tls_context(host)
            backend = Backend(self._clock, self._resolver, route.reach, proxy=route.proxy is not None)
            pool = self._pools[route] = pool_for(route.proxy, backend, self._context)
        return pool


async def _exchange(pool: Pool, request: httpx.Request, host: str) -> Loan:
    """Send a request, again where a kept-alive connection was closed before it said anything."""
    for left in reversed(range(_TRIES)):
        message = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.content,
            extensions={"timeout": request.extensions.get("timeout", {})},
        )
        try:
            return await pool.send(message)
        except StaleConnection as error:
            if not left:
                raise mapped(error, host) from error
        except Exception as error:
            raise mapped(error, host) from error
    raise AssertionError


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
