"""A whole fetch from a good server: every size, every kind of proof, one request more than none."""

from __future__ import annotations

import hashlib
import threading
import zlib

import anyio
import pytest
from blake3 import blake3

from stabilitydl.disk.partfile import SMALL
from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.states import State
from stabilitydl.errors import LengthUnknown, NoSpace, SizeMismatch, TargetTaken
from stabilitydl.transfer import plan
from tests.fakes.origin import Exchange, FileOrigin
from tests.unit.transfer.rig import ID, MIB, Addresses, Rig, noise, sha256, until

pytestmark = pytest.mark.anyio

BLOCK = 2 * MIB
EDGES = [
    0,
    1,
    BLOCK - 1,
    BLOCK,
    BLOCK + 1,
    SMALL - 1,
    SMALL,
    SMALL + 1,
    16 * MIB,
    24 * MIB + 1,
]


@pytest.mark.parametrize("size", EDGES)
async def test_sizes_around_edges(rig: Rig, origin: FileOrigin, size: int) -> None:
    """H22, H23"""
    data = noise(size)
    file = origin.add("/m", data)
    arrival = await rig.fetch(file.url, checksum=sha256(data))
    assert rig.target.read_bytes() == data
    assert (arrival.path, arrival.size, arrival.verification) == (rig.target, size, Verification.VERIFIED)
    assert (arrival.sha256, arrival.host) == (hashlib.sha256(data).hexdigest(), "127.0.0.1")
    assert arrival.mtime_ns == rig.target.stat().st_mtime_ns
    assert rig.left == ["model.safetensors"]
    # Every byte came once, over at most four connections, and the live view ends where the file ends.
    assert arrival.fetched == rig.live.fetched == file.sent == size
    assert (rig.live.received, rig.live.size, rig.live.connections) == (size, size, 0)
    assert rig.live.ranges == (((0, size),) if size else ())
    assert origin.connections <= 4
    assert rig.seen.phases == [State.RESOLVING, State.DOWNLOADING, State.VERIFYING]
    assert rig.seen.retries == []


async def test_the_first_request_is_the_probe_and_ranges_come_from_the_front(rig: Rig, origin: FileOrigin) -> None:
    data = noise(24 * MIB + 1)
    file = origin.add("/m", data)
    await rig.fetch(file.url, checksum=sha256(data), connections=1)
    assert origin.ranges("/m") == [
        (0, 8 * MIB - 1),
        (8 * MIB, 16 * MIB - 1),
        (16 * MIB, 24 * MIB - 1),
        (24 * MIB, 24 * MIB),
    ]
    assert origin.connections == 1
    assert all(request.headers["accept-encoding"] == "identity" for request in origin.requests)
    assert ["if-range" in request.headers for request in origin.requests] == [False, True, True, True]


async def test_several_connections_share_the_work(rig: Rig, origin: FileOrigin) -> None:
    data = noise(20 * MIB)
    gate = threading.Event()
    file = origin.add("/m", data, body_gate=gate, gate_at=MIB)
    async with anyio.create_task_group() as group:
        group.start_soon(lambda: rig.fetch(file.url, checksum=sha256(data), connections=4))
        await until(lambda: origin.connections > 1)
        gate.set()
    assert rig.target.read_bytes() == data
    assert rig.live.fetched == len(data)
    assert 2 <= origin.connections <= 4


async def test_what_a_connection_that_stands_still_has_left_is_taken_over(
    rig: Rig, origin: FileOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "SHORTEST_SPLIT", 4 * MIB)
    monkeypatch.setattr(plan, "SPLIT_SECONDS", 0.0)
    data, gate = noise(12 * MIB), threading.Event()
    file = origin.add("/m", data, etag='"v"')
    held = origin.add("/held", data, etag='"v"', body_gate=gate, gate_at=MIB)

    def step(exchange: Exchange) -> None:
        is_first = exchange.request.range == (0, 8 * MIB - 1)
        origin._file(exchange, held if is_first else file)

    origin.routes["/m"] = step
    async with anyio.create_task_group() as group:
        group.start_soon(lambda: rig.fetch(file.url, checksum=sha256(data), connections=2))
        await until(lambda: rig.live.received == 9 * MIB)
        gate.set()
    assert rig.target.read_bytes() == data
    assert origin.ranges("/m")[2:] == [(6 * MIB, 8 * MIB - 1), (4 * MIB, 6 * MIB - 1)]


async def test_a_known_small_size_is_asked_for_exactly(rig: Rig, origin: FileOrigin) -> None:
    file = origin.add("/m", noise(1000))
    await rig.fetch(file.url, size=1000)
    assert origin.ranges("/m") == [(0, 999)]


@pytest.mark.parametrize(
    ("checksum", "etag", "expected"),
    [
        ("sha256", "", Verification.VERIFIED),
        ("blake3", None, Verification.VERIFIED),
        ("crc32", "", Verification.WEAK),
        ("", "", Verification.WEAK),
        ("", 'W/"weak"', Verification.UNVERIFIABLE),
        ("", None, Verification.UNVERIFIABLE),
    ],
)
async def test_what_the_file_proves(
    rig: Rig, origin: FileOrigin, checksum: str, etag: str | None, expected: Verification
) -> None:
    """H08"""
    data = noise(10 * MIB)
    digits = {
        "": "",
        "sha256": sha256(data),
        "blake3": f"blake3:{blake3(data).hexdigest()}",
        "crc32": f"crc32:{zlib.crc32(data):08x}",
    }
    file = origin.add("/m", data, etag=etag)
    arrival = await rig.fetch(file.url, checksum=digits[checksum])
    assert arrival.verification is expected
    assert rig.target.read_bytes() == data
    # Without a strong validator or a checksum parts are never mixed.
    assert origin.connections == (1 if expected is Verification.UNVERIFIABLE else 2)


