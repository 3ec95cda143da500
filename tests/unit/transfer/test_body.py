"""One answer, judged before a byte of it is believed: status, Content-Range, length, validator, encoding."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from typing import cast

import anyio
import httpx
import pytest

from stabilitydl import errors
from stabilitydl.errors import StabilityError
from stabilitydl.http.answer import Answer
from stabilitydl.http.client import HttpClient
from stabilitydl.http.request import Request
from stabilitydl.transfer.body import Body, Remote, Wanted
from tests.fakes.clock import ManualClock

pytestmark = pytest.mark.anyio

SIZE = 1000
ETAG, OTHER = '"one"', '"other"'
DATE, NEWER = "Tue, 01 Jul 2025 10:00:00 GMT", "Wed, 02 Jul 2025 10:00:00 GMT"
MULTIPART = "Multipart/ByteRanges; boundary=x"

FIRST = Wanted(name="m.bin", start=0, stop=100)
MIDDLE = Wanted(name="m.bin", start=300, stop=400, size=SIZE, validator=ETAG)
WEAK = dataclasses.replace(MIDDLE, validator=DATE)
WEAK_TAG = dataclasses.replace(MIDDLE, validator='W/"one"')
NAMELESS = dataclasses.replace(MIDDLE, validator="")
PROVEN = dataclasses.replace(MIDDLE, is_proven=True)
LAST = Wanted(name="m.bin", start=900, stop=1100, size=SIZE, validator=ETAG)
WHOLE = Wanted(name="m.bin", start=0, stop=100, whole=True)


class Server:
    """Gives one answer and remembers what was asked and whether the answer was closed."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes = b"body") -> None:
        self.asked: dict[str, str] = {}
        self.asked_for_more = anyio.Event()
        self.silent = False
        self.opened = self.closed = 0
        self._status, self._headers, self._body = status, headers, body

    async def open(self, request: Request, *, extra: Sequence[tuple[str, str]], bulk: bool, patience: object) -> Answer:
        assert bulk
        self.opened += 1
        self.asked = dict(extra)

        chunks = [self._body]

        async def read(most: int = 0) -> bytes:
            self.asked_for_more.set()
            if self.silent:
                await anyio.sleep_forever()
            return chunks.pop() if chunks else b""

        async def close() -> None:
            self.closed += 1

        headers = httpx.Headers(dict(self._headers))
        return Answer(self._status, headers, f"{request.url}?signed", "host.test", read, close)


async def ask(server: Server, wanted: Wanted) -> Body:
    client = cast(HttpClient, server)
    return await Body.open(client, Request("https://host.test/m.bin"), wanted, ManualClock())


def part(start: int, last: int, total: int | str = SIZE, **more: str) -> dict[str, str]:
    headers = {"Content-Range": f"bytes {start}-{last}/{total}", "Content-Length": str(last - start + 1), "ETag": ETAG}
    return {**headers, **{name.replace("_", "-"): value for name, value in more.items()}}


def without(headers: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in headers.items() if key != name}


STRONG = Remote(SIZE, ETAG, has_ranges=True)
FULL = {"Content-Length": str(SIZE), "ETag": ETAG}
OFFERED = {**FULL, "Accept-Ranges": "bytes"}

