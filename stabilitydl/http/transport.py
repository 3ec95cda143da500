"""Our httpx transport: it owns the connection pools and checks what a parser lets through."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpcore
import httpx

from ..clock import Clock
from ..errors import BadAnswer
from .faults import mapped
from .origins import Reach

CONNECTIONS = 256
LONGEST_BODY = 2**63 - 1


class Transport(httpx.AsyncBaseTransport):
    """Sends each request over the pool for its route. Raises errors of ours only."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pools: dict[Reach, httpcore.AsyncConnectionPool] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        pool = self._pool(Reach.ANY)
        core = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            extensions={"timeout": request.extensions.get("timeout", {})},
        )
        try:
            response = await pool.handle_async_request(core)
        except Exception as error:
            raise mapped(error, host) from error
        names = [name.lower() for name, _ in response.headers]
        if b"content-length" in names and b"transfer-encoding" in names:
            await response.aclose()
            raise BadAnswer(host=host, detail="it gives both a length and chunks")
        return httpx.Response(
            response.status, headers=response.headers, stream=_Body(response, host), extensions=response.extensions
        )

    async def aclose(self) -> None:
        for pool in self._pools.values():
            await pool.aclose()

    def _pool(self, reach: Reach) -> httpcore.AsyncConnectionPool:
        if reach not in self._pools:
            self._pools[reach] = httpcore.AsyncConnectionPool(
                max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=55
            )
        return self._pools[reach]


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response, host: str) -> None:
        self._response = response
        self._host = host

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.aiter_stream():
                yield chunk
        except Exception as error:
            raise mapped(error, self._host) from error

    async def aclose(self) -> None:
        await self._response.aclose()
