"""Answers that break the rules are refused, and their connections never serve again."""

from __future__ import annotations

import resource
import threading

import anyio
import anyio.to_thread
import pytest

from stabilitydl.errors import BadAnswer, ConnectionLost, NetworkTimeout, StabilityError
from stabilitydl.http.answer import Answer
from stabilitydl.http.client import HttpClient
from stabilitydl.http.proxies import Proxies
from stabilitydl.http.request import Request
from tests.fakes.clock import ManualClock
from tests.fakes.origin import CLOSE, RESET, Ended, Exchange, Origin, Step

pytestmark = pytest.mark.anyio

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"


def hold(exchange: Exchange) -> None:
    """Keep the connection open until the origin ends."""
    exchange.wait(exchange.origin.closing)
    raise Ended


def flood(exchange: Exchange) -> None:
    """Interim answers without end."""
    while True:
        exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nbad!!",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4, 5\r\n\r\nbad!!",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 400 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8000000000000000\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"F" * 30 + b"\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 65536 + b"\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 10_000 + b"Content-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA\x00: b\r\nContent-Length: 0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ],
)
async def test_an_ambiguous_or_endless_answer_is_refused(client: HttpClient, answer: bytes) -> None:
    """H12, H21"""
    with Origin([(answer, hold), GOOD]) as origin:
        with pytest.raises(BadAnswer):
            await client.get(Request(origin.url(), trusted=True))
        assert client.connections == []
        assert (await client.get(Request(origin.url(), trusted=True)))[1] == b"good"
        assert origin.connections == 2
    assert client.governor.lines() == []


async def test_endless_interim_answers_end_without_filling_memory(client: HttpClient) -> None:
    """H21"""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Origin(flood) as origin, pytest.raises(BadAnswer):
        await client.get(Request(origin.url(), trusted=True))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024


async def test_a_few_interim_answers_are_skipped(client: HttpClient) -> None:
    with Origin([b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 3 + GOOD]) as origin:
        assert (await client.get(Request(origin.url(), trusted=True)))[1] == b"good"


@pytest.mark.parametrize("trickle", [[], [b"HTTP/1.1 100 Continue\r\n\r\n"], [b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"]])
async def test_a_head_has_30_seconds_in_all(trickle: list[bytes]) -> None:
    """H21, N02: whatever trickles in does not extend them."""
    clock = ManualClock()
    client = HttpClient(clock, proxies=Proxies({}))
    problems: list[StabilityError] = []

    async def ask(url: str) -> None:
        try:
            await client.get(Request(url, trusted=True))
        except StabilityError as error:
            problems.append(error)

    with Origin([(*trickle, hold)]) as origin:
        async with anyio.create_task_group() as group:
            group.start_soon(ask, origin.url())
            while not origin.requests:
                await anyio.lowlevel.checkpoint()
            for _ in range(4):
                await anyio.wait_all_tasks_blocked()
                assert problems == []
                clock.advance(7.4)
            await anyio.wait_all_tasks_blocked()
            assert problems == []
            clock.advance(0.5)
    assert isinstance(problems[0], NetworkTimeout)
    assert client.connections == []
    await client.aclose()


async def test_what_stands_between_chunks_has_30_seconds_in_all() -> None:
    """N02, N03: as long as nothing of the body comes, whatever else does."""
    clock, more, sent = ManualClock(), threading.Semaphore(0), threading.Semaphore(0)
    client = HttpClient(clock, proxies=Proxies({}))
    problems: list[StabilityError] = []

    def trickle(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n4;")
        while not exchange.origin.closing.is_set():
            more.acquire()
            exchange.send(b"x")
            sent.release()

    async def read(answer: Answer) -> None:
        try:
            await answer.next_chunk()
        except StabilityError as error:
            problems.append(error)

    with Origin(trickle) as origin:
        answer = await client.open(Request(origin.url(), trusted=True), bulk=True)
        assert await answer.next_chunk() == b"good"
        async with anyio.create_task_group() as group:
            group.start_soon(read, answer)
            for _ in range(4):
                more.release()
                await anyio.to_thread.run_sync(sent.acquire)
                await anyio.wait_all_tasks_blocked()
                assert problems == []
                clock.advance(7.4)
            await anyio.wait_all_tasks_blocked()
            assert problems == []
            clock.advance(0.5)
        await answer.aclose()
        origin.closing.set()
        more.release()
    assert isinstance(problems[0], NetworkTimeout)
    assert client.connections == []
    await client.aclose()


@pytest.mark.parametrize(
    "answer",
    [
        GOOD + b"surplus",
        GOOD + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n0\r\n\r\n" + GOOD,
        b"HTTP/1.1 204 No\r\n\r\n" + GOOD,
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" + GOOD,
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n.",
    ],
)
async def test_bytes_after_a_body_end_the_connection(client: HttpClient, answer: bytes) -> None:
    with Origin([answer, GOOD]) as origin:
        await client.get(Request(origin.url("/1"), trusted=True))
        answer_2, body = await client.get(Request(origin.url("/2"), trusted=True))
        assert (answer_2.status, body) == (200, b"good")
        assert [seen.connection for seen in origin.requests] == [1, 2]


@pytest.mark.parametrize(
    "answer", [GOOD, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n0\r\n\r\n"]
)
async def test_a_clean_answer_keeps_the_connection(client: HttpClient, answer: bytes) -> None:
    with Origin([answer] * 5) as origin:
        for _ in range(5):
            assert (await client.get(Request(origin.url(), trusted=True)))[1] == b"good"
        assert origin.connections == 1


@pytest.mark.parametrize("end", [CLOSE, RESET])
async def test_a_kept_connection_that_died_is_replaced(client: HttpClient, end: Step) -> None:
    """H26: the server closes on the second request, which is sent again on a new connection."""
    with Origin([GOOD, end, GOOD]) as origin:
        assert (await client.get(Request(origin.url(), trusted=True)))[1] == b"good"
        assert (await client.get(Request(origin.url(), trusted=True)))[1] == b"good"
        assert [seen.connection for seen in origin.requests] == [1, 1, 2]


@pytest.mark.parametrize("script", [[CLOSE], [RESET], [(b"HTTP/1.1 200", CLOSE)], [(b"HTTP/1.1 200 OK\r\n", RESET)]])
async def test_a_new_connection_that_dies_is_lost(client: HttpClient, script: list[Step]) -> None:
    with Origin([*script, GOOD]) as origin:
        with pytest.raises(ConnectionLost):
            await client.get(Request(origin.url(), trusted=True))
        assert len(origin.requests) == 1
