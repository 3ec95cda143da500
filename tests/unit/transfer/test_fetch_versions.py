"""Files of which nothing tells one version from another, and servers whose ranges are not what they seem."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any

import anyio
import pytest

from stabilitydl import errors
from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.chunk import WIDTH, Chunk
from stabilitydl.transfer.body import Body
from tests.fakes.origin import Exchange, FileOrigin, Served, head
from tests.unit.transfer.rig import MIB, Addresses, Rig, noise, sha256, until

pytestmark = pytest.mark.anyio

SIZE = 12 * MIB
DATA = noise(SIZE)
OTHER = noise(SIZE + 1)[1:]
DATE = "Tue, 01 Jul 2025 10:00:00 GMT"
NAMELESS = pytest.mark.parametrize(("etag", "last_modified"), [(None, None), ('W/"one"', None), (None, DATE)])
"""What an answer says of a file of which nothing tells versions apart."""


def each(origin: FileOrigin, step: Any) -> None:
    """Call ``step`` with the number of each request, from 1, before it is answered."""
    served, lock, count = origin._file, threading.Lock(), 0

    def serve(exchange: Exchange, file: Served) -> None:
        nonlocal count
        with lock:
            count += 1
            step(count)
        served(exchange, file)

    origin._file = serve  # type: ignore[method-assign]


async def whole_from_the_other(rig: Rig, origin: FileOrigin) -> None:
    """The file that replaced the first one is here, all of it, and every request was for all of it."""
    assert rig.target.read_bytes() == OTHER
    assert set(origin.ranges("/m")) == {(0, None)}
    assert rig.left == ["model.safetensors"]


@NAMELESS
@pytest.mark.parametrize("fault", ["cut_after", "reset_after"])
async def test_a_nameless_file_that_is_cut_and_replaced_comes_from_its_first_byte_again(
    rig: Rig, origin: FileOrigin, etag: str | None, last_modified: str | None, fault: str
) -> None:
    """H08, H10"""
    file = origin.add("/m", DATA, etag=etag, last_modified=last_modified, faults=1, **{fault: 5 * MIB})
    each(origin, lambda number: setattr(file, "data", DATA if number == 1 else OTHER))
    arrival = await rig.fetch(file.url)
    await whole_from_the_other(rig, origin)
    assert arrival.verification is Verification.UNVERIFIABLE
    assert [code for code, _ in rig.seen.retries] == ["connection-lost"]


@NAMELESS
async def test_a_nameless_file_that_stalls_and_is_replaced_comes_from_its_first_byte_again(
    rig: Rig, origin: FileOrigin, monkeypatch: pytest.MonkeyPatch, etag: str | None, last_modified: str | None
) -> None:
    """H08, N02, N03"""
    file = origin.add("/m", DATA, etag=etag, last_modified=last_modified)
    each(origin, lambda number: setattr(file, "data", DATA if number == 1 else OTHER))
    real, opened = Body.open, 0

    async def open_(*args: Any) -> Body:
        nonlocal opened
        body, came = await real(*args), 0
        opened += 1
        if opened > 1:
            return body
        read = body.read

        async def stall(wanted: int = WIDTH) -> Chunk:
            nonlocal came
            if came >= 3 * MIB:
                raise errors.StalledConnection(host=body.host)
            chunk = await read(wanted)
            came += len(chunk)
            return chunk

        body.read = stall  # type: ignore[assignment]
        return body

    monkeypatch.setattr(Body, "open", open_)
    await rig.fetch(file.url, size=SIZE)
    await whole_from_the_other(rig, origin)
    assert [code for code, _ in rig.seen.retries] == ["stalled"]


@NAMELESS
async def test_a_nameless_file_that_is_paused_and_replaced_comes_from_its_first_byte_again(
    rig: Rig, origin: FileOrigin, etag: str | None, last_modified: str | None
) -> None:
    """H08"""
    gate = threading.Event()
    file = origin.add("/m", DATA, etag=etag, last_modified=last_modified, body_gate=gate, gate_at=5 * MIB)
    async with anyio.create_task_group() as group:
        group.start_soon(rig.fetch, file.url)
        await until(lambda: rig.live.received == 5 * MIB)
        group.cancel_scope.cancel()
    file.body_gate = None
    gate.set()
    file.data = OTHER
    await rig.fetch(file.url)
    await whole_from_the_other(rig, origin)
    assert rig.seen.retries == [], "nobody knows that it changed"


@NAMELESS
async def test_a_nameless_file_whose_process_is_killed_comes_from_its_first_byte_again(
    rig: Rig, origin: FileOrigin, etag: str | None, last_modified: str | None
) -> None:
    """H08, C01"""
    gate = threading.Event()
    file = origin.add("/m", DATA, etag=etag, last_modified=last_modified, body_gate=gate, gate_at=6 * MIB)
    command = [sys.executable, "-m", "tests.unit.transfer.child", file.url, str(rig.target.parent.parent), ""]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        await until(lambda: rig.part.exists() and rig.part.stat().st_size >= 6 * MIB)
    finally:
        child.kill()
        await anyio.to_thread.run_sync(child.wait)
    file.body_gate = None
    gate.set()
    file.data = OTHER
    await rig.fetch(file.url)
    await whole_from_the_other(rig, origin)


class Everything:
    """A step that answers whatever was asked for with 206 of the whole file."""

    def __init__(self, data: bytes, etag: str | None, *, framing: str = "length", claimed: int | None = None) -> None:
        self.data, self.framing = data, framing
        self.cuts: list[int] = []
        size = len(data) if claimed is None else claimed
        self.headers = {"Content-Range": f"bytes 0-{size - 1}/{size}", "Accept-Ranges": "bytes"}
        if etag is not None:
            self.headers["ETag"] = etag

    def __call__(self, exchange: Exchange) -> None:
        body = self.data[: self.cuts.pop(0)] if self.cuts else self.data
        if self.framing == "length":
            exchange.send(head(206, {**self.headers, "Content-Length": str(len(self.data))}), body)
        elif self.framing == "chunked":
            exchange.send(head(206, {**self.headers, "Transfer-Encoding": "chunked"}))
            exchange.send(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
        else:
            exchange.send(head(206, {**self.headers, "Connection": "close"}), body)
            exchange.close()
        if len(body) < len(self.data):
            exchange.close()


@pytest.mark.parametrize("framing", ["length", "chunked", "until it closes"])
@pytest.mark.parametrize("etag", ['"one"', 'W/"one"', None])
@pytest.mark.parametrize("proven", [True, False])
async def test_a_server_that_calls_the_whole_file_a_part_of_it_brings_it_as_one_stream(
    rig: Rig, origin: FileOrigin, framing: str, etag: str | None, proven: bool
) -> None:
    """H02, H03"""
    origin.routes["/m"] = Everything(DATA, etag, framing=framing)
    arrival = await rig.fetch(origin.url("/m"), checksum=sha256(DATA) if proven else "")
    assert rig.target.read_bytes() == DATA
    assert arrival.verification is (Verification.VERIFIED if proven else Verification.UNVERIFIABLE)
    assert rig.left == ["model.safetensors"]
    # Where all of it was asked for and nothing has to be compared, the first answer is taken.
    assert (origin.ranges("/m")[-1] is None) is (proven or etag == '"one"')


@pytest.mark.parametrize("proven", [True, False])
async def test_such_a_stream_that_is_cut_begins_again(rig: Rig, origin: FileOrigin, proven: bool) -> None:
    """H02, H10"""
    origin.routes["/m"] = server = Everything(DATA, None)
    server.cuts = [len(DATA), 5 * MIB] if proven else [5 * MIB]
    await rig.fetch(origin.url("/m"), checksum=sha256(DATA) if proven else "", connections=1)
    assert rig.target.read_bytes() == DATA
    assert [code for code, _ in rig.seen.retries] == ["connection-lost"]


@pytest.mark.parametrize("claimed", [SIZE - 7, SIZE + 7])
@pytest.mark.parametrize("framing", ["length", "chunked", "until it closes"])
@pytest.mark.parametrize("order", ["checksum", "size", "nothing"])
async def test_a_whole_part_that_is_not_as_long_as_it_says_is_no_file(
    rig: Rig, origin: FileOrigin, claimed: int, framing: str, order: str
) -> None:
    """H02, H03, H04"""
    origin.routes["/m"] = Everything(DATA, '"one"', framing=framing, claimed=claimed)
    known: dict[str, dict[str, Any]] = {"checksum": {"checksum": sha256(DATA)}, "size": {"size": SIZE}, "nothing": {}}
    with pytest.raises(errors.StabilityError):
        await rig.fetch(origin.url("/m"), **known[order])
    assert not rig.target.exists()


def refuse(origin: FileOrigin, numbers: set[int], headers: dict[str, str]) -> None:
    """Answer the requests of these numbers, from 1, with 416."""
    served, lock, count = origin._file, threading.Lock(), 0

    def serve(exchange: Exchange, file: Served) -> None:
        nonlocal count
        with lock:
            count += 1
            is_refused = count in numbers
        if is_refused:
            exchange.answer(416, headers, b"no such part")
        else:
            served(exchange, file)

    origin._file = serve  # type: ignore[method-assign]


OURS: dict[str, str] = {"Content-Range": f"bytes */{SIZE}"}


@pytest.mark.parametrize("proven", [True, False])
@pytest.mark.parametrize("headers", [OURS, {}], ids=["our size", "no size"])
@pytest.mark.parametrize("times", [1, 3])
async def test_a_part_that_is_refused_in_mid_file_is_asked_for_again_and_no_byte_is_lost(
    rig: Rig, origin: FileOrigin, headers: dict[str, str], times: int, proven: bool
) -> None:
    """H09: at a new address."""
    file = origin.add("/m", DATA)
    # Where no size is told, a request for the first byte follows each.
    refuse(origin, {2 + step * number for number in range(times) for step in [1 if headers else 2]}, headers)
    source = Addresses(file.url)
    arrival = await rig.fetch(source, checksum=sha256(DATA) if proven else "", connections=1)
    assert rig.target.read_bytes() == DATA
    assert arrival.fetched == SIZE
    assert source.asked == 1 + times
    firsts = [asked for asked in origin.ranges("/m") if asked == (0, 0)]
    assert len(firsts) == (0 if headers else times)
    assert origin.ranges("/m").count((8 * MIB, SIZE - 1)) == times + 1


async def test_a_resumed_fetch_keeps_what_it_has_when_a_part_is_refused(rig: Rig, origin: FileOrigin) -> None:
    """H09"""
    gate = threading.Event()
    file = origin.add("/m", DATA, body_gate=gate, gate_at=5 * MIB)
    async with anyio.create_task_group() as group:
        group.start_soon(lambda: rig.fetch(file.url, checksum=sha256(DATA), connections=1))
        await until(lambda: rig.live.received == 5 * MIB)
        group.cancel_scope.cancel()
    file.body_gate = None
    gate.set()
    refuse(origin, {1, 2}, OURS)
    arrival = await rig.fetch(file.url, checksum=sha256(DATA), connections=1)
    assert rig.target.read_bytes() == DATA
    assert arrival.fetched == SIZE - 5 * MIB
    assert [code for code, _ in rig.seen.retries] == ["ranges-unusable"] * 2


@pytest.mark.parametrize("headers", [OURS, {}], ids=["our size", "no size"])
@pytest.mark.parametrize("proven", [True, False])
async def test_a_server_that_refuses_parts_for_good_is_asked_for_one_stream(
    rig: Rig, origin: FileOrigin, headers: dict[str, str], proven: bool
) -> None:
    """H09"""
    file = origin.add("/m", DATA)
    served = origin._file

    def serve(exchange: Exchange, file: Served) -> None:
        asked = exchange.request.range
        if asked is not None and asked[0] > 0:
            exchange.answer(416, headers, b"no such part")
        else:
            served(exchange, file)

    origin._file = serve  # type: ignore[method-assign]
    await rig.fetch(file.url, checksum=sha256(DATA) if proven else "", connections=1)
    assert rig.target.read_bytes() == DATA
    assert origin.ranges("/m")[-1] is None
    assert len(origin.requests) <= 20


async def test_a_refusal_without_a_size_of_a_file_that_became_another_one_is_understood(
    rig: Rig, origin: FileOrigin
) -> None:
    """H09, H04: the answer for its first byte says so."""
    file = origin.add("/m", DATA)
    refuse(origin, {2}, {})
    shorter = noise(7 * MIB)

    def change(number: int) -> None:
        if number == 3:
            file.data, file.etag = shorter, '"two"'

    each(origin, change)
    await rig.fetch(file.url, connections=1)
    assert rig.target.read_bytes() == shorter
    assert [code for code, _ in rig.seen.retries] == ["remote-changed"]
    assert origin.ranges("/m")[2:] == [(0, 0), (0, None)]


@pytest.mark.parametrize(
    "switches",
    [{"chunked": True, "ranges": False}, {"etag": None}, {"etag": 'W/"one"'}, {"data": noise(3 * MIB)}],
    ids=["chunked", "nameless", "weak", "small"],
)
async def test_a_part_that_nobody_could_go_on_with_does_not_stay(
    rig: Rig, origin: FileOrigin, switches: dict[str, Any]
) -> None:
    """H08, H10: neither on the disk nor in what is shown."""
    file = origin.add("/m", DATA, cut_after=2 * MIB)
    for name, value in switches.items():
        setattr(file, name, value)
    if "data" in switches:
        file.cut_after = 500
    with pytest.raises(errors.ConnectionLost):
        await rig.fetch(file.url, connections=1)
    assert rig.left == []
    assert (rig.live.received, rig.live.ranges) == (0, ())


async def test_a_part_of_another_version_stays_only_as_long_as_the_new_one_is_on_its_way(
    rig: Rig, origin: FileOrigin
) -> None:
    """H04, H10"""
    file = origin.add("/m", DATA)
    broken = threading.Event()

    def change(number: int) -> None:
        if number == 2:
            file.data, file.etag = OTHER, '"two"'
        file.cut_after = None if number < 3 else 500 if broken.is_set() else 3 * MIB
        if number == 3:
            broken.set()

    each(origin, change)
    with pytest.raises(errors.ConnectionLost):
        await rig.fetch(file.url, connections=1)
    assert rig.left == [rig.part.name, rig.journal.name, f"{rig.part.name}.old", f"{rig.part.name}.oldj"]
    origin._file = FileOrigin._file.__get__(origin)  # type: ignore[method-assign]
    file.cut_after = None
    arrival = await rig.fetch(file.url)
    assert arrival.fetched < SIZE
    assert rig.target.read_bytes() == OTHER
    assert rig.left == ["model.safetensors"]


async def test_another_version_is_news_however_often_its_answers_are_cut(rig: Rig, origin: FileOrigin) -> None:
    """H04, H07, H10: each answer ends after 256 KiB, of the first file and of the one that replaced it."""
    file = origin.add("/m", DATA, etag='"one"', cut_after=MIB // 4)

    def replace(number: int) -> None:
        if number == 40:
            file.data, file.etag = OTHER, '"two"'

    each(origin, replace)
    await rig.fetch(file.url, connections=1)
    assert rig.target.read_bytes() == OTHER
    assert rig.left == ["model.safetensors"]