GOOD: dict[str, tuple[int, dict[str, str], Wanted, int, int | None, Remote]] = {
    "first part": (206, part(0, 99), FIRST, 0, 100, STRONG),
    "first part with status 200, as ModelScope": (200, part(0, 99), FIRST, 0, 100, STRONG),
    "other words for it": (206, part(0, 99, Content_Range="BYTES  0-99/1000"), FIRST, 0, 100, STRONG),
    "part of unknown length of body": (206, without(part(0, 99), "Content-Length"), FIRST, 0, 100, STRONG),
    "file smaller than asked": (
        206,
        part(0, 49, 50),
        FIRST,
        0,
        50,
        Remote(50, ETAG, has_ranges=True),
    ),
    "middle": (206, part(300, 399), MIDDLE, 300, 400, STRONG),
    "middle without validator": (
        206,
        without(part(300, 399), "ETag"),
        PROVEN,
        300,
        400,
        Remote(SIZE, "", has_ranges=True),
    ),
    "middle with a weak one where a checksum is known": (
        206,
        part(300, 399, ETag='W/"two"'),
        dataclasses.replace(PROVEN, validator='W/"one"'),
        300,
        400,
        Remote(SIZE, 'W/"two"', has_ranges=True),
    ),
    "middle of a file that never had one": (
        206,
        without(part(300, 399), "ETag"),
        NAMELESS,
        300,
        400,
        Remote(SIZE, "", has_ranges=True),
    ),
    "middle of the same date": (
        206,
        part(300, 399, ETag="", Last_Modified=DATE),
        WEAK,
        300,
        400,
        Remote(SIZE, DATE, has_ranges=True),
    ),
    "last part": (206, part(900, 999), LAST, 900, 1000, STRONG),
    "weak validator": (
        206,
        part(0, 99, ETag='W/"one"', Last_Modified=DATE),
        FIRST,
        0,
        100,
        Remote(SIZE, 'W/"one"', has_ranges=True),
    ),
    "a validator that is no ETag": (206, part(0, 99, ETag="one"), FIRST, 0, 100, Remote(SIZE, "one", has_ranges=True)),
    "two validators": (
        206,
        part(0, 99, ETag='"one", "two"'),
        FIRST,
        0,
        100,
        Remote(SIZE, '"one", "two"', has_ranges=True),
    ),
    "empty validator": (206, part(0, 99, ETag='""'), FIRST, 0, 100, Remote(SIZE, "", has_ranges=True)),
    "whole instead of part": (200, OFFERED, FIRST, 0, SIZE, Remote(SIZE, ETAG, has_ranges=False)),
    "whole as asked": (200, OFFERED, WHOLE, 0, SIZE, STRONG),
    "whole, no ranges": (200, FULL, WHOLE, 0, SIZE, Remote(SIZE, ETAG, has_ranges=False)),
    "whole with its range": (200, part(0, 999), WHOLE, 0, SIZE, Remote(SIZE, ETAG, has_ranges=False)),
    "whole that calls itself a part": (206, part(0, 999), WHOLE, 0, SIZE, Remote(SIZE, ETAG, has_ranges=False)),
    "whole that calls itself a part, of unknown length": (
        206,
        without(part(0, 999, Accept_Ranges="bytes"), "Content-Length"),
        WHOLE,
        0,
        SIZE,
        Remote(SIZE, ETAG, has_ranges=False),
    ),
    "whole with a garbled range": (
        200,
        {**FULL, "Content-Range": "bytes oops"},
        WHOLE,
        0,
        SIZE,
        Remote(SIZE, ETAG, has_ranges=False),
    ),
    "chunked": (
        200,
        {"Transfer-Encoding": "chunked"},
        FIRST,
        0,
        None,
        Remote(None, "", has_ranges=False, is_delimited=True),
    ),
    "until it closes": (200, {}, FIRST, 0, None, Remote(None, "", has_ranges=False, is_delimited=False)),
    "203 of a proxy": (203, FULL, FIRST, 0, SIZE, Remote(SIZE, ETAG, has_ranges=False)),
    "empty": (416, {"Content-Range": "bytes */0"}, FIRST, 0, 0, Remote(0, "", has_ranges=True)),
    "empty, plainly": (200, {"Content-Length": "0"}, FIRST, 0, 0, Remote(0, "", has_ranges=False)),
    "identity said aloud": (206, part(0, 99, Content_Encoding=" Identity "), FIRST, 0, 100, STRONG),
}


@pytest.mark.parametrize("name", GOOD)
async def test_good_answers(name: str) -> None:
    status, headers, wanted, start, stop, remote = GOOD[name]
    server = Server(status, headers)
    body = await ask(server, wanted)
    assert (body.start, body.stop, body.remote) == (start, stop, remote)
    assert (body.url, body.host) == ("https://host.test/m.bin?signed", "host.test")
    assert repr(body) == f"<Body host.test {start}-{stop}>"
    assert [await body.read(), await body.read(), await body.read()] == [b"body", b"", b""]
    assert server.closed == 0
    await body.close()
    assert server.closed == 1


