"""What a start finds: a database in any state, what a crash left behind, a copy that is old."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import apsw
import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.disk.partfile import journal_path, part_path
from stabilitydl.domain.states import State
from stabilitydl.engine.housekeeping import COPY_SECONDS, FIRST_COPY_SECONDS
from stabilitydl.errors import StoreNewer
from stabilitydl.hubs.direct import Direct
from stabilitydl.hubs.registry import Registry
from stabilitydl.mounts import Mount
from stabilitydl.store.change import Change
from stabilitydl.store.migrations import SCHEMA_VERSION
from stabilitydl.store.opening import copy_of
from stabilitydl.store.store import Store
from stabilitydl.transfer.fetch import fetch
from tests.engine.harness import Harness, paths_in
from tests.engine.real import Trickle, contents, pack_of, real
from tests.fakes.hub import pack
from tests.fakes.origin import FileOrigin

pytestmark = pytest.mark.anyio


def names(count: int) -> list[str]:
    return [f"{number:02}.bin" for number in range(count)]


async def test_a_damaged_database_is_made_again_and_the_user_is_told(tmp_path: Path) -> None:
    """B01: what was here stays here, what was on its way goes on."""
    async with Harness(tmp_path) as h:
        ids = await h.get(pack(tmp_path / "to", *names(40)))
        await h.settled(ids)
        assert await h.engine.notices() == []
    store = Store.open(h.paths.database)
    store.apply([Change(ids[-1], State.DOWNLOADING)])
    store.close()
    size = h.paths.database.stat().st_size
    with h.paths.database.open("r+b") as file:
        file.seek(size - 4096)
        file.write(os.urandom(4096))
    async with Harness(tmp_path) as h:
        (notice,) = await h.engine.notices()
        assert notice.code == "store-rebuilt"
        assert Path(str(notice.arguments["path"])).exists()
        rows = {row.id: row for row in await h.engine.resources()}
        assert len(rows) == notice.arguments["files"]
        assert len(rows) > 20
        kept = [each for each in ids if each in rows]
        await h.engine.go_on()
        await h.settled(kept)
        assert {row.state for row in await h.engine.snapshots(kept)} == {State.DOWNLOADED}
        assert set(h.fetch.calls) <= {rows[ids[-1]].resource.name} if ids[-1] in rows else not h.fetch.calls
    async with Harness(tmp_path) as h:
        assert await h.engine.notices() == []


async def test_a_newer_database_is_shown_and_not_written(tmp_path: Path) -> None:
    """B03"""
    async with Harness(tmp_path) as h:
        ids = await h.get(pack(tmp_path / "to", *names(2)))
        await h.settled(ids)
    with apsw.Connection(str(h.paths.database)) as later:
        later.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    later.close()
    before = h.paths.database.read_bytes()
    async with Harness(tmp_path) as h:
        assert [notice.code for notice in await h.engine.notices()] == ["store-newer"]
        assert [row.id for row in await h.engine.resources()] == ids
        for command in (h.engine.retry, h.engine.cancel, h.engine.remove):
            await command([])
        Path(tmp_path / "to" / (await h.engine.resources())[0].resource.path).unlink()
        with pytest.raises(StoreNewer):
            await h.engine.enqueue(ids)
        with pytest.raises(StoreNewer):
            await h.engine.add([pack(tmp_path / "to", *names(3))])
    assert h.paths.database.read_bytes() == before


async def test_parts_and_journals_of_nobody_are_removed_at_the_start(tmp_path: Path) -> None:
    """C04, C13: of what was given up or is here; never of what is still to come."""
    async with Harness(tmp_path) as h:
        ids = await h.get(pack(tmp_path / "to", *names(4)))
        await h.settled(ids)
        rows = await h.engine.snapshots(ids)
    store = Store.open(h.paths.database)
    states = (State.DOWNLOADED, State.MISSING, State.PAUSED, State.QUARANTINED)
    store.apply([Change(each, state) for each, state in zip(ids, states, strict=True)])
    store.close()
    for row in rows:
        part = part_path(Path(row.target or ""), row.resource.tag)
        journal_path(part).touch()
        if row.id != ids[0]:
            part.touch()

    def parts() -> set[str]:
        return {path.name.split(".sdlpart")[0].rpartition(".")[2] for path in tmp_path.rglob("*.sdlpart*")}

    assert len(parts()) == 4
    async with Harness(tmp_path) as h:
        await h.until(lambda: parts() == {each[:8] for each in ids[2:]})
        assert all(Path(row.target or "").exists() for row in rows)


@pytest.mark.parametrize("noticed", [False, True], ids=["not looked at", "missing"])
async def test_what_another_list_has_begun_is_left_alone(tmp_path: Path, noticed: bool) -> None:
    """B07, P04, C04: that of another data directory, or the newer one where an old one was put back. What this list
    gave up, or has, still goes."""
    to = tmp_path / "to"
    with FileOrigin() as origin:
        files = [origin.add(f"/{name}.bin", contents(12 << 20, seed)) for seed, name in enumerate("abc")]
        async with real(tmp_path / "first") as h:
            one, _, given_up = ids = await h.get(pack_of(to, files))
            rows = await h.settled(ids)
            (to / "a.bin").unlink()
            (to / "c.bin").unlink()
            if noticed:
                await h.engine.refresh()
        origin.routes[files[0].path] = Trickle(origin, 5 << 20)
        async with real(tmp_path / "second") as h:
            assert await h.get(pack_of(to, files[:1])) == [one]
            await h.until(lambda: any(entry.received >= 5 << 20 for tick in h.ticks() for entry in tick.entries))
        store = Store.open(paths_in(tmp_path / "first").database)
        store.apply([Change(given_up, State.MISSING, received=5 << 20)])
        store.close()
        part, *others = (part_path(Path(row.target or ""), row.resource.tag) for row in rows)
        for other in others:
            other.write_bytes(part.read_bytes())
            journal_path(other).write_bytes(journal_path(part).read_bytes())
        async with real(tmp_path / "first") as h:
            await h.until(lambda: not any(journal_path(other).exists() for other in others))
            states = {row.id: row.state for row in await h.engine.snapshots(ids)}
        assert states[one] is (State.MISSING if noticed else State.DOWNLOADED)
        assert sorted(path.name for path in to.iterdir()) == sorted(["b.bin", part.name, journal_path(part).name])
        del origin.routes[files[0].path]
        sent = files[0].sent
        async with real(tmp_path / "second") as h:
            await h.engine.go_on()
            assert (await h.settled([one]))[0].state is State.DOWNLOADED
        assert files[0].sent - sent <= (12 - 5) << 20


async def test_what_is_given_up_goes_after_a_kill_whatever_was_known_of_it(tmp_path: Path) -> None:
    """B07, C04: a row that was killed early counts no bytes. Once its part is gone, what lies there is of others."""
    with FileOrigin() as origin:
        file = origin.add("/a.bin", contents(12 << 20, 1))
        origin.routes[file.path] = Trickle(origin, 5 << 20)
        async with real(tmp_path / "first") as h:
            (one,) = await h.get(pack_of(tmp_path / "to", [file]))
            await h.until(lambda: any(entry.received >= 5 << 20 for tick in h.ticks() for entry in tick.entries))
            await h.engine.pause([one])
            (row,) = await h.engine.snapshots([one])
        part = part_path(Path(row.target or ""), row.resource.tag)
        begun = {path: path.read_bytes() for path in (part, journal_path(part))}
        store = Store.open(paths_in(tmp_path / "first").database)
        store.apply([Change(one, State.DOWNLOADING, received=0)])
        store.close()
        async with real(tmp_path / "first") as h:
            await h.engine.cancel([one])
            assert part.exists()
            shutil.copytree(paths_in(tmp_path / "first").data, paths_in(tmp_path / "killed").data)
        assert not part.exists()
        for stays in (False, True):
            for path, data in begun.items():
                path.write_bytes(data)
            async with real(tmp_path / "killed") as h:
                await h.engine._on.commands.leavings.tidy()
            assert part.exists() is stays


async def test_a_copy_of_the_database_is_made_now_and_then(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        copy = copy_of(h.paths.database)
        ids = await h.get(pack(tmp_path / "to", *names(3)))
        await h.settled(ids)
        assert not copy.exists(), "a short command makes none"
        await h.advance_until(copy.exists, FIRST_COPY_SECONDS)
        os.utime(copy, (h.clock.wall() + 10, h.clock.wall() + 10))
        first = copy.stat().st_mtime
        h.clock.advance(COPY_SECONDS / 2)
        await h.calm()
        assert copy.stat().st_mtime == first
        await h.advance_until(lambda: copy.stat().st_mtime != first, COPY_SECONDS)
    held = Store.open(copy)
    assert [row.id for row in held.resources()] == ids
    held.close()


async def test_a_database_on_another_machine_is_said_and_kept_without_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B09"""
    for module in ("database", "opening"):
        monkeypatch.setattr(f"stabilitydl.store.{module}.mount_of", lambda path: Mount(str(path.parent), "nfs4"))
    async with Harness(tmp_path) as h:
        (notice,) = await h.engine.notices()
        assert (notice.code, notice.arguments["path"]) == ("store-remote", str(h.paths.database))
        await h.settled(await h.get(pack(tmp_path / "to", "a.bin")))
        assert not h.paths.database.with_name(h.paths.database.name + "-wal").exists()
    store = Store.open(h.paths.database)
    assert store.database.value("PRAGMA journal_mode") == "delete"
    assert store.database.value("PRAGMA synchronous") == 3
    store.close()


