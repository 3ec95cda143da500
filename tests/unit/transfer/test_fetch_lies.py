"""Servers that lie, cut and refuse: nothing wrong ever gets the final name, and every failure ends."""

from __future__ import annotations

import dataclasses
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import pytest

from stabilitydl import errors
from stabilitydl.disk.aside import QUARANTINE
from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.chunk import WIDTH, Chunk
from stabilitydl.errors import StabilityError
from stabilitydl.http.governor import Slot
from stabilitydl.transfer import probe
from stabilitydl.transfer.beginning import Beginning
from stabilitydl.transfer.body import Body
from stabilitydl.transfer.retry import LEAST, TRIES
from tests.fakes.origin import Exchange, FileOrigin, Origin, Served, head
from tests.unit.transfer.rig import MIB, Addresses, Rig, noise, sha256, until

pytestmark = pytest.mark.anyio

SIZE = 10 * MIB
"""Two ranges: the probe and the rest."""
DATA = noise(SIZE)
OTHER = noise(SIZE + 1)[1:]


async def refused(rig: Rig, kind: type[StabilityError], source: str | Addresses, **order: object) -> StabilityError:
    """The error that ends a fetch, with no model left behind."""
    with pytest.raises(kind) as caught:
        await rig.fetch(source, **order)  # type: ignore[arg-type]
    assert type(caught.value) is kind
    assert not rig.target.exists()
    return caught.value


def after(count: int, change: Callable[[], None]) -> Callable[[], None]:
    """Calls ``change`` at the call number ``count``."""
    left = [count]

    def step() -> None:
        left[0] -= 1
        if left[0] == 0:
            change()

    return step


def before_each(origin: FileOrigin, step: Callable[[], None]) -> None:
    served = origin._file

    def serve(exchange: Exchange, file: Served) -> None:
        step()
        served(exchange, file)

    origin._file = serve  # type: ignore[method-assign]


@pytest.mark.parametrize("etag", ["", None])
async def test_a_server_without_ranges_gives_one_stream(rig: Rig, origin: FileOrigin, etag: str | None) -> None:
    """H01"""
    file = origin.add("/m", DATA, etag=etag, ranges=False)
    arrival = await rig.fetch(file.url, checksum=sha256(DATA))
    assert rig.target.read_bytes() == DATA
    assert arrival.fetched == SIZE
    assert len(origin.requests) == 1


@pytest.mark.parametrize("etag", ["", None])
async def test_a_server_that_forgets_ranges_in_mid_file_is_asked_for_one_stream(
    rig: Rig, origin: FileOrigin, etag: str | None
) -> None:
    """H01"""
    file = origin.add("/m", DATA, etag=etag)
    before_each(origin, after(2, lambda: setattr(file, "ranges", False)))
    await rig.fetch(file.url, checksum=sha256(DATA))
    assert rig.target.read_bytes() == DATA
    assert origin.ranges("/m")[-1] is None


async def test_a_server_that_announces_ranges_and_ignores_them_is_asked_for_one_stream(
    rig: Rig, origin: FileOrigin
) -> None:
    """H01"""
    file = origin.add("/m", DATA, etag=None, headers={"Accept-Ranges": "bytes"})
    before_each(origin, after(2, lambda: setattr(file, "ranges", False)))
    await rig.fetch(file.url, checksum=sha256(DATA))
    assert rig.target.read_bytes() == DATA


async def test_parts_at_other_offsets_are_rejected_for_one_stream(rig: Rig, origin: FileOrigin) -> None:
    """H02"""
    file = origin.add("/m", DATA, range_shift=1)
    await rig.fetch(file.url, checksum=sha256(DATA))
    assert rig.target.read_bytes() == DATA
    assert origin.ranges("/m") == [(0, 8 * MIB - 1), None]


async def test_one_part_at_another_offset_is_asked_for_again(rig: Rig, origin: FileOrigin) -> None:
    """H02"""
    file = origin.add("/m", DATA)
    shifts = iter([0, 5, 0])
    before_each(origin, lambda: setattr(file, "range_shift", next(shifts, 0)))
    arrival = await rig.fetch(file.url, checksum=sha256(DATA), connections=1)
    assert rig.target.read_bytes() == DATA
    assert arrival.fetched == SIZE
    assert None not in origin.ranges("/m")


async def test_a_part_longer_than_asked_is_cut_at_its_end(rig: Rig, origin: FileOrigin) -> None:
    """H03"""
    file = origin.add("/m", DATA)
    neighbour = threading.Event()

    def endless(exchange: Exchange) -> None:
        asked = exchange.request.range
        assert asked is not None
        assert asked[1] is not None
        first, last = asked[0], min(asked[1], SIZE - 1)
        headers = {
            "Content-Range": f"bytes {first}-{last}/{SIZE}",
            "Transfer-Encoding": "chunked",
            "ETag": file.etag or "",
        }
        body = DATA[first : last + 1] + b"\xee" * 4 * MIB
        exchange.send(head(206, headers), b"%x\r\n" % len(body), body[:1000])
        if first == 0:
            # The bytes that are too many come when the neighbour's are here.
            exchange.wait(neighbour)
        exchange.send(body[1000:])
        exchange.close()

    origin.routes["/m"] = endless
    async with anyio.create_task_group() as group:
        group.start_soon(lambda: rig.fetch(file.url, checksum=sha256(DATA)))
        await until(lambda: rig.live.received >= SIZE - 8 * MIB)
        neighbour.set()
    assert rig.target.read_bytes() == DATA
    assert rig.seen.retries == []
    # Nothing had to be begun again.
    assert [asked for asked in origin.ranges("/m") if asked is not None and asked[0] == 0] == [(0, 8 * MIB - 1)]


