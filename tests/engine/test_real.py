"""The engine with the real byte path: pause and resume, a crash and a restart, thousand commands."""

from __future__ import annotations

import asyncio
import hashlib
import random
from pathlib import Path

import anyio
import pytest

from stabilitydl.domain.attempt import Outcome
from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.states import State
from stabilitydl.settings import Settings
from stabilitydl.store.store import Store
from tests.engine.real import MIB, Child, Trickle, contents, eventually, pack_of, real
from tests.fakes.origin import FileOrigin
from tests.fakes.proxy import HttpProxy, SocksProxy

pytestmark = pytest.mark.anyio

ONE_CONNECTION = Settings(connections=1)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def test_a_pack_arrives_verified_and_leaves_nothing_but_models(tmp_path: Path) -> None:
    with FileOrigin() as origin:
        files = [origin.add(f"/{number}.bin", contents(200_000 + number, number)) for number in range(20)]
        async with real(tmp_path) as h:
            rows = await h.settled(await h.get(pack_of(tmp_path / "to", files)))
    assert {(row.state, row.verification) for row in rows} == {(State.DOWNLOADED, Verification.VERIFIED)}
    assert sorted(path.name for path in (tmp_path / "to").iterdir()) == sorted(f"{n}.bin" for n in range(20))
    assert [digest(Path(row.target or "")) for row in rows] == [file.sha256 for file in files]


async def test_one_of_four_pauses_the_others_go_on_and_resume_asks_from_the_journaled_byte(tmp_path: Path) -> None:
    with FileOrigin() as origin:
        files = [origin.add(f"/{number}.bin", contents(12 * MIB, number)) for number in range(4)]
        trickle = Trickle(origin, 6 * MIB)
        for file in files:
            origin.routes[file.path] = trickle
        async with real(tmp_path, ONE_CONNECTION) as h:
            ids = await h.get(pack_of(tmp_path / "to", files))
            jobs = h.engine._on.fleet._jobs
            await h.until(lambda: len(jobs) == 4 and all(job.live.received == 6 * MIB for job in jobs.values()))
            await h.engine.pause(ids[:1])
            assert h.state(ids[0]) is State.PAUSED
            assert [h.state(each) for each in ids[1:]] == [State.DOWNLOADING] * 3
            trickle.go.set()
            rows = await h.settled(ids)
            assert [row.state for row in rows] == [State.PAUSED, *[State.DOWNLOADED] * 3]
            assert rows[0].received == 6 * MIB
            before = len(origin.ranges(files[0].path))
            await h.engine.resume(ids[:1])
            (row,) = await h.settled(ids[:1])
            assert row.state is State.DOWNLOADED
            (again, *_) = origin.ranges(files[0].path)[before:]
            assert again is not None
            assert again[0] == 6 * MIB, "nothing that is on disk is asked for again"
            assert digest(Path(row.target or "")) == files[0].sha256
            attempts = await h.engine.attempts(ids[0])
            assert [attempt.outcome for attempt in attempts] == [Outcome.STOPPED, Outcome.DOWNLOADED]
            assert sum(attempt.bytes for attempt in attempts) == 12 * MIB


async def test_after_a_crash_the_next_start_goes_on_from_the_part(tmp_path: Path) -> None:
    with FileOrigin() as origin:
        files = [origin.add(f"/{number}.bin", contents(24 * MIB, number)) for number in range(2)]
        trickle = Trickle(origin, 5 * MIB)
        for file in files:
            origin.routes[file.path] = trickle
        with Child(tmp_path, tmp_path / "to", files) as child:
            await eventually(lambda: any("downloading" in line for line in child.lines))
            store = Store.open(tmp_path / "data" / "stabilitydl.db")
            await eventually(lambda: all(row.received >= 12 * MIB for row in store.resources()))
            child.kill()
            store.close()
        trickle.go.set()
        sent = [file.sent for file in files]
        async with real(tmp_path) as h:
            rows = await h.engine.resources()
            assert {row.state for row in rows} == {State.DOWNLOADING}, "left by the crash"
            ids = await h.engine.go_on()
            assert sorted(ids) == sorted(row.id for row in rows)
            assert {row.state for row in await h.engine.snapshots(ids)} <= {State.QUEUED, State.RESOLVING}
            rows = await h.settled(ids)
            assert {row.state for row in rows} == {State.DOWNLOADED}
            for file, row, before in zip(files, rows, sent, strict=True):
                assert digest(Path(row.target or "")) == file.sha256
                assert file.sent - before <= (24 - 12 + 8) * MIB, "a kill costs at most 8 MiB"
            outcomes = [[attempt.outcome for attempt in await h.engine.attempts(each)] for each in ids]
            assert outcomes == [[Outcome.INTERRUPTED, Outcome.DOWNLOADED]] * 2
        assert sorted(path.name for path in (tmp_path / "to").iterdir()) == ["0.bin", "1.bin"]


