"""The client against real sockets: whole and partial answers, small bodies, shared connections, quiet loggers."""

from __future__ import annotations

import logging
import socket
import threading

import pytest

from stabilitydl import __version__
from stabilitydl.errors import BadAnswer, CompressedAnswer, ConnectionLost, HostUnreachable, ServerBusy, UsageError
from stabilitydl.http.answer import Answer
from stabilitydl.http.client import HttpClient
from stabilitydl.http.origins import Origin
from stabilitydl.http.request import Request, redacted
from tests.fakes.origin import CLOSE, RESET, Exchange, FileOrigin, Step
from tests.fakes.origin import Origin as Scripted

pytestmark = pytest.mark.anyio

DATA = bytes(range(256)) * 1000


async def test_a_file_comes_whole_and_in_part(client: HttpClient) -> None:
    with FileOrigin() as origin:
        file = origin.add("/model.bin", DATA)
        answer, body = await client.get(Request(file.url, trusted=True))
        assert (answer.status, body, answer.headers.get("ETag")) == (200, DATA, file.etag)
        answer = await client.open(Request(file.url, trusted=True), extra=[("Range", "bytes=10-19")], bulk=True)
        assert answer.status == 206
        assert b"".join([chunk async for chunk in answer.chunks()]) == DATA[10:20]
        await answer.aclose()
        assert origin.connections == 1
        assert origin.ranges("/model.bin") == [None, (10, 19)]
        assert origin.requests[0].headers["user-agent"] == f"stabilitydl/{__version__}"
        assert origin.requests[0].headers["accept-encoding"] == "identity"


async def test_any_status_is_an_answer(client: HttpClient) -> None:
    with FileOrigin() as origin:
        for status in (404, 416, 500):
            file = origin.add("/x", b"", statuses=[status])
            answer, _ = await client.get(Request(file.url, trusted=True))
            assert answer.status == status


async def test_cookies_are_not_kept(client: HttpClient) -> None:
    with FileOrigin() as origin:
        file = origin.add("/x", b"x", headers={"Set-Cookie": "id=1; Path=/"})
        await client.get(Request(file.url, trusted=True))
        await client.get(Request(file.url, trusted=True))
        assert "cookie" not in origin.requests[1].headers


async def test_a_small_body_is_bounded_and_not_decoded(client: HttpClient) -> None:
    with FileOrigin() as origin:
        large = origin.add("/large", bytes(1001))
        with pytest.raises(BadAnswer):
            await client.get(Request(large.url, trusted=True), limit=1000)
        packed = origin.add("/packed", b"x", headers={"Content-Encoding": "gzip"})
        with pytest.raises(CompressedAnswer):
            await client.get(Request(packed.url, trusted=True))
        exact = origin.add("/exact", bytes(1000))
        assert (await client.get(Request(exact.url, trusted=True), limit=1000))[1] == bytes(1000)
        assert client.governor.lines() == []


async def test_an_answer_that_is_left_early_ends_its_connection_and_frees_its_slot(client: HttpClient) -> None:
    with FileOrigin() as origin:
        file = origin.add("/x", bytes(8_000_000))
        answer = await client.open(Request(file.url, trusted=True), bulk=True)
        async for _ in answer.chunks():
            break
        assert [line.running for line in client.governor.lines()] == [1]
        await answer.aclose()
        await answer.aclose()
        assert client.governor.lines() == []
        assert client.connections == []
        await client.get(Request(file.url, trusted=True))
        assert origin.connections == 2


async def test_an_answer_that_nobody_closes_warns(client: HttpClient) -> None:
    with FileOrigin() as origin:
        file = origin.add("/x", b"x")
        answer = await client.open(Request(file.url, trusted=True))
        with pytest.warns(ResourceWarning, match="never closed"):
            answer.__del__()
        await answer.aclose()


async def read_into(answer: Answer, came: bytearray) -> None:
    async for chunk in answer.chunks():
        came += chunk