async def test_an_old_database_that_was_put_back_overwrites_nothing(tmp_path: Path) -> None:
    """B07: what lies there counts."""
    async with Harness(tmp_path) as h:
        ids = await h.add(pack(tmp_path / "to", "a.bin", "b.bin"))
    old = h.paths.database.read_bytes()
    async with Harness(tmp_path) as h:
        await h.engine.enqueue(ids)
        await h.settled(ids)
    before = {path.name: path.stat().st_ino for path in (tmp_path / "to").iterdir()}
    h.paths.database.write_bytes(old)
    async with Harness(tmp_path) as h:
        await h.engine.enqueue(ids)
        rows = await h.settled(ids)
        assert {row.state for row in rows} == {State.DOWNLOADED}
        assert h.fetch.calls == []
    assert {path.name: path.stat().st_ino for path in (tmp_path / "to").iterdir()} == before


async def test_the_date_decides_nothing(tmp_path: Path) -> None:
    """C12: whatever the wall clock says at the next start, what was begun goes on from where it was."""
    with FileOrigin() as origin:
        file = origin.add("/a.bin", contents(12 << 20, 1))
        trickle = Trickle(origin, 5 << 20)
        origin.routes[file.path] = trickle
        async with real(tmp_path) as h:
            ids = await h.get(pack_of(tmp_path / "to", [file]))
            await h.until(lambda: any(entry.received >= 5 << 20 for tick in h.ticks() for entry in tick.entries))
        trickle.go.set()
        sent = file.sent
        for days in (-400, 3650):

            class Elsewhen(SystemClock):
                def wall(self, days: int = days) -> float:
                    return super().wall() + days * 86400.0

            async with Harness(tmp_path, fetch=fetch, hubs=Registry([Direct()]), clock=Elsewhen()) as h:
                await h.engine.go_on()
                assert (await h.settled(ids))[0].state is State.DOWNLOADED
        assert file.sent - sent <= (12 - 5) << 20
