"""What is read without the parser is what the parser would have read."""

from __future__ import annotations

import h11
import httpcore
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stabilitydl.errors import StabilityError
from stabilitydl.http.client import HttpClient
from stabilitydl.http.framing import Head
from stabilitydl.http.plain import plain_answer, plain_request
from stabilitydl.http.request import Request
from tests.fakes.origin import CLOSE, Origin, Step

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"

LENGTH = b"Content-Length: 4\r\n\r\n"

# Everything that a head consists of, and what has no place there.
WORDS = (
    b"HTTP/1.1 |HTTP/1.0 |HTTP/2 |200|206 |404|199|600|2000| OK|\xc3\xa4|\r\n|\n|\r|\t| |\x00|\x01|\x7f|:|: |A|b-c|{|"
    b'Connection: keep-alive|Connection: close|Upgrade: h2c|ETag: "a"|content-length: 4'
)
pieces = st.sampled_from(WORDS.split(b"|"))
values = st.sampled_from(["", "1", "a b", ' "x" ', "keep-alive", "close", "a, b", "\t", "ä", "\x00"])
names = st.sampled_from(["ETag", "connection", "Connection", "x-y", "Content-Length", "Upgrade", "", "a b"])
heads = st.one_of(
    st.lists(pieces, max_size=12).map(lambda parts: b"HTTP/1.1 200 OK\r\n" + b"".join(parts) + LENGTH),
    st.lists(pieces, max_size=12).map(lambda parts: b"".join(parts) + LENGTH),
    st.lists(st.tuples(names, values), max_size=6).map(
        lambda fields: "".join(["HTTP/1.1 206 P\r\n", *(f"{n}:{v}\r\n" for n, v in fields)]).encode("latin-1") + LENGTH
    ),
)


def detached(head: bytes) -> bytes | None:
    """What is left of ``head`` where the stream reads the body itself."""
    collected = Head()
    try:
        end = collected.add(head)
    except httpcore.RemoteProtocolError:
        return None
    seen, length = collected.detach(end) if end is not None else (b"", None)
    return None if length is None else seen


@settings(deadline=None, max_examples=500)
@given(heads)
@example(GOOD[:-4])
@example(b"HTTP/1.1 200\r\nA:\r\n" + LENGTH)
def test_a_plain_answer_is_what_the_parser_reads(head: bytes) -> None:
    seen = detached(head)
    answer = plain_answer(seen) if seen is not None else None
    if seen is None or answer is None:
        return
    parser = h11.Connection(h11.CLIENT)
    parser.send(h11.Request(method="GET", target="/", headers=[("Host", "h")]))
    parser.send(h11.EndOfMessage())
    parser.receive_data(seen)
    event = parser.next_event()
    assert isinstance(event, h11.Response)
    assert answer.status == event.status_code
    assert list(answer.headers) == event.headers.raw_items()
    assert event.http_version == b"1.1"
    assert isinstance(parser.next_event(), h11.EndOfMessage)
    assert (parser.our_state, parser.their_state) == (h11.DONE, h11.DONE)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\nContent-Length: 4\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 4\n\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\nconnection: close\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: keep-alive, close\r\n\r\n",
        b"HTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n",
    ],
)
def test_what_is_not_plain(head: bytes) -> None:
    assert plain_answer(head) is None


@pytest.mark.parametrize(
    ("target", "fields"),
    [
        (b"/a b", [(b"Host", b"h")]),
        (b"*", [(b"Host", b"h")]),
        (b"http://h/", [(b"Host", b"h")]),
        (b"", [(b"Host", b"h")]),
        (b"/", []),
        (b"/", [(b"Accept", b"*/*")]),
        (b"/", [(b"Host", b"h"), (b"Host", b"h")]),
        (b"/", [(b"Host", b"h"), (b"hOST", b"other")]),
        (b"/", [(b"Host", b"h"), (b"A", b"b\r\nC: d")]),
        (b"/", [(b"Host", b"h"), (b"A:b", b"c")]),
        (b"/", [(b"Host", b"h"), (b"A: b", b"c")]),
        (b"/", [(b"Host", b"h"), (b"A\r\nB", b"c")]),
        (b"/", [(b"Host", b"h"), (b"A", b"")]),
        (b"/", [(b"Host", b"h"), (b"A", b" b")]),
        (b"/", [(b"Host", b"h"), (b"connection", b"close")]),
        (b"/", [(b"Host", b"h"), (b"Transfer-Encoding", b"chunked")]),
        (b"/ HTTP/1.1\r\nA: b\r\n\r\nGET /", [(b"Host", b"h")]),
    ],
)
def test_a_request_that_is_not_plain(target: bytes, fields: list[tuple[bytes, bytes]]) -> None:
    """S02: nothing that a hub or a server said ends a line, and the request is of one host and of a path there."""
    assert plain_request(target, fields) is None


def test_a_request_is_what_the_parser_would_send() -> None:
    fields = [(b"Host", b"h:1"), (b"Range", b"bytes=0-9"), (b"If-Range", b'"x y"')]
    parser = h11.Connection(h11.CLIENT)
    assert plain_request(b"/a?b=%20", fields) == parser.send(
        h11.Request(method="GET", target="/a?b=%20", headers=fields)
    )


Outcome = tuple[object, ...]


async def outcome(client: HttpClient, answer: bytes | tuple[bytes | Step, ...], *, kept: bool) -> Outcome:
    """What becomes of ``answer``, on a new connection or on one that is ``kept``, and is its connection used again?"""
    first = [GOOD] if kept else []
    with Origin([*first, answer, GOOD]) as origin:
        if kept:
            await client.get(Request(origin.url(), trusted=True))
        try:
            found, body = await client.get(Request(origin.url(), trusted=True))
            got: Outcome = (found.status, list(found.headers.items()), body)
        except StabilityError as error:
            got = (type(error),)
        assert origin.connections == 1
        assert (await client.get(Request(origin.url(), trusted=True)))[1] == b"good"
        return (*got, origin.connections)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "answer",
    [
        GOOD,
        b"HTTP/1.1 206 P\r\nConnection: Keep-Alive\r\nContent-Range: bytes 0-3/9\r\nContent-Length: 4\r\n\r\ngood",
        b"HTTP/1.1 404 No\r\nContent-Length: 2\r\nX: 1\r\nX: 2\r\n\r\nno",
        b"HTTP/1.1 200\r\ncontent-length:0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngood",
        b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\ngood",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nUpgrade: h2c\r\n\r\ngood",
        (b"HTTP/1.1 200 OK\r\n\r\ngood", CLOSE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ngood", CLOSE),
        (b"HTTP/1.1 200 OK\r\nContent-", CLOSE),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n0\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + GOOD,
        b"HTTP/1.1 204 No\r\n\r\n",
        b"HTTP/1.1 304 Not\r\nContent-Length: 4\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\ngood",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\ngood!",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA\x00: b\r\nContent-Length: 4\r\n\r\ngood",
        b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 4\r\n\r\ngood",
        GOOD + b"surplus",
        GOOD + GOOD,
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ],
)
async def test_a_kept_connection_answers_as_a_new_one(client: HttpClient, answer: bytes) -> None:
    """H12, H21, H26"""
    assert await outcome(client, answer, kept=True) == await outcome(client, answer, kept=False)
