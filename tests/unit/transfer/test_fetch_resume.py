"""Paused, killed, cut off by a full disk: the next fetch goes on from what is proven, and from nothing else."""

from __future__ import annotations

import asyncio
import errno
import os
import random
import subprocess
import sys
import threading
from pathlib import Path
from typing import Self

import anyio
import anyio.lowlevel
import pytest

from stabilitydl.disk.journal import parse
from stabilitydl.disk.partfile import PartFile, PartIdentity
from stabilitydl.disk.system import system
from stabilitydl.domain.checksum import Verification
from stabilitydl.errors import DiskFault, NoSpace, PartChanged, PartInUse, StalledConnection, WebPage
from stabilitydl.transfer import patience, reader
from stabilitydl.transfer.retry import TRIES
from tests.fakes.origin import FileOrigin, Served
from tests.unit.disk.lanes import Calls, descriptors
from tests.unit.transfer.rig import ID, MIB, Addresses, Rig, noise, sha256, until

pytestmark = pytest.mark.anyio

SIZE = 12 * MIB
DATA = noise(SIZE)
OTHER = noise(SIZE + 1)[1:]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    return Calls(monkeypatch)


async def pause_at(rig: Rig, file: Served, received: int, **order: object) -> None:
    """Fetch until exactly ``received`` bytes are written, over one connection, and cancel."""
    gate = threading.Event()
    file.body_gate, file.gate_at = gate, received
    async with anyio.create_task_group() as group:
        group.start_soon(lambda: rig.fetch(file.url, connections=1, **order))  # type: ignore[arg-type]
        await until(lambda: rig.live.received == received)
        group.cancel_scope.cancel()
    file.body_gate, file.gate_at = None, 0
    gate.set()


def journaled(rig: Rig) -> int:
    contents = parse(rig.journal.read_bytes(), "")
    assert contents is not None
    return contents.ranges.prefix


def first_byte_asked(origin: FileOrigin, request: int) -> int:
    asked = origin.requests[request].range
    assert asked is not None
    return asked[0]


async def test_a_resumed_fetch_asks_from_the_journaled_byte(rig: Rig, origin: FileOrigin) -> None:
    file = origin.add("/m", DATA)
    await pause_at(rig, file, 5 * MIB + 77)
    assert rig.left == [rig.part.name, rig.journal.name]
    assert journaled(rig) == 5 * MIB + 77
    before = len(origin.requests)
    arrival = await rig.fetch(file.url)
    assert first_byte_asked(origin, before) == 5 * MIB + 77
    assert origin.requests[before].headers["if-range"] == file.etag
    assert rig.target.read_bytes() == DATA
    assert arrival.fetched == SIZE - 5 * MIB - 77
    assert (arrival.verification, rig.live.received) == (Verification.WEAK, SIZE)
    assert rig.left == ["model.safetensors"]


async def test_what_is_here_already_shows_before_the_first_answer(rig: Rig, origin: FileOrigin) -> None:
    file = origin.add("/m", DATA)
    await pause_at(rig, file, 5 * MIB)
    file.gate = threading.Event()
    async with anyio.create_task_group() as group:
        group.start_soon(rig.fetch, file.url)
        await until(lambda: rig.live.received > 0)
        assert (rig.live.received, rig.live.ranges) == (5 * MIB, ((0, 5 * MIB),))
        group.cancel_scope.cancel()


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
async def test_without_a_strong_validator_or_a_checksum_nothing_is_continued(
    rig: Rig, origin: FileOrigin, etag: str | None
) -> None:
    """H08"""
    file = origin.add("/m", DATA, etag=etag, last_modified="Tue, 01 Jul 2025 10:00:00 GMT")
    await pause_at(rig, file, 5 * MIB)
    before = len(origin.requests)
    await rig.fetch(file.url)
    assert first_byte_asked(origin, before) == 0
    await anyio.to_thread.run_sync(rig.target.unlink)
    # A checksum is proof enough.
    await pause_at(rig, file, 5 * MIB, checksum=sha256(DATA))
    before = len(origin.requests)
    await rig.fetch(file.url, checksum=sha256(DATA))
    assert first_byte_asked(origin, before) == 5 * MIB
    assert rig.target.read_bytes() == DATA


