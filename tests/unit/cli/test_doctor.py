"""``doctor``: what it says where everything works, and where one thing does not."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from stabilitydl import settings as stored
from stabilitydl.cli import display
from stabilitydl.cli.doctor import desktop, folders
from stabilitydl.cli.doctor import run as doctor
from stabilitydl.cli.doctor.desktop import check as check_desktop
from stabilitydl.cli.doctor.finding import Standing
from stabilitydl.cli.requests import DoctorRequest
from stabilitydl.disk.system import system
from stabilitydl.engine.engine_lock import EngineLock
from stabilitydl.paths import Paths
from stabilitydl.settings import Settings
from stabilitydl.store.store import Store

Examine = Callable[[], tuple[int, Mapping[str, tuple[str, str, str]]]]


@pytest.fixture
def paths(home: Path) -> Paths:
    return Paths.from_environment()


@pytest.fixture
def examine(paths: Paths, capsys: pytest.CaptureFixture[str]) -> Examine:
    """Run it: the exit code, and by subject standing, words and remedy."""

    def run() -> tuple[int, Mapping[str, tuple[str, str, str]]]:
        code = doctor.run(DoctorRequest(json=True), paths)
        findings = json.loads(capsys.readouterr().out)["findings"]
        return code, {each["subject"]: (each["standing"], each["told"], each["remedy"]) for each in findings}

    return run


def everything_below(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def test_a_new_installation_is_well_and_is_left_as_it_was(examine: Examine, tmp_path: Path) -> None:
    before = everything_below(tmp_path)
    code, found = examine()
    assert code == 0
    assert {standing for standing, _, _ in found.values()} <= {"ok", "note"}
    assert everything_below(tmp_path) == before


def test_every_line_of_text_is_a_finding_or_its_remedy(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.run(DoctorRequest(), paths) == 0
    output = capsys.readouterr()
    words = {line.split()[0] for line in output.out.splitlines() if not line.startswith(" ")}
    assert words <= {"ok", "note", "trouble"}
    assert output.err == "Everything that is needed works.\n"


def test_what_is_on_the_list_is_counted(examine: Examine, paths: Paths) -> None:
    Store.open(paths.database).close()
    assert examine()[1]["database"][0] == "ok"
    assert examine()[1]["database"][1].startswith("0 collections, 0 files, ")


def test_a_damaged_database_is_told_and_not_touched(examine: Examine, paths: Paths) -> None:
    Store.open(paths.database).close()
    contents = bytearray(paths.database.read_bytes())
    contents[100:4096] = os.urandom(3996)
    paths.database.write_bytes(contents)
    code, found = examine()
    standing, told, remedy = found["database"]
    assert (code, standing) == (1, "trouble")
    assert "damaged" in told
    assert "Start stabilitydl" in remedy
    assert paths.database.read_bytes() == contents


def test_a_database_of_another_program_and_of_a_newer_version(examine: Examine, paths: Paths) -> None:
    Store.open(paths.database).close()
    with sqlite3.connect(paths.database) as connection:
        connection.execute("PRAGMA user_version = 1000")
    connection.close()
    assert "newer version" in examine()[1]["database"][1]
    paths.database.unlink()
    with sqlite3.connect(paths.database) as connection:
        connection.execute("CREATE TABLE other (x)")
    connection.close()
    assert "another program" in examine()[1]["database"][1]


def test_settings_that_cannot_be_read_stay_where_they_are(examine: Examine, paths: Paths) -> None:
    paths.config.mkdir(parents=True)
    paths.settings.write_text("jobs = [", encoding="utf-8")
    code, found = examine()
    assert (code, found["settings"][0]) == (1, "trouble")
    assert paths.settings.read_text(encoding="utf-8") == "jobs = ["


def test_a_file_of_certificates_that_holds_none(
    examine: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "none.pem"
    empty.write_text("", encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(empty))
    code, found = examine()
    assert (code, *found["certificates"]) == (
        1,
        "trouble",
        "No site can be trusted: the file of SSL_CERT_FILE holds no certificates.",
        "Correct SSL_CERT_FILE, or unset it to use the certificates of the system.",
    )


def test_a_proxy_is_named_without_its_password(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://someone:canary@proxy.example:3128")
    told = examine()[1]["proxies"][1]
    assert told == "https by proxy.example:3128"
    monkeypatch.setenv("https_proxy", "ftp://someone:canary@proxy.example")
    standing, told, _ = examine()[1]["proxies"]
    assert standing == "trouble"
    assert "canary" not in told


def test_the_proxy_of_the_settings_comes_first(examine: Examine, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    stored.save(paths.settings, Settings(proxy="socks5://other.example"))
    assert examine()[1]["proxies"][1] == "all by other.example:1080"
    stored.save(paths.settings, Settings(proxy="none"))
    assert examine()[1]["proxies"][1] == "none; every server is asked directly"


def test_the_volume_of_every_library_is_looked_at(
    paths: Paths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    libraries = [str(tmp_path / "one"), str(tmp_path / "two")]
    stored.save(paths.settings, Settings(libraries=tuple(libraries)))
    doctor.run(DoctorRequest(json=True), paths)
    findings = json.loads(capsys.readouterr().out)["findings"]
    told = [each["told"] for each in findings if each["subject"] == "library"]
    assert [words.partition(":")[0] for words in told] == libraries


def test_the_process_that_runs_the_downloads_is_named(examine: Examine, paths: Paths) -> None:
    lock = EngineLock(paths.locks)
    assert lock.take()
    try:
        assert examine()[1]["engine"][1].endswith("runs the downloads")
    finally:
        lock.release()
    assert examine()[1]["engine"][1] == "no process runs downloads now"


def test_locks_that_mean_nothing_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P03."""
    assert folders.try_out(tmp_path) == ""
    monkeypatch.setattr(system, "lock", lambda _descriptor: True)
    assert folders.try_out(tmp_path) == "locks of files mean nothing there"
    assert not everything_below(tmp_path) - {tmp_path / "user", tmp_path / "home"}


