"""A job can be stopped at any await: it lets go of everything and ends in the state that was asked for."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from stabilitydl import errors
from stabilitydl.domain.attempt import Outcome
from stabilitydl.domain.states import State
from stabilitydl.engine.ledger import Ledger
from stabilitydl.settings import Settings
from tests.engine.harness import Harness
from tests.fakes.hub import pack
from tests.fakes.transfer import FakeFetch, fail, hold

pytestmark = pytest.mark.anyio

MOMENTS = range(44)
END = MOMENTS.stop
"""The moment at which nothing more happens by itself."""


def holds(ledger: Ledger, resource: str) -> bool:
    return resource in ledger.locks


async def pass_moments(count: int) -> None:
    """Let the loop turn ``count`` times, with a little room for the lanes in between."""
    for number in range(count):
        await (anyio.sleep(0.0005) if number % 4 == 3 else anyio.lowlevel.checkpoint())


@pytest.mark.parametrize("kind", ["arriving", "found", "busy"])
async def test_stopped_at_any_moment(tmp_path: Path, kind: str) -> None:
    seen: set[State] = set()
    async with Harness(tmp_path) as h:
        for moment in (*MOMENTS, END):
            name = f"{moment}.bin"
            if kind == "found":
                (tmp_path / "to").mkdir(exist_ok=True)
                (tmp_path / "to" / name).write_bytes(FakeFetch.content(name))
            if kind == "busy":
                fail(h.fetch, name, errors.ServerBusy(host="fake.test", after_seconds=600.0))
            ids = await h.get(pack(tmp_path / "to", name, title=name))
            if moment == END:
                await h.until_state(State.WAITING if kind == "busy" else State.DOWNLOADED, *ids)
            else:
                await pass_moments(moment)
            with anyio.fail_after(60):
                await h.engine.pause(ids)
            (row,) = await h.settled(ids)
            assert row.state in (State.PAUSED, State.DOWNLOADED)
            before = {event.old for event in h.changes(ids[0]) if event.new is row.state}
            seen |= before
            attempts = await h.engine.attempts(ids[0])
            assert all(attempt.outcome is not None for attempt in attempts), "no attempt stays open"
            if row.state is State.PAUSED:
                assert {attempt.outcome for attempt in attempts} <= {Outcome.STOPPED}
            assert not await h.engine._on.recorder.ask(partial(holds, resource=ids[0]))
            assert h.fetch.active == []
        assert len(h.engine._on.fleet) == 0
        assert not h.engine._slots._running
        assert not h.engine._slots._closures
    assert len(seen) > 1, "the moments were spread over the life of a job"


async def test_the_engine_stops_at_any_moment(tmp_path: Path) -> None:
    """G06, C11: what was at work goes on at the next start."""
    for moment in range(0, 40, 3):
        folder = tmp_path / str(moment)
        async with Harness(folder) as h:
            ids = await h.get(pack(folder / "to", "a.bin", "b.bin"))
            await pass_moments(moment)
        async with Harness(folder) as again:
            rows = await again.engine.snapshots(ids)
            assert {row.state for row in rows} <= {State.QUEUED, State.DOWNLOADED}
            await again.engine.go_on()
            rows = await again.settled(ids)
            assert {row.state for row in rows} == {State.DOWNLOADED}
            for each in ids:
                outcomes = [attempt.outcome for attempt in await again.engine.attempts(each)]
                assert outcomes.count(Outcome.DOWNLOADED) + outcomes.count(Outcome.FOUND) == 1
                assert None not in outcomes


async def test_an_engine_whose_task_is_cancelled_lets_go_of_everything(tmp_path: Path) -> None:
    h = Harness(tmp_path)
    hold(h.fetch, "a.bin")
    async with anyio.create_task_group() as tasks:
        h.subscription = h.engine.subscribe()
        await tasks.start(h.engine.run)
        ids = await h.get(pack(tmp_path / "to", "a.bin"))
        await h.until_state(State.DOWNLOADING, *ids)
        tasks.cancel_scope.cancel()
    async with Harness(tmp_path) as again:
        (row,) = await again.engine.snapshots(ids)
        assert (row.state, row.received) == (State.QUEUED, 10)
        assert [attempt.outcome for attempt in await again.engine.attempts(ids[0])] == [Outcome.STOPPED]


async def test_a_stop_changes_nothing_that_another_process_has_settled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Harness(tmp_path, settings=Settings(jobs=1)) as h, Harness(tmp_path) as other:
        (step,) = hold(h.fetch, "a.bin")
        ids = await h.get(pack(tmp_path / "to", "a.bin", "b.bin"))
        await h.until_state(State.DOWNLOADING, ids[0])
        await other.engine.enqueue(ids[1:])
        await other.settled(ids[1:])
        looking = anyio.Event()

        async def stat(path: Path) -> None:
            looking.set()
            await anyio.sleep_forever()

        monkeypatch.setattr(h.engine._on.services.disk, "stat", stat)
        step.go.set()
        with anyio.fail_after(60):
            await looking.wait()
        await h.engine.pause(ids[1:])
        (row,) = await h.settled(ids[1:])
        assert row.state is State.DOWNLOADED


async def test_a_stop_while_another_process_works_leaves_the_row_to_it(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h, Harness(tmp_path) as other:
        (step,) = hold(h.fetch, "a.bin")
        ids = await h.get(pack(tmp_path / "to", "a.bin"))
        await h.until_state(State.DOWNLOADING, *ids)
        await other.engine.resume(ids)
        await other.until_state(State.WAITING, *ids)
        with pytest.raises(errors.PartInUse):
            await other.engine.pause(ids)
        assert other.state(ids[0]) is not State.PAUSED
        step.go.set()
        (row,) = await h.settled(ids)
        assert row.state is State.DOWNLOADED
