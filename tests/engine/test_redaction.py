"""A database in which an older version stored signed addresses whole (A06)."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.domain.collection import Collection, CollectionKey, Layout
from stabilitydl.domain.resource import Address, Resource, resource_id
from stabilitydl.domain.states import State
from stabilitydl.errors import StoreFull
from stabilitydl.hubs.direct import Direct
from stabilitydl.hubs.metalink import Metalink
from stabilitydl.hubs.registry import Registry
from stabilitydl.store.change import Change
from stabilitydl.store.chores import REDACT
from stabilitydl.store.opening import copy_of
from stabilitydl.store.store import Store
from stabilitydl.transfer.fetch import fetch
from tests.engine.harness import Harness, paths_in
from tests.fakes import keyring
from tests.fakes.origin import Exchange, FileOrigin

pytestmark = pytest.mark.anyio

SECRET = "canary-signature"
DATA = b"weights" * 100


@pytest.fixture(autouse=True)
def vault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.fakes.keyring.FileKeyring")
    monkeypatch.setenv(keyring.FILE, str(tmp_path / "keyring.json"))


def collection(identity: str, *, hub: str = "direct", kind: str = "url", page: str = "", to: Path) -> Collection:
    key = CollectionKey(hub, "", kind, identity, target=str(to))
    return Collection(id=key.id, key=key, title="x", locator=identity, page=page, target=str(to), layout=Layout.FLAT)


def child(parent: Collection, key: str, url: str, **fields: str) -> Resource:
    return Resource(
        id=resource_id(parent.id, key),
        collection=parent.id,
        key=key,
        name="a.bin",
        path="a.bin",
        addresses=(Address(parent.hub, url),),
        **fields,  # type: ignore[arg-type]
    )


def older(path: Path, *packs: tuple[Collection, Resource]) -> None:
    """What the version before wrote."""
    path.parent.mkdir(parents=True)
    store = Store.open(path)
    for parent, one in packs:
        store.add(parent, [one], 1.0)
    store.apply([Change(one.id, State.PAUSED) for _, one in packs])
    with store.together():
        store.database.write("DROP TABLE chores")
        store.database.write("DROP TABLE blocks")
        store.database.write("ALTER TABLE resources DROP COLUMN rate_limit")
        store.database.write("ALTER TABLE collections DROP COLUMN updated")
        store.database.write("ALTER TABLE collections DROP COLUMN weight")
        store.database.value("PRAGMA user_version = 6")
    store.close()
    copy_of(path).write_bytes(path.read_bytes())


def spilt(folder: Path) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "keyring.json")
    return [path.name for path in files if SECRET.encode() in path.read_bytes()]


def harness(folder: Path) -> Harness:
    return Harness(folder, fetch=fetch, hubs=Registry([Metalink(), Direct()]), clock=SystemClock())


async def test_the_secret_part_goes_to_the_keyring_and_the_file_still_comes(tmp_path: Path) -> None:
    with FileOrigin() as origin:

        def give(exchange: Exchange) -> None:
            good = exchange.request.query.get("X-Amz-Signature") == [SECRET]
            exchange.answer(200 if good else 403, {"ETag": '"x"'}, DATA if good else b"")

        origin.routes["/a.bin"] = give
        url = origin.url(f"/a.bin?X-Amz-Signature={SECRET}&part=1")
        document = f"https://h.test/x.meta4?token={SECRET}"
        single = collection(url, to=tmp_path / "one")
        listed = collection("/l/list.txt", kind="list", to=tmp_path / "two")
        meta = collection(document, hub="metalink", page=document, to=tmp_path / "three")
        plain = collection("https://h.test/b.bin?x=1", to=tmp_path / "four")
        packs = [
            (single, child(single, "file", url)),
            (listed, child(listed, f"a.bin\n{url}", url)),
            (meta, child(meta, "a.bin\nabc", url, page=document)),
            (plain, child(plain, "file", "https://h.test/b.bin?x=1")),
        ]
        database = paths_in(tmp_path).database
        older(database, *packs)
        assert SECRET.encode() in database.read_bytes()
        async with harness(tmp_path) as h:
            assert spilt(tmp_path) == []
            rows = {row.id: row for row in await h.engine.resources()}
            assert [rows[one.id].state for _, one in packs] == [State.PAUSED] * 4, "everything else is what it was"
            assert SECRET not in str(rows) + str(await h.engine.collections())
            assert rows[packs[3][1].id].resource == packs[3][1]
            assert len(keyring.contents()) == 3
            await h.engine.resume([packs[0][1].id, packs[1][1].id])
            settled = await h.settled([packs[0][1].id, packs[1][1].id])
            assert [row.state for row in settled] == [State.DOWNLOADED] * 2
            assert origin.requests[-1].query["part"] == ["1"]
        assert spilt(tmp_path) == []
        store = Store.open(database)
        assert store.chores() == []
        store.close()


async def test_without_a_keyring_the_store_is_clean_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    single = collection(f"https://h.test/a.bin?token={SECRET}", to=tmp_path / "one")
    older(paths_in(tmp_path).database, (single, child(single, "file", f"https://h.test/a.bin?token={SECRET}")))
    async with harness(tmp_path):
        assert spilt(tmp_path) == []


async def test_what_cannot_be_written_now_is_left_for_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    single = collection(f"https://h.test/a.bin?token={SECRET}", to=tmp_path / "one")
    older(paths_in(tmp_path).database, (single, child(single, "file", f"https://h.test/a.bin?token={SECRET}")))

    def full(store: Store, name: str) -> None:
        raise StoreFull(path="x")

    monkeypatch.setattr(Store, "finish_chore", full)
    with caplog.at_level(logging.WARNING):
        async with harness(tmp_path) as h:
            assert len(await h.engine.resources()) == 1
    assert SECRET not in caplog.text
    monkeypatch.undo()
    store = Store.open(paths_in(tmp_path).database)
    assert store.chores() == [REDACT]
    store.close()
    async with harness(tmp_path):
        assert spilt(tmp_path) == []


def test_a_database_without_addresses_of_the_web_has_no_chore(tmp_path: Path) -> None:
    parent = collection("7", hub="civitai", kind="model", to=tmp_path)
    older(tmp_path / "x" / "store.db", (parent, child(parent, "file:1", "70?fileId=1")))
    store = Store.open(tmp_path / "x" / "store.db")
    assert store.chores() == []
    store.close()
