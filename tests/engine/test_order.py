"""Commands keep their order, and what must be written is written although others hold the database."""

from __future__ import annotations

from pathlib import Path

import anyio
import anyio.lowlevel
import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stabilitydl.domain.states import State
from stabilitydl.engine.ledger import Ledger
from stabilitydl.engine.locks import ResourceLocks
from stabilitydl.engine.recorder import Recorder
from stabilitydl.engine.turns import Turns
from stabilitydl.engine.undo import Undo
from stabilitydl.errors import StoreBusy
from stabilitydl.lane import Lane
from stabilitydl.store.change import Change
from stabilitydl.store.store import Store
from tests.engine.harness import Harness
from tests.fakes.clock import ManualClock
from tests.fakes.hub import pack

pytestmark = pytest.mark.anyio


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from("abcd"), min_size=1, max_size=3), st.booleans(), st.integers(0, 3)),
        max_size=12,
    )
)
def test_commands_on_one_resource_follow_each_other(commands: list[tuple[list[str], bool, int]]) -> None:
    done: dict[str, list[int]] = {name: [] for name in "abcd"}
    active: set[str] = set()
    turns = Turns()

    async def command(number: int, ids: list[str], cancelled: bool, steps: int) -> None:
        with anyio.CancelScope() as scope:
            turn = turns.take(ids)
            if cancelled:
                scope.cancel()
            async with turn:
                assert not active & set(ids)
                active.update(ids)
                try:
                    for _ in range(steps):
                        await anyio.lowlevel.checkpoint()
                finally:
                    active.difference_update(ids)
                for each in set(ids):
                    done[each].append(number)

    async def run() -> None:
        async with anyio.create_task_group() as tasks:
            for number, (ids, cancelled, steps) in enumerate(commands):
                tasks.start_soon(command, number, ids, cancelled, steps)

    anyio.run(run)
    assert len(turns) == 0
    for name, numbers in done.items():
        expected = [n for n, (ids, cancelled, _) in enumerate(commands) if name in ids and not cancelled]
        assert [number for number in numbers if not commands[number][1]] == expected
        assert numbers == sorted(numbers)


async def test_turns_say_what_they_are() -> None:
    turns = Turns()
    first, second = turns.take(["a", "b"]), turns.take(["b", "c"])
    assert (repr(first), repr(second), repr(turns)) == (
        "<Turn of 2 behind 0>",
        "<Turn of 2 behind 1>",
        "<Turns 3 lines>",
    )
    async with first:
        pass
    async with second:
        pass
    assert len(turns) == 0


class TestRecorder:
    @pytest.fixture
    async def recorder(self, tmp_path: Path):  # type: ignore[no-untyped-def]
        lane = Lane("store")
        store = await lane.run(Store.open, tmp_path / "db")
        self.ledger = Ledger(store, ResourceLocks(tmp_path / "locks"))
        self.clock = ManualClock()
        self.path = tmp_path / "db"
        yield Recorder(self.ledger, lane, self.clock)
        await lane.run(self.ledger.close)
        lane.close()

    async def test_a_commit_is_tried_again_while_others_hold_the_database(self, recorder: Recorder) -> None:
        """P05: no lost state."""
        tries = 0

        def operation(ledger: Ledger) -> int:
            nonlocal tries
            tries += 1
            if tries < 3:
                raise StoreBusy(path="x")
            return tries

        async with anyio.create_task_group() as tasks:
            answers: list[int] = []

            async def commit() -> None:
                answers.append(await recorder.commit(operation))

            tasks.start_soon(commit)
            with anyio.fail_after(60):
                while not answers:
                    if self.clock.sleeping:
                        self.clock.advance(1)
                    await anyio.sleep(0.001)
        assert answers == [3]

    async def test_noted_states_wait_for_the_database_and_the_last_one_counts(
        self, recorder: Recorder, tmp_path: Path
    ) -> None:
        expansion = pack(tmp_path, "a.bin")
        resource = expansion.resources[0].id
        await recorder.commit(lambda ledger: ledger.store.add(expansion.collection, expansion.resources, 0.0))
        await recorder.commit(lambda ledger: ledger.locks.take(resource))
        recorder.note(Change(resource, State.DOWNLOADING, received=1))
        other = apsw.Connection(str(self.path))
        other.execute("BEGIN IMMEDIATE")
        await recorder.ask(lambda ledger: ledger.store._database.connection.set_busy_timeout(0))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(recorder.flush)
            await anyio.lowlevel.checkpoint()
            recorder.note(Change(resource, State.DOWNLOADING, received=2))
        assert repr(recorder) == "<Recorder 1 noted>"
        other.execute("ROLLBACK")
        other.close()
        await recorder.flush()
        (row,) = await recorder.ask(lambda ledger: ledger.store.snapshots([resource]))
        assert (row.state, row.received) == (State.DOWNLOADING, 2)
        assert repr(recorder) == "<Recorder 0 noted>"

    async def test_only_the_holder_of_a_lock_writes(self, recorder: Recorder, tmp_path: Path) -> None:
        expansion = pack(tmp_path, "a.bin", "b.bin")
        first, second = (resource.id for resource in expansion.resources)
        await recorder.commit(lambda ledger: ledger.store.add(expansion.collection, expansion.resources, 0.0))
        other = ResourceLocks(tmp_path / "locks")
        assert other.take(first)
        recorder.note(Change(first, State.DOWNLOADING))
        await recorder.flush()
        applied = await recorder.commit(
            lambda ledger: ledger.settle([first, second], lambda row: Change(row.id, State.QUEUED))
        )
        assert applied.held == (first,)
        rows = await recorder.ask(lambda ledger: ledger.store.snapshots([first, second]))
        assert [row.state for row in rows] == [State.MISSING, State.QUEUED]
        assert await recorder.commit(lambda ledger: ledger.claim(first, 0.0)) is None
        other.close()


async def test_undo_tells_its_commands_apart(tmp_path: Path) -> None:
    clock, gone = ManualClock(), []

    async def discard(ids: object) -> None:
        gone.append(sorted(row.id for row in undo.take_back(ids)))  # type: ignore[arg-type]

    undo = Undo(clock, discard)
    async with Harness(tmp_path) as h:
        rows = await h.engine.snapshots(await h.add(pack(tmp_path, "a.bin", "b.bin", "c.bin")))
    first, second, third = rows
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(undo.expire, undo.hold([first, second]))
        await anyio.wait_all_tasks_blocked()
        clock.advance(5)
        tasks.start_soon(undo.expire, undo.hold([second, third]))
        await anyio.wait_all_tasks_blocked()
        assert repr(undo) == "<Undo 3 parts kept>"
        clock.advance(5)
        await anyio.wait_all_tasks_blocked()
        assert gone == [[first.id]]
        clock.advance(5)
    assert gone == [[first.id], sorted([second.id, third.id])]
