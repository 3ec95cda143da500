"""The engine in its own thread: called from anywhere, stopped in time, nothing swallowed."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from stabilitydl.domain.events import AnyEvent, Downloaded, StateChanged
from stabilitydl.domain.states import State
from stabilitydl.engine.engine import Engine
from stabilitydl.engine.thread import YOUNG, EngineThread
from stabilitydl.errors import EngineStopped, StoreNotWritable
from stabilitydl.hubs.registry import Registry
from stabilitydl.settings import Settings
from tests.engine.harness import PATIENCE, paths_in
from tests.fakes.hub import FakeHub, pack
from tests.fakes.transfer import FakeFetch, Hold


@pytest.fixture
def fetch() -> FakeFetch:
    return FakeFetch()


@pytest.fixture
def thread(tmp_path: Path, fetch: FakeFetch) -> Iterator[EngineThread]:
    thread = EngineThread(lambda: Engine.open(paths_in(tmp_path), Settings(), hubs=Registry([FakeHub()]), fetch=fetch))
    yield thread
    assert thread.stop(PATIENCE)


def test_a_pack_arrives_and_events_reach_another_thread(thread: EngineThread, tmp_path: Path) -> None:
    thread.start()
    events: list[AnyEvent] = []
    subscription = thread.subscribe(events.extend)
    expansion = pack(tmp_path / "to", "a.bin", "b.bin")
    thread.call(thread.engine.add, [expansion])
    ids = [resource.id for resource in expansion.resources]
    thread.call(thread.engine.enqueue, ids)
    rows = thread.call(thread.engine.wait_settled, ids)
    assert {row.state for row in rows} == {State.DOWNLOADED}
    assert sum(isinstance(event, Downloaded) for event in events) == 2
    thread.unsubscribe(subscription)
    assert repr(thread).startswith("<EngineThread running <Engine ")


def test_the_collector_works_from_the_start_on(thread: EngineThread) -> None:
    """It is off while the program is loaded; what is there by then is left out, and all that comes is looked at."""
    frozen, thresholds = gc.get_freeze_count(), gc.get_threshold()
    gc.disable()
    try:
        thread.start()
        assert gc.isenabled()
        assert gc.get_freeze_count() > frozen
        assert gc.get_threshold()[0] == YOUNG
    finally:
        gc.enable()
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def test_a_collector_that_is_on_is_left_alone(thread: EngineThread) -> None:
    frozen = gc.get_freeze_count()
    thread.start()
    assert gc.isenabled()
    assert gc.get_freeze_count() == frozen


def test_a_call_that_nobody_took_any_more_ends_with_the_engine(
    thread: EngineThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was handed over in the moment in which the loop ended."""
    thread.start()
    assert thread.stop(PATIENCE)
    untaken: Future[None] = Future()
    monkeypatch.setattr(thread, "begin", lambda *_: untaken)
    with pytest.raises(EngineStopped):
        thread.call(lambda: None)


def test_a_call_may_end_with_an_error_of_time(thread: EngineThread) -> None:
    def late() -> None:
        raise TimeoutError("late")

    thread.start()
    with pytest.raises(TimeoutError, match="late"):
        thread.call(late)


def test_it_is_called_from_many_threads(thread: EngineThread, tmp_path: Path) -> None:
    thread.start()
    expansions = [pack(tmp_path / f"to{n}", "a.bin", title=str(n)) for n in range(8)]

    def bring(number: int) -> None:
        thread.call(thread.engine.add, [expansions[number]])
        thread.call(thread.engine.enqueue, [expansions[number].resources[0].id])

    workers = [threading.Thread(target=bring, args=(n,)) for n in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE)
    rows = thread.call(thread.engine.wait_settled, [each.resources[0].id for each in expansions])
    assert [row.state for row in rows] == [State.DOWNLOADED] * 8


def test_what_keeps_it_from_starting_is_raised(tmp_path: Path, thread: EngineThread) -> None:
    (tmp_path / "data" / "stabilitydl.db").mkdir(parents=True)
    with pytest.raises(StoreNotWritable):
        thread.start()
    with pytest.raises(EngineStopped):
        thread.call(thread.engine.collections)
    assert repr(thread).startswith("<EngineThread ended")


def test_errors_of_commands_reach_the_caller(thread: EngineThread) -> None:
    thread.start()

    def fail() -> None:
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        thread.call(fail)
    assert thread.call(lambda: 5) == 5


def test_before_and_after_it_runs_calls_are_refused(thread: EngineThread) -> None:
    with pytest.raises(EngineStopped):
        thread.call(lambda: 5)
    with pytest.raises(EngineStopped):
        _ = thread.engine
    assert repr(thread) == "<EngineThread not started None>"
    assert thread.stop(PATIENCE)
    thread.start()
    assert thread.stop(PATIENCE)
    assert thread.stop(PATIENCE)
    with pytest.raises(EngineStopped):
        thread.call(lambda: 5)


def test_stop_checkpoints_and_the_next_start_goes_on(thread: EngineThread, tmp_path: Path, fetch: FakeFetch) -> None:
    thread.start()
    downloading = threading.Event()

    def watch(events: object) -> None:
        if any(isinstance(event, StateChanged) and event.new is State.DOWNLOADING for event in events):  # type: ignore[attr-defined]
            downloading.set()

    thread.subscribe(watch)
    expansion = pack(tmp_path / "to", "a.bin")
    resource = expansion.resources[0].id
    thread.call(lambda: fetch.scripts["a.bin"].append(Hold()))
    thread.call(thread.engine.add, [expansion])
    thread.call(thread.engine.enqueue, [resource])
    assert downloading.wait(PATIENCE)
    outcome: list[BaseException] = []

    def wait() -> None:
        try:
            thread.call(thread.engine.wait_settled, [resource])
        except EngineStopped as error:
            outcome.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert thread.stop(PATIENCE)
    waiting.join(PATIENCE)
    again = EngineThread(lambda: Engine.open(paths_in(tmp_path), Settings(), hubs=Registry([FakeHub()]), fetch=fetch))
    again.start()
    (row,) = again.call(again.engine.resources)
    assert (row.state, row.received) == (State.QUEUED, 10)
    assert again.call(again.engine.go_on) == [resource]
    (row,) = again.call(again.engine.wait_settled, [resource])
    assert row.state is State.DOWNLOADED
    assert again.stop(PATIENCE)


def test_an_engine_that_fails_while_it_runs_says_so(tmp_path: Path) -> None:
    class Broken(Engine):
        async def run(self, **kwargs: object) -> None:  # type: ignore[override]
            kwargs["task_status"].started()  # type: ignore[attr-defined]
            await self._stopping.wait()
            raise RuntimeError("broken")

    thread = EngineThread(
        lambda: Broken.open(paths_in(tmp_path), Settings(), hubs=Registry([FakeHub()]), fetch=FakeFetch())
    )
    thread.start()
    with pytest.raises(RuntimeError, match="broken"):
        thread.stop(PATIENCE)
