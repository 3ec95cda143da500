"""httpcore's connection pools, on our network, with a guard around each connection."""

from __future__ import annotations

import ssl

import anyio
import httpcore

from ..errors import ProxyFailed, StabilityError
from .network import Backend, Stream, opened
from .proxies import Proxy

CONNECTIONS = 256
"""Connections of one pool. The governor allows fewer; as many are kept alive, since httpcore counts busy ones too
when it looks for idle ones to close."""

KEPT = 55.0
"""Seconds that an idle connection is kept."""


class GuardedConnection(httpcore.AsyncConnectionInterface):
    """A connection that ends with the first exchange that fails, wherever it fails.

    httpcore's own forget that when a cancellation or an error comes before the request is sent, or in the greeting
    of a proxy: the connection then keeps its place in the pool for ever, and its socket stays open.
    """

    def __init__(self, inner: httpcore.AsyncConnectionInterface, *, proxied: bool = False) -> None:
        self._inner = inner
        self._proxied = proxied
        self._failed = False
        self._streams: list[Stream] = []

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        streams = self._streams
        token = opened.set(streams)
        try:
            return await self._inner.handle_async_request(request)
        except httpcore.ConnectionNotAvailable:
            raise
        except BaseException as error:
            self._failed = True
            for stream in self._streams:
                stream.close()
            with anyio.CancelScope(shield=True):
                await self._inner.aclose()
            greeting = self._proxied and bool(streams) and not any(stream.is_through for stream in streams)
            if greeting and isinstance(error, Exception) and not isinstance(error, httpcore.ProxyError):
                raise ProxyFailed(detail=_words(error)) from error
            raise
        finally:
            opened.reset(token)

    async def aclose(self) -> None:
        await self._inner.aclose()

    def info(self) -> str:
        return self._inner.info()

    def can_handle_request(self, origin: httpcore.Origin) -> bool:
        return self._inner.can_handle_request(origin)

    def is_available(self) -> bool:
        return not self._failed and self._inner.is_available()

    def has_expired(self) -> bool:
        return self._failed or self._inner.has_expired()

    def is_idle(self) -> bool:
        return self._failed or self._inner.is_idle()

    def is_closed(self) -> bool:
        # An exchange that ended in the middle closes its stream, even where httpcore had no chance to hear of it.
        ended = bool(self._streams) and self._streams[-1].is_closed
        return self._failed or ended or self._inner.is_closed()

    def __repr__(self) -> str:
        return f"<GuardedConnection {self.info()}>"


def _words(error: Exception) -> str:
    return str(error).rstrip(".") if isinstance(error, StabilityError) else "its greeting makes no sense"


class DirectPool(httpcore.AsyncConnectionPool):
    """Connections without a proxy."""

    def create_connection(self, origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
        return GuardedConnection(super().create_connection(origin))


class HttpProxyPool(httpcore.AsyncHTTPProxy):
    """Connections through an HTTP proxy."""

    def create_connection(self, origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
        return GuardedConnection(super().create_connection(origin), proxied=True)


class SocksProxyPool(httpcore.AsyncSOCKSProxy):
    """Connections through a SOCKS5 proxy, which also looks up the names."""

    def create_connection(self, origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
        return GuardedConnection(super().create_connection(origin), proxied=True)


def pool_for(proxy: Proxy | None, backend: Backend, context: ssl.SSLContext | None) -> httpcore.AsyncConnectionPool:
    """A pool for one route. ``context`` may be None where nothing on the route uses TLS."""
    if proxy is None:
        return DirectPool(
            ssl_context=context,
            max_connections=CONNECTIONS,
            max_keepalive_connections=CONNECTIONS,
            keepalive_expiry=KEPT,
            network_backend=backend,
        )
    url = httpcore.URL(scheme=proxy.scheme, host=proxy.host, port=proxy.port, target="/")
    if proxy.is_socks:
        return SocksProxyPool(
            proxy_url=url,
            proxy_auth=proxy.auth,
            ssl_context=context,
            max_connections=CONNECTIONS,
            max_keepalive_connections=CONNECTIONS,
            keepalive_expiry=KEPT,
            network_backend=backend,
        )
    return HttpProxyPool(
        proxy_url=url,
        proxy_auth=proxy.auth,
        ssl_context=context,
        proxy_ssl_context=context if proxy.scheme == "https" else None,
        max_connections=CONNECTIONS,
        max_keepalive_connections=CONNECTIONS,
        keepalive_expiry=KEPT,
        network_backend=backend,
    )
