from __future__ import annotations

import gc
import os
from pathlib import Path

import apsw
import pytest

from stabilitydl.domain.states import State
from stabilitydl.errors import (
    Remedy,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreNewer,
    StoreNotWritable,
)
from stabilitydl.store import database as database_module
from stabilitydl.store.change import Change
from stabilitydl.store.database import Database
from stabilitydl.store.migrations import MIGRATIONS, SCHEMA_VERSION
from stabilitydl.store.store import Store

from .samples import a_pack

LISTS = ("checksums", "addresses")


def test_settings_of_the_connection(store: Store) -> None:
    database = store._database
    assert database.value("PRAGMA journal_mode") == "wal"
    assert database.value("PRAGMA synchronous") == 2
    assert database.value("PRAGMA foreign_keys") == 1
    assert database.value("PRAGMA busy_timeout") == 5000
    assert database.value("PRAGMA user_version") == SCHEMA_VERSION


def test_a_commit_survives_a_power_cut_also_where_there_is_no_shared_memory(path: Path) -> None:
    """Without WAL, FULL loses the last commit in a power cut; EXTRA does not."""
    usual = apsw.vfs_names()[0]
    apsw.set_default_vfs("unix-dotfile")
    try:
        store = Store.open(path)
        assert store._database.value("PRAGMA journal_mode") == "delete"
        assert store._database.value("PRAGMA synchronous") == 3
        store.close()
    finally:
        apsw.set_default_vfs(usual)


def test_opening_again_changes_nothing(store: Store, path: Path) -> None:
    store.add(*a_pack(3), now=1.0)
    before = store.resources()
    store.close()
    store.close()
    again = Store.open(path)
    assert again.resources() == before
    again.close()


def test_a_newer_schema_is_refused_and_left_as_it_is(store: Store, path: Path) -> None:
    store.close()
    connection = apsw.Connection(str(path))
    connection.pragma("user_version", SCHEMA_VERSION + 1)
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreNewer):
        Store.open(path)
    assert path.read_bytes() == before


def test_a_file_of_another_program_is_refused_and_left_as_it_is(path: Path) -> None:
    path.parent.mkdir(parents=True)
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE theirs (x)").fetchall()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreDamaged):
        Store.open(path)
    assert path.read_bytes() == before


@pytest.fixture
def filled(path: Path) -> Path:
    store = Store.open(path)
    store.add(*a_pack(300), now=1.0)
    store.close()
    return path


