"""Bad input, help and the outermost guard."""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from stabilitydl import __main__ as program
from stabilitydl import __version__
from stabilitydl.cli import demo, get, listing
from stabilitydl.cli import main as command_line
from stabilitydl.cli.exit_codes import ExitCode
from stabilitydl.cli.requests import GetRequest
from stabilitydl.errors import StoreNewer
from tests.unit.cli.conftest import Run

ROOT = Path(__file__).resolve().parents[3]
SHA = "sha256:" + "ab" * 32
URL = "http://127.0.0.1:9/a.safetensors"

MALFORMED = [
    ["get"],
    ["plan"],
    ["nonsense"],
    ["Get", URL],
    ["--nonsense"],
    ["-x"],
    ["--version=3"],
    ["get", "--nonsense", URL],
    ["get", URL, "--to"],
    ["get", URL, "--to", ""],
    ["get", URL, "--to", "  "],
    ["get", URL, "--checksum"],
    *(["get", URL, "--checksum", text] for text in ("", ":", "x", "sha256", "sha256:", "sha256:zz", "md5:" + "a" * 31)),
    *(["get", URL, "--checksum", text] for text in (SHA + "0", SHA[:-1], SHA[7:], "sha3:" + "ab" * 32, f" {SHA} x")),
    *(["get", URL, "--jobs", text] for text in ("", "0", "-1", "65", "1.5", "x", "1e3", "nan", "9" * 50, "0x4", "--")),
    *(["get", URL, "--connections", text] for text in ("", "0", "-1", "17", "2.5", "many", "\u221e", "9" * 5000)),
    *(["get", URL, "--limit-rate", text] for text in ("", "-1", "-5M", "fast", "nan", "inf", "5 X", "1e6", "9" * 400)),
    *(["get", URL, f"--limit-rate={text}"] for text in ("-0", "+5", "5MM", "5iB", "\x00", "\x1b[31m", "\u202e5")),
    ["get", URL, "--include"],
    ["get", URL, "--include", ""],
    ["get", URL, "--exclude", ""],
    ["get", URL, "--json=yes"],
    ["get", URL, "--yes", "--no-yes"],
    ["get", URL, "--with-files"],
    ["plan", URL, "--jobs", "2"],
    ["list", "a", "b"],
    ["list", "--missing", "--failed"],
    ["list", "--missing", "--downloading", "--downloaded", "--failed"],
    ["list", "--all"],
    *([command, "--nonsense"] for command in ("resume", "pause", "retry", "cancel", "remove")),
    *([command, "--include"] for command in ("resume", "pause", "retry", "cancel", "remove")),
    *([command, "--include", ""] for command in ("resume", "pause", "retry", "cancel", "remove")),
    *([command, "--with-files"] for command in ("resume", "pause", "retry", "cancel")),
    *([command, "--json"] for command in ("pause", "cancel", "remove")),
    *(["weight", *words] for words in ([], ["a"], ["2"], ["a", "heavy"], ["a", "0"], ["a", "nan"], ["a", "101"])),
    *(["limit", *words] for words in ([], ["a"], ["1M"], ["a", "fast"], ["a", "-1"], ["a", "1M", "--with-files"])),
    *(["demo", "--files", text] for text in ("", "0", "-1", "2001", "x", "1.5", "9" * 50)),
    *(["demo", "--size", text] for text in ("", "0", "-1", "100", "x", "999P", "9" * 400, "4 apples")),
    ["demo", "extra"],
    ["demo", "--limit-rate", "5"],
    *(["get", text] for text in ("", " ", "nonsense", "ftp://host/x", "file:///etc/passwd", "javascript:alert(1)")),
    *(["get", text] for text in ("http://", "https:///x", "http://[::1", "http://user:pw@host/x", "http://a b/c")),
    *(
        ["get", text]
        for text in ("../../etc/nothing", "C:\\x", "\\\\host\\share", "urn:", "demo:?files=0", "demo:?x=1")
    ),
    *(["get", text] for text in ("\x1b[31mred", "a\nb", "\udcff", "x" * 100_000, "civitai.com", "models/abc")),
    *(["plan", text] for text in ("", "nonsense", "demo:?size=-1", "demo:?files=a", "http://")),
    ["get", URL, "nonsense"],
    ["get", "--", "--json"],
    ["get", "--checksum", SHA, "nonsense"],
]


