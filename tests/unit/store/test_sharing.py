"""Two connections, two processes, and processes that end in the middle."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

from stabilitydl.domain.states import State
from stabilitydl.errors import StoreBusy, TargetTaken
from stabilitydl.store.change import Change
from stabilitydl.store.database import Database
from stabilitydl.store.migrations import APPLICATION_ID
from stabilitydl.store.store import Store

from .samples import a_pack

CHILD = Path(__file__).with_name("child.py")


class Process:
    """A running ``child.py``."""

    def __init__(self, *arguments: object) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(CHILD), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def hear(self, expected: str) -> None:
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == expected + "\n"

    def go_on(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def end(self, *, kill: bool = False) -> int:
        if kill:
            self._process.kill()
        self._process.communicate()
        return self._process.returncode

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None


Start = Callable[..., Process]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts processes, and ends those that a failed test leaves running."""
    started: list[Process] = []

    def begin(*arguments: object) -> Process:
        started.append(Process(*arguments))
        return started[-1]

    yield begin
    for process in started:
        if process.is_running:
            process.end(kill=True)


@pytest.fixture
def reader(path: Path) -> Iterator[apsw.Connection]:
    """Another process that reads a new database, whose journal mode is not switched yet."""
    path.parent.mkdir(parents=True)
    connection = apsw.Connection(str(path))
    connection.pragma("application_id", APPLICATION_ID)
    connection.execute("BEGIN")
    connection.pragma("application_id")
    yield connection
    connection.close()


def test_opening_waits_for_a_reader_of_a_new_database(
    path: Path, reader: apsw.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Database.control

    def the_reader_ends(database: Database, sql: str) -> None:
        if sql == "BEGIN EXCLUSIVE":
            reader.execute("COMMIT")
        begin(database, sql)

    monkeypatch.setattr(Database, "control", the_reader_ends)
    store = Store.open(path)
    assert not reader.in_transaction
    assert store._database.value("PRAGMA journal_mode") == "wal"
    store.close()


def test_opening_ends_when_a_reader_of_a_new_database_stays(path: Path, reader: apsw.Connection) -> None:
    with pytest.raises(StoreBusy):
        Database.open(path, busy_seconds=0.01)


def test_what_one_connection_commits_the_other_sees(store: Store, other: Store) -> None:
    parent, children = a_pack(2)
    store.add(parent, children, now=1.0)
    assert other.resources() == store.resources()
    other.enqueue([(children[0].id, "/a")])
    assert store.resources() == other.resources()
    assert store.reserved(["/A"]) == {"/A": children[0].id}
    with pytest.raises(TargetTaken):
        store.enqueue([(children[1].id, "/A")])
    other.apply([Change(children[0].id, State.DOWNLOADED)])
    assert store.unfinished() == []


def test_reading_goes_on_while_the_other_writes(store: Store, other: Store) -> None:
    parent, children = a_pack(2)
    store.add(parent, children, now=1.0)
    with store._database.transaction():
        store._database.write("DELETE FROM resources")
        assert len(other.resources()) == 2
        assert other.collections()[0].summary.resources == 2
    assert other.resources() == []


def test_writing_while_the_other_writes_for_too_long(store: Store, other: Store) -> None:
    """P05"""
    parent, children = a_pack(2)
    store.add(parent, children, now=1.0)
    other._database.connection.set_busy_timeout(1)
    with store._database.transaction():
        for write in (
            lambda: other.add(parent, children, 2.0),
            lambda: other.enqueue([(children[0].id, "/a")]),
            lambda: other.apply([Change(children[0].id, State.FAILED)]),
            lambda: other.begin_attempt(children[0].id, 1.0),
            lambda: other.remove([children[0].id]),
            lambda: other.set_last_checked(parent.id, 1.0),
        ):
            with pytest.raises(StoreBusy):
                write()
    assert other.enqueue([(children[0].id, "/a")])[0].state is State.QUEUED


def test_killed_in_the_middle_of_a_transaction(store: Store, path: Path, start: Start) -> None:
    store.add(*a_pack(3), now=1.0)
    before = (store.collections(), store.resources())
    process = start(path, "die_in_transaction")
    process.hear("uncommitted")
    assert path.with_name(path.name + "-wal").stat().st_size > 100_000
    assert (store.collections(), store.resources()) == before
    process.end(kill=True)
    assert (store.collections(), store.resources()) == before
    store.enqueue([(store.resources()[0].id, "/a")])
    store.close()
    again = Store.open(path)
    assert len(again.resources()) == 3
    assert [each.target for each in again.unfinished()] == ["/a"]
    assert again._database.value("PRAGMA integrity_check") == "ok"
    again.close()


def test_killed_right_after_enqueueing(store: Store, path: Path, start: Start) -> None:
    _, children = a_pack(80)
    store.add(*a_pack(80), now=1.0)
    store.close()
    process = start(path, "die_after_enqueue")
    process.hear("enqueued")
    process.end(kill=True)
    again = Store.open(path)
    assert [each.id for each in again.unfinished()] == [child.id for child in children]
    again.close()


def test_two_processes_that_write_in_turns(path: Path, start: Start) -> None:
    processes = [start(path, "take_turns", name) for name in ("one", "two")]
    for process in processes:
        process.hear("ready")
    for process in processes:
        process.go_on()
    for process in processes:
        process.hear("done")
        assert process.end() == 0
    store = Store.open(path)
    queue = store.unfinished()
    store.close()
    assert sorted(each.position for each in queue) == list(range(1, 81))
    for name in ("one", "two"):
        assert [each.resource.key for each in queue if each.resource.key.startswith(name)] == [
            f"{name}-{number}" for number in range(40)
        ]


def test_many_processes_open_a_new_database_at_once(path: Path, start: Start) -> None:
    processes = [start(path, "open") for _ in range(6)]
    for process in processes:
        process.hear("ready")
    for process in processes:
        process.go_on()
    assert [process.end() for process in processes] == [0] * 6
    store = Store.open(path)
    store.add(*a_pack(1), now=1.0)
    store.close()