@pytest.mark.parametrize("size", [0, 1000])
@pytest.mark.parametrize("surplus", ["at once", "after the last byte"])
@pytest.mark.parametrize("framing", ["chunked", "until it closes"])
async def test_a_stream_longer_than_the_hub_said_is_not_the_file(
    rig: Rig, origin: FileOrigin, framing: str, surplus: str, size: int
) -> None:
    """H03, H11: without a checksum nobody else would see that the end is missing."""
    data = noise(3000)
    first = size if surplus == "after the last byte" else 2000

    def endless(exchange: Exchange) -> None:
        pieces = [data[:first], data[first:]] if first else [data]
        if framing == "chunked":
            exchange.send(head(200, {"Transfer-Encoding": "chunked", "ETag": '"one"'}))
            exchange.send(*(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces), b"0\r\n\r\n")
        else:
            exchange.send(head(200, {"Connection": "close", "ETag": '"one"'}), *pieces)
            exchange.close()

    origin.routes["/m"] = endless
    for _ in range(2):
        # What came is not taken for the whole file by the next run either.
        error = await refused(rig, errors.SizeMismatch, origin.url("/m"), size=size)
        assert error.arguments["expected_bytes"] == size
    await rig.fetch(origin.url("/m"), size=3000)
    assert rig.target.read_bytes() == data


async def test_a_file_that_changed_once_is_begun_again(rig: Rig, origin: FileOrigin) -> None:
    """H04, H07"""
    file = origin.add("/m", DATA)

    def change() -> None:
        file.data, file.etag = OTHER, '"new"'

    before_each(origin, after(2, change))
    arrival = await rig.fetch(file.url)
    assert rig.target.read_bytes() == OTHER
    assert arrival.size == SIZE


async def test_a_file_that_grew_is_begun_again(rig: Rig, origin: FileOrigin) -> None:
    """H04"""
    file = origin.add("/m", DATA, etag=None, last_modified="Tue, 01 Jul 2025 10:00:00 GMT")
    before_each(origin, after(2, lambda: setattr(file, "data", noise(SIZE + 5))))
    await rig.fetch(file.url, checksum=sha256(noise(SIZE + 5)))
    assert rig.target.read_bytes() == noise(SIZE + 5)


NAMES: dict[str, Callable[[], Iterator[str]]] = {
    "by turns": lambda: itertools.cycle(['"one"', '"two"']),
    "never the same": lambda: (f'"{number}"' for number in itertools.count()),
    "only the first": lambda: itertools.chain(['"one"'], itertools.repeat('"two"')),
}
"""What edges of a network call the same bytes, one request after the other; all are strong."""


def name_by(origin: FileOrigin, file: Served, names: str) -> None:
    given = NAMES[names]()
    before_each(origin, lambda: setattr(file, "etag", next(given)))


@pytest.mark.parametrize("connections", [1, 4])
@pytest.mark.parametrize("conditions", ["honoured", "ignored"])
@pytest.mark.parametrize("proven", [True, False])
@pytest.mark.parametrize("names", NAMES)
async def test_edges_that_name_a_file_differently_send_all_of_it_in_one_answer(
    rig: Rig,
    origin: FileOrigin,
    monkeypatch: pytest.MonkeyPatch,
    names: str,
    proven: bool,
    conditions: str,
    connections: int,
) -> None:
    """H07: parts of it are never mixed, whatever the checksum would say."""
    file = origin.add("/m", DATA)
    name_by(origin, file, names)
    if conditions == "ignored":
        monkeypatch.setattr(origin, "_is_current", lambda *_: True)
    arrival = await rig.fetch(file.url, checksum=sha256(DATA) if proven else "", connections=connections)
    assert rig.target.read_bytes() == DATA
    assert arrival.verification is (Verification.VERIFIED if proven else Verification.WEAK)
    assert {code for code, _ in rig.seen.retries} <= {"remote-changed"}
    wholes = [asked is None for asked in origin.ranges("/m")]
    assert wholes.count(True) == (1 if proven or names != "only the first" else 0), "once it is the file that changed"
    assert wholes[-1] is (True in wholes)
    assert rig.left == ["model.safetensors"]


@pytest.mark.parametrize("proven", [True, False])
@pytest.mark.parametrize("names", ["by turns", "never the same"])
async def test_an_answer_of_one_edge_that_is_cut_is_asked_for_again_a_few_times(
    rig: Rig, origin: FileOrigin, names: str, proven: bool
) -> None:
    """H07, H10: no other edge goes on with it."""
    file = origin.add("/m", DATA)
    name_by(origin, file, names)
    # In parts once, or twice; then as one answer, which is cut, too.
    cuts = iter([4 * MIB] * (4 if proven else 6))
    before_each(origin, lambda: setattr(file, "cut_after", next(cuts, None)))
    checksum = sha256(DATA) if proven else ""
    await rig.fetch(file.url, checksum=checksum, connections=1)
    assert rig.target.read_bytes() == DATA
    assert origin.ranges("/m").count(None) == 2
    assert rig.left == ["model.safetensors"]
    await anyio.to_thread.run_sync(rig.target.unlink)
    origin.requests.clear()
    cuts = itertools.repeat(4 * MIB)
    await refused(rig, errors.ConnectionLost, file.url, checksum=checksum, connections=1)
    assert len(origin.requests) <= 20


