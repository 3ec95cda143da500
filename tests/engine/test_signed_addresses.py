"""A pasted signed address: its secret part lies in the keyring, never in the store (A06, A11)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.domain.collection import Layout
from stabilitydl.domain.states import State
from stabilitydl.engine.engine import Engine
from stabilitydl.hubs.direct import Direct
from stabilitydl.hubs.protocol import Destination
from stabilitydl.hubs.registry import Registry
from stabilitydl.settings import Settings
from stabilitydl.transfer.fetch import fetch
from tests.engine.harness import PATIENCE, Harness, paths_in
from tests.engine.remote import Shared
from tests.fakes import keyring
from tests.fakes.origin import Exchange, FileOrigin

pytestmark = pytest.mark.anyio

SECRET = "canary-signature"
DATA = b"weights" * 100


@pytest.fixture
def origin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FileOrigin]:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.fakes.keyring.FileKeyring")
    monkeypatch.setenv(keyring.FILE, str(tmp_path / "keyring.json"))

    def give(exchange: Exchange) -> None:
        good = exchange.request.query.get("X-Amz-Signature") == [SECRET]
        exchange.answer(200 if good else 403, {"ETag": '"x"'}, DATA if good else b"")

    with FileOrigin() as server:
        server.routes["/a.bin"] = give
        yield server


def harness(folder: Path) -> Harness:
    return Harness(folder, fetch=fetch, hubs=Registry([Direct()]), clock=SystemClock())


async def add(h: Harness, origin: FileOrigin, to: Path) -> list[str]:
    url = origin.url(f"/a.bin?X-Amz-Signature={SECRET}&X-Amz-Expires=9&part=1")
    (expansion,), _ = await h.engine.expand([url], Destination(to, Layout.FLAT))
    return await h.add(expansion)


def spilt(folder: Path) -> list[Path]:
    """Files that hold the secret, besides the keyring."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "keyring.json")
    return [path for path in files if SECRET.encode() in path.read_bytes()]


async def test_the_store_never_sees_it_and_a_restart_goes_on_a06(tmp_path: Path, origin: FileOrigin) -> None:
    async with harness(tmp_path) as h:
        ids = await add(h, origin, tmp_path / "to")
        assert [SECRET in value for value in keyring.contents().values()] == [True]
        assert SECRET not in str(await h.engine.resources()) + str(await h.engine.collections())
        assert spilt(tmp_path) == []
    async with harness(tmp_path) as h:
        await h.engine.enqueue(ids)
        (row,) = await h.settled(ids)
        assert row.state is State.DOWNLOADED
        assert (tmp_path / "to" / "a.bin").read_bytes() == DATA
        assert origin.requests[-1].query["part"] == ["1"]
        await h.engine.remove(ids)
        assert keyring.contents() == {}
        assert spilt(tmp_path) == []
        assert SECRET not in str(h.events)


async def test_asking_is_not_keeping(tmp_path: Path, origin: FileOrigin) -> None:
    async with harness(tmp_path) as h:
        url = origin.url(f"/a.bin?X-Amz-Signature={SECRET}")
        await h.engine.expand([url], Destination(tmp_path / "to", Layout.FLAT))
        assert keyring.contents() == {}


class Member(Shared):
    """Brings addresses, really."""

    def _open(self) -> Engine:
        return Engine.open(paths_in(self._folder), Settings(), hubs=Registry([Direct()]), fetch=fetch)


def test_without_a_keyring_the_next_owner_has_it_from_who_typed_it(
    tmp_path: Path, origin: FileOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    owner, guest = Member(tmp_path), Member(tmp_path)
    owner.start()
    guest.start()
    try:
        url = origin.url(f"/a.bin?X-Amz-Signature={SECRET}")
        (expansion,), _ = guest.call(guest.engine.expand, [url], Destination(tmp_path / "to", Layout.FLAT))
        guest.call(guest.engine.add, [expansion])
        assert SECRET not in str(expansion)
        assert owner.stop(PATIENCE)
        guest.until_owner()
        ids = [child.id for child in expansion.resources]
        guest.call(guest.engine.enqueue, ids)
        guest.until_state(State.DOWNLOADED, *ids)
        assert (tmp_path / "to" / "a.bin").read_bytes() == DATA
        assert spilt(tmp_path) == []
    finally:
        guest.stop(PATIENCE)
        owner.stop(PATIENCE)


async def test_without_a_keyring_it_lasts_as_long_as_the_process(
    tmp_path: Path, origin: FileOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    async with harness(tmp_path) as h:
        ids = await add(h, origin, tmp_path / "to")
        assert spilt(tmp_path) == []
    async with harness(tmp_path) as h:
        await h.engine.enqueue(ids)
        (row,) = await h.settled(ids)
        assert (row.state, row.problem.code if row.problem else "") == (State.FAILED, "secret-missing")
        assert await add(h, origin, tmp_path / "to") == ids
        await h.engine.enqueue(ids)
        (row,) = await h.settled(ids)
        assert row.state is State.DOWNLOADED
        assert spilt(tmp_path) == []
