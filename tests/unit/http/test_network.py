"""Wide reads, and streams that tell the truth about themselves."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import httpcore
import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.errors import ConnectionLost, NetworkTimeout, StabilityError
from stabilitydl.http.answer import Answer
from stabilitydl.http.client import HttpClient
from stabilitydl.http.connecting import Resolver
from stabilitydl.http.network import Backend, Stream
from stabilitydl.http.origins import Reach
from stabilitydl.http.pools import KEPT
from stabilitydl.http.proxies import Proxies
from stabilitydl.http.request import Request
from tests.fakes.clock import ManualClock
from tests.fakes.nginx import Authority, Nginx
from tests.fakes.origin import CLOSE, Exchange, FileOrigin, Origin

pytestmark = pytest.mark.anyio

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
ASK = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"


@pytest.fixture(params=["plain", "tls"])
def tls(request: pytest.FixtureRequest, authority: Authority) -> Authority | None:
    return authority if request.param == "tls" else None


@pytest.fixture
async def wide(tls: Authority | None) -> AsyncIterator[HttpClient]:
    client = HttpClient(SystemClock(), proxies=Proxies({}), context=tls.client if tls else None)
    yield client
    await client.aclose()


async def open_stream(origin: Origin, tls: Authority | None, clock: ManualClock | SystemClock) -> Stream:
    stream = await Backend(clock, Resolver(clock), Reach.ANY).connect_tcp("127.0.0.1", origin.port)
    return await stream.start_tls(tls.client, "127.0.0.1") if tls else stream


async def take(stream: Stream, count: int) -> bytes:
    """So many bytes of a detached body."""
    data = b""
    while len(data) < count:
        data += await stream.take()
    return data


async def count(answer: Answer) -> list[int]:
    sizes = [len(chunk) async for chunk in answer.chunks()]
    await answer.aclose()
    return sizes


async def test_chunks_are_of_bounded_size_and_never_change(
    wide: HttpClient, tls: Authority | None, tmp_path: Path
) -> None:
    data = bytes(range(256)) * 65536
    (tmp_path / "x").write_bytes(data)
    with Nginx(tmp_path, authority=tls) as nginx:
        answer = await wide.open(Request(nginx.url("/x"), trusted=True), bulk=True)
        parts = [chunk async for chunk in answer.chunks()]
        await answer.aclose()
        assert b"".join(parts) == data
        assert all(memoryview(chunk).readonly for chunk in parts)
        assert max(map(len, parts)) <= 288 * 1024


async def test_chunks_of_several_connections_do_not_mix(wide: HttpClient, tls: Authority | None) -> None:
    """A view into a shared buffer must never leave the link."""
    with FileOrigin(tls=tls.server if tls else None) as origin:
        bodies = [bytes([number]) * 3_000_000 for number in range(4)]
        got: dict[int, bytes] = {}

        async def fetch(number: int) -> None:
            file = origin.add(f"/{number}", bodies[number])
            got[number] = (await wide.get(Request(file.url, trusted=True)))[1]

        async with anyio.create_task_group() as group:
            for number in range(4):
                group.start_soon(fetch, number)
        assert [got[number] for number in range(4)] == bodies


async def test_a_connection_in_use_is_kept_however_long_that_goes_on(tls: Authority | None) -> None:
    """Each exchange counts, also those that no parser has seen."""
    clock = ManualClock()
    client = HttpClient(clock, proxies=Proxies({}), context=tls.client if tls else None)
    with FileOrigin(tls=tls.server if tls else None) as origin:
        file = origin.add("/x", b"x")
        for _ in range(8):
            await client.get(Request(file.url, trusted=True))
            clock.advance(KEPT / 2)
        assert origin.connections == 1
        clock.advance(KEPT)
        await client.get(Request(file.url, trusted=True))
        assert origin.connections == 2
    await client.aclose()


async def test_who_answers_is_told_redirects_included() -> None:
    """N04: that is who the network is asked about when nothing comes any more."""
    client = HttpClient(SystemClock(), proxies=Proxies({}))
    heard: list[str] = []
    client.governor.on_answer = heard.append
    with FileOrigin() as hub, FileOrigin(host="127.0.0.2") as storage:
        file = storage.add("/x", b"x")
        hub.redirect("/a", file.url)
        await client.get(Request(hub.url("/a"), trusted=True))
        await client.get(Request(hub.url("/missing"), trusted=True))
    assert heard == ["127.0.0.1", "127.0.0.2", "127.0.0.1"]
    with pytest.raises(StabilityError):
        await client.get(Request(hub.url("/a"), trusted=True))
    assert len(heard) == 3
    await client.aclose()


async def test_a_fast_peer_does_not_starve_the_others(tls: Authority | None) -> None:
    """However much lies ready, other tasks get their turn."""
    with FileOrigin(tls=tls.server if tls else None) as origin:
        origin.add("/x", bytes(32 * 1024 * 1024))
        client = HttpClient(SystemClock(), proxies=Proxies({}), context=tls.client if tls else None)
        answer = await client.open(Request(origin.url("/x"), trusted=True))
        turns = 0
        done = False

        async def others() -> None:
            nonlocal turns
            while not done:
                turns += 1
                await asyncio.sleep(0)

        async with anyio.create_task_group() as group:
            group.start_soon(others)
            await count(answer)
            done = True
        assert turns >= 20
        await client.aclose()


async def test_is_readable_is_truthful(tls: Authority | None) -> None:
    """An idle connection that says anything is over; one that says nothing is not."""
    go = threading.Event()

    def answer(exchange: Exchange) -> None:
        exchange.send(OK, b"body")
        exchange.wait(go)
        exchange.close()

    with Origin(answer, tls=tls.server if tls else None) as origin:
        stream = await open_stream(origin, tls, SystemClock())
        assert (stream.get_extra_info("ssl_object") is not None) == (tls is not None)
        assert stream.get_extra_info("server_addr") == ("127.0.0.1", origin.port)
        await stream.write(ASK)
        assert await stream.read(65536) == OK.replace(b"4", b"0")
        assert await take(stream, 4) == b"body"
        assert not stream.get_extra_info("is_readable")
        assert not stream.ended
        go.set()
        assert await stream.read(65536) == b""
        assert stream.ended
        assert stream.get_extra_info("is_readable")
        await stream.aclose()
        assert stream.get_extra_info("is_readable")
        assert stream.get_extra_info("server_addr") is None
        assert stream.get_extra_info("other") is None


@pytest.mark.parametrize("cut", [1, 20, len(OK), len(OK) + 3])
async def test_a_detached_body_is_whole_however_it_comes(tls: Authority | None, cut: int) -> None:
    """The parser is told of an empty body; what comes behind the real one is no part of it."""
    again = threading.Event()
    answer = OK + b"bodyHTTP/1.1 200 OK"

    def send(exchange: Exchange) -> None:
        exchange.send(answer[:cut])
        exchange.wait(again)
        exchange.send(answer[cut:])
        exchange.wait(exchange.origin.closing)

    with Origin(send, tls=tls.server if tls else None) as origin:
        stream = await open_stream(origin, tls, SystemClock())
        await stream.write(ASK)
        again.set()
        assert await stream.read(65536) == OK.replace(b"4", b"0")
        assert stream.length == 4
        assert not stream.is_exact
        assert await take(stream, 4) == b"body"
        assert await stream.take() == b""
        with anyio.fail_after(30):
            while not stream.get_extra_info("is_readable"):
                await anyio.lowlevel.checkpoint()
        await stream.aclose()


async def test_a_detached_body_that_ends_early_is_a_lost_connection(tls: Authority | None) -> None:
    """H10"""
    with Origin([(OK + b"bod", CLOSE)], tls=tls.server if tls else None) as origin:
        stream = await open_stream(origin, tls, SystemClock())
        await stream.write(ASK)
        await stream.read(65536)
        assert await take(stream, 3) == b"bod"
        with pytest.raises(ConnectionLost):
            await stream.take()
        assert not stream.is_exact
        await stream.aclose()


@pytest.mark.parametrize("framing", ["counted", "chunked", "until the end"])
async def test_a_read_of_a_body_brings_no_more_than_is_wanted(
    wide: HttpClient, tls: Authority | None, framing: str
) -> None:
    """Not what came along with the head either."""
    data = bytes(range(256)) * 2000
    with FileOrigin(tls=tls.server if tls else None) as origin:
        file = origin.add("/x", data, chunked=framing == "chunked", close_delimited=framing == "until the end")
        answer = await wide.open(Request(file.url, trusted=True), bulk=True)
        answer.pace(1000)
        got = b""
        while chunk := await answer.next_chunk(999):
            assert len(chunk) <= 999
            got += chunk
        await answer.aclose()
    assert got == data


async def test_only_bodies_that_answer_a_get_are_detached(tls: Authority | None) -> None:
    with Origin([OK + b"body"], tls=tls.server if tls else None) as origin:
        stream = await open_stream(origin, tls, SystemClock())
        await stream.write(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
        assert (await stream.read(65536)).startswith(OK)
        assert stream.length is None
        await stream.aclose()


async def test_a_peer_that_ends_tls_but_not_tcp_is_over(authority: Authority) -> None:
    def part(exchange: Exchange) -> None:
        exchange.send(OK, b"body")
        assert isinstance(exchange.sock, ssl.SSLSocket)
        exchange.sock.unwrap()

    with Origin(part, tls=authority.server) as origin:
        stream = await open_stream(origin, authority, SystemClock())
        await stream.write(ASK)
        await stream.read(65536)
        assert await take(stream, 4) == b"body"
        assert await stream.read(65536) == b""
        assert stream.ended
        assert stream.get_extra_info("is_readable")
        await stream.aclose()


@pytest.mark.parametrize("detached", [True, False])
async def test_a_silent_peer_is_given_up_after_the_timeout(tls: Authority | None, detached: bool) -> None:
    """N02"""
    clock = ManualClock()

    def hold(exchange: Exchange) -> None:
        exchange.send(OK, b"bo")
        exchange.wait(exchange.origin.closing)

    with Origin(hold, tls=tls.server if tls else None) as origin:
        stream = await open_stream(origin, tls, clock)
        await stream.write(ASK)
        await stream.read(65536)
        assert await take(stream, 2) == b"bo"
        failed: list[NetworkTimeout] = []

        async def read() -> None:
            try:
                await (stream.take() if detached else stream.read(65536))
            except NetworkTimeout as error:
                failed.append(error)

        async with anyio.create_task_group() as group:
            group.start_soon(read)
            await anyio.wait_all_tasks_blocked()
            clock.advance(29)
            await anyio.wait_all_tasks_blocked()
            assert failed == []
            clock.advance(1)
        assert failed
        assert stream.get_extra_info("is_readable")
        assert stream.get_extra_info("socket").fileno() == -1


async def test_closing_wakes_a_reader(tls: Authority | None) -> None:
    with Origin(lambda exchange: exchange.wait(exchange.origin.closing), tls=tls.server if tls else None) as origin:
        stream = await open_stream(origin, tls, SystemClock())
        await stream.write(ASK)
        problems: list[Exception] = []

        async def read() -> None:
            try:
                await stream.read(65536)
            except ConnectionLost as error:
                problems.append(error)

        async with anyio.create_task_group() as group:
            group.start_soon(read)
            await anyio.wait_all_tasks_blocked()
            await stream.aclose()
        assert len(problems) == 1
        assert stream.get_extra_info("socket").fileno() == -1


async def test_closing_the_client_ends_a_running_answer(wide: HttpClient, tls: Authority | None) -> None:
    gate = threading.Event()
    with FileOrigin(tls=tls.server if tls else None) as origin:
        file = origin.add("/x", bytes(100_000), body_gate=gate, gate_at=1000)
        answer = await wide.open(Request(file.url, trusted=True), bulk=True)
        problems: list[Exception] = []

        async def read() -> None:
            try:
                await count(answer)
            except ConnectionLost as error:
                problems.append(error)

        async with anyio.create_task_group() as group:
            group.start_soon(read)
            await anyio.wait_all_tasks_blocked()
            await wide.aclose()
        await answer.aclose()
        assert len(problems) == 1
    assert wide.governor.lines() == []


async def test_large_requests_are_sent_whole(tls: Authority | None) -> None:
    """A peer that reads slowly gets every byte in order."""
    body = bytes(range(256)) * 40_000
    got = bytearray()
    go = threading.Event()

    def swallow(exchange: Exchange) -> None:
        exchange.wait(go)
        while len(got) < len(body):
            got.extend(exchange.sock.recv(65536))
        exchange.answer(200)

    with Origin(swallow, tls=tls.server if tls else None) as origin:
        stream = await open_stream(origin, tls, SystemClock())
        await stream.write(b"")
        await stream.write(b"POST / HTTP/1.1\r\nHost: h\r\n\r\n")
        while not origin.requests:
            await anyio.lowlevel.checkpoint()
        async with anyio.create_task_group() as group:
            group.start_soon(stream.write, body)
            await anyio.wait_all_tasks_blocked()
            go.set()
        assert (await stream.read(65536)).startswith(b"HTTP/1.1 200")
        await stream.aclose()
    assert got == body


async def test_writing_to_a_closed_stream_fails_in_httpcores_terms(tls: Authority | None) -> None:
    with Origin([], tls=tls.server if tls else None) as origin:
        stream = await open_stream(origin, tls, SystemClock())
        await stream.aclose()
        with pytest.raises(httpcore.WriteError):
            await stream.write(ASK)
        with pytest.raises(ConnectionLost):
            await stream.read(1)


async def test_the_peer_sees_the_end(tls: Authority | None) -> None:
    """A closed stream really closes its socket."""
    seen = threading.Event()

    def watch(exchange: Exchange) -> None:
        exchange.send(OK)
        if exchange.sock.recv(10) == b"":
            seen.set()

    with Origin(watch, tls=tls.server if tls else None) as origin:
        stream = await open_stream(origin, tls, SystemClock())
        await stream.write(ASK)
        await stream.read(1)
        sock: socket.socket = stream.get_extra_info("socket")
        await stream.aclose()
        assert sock.fileno() == -1
        assert seen.wait(60)