@pytest.mark.parametrize("proven", [True, False])
async def test_a_file_that_is_another_one_at_every_request_is_never_mixed(
    rig: Rig, origin: FileOrigin, proven: bool
) -> None:
    """H04, H07: a checksum tells which one is right; without one any is, whole."""
    file = origin.add("/m", DATA)
    versions = itertools.cycle([(DATA, '"one"'), (OTHER, '"two"')])

    def change() -> None:
        file.data, file.etag = next(versions)

    before_each(origin, change)
    if proven:
        await refused(rig, errors.ChecksumMismatch, file.url, checksum=sha256(noise(SIZE + 2)[2:]), connections=1)
        assert rig.left == [QUARANTINE]
    else:
        await rig.fetch(file.url, connections=1)
        assert rig.target.read_bytes() in (DATA, OTHER)


PATIENCE = 60.0
OLD_DATE, NEW_DATE = "Tue, 01 Jul 2025 10:00:00 GMT", "Wed, 02 Jul 2025 10:00:00 GMT"
WEAK_ONE, WEAK_TWO = 'W/"one"', 'W/"two"'


@pytest.mark.parametrize(
    ("after_", "told"),
    [((WEAK_ONE, None), True), ((None, OLD_DATE), True), ((None, None), False), (('"two"', None), True)],
)
async def test_two_versions_are_never_mixed(
    rig: Rig,
    origin: FileOrigin,
    monkeypatch: pytest.MonkeyPatch,
    after_: tuple[str | None, str | None],
    told: bool,
) -> None:
    """H07, H08: no checksum will tell, so what the answers say of themselves has to."""
    file = origin.add("/m", DATA, etag='"one"', last_modified=OLD_DATE if after_[1] else None)

    def change() -> None:
        # Where nothing of the old version is written yet, there is nothing to tell of.
        deadline = time.monotonic() + PATIENCE
        while not rig.live.received:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        file.data, file.etag, file.last_modified = OTHER, *after_

    before_each(origin, after(2, change))
    # A server that does not know If-Range sends parts of whatever it has.
    monkeypatch.setattr(origin, "_is_current", lambda *_: True)
    arrival = await rig.fetch(file.url)
    assert rig.target.read_bytes() == OTHER
    assert arrival.verification is (Verification.WEAK if after_[0] == '"two"' else Verification.UNVERIFIABLE)
    assert [code for code, _ in rig.seen.retries] == (["remote-changed"] if told else [])
    assert (origin.ranges("/m")[-1] is None) is not told, "what cannot be compared comes as one stream"


NOT_STRONG = [(None, None), (WEAK_ONE, None), (None, OLD_DATE), (WEAK_ONE, OLD_DATE)]


@pytest.mark.parametrize(("etag", "last_modified"), NOT_STRONG)
async def test_what_cannot_be_told_from_another_version_comes_as_one_answer(
    rig: Rig, origin: FileOrigin, etag: str | None, last_modified: str | None
) -> None:
    """H08: who asks again may get a part of a file that has replaced it meanwhile, and says the same of itself."""
    file = origin.add("/m", DATA, etag=etag, last_modified=last_modified)
    before_each(origin, after(2, lambda: setattr(file, "data", OTHER)))
    arrival = await rig.fetch(file.url)
    assert rig.target.read_bytes() == DATA
    assert arrival.verification is Verification.UNVERIFIABLE
    assert origin.ranges("/m") == [(0, None)]


@pytest.mark.parametrize("connections", [1, 4])
async def test_a_strong_name_or_a_checksum_lets_parts_come_by_themselves(
    rig: Rig, origin: FileOrigin, connections: int
) -> None:
    """H08: the first answer is left where the next one begins, and no byte comes twice."""
    file = origin.add("/m", DATA)
    arrival = await rig.fetch(file.url, connections=connections)
    assert (rig.target.read_bytes() == DATA, arrival.fetched) == (True, SIZE)
    assert origin.ranges("/m") == [(0, None), (8 * MIB, SIZE - 1)]
    await anyio.to_thread.run_sync(rig.target.unlink)
    origin.requests.clear()
    file.etag = None
    await rig.fetch(file.url, checksum=sha256(DATA), connections=connections)
    assert rig.target.read_bytes() == DATA
    assert origin.ranges("/m") == [(0, 8 * MIB - 1), (8 * MIB, SIZE - 1)]


@pytest.mark.parametrize("etag", ['"one"', WEAK_ONE])
async def test_a_server_may_send_less_than_all_that_was_asked_for(rig: Rig, origin: FileOrigin, etag: str) -> None:
    """H08, H05"""
    file = origin.add("/m", DATA, etag=etag)
    served = origin._file

    def no_more_than(exchange: Exchange, file: Served) -> None:
        asked = exchange.request.range
        if asked is not None and asked[1] is None:
            seen = dataclasses.replace(
                exchange.request, headers={**exchange.request.headers, "range": f"bytes=0-{9 * MIB}"}
            )
            exchange = Exchange(origin, exchange.sock, seen)
        served(exchange, file)

    origin._file = no_more_than  # type: ignore[method-assign]
    await rig.fetch(file.url, connections=1)
    assert rig.target.read_bytes() == DATA
    assert origin.ranges("/m") == [(0, None), (8 * MIB, SIZE - 1) if etag == '"one"' else None]