async def test_a_file_that_changed_meanwhile_is_begun_again(rig: Rig, origin: FileOrigin) -> None:
    """H04, H07"""
    file = origin.add("/m", DATA)
    await pause_at(rig, file, 5 * MIB)
    file.data, file.etag = OTHER, '"new"'
    gate = threading.Event()
    file.body_gate, file.gate_at = gate, MIB
    async with anyio.create_task_group() as group:
        group.start_soon(lambda: rig.fetch(file.url, connections=1))
        await until(lambda: bool(rig.seen.retries) and rig.live.received == MIB)
        assert rig.part.with_name(rig.part.name + ".old").read_bytes()[: 5 * MIB] == DATA[: 5 * MIB]
        assert [code for code, _ in rig.seen.retries] == ["remote-changed"], "the user is told"
        gate.set()
    assert rig.target.read_bytes() == OTHER
    assert rig.live.fetched == SIZE
    assert rig.left == ["model.safetensors"]


@pytest.mark.parametrize("what", ["checksum", "size"])
async def test_a_part_of_something_else_is_begun_again(rig: Rig, origin: FileOrigin, what: str) -> None:
    """C09"""
    file = origin.add("/m", DATA)
    await pause_at(rig, file, 5 * MIB, checksum=sha256(DATA))
    if what == "checksum":
        file.data = OTHER
        expected = OTHER
        order = {"checksum": sha256(OTHER)}
    else:
        expected = file.data = noise(SIZE - 1)
        order = {"checksum": sha256(DATA), "size": str(SIZE - 1)}
    before = len(origin.requests)
    if what == "checksum":
        await rig.fetch(file.url, checksum=order["checksum"])
        assert rig.target.read_bytes() == expected
    else:
        await rig.fetch(file.url, size=SIZE - 1)
    assert first_byte_asked(origin, before) == 0


def finished_part(rig: Rig, data: bytes, *, resource: str = ID, checksum: str = "", validator: str = '"v"') -> None:
    """All bytes of an earlier run, durable, before it got its name."""
    file = PartFile.open(rig.target, ID[:8])
    identity = PartIdentity(resource=resource, size=len(data), validator=validator, checksum=checksum)
    file.begin(identity, system.boot_id())
    file.write(0, [data])
    file.sync()
    file.close()


