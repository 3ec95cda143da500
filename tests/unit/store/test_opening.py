"""A database in any state: the program starts with what can be had of it, and what was there is never thrown away."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import apsw
import pytest

from stabilitydl.domain.attempt import Outcome
from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.resource import ResourceSnapshot
from stabilitydl.domain.states import State
from stabilitydl.errors import StoreDamaged, StoreFull, StoreNewer, StoreNotWritable
from stabilitydl.store import opening, salvage
from stabilitydl.store.change import Change
from stabilitydl.store.chores import FIND_AGAIN
from stabilitydl.store.database import Database, Value
from stabilitydl.store.migrations import MIGRATIONS, SCHEMA_VERSION
from stabilitydl.store.opening import Copying, copy_of, open_whatever
from stabilitydl.store.store import Store
from tests.unit.store.samples import a_collection, a_full_collection, a_full_resource, a_pack, a_resource

PAGE = 4096


def fill(path: Path) -> list[ResourceSnapshot]:
    """A database with some of everything; its rows."""
    store = Store.open(path)
    for number in range(12):
        parent, children = a_pack(30, f"pack{number}")
        store.add(parent, children, now=float(number))
    full = a_full_collection()
    store.add(full, [a_full_resource(full)], now=99.0)
    ids = [row.id for row in store.resources()][:40]
    store.enqueue([(each, f"/models/{each}") for each in ids])
    store.apply(
        [
            Change(
                each,
                State.DOWNLOADED,
                received=1000,
                verification=Verification.VERIFIED,
                sha256="ab" * 32,
                file_size=1000,
                file_mtime=5,
            )
            for each in ids[:20]
        ]
    )
    attempt = store.begin_attempt(ids[0], 3.0)
    store.finish(attempt, None, end=4.0, bytes=1000, host="h", outcome=Outcome.DOWNLOADED)
    rows = store.resources()
    store.close()
    return rows


def make_copy(path: Path) -> None:
    store = Store.open(path)
    copying = Copying(store.database)
    while not copying.step():
        pass
    copying.give_up()
    store.close()


def aside(path: Path) -> list[Path]:
    return sorted(path.parent.glob("stabilitydl.db.damaged-*"))


def zero(path: Path, pages: Sequence[int]) -> None:
    with path.open("r+b") as file:
        for page in pages:
            file.seek(page * PAGE)
            file.write(b"\0" * PAGE)


def test_every_page_zeroed_in_turn_costs_what_was_on_it(path: Path, tmp_path: Path) -> None:
    """B01: put aside, rebuilt from what can be read, told once."""
    rows = {row.id: row for row in fill(path)}
    whole = path.read_bytes()
    kept = []
    for page in range(len(whole) // PAGE):
        for each in path.parent.iterdir():
            each.unlink()
        path.write_bytes(whole)
        zero(path, [page])
        opened = open_whatever(path)
        assert [problem.code for problem in opened.notices] == ["store-rebuilt"]
        found = {row.id: row for row in opened.store.resources()}
        assert all(rows[each] == row for each, row in found.items()), "nothing is made up"
        kept.append(len(found))
        opened.store.finish_chore(FIND_AGAIN)
        opened.store.close()
        assert aside(path)[0].stat().st_size == len(whole)
        again = open_whatever(path)
        assert not again.notices
        again.store.close()
    assert max(kept) == len(rows)
    assert sum(kept) > len(rows) * len(kept) * 0.6


def test_a_damaged_database_of_an_older_version_is_read_too(path: Path) -> None:
    """B01: its tables have fewer columns."""
    rows = {row.id: row for row in fill(path)}
    with contextlib.closing(sqlite3.connect(path)) as older:
        for statement in (
            "DROP INDEX resources_summary",
            "ALTER TABLE resources DROP COLUMN superseded",
            "ALTER TABLE resources DROP COLUMN precision",
            "ALTER TABLE collections DROP COLUMN weight",
            "DROP TABLE chores",
            "PRAGMA user_version = 5",
        ):
            older.execute(statement)
    path.write_bytes(path.read_bytes() + b"\0" * PAGE)
    zero(path, [path.stat().st_size // PAGE - 3])
    opened = open_whatever(path)
    assert [problem.code for problem in opened.notices] == ["store-rebuilt"]
    found = {row.id: row for row in opened.store.resources()}
    assert len(found) > len(rows) // 2
    assert {row.state for row in found.values()} == {row.state for row in rows.values()}
    assert {(row.superseded, row.resource.precision) for row in found.values()} == {(False, "")}
    opened.store.close()


@pytest.mark.parametrize("damage", ["zeroed", "empty", "truncated", "text"])
def test_with_a_copy_nothing_is_lost_that_was_in_it(path: Path, damage: str) -> None:
    """B01"""
    rows = fill(path)
    make_copy(path)
    match damage:
        case "zeroed":
            zero(path, range(path.stat().st_size // PAGE))
        case "empty":
            os.truncate(path, 0)
        case "truncated":
            os.truncate(path, PAGE)
        case _:
            path.write_text("<html>" * 5000)
    opened = open_whatever(path)
    assert [problem.arguments["files"] for problem in opened.notices] == [len(rows)]
    assert sorted(opened.store.resources(), key=lambda row: row.id) == sorted(rows, key=lambda row: row.id)
    assert opened.store.totals(0.0) == (1000, 1)
    assert len(opened.store.collections()) == 13
    opened.store.close()


def test_a_copy_of_an_older_schema_counts_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """B01"""
    with monkeypatch.context() as older:
        older.setattr("stabilitydl.store.database.MIGRATIONS", MIGRATIONS[:1])
        older.setattr("stabilitydl.store.database.SCHEMA_VERSION", 1)
        Store.open(path).close()
    with sqlite3.connect(path) as plain:
        plain.execute(
            "INSERT INTO attempts (resource, collection, name, start, outcome) VALUES ('r', 'c', 'n', 1, 'downloaded')"
        )
    plain.close()
    shutil.copy(path, copy_of(path))
    path.write_bytes(b"\0" * 2 * PAGE)
    opened = open_whatever(path)
    assert len(opened.store.attempts("r")) == 1
    opened.store.close()


class _Killed(BaseException):
    """Nothing behind it happens."""


class _Cut:
    """Ends everything before the n-th step of making a database again."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
        self.left = step
        for owner, name in (
            (opening, "salvage"),
            (opening, "salvage_copy"),
            (opening.chores, "leave"),
            (opening.Store, "open"),
            (salvage.os, "link"),
            (Path, "replace"),
        ):
            monkeypatch.setattr(owner, name, self._cutting(getattr(owner, name)))

    def _cutting(self, call: Callable[..., object]) -> Callable[..., object]:
        def cut(*args: object, **how: object) -> object:
            self.left -= 1
            if self.left < 0:
                raise _Killed
            return call(*args, **how)

        return cut