def test_no_database_at_all(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\0" * 8192)
    with pytest.raises(StoreDamaged):
        Store.open(path)
    path.write_text("<html>not found</html>" * 100)
    with pytest.raises(StoreDamaged):
        Store.open(path)


def test_an_empty_file_is_a_new_database(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch()
    store = Store.open(path)
    assert store.collections() == []
    store.close()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file(filled: Path, share: float) -> None:
    """B01"""
    os.truncate(filled, int(filled.stat().st_size * share) // 4096 * 4096)
    with pytest.raises(StoreDamaged):
        Store.open(filled)


def test_every_page_zeroed_in_turn(filled: Path) -> None:
    """B01: whichever page is lost, opening says so."""
    whole = filled.read_bytes()
    for page in range(0, len(whole), 4096):
        filled.write_bytes(whole[:page] + b"\0" * 4096 + whole[page + 4096 :])
        with pytest.raises(StoreDamaged):
            Store.open(filled)
    filled.write_bytes(whole)
    Store.open(filled).close()


def test_damage_in_a_large_file_is_noticed_where_it_is_met(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "CHECKED_BYTES", 0)
    size = filled.stat().st_size
    with filled.open("r+b") as file:
        file.seek(size // 2 // 4096 * 4096)
        file.write(b"\xff" * (size - file.tell()))
    store = Store.open(filled)
    with pytest.raises(StoreDamaged):
        store.resources()
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE resources SET state = 'flying'",
        "UPDATE resources SET checksums = '[{\"algorithm\": 5}]'",
        "UPDATE resources SET addresses = 'not json'",
        "UPDATE resources SET verification = ''",
    ],
)
def test_a_row_that_nobody_can_read(store: Store, statement: str) -> None:
    store.add(*a_pack(2), now=1.0)
    with store._database.transaction():
        store._database.write(statement)
    with pytest.raises(StoreDamaged):
        store.resources()


def test_a_folder_in_the_way(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StoreNotWritable):
        Store.open(path)


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(StoreNotWritable):
        Store.open(tmp_path / "data" / "stabilitydl.db")


def test_a_migration_that_fails_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """B04"""
    statements = MIGRATIONS[0]
    for count in range(len(statements)):
        broken = (*statements[:count], "CREATE NONSENSE")
        monkeypatch.setattr(database_module, "MIGRATIONS", (broken,))
        with pytest.raises(StoreError):
            Database.open(path)
        connection = apsw.Connection(str(path))
        assert connection.execute("SELECT count(*) FROM sqlite_schema").get == 0
        assert connection.pragma("user_version") == 0
        connection.close()
    monkeypatch.undo()
    Store.open(path).close()


def test_an_older_schema_is_brought_up_to_date(store: Store, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add(*a_pack(2), now=1.0)
    store.close()
    step = ("ALTER TABLE resources ADD COLUMN extra TEXT", "UPDATE resources SET extra = key")
    monkeypatch.setattr(database_module, "MIGRATIONS", (*MIGRATIONS, step))
    monkeypatch.setattr(database_module, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    newer = Store.open(path)
    assert newer._database.read("SELECT extra FROM resources ORDER BY place", (), tuple) == [
        ("file000",),
        ("file001",),
    ]
    assert newer._database.value("PRAGMA user_version") == SCHEMA_VERSION + 1
    newer.close()
    monkeypatch.undo()
    with pytest.raises(StoreNewer):
        Store.open(path)


def test_rows_of_the_first_schema_are_kept_and_have_the_new_fields_empty(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "MIGRATIONS", MIGRATIONS[:1])
    monkeypatch.setattr(database_module, "SCHEMA_VERSION", 1)
    old = Database.open(path)
    for table, values in (("collections", {"id": "c"}), ("resources", {"id": "r", "collection": "c"})):
        columns = {row[1]: row[2] for row in old.read(f"PRAGMA table_info({table})", (), tuple) if row[3]}
        row = {name: 0 if kind != "TEXT" else "[]" if name in LISTS else "" for name, kind in columns.items()}
        row |= {"state": "paused", "version": "v1"} if table == "resources" else {}
        row |= values
        with old.transaction():
            old.write(
                f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values())
            )
    old.close()
    monkeypatch.undo()
    store = Store.open(path)
    (kept,) = store.resources()
    assert (kept.resource.version, kept.resource.version_id, kept.resource.file_type) == ("v1", "", "")
    assert (kept.resource.precision, kept.state, kept.superseded) == ("", State.PAUSED, False)
    assert kept.rate_limit == 0
    store.close()


def test_a_migration_stands_statement_by_statement() -> None:
    """Of several statements in one text only the first would run before the cursor is drained."""
    for step in MIGRATIONS:
        for statement in step:
            assert ";" not in statement


def test_an_exception_rolls_back(store: Store) -> None:
    store.add(*a_pack(1), now=1.0)

    def fail_in_the_middle() -> None:
        with store._database.transaction():
            store._database.write("DELETE FROM resources")
            assert store._database.value("SELECT count(*) FROM resources") == 0
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_in_the_middle()
    assert len(store.resources()) == 1


def test_a_transaction_inside_another_one_is_a_piece_of_it(store: Store) -> None:
    collection, children = a_pack(2)
    store.add(collection, children, now=1.0)
    ids = [child.id for child in children]

    def change_both() -> None:
        with store.together():
            store.apply([Change(ids[0], State.PAUSED)])
            store.apply([Change(ids[1], State.PAUSED)])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_both()
    assert [row.state for row in store.snapshots(ids)] == [State.MISSING] * 2
    with store.together():
        store.apply([Change(ids[0], State.PAUSED)])
        store.apply([Change(ids[1], State.PAUSED)])
    assert [row.state for row in store.snapshots(ids)] == [State.PAUSED] * 2
    assert not store.database.connection.in_transaction


def test_a_commit_that_fails_rolls_back(store: Store) -> None:
    store.add(*a_pack(1), now=1.0)
    store._database.connection.set_commit_hook(lambda: True)
    with pytest.raises(StoreError):
        store.remove([store.resources()[0].id])
    store._database.connection.set_commit_hook(None)
    assert len(store.resources()) == 1
    store.remove([store.resources()[0].id])
    assert store.resources() == []


def test_a_commit_that_fails_and_leaves_its_transaction_open_rolls_back(store: Store) -> None:
    store.add(*a_pack(1), now=1.0)
    before = store.resources()

    def orphan() -> None:
        with store._database.transaction():
            store._database.value("PRAGMA defer_foreign_keys = ON")
            store._database.write("UPDATE resources SET collection = 'nobody'")

    with pytest.raises(StoreError, match="FOREIGN KEY"):
        orphan()
    assert store.resources() == before
    store.apply([Change(before[0].id, State.PAUSED)])


def test_a_full_disk_changes_nothing_and_the_store_stays_usable(store: Store) -> None:
    """D03"""
    parent, children = a_pack(300)
    store.add(parent, children[:1], now=1.0)
    pages = store._database.value("PRAGMA page_count")
    store._database.value(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreFull) as caught:
        store.add(parent, children, now=2.0)
    assert caught.value.remedy is Remedy.FREE_SPACE
    store.apply([Change(children[0].id, State.PAUSED)])
    assert [each.state for each in store.resources()] == [State.PAUSED]


def test_writing_outside_a_transaction_is_a_mistake(store: Store) -> None:
    with pytest.raises(AssertionError):
        store._database.write("DELETE FROM resources")
    with pytest.raises(AssertionError):
        store._database.write_each("DELETE FROM resources WHERE id = ?", [("a",)])


def test_use_after_close_is_an_error_of_ours(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError):
        store.collections()


def test_a_store_that_nobody_closed_warns(path: Path) -> None:
    def forget() -> None:
        store = Store.open(path)
        assert str(path) in repr(store)
        assert "closed" not in repr(store)
        del store
        gc.collect()

    with pytest.warns(ResourceWarning, match="never closed"):
        forget()


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        (apsw.BusyError, StoreBusy),
        (apsw.LockedError, StoreBusy),
        (apsw.CorruptError, StoreDamaged),
        (apsw.NotADBError, StoreDamaged),
        (apsw.FullError, StoreFull),
        (apsw.ReadOnlyError, StoreNotWritable),
        (apsw.CantOpenError, StoreNotWritable),
        (apsw.PermissionsError, StoreNotWritable),
        (apsw.IOError, StoreError),
        (apsw.SQLError, StoreError),
        (apsw.ConstraintError, StoreError),
        (OverflowError, StoreError),
    ],
)
def test_errors_of_sqlite_become_ours(store: Store, foreign: type[Exception], ours: type[StoreError]) -> None:
    def fail(row: tuple[object, ...]) -> object:
        raise foreign("why")

    with pytest.raises(StoreError) as caught:
        store._database.read("SELECT 1", (), fail)
    assert type(caught.value) is ours
    assert caught.value.arguments["path"] == str(store._database.path)
    assert isinstance(caught.value.__cause__, foreign)
    assert "?" not in str(caught.value)