BAD: dict[str, tuple[int, dict[str, str], Wanted, type[StabilityError]]] = {
    # H01: the whole file where the middle was asked for
    "whole for the middle": (200, OFFERED, MIDDLE, errors.RangesUnusable),
    "whole for the middle, no validator": (200, OFFERED, WEAK, errors.RangesUnusable),
    "whole for the middle, no validator, no ranges": (200, {"Content-Length": "1000"}, WEAK, errors.RangesUnusable),
    "If-Range says changed": (200, without(OFFERED, "ETag"), MIDDLE, errors.RemoteChanged),
    # H02: another range than asked
    "shifted": (206, part(301, 400), MIDDLE, errors.WrongRange),
    "shifted first": (206, part(1, 100), FIRST, errors.WrongRange),
    "shorter than asked": (206, part(300, 398), MIDDLE, errors.WrongRange),
    "longer than asked": (206, part(300, 400), MIDDLE, errors.WrongRange),
    "backwards": (206, part(300, 299), MIDDLE, errors.WrongRange),
    "behind the end": (206, part(900, 1000), LAST, errors.WrongRange),
    # H03: more bytes than the range
    "length does not match": (206, part(300, 399, Content_Length="101"), MIDDLE, errors.WrongRange),
    "length too small": (206, part(300, 399, Content_Length="99"), MIDDLE, errors.WrongRange),
    # H04: another file now
    "another total": (206, part(300, 399, 1001), MIDDLE, errors.RemoteChanged),
    "another length": (200, {"Content-Length": "999"}, WEAK, errors.RemoteChanged),
    "another length of the whole": (
        200,
        {"Content-Length": "999"},
        dataclasses.replace(WHOLE, size=SIZE),
        errors.RemoteChanged,
    ),
    # H05: nothing that can be understood
    "no Content-Range": (206, without(part(0, 99), "Content-Range"), FIRST, errors.RangesUnusable),
    "no Content-Range for the middle": (206, without(part(0, 99), "Content-Range"), MIDDLE, errors.RangesUnusable),
    "multipart": (206, {"Content-Type": "multipart/byteranges; boundary=x"}, FIRST, errors.RangesUnusable),
    "multipart with a range": (206, part(0, 99, Content_Type=MULTIPART), FIRST, errors.RangesUnusable),
    "multipart with a range in mid-file": (206, part(300, 399, Content_Type=MULTIPART), PROVEN, errors.RangesUnusable),
    "multipart for the whole": (200, {**FULL, "Content-Type": MULTIPART}, WHOLE, errors.RangesUnusable),
    "total unknown": (206, part(0, 99, "*"), FIRST, errors.RangesUnusable),
    "no range in it": (206, part(0, 99, Content_Range="bytes */1000"), FIRST, errors.RangesUnusable),
    "other unit": (206, part(0, 99, Content_Range="items 0-99/1000"), FIRST, errors.RangesUnusable),
    "negative": (206, part(0, 99, Content_Range="bytes -1-99/1000"), FIRST, errors.RangesUnusable),
    "far too many digits": (206, part(0, 99, "9" * 400), FIRST, errors.RangesUnusable),
    "beyond 2^63": (206, part(0, 99, str(2**63)), FIRST, errors.WrongRange),
    "empty Content-Range": (206, part(0, 99, Content_Range=""), FIRST, errors.RangesUnusable),
    # Asked for the whole, got a part
    "206 for the whole": (206, part(0, 99), WHOLE, errors.RangesUnusable),
    "206 for the whole, without its range": (206, FULL, WHOLE, errors.RangesUnusable),
    "206 for the whole, of no total": (206, part(0, 999, "*"), WHOLE, errors.RangesUnusable),
    "206 for the whole, of another length": (206, part(0, 999, Content_Length="999"), WHOLE, errors.RangesUnusable),
    "206 for the whole, without the first byte": (206, part(1, 999), WHOLE, errors.RangesUnusable),
    "206 for the whole, unsatisfied": (206, part(0, 999, Content_Range="bytes */1000"), WHOLE, errors.RangesUnusable),
    "the whole as a part where one was asked for": (206, part(0, 999), FIRST, errors.WrongRange),
    "the whole as a part where the middle was asked for": (206, part(0, 999), MIDDLE, errors.WrongRange),
    "part for the whole": (200, part(0, 99), WHOLE, errors.RangesUnusable),
    # H07: the validator changed
    "another validator": (206, part(300, 399, ETag=OTHER), MIDDLE, errors.RemoteChanged),
    "another validator, whole": (200, {**OFFERED, "ETag": OTHER}, MIDDLE, errors.RemoteChanged),
    "another validator, and a checksum": (206, part(300, 399, ETag=OTHER), PROVEN, errors.RemoteChanged),
    # H07, H08: weak ones differ, and nothing else will tell
    "a weak one instead": (206, part(300, 399, ETag='W/"one"'), MIDDLE, errors.RemoteChanged),
    "a date instead": (206, part(300, 399, ETag="", Last_Modified=DATE), MIDDLE, errors.RemoteChanged),
    "another weak one": (206, part(300, 399, ETag='W/"two"'), WEAK_TAG, errors.RemoteChanged),
    "a strong one instead of a weak one": (206, part(300, 399), WEAK_TAG, errors.RemoteChanged),
    "another date": (206, part(300, 399, ETag="", Last_Modified=NEWER), WEAK, errors.RemoteChanged),
    "another weak one for the first bytes": (
        206,
        part(0, 399, ETag='W/"two"'),
        dataclasses.replace(WEAK_TAG, start=0),
        errors.RemoteChanged,
    ),
    "another weak one, whole": (
        200,
        {**FULL, "ETag": 'W/"two"'},
        dataclasses.replace(WEAK_TAG, start=0),
        errors.RemoteChanged,
    ),
    # H08: with one validator nothing can be compared
    "no validator any more": (206, without(part(300, 399), "ETag"), MIDDLE, errors.RangesUnusable),
    "no weak one any more": (206, without(part(300, 399), "ETag"), WEAK_TAG, errors.RangesUnusable),
    "a validator only now": (206, part(300, 399, ETag='W/"one"'), NAMELESS, errors.RangesUnusable),
    # H09
    "416 without a size for the first byte": (416, {}, FIRST, errors.RangesUnusable),
    "416 with a size for the first byte": (416, {"Content-Range": "bytes */1000"}, FIRST, errors.RangesUnusable),
    "416 with our size": (416, {"Content-Range": "bytes */1000"}, MIDDLE, errors.RangesUnusable),
    "416 with another size": (416, {"Content-Range": "bytes */5"}, MIDDLE, errors.RemoteChanged),
    "416 without a size": (416, {}, MIDDLE, errors.RangesUnusable),
    "416 empty in mid-file": (416, {"Content-Range": "bytes */0"}, MIDDLE, errors.RemoteChanged),
    "416 empty of a file that is not": (
        416,
        {"Content-Range": "bytes */0"},
        dataclasses.replace(MIDDLE, start=0),
        errors.RemoteChanged,
    ),
    # H12, F12
    "negative length": (200, {"Content-Length": "-1"}, FIRST, errors.BadAnswer),
    "length beyond 2^63": (200, {"Content-Length": str(2**63)}, FIRST, errors.BadAnswer),
    "length of letters": (200, {"Content-Length": "many"}, FIRST, errors.BadAnswer),
    # H13
    "gzip": (200, {**FULL, "Content-Encoding": "gzip"}, FIRST, errors.CompressedAnswer),
    "gzip part": (206, part(0, 99, Content_Encoding="GZIP"), FIRST, errors.CompressedAnswer),
    # H14
    "web page": (200, {"Content-Type": "text/html", "Content-Length": "100"}, FIRST, errors.WebPage),
    # Status
    "no content": (204, {}, FIRST, errors.UnexpectedStatus),
    "accepted": (202, FULL, FIRST, errors.UnexpectedStatus),
    "redirect to nowhere": (302, {}, FIRST, errors.BadAnswer),
    "not modified": (304, {}, FIRST, errors.BadAnswer),
    "bad request": (400, {}, FIRST, errors.UnexpectedStatus),
    "login": (401, {}, FIRST, errors.LoginNeeded),
    "forbidden": (403, {}, FIRST, errors.AccessDenied),
    "not found": (404, {}, FIRST, errors.NotFound),
    "gone": (410, {}, FIRST, errors.RemoteGone),
    "for legal reasons": (451, {}, FIRST, errors.RemoteGone),
    "too many": (429, {"Retry-After": "5"}, FIRST, errors.ServerBusy),
    "unavailable": (503, {}, FIRST, errors.ServerBusy),
    "broken": (500, part(0, 99), FIRST, errors.ServerFailed),
}


