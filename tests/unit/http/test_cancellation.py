"""A cancellation at any await leaves pool, governor and sockets as if the request had never been."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any

import anyio
import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.http.client import HttpClient
from stabilitydl.http.proxies import Proxies
from stabilitydl.http.request import Request
from tests.fakes.nginx import Authority
from tests.fakes.origin import FileOrigin
from tests.fakes.proxy import HttpProxy, SocksProxy

pytestmark = pytest.mark.anyio

MOST_AWAITS = 500


@types.coroutine
def counted(work: Coroutine[Any, Any, None], act: Callable[[int], None]) -> Generator[Any, Any, None]:
    """Run ``work`` and call ``act`` with a running number at each of its suspensions."""
    number = 0
    waiting = work.__await__() if hasattr(work, "__await__") else work
    resume: Callable[[], Any] = lambda: waiting.send(None)  # noqa: E731
    while True:
        try:
            future = resume()
        except StopIteration:
            return
        number += 1
        act(number)
        try:
            value = yield future
        except BaseException as error:
            thrown = error
            resume = lambda: waiting.throw(thrown)  # noqa: E731, B023
        else:
            resume = lambda: waiting.send(value)  # noqa: E731, B023


async def natively(work: Coroutine[Any, Any, None], place: int) -> bool:
    """Cancel as asyncio does, once. True when ``work`` ended before its await number ``place``."""
    reached = False

    def act(number: int) -> None:
        nonlocal reached
        if number == place:
            reached = True
            task = asyncio.current_task()
            assert task is not None
            asyncio.get_running_loop().call_soon(task.cancel)

    async def run() -> None:
        await counted(work, act)

    task = asyncio.create_task(run())
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()
    return not reached


async def by_scope(work: Coroutine[Any, Any, None], place: int) -> bool:
    """Cancel as anyio does: every await after it fails too."""
    reached = False
    with anyio.CancelScope() as scope:

        def act(number: int) -> None:
            nonlocal reached
            if number == place:
                reached = True
                scope.cancel()

        await counted(work, act)
    return not reached


@pytest.mark.parametrize("cancel", [natively, by_scope])
@pytest.mark.parametrize("route", ["plain", "tls", "http-proxy", "tunnel", "socks", "socks-tls"])
async def test_every_await(
    route: str, cancel: Callable[[Coroutine[Any, Any, None], int], Awaitable[bool]], authority: Authority
) -> None:
    tls = route in ("tls", "tunnel", "socks-tls")
    scheme = "https" if tls else "http"
    with (
        FileOrigin(tls=authority.server if tls else None) as origin,
        HttpProxy() as proxy,
        SocksProxy() as socks,
    ):
        origin.add("/x", bytes(300_000))
        origin.redirect("/a", "/x")
        url = proxy.url if route in ("http-proxy", "tunnel") else socks.url if "socks" in route else None
        request = Request(origin.url("/a"), trusted=True)
        for place in range(1, MOST_AWAITS):
            client = HttpClient(SystemClock(), proxies=Proxies({scheme: url} if url else {}), context=authority.client)
            ended = False
            # Once on a new connection, once where one is kept alive.
            for _ in range(2):
                ended = await cancel(fetch(client, request), place)
                assert client.governor.lines() == []
                assert all(is_idle(line) for line in client.connections), client.connections
                await fetch(client, request)
                assert client.governor.lines() == []
                assert all(is_idle(line) for line in client.connections), client.connections
            await client.aclose()
            if ended:
                break
        assert ended
        assert place >= 3


def is_idle(line: str) -> bool:
    return "IDLE" in line and "body" not in line


async def fetch(client: HttpClient, request: Request) -> None:
    answer = await client.open(request, bulk=True)
    try:
        assert sum([len(chunk) async for chunk in answer.chunks()]) == 300_000
    finally:
        await answer.aclose()