def test_a_system_without_keyring_works_all_the_same() -> None:
    findings = {each.subject: each for each in check_desktop()}
    assert findings["keyring"].standing is Standing.NOTE
    assert "HF_TOKEN" in findings["keyring"].remedy


@pytest.mark.parametrize(
    ("said", "standing", "remedy"),
    [
        ("ImportError: libEGL.so.1: cannot open shared object file", "trouble", "apt install libegl1 "),
        ("qt.qpa.xcb: could not connect to display :9", "note", "Correct DISPLAY"),
    ],
)
def test_a_display_that_no_window_opens_on(
    said: str, standing: str, remedy: str, examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desktop, "version_of", lambda _: "6.11")
    monkeypatch.setattr(display, "PATIENCE", 60.0)
    monkeypatch.setattr(display, "_PROBE", f"raise SystemExit({said!r})")
    monkeypatch.setenv("DISPLAY", ":9")
    code, found = examine()
    assert code == (1 if standing == "trouble" else 0)
    assert found["display"][0] == standing
    assert said.removeprefix("qt.qpa.xcb: ") in found["display"][1]
    assert remedy in found["display"][2]


def test_a_display_that_does_not_answer_misses_no_library(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktop, "version_of", lambda _: "6.11")
    monkeypatch.setattr(display, "PATIENCE", 0.2)
    monkeypatch.setattr(display, "_PROBE", "import time; time.sleep(60)")
    monkeypatch.setenv("DISPLAY", ":9")
    assert examine()[1]["display"][0] == "note"


def test_without_the_window_no_display_is_tried(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktop, "version_of", lambda _: None)
    monkeypatch.setenv("DISPLAY", ":9")
    assert examine()[1]["display"][:2] == ("note", "Not tried, because the window is not installed.")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    wanted = tmp_path / "drive" / "models"
    paths = Paths(wanted, wanted, wanted, wanted)
    found = {each.subject: each for each in folders.check(paths, [wanted])}
    assert found["library"].told == f"{wanted} cannot be made: {tmp_path} cannot be written."
    assert found["data"].told == found["library"].told