@pytest.mark.parametrize("validators", [(WEAK_ONE, WEAK_TWO), (OLD_DATE, NEW_DATE)])
@pytest.mark.parametrize("proven", [True, False])
async def test_servers_behind_one_name_may_differ_in_what_they_say(
    rig: Rig, origin: FileOrigin, validators: tuple[str, str], proven: bool
) -> None:
    """H08: with a checksum their parts make one file, without one only a single answer does."""
    file = origin.add("/m", DATA, etag=None)
    turns = itertools.cycle(validators)
    field = "etag" if WEAK_ONE in validators else "last_modified"
    before_each(origin, lambda: setattr(file, field, next(turns)))
    await rig.fetch(file.url, checksum=sha256(DATA) if proven else "", connections=1)
    assert rig.target.read_bytes() == DATA
    assert rig.seen.retries == []
    assert origin.ranges("/m") == ([(0, 8 * MIB - 1), (8 * MIB, SIZE - 1)] if proven else [(0, None)])


async def test_a_part_is_not_continued_with_what_says_less_of_itself(
    rig: Rig, origin: FileOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H07, H08: over a restart, too."""
    file = origin.add("/m", DATA)
    gate = threading.Event()
    file.body_gate, file.gate_at = gate, 5 * MIB
    async with anyio.create_task_group() as group:
        group.start_soon(lambda: rig.fetch(file.url, connections=1))
        await until(lambda: rig.live.received == 5 * MIB)
        group.cancel_scope.cancel()
    gate.set()
    file.data, file.etag = OTHER, WEAK_ONE
    monkeypatch.setattr(origin, "_is_current", lambda *_: True)
    await rig.fetch(file.url)
    assert rig.target.read_bytes() == OTHER
    assert [code for code, _ in rig.seen.retries] == ["remote-changed"]
    assert rig.left == ["model.safetensors"]


async def test_a_validator_that_cannot_be_sent_back_is_none(rig: Rig, origin: FileOrigin) -> None:
    """H07: nothing but ASCII can stand in If-Range."""
    file = origin.add("/m", DATA, etag='"\u00e9"')
    arrival = await rig.fetch(file.url)
    assert rig.target.read_bytes() == DATA
    assert arrival.verification is Verification.UNVERIFIABLE
    assert len(origin.requests) == 1
    assert not any("if-range" in request.headers for request in origin.requests)


@pytest.mark.parametrize(
    "content_range", ["bytes 0-1", "bytes */*", "bytes 0-8388607/*", "nonsense", "bytes=0-8388607/10485760"]
)
async def test_garbage_in_content_range_means_one_stream(rig: Rig, origin: FileOrigin, content_range: str) -> None:
    """H05"""
    file = origin.add("/m", DATA, content_range=content_range)
    await rig.fetch(file.url, checksum=sha256(DATA))
    assert rig.target.read_bytes() == DATA
    assert origin.ranges("/m") == [(0, 8 * MIB - 1), None]


@pytest.mark.parametrize("size", [None, SIZE])
async def test_a_part_that_does_not_say_so_is_not_taken_for_the_file(
    rig: Rig, origin: FileOrigin, size: int | None
) -> None:
    """H05"""
    file = origin.add("/m", DATA)

    def silent(exchange: Exchange) -> None:
        if exchange.request.range is None:
            exchange.answer(200, {"ETag": '"x"'}, DATA)
        else:
            exchange.answer(206, {"ETag": '"x"'}, DATA[: 8 * MIB])

    origin.routes["/m"] = silent
    await rig.fetch(file.url, size=size)
    assert rig.target.read_bytes() == DATA


async def test_multipart_is_not_taken_for_the_file(rig: Rig, origin: FileOrigin) -> None:
    """H05"""
    body = b"--x\r\nContent-Range: bytes 0-9/10\r\n\r\n0123456789\r\n--x--\r\n"

    def multipart(exchange: Exchange) -> None:
        exchange.answer(206, {"Content-Type": "multipart/byteranges; boundary=x"}, body)

    origin.routes["/m"] = multipart
    await refused(rig, errors.RangesUnusable, origin.url("/m"))
    assert rig.left == []


@pytest.mark.parametrize("always", [True, False])
async def test_multipart_that_says_which_bytes_it_is_holds_more_than_those(
    rig: Rig, origin: FileOrigin, always: bool
) -> None:
    """H05"""
    file = origin.add("/m", DATA)

    def multipart(exchange: Exchange) -> None:
        if exchange.request.range is None and not always:
            origin._file(exchange, file)
            return
        body = b"--x\r\nContent-Range: bytes 0-9/10\r\n\r\n0123456789\r\n--x--\r\n"
        shown = f"bytes 0-{len(body) - 1}/{len(body)}"
        exchange.answer(206, {"Content-Type": "multipart/byteranges; boundary=x", "Content-Range": shown}, body)

    origin.routes["/m"] = multipart
    if always:
        await refused(rig, errors.RangesUnusable, file.url)
        assert rig.left == []
    else:
        await rig.fetch(file.url)
        assert rig.target.read_bytes() == DATA
    assert [asked is None for asked in origin.ranges("/m")] == [False, True]


async def test_right_headers_with_other_bytes_are_found_out_and_one_stream_helps(rig: Rig, origin: FileOrigin) -> None:
    """H06"""
    file = origin.add("/m", DATA)

    def liar(exchange: Exchange) -> None:
        asked = exchange.request.range
        file.sent_shift = -7 if asked is not None and asked[0] > 0 else 0
        origin._file(exchange, file)

    origin.routes["/m"] = liar
    await rig.fetch(file.url, checksum=sha256(DATA), connections=1)
    assert rig.target.read_bytes() == DATA
    assert origin.ranges("/m")[-1] is None


async def test_wrong_bytes_go_into_quarantine(rig: Rig, origin: FileOrigin) -> None:
    """H06"""
    file = origin.add("/m", OTHER)
    error = await refused(rig, errors.ChecksumMismatch, file.url, checksum=sha256(DATA))
    assert error.arguments["expected"] == sha256(DATA)
    assert rig.left == [QUARANTINE]
    (kept,) = (rig.target.parent / QUARANTINE).iterdir()
    assert kept.read_bytes() == OTHER
    # Once in parts, once as one stream.
    assert [asked is None for asked in origin.ranges("/m")].count(True) == 1


@pytest.mark.parametrize("size", [0, 1000])
async def test_wrong_bytes_that_came_as_one_answer_are_not_asked_for_again(
    rig: Rig, origin: FileOrigin, size: int
) -> None:
    """H06"""
    file = origin.add("/m", noise(size))
    await refused(rig, errors.ChecksumMismatch, file.url, checksum=sha256(b"right"))
    assert len(origin.requests) == 1
    assert rig.left == [QUARANTINE]


@pytest.mark.parametrize("content_range", [None, "bytes */1000", "bytes */10485760"])
async def test_a_416_for_the_first_byte_means_one_stream(
    rig: Rig, origin: FileOrigin, content_range: str | None
) -> None:
    """H09"""

    def step(exchange: Exchange) -> None:
        if exchange.request.range is None:
            exchange.answer(200, {}, DATA)
        else:
            exchange.answer(416, {"Content-Range": content_range} if content_range else {}, b"no such range")

    origin.routes["/m"] = step
    await rig.fetch(origin.url("/m"), checksum=sha256(DATA))
    assert rig.target.read_bytes() == DATA


@pytest.mark.parametrize("content_range", ["bytes */0", "bytes */5", None])
async def test_the_text_of_a_416_is_never_part_of_the_file(
    rig: Rig, origin: FileOrigin, content_range: str | None
) -> None:
    """H09"""
    file = origin.add("/m", DATA)
    answers = iter([False, True])

    def step(exchange: Exchange) -> None:
        if next(answers, False):
            exchange.answer(416, {"Content-Range": content_range} if content_range else {}, b"x" * 8 * MIB)
        else:
            origin._file(exchange, file)

    origin.routes["/m"] = step
    await rig.fetch(file.url, connections=1)
    assert rig.target.read_bytes() == DATA


@pytest.mark.parametrize("fault", ["cut_after", "reset_after"])
@pytest.mark.parametrize("connections", [1, 4])
async def test_a_connection_that_is_cut_goes_on_from_that_byte(
    rig: Rig, origin: FileOrigin, fault: str, connections: int
) -> None:
    """H10, N01"""
    file = origin.add("/m", DATA, faults=6, **{fault: 3 * MIB + 5})
    arrival = await rig.fetch(file.url, checksum=sha256(DATA), connections=connections)
    assert rig.target.read_bytes() == DATA
    assert rig.seen.retries
    assert {code for code, _ in rig.seen.retries} == {"connection-lost"}
    if fault == "cut_after":
        assert arrival.fetched == SIZE
        if connections == 1:
            starts = [asked[0] for asked in origin.ranges("/m") if asked]
            assert starts[:3] == [0, 3 * MIB + 5, 6 * MIB + 10]


async def test_a_network_that_breaks_all_the_time_brings_every_byte_once(rig: Rig, origin: FileOrigin) -> None:
    """N09: far more failures than tries, but each time something came."""
    file = origin.add("/m", DATA, cut_after=300_007)
    arrival = await rig.fetch(file.url, checksum=sha256(DATA), connections=3)
    assert rig.target.read_bytes() == DATA
    assert len(rig.seen.retries) > 2 * TRIES
    assert arrival.fetched == SIZE


async def test_nothing_is_decided_by_head(rig: Rig, origin: FileOrigin) -> None:
    """H25: a server that refuses HEAD, or answers it differently, is never asked."""
    file = origin.add("/m", DATA)
    await rig.fetch(file.url, checksum=sha256(DATA))
    assert {request.method for request in origin.requests} == {"GET"}
    assert all(request.range is not None for request in origin.requests)


async def test_a_cut_chunked_body_goes_on_from_that_byte(rig: Rig, origin: FileOrigin) -> None:
    """H10"""
    file = origin.add("/m", DATA, chunked=True, cut_after=MIB, faults=2)
    arrival = await rig.fetch(file.url, checksum=sha256(DATA))
    assert rig.target.read_bytes() == DATA
    assert arrival.fetched == SIZE


async def test_a_stream_that_is_cut_begins_again_a_few_times(rig: Rig, origin: FileOrigin) -> None:
    """H10: what comes again is no progress."""
    file = origin.add("/m", DATA, ranges=False, cut_after=MIB, faults=TRIES - 1)
    await rig.fetch(file.url, checksum=sha256(DATA))
    assert rig.target.read_bytes() == DATA
    assert len(origin.requests) == TRIES
    rig.target.unlink()
    file.faults = None
    await refused(rig, errors.ConnectionLost, file.url, checksum=sha256(DATA))
    assert len(origin.requests) == 2 * TRIES


async def test_a_stream_that_gets_further_each_time_comes_again_a_few_times_too(rig: Rig, origin: FileOrigin) -> None:
    """H10: each try brings something new, and all that came before once more."""
    file = origin.add("/m", DATA, ranges=False)
    reach = itertools.count(MIB, MIB)
    before_each(origin, lambda: setattr(file, "cut_after", next(reach)))
    await refused(rig, errors.ConnectionLost, file.url, checksum=sha256(DATA))
    assert len(origin.requests) == TRIES + 1


async def test_a_stream_that_ends_early_without_a_word_is_not_the_file(rig: Rig, origin: FileOrigin) -> None:
    """H10, H11"""
    file = origin.add("/m", DATA, ranges=False, close_delimited=True, cut_after=MIB, faults=1)
    await rig.fetch(file.url, size=SIZE)
    assert rig.target.read_bytes() == DATA


async def test_a_host_that_cuts_everything_is_given_up(rig: Rig, origin: FileOrigin) -> None:
    """N12"""
    file = origin.add("/m", DATA, cut_after=0)
    await refused(rig, errors.ConnectionLost, file.url, connections=1)
    assert len(rig.seen.retries) == 4
    assert len(origin.requests) == 5
    assert rig.left == []


@pytest.mark.parametrize("connections", [1, 4])
@pytest.mark.parametrize("count", [1, LEAST - 1])
async def test_a_host_that_gives_next_to_nothing_each_time_is_given_up(
    rig: Rig, origin: FileOrigin, count: int, connections: int
) -> None:
    """N03, N12: a byte for each connection would bring the file in months."""
    file = origin.add("/m", DATA, cut_after=count)
    with anyio.fail_after(60):
        await refused(rig, errors.ConnectionLost, file.url, connections=connections)
    assert len(origin.requests) <= TRIES * connections


def slow_bodies(rig: Rig, monkeypatch: pytest.MonkeyPatch, count: int, seconds: float, most: int, rest: float) -> None:
    """Bodies bring ``most`` bytes each ``seconds``; after ``count`` they are silent for ``rest`` seconds and fail."""
    real = Body.open
    ends = rig.clock.skipped + 2000.0

    async def open_(*args: Any) -> Body:
        body, came = await real(*args), 0
        read = body.read

        async def slowly(wanted: int = WIDTH) -> Chunk:
            nonlocal came
            assert rig.clock.skipped < ends, "it goes on for ever"
            if came >= count:
                rig.clock.skipped += rest
                raise errors.NetworkTimeout(host=body.host)
            rig.clock.skipped += seconds
            chunk = await read(min(wanted, most, count - came))
            came += len(chunk)
            return chunk

        body.read = slowly  # type: ignore[assignment]
        return body

    monkeypatch.setattr(Body, "open", open_)


SOME = [(5000, 0.0, 5000), (SIZE, 1.0, 1), (SIZE, 1.0, 20)]


@pytest.mark.parametrize(
    ("ranges", "count", "seconds", "most"),
    [
        *((True, *each) for each in SOME),
        *((False, *each) for each in [*SOME, (60_000, 0.0, 60_000), (MIB, 0.0, WIDTH)]),
    ],
)
async def test_some_bytes_with_each_try_do_not_make_it_last_for_ever(
    rig: Rig, origin: FileOrigin, monkeypatch: pytest.MonkeyPatch, ranges: bool, count: int, seconds: float, most: int
) -> None:
    """N03, H10, H24: a black hole after some KB, which are new only once where no parts can be had, and trickles, of
    which the faster one brings `LEAST` bytes in a minute."""
    file = origin.add("/m", DATA, ranges=ranges)
    slow_bodies(rig, monkeypatch, count, seconds, most, 30.0)
    kind = errors.NetworkTimeout if count < SIZE else errors.StalledConnection
    with anyio.fail_after(60):
        await refused(rig, kind, file.url, connections=1)
    assert rig.clock.skipped <= 75.0
    assert len(rig.seen.retries) == 1


@pytest.mark.parametrize("ranges", [True, False])
async def test_answers_that_begin_late_and_break_off_do_not_make_it_last_for_ever(
    rig: Rig, origin: FileOrigin, monkeypatch: pytest.MonkeyPatch, ranges: bool
) -> None:
    """N03: 29 s until the head, 20 KB, a cut, again and again."""
    file = origin.add("/m", DATA, ranges=ranges, cut_after=20_000)
    send = rig.client._send

    async def late(*args: Any, seconds: float, slot: Slot, **rest: Any) -> Any:
        assert rig.clock.skipped < 2000.0, "it goes on for ever"
        rig.clock.skipped += min(29.0, seconds)
        if seconds < 29.0:
            slot.release()
            raise errors.NetworkTimeout(host="127.0.0.1")
        return await send(*args, seconds=seconds, slot=slot, **rest)

    monkeypatch.setattr(rig.client, "_send", late)
    with anyio.fail_after(60):
        await refused(rig, errors.NetworkTimeout, file.url, connections=1)
    assert rig.clock.skipped <= 75.0
    assert len(rig.seen.retries) == 1


async def test_a_slow_line_that_breaks_all_the_time_brings_the_file(
    rig: Rig, origin: FileOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """N03, N09: far more failures than tries, but more than the least on the whole."""
    data = noise(MIB)
    file = origin.add("/m", data)
    slow_bodies(rig, monkeypatch, 64 * 1024, 2.0, 8192, 20.0)
    await rig.fetch(file.url, checksum=sha256(data), connections=1)
    assert rig.target.read_bytes() == data
    assert len(rig.seen.retries) > 2 * TRIES
    assert rig.clock.skipped > 400.0


async def test_the_little_that_is_left_of_a_range_is_no_failure(rig: Rig, origin: FileOrigin) -> None:
    """N03, N09"""
    data = noise(40 * MIB)
    file = origin.add("/m", data, cut_after=8 * MIB - 1)
    await rig.fetch(file.url, checksum=sha256(data), connections=1)
    assert rig.target.read_bytes() == data
    assert rig.seen.retries


async def test_a_host_that_is_away_for_a_moment_is_waited_for(rig: Rig, origin: FileOrigin) -> None:
    """N01"""
    file = origin.add("/m", DATA, statuses=[500, 502, 408, 504])
    await rig.fetch(file.url, checksum=sha256(DATA))
    assert [code for code, _ in rig.seen.retries] == ["server-failed"] * 4


async def test_a_host_that_is_not_there_is_given_up(rig: Rig) -> None:
    with Origin([]) as gone:
        url = gone.url("/m")
    await refused(rig, errors.HostUnreachable, url)
    assert len(rig.seen.retries) == 4


async def test_a_compressed_answer_is_refused(rig: Rig, origin: FileOrigin) -> None:
    """H13"""
    file = origin.add("/m", DATA, headers={"Content-Encoding": "gzip"})
    await refused(rig, errors.CompressedAnswer, file.url)
    assert rig.left == []


PAGE = b"<!doctype html><title>Log in</title>" + b" " * 2000
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 10485760\n"


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "application/octet-stream"])
@pytest.mark.parametrize("size", [None, SIZE])
@pytest.mark.parametrize("ranges", [True, False])
async def test_a_web_page_is_not_a_model(
    rig: Rig, origin: FileOrigin, content_type: str, size: int | None, ranges: bool
) -> None:
    """H14, N10"""
    file = origin.add("/m", PAGE, content_type=content_type, ranges=ranges)
    await refused(rig, errors.WebPage, file.url, size=size, checksum=sha256(DATA))
    assert rig.left == []


@pytest.mark.parametrize("size", [None, SIZE])
@pytest.mark.parametrize("ranges", [True, False])
async def test_an_lfs_pointer_is_not_a_model(rig: Rig, origin: FileOrigin, size: int | None, ranges: bool) -> None:
    """H15"""
    file = origin.add("/m", POINTER, ranges=ranges)
    await refused(rig, errors.LfsPointer, file.url, size=size, checksum=sha256(DATA))
    assert rig.left == []


@pytest.mark.parametrize(("text", "kind"), [(PAGE, errors.WebPage), (POINTER, errors.LfsPointer)])
@pytest.mark.parametrize("framing", ["length", "chunked", "ranges", "cut", "another size"])
async def test_what_is_no_model_is_refused_in_whatever_pieces_it_comes(
    rig: Rig, origin: FileOrigin, framing: str, text: bytes, kind: type[StabilityError]
) -> None:
    """H14, H15"""
    read = threading.Event()
    # Few bytes for each connection would be given up before they tell.
    piece = 12 if framing == "cut" else 4

    def drip(exchange: Exchange) -> None:
        first, last = exchange.request.range or (0, None)
        stop = len(text) if last is None else min(last + 1, len(text))
        headers = {"Content-Type": "application/octet-stream", "ETag": '"one"'}
        if framing == "chunked":
            exchange.send(head(200, {**headers, "Transfer-Encoding": "chunked"}))
            exchange.send(b"%x\r\n%b\r\n" % (piece, text[:piece]))
        elif framing in ("ranges", "cut"):
            headers |= {"Content-Range": f"bytes {first}-{stop - 1}/{len(text)}"}
            exchange.send(head(206, {**headers, "Content-Length": str(stop - first)}), text[first : first + piece])
        else:
            exchange.send(head(200, {**headers, "Content-Length": str(len(text))}), text[:piece])
        if framing == "cut":
            exchange.close()
        exchange.wait(read)
        rest = text[first + piece : stop]
        if framing == "chunked":
            exchange.send(b"%x\r\n%b\r\n0\r\n\r\n" % (len(rest), rest))
        else:
            exchange.send(rest)

    origin.routes["/m"] = drip
    see = Beginning.look

    def look(self: Beginning, body: Body, chunk: Chunk, offset: int, size: int | None) -> None:
        read.set()
        see(self, body, chunk, offset, size)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Beginning, "look", look)
        for _ in range(2):
            # The next run does not go on behind the bytes that told.
            read.clear()
            await refused(rig, kind, origin.url("/m"), size=SIZE if framing == "another size" else None)
            assert rig.left == []


async def test_a_page_in_mid_file_takes_nothing_with_it(rig: Rig, origin: FileOrigin) -> None:
    """H14, N10"""
    file = origin.add("/m", DATA)
    before_each(origin, after(2, lambda: setattr(file, "content_type", "text/html")))
    await refused(rig, errors.WebPage, file.url, connections=1)
    assert rig.live.received == 8 * MIB
    file.content_type = "application/octet-stream"
    arrival = await rig.fetch(file.url)
    assert arrival.fetched == SIZE - 8 * MIB
    assert rig.target.read_bytes() == DATA


async def test_another_size_is_told_although_nothing_comes(
    rig: Rig, origin: FileOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H04, N03: it might be a page, but that is not waited for."""
    monkeypatch.setattr(probe, "_LOOK_SECONDS", 0.0)
    file = origin.add("/m", DATA, body_gate=threading.Event(), gate_at=4)
    await refused(rig, errors.SizeMismatch, file.url, size=SIZE + 1)
    assert rig.left == []


@pytest.mark.parametrize("connections", [1, 4])
async def test_an_address_that_expires_in_mid_file_is_renewed_and_no_byte_is_lost(
    rig: Rig, origin: FileOrigin, connections: int
) -> None:
    """H16"""
    data = noise(26 * MIB)
    with FileOrigin() as storage:
        signed = origin.sign("/m", storage, data)
        before_each(storage, after(2, storage.expire))
        source = Addresses(origin.url("/m"))
        arrival = await rig.fetch(source, checksum=sha256(data), connections=connections)
        assert rig.target.read_bytes() == data
        assert arrival.fetched == signed.sent == len(data)
    assert source.asked == 2


async def test_four_connections_that_find_the_address_expired_renew_it_once(rig: Rig, origin: FileOrigin) -> None:
    """H16"""
    data = noise(26 * MIB)
    gate = threading.Event()
    with FileOrigin() as storage:
        origin.sign("/m", storage, data, body_gate=gate, gate_at=MIB, cut_after=MIB + 1, faults=4)
        once = threading.Lock()

        def step() -> None:
            if len(storage.requests) >= 4 and once.acquire(blocking=False):
                storage.expire()
                gate.set()

        served = storage._contents

        def contents(exchange: Exchange, file: Served) -> None:
            step()
            served(exchange, file)

        storage._contents = contents  # type: ignore[method-assign]
        source = Addresses(origin.url("/m"))
        arrival = await rig.fetch(source, checksum=sha256(data))
        assert rig.target.read_bytes() == data
        assert arrival.fetched == len(data)
    assert source.asked == 2


async def test_an_address_that_expires_all_the_time_ends(rig: Rig, origin: FileOrigin) -> None:
    """H16"""
    with FileOrigin() as storage:
        signed = origin.sign("/m", storage, DATA)
        answers = iter([True])

        def step() -> None:
            if not next(answers, False):
                storage.expire()

        before_each(storage, step)
        source = Addresses(origin.url("/m"))
        await refused(rig, errors.AccessDenied, source, checksum=sha256(DATA), connections=1)
        assert source.asked == 4
        assert signed.sent == 8 * MIB
    assert rig.part.exists()


@pytest.mark.parametrize("status", [400, 401, 403, 410])
async def test_every_way_of_saying_expired_is_understood(rig: Rig, origin: FileOrigin, status: int) -> None:
    """H16"""
    file = origin.add("/m", DATA)
    before_each(origin, after(2, lambda: file.statuses.append(status)))
    source = Addresses(file.url)
    await rig.fetch(source, checksum=sha256(DATA), connections=1)
    assert source.asked == 2


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Retry-After": "7"}, 7.0),
        (503, {"Retry-After": "31536000"}, 600.0),
        (503, {}, None),
        (429, {"Retry-After": "-5"}, 0.0),
    ],
)
async def test_a_busy_host_is_told_with_its_wish(
    rig: Rig, origin: FileOrigin, status: int, headers: dict[str, str], seconds: float | None
) -> None:
    """H17"""
    file = origin.add("/m", DATA, statuses=[(status, headers)])
    error = await refused(rig, errors.ServerBusy, file.url)
    assert error.arguments["after_seconds"] == seconds
    assert len(origin.requests) == 1
    assert rig.left == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, errors.NotFound), (410, errors.RemoteGone), (451, errors.RemoteGone), (401, errors.LoginNeeded)],
)
async def test_what_is_not_there_is_told_at_once(
    rig: Rig, origin: FileOrigin, status: int, kind: type[StabilityError]
) -> None:
    """H18"""
    file = origin.add("/m", DATA, statuses=[status] * 9)
    await refused(rig, kind, file.url)
    assert len(origin.requests) == 1
    assert rig.seen.retries == []
    assert rig.left == []