async def test_a_file_from_a_redirect_asks_the_first_address_once(rig: Rig, origin: FileOrigin) -> None:
    data = noise(20 * MIB)
    file = origin.add("/cdn/m", data)
    start = origin.redirect("/download", file.url)
    source = Addresses(start)
    await rig.fetch(source, checksum=sha256(data))
    assert origin.times("/download") == 1
    assert source.asked == 1
    assert rig.target.read_bytes() == data


async def test_an_existing_target_is_left_alone(rig: Rig, origin: FileOrigin) -> None:
    """P08"""
    file = origin.add("/m", noise(1000))
    rig.target.parent.mkdir()
    rig.target.write_bytes(b"mine")
    with pytest.raises(TargetTaken):
        await rig.fetch(file.url)
    assert rig.target.read_bytes() == b"mine"
    assert origin.requests == []


async def test_a_target_that_appears_meanwhile_is_left_alone(rig: Rig, origin: FileOrigin) -> None:
    """P08"""
    data = noise(1000)

    def appear(exchange: object) -> None:
        rig.target.write_bytes(b"mine")

    file = origin.add("/m", data)
    served = origin._file
    origin._file = lambda exchange, found: (appear(exchange), served(exchange, found))[1]  # type: ignore[method-assign]
    with pytest.raises(TargetTaken):
        await rig.fetch(file.url)
    assert rig.target.read_bytes() == b"mine"


async def test_a_size_that_is_not_the_promised_one_is_refused_before_a_byte_is_kept(
    rig: Rig, origin: FileOrigin
) -> None:
    file = origin.add("/m", noise(1000))
    with pytest.raises(SizeMismatch) as caught:
        await rig.fetch(file.url, size=2000)
    assert caught.value.arguments == {"host": "127.0.0.1", "actual_bytes": 1000, "expected_bytes": 2000}
    assert rig.left == []
    empty = origin.add("/empty", b"")
    with pytest.raises(SizeMismatch):
        await rig.fetch(empty.url, size=2000)


async def test_too_little_space_is_told_before_a_byte_is_fetched(
    rig: Rig, origin: FileOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D01"""
    file = origin.add("/m", noise(20 * MIB))
    monkeypatch.setattr("stabilitydl.disk.system.system.free_space", lambda path: 20 * MIB - 1)
    with pytest.raises(NoSpace):
        await rig.fetch(file.url)
    assert rig.left == []
    assert rig.live.fetched == 0


@pytest.mark.parametrize("size", [0, 1000, 9 * MIB])
async def test_a_body_of_unknown_length_ends_with_its_last_chunk(rig: Rig, origin: FileOrigin, size: int) -> None:
    data = noise(size)
    file = origin.add("/m", data, ranges=False, chunked=True)
    arrival = await rig.fetch(file.url)
    assert rig.target.read_bytes() == data
    assert (arrival.size, arrival.verification) == (size, Verification.UNVERIFIABLE)
    assert rig.live.size == size


async def test_a_body_that_ends_with_its_connection_needs_a_size_or_a_checksum(rig: Rig, origin: FileOrigin) -> None:
    """H11"""
    data = noise(1000)
    file = origin.add("/m", data, ranges=False, close_delimited=True)
    with pytest.raises(LengthUnknown):
        await rig.fetch(file.url)
    assert rig.left == []
    await rig.fetch(file.url, checksum=sha256(data))
    assert rig.target.read_bytes() == data
    rig.target.unlink()
    arrival = await rig.fetch(file.url, size=1000)
    assert (rig.target.read_bytes(), arrival.verification) == (data, Verification.UNVERIFIABLE)


async def test_the_limit_of_a_host_holds_for_where_it_sends_us_and_that_of_a_resource_for_itself(
    rig: Rig, origin: FileOrigin
) -> None:
    data = noise(2 * MIB)
    file = origin.add("/m", data)
    with FileOrigin(host="127.0.0.2") as hub:
        for hosts, limit in (({"127.0.0.1": 100_000}, 0), ({"127.0.0.2": 100_000}, 0), ({"other": 1}, 100_000)):
            rig.clock.slept.clear()
            rig.bandwidth.set_host_limits(hosts)
            rig.bandwidth.set_resource(ID, limit=limit)
            await rig.fetch(hub.redirect("/asked", file.url), checksum=sha256(data))
            rig.target.unlink()
            assert 15 < sum(rig.clock.slept) < 25
    assert rig.bandwidth.holds_back(ID)
    rig.bandwidth.forget_resource(ID)
    assert not rig.bandwidth.holds_back(ID)


async def test_the_limit_is_asked_before_every_read(rig: Rig, origin: FileOrigin) -> None:
    """N11"""
    data = noise(2 * MIB)
    rig.bandwidth.set_limit(100_000)
    for path, ranges in (("/parts", True), ("/stream", False)):
        rig.clock.slept.clear()
        file = origin.add(path, data, ranges=ranges)
        await rig.fetch(file.url, checksum=sha256(data))
        rig.target.unlink()
        assert 15 < sum(rig.clock.slept) < 25