@pytest.mark.parametrize("name", BAD)
async def test_bad_answers(name: str) -> None:
    """H01-H05, H07, H09, H12-H14, H18"""
    status, headers, wanted, kind = BAD[name]
    server = Server(status, headers)
    with pytest.raises(kind) as caught:
        await ask(server, wanted)
    assert type(caught.value) is kind
    assert server.closed == server.opened


STATUSES = (200, 203, 206, 416)
CONTENT_RANGES = (
    None,
    "bytes 300-399/1000",
    "bytes 300-400/1000",
    "bytes 299-399/1000",
    "bytes 300-399/1001",
    "bytes 300-399/*",
    "x",
)
LENGTHS = (None, "100", "99", "101", "1000")
VALIDATORS = (None, ETAG, OTHER, 'W/"one"')
ENCODINGS = (None, "identity", "gzip")


@pytest.mark.parametrize("wanted", [MIDDLE, PROVEN])
async def test_only_the_very_bytes_that_were_asked_for_are_accepted(wanted: Wanted) -> None:
    """H01-H08: of all combinations, a part is believed only when nothing in it speaks against it."""
    accepted = 0
    validators = (None, ETAG, 'W/"one"') if wanted.is_proven else (ETAG,)
    for status, shown, length, validator, encoding in itertools.product(
        STATUSES, CONTENT_RANGES, LENGTHS, VALIDATORS, ENCODINGS
    ):
        fields = {"Content-Range": shown, "Content-Length": length, "ETag": validator, "Content-Encoding": encoding}
        headers = {name: value for name, value in fields.items() if value is not None}
        is_right = (
            status != 416
            and shown == "bytes 300-399/1000"
            and length in (None, "100")
            and validator in validators
            and encoding != "gzip"
        )
        server = Server(status, headers)
        try:
            body = await ask(server, wanted)
        except errors.ServerError:
            assert not is_right, headers
        else:
            assert is_right, headers
            assert (body.start, body.stop) == (300, 400)
            accepted += 1
            await body.close()
        assert server.closed == server.opened
    assert accepted == 3 * 2 * len(validators) * 2