async def test_a_thousand_random_commands_end_in_the_state_of_the_last_one(tmp_path: Path) -> None:
    """P07: no task, no socket, no descriptor is left, and the last command wins."""
    chance = random.Random(7)
    tasks_before, descriptors_before = len(asyncio.all_tasks()), _descriptors()
    with FileOrigin() as origin:
        files = [origin.add(f"/{number}.bin", contents(9 * MIB, number)) for number in range(5)]
        trickle = Trickle(origin, 100_000)
        for file in files:
            origin.routes[file.path] = trickle
        async with real(tmp_path, Settings(connections=2)) as h:
            ids = await h.get(pack_of(tmp_path / "to", files))
            model = dict.fromkeys(ids, State.QUEUED)
            for _ in range(100):
                async with anyio.create_task_group() as group:
                    for _ in range(10):
                        name = chance.choice(["pause", "resume", "cancel", "retry", "enqueue"])
                        chosen = chance.sample(ids, chance.randint(1, len(ids)))
                        _predict(model, name, chosen)
                        group.start_soon(getattr(h.engine, name), chosen)
                for row in await h.engine.snapshots(ids):
                    expected = model[row.id]
                    assert row.state is expected or (expected is State.QUEUED and row.state.is_unfinished)
            trickle.go.set()
            await h.engine.enqueue(ids)
            rows = await h.settled(ids)
            assert {row.state for row in rows} == {State.DOWNLOADED}
            assert [digest(Path(row.target or "")) for row in rows] == [file.sha256 for file in files]
            assert len(h.engine._on.commands._turns) == 0
        assert sorted(path.name for path in (tmp_path / "to").iterdir()) == [f"{n}.bin" for n in range(5)]
        await eventually(lambda: not origin.alive)
    assert len(asyncio.all_tasks()) == tasks_before
    assert _descriptors() == descriptors_before


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0


def _predict(model: dict[str, State], command: str, ids: list[str]) -> None:
    """What a command makes of each state, when commands happen one after the other."""
    for each in ids:
        state = model[each]
        match command:
            case "pause" if state is State.QUEUED:
                model[each] = State.PAUSED
            case "resume" if state is State.PAUSED:
                model[each] = State.QUEUED
            case "cancel":
                model[each] = State.MISSING
            case "enqueue":
                model[each] = State.QUEUED


async def test_files_come_through_the_proxy_of_the_settings(tmp_path: Path) -> None:
    """What is fetched after a change of the settings goes the new way."""
    with FileOrigin() as origin, HttpProxy() as first, SocksProxy() as second:
        files = [origin.add(f"/{number}.bin", contents(200_000, number)) for number in range(2)]
        async with real(tmp_path, Settings(proxy=first.url)) as h:
            await h.settled(await h.get(pack_of(tmp_path / "one", files[:1])))
            seen = len(first.passed)
            assert seen > 0
            assert second.passed == []
            h.engine.set_settings(Settings(proxy=second.url))
            (row,) = await h.settled(await h.get(pack_of(tmp_path / "two", files[1:])))
            assert (row.state, len(first.passed)) == (State.DOWNLOADED, seen)
            assert second.passed


async def test_a_host_gets_the_connections_that_the_settings_give_it(tmp_path: Path) -> None:
    """Also after a change of the settings, with what is at work."""
    with FileOrigin() as origin:
        files = [origin.add(f"/{number}.bin", contents(2 * MIB, number)) for number in range(3)]
        trickle = Trickle(origin, MIB)
        for file in files:
            origin.routes[file.path] = trickle
        async with real(tmp_path, Settings(connections=1, host_budgets={"127.0.0.1": 1})) as h:
            ids = await h.get(pack_of(tmp_path / "to", files))
            jobs = h.engine._on.fleet._jobs
            await h.until(lambda: [job.live.received for job in jobs.values()] == [MIB])
            h.engine.set_settings(Settings(connections=1))
            await h.until(lambda: [job.live.received for job in jobs.values()] == [MIB] * 3)
            trickle.go.set()
            assert {row.state for row in await h.settled(ids)} == {State.DOWNLOADED}
