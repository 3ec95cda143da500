"""The keyring of the system, and what happens where it is absent, broken, forgetful or silent (A09)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import anyio
import pytest

from stabilitydl.errors import KeyringUnavailable
from stabilitydl.http.vault import SECONDS, Vault
from tests.fakes import keyring
from tests.fakes.clock import ManualClock

pytestmark = pytest.mark.anyio

Choose = Callable[[str], None]


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Choose:
    def chosen(name: str) -> None:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name if "." in name else f"tests.fakes.keyring.{name}")
        monkeypatch.setenv(keyring.FILE, str(tmp_path / "keyring.json"))

    return chosen


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def vault(clock: ManualClock) -> AsyncIterator[Vault]:
    made = Vault(clock)
    yield made
    await made.aclose()


async def test_a_secret_is_kept_under_its_name(vault: Vault, choose: Choose) -> None:
    choose("FileKeyring")
    assert await vault.get("token:civitai") is None
    await vault.put("token:civitai", "canary")
    assert await vault.get("token:civitai") == "canary"
    assert keyring.contents() == {"stabilitydl/token:civitai": "canary"}
    await vault.drop("token:civitai")
    await vault.drop("token:civitai")
    assert keyring.contents() == {}
    assert "canary" not in repr(vault)


@pytest.mark.parametrize(
    ("backend", "trouble"),
    [
        ("keyring.backends.fail.Keyring", "this system has none"),
        ("keyring.backends.null.Keyring", "this system has none"),
        ("no.such.Keyring", "it failed (ModuleNotFoundError)"),
        ("BrokenKeyring", "it failed (OSError)"),
        ("ForgetfulKeyring", "it does not keep what it is given"),
    ],
)
async def test_a_keyring_of_no_use_says_why_and_shows_nothing_a09(
    vault: Vault, choose: Choose, backend: str, trouble: str
) -> None:
    choose(backend)
    for _ in range(2):
        with pytest.raises(KeyringUnavailable) as caught:
            await vault.put("n", "canary")
        assert caught.value.arguments == {"detail": trouble}
    assert vault.trouble == trouble


async def test_a_keyring_that_hangs_is_waited_for_five_seconds_once_a09(
    vault: Vault, choose: Choose, clock: ManualClock
) -> None:
    choose("HangingKeyring")
    keyring.HangingKeyring.asked.clear()
    keyring.HangingKeyring.release.clear()
    caught: list[KeyringUnavailable] = []

    async def ask() -> None:
        try:
            await vault.get("n")
        except KeyringUnavailable as error:
            caught.append(error)

    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            await anyio.to_thread.run_sync(keyring.HangingKeyring.asked.wait)
            clock.advance(SECONDS - 0.1)
            await anyio.lowlevel.checkpoint()
            assert not caught
            clock.advance(0.2)
        await ask()
        assert [str(error) for error in caught] == [
            "The keyring of this system cannot be used: it did not answer in 5 s."
        ] * 2
    finally:
        keyring.HangingKeyring.release.set()


async def test_it_is_looked_at_again_when_somebody_asks_for_it(vault: Vault, choose: Choose) -> None:
    choose("keyring.backends.fail.Keyring")
    with pytest.raises(KeyringUnavailable):
        await vault.get("n")
    choose("FileKeyring")
    with pytest.raises(KeyringUnavailable):
        await vault.get("n")
    await vault.try_again()
    assert await vault.get("n") is None