async def test_what_is_asked() -> None:
    """H07, H08, H13"""
    for wanted, range_, condition in (
        (FIRST, "bytes=0-99", None),
        (MIDDLE, "bytes=300-399", ETAG),
        (dataclasses.replace(MIDDLE, start=0), "bytes=0-399", None),
        (WEAK, "bytes=300-399", None),
        (WEAK_TAG, "bytes=300-399", None),
        (WHOLE, None, None),
    ):
        server = Server(500, {})
        with pytest.raises(errors.ServerFailed):
            await ask(server, wanted)
        assert server.asked.get("Range") == range_
        assert server.asked.get("If-Range") == condition
        assert server.asked["Accept-Encoding"] == "identity"


async def test_a_page_is_right_where_a_page_was_asked_for() -> None:
    server = Server(200, {"Content-Type": "text/html", "Content-Length": "4"})
    body = await ask(server, dataclasses.replace(FIRST, name="readme.html"))
    assert body.content_type == "text/html"
    await body.close()


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        ("application/json", b'{"error":"early access"}', '{"error":"early access"}'),
        ("text/plain; charset=utf-8", b"\xff no", "\ufffd no"),
        ("text/html", b"<html>", None),
        ("application/json", b"x" * 4097, None),
    ],
)
async def test_the_words_of_the_server_are_kept_for_the_hub(kind: str, text: bytes, kept: str | None) -> None:
    with pytest.raises(errors.AccessDenied) as caught:
        await ask(Server(403, {"Content-Type": kind}, text), FIRST)
    assert caught.value.arguments.get("body") == kept


async def test_the_words_of_the_server_are_not_waited_for_long() -> None:
    """N03: a refusal is a refusal, however slowly its reasons come."""
    clock, server = ManualClock(), Server(403, {"Content-Type": "text/plain"})
    client, failures = cast(HttpClient, server), list[StabilityError]()

    async def refuse() -> None:
        with pytest.raises(errors.AccessDenied) as caught:
            await Body.open(client, Request("https://host.test/m.bin"), FIRST, clock)
        failures.append(caught.value)

    server.silent = True
    async with anyio.create_task_group() as group:
        group.start_soon(refuse)
        await server.asked_for_more.wait()
        clock.advance(10)
    assert "body" not in failures[0].arguments
    assert server.closed == 1
