"""Where heads and bodies end, however the bytes are cut."""

from __future__ import annotations

import httpcore
import pytest

from stabilitydl.http.framing import FIELD_LIMIT, HEAD_LIMIT, LINE_LIMIT, Body, ChunkedBody, CountedBody, Head, body_of

OK = b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n"
HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"


def feed(head: Head, data: bytes, size: int) -> int | None:
    for start in range(0, len(data), size):
        end = head.add(data[start : start + size])
        if end is not None:
            return end
    return None


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    "head", [OK, HINT + OK, HINT * 3 + OK, b"HTTP/1.1 200 OK\n\n", b"HTTP/1.0 204\r\n\r\n", b"HTTP/1.1 101 X\r\n\r\n"]
)
def test_a_head_ends_where_it_ends(head: bytes, size: int) -> None:
    assert feed(Head(), head + b"body\r\n\r\n", size) == len(head)
    assert feed(Head(), head[:-1], size) is None


@pytest.mark.parametrize("size", [1, 1000])
def test_what_is_no_http_is_seen_early(size: int) -> None:
    for data in (b"\x16\x03\x01", b"SSH-2.0-x", b"HTML", b"\r\nHTTP/1.1 200 OK\r\n\r\n"):
        with pytest.raises(httpcore.RemoteProtocolError):
            feed(Head(), data, size)


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * LINE_LIMIT + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * FIELD_LIMIT + b"\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * HEAD_LIMIT,
        b"HTTP/1.1 100 Continue\r\n\r\n" * (HEAD_LIMIT // 25 + 2),
        b"HTTP/1.1 100 Continue\r\n\r\n" * (HEAD_LIMIT // 25) + OK * 2,
    ],
    ids=["line", "fields", "endless", "interim", "together"],
)
@pytest.mark.parametrize("size", [1460, 262144, 10**9])
def test_heads_are_bounded(data: bytes, size: int) -> None:
    """H21"""
    with pytest.raises(httpcore.RemoteProtocolError):
        feed(Head(), data, size)


def test_a_large_head_below_the_bounds_passes() -> None:
    fields = b"".join(b"A%d: %s\r\n" % (n, b"x" * 30_000) for n in range(8))
    assert feed(Head(), b"HTTP/1.1 200 OK\r\n" + fields + b"\r\nx", 1460) is not None


CHUNKED = b"4\r\nabcd\r\nA;ext=1\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n"


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_a_chunked_body_is_exact_at_its_end_only(size: int) -> None:
    body = ChunkedBody()
    exact = []
    for start in range(0, len(CHUNKED), size):
        body.add(memoryview(CHUNKED)[start : start + size])
        exact.append(body.is_exact)
    assert exact == [False] * (len(exact) - 1) + [True]
    body.add(b"H")
    assert not body.is_exact


def test_surplus_in_the_same_read_counts() -> None:
    body = ChunkedBody()
    body.add(CHUNKED + b"HTTP/1.1 200 OK")
    assert not body.is_exact


@pytest.mark.parametrize("data", [b"zz\r\nab", b"\r\n", b"-5\r\nabc", b"0x5\r\nabc", b"5 5\r\n"])
def test_malformed_chunks_are_never_exact(data: bytes) -> None:
    """H12"""
    body = ChunkedBody()
    body.add(data)
    body.add(b"0\r\n\r\n")
    assert not body.is_exact


@pytest.mark.parametrize("data", [b"8000000000000000\r\n", b"F" * 20 + b"\r\n", b"1" * (LINE_LIMIT + 1)])
def test_impossible_chunks_are_refused(data: bytes) -> None:
    """H12"""
    with pytest.raises(httpcore.RemoteProtocolError):
        ChunkedBody().add(data)


def test_a_counted_body() -> None:
    body = CountedBody(5)
    body.add(b"abc")
    assert not body.is_exact
    body.add(b"de")
    assert body.is_exact
    body.add(b"f")
    assert not body.is_exact


def test_how_an_answer_is_framed() -> None:
    def kind(status: int, *headers: tuple[bytes, bytes]) -> type[Body]:
        return type(body_of(status, headers))

    assert kind(200, (b"Content-LENGTH", b"5")) is CountedBody
    assert kind(200, (b"Transfer-Encoding", b"chunked")) is ChunkedBody
    assert kind(200) is Body
    assert body_of(304, [(b"Content-Length", b"5")]).is_exact
    assert body_of(204, []).is_exact
    assert not body_of(200, []).is_exact
    for headers in (
        [(b"Content-Length", b"5"), (b"Transfer-Encoding", b"chunked")],
        [(b"Content-Length", b"9223372036854775808")],
        [(b"Content-Length", b"-1")],
    ):
        with pytest.raises(httpcore.RemoteProtocolError):
            body_of(200, headers)


def detached(head: bytes, size: int = 1000) -> tuple[bytes, int | None]:
    collected = Head()
    end = feed(collected, head + b"body", size)
    assert end is not None
    return collected.detach(end)


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("before", [b"", HINT, HINT + HINT.replace(b"Link", b"Content-Length")])
def test_a_plain_length_is_taken_out_of_the_head(before: bytes, size: int) -> None:
    """The parser sees an answer without a body; everything else is as it came."""
    for field in (b"Content-Length: %d\r\n", b"content-length:%d \r\n", b"CONTENT-LENGTH: \t %d\n"):
        head = before + b"HTTP/1.1 206 Partial\r\nA: b\r\n" + field + b"X-Content-Length: 8\r\n\r\n"
        seen, length = detached(head % 123, size)
        assert length == 123
        assert seen == head % 0


@pytest.mark.parametrize(
    "fields",
    [
        b"",
        b"Content-Length: 5\r\nContent-Length: 5\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        b"Content-Length: 5\r\nTRANSFER-ENCODING : chunked\r\n",
        b"Content-Length: 5, 5\r\n",
        b"Content-Length: 5\r\n 6\r\n",
        b"Content-Length: 5\r\n\t\r\n",
        b"Content-Length:\r\n 5\r\n",
        b"Content-Length : 5\r\n",
        b"Content-Length: -5\r\n",
        b"Content-Length: +5\r\n",
        b"Content-Length: 0x5\r\n",
        b"Content-Length: 5\r\r\n",
        b"Content-Length: 1234567890123456789\r\n",
        b"Content-Length: \xd9\xa5\r\n",
        b"Transfer-Encoding: chunked\r\n",
    ],
)
def test_any_other_framing_is_left_to_the_parser(fields: bytes) -> None:
    """H12: what two readers could read in two ways is read by one, which refuses it."""
    head = b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n"
    assert detached(head) == (head, None)


@pytest.mark.parametrize("status", [b"101", b"204", b"304"])
def test_answers_that_have_no_body_are_left_to_the_parser(status: bytes) -> None:
    head = b"HTTP/1.1 " + status + b" X\r\nContent-Length: 5\r\n\r\n"
    assert detached(head) == (head, None)