async def test_a_complete_part_is_checked_and_nothing_is_fetched(
    rig: Rig, origin: FileOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C05"""
    finished_part(rig, DATA, checksum=sha256(DATA))
    read: list[int] = []
    real = system.read_at

    def counting(descriptor: int, buffer: memoryview, offset: int) -> int:
        read.append(real(descriptor, buffer, offset))
        return read[-1]

    monkeypatch.setattr(system, "read_at", counting)
    arrival = await rig.fetch(Addresses("http://127.0.0.1:9/never asked"), checksum=sha256(DATA))
    assert rig.target.read_bytes() == DATA
    assert (arrival.fetched, arrival.verification, rig.live.size) == (0, Verification.VERIFIED, SIZE)
    # The whole file once, and the journal.
    assert SIZE <= sum(read) < SIZE + MIB


async def test_a_complete_part_of_another_resource_is_not_used(rig: Rig, origin: FileOrigin) -> None:
    """C09"""
    finished_part(rig, OTHER, resource="a" * 32, checksum=sha256(DATA))
    file = origin.add("/m", DATA)
    arrival = await rig.fetch(file.url, checksum=sha256(DATA))
    assert (arrival.fetched, rig.target.read_bytes() == DATA) == (SIZE, True)


async def test_a_part_that_rotted_is_found_out_and_fetched_again(rig: Rig, origin: FileOrigin) -> None:
    """C08"""
    finished_part(rig, OTHER, checksum=sha256(DATA))
    file = origin.add("/m", DATA)
    arrival = await rig.fetch(file.url, checksum=sha256(DATA))
    assert (arrival.fetched, rig.target.read_bytes() == DATA) == (SIZE, True)
    # The source was not at fault: it is asked in parts as always.
    assert None not in origin.ranges("/m")


def rot(path: Path, *positions: int) -> None:
    """Flip a bit at each position, as a drive that lost what it said it had."""
    with path.open("r+b") as part:
        for position in positions:
            part.seek(position)
            byte = part.read(1)
            part.seek(position)
            part.write(bytes([byte[0] ^ 1]))


async def test_a_block_that_the_drive_lost_costs_that_block(rig: Rig, origin: FileOrigin) -> None:
    """C08, D11: told apart from a source that is wrong."""
    file = origin.add("/m", DATA)
    await pause_at(rig, file, 6 * MIB, checksum=sha256(DATA))
    rot(rig.part, 2 * MIB + 5, 4 * MIB)
    before = len(origin.requests)
    arrival = await rig.fetch(file.url, checksum=sha256(DATA))
    assert rig.target.read_bytes() == DATA
    assert arrival.fetched <= SIZE - 6 * MIB + 2 * 2 * MIB
    asked = [request.range for request in origin.requests[before:]]
    assert sorted(filter(None, asked))[:1] == [(2 * MIB, 6 * MIB - 1)]
    assert rig.left == ["model.safetensors"]


async def test_what_a_drive_lost_over_a_restart_is_found_without_a_checksum(
    rig: Rig, origin: FileOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C08"""
    file = origin.add("/m", DATA)
    await pause_at(rig, file, 6 * MIB)
    rot(rig.part, 4 * MIB - 1)
    monkeypatch.setattr(system, "boot_id", lambda: "another start")
    arrival = await rig.fetch(file.url)
    assert rig.target.read_bytes() == DATA
    assert arrival.fetched <= SIZE - 6 * MIB + 2 * MIB


async def test_what_others_wrote_into_a_part_is_found_without_a_checksum(rig: Rig, origin: FileOrigin) -> None:
    """C08: of a process that was killed, the system running on; what nobody touched is not fetched again."""
    file = origin.add("/m", DATA)
    await pause_at(rig, file, 6 * MIB)
    rot(rig.part, 4 * MIB - 1)
    before = len(origin.requests)
    arrival = await rig.fetch(file.url)
    assert rig.target.read_bytes() == DATA
    assert arrival.fetched <= SIZE - 6 * MIB + 2 * MIB
    asked = [request.range for request in origin.requests[before:]]
    assert sorted(filter(None, asked))[:1] == [(2 * MIB, 4 * MIB - 1)]


async def test_blocks_of_which_nothing_is_known_are_fetched_again_first(rig: Rig, origin: FileOrigin) -> None:
    """C08: a block that two runs wrote has no digest."""
    file = origin.add("/m", DATA)
    await pause_at(rig, file, 5 * MIB, checksum=sha256(DATA))
    rot(rig.part, 4 * MIB + 7)
    arrival = await rig.fetch(file.url, checksum=sha256(DATA))
    assert rig.target.read_bytes() == DATA
    assert arrival.fetched == SIZE - 5 * MIB + 2 * MIB


async def test_a_small_file_is_simply_fetched_again(rig: Rig, origin: FileOrigin) -> None:
    data = noise(3 * MIB)
    file = origin.add("/m", data)
    await pause_at(rig, file, MIB)
    assert rig.left == [rig.part.name]
    await rig.fetch(file.url)
    assert rig.target.read_bytes() == data


@pytest.mark.parametrize("seed", range(4))
async def test_pauses_at_random_moments_end_in_the_right_file(rig: Rig, origin: FileOrigin, seed: int) -> None:
    """P07, C10"""
    chance = random.Random(seed)
    file = origin.add("/m", DATA)
    fetched = 0
    for _ in range(6):
        moment = chance.choice([0, 1, chance.randrange(MIB), chance.randrange(SIZE // 4)])
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: rig.fetch(file.url, checksum=sha256(DATA)))
            await until(lambda moment=moment: rig.live.fetched > moment)  # type: ignore[misc]
            group.cancel_scope.cancel()
        fetched += rig.live.fetched
        if rig.target.exists():
            break
    if not rig.target.exists():
        fetched += (await rig.fetch(file.url, checksum=sha256(DATA))).fetched
    assert rig.target.read_bytes() == DATA
    assert rig.left == ["model.safetensors"]
    # A pause loses only what was read and not yet accepted, a chunk for each connection.
    assert fetched <= SIZE + 7 * 4 * MIB


async def test_cancelled_at_any_await_it_leaves_nothing_behind(tmp_path: Path) -> None:
    """P07"""
    before = descriptors()
    rig = Rig(tmp_path)
    data = noise(9 * MIB)
    with FileOrigin() as origin:
        file = origin.add("/m", data)
        tasks = asyncio.all_tasks()
        for turns in [*range(40), *range(40, 400, 17)]:
            async with anyio.create_task_group() as group:
                group.start_soon(rig.fetch, file.url)
                for _ in range(turns):
                    await asyncio.sleep(0)
                group.cancel_scope.cancel()
            assert asyncio.all_tasks() == tasks
            if rig.target.exists():
                rig.target.unlink()
            # Neither lock nor descriptor is left.
            part, _ = await rig.disk.open_part(rig.target, ID[:8])
            await part.close()
            assert not [link for link in links() if "sdlpart" in link]
        await rig.fetch(file.url)
        assert rig.target.read_bytes() == data
    await rig.aclose()
    assert descriptors() == before


def links() -> list[str]:
    found = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            found.append(os.fspath(link.readlink()))
        except OSError:
            continue
    return found


async def test_a_full_disk_stops_it_and_room_lets_it_go_on(rig: Rig, origin: FileOrigin, calls: Calls) -> None:
    """D02"""
    file = origin.add("/m", DATA)
    real = system.write_at

    def full(original: object, descriptor: int, chunks: list[bytes], offset: int) -> int:
        if offset > 6 * MIB:
            raise OSError(errno.ENOSPC, "full")
        return real(descriptor, chunks, offset)

    with pytest.MonkeyPatch.context() as patch:
        Calls(patch).replace("write_at", full)
        with pytest.raises(NoSpace):
            await rig.fetch(file.url, connections=1)
    before = len(origin.requests)
    await rig.fetch(file.url)
    assert first_byte_asked(origin, before) >= 4 * MIB
    assert rig.target.read_bytes() == DATA


async def test_a_sync_that_fails_ends_it_and_what_was_not_proven_is_fetched_again(rig: Rig, origin: FileOrigin) -> None:
    """D05"""
    file = origin.add("/m", DATA)
    with pytest.MonkeyPatch.context() as patch:
        Calls(patch).fail("sync_data", errno.EIO, file="model.safetensors.f00dfeed.sdlpart", times=None)
        # Only the data is bad, the journal is not.
        failing = system.sync_data
        patch.setattr(system, "sync_data", lambda fd: None if "journal" in name_of(fd) else failing(fd))
        with pytest.raises(DiskFault):
            # Over one connection: requests of others might still be on their way to the server.
            await rig.fetch(file.url, connections=1)
    before = len(origin.requests)
    # Where nothing more had come when it ended, nothing is left at all.
    assert not rig.journal.exists() or journaled(rig) == 0
    await rig.fetch(file.url)
    assert first_byte_asked(origin, before) == 0
    assert rig.target.read_bytes() == DATA


def name_of(descriptor: int) -> str:
    return Path(f"/proc/self/fd/{descriptor}").readlink().name


@pytest.mark.parametrize("checksum", [sha256(DATA), ""])
@pytest.mark.parametrize("harm", ["cut", "overwritten", "appended"])
async def test_a_part_that_somebody_harmed_meanwhile_is_fetched_again(
    rig: Rig, origin: FileOrigin, harm: str, checksum: str
) -> None:
    """D11"""
    gate = threading.Event()
    file = origin.add("/m", DATA, body_gate=gate, gate_at=5 * MIB)

    def do_harm() -> None:
        if harm == "cut":
            os.truncate(rig.part, MIB)
        elif harm == "appended":
            os.truncate(rig.part, SIZE + 1)
        else:
            with rig.part.open("r+b") as part:
                part.write(b"harm")
            os.utime(rig.part, ns=(1, 1))

    async with anyio.create_task_group() as group:
        group.start_soon(lambda: rig.fetch(file.url, checksum=checksum, connections=1))
        await until(lambda: rig.live.received == 5 * MIB)
        do_harm()
        gate.set()
    assert rig.target.read_bytes() == DATA
    # Where the checksum tells that bytes are wrong, the digests of the blocks tell which.
    if harm == "overwritten" and checksum:
        assert rig.live.fetched == SIZE + 2 * MIB
    assert SIZE < rig.live.fetched <= 2 * SIZE


async def test_a_part_that_somebody_removed_meanwhile_is_never_final(rig: Rig, origin: FileOrigin) -> None:
    """D11"""
    gate = threading.Event()
    file = origin.add("/m", DATA, body_gate=gate, gate_at=5 * MIB)

    async def fetch() -> None:
        with pytest.raises(PartChanged):
            await rig.fetch(file.url, checksum=sha256(DATA), connections=1)

    async with anyio.create_task_group() as group:
        group.start_soon(fetch)
        await until(lambda: rig.live.received == 5 * MIB)
        rig.part.unlink()
        gate.set()
    assert not rig.target.exists()
    await rig.fetch(file.url, checksum=sha256(DATA))
    assert rig.target.read_bytes() == DATA


class Child:
    """A fetch in another process, held at a byte by the server."""

    def __init__(self, rig: Rig, file: Served) -> None:
        folder = rig.target.parent.parent
        command = [sys.executable, "-m", "tests.unit.transfer.child", file.url, str(folder), sha256(DATA)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.communicate()

    def told(self) -> str:
        return self.process.communicate(timeout=60)[0].strip()


async def test_two_processes_bring_one_file_once(rig: Rig, origin: FileOrigin) -> None:
    """P03, P04"""
    gate = threading.Event()
    file = origin.add("/m", DATA, body_gate=gate, gate_at=5 * MIB)
    with Child(rig, file) as child:
        await until(lambda: file.sent >= 5 * MIB)
        with pytest.raises(PartInUse):
            await rig.fetch(file.url, checksum=sha256(DATA))
        gate.set()
        assert await anyio.to_thread.run_sync(child.told) == str(SIZE)
    assert rig.target.read_bytes() == DATA
    assert file.sent == SIZE


async def test_a_killed_process_costs_little_and_blocks_nobody(rig: Rig, origin: FileOrigin) -> None:
    """C01, C11, P02"""
    gate = threading.Event()
    file = origin.add("/m", DATA, body_gate=gate, gate_at=6 * MIB)
    with Child(rig, file) as child:
        await until(lambda: rig.part.exists() and rig.part.stat().st_size >= 6 * MIB)
        child.process.kill()
        await anyio.to_thread.run_sync(child.process.wait)
    file.body_gate = None
    gate.set()
    arrival = await rig.fetch(file.url, checksum=sha256(DATA))
    assert rig.target.read_bytes() == DATA
    assert arrival.fetched <= SIZE
    assert rig.left == ["model.safetensors"]


async def test_a_server_that_trickles_is_asked_again_and_not_for_ever(
    rig: Rig, origin: FileOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """N03: what it sent is kept, and the end is a named error although every try brought some bytes."""
    data = noise(12 * MIB)
    file = origin.add("/m", data)
    with monkeypatch.context() as patch:
        patch.setattr(reader, "WINDOW", 0.0)
        for place in (reader, patience):
            patch.setattr(place, "SLOWEST", 10**15)
        with pytest.raises(StalledConnection):
            await rig.fetch(file.url, checksum=sha256(data), connections=1)
    assert [code for code, _ in rig.seen.retries] == ["stalled"] * (TRIES - 1)
    assert 0 < rig.live.received < len(data)
    arrival = await rig.fetch(file.url, checksum=sha256(data), connections=1)
    assert rig.target.read_bytes() == data
    assert arrival.fetched < len(data)


async def test_a_web_page_that_was_cut_off_in_its_first_bytes_is_not_continued(rig: Rig, origin: FileOrigin) -> None:
    """H14"""
    page = b"<!doctype html>" + DATA
    file = origin.add("/m", page)
    await pause_at(rig, file, 4)
    assert journaled(rig) == 4
    with pytest.raises(WebPage):
        await rig.fetch(file.url)
    assert not rig.target.exists()
