"""Files that want a login: asked for once, waited for, and brought after it (A08)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.domain.collection import Layout
from stabilitydl.domain.events import LoginWanted
from stabilitydl.domain.login import LoginSource
from stabilitydl.domain.states import State, WaitReason
from stabilitydl.engine.engine import Engine
from stabilitydl.errors import BadToken, KeyringUnavailable, LoginNeeded, TokenRefused, UsageError
from stabilitydl.hubs.civitai import Civitai
from stabilitydl.hubs.direct import Direct
from stabilitydl.hubs.protocol import Destination
from stabilitydl.hubs.registry import Registry
from stabilitydl.settings import Settings
from stabilitydl.transfer.fetch import fetch
from tests.engine.harness import PATIENCE, Harness, paths_in
from tests.engine.remote import Shared
from tests.fakes import keyring
from tests.fakes.civitai import GOOD, LoginOrigin
from tests.fakes.hub import pack
from tests.fakes.transfer import FakeFetch, Raise

pytestmark = pytest.mark.anyio

CHILDREN = 200


@pytest.fixture
def origin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LoginOrigin]:
    with LoginOrigin() as server:
        monkeypatch.setenv("CIVITAI_ENDPOINT", server.url(""))
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.fakes.keyring.FileKeyring")
        monkeypatch.setenv(keyring.FILE, str(tmp_path / "keyring.json"))
        yield server


def harness(folder: Path, *, may_log_in: bool = True) -> Harness:
    return Harness(
        folder,
        settings=Settings(jobs=16),
        fetch=fetch,
        hubs=Registry([Civitai(), Direct()]),
        clock=SystemClock(),
        may_log_in=may_log_in,
    )


async def queue(h: Harness, origin: LoginOrigin, to: Path, count: int = CHILDREN) -> list[str]:
    origin.give_pack(count)
    (expansion,), problems = await h.engine.expand(["civitai:7"], Destination(to, Layout.FLAT))
    assert not problems
    return await h.get(expansion)


def wanted(h: Harness) -> list[str]:
    h.follow()
    return [event.hub for event in h.events if isinstance(event, LoginWanted)]


async def test_two_hundred_files_ask_once_and_go_on_after_the_login_a08(tmp_path: Path, origin: LoginOrigin) -> None:
    async with harness(tmp_path) as h:
        ids = await queue(h, origin, tmp_path / "to")
        await h.until_state(State.WAITING, *ids)
        assert wanted(h) == ["civitai"]
        (row,) = await h.engine.snapshots(ids[:1])
        assert row.wait is not None
        assert (row.wait.reason, row.wait.detail) == (WaitReason.LOGIN, "civitai")
        assert origin.tries == CHILDREN
        with pytest.raises(TokenRefused) as caught:
            await h.engine.set_token("civitai", "canary-wrong")
        assert "canary" not in f"{caught.value!r} {caught.value}"
        await h.calm()
        assert origin.tries == CHILDREN
        assert not await h.engine.has_token("civitai")
        login = await h.engine.set_token("civitai", f" {GOOD}\n")
        assert (login.source, login.is_checked, login.trouble) == (LoginSource.KEYRING, True, "")
        rows = await h.settled(ids)
        assert {row.state for row in rows} == {State.DOWNLOADED}
        assert origin.tries == 2 * CHILDREN
        assert wanted(h) == ["civitai"]
        assert await h.engine.has_token("civitai")


async def test_a_token_that_opens_nothing_is_tried_once_by_each_file_a08(tmp_path: Path, origin: LoginOrigin) -> None:
    origin.known.add("Bearer canary-poor")
    async with harness(tmp_path) as h:
        ids = await queue(h, origin, tmp_path / "to", 5)
        await h.until_state(State.WAITING, *ids)
        await h.engine.set_token("civitai", "canary-poor")
        await h.until(lambda: len(wanted(h)) == 2 and origin.tries == 10)
        await h.until_state(State.WAITING, *ids)
        await h.calm()
        assert origin.tries == 10
        await h.engine.set_token("civitai", GOOD)
        assert {row.state for row in await h.settled(ids)} == {State.DOWNLOADED}
        assert wanted(h) == ["civitai"] * 2


async def test_a_refusal_of_before_that_comes_after_the_login_asks_nobody(tmp_path: Path, origin: LoginOrigin) -> None:
    gate = origin.gates["2"] = threading.Event()
    async with harness(tmp_path) as h:
        ids = await queue(h, origin, tmp_path / "to", 2)
        await h.until(lambda: origin.tries == 2)
        await h.until_state(State.WAITING, ids[0])
        await h.engine.set_token("civitai", GOOD)
        gate.set()
        assert {row.state for row in await h.settled(ids)} == {State.DOWNLOADED}
        assert (origin.tries, wanted(h)) == (4, ["civitai"])


async def test_who_would_not_log_in_is_not_asked_again(tmp_path: Path, origin: LoginOrigin) -> None:
    async with harness(tmp_path) as h:
        ids = await queue(h, origin, tmp_path / "to", 3)
        await h.until_state(State.WAITING, *ids)
        h.engine.decline_login("civitai")
        rows = await h.settled(ids)
        assert {(row.state, row.problem.code if row.problem else "") for row in rows} == {
            (State.BLOCKED, "login-needed")
        }
        assert origin.tries == 3
        await h.engine.retry(ids)
        assert {row.state for row in await h.settled(ids)} == {State.BLOCKED}
        assert wanted(h) == ["civitai"]
        await h.engine.set_token("civitai", GOOD)
        await h.engine.retry(ids)
        assert {row.state for row in await h.settled(ids)} == {State.DOWNLOADED}


async def test_where_nobody_can_log_in_files_are_blocked(tmp_path: Path, origin: LoginOrigin) -> None:
    async with harness(tmp_path, may_log_in=False) as h:
        ids = await queue(h, origin, tmp_path / "to", 3)
        assert {row.state for row in await h.settled(ids)} == {State.BLOCKED}
        assert wanted(h) == []


async def test_a_hub_without_accounts_is_not_waited_for(tmp_path: Path, origin: LoginOrigin) -> None:
    async with harness(tmp_path) as h:
        origin.routes["/plain/a.bin"] = origin.give_file
        (expansion,), _ = await h.engine.expand([origin.url("/plain/a.bin")], Destination(tmp_path))
        ids = await h.get(expansion)
        (row,) = await h.settled(ids)
        assert row.state is State.BLOCKED


async def test_logins_are_listed_and_ended(
    tmp_path: Path, origin: LoginOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "canary-hf")
    async with harness(tmp_path) as h:
        found = {login.hub: login for login in await h.engine.logins()}
        assert {hub: login.source for hub, login in found.items()} == {
            "civitai": LoginSource.NONE,
            "huggingface": LoginSource.ENVIRONMENT,
            "modelscope": LoginSource.NONE,
            "modelscope-ai": LoginSource.NONE,
        }
        assert found["huggingface"].detail == "HF_TOKEN"
        await h.engine.set_token("civitai", GOOD)
        login = await h.engine.set_token("civitai", "")
        assert not login.has_token
        assert keyring.contents() == {}
        with pytest.raises(BadToken):
            await h.engine.set_token("civitai", "can ary")
        with pytest.raises(UsageError):
            await h.engine.set_token("nosuch", "canary")


async def test_a_hub_that_cannot_be_asked_takes_any_token_for_now(tmp_path: Path, origin: LoginOrigin) -> None:
    origin.routes["/api/v1/me"] = lambda exchange: exchange.answer(500)
    async with harness(tmp_path) as h:
        login = await h.engine.set_token("civitai", "canary-new")
        assert (login.source, login.is_checked) == (LoginSource.KEYRING, False)


class Waiting(Shared):
    """A member of a data directory whose engine lets files wait for a login."""

    def _open(self) -> Engine:
        engine = Engine.open(
            paths_in(self._folder), Settings(), hubs=Registry([self._hub]), fetch=self.fetch, may_log_in=True
        )
        self.engines.append(engine)
        return engine


def test_another_process_logs_in_and_the_files_go_on(tmp_path: Path) -> None:
    fetch = FakeFetch()
    fetch.scripts["a.bin"].append(Raise(LoginNeeded(host="fake.test")))
    owner, guest = Waiting(tmp_path, fetch), Waiting(tmp_path)
    owner.start()
    guest.start()
    try:
        assert (owner.is_owner, guest.is_owner) == (True, False)
        expansion = pack(tmp_path / "to", "a.bin")
        owner.call(owner.engine.add, [expansion])
        (identity,) = [child.id for child in expansion.resources]
        owner.call(owner.engine.enqueue, [identity])
        guest.until_state(State.WAITING, identity)
        guest.until(lambda: any(isinstance(event, LoginWanted) for event in guest.events))
        with pytest.raises(BadToken) as caught:
            guest.call(guest.engine.set_token, "fake", "can ary")
        assert "can" not in str(caught.value.arguments)
        login = guest.call(guest.engine.set_token, "fake", "canary")
        assert (login.hub, login.has_token, login.is_checked) == ("fake", True, False)
        guest.until_state(State.DOWNLOADED, identity)
        assert guest.call(guest.engine.has_token, "fake")
        assert not guest.call(guest.engine.has_token, "civitai")
        assert login.source is LoginSource.SESSION, "there is no keyring"
        assert owner.stop(PATIENCE)
        guest.until_owner()
        assert guest.call(guest.engine.has_token, "fake"), "who entered it gives it to the next owner"
        assert "canary" not in repr(guest.engine._entrusted)
        with pytest.raises(KeyringUnavailable):
            guest.call(guest.engine.set_token, "fake", "")
        assert not guest.call(guest.engine.has_token, "fake")
        assert "fake" not in repr(guest.engine._entrusted), "who logged out does not log in again"
    finally:
        guest.stop(PATIENCE)
        owner.stop(PATIENCE)
