"""The database is lost: what the disk knows is enough to go on, and nothing is made up."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import anyio
import apsw
import msgspec
import pytest

from stabilitydl.disk.journal import Header, Mark, frame
from stabilitydl.disk.os_posix import boot_id
from stabilitydl.disk.partfile import MIB, journal_path, part_path
from stabilitydl.disk.unfinished import Unfinished
from stabilitydl.domain.collection import Collection
from stabilitydl.domain.resource import ResourceSnapshot
from stabilitydl.domain.states import State
from stabilitydl.engine.folders import Folders
from stabilitydl.engine.rebuild import SCAN_SECONDS
from stabilitydl.engine.record import record_of
from stabilitydl.store.change import Change
from stabilitydl.store.opening import Copying, open_whatever
from stabilitydl.store.store import Store
from tests.engine.harness import PATIENCE, Harness, paths_in
from tests.engine.real import Trickle, contents, eventually, pack_of, real
from tests.fakes.hub import pack
from tests.fakes.origin import FileOrigin, Served

pytestmark = pytest.mark.anyio

BIG = 12 * MIB
RECEIVED = 4 * MIB


def lose(database: Path) -> None:
    """Nothing of the database can be read any more."""
    for companion in ("-wal", "-shm"):
        database.with_name(database.name + companion).unlink(missing_ok=True)
    database.write_bytes(os.urandom(database.stat().st_size))


def lose_log(database: Path) -> None:
    """As after a kill in the first use of the database, when somebody deletes its log: everything was in that."""
    for companion in ("", "-wal", "-shm"):
        database.with_name(database.name + companion).unlink(missing_ok=True)
    connection = apsw.Connection(str(database))
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
    connection.close()
    assert database.stat().st_size


async def begin(folder: Path, origin: FileOrigin, file: Served) -> str:
    """Download some of ``file`` and stop, as when the machine is shut down; the id."""
    origin.routes[file.path] = Trickle(origin, RECEIVED)
    async with real(folder) as h:
        (one,) = await h.get(pack_of(folder / "to", [file]))

        def some_came() -> bool:
            return any(entry.received >= RECEIVED for tick in h.ticks() for entry in tick.entries)

        await h.until(some_came)
    del origin.routes[file.path]
    return one


@pytest.mark.parametrize("lost", [lose, lose_log])
async def test_what_was_begun_goes_on_when_the_database_is_lost(tmp_path: Path, lost: Callable[[Path], None]) -> None:
    """B01, B02: the journal of the part says what it is a part of and from where."""
    with FileOrigin() as origin:
        file = origin.add("/big.safetensors", contents(BIG, 1))
        one = await begin(tmp_path, origin, file)
        lost(paths_in(tmp_path).database)
        sent = file.sent
        async with real(tmp_path) as h:
            (notice,) = await h.engine.notices()
            assert (notice.code, notice.arguments["files"]) == ("store-rebuilt", 1)
            (row,) = await h.engine.resources()
            assert (row.id, row.state) == (one, State.QUEUED)
            assert row.received >= RECEIVED
            assert [each.collection.title for each in await h.engine.collections()] == ["pack"]
            assert await h.engine.go_on() == [one]
            (row,) = await h.settled([one])
            assert row.state is State.DOWNLOADED
        assert file.sent - sent <= BIG - RECEIVED
        assert [path.name for path in (tmp_path / "to").iterdir()] == ["big.safetensors"]
        assert (tmp_path / "to" / "big.safetensors").read_bytes() == file.data


async def test_what_a_start_did_not_get_to_is_done_by_the_next_one(tmp_path: Path) -> None:
    """B01: the database was made again, and then the engine died."""
    with FileOrigin() as origin:
        file = origin.add("/big.safetensors", contents(BIG, 1))
        one = await begin(tmp_path, origin, file)
        lose(paths_in(tmp_path).database)
        open_whatever(paths_in(tmp_path).database).store.close()
        async with real(tmp_path) as h:
            assert [notice.arguments["files"] for notice in await h.engine.notices()] == [1]
            assert await h.engine.go_on() == [one]
            assert (await h.settled([one]))[0].state is State.DOWNLOADED
        async with real(tmp_path) as h:
            assert await h.engine.notices() == [], "it is told once"


async def test_what_was_begun_goes_on_when_it_is_added_again(tmp_path: Path) -> None:
    """B01: also where nobody remembers the folder."""
    with FileOrigin() as origin:
        file = origin.add("/big.safetensors", contents(BIG, 1))
        one = await begin(tmp_path, origin, file)
        paths_in(tmp_path).database.unlink()
        paths_in(tmp_path).folders.unlink()
        sent = file.sent
        async with real(tmp_path) as h:
            assert await h.engine.resources() == []
            rows = await h.settled(await h.get(pack_of(tmp_path / "to", [file])))
            assert [(row.id, row.state) for row in rows] == [(one, State.DOWNLOADED)]
        assert file.sent - sent <= BIG - RECEIVED


async def test_what_was_finished_is_found_when_it_is_added_again(tmp_path: Path) -> None:
    """B01, B07: by its size and checksum, without one byte from the network."""
    async with Harness(tmp_path) as h:
        await h.settled(await h.get(pack(tmp_path / "to", "a.bin", "b.bin")))
    lose(paths_in(tmp_path).database)
    (tmp_path / "to" / "b.bin").write_bytes(bytes((tmp_path / "to" / "b.bin").stat().st_size))
    async with Harness(tmp_path) as h:
        assert [notice.arguments["files"] for notice in await h.engine.notices()] == [0]
        rows = await h.settled(await h.get(pack(tmp_path / "to", "a.bin", "b.bin")))
        assert [row.state for row in rows] == [State.DOWNLOADED, State.FAILED]
        assert h.downloads()[0].fetched == 0
    assert not any((tmp_path / "to" / "b.bin").read_bytes()), "nothing is overwritten"


@pytest.mark.parametrize("state", [State.MISSING, State.DOWNLOADED])
async def test_an_old_copy_of_the_database_knows_less_than_the_disk(tmp_path: Path, state: State) -> None:
    """B01: what it holds to be given up, or to be here, was begun since; the part is not cleared away."""
    with FileOrigin() as origin:
        file = origin.add("/big.safetensors", contents(BIG, 1))
        one = await begin(tmp_path, origin, file)
        database = paths_in(tmp_path).database
        store = Store.open(database)
        store.apply([Change(one, state, received=0, file_size=BIG, file_mtime=1)])
        copying = Copying(store.database)
        while not copying.step():
            pass
        store.close()
        lose(database)
        async with real(tmp_path) as h:
            assert [notice.arguments["files"] for notice in await h.engine.notices()] == [1]
            (row,) = await h.engine.resources()
            assert row.state is State.QUEUED
            assert row.received >= RECEIVED
            sent = file.sent
            await h.engine.go_on()
            assert [each.state for each in await h.settled([one])] == [State.DOWNLOADED]
        assert file.sent - sent <= BIG - RECEIVED


def plant(folder: Path, collection: Collection, row: ResourceSnapshot, **changes: object) -> Path:
    """A part of ``row`` in ``folder``, with a journal that tells of it, ``changes`` made to its header."""
    part = part_path(folder / Path(row.target or "").name, row.resource.tag)
    part.write_bytes(bytes(MIB))
    header = Header(
        resource=row.id, size=BIG, validator="", checksum="", boot=boot_id(), record=record_of(collection, row)
    )
    header = msgspec.structs.replace(header, **changes)
    journal_path(part).write_bytes(frame(header) + frame(Mark(hard=True, ranges=((0, MIB),))))
    return part


@pytest.mark.parametrize(
    "spoil",
    [
        lambda plan, row: plan(row, record=b""),
        lambda plan, row: plan(row, record=b"\x93\xa1a\x01\x02"),
        lambda plan, row: plan(row, resource="f" * 32),
        lambda plan, row: plan(row).rename(Path(row.target).parent / f"other.bin.{row.resource.tag}.sdlpart"),
        lambda plan, row: plan(msgspec.structs.replace(row, target=row.target.replace("a.bin", "a.exe"))),
    ],
    ids=["nothing", "garbage", "another resource", "another place", "a program"],
)
async def test_a_part_that_does_not_tell_what_it_is_stays_where_it_is(
    tmp_path: Path, spoil: Callable[..., object]
) -> None:
    """B01, C09: neither on the list nor removed."""
    async with Harness(tmp_path) as h:
        await h.settled(await h.get(expansion := pack(tmp_path / "to", "a.bin")))
        (row,) = await h.engine.resources()
    (tmp_path / "to" / "a.bin").unlink()
    spoil(lambda row, **changes: plant(tmp_path / "to", expansion.collection, row, **changes), row)
    before = sorted(path.name for path in (tmp_path / "to").iterdir())
    lose(paths_in(tmp_path).database)
    async with Harness(tmp_path) as h:
        assert await h.engine.resources() == []
        assert [notice.arguments["files"] for notice in await h.engine.notices()] == [0]
        await h.calm()
    assert sorted(path.name for path in (tmp_path / "to").iterdir()) == before


async def test_a_part_goes_on_where_it_lies_whatever_its_journal_says(tmp_path: Path) -> None:
    """B07: the folder was renamed; and nobody is led to another one."""
    async with Harness(tmp_path) as h:
        (one,) = await h.add(expansion := pack(tmp_path / "to", "a.bin"))
        (row,) = await h.engine.resources()
    folder = tmp_path / "library" / "deep"
    folder.mkdir(parents=True)
    plant(folder, expansion.collection, msgspec.structs.replace(row, target="/elsewhere/a.bin"))
    lose(paths_in(tmp_path).database)
    async with Harness(tmp_path) as h:
        (row,) = await h.engine.resources()
        assert (row.id, row.state, row.target) == (one, State.QUEUED, str(folder / "a.bin"))


async def test_a_folder_that_hangs_does_not_hold_up_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """B01, D09"""
    go, asked = threading.Event(), threading.Event()

    def hang(folder: Path) -> list[Unfinished]:
        asked.set()
        go.wait(PATIENCE)
        return []

    monkeypatch.setattr("stabilitydl.disk.disk.find", hang)
    h = Harness(tmp_path)
    h.paths.data.mkdir(parents=True)
    h.paths.database.write_bytes(b"no database" * 1000)

    async def let_time_pass() -> None:
        await eventually(asked.is_set)
        h.clock.advance(SCAN_SECONDS + 1)

    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(let_time_pass)
            async with h:
                assert not go.is_set()
                assert [notice.code for notice in await h.engine.notices()] == ["store-rebuilt"]
                go.set()
    finally:
        go.set()


def test_folders_are_remembered_beside_the_database(tmp_path: Path) -> None:
    """B01"""
    path = tmp_path / "folders"
    folders = Folders(path)
    for each in ("/a", "/with\nline", "/a", "", "/last\udcff"):
        folders.note(each)
    path.write_bytes(path.read_bytes() + b'\n"/cut of')
    Folders(path).note("/more")
    path.write_bytes(path.read_bytes() + b'\n17\n"relative"\n{}')
    assert Folders(path).known() == ["/a", "/with\nline", "/last\udcff", "/more"]
    assert repr(folders) == f"<Folders {path}>"
    absent = Folders(tmp_path / "absent" / "folders")
    absent.note("/a")
    assert absent.known() == []


async def test_the_journal_of_a_running_download_tells_what_it_is(tmp_path: Path) -> None:
    """B01: as soon as there is a journal."""
    with FileOrigin() as origin:
        file = origin.add("/big.safetensors", contents(BIG, 1))
        trickle = origin.routes[file.path] = Trickle(origin, RECEIVED)
        async with real(tmp_path) as h:
            (one,) = await h.get(pack_of(tmp_path / "to", [file]))
            await eventually(lambda: any((tmp_path / "to").glob("*.journal")))
            await h.until_state(State.DOWNLOADING, one)
            (found,) = await h.engine._on.services.disk.unfinished(tmp_path / "to")
            assert found.header.resource == one
            assert file.url.encode() in found.header.record
            trickle.go.set()
            await h.engine.cancel([one])