@pytest.mark.parametrize("step", [CLOSE, RESET])
async def test_a_body_that_is_cut_keeps_what_came(client: HttpClient, step: Step) -> None:
    """H10, N01"""
    first = threading.Event()

    def cut(exchange: Exchange) -> None:
        exchange.wait(first)
        step(exchange)

    with Scripted([(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabcd", cut)]) as origin:
        answer = await client.open(Request(origin.url(), trusted=True), bulk=True)
        came = bytearray()
        chunks = answer.chunks()
        came += await anext(chunks)
        first.set()
        with pytest.raises(ConnectionLost) as caught:
            await read_into(answer, came)
        await answer.aclose()
        assert came == b"abcd"
        assert caught.value.arguments["host"] == "127.0.0.1"
    assert client.connections == []


async def test_a_chunked_body_that_is_cut_is_a_lost_connection(client: HttpClient) -> None:
    """H10"""
    script = [(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", CLOSE)]
    with Scripted(script) as origin, pytest.raises(ConnectionLost):
        await client.get(Request(origin.url(), trusted=True))


async def test_a_closed_port_is_unreachable(client: HttpClient) -> None:
    with socket.socket() as taken:
        # Nobody listens, and nobody else can get it meanwhile.
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(HostUnreachable):
            await client.get(Request(f"http://127.0.0.1:{taken.getsockname()[1]}/", trusted=True))
    assert client.connections == []
    assert client.governor.lines() == []


async def test_a_host_that_asks_to_wait_is_left_alone(client: HttpClient) -> None:
    """H17"""
    with FileOrigin() as origin:
        file = origin.add("/x", b"x", statuses=[(429, {"Retry-After": "30"}), (503, {})])
        assert (await client.get(Request(file.url, trusted=True)))[0].status == 429
        with pytest.raises(ServerBusy) as caught:
            await client.get(Request(file.url, trusted=True))
        assert 29 < float(caught.value.arguments["after_seconds"] or 0) <= 30
        assert len(origin.requests) == 1
        client.governor.warm_up(Origin.parse(file.url))
        assert (await client.get(Request(file.url, trusted=True)))[0].status == 503
        assert (await client.get(Request(file.url, trusted=True)))[0].status == 200


@pytest.mark.parametrize(
    "url", ["", "x", "ftp://h/x", "file:///etc/passwd", "http://", "http:///x", "http://h:99999/", "data:,x", "/x"]
)
async def test_what_is_no_web_address_is_refused(client: HttpClient, url: str) -> None:
    with pytest.raises(UsageError):
        await client.open(Request(url, trusted=True))


@pytest.mark.parametrize("url", ["https://civitai.com@evil.test/?token=canary", "https://canary:canary@civitai.com/"])
async def test_a_name_inside_a_url_is_refused_and_not_shown(client: HttpClient, url: str) -> None:
    """A03, A05"""
    with pytest.raises(UsageError) as caught:
        await client.open(Request(url))
    assert "canary" not in str(caught.value)
    assert "canary" not in repr(Request(url))


def test_what_may_be_secret_is_left_out() -> None:
    assert redacted("https://u:p@h:1/a/b?sig=1#f") == "https://h:1/a/b"
    assert redacted("https://h?x@y") == "https://h"
    assert redacted("/a?b") == "/a"


async def test_no_logger_writes_urls(client: HttpClient, caplog: pytest.LogCaptureFixture) -> None:
    """A04"""
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "httpcore.http11", "httpcore.connection"):
        caplog.set_level(logging.DEBUG, logger=name)
    with FileOrigin() as origin:
        file = origin.add("/x", b"x")
        await client.get(Request(f"{file.url}?token=canary", headers=(("X-Api-Key", "canary"),), trusted=True))
        assert origin.requests[0].headers["x-api-key"] == "canary"
    assert "canary" not in caplog.text


@pytest.mark.parametrize("end", [CLOSE, RESET])
async def test_a_host_that_cuts_what_is_too_much_gets_fewer(client: HttpClient, end: Step) -> None:
    """H24: but not one that serves nobody."""
    with Scripted([end, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", end]) as origin:
        request = Request(origin.url(), trusted=True)
        with pytest.raises(ConnectionLost):
            await client.open(request, bulk=True)
        answer = await client.open(request, bulk=True)
        (line,) = client.governor.lines()
        most = line.allowed
        with pytest.raises(ConnectionLost):
            await client.open(request, bulk=True)
        (line,) = client.governor.lines()
        assert (line.running, line.allowed) == (1, 1)
        assert most == 8
        await answer.aclose()


@pytest.mark.parametrize("because", ["the host is busy", "the settings say so"])
async def test_what_is_idle_is_closed_as_soon_as_fewer_connections_are_allowed(
    client: HttpClient, because: str
) -> None:
    """H24: a host counts connections, and the next exchange with it may be long in coming."""
    with FileOrigin() as origin:
        file = origin.add("/m", b"x" * 1000)
        request = Request(file.url, trusted=True)
        answers = [await client.open(request, bulk=True) for _ in range(4)]
        for answer in answers:
            await answer.read(1000)
            await answer.aclose()
        assert len(client.connections) == 4
        if because == "the host is busy":
            slot = await client.governor.acquire(Origin.parse(file.url), bulk=True)
            client.governor.refuse(slot, busy=True)
            slot.release()
        else:
            client.governor.set_limits(1, 16)
        assert len(client.connections) == 1
