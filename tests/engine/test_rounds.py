"""Jobs that begin and end in one moment share a trip to the database, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

import anyio
import pytest

from stabilitydl.domain.attempt import Outcome
from stabilitydl.domain.states import State
from stabilitydl.engine.ledger import Claim, Finish, Ledger, Start
from stabilitydl.engine.locks import ResourceLocks
from stabilitydl.engine.rounds import Rounds
from stabilitydl.errors import StoreBusy, StoreDamaged
from stabilitydl.lane import Lane
from stabilitydl.store.change import Change
from stabilitydl.store.store import Store
from tests.fakes.hub import pack


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(Store.open(tmp_path / "db"), ResourceLocks(tmp_path / "locks"))
    yield ledger
    ledger.close()


@pytest.fixture
def ids(ledger: Ledger, tmp_path: Path) -> list[str]:
    expansion = pack(tmp_path, "a.bin", "b.bin", "c.bin")
    ledger.store.add(expansion.collection, expansion.resources, 0.0)
    ids = [resource.id for resource in expansion.resources]
    ledger.store.enqueue([(each, str(tmp_path / each)) for each in ids])
    return ids


def begun(results: Sequence[Claim | Exception | None]) -> list[int | None]:
    assert all(isinstance(result, Claim) for result in results)
    return [result.attempt for result in results if isinstance(result, Claim)]


def arrived(resource: str, attempt: int | None) -> Finish:
    return Finish(resource, attempt, Change(resource, State.DOWNLOADED), Outcome.DOWNLOADED, 2.0)


def states(ledger: Ledger, ids: Sequence[str]) -> list[State]:
    return [row.state for row in ledger.store.snapshots(ids)]


def test_one_transaction_for_all(ledger: Ledger, ids: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    commits: list[str] = []
    control = ledger.store.database.control
    monkeypatch.setattr(ledger.store.database, "control", lambda sql: (commits.append(sql), control(sql))[1])
    attempts = begun(ledger.serve([Start(each, 1.0) for each in ids[:2]]))
    assert (
        ledger.serve([Start(ids[2], 1.0), arrived(ids[0], attempts[0]), arrived(ids[1], attempts[1])])[1:] == [None] * 2
    )
    assert commits == ["BEGIN IMMEDIATE", "COMMIT"] * 2
    assert states(ledger, ids) == [State.DOWNLOADED, State.DOWNLOADED, State.QUEUED]
    assert [each in ledger.locks for each in ids] == [False, False, True]


def test_who_is_held_elsewhere_holds_up_nobody(ledger: Ledger, ids: list[str], tmp_path: Path) -> None:
    other = ResourceLocks(tmp_path / "locks")
    assert other.take(ids[1])
    first, second, third = ledger.serve([Start(each, 1.0) for each in ids])
    other.close()
    assert second is None
    assert begun([first, third]) == [1, 2]


def test_one_that_cannot_be_written_spoils_nothing_for_the_others(
    ledger: Ledger, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = begun(ledger.serve([Start(each, 1.0) for each in ids[:2]]))
    original = Ledger.finish

    def finish(self: Ledger, finish: Finish) -> None:
        original(self, finish)
        if finish.resource == ids[0]:
            raise StoreDamaged(path="/db", detail="torn page")

    monkeypatch.setattr(Ledger, "finish", finish)
    results = ledger.serve([arrived(ids[0], attempts[0]), arrived(ids[1], attempts[1]), Start(ids[2], 1.0)])
    assert isinstance(results[0], StoreDamaged)
    assert results[1] is None
    assert begun(results[2:]) == [3]
    assert states(ledger, ids) == [State.QUEUED, State.DOWNLOADED, State.QUEUED]
    assert [each in ledger.locks for each in ids] == [True, False, True]


def test_a_database_that_others_hold_leaves_everything_as_it_was(
    ledger: Ledger, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """P05: and whoever asked comes again."""
    (attempt,) = begun(ledger.serve([Start(ids[0], 1.0)]))
    control = ledger.store.database.control

    def busy(sql: str) -> None:
        if sql == "COMMIT":
            raise StoreBusy(path="/db")
        control(sql)

    with monkeypatch.context() as patch:
        patch.setattr(ledger.store.database, "control", busy)
        results = ledger.serve([arrived(ids[0], attempt), Start(ids[1], 1.0)])
    assert [type(result) for result in results] == [StoreBusy] * 2
    assert states(ledger, ids[:1]) == [State.QUEUED]
    assert [each in ledger.locks for each in ids] == [True, False, False]
    assert ledger.serve([arrived(ids[0], attempt)]) == [None]
    assert states(ledger, ids[:1]) == [State.DOWNLOADED]


@pytest.mark.anyio
async def test_what_comes_while_a_round_is_under_way_makes_the_next() -> None:
    lane, entered, gate = Lane("test"), Event(), Event()
    served: list[list[int]] = []

    def serve(wishes: Sequence[int]) -> list[int | Exception]:
        served.append(list(wishes))
        if len(served) == 1:
            entered.set()
            assert gate.wait(60)
        return [ValueError(str(wish)) if wish < 0 else wish * 2 for wish in wishes]

    rounds: Rounds[int, int] = Rounds(lane, serve)
    first = [rounds.ask(1), rounds.ask(2)]
    await anyio.to_thread.run_sync(entered.wait)
    second = [rounds.ask(3), rounds.ask(-1), rounds.ask(4)]
    second[2].cancel()
    assert repr(rounds) == "<Rounds 3 wishes busy>"
    gate.set()
    assert [await each for each in first] == [2, 4]
    assert await second[0] == 6
    with pytest.raises(ValueError, match="-1"):
        await second[1]
    assert served == [[1, 2], [3, -1, 4]]
    assert repr(rounds) == "<Rounds 0 wishes>"
    assert lane.close(60)
