"""Logging in and out: where a token comes from, where it is kept, and who never sees it."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from stabilitydl.domain.login import LoginSource
from stabilitydl.errors import BadToken, KeyringUnavailable, UsageError
from stabilitydl.http.client import HttpClient
from stabilitydl.http.credentials import Credentials
from stabilitydl.http.origins import Origin
from stabilitydl.http.proxies import Proxies
from stabilitydl.http.request import Request
from stabilitydl.http.vault import Vault
from stabilitydl.secrecy import known_secrets
from tests.fakes import keyring
from tests.fakes.clock import ManualClock
from tests.fakes.origin import FileOrigin

pytestmark = pytest.mark.anyio

CIVITAI = Origin.parse("https://civitai.com/")


@pytest.fixture(autouse=True)
def keyring_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.fakes.keyring.FileKeyring")
    path = tmp_path / "keyring.json"
    monkeypatch.setenv(keyring.FILE, str(path))
    return path


@pytest.fixture
async def vault() -> AsyncIterator[Vault]:
    made = Vault(ManualClock())
    yield made
    await made.aclose()


def sent(tokens: Credentials, origin: Origin = CIVITAI, hub: str = "civitai") -> list[str]:
    return [value for _, value in tokens.headers_for(hub, origin)]


async def test_the_keyring_is_asked_once_and_only_where_the_token_belongs(vault: Vault) -> None:
    await vault.put("token:civitai", "kept")
    asked: list[str] = []
    inner = vault.get

    async def get(name: str) -> str | None:
        asked.append(name)
        return await inner(name)

    vault.get = get  # type: ignore[method-assign]
    tokens = Credentials.from_environment({}, vault=vault)
    await tokens.prepare("civitai", Origin.parse("https://civitai.com.evil.test/"))
    await tokens.prepare("", CIVITAI)
    await tokens.prepare("direct", CIVITAI)
    assert asked == []
    await tokens.prepare("civitai", CIVITAI)
    await tokens.prepare("civitai", Origin.parse("https://civitai.red/"))
    assert asked == ["token:civitai"]
    assert sent(tokens) == ["Bearer kept"]


async def test_the_keyring_comes_before_the_environment(vault: Vault) -> None:
    tokens = Credentials.from_environment({"CIVITAI_API_TOKEN": "variable"}, vault=vault)
    login = await tokens.login_of("civitai")
    assert (login.source, login.detail, login.title) == (LoginSource.ENVIRONMENT, "CIVITAI_API_TOKEN", "Civitai")
    login = await tokens.log_in("civitai", " entered\n")
    assert (login.source, login.detail, login.has_token) == (LoginSource.KEYRING, "", True)
    assert sent(tokens) == ["Bearer entered"]
    again = Credentials.from_environment({"CIVITAI_API_TOKEN": "variable"}, vault=vault)
    await again.prepare("civitai", CIVITAI)
    assert sent(again) == ["Bearer entered"]
    login = await again.log_out("civitai")
    assert (login.source, sent(again)) == (LoginSource.ENVIRONMENT, ["Bearer variable"])


async def test_logging_out_leaves_nothing_a11(vault: Vault, keyring_file: Path) -> None:
    tokens = Credentials.from_environment({}, vault=vault)
    await tokens.log_in("civitai", "canary-token")
    assert "canary-token" in keyring_file.read_text()
    login = await tokens.log_out("civitai")
    assert (login.source, login.has_token, tokens.has("civitai")) == (LoginSource.NONE, False, False)
    assert "canary-token" not in keyring_file.read_text()
    assert sent(tokens) == []


async def test_without_a_keyring_a_token_lives_as_long_as_the_process_a09(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.fakes.keyring.BrokenKeyring")
    tokens = Credentials.from_environment({}, vault=vault)
    login = await tokens.log_in("civitai", "canary")
    assert (login.source, login.trouble) == (LoginSource.SESSION, "it failed (OSError)")
    assert sent(tokens) == ["Bearer canary"]
    assert not any(path.is_file() and b"canary" in path.read_bytes() for path in tmp_path.rglob("*"))
    with pytest.raises(KeyringUnavailable):
        await tokens.log_out("civitai")
    assert not tokens.has("civitai")
    again = Credentials.from_environment({"CIVITAI_API_TOKEN": "variable"}, vault=vault)
    assert (await again.login_of("civitai")).source is LoginSource.ENVIRONMENT


@pytest.mark.parametrize(
    "token", ["", "  ", "can\r\nary", "can ary", "canaryé", "canary" * 200_000, "canary;x", "c\0a"]
)
async def test_what_cannot_be_a_token_is_refused_unseen_a07(vault: Vault, token: str) -> None:
    tokens = Credentials.from_environment({}, vault=vault)
    with pytest.raises(BadToken) as caught:
        await tokens.log_in("civitai", token)
    assert "canary" not in f"{caught.value} {caught.value!r} {caught.value.problem}"
    assert not tokens.has("civitai")


async def test_an_unknown_hub_is_refused_with_what_is_known(vault: Vault) -> None:
    tokens = Credentials.from_environment({}, vault=vault)
    with pytest.raises(UsageError) as caught:
        await tokens.log_in("nosuch", "canary")
    assert "civitai, huggingface, modelscope" in str(caught.value)
    assert "canary" not in str(caught.value)


async def test_the_token_file_of_the_hubs_own_client_is_shown_as_source_a10(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "hf").mkdir()
    (tmp_path / "hf" / "token").write_text("hf_canary\n")
    environ = {"HF_HOME": str(tmp_path / "hf")}
    login = await Credentials.from_environment(environ, vault=vault).login_of("huggingface")
    assert (login.source, login.detail) == (LoginSource.FILE, str(tmp_path / "hf" / "token"))
    tokens = Credentials.from_environment({**environ, "HF_TOKEN": "first", "HUGGING_FACE_HUB_TOKEN": "second"})
    assert sent(tokens, Origin.parse("https://huggingface.co/"), "huggingface") == ["Bearer first"]
    for more in ({"HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"}, {"HF_TOKEN_PATH": str(tmp_path / "nosuch")}):
        assert not Credentials.from_environment({**environ, **more}).has("huggingface")
    (tmp_path / ".cache" / "huggingface").mkdir(parents=True)
    (tmp_path / ".cache" / "huggingface" / "token").write_bytes(b"\xff\xfe")
    assert not Credentials.from_environment({"XDG_CACHE_HOME": str(tmp_path / ".cache")}).has("huggingface")


@pytest.mark.parametrize(
    ("endpoint", "gets"),
    [
        ("https://mirror.test/", True),
        ("https://mirror.test:8443", True),
        ("http://127.0.0.1:5000", True),
        ("http://192.168.1.5", True),
        ("http://mirror.test", False),
        ("ftp://mirror.test", False),
        ("nonsense", False),
    ],
)
def test_a_server_that_the_user_configured_gets_the_token_unless_others_could_read_it(
    endpoint: str, gets: bool
) -> None:
    tokens = Credentials.from_environment({"CIVITAI_API_TOKEN": "t", "CIVITAI_ENDPOINT": endpoint})
    assert sent(tokens) == ["Bearer t"]
    if endpoint.startswith("http"):
        assert sent(tokens, Origin.parse(endpoint)) == (["Bearer t"] if gets else [])


async def test_netrc_and_the_passwords_of_addresses_are_never_read_a10(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for folder in (tmp_path, tmp_path / "user"):
        folder.mkdir(exist_ok=True)
        (folder / ".netrc").write_text(
            "default login canary password canary\nmachine 127.0.0.1 login canary password canary"
        )
        (folder / ".netrc").chmod(stat.S_IRUSR | stat.S_IWUSR)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    client = HttpClient(ManualClock(), credentials=Credentials.from_environment({}), proxies=Proxies({}))
    with FileOrigin() as origin:
        file = origin.add("/f", b"here")
        await client.get(Request(file.url, hub="civitai", trusted=True))
        assert "authorization" not in origin.requests[0].headers
        with pytest.raises(UsageError) as caught:
            await client.get(Request(file.url.replace("127.0.0.1", "canary:canary@127.0.0.1"), trusted=True))
        assert "canary" not in str(caught.value)
    await client.aclose()


async def test_secrets_of_addresses_are_held_kept_and_forgotten(vault: Vault, keyring_file: Path) -> None:
    tokens = Credentials.from_environment({}, vault=vault)
    tokens.hold("address:1", "sig=canary1")
    assert await tokens.secret("address:1") == "sig=canary1"
    assert not keyring_file.exists()
    assert await tokens.keep(["address:1", "address:unknown"])
    again = Credentials.from_environment({}, vault=vault)
    assert await again.secret("address:1") == "sig=canary1"
    assert await again.secret("address:2") is None
    await again.forget(["address:1"])
    assert await again.secret("address:1") is None
    assert "canary1" not in keyring_file.read_text()
    assert "sig=canary1" in known_secrets()
    alone = Credentials.from_environment({})
    alone.hold("address:3", "sig=canary3")
    assert not await alone.keep(["address:3"])
    assert await alone.secret("address:3") == "sig=canary3"


@pytest.fixture
def both() -> Iterator[tuple[FileOrigin, FileOrigin]]:
    with FileOrigin() as hub, FileOrigin() as storage:
        yield hub, storage


async def test_a_client_asks_the_keyring_when_it_first_needs_to_know(
    vault: Vault, both: tuple[FileOrigin, FileOrigin]
) -> None:
    hub, storage = both
    await vault.put("token:civitai", "canary")
    tokens = Credentials.from_environment({"CIVITAI_ENDPOINT": hub.url("")}, vault=vault)
    client = HttpClient(ManualClock(), credentials=tokens, proxies=Proxies({}))
    storage.add("/f", b"here")
    url = hub.redirect("/f", storage.url("/f"))
    assert (await client.get(Request(url, hub="civitai", trusted=True)))[1] == b"here"
    assert hub.requests[0].headers["authorization"] == "Bearer canary"
    assert b"canary" not in storage.requests[0].raw
    await client.aclose()