@pytest.mark.parametrize("words", MALFORMED, ids=lambda words: ascii(" ".join(words))[:60])
def test_what_makes_no_sense_is_refused_before_anything_starts(words: list[str], run: Run, home: Path) -> None:
    said = run(*words)
    assert said.code == 2
    assert said.err.strip()
    assert "\x1b" not in said.err
    assert not (home / "library").exists()


def test_there_are_more_than_a_hundred_of_them() -> None:
    assert len(MALFORMED) > 100


def test_any_mixture_of_words_is_read_or_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stands in whatever order. What can be read is not carried out here."""
    read: list[object] = []
    parse = command_line._parse

    def read_only(words: list[str], _: object) -> int:
        result = parse(words)
        read.append(result)
        return result if isinstance(result, int) else ExitCode.OK

    monkeypatch.setattr(command_line, "_parse", read_only)
    words = [
        "get",
        "plan",
        "list",
        "resume",
        "demo",
        "--json",
        "--to",
        "x",
        "-1",
        "--jobs",
        "3",
        "--",
        "=",
        "--size",
        "-",
    ]
    chance = random.Random(7)
    codes = {run(*chance.choices(words, k=chance.randint(1, 6))).code for _ in range(100)}
    assert codes == {0, 2}
    assert any(callable(result) for result in read)


def test_the_version_is_told_without_loading_anything(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["--version"]) == 0
    assert capsys.readouterr().out == f"stabilitydl {__version__}\n"


def test_the_version_also_among_other_options(run: Run) -> None:
    assert run("--version", "--debug").out == f"stabilitydl {__version__}\n"


def test_without_arguments_the_help_and_a_hint(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "has_window", lambda: False)
    said = run()
    assert said.code == 0
    assert "Usage: stabilitydl" in said.out
    assert "stabilitydl demo" in said.err


def test_without_arguments_the_window_where_there_is_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "has_window", lambda: True)
    monkeypatch.setattr(program, "open_window_alone", lambda: 7)
    assert run().code == 7
    monkeypatch.setattr(program, "open_window_alone", lambda: None)
    assert "Usage: stabilitydl" in run().out


@pytest.mark.parametrize(("available", "opened"), [(True, [["demo:?files=3"]]), (False, [])])
def test_the_demo_opens_the_window_where_there_is_a_display(
    available: bool, opened: list[list[str]], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[list[str]] = []
    brought: list[GetRequest] = []

    def open_window(locators: list[str]) -> int:
        shown.append(locators)
        return 0

    def bring(request: GetRequest, _: object) -> int:
        brought.append(request)
        return 0

    monkeypatch.setattr(demo, "display_available", lambda: available)
    monkeypatch.setattr(get, "run", bring)
    monkeypatch.setattr(program, "has_window", lambda: True)
    monkeypatch.setattr(program, "open_window", open_window)
    said = run("demo", "--files", "3")
    assert (said.code, shown) == (0, opened)
    assert len(brought) == (0 if available else 1)
    assert ("no display" in said.err) is not available
    brought.clear()
    for more in (["--headless"], ["--json"], ["--to", "x"]):
        assert run("demo", "--files", "3", *more).code == 0
    assert (len(brought), shown) == (3, opened)
    monkeypatch.setattr(program, "has_window", lambda: False)
    assert ("has no window" in run("demo", "--files", "3").err) is available


@pytest.mark.parametrize(
    "command", ["get", "plan", "list", "resume", "pause", "retry", "cancel", "remove", "limit", "weight", "demo"]
)
def test_every_command_explains_itself(command: str, run: Run) -> None:
    said = run(command, "--help")
    assert said.code == 0
    assert f"Usage: stabilitydl {command}" in said.out
    assert "--debug" in said.out


def test_every_option_of_the_contract_is_there(run: Run) -> None:
    options = {
        "get": "--to --include --exclude --checksum --jobs --connections --order --limit-rate --skip-blocked --json"
        " --yes",
        "plan": "--json",
        "list": "--missing --downloading --downloaded --failed --json",
        "remove": "--include --with-files",
        "resume": "--include",
        "demo": "--headless --files --size --to --trouble --json",
    }
    for command, names in options.items():
        text = run(command, "--help").out
        for name in names.split():
            assert name in text


def test_an_unknown_locator_says_what_is_accepted(run: Run) -> None:
    said = run("get", "https//civitai.com/models/1")
    assert said.code == 2
    assert "https://civitai.com/models" in said.err
    assert "[unknown-locator]" in said.err


def test_bad_settings_are_named_once_and_stop_nothing(run: Run, home: Path) -> None:
    """B08"""
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.toml").write_text("jobs = 0\n")
    for told in (True, False):
        said = run("get", "::::")
        assert said.code == 2
        assert "[unknown-locator]" in said.err
        assert ("settings.toml cannot be read" in said.err) is told
        assert ("kept as settings.toml.unreadable" in said.err) is told


class Unexpected(Exception):
    """Something that nobody foresaw."""


def test_what_nobody_expected_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise Unexpected("https://host/x?token=canary")

    monkeypatch.setattr(listing, "run", fail)
    said = run("list")
    assert said.code == 1
    assert said.err.startswith("Something unexpected happened: Unexpected: https://host/x?[query]")
    assert "--debug" in said.err
    said = run("list", "--debug")
    log = Path(said.err.splitlines()[0].removeprefix("The log is written to "))
    text = log.read_text("utf-8")
    assert "Unexpected" in text
    assert "Traceback" in text
    assert "canary" not in text
    assert "--debug" not in said.err


def test_an_error_of_ours_keeps_its_code(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise StoreNewer

    monkeypatch.setattr(listing, "run", fail)
    said = run("list")
    assert said.code == 1
    assert "[store-newer]" in said.err


@pytest.mark.skipif(sys.platform == "win32", reason="users of Windows are asked for in another way")
def test_a_user_without_a_home_is_told_what_to_set(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(number: int) -> object:
        raise KeyError(number)

    monkeypatch.setattr("pwd.getpwuid", unknown)
    for name in [name for name in os.environ if name in ("HOME", "STABILITYDL_HOME") or name.startswith("XDG_")]:
        monkeypatch.delenv(name)
    said = run("list")
    assert said.code == ExitCode.USAGE
    assert "Set HOME, or STABILITYDL_HOME" in said.err


def test_an_interruption_is_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(listing, "run", interrupt)
    said = run("list")
    assert said.code == 130
    assert "stabilitydl resume" in said.err


def test_closed_streams_are_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    assert program.main(["list"]) == 0
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.close()


def test_all_commands_are_listed_in_the_help(run: Run) -> None:
    text = run("--help").out
    names = ["get", "plan", "list", "resume", "pause", "retry", "cancel", "remove", "limit", "weight", "demo"]
    places = [text.index(f"\n  {name} ") for name in names]
    assert all(one < other for one, other in itertools.pairwise(places))
    assert "demo-hub" not in text


def test_the_quick_commands_load_only_what_they_need() -> None:
    """No timing: what makes them quick is what they do not import."""
    for words, absent in (
        (["--version"], {"typer", "rich", "msgspec", "apsw", "httpx", "anyio", "stabilitydl.cli"}),
        (["list"], {"pydantic", "rich", "httpx", "anyio", "asyncio", "stabilitydl.engine.engine", "stabilitydl.hubs"}),
        (
            ["get", "no such thing", "--to=x", "--include=*", "--checksum=sha256:" + "0" * 64, "--yes"],
            {"pydantic", "rich"},
        ),
    ):
        code = (
            f"import sys; from stabilitydl.__main__ import main; main({words!r}); print(*sys.modules, file=sys.stderr)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert not absent & set(done.stderr.split())