@pytest.mark.parametrize("companion", ["", "-wal"])
def test_a_kill_while_it_is_made_again_costs_nothing(path: Path, tmp_path: Path, companion: str) -> None:
    """B01, B04: whenever it comes, the next start has everything and says so; what was damaged is kept once."""
    rows = {row.id for row in fill(path)}
    zero(path, [path.stat().st_size // PAGE - 1])
    damaged = path.read_bytes()
    for step in itertools.count():
        for each in path.parent.iterdir():
            each.unlink()
        path.write_bytes(damaged)
        if companion:
            path.with_name(path.name + companion).write_bytes(b"of the damaged one")
        cut_short = False
        with pytest.MonkeyPatch.context() as patch:
            _Cut(patch, step)
            try:
                open_whatever(path).store.close()
            except _Killed:
                cut_short = True
        opened = open_whatever(path)
        assert [problem.code for problem in opened.notices] == ["store-rebuilt"], f"killed at step {step}"
        found = {row.id for row in opened.store.resources()}
        assert len(found) > len(rows) * 0.6
        assert opened.notices[0].arguments == {"path": str(aside(path)[0]), "files": len(found)}
        opened.store.close()
        kept = [each for each in aside(path) if each.suffix[-1].isdigit()]
        assert [each.read_bytes() == damaged for each in kept] == [True]
        assert sorted(each.name for each in path.parent.iterdir() if each not in aside(path)) in (
            ["stabilitydl.db"],
            ["stabilitydl.db", "stabilitydl.db.suspect"],
        )
        if not cut_short:
            break
    assert step > 5


def keep_the_log(patch: pytest.MonkeyPatch) -> None:
    """Closing does not write the log into the file, and says nothing, as on a full disk."""
    real = Database.open

    def kept(path: Path, *, may_be_new: bool = True) -> Database:
        database = real(path, may_be_new=may_be_new)
        database.connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        return database

    patch.setattr(Database, "open", kept)


def test_what_is_made_again_is_whole_before_it_has_the_name(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """B01, D03"""
    rows = {row.id for row in fill(path)}
    zero(path, [path.stat().st_size // PAGE - 1])
    with monkeypatch.context() as patch:
        keep_the_log(patch)
        opened = open_whatever(path)
    assert len({row.id for row in opened.store.resources()} & rows) > len(rows) * 0.6
    opened.store.close()


def test_without_room_for_what_is_made_again_the_damaged_one_stays(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """B01, D03: the rows are had as soon as there is room."""
    rows = {row.id for row in fill(path)}
    zero(path, [path.stat().st_size // PAGE - 1])
    damaged, real = path.read_bytes(), Database.value

    def full(database: Database, sql: str, *bindings: Sequence[Value]) -> object:
        if "checkpoint" in sql:
            raise StoreFull(path=str(path))
        return real(database, sql, *bindings)

    with monkeypatch.context() as patch:
        keep_the_log(patch)
        patch.setattr(Database, "value", full)
        with pytest.raises(StoreFull):
            open_whatever(path).store.close()
        assert path.read_bytes() == damaged
        assert aside(path) == []
        assert [each.name for each in path.parent.iterdir()] == [path.name], "nothing more takes room"
    opened = open_whatever(path)
    assert len({row.id for row in opened.store.resources()} & rows) > len(rows) * 0.6
    opened.store.close()


def test_two_damages_are_two_files(path: Path) -> None:
    """B01: what was there is never thrown away."""
    for number in (1, 2):
        fill(path)
        path.write_bytes(b"no database" * 1000 + bytes([number]))
        open_whatever(path).store.close()
        path.unlink()
    assert [each.read_bytes()[-1] for each in aside(path)] == [1, 2]


def test_damage_that_is_met_later_is_looked_for_at_the_next_start(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """B01, for databases too large to look at every page of at each start."""
    rows = fill(path)
    monkeypatch.setattr("stabilitydl.store.database.CHECKED_BYTES", 0)
    # What lies before them is the schema.
    zero(path, range(24, path.stat().st_size // PAGE))
    opened = open_whatever(path)
    assert not opened.notices
    with pytest.raises(StoreDamaged):
        opened.store.resources()
    opened.store.close()
    opened = open_whatever(path)
    assert [problem.code for problem in opened.notices] == ["store-rebuilt"]
    assert len(opened.store.resources()) < len(rows)
    opened.store.finish_chore(FIND_AGAIN)
    opened.store.close()
    opened = open_whatever(path)
    assert not opened.notices
    opened.store.close()


@pytest.mark.parametrize("which", ["gone", "foreign", "cut", "noise"])
def test_a_log_that_is_not_its_own(path: Path, tmp_path: Path, which: str) -> None:
    """B02: opens, or is rebuilt; never an end without a database."""
    rows = fill(path)
    log = path.with_name(path.name + "-wal")
    store = Store.open(path)
    parent = a_collection("late")
    store.add(parent, [a_resource(parent, "late")], now=1.0)
    wal, main = log.read_bytes(), path.read_bytes()
    store.close()
    path.write_bytes(main)
    match which:
        case "gone":
            log.unlink(missing_ok=True)
        case "foreign":
            other = tmp_path / "other" / "stabilitydl.db"
            fill(other)
            second = Store.open(other)
            second.add(parent, [a_resource(parent, f"x{n}") for n in range(50)], now=1.0)
            log.write_bytes(other.with_name(other.name + "-wal").read_bytes())
            second.close()
        case "cut":
            log.write_bytes(wal[: len(wal) // 2])
        case _:
            log.write_bytes(os.urandom(50_000))
    opened = open_whatever(path)
    assert {row.id for row in rows} <= {row.id for row in opened.store.resources()}
    opened.store.close()


def test_a_log_that_was_all_there_was(path: Path) -> None:
    """B02: killed in the first use of a database, everything is in the log. Where nothing ever was, nothing is lost."""
    store = Store.open(path)
    parent = a_collection("first")
    store.add(parent, [a_resource(parent, "first")], now=1.0)
    main = path.read_bytes()
    store.close()
    path.write_bytes(main)
    opened = open_whatever(path, was_used=True)
    assert [problem.code for problem in opened.notices] == ["store-rebuilt"]
    opened.store.close()
    for each in path.parent.iterdir():
        each.unlink()
    path.write_bytes(main)
    opened = open_whatever(path)
    assert opened.notices == ()
    opened.store.close()


@pytest.mark.parametrize("is_locked", [False, True], ids=["folder", "read-only folder"])
def test_what_cannot_be_written_is_read(path: Path, monkeypatch: pytest.MonkeyPatch, is_locked: bool) -> None:
    """B02"""
    rows = fill(path)
    monkeypatch.setattr("stabilitydl.store.database.os.access", lambda *_args: not is_locked)
    store = Store.open_for_reading(path)
    assert store.resources() == rows
    for _ in range(2):
        with pytest.raises(StoreNotWritable, match="for reading only"):
            store.apply([Change(rows[0].id, State.MISSING)])
    assert store.resources() == rows
    store.close()
    with pytest.raises(StoreNotWritable):
        Database.open_for_reading(path, ["SELECT novelty FROM resources"])


def test_a_newer_schema_can_be_read_and_is_not_written(path: Path) -> None:
    """B03"""
    rows = fill(path)
    with apsw.Connection(str(path)) as later:
        later.execute("ALTER TABLE resources ADD COLUMN novelty TEXT")
        later.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    later.close()
    before = path.read_bytes()
    opened = open_whatever(path)
    assert [problem.code for problem in opened.notices] == ["store-newer"]
    assert opened.store.resources() == rows
    parent = a_collection("late")
    for write in (
        lambda: opened.store.add(parent, [], now=1.0),
        lambda: opened.store.enqueue([(rows[0].id, "/x")]),
        lambda: opened.store.apply([Change(rows[0].id, State.MISSING)]),
        lambda: opened.store.begin_attempt(rows[0].id, 1.0),
    ):
        with pytest.raises(StoreNewer):
            write()
    opened.store.close()
    assert path.read_bytes() == before


def test_a_newer_schema_that_cannot_even_be_read_is_refused(path: Path) -> None:
    """B03"""
    fill(path)
    with apsw.Connection(str(path)) as later:
        later.execute("ALTER TABLE resources RENAME COLUMN checksums TO proofs")
        later.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    later.close()
    with pytest.raises(StoreNewer):
        open_whatever(path)


_MIGRATE = """
import os, shutil, sys
from pathlib import Path
import stabilitydl.store.database as database
from stabilitydl.store.migrations import MIGRATIONS
old, place, point = Path(sys.argv[1]), Path(sys.argv[2]), 0
while True:
    point += 1
    for each in place.parent.glob(place.name + "*"):
        each.unlink()
    shutil.copy(old, place)
    child = os.fork()
    if not child:
        real, left = database.Database.control, [point]
        write = database.Database.write
        def strike():
            left[0] -= 1
            if not left[0]:
                os._exit(9)
        def counted(self, sql, bindings=()):
            strike()
            return write(self, sql, bindings)
        def control(self, sql):
            strike()
            real(self, sql)
            strike()
        database.Database.write, database.Database.control = counted, control
        database.Database.open(place)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    struck = os.waitstatus_to_exitcode(status) == 9
    opened = database.Database.open(place)
    version, rows = opened.value("PRAGMA user_version"), opened.value("SELECT count(*) FROM collections")
    names = opened.value("SELECT group_concat(name) FROM pragma_table_info('resources')")
    opened.close()
    print(point, version, rows, names, flush=True)
    if not struck:
        break
"""


def test_a_migration_killed_at_every_statement(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """B04: old or new, nothing between, and the next start finishes it."""
    with monkeypatch.context() as older:
        older.setattr("stabilitydl.store.database.MIGRATIONS", MIGRATIONS[:1])
        older.setattr("stabilitydl.store.database.SCHEMA_VERSION", 1)
        Store.open(path).close()
    with sqlite3.connect(path) as plain:
        columns = [row[1] for row in plain.execute("PRAGMA table_info(collections)") if row[3] and row[1] != "number"]
        plain.execute(
            f"INSERT INTO collections ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            [1.0 if name == "added" else name for name in columns],
        )
    plain.close()
    command = [sys.executable, "-c", _MIGRATE, str(path), str(tmp_path / "copy.db")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=240)
    lines = [line.split(" ", 1)[1] for line in done.stdout.splitlines()]
    assert len(lines) > 5
    assert len(set(lines)) == 1
    assert lines[0].startswith(f"{SCHEMA_VERSION} 1 ")


def test_the_library_is_new_enough() -> None:
    """B06: an older one may lose what a second connection wrote when the log starts again."""
    assert tuple(map(int, apsw.sqlite_lib_version().split("."))) >= (3, 51, 3)


def test_a_copy_that_is_given_up_leaves_the_earlier_one(path: Path) -> None:
    fill(path)
    make_copy(path)
    before = copy_of(path).read_bytes()
    store = Store.open(path)
    Copying(store.database).give_up()
    store.close()
    assert copy_of(path).read_bytes() == before
    assert sorted(each.name for each in path.parent.iterdir()) == ["stabilitydl.db", "stabilitydl.db.copy"]
