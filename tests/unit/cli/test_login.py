"""``login``, ``logout``, and being asked while files wait: the token is never on the command line, nor shown."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stabilitydl.cli import console
from tests.fakes import keyring
from tests.fakes.civitai import GOOD, LoginOrigin
from tests.unit.cli.conftest import Run


@pytest.fixture
def origin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LoginOrigin]:
    with LoginOrigin() as server:
        monkeypatch.setenv("CIVITAI_ENDPOINT", server.url(""))
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.fakes.keyring.FileKeyring")
        monkeypatch.setenv(keyring.FILE, str(tmp_path / "keyring.json"))
        yield server


def pipe(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_a_token_is_read_from_the_standard_input_and_kept(
    run: Run, origin: LoginOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert re.search(r"^civitai +Civitai +not logged in$", run("login").out, re.MULTILINE)
    pipe(monkeypatch, f"{GOOD}\nignored\n")
    said = run("login", "Civitai")
    assert (said.code, said.out) == (0, "")
    assert said.err == "Logged in to Civitai; the token is kept in the keyring of this system.\n"
    assert keyring.contents() == {"stabilitydl/token:civitai": GOOD}
    said = run("login")
    assert re.search(r"^civitai +Civitai +token in the keyring$", said.out, re.MULTILINE)
    assert GOOD not in said.out + said.err
    said = run("logout", "civitai")
    assert (said.code, said.err) == (0, "Logged out of Civitai.\n")
    assert keyring.contents() == {}


@pytest.mark.parametrize(
    ("words", "typed", "told"),
    [
        (("login", "civitai"), "canary-wrong\n", "[token-refused]"),
        (("login", "civitai"), "canary wrong\n", "[bad-token]"),
        (("login", "civitai"), "\n", "No token was given"),
        (("login", "nosuch"), "canary\n", "civitai, huggingface, modelscope"),
        (("login", "civitai", "canary-token"), "", "Usage:"),
        (("logout",), "", "Usage:"),
    ],
)
def test_what_is_no_login(
    run: Run, origin: LoginOrigin, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], typed: str, told: str
) -> None:
    pipe(monkeypatch, typed)
    said = run(*words)
    assert said.code == 2
    assert told in said.err
    if "canary-token" not in words:
        assert "canary" not in said.err
    assert keyring.contents() == {}


def test_without_a_keyring_the_token_cannot_be_kept(
    run: Run, origin: LoginOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    pipe(monkeypatch, f"{GOOD}\n")
    said = run("login", "civitai")
    assert said.code == 1
    assert "this system has none. Put it into CIVITAI_API_TOKEN instead." in said.err
    said = run("login")
    assert "Tokens come from the environment only." in said.err
    monkeypatch.setenv("CIVITAI_API_TOKEN", GOOD)
    assert "token in the variable CIVITAI_API_TOKEN" in run("login").out
    origin.give_pack(1)
    assert run("get", "civitai:7").code == 0


def test_the_token_of_the_keyring_brings_the_files(
    run: Run, origin: LoginOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin.give_pack(3)
    assert run("get", "civitai:7").code == 1
    assert "[login-needed]" in run("list", "civitai:7").out
    pipe(monkeypatch, f"{GOOD}\n")
    assert run("login", "civitai").code == 0
    said = run("get", "civitai:7", "--json")
    assert (said.code, len(said.of("downloaded"))) == (0, 3)


def test_somebody_at_a_terminal_is_asked_once_a08(
    run: Run, origin: LoginOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = ["canary-wrong", GOOD]
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return answers.pop(0)

    monkeypatch.setattr(console, "may_ask", lambda: True)
    monkeypatch.setattr(console, "ask_secret", answer)
    origin.give_pack(20)
    said = run("get", "civitai:7")
    assert said.code == 0
    assert len(asked) == 2
    assert asked[0].startswith("Civitai gives some files only after a login.")
    assert "Civitai does not accept this token" in said.err
    assert "20 of 20 files are here" in said.err
    assert "canary" not in said.out + said.err
    assert run("login").out.count("keyring") == 1


def test_an_empty_answer_leaves_the_files_blocked(
    run: Run, origin: LoginOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "may_ask", lambda: True)
    monkeypatch.setattr(console, "ask_secret", lambda _: "")
    origin.give_pack(3)
    said = run("get", "civitai:7")
    assert said.code == 1
    assert said.err.count("[login-needed]") == 3


def test_nobody_is_asked_where_nothing_may_be_asked(
    run: Run, origin: LoginOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "may_ask", lambda: True)
    monkeypatch.setattr(console, "ask_secret", lambda _: pytest.fail("asked"))
    origin.give_pack(1)
    assert run("get", "civitai:7", "--yes").code == 1
    assert run("get", "civitai:7", "--json").code == 1