@pytest.mark.parametrize("refusal", ["429", "503 now", "reset", "close"])
async def test_a_host_that_allows_two_connections_gets_two(rig: Rig, origin: FileOrigin, refusal: str) -> None:
    """H24"""
    data = noise(26 * MIB)
    refused_one = threading.Event()
    file = origin.add("/m", data, body_gate=refused_one, gate_at=MIB)
    places = threading.Semaphore(2)

    def step(exchange: Exchange) -> None:
        if places.acquire(blocking=False):
            try:
                origin._file(exchange, file)
            finally:
                places.release()
            return
        refused_one.set()
        if refusal == "reset":
            exchange.reset()
        if refusal == "close":
            exchange.close()
        exchange.answer(429 if refusal == "429" else 503)

    origin.routes["/m"] = step
    await rig.fetch(file.url, checksum=sha256(data))
    assert rig.target.read_bytes() == data
    assert refused_one.is_set()


async def test_a_refused_connection_is_spared_before_the_first_byte_came(rig: Rig, origin: FileOrigin) -> None:
    """H24"""
    data = DATA
    file = origin.add("/m", data)
    refused_one = threading.Event()

    def step(exchange: Exchange) -> None:
        if exchange.request.connection == 1:
            asked = exchange.request.range
            assert asked is not None
            if asked[0] == 0:
                headers = {
                    "Content-Range": f"bytes 0-{8 * MIB - 1}/{len(data)}",
                    "Content-Length": str(8 * MIB),
                    "ETag": file.etag or "",
                }
                exchange.send(head(206, headers))
                exchange.wait(refused_one)
                exchange.send(data[: 8 * MIB])
            else:
                origin._file(exchange, file)
        else:
            exchange.answer(429)
            refused_one.set()

    origin.routes["/m"] = step
    await rig.fetch(file.url, checksum=sha256(data))
    assert rig.target.read_bytes() == data
