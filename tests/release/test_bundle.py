"""The frozen bundle, on a machine without a network unless a test says otherwise."""

from __future__ import annotations

import json
import re
import sqlite3
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from resources.installer import sizes
from resources.installer.archive import digests
from resources.installer.source import ROOT
from stabilitydl import __version__
from stabilitydl.paths import Paths
from stabilitydl.store.migrations import MIGRATIONS, SCHEMA_VERSION
from stabilitydl.store.store import Store
from tests.e2e.display import Display
from tests.e2e.program import Program, files_in, finish, sha256, wait_until
from tests.e2e.sight import TITLE, Sight, write_settings
from tests.fakes.nginx import make_authority
from tests.fakes.origin import FileOrigin
from tests.release.conftest import Built
from tests.release.frozen import Frozen

Make = Callable[..., Frozen]
Row = Callable[[str], None]

UNPACKED, PACKED = 170, 70
"""MiB that the bundle may take, as a folder and as an archive."""
STARTS = 3


def test_sizes(built: Built, row: Row) -> None:
    folder = sizes.weight(built.bundle) / sizes.MIB
    archive = built.one("*.tar.gz").stat().st_size / sizes.MIB
    package = built.one("*.deb").stat().st_size / sizes.MIB
    row(f"bundle {folder:.1f} MiB, .tar.gz {archive:.1f} MiB, .deb {package:.1f} MiB")
    assert folder <= UNPACKED
    assert archive <= PACKED
    assert package <= PACKED


def test_the_demo_runs_to_the_end(frozen: Make) -> None:
    program = frozen()
    result = program.run("demo", "--headless", "--size", "256KiB", "--json")
    assert result.code == 0, result.err
    assert result.summary["downloaded"] == 80
    for event in result.of("downloaded"):
        assert event["verification"] == "verified"
        assert sha256(Path(event["path"])) == event["sha256"]


def test_the_window_downloads_the_demo_pack_and_ends(frozen: Make) -> None:
    with Display() as display:
        program = frozen("stabilitydl-window", **display.variables)
        write_settings(program)
        listed = frozen("stabilitydl")
        with program.start("demo:?size=65536&files=12") as process:
            sight = Sight(display, listed, process)
            sight.wait_plan()
            sight.key("Return")
            sight.wait_alone()
            sight.until(lambda: sight.states() == {"downloaded": 12})
            sight.key("ctrl+q")
            ended = finish(process)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert len([path for path in files_in(program.library) if path.endswith(".safetensors")]) == 12


def test_the_window_is_chosen_by_itself_and_speaks_chinese(frozen: Make) -> None:
    with Display() as display:
        program = frozen("stabilitydl", **display.variables)
        write_settings(program, language="zh_CN")
        with program.start() as process:
            wait_until(lambda: len(display.windows(TITLE)) == 1, process)
            (window,) = display.windows(TITLE)
            display.focus(window)
            display.key("ctrl+comma")
            wait_until(lambda: len(display.windows("设置")) == 1, process)
            # Without a window manager a dialog gets the keyboard only when it asks for it, which may be later.
            (dialog,) = display.windows("设置")
            display.focus(dialog)
            display.key("Escape")
            wait_until(lambda: len(display.windows()) == 1, process)
            display.focus(window)
            display.key("ctrl+q")
            ended = finish(process)
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_everything_that_is_needed_is_there(frozen: Make) -> None:
    result = frozen().run("doctor", "--json")
    findings = {finding["subject"]: finding for finding in result.object["findings"]}
    for subject in ("program", "libraries", "window", "resources", "certificates", "loopback"):
        assert findings[subject]["standing"] == "ok", findings[subject]


def test_an_old_database_is_brought_up_to_date(frozen: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    program = frozen()
    path = Paths.from_environment({"STABILITYDL_HOME": str(program.home)}).database
    path.parent.mkdir(parents=True)
    with monkeypatch.context() as older:
        older.setattr("stabilitydl.store.database.MIGRATIONS", MIGRATIONS[:1])
        older.setattr("stabilitydl.store.database.SCHEMA_VERSION", 1)
        Store.open(path).close()
    assert _version_of(path) == 1
    assert program.run("list", "--json").object["collections"] == []
    # Reading alone changes nothing; the first command that writes does.
    assert program.run("demo", "--headless", "--files", "1", "--size", "64KiB").code == 0
    assert _version_of(path) == SCHEMA_VERSION


def _version_of(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def test_tls_trusts_the_named_file_and_nobody_else(frozen: Make, tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    content = b"model" * 1000
    with FileOrigin(tls=authority.server) as origin:
        address = origin.add("/a.bin", content).url
        refused = frozen(has_network=True).run("get", address, "--to", tmp_path / "none", "--json")
        trusting = frozen(has_network=True, SSL_CERT_FILE=str(authority.certificate))
        taken = trusting.run("get", address, "--to", tmp_path / "models", "--json")
    assert refused.code == 1
    assert taken.code == 0, taken.err
    assert (tmp_path / "models" / "a.bin").read_bytes() == content


def test_tls_finds_the_certificates_of_the_system(frozen: Make) -> None:
    certificates = next(
        finding
        for finding in frozen().run("doctor", "--json").object["findings"]
        if finding["subject"] == "certificates"
    )
    assert "of the system" in certificates["told"]


def test_licences_are_in_the_bundle(built: Built) -> None:
    text = (built.bundle / "lib" / "resources" / "licences" / "NOTICES.txt").read_text("utf-8")
    for part in ("PySide6_Essentials", "shiboken6", "Python", "httpx", "apsw", "keyring", "cryptography"):
        assert f"\n{part} " in text
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    assert "GNU GENERAL PUBLIC LICENSE" in text


def test_the_list_of_parts_names_what_the_licences_name(built: Built) -> None:
    notices = (built.bundle / "lib" / "resources" / "licences" / "NOTICES.txt").read_text("utf-8")
    listed = re.findall(r"^    (\S+)  +\S", notices.split(" parts:\n", 1)[1].split("====", 1)[0], re.MULTILINE)
    parts = json.loads(built.one("*.cdx.json").read_bytes())
    assert [component["name"] for component in parts["components"]] == listed
    references = [component["bom-ref"] for component in parts["components"]]
    assert parts["dependencies"] == [{"ref": "stabilitydl", "dependsOn": references}]
    assert len(set(references)) == len(references)
    kinds = {reference.partition("/")[0] for reference in references}
    assert kinds == {"pkg:pypi", "pkg:generic", "pkg:deb"}


def test_the_archive_is_unpacked_and_run_as_the_readme_says(built: Built, tmp_path: Path) -> None:
    line = "tar -xf stabilitydl-*.tar.gz && ./stabilitydl-*/stabilitydl demo"
    assert f"\n{line}\n" in (ROOT / "README.md").read_text("utf-8")
    folder = tmp_path / "Downloads of mine"
    folder.mkdir()
    archive = built.one("*.tar.gz")
    (folder / archive.name).symlink_to(archive)
    # Nothing of the environment: no PATH to a Python, no home, no locale.
    command = ["env", "-i", "PATH=/usr/bin:/bin", "sh", "-c", line.replace("demo", "--version")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"stabilitydl {__version__}\n", "")


def test_nothing_that_is_needed_is_missing(built: Built) -> None:
    """Each library finds all that it is linked with, in the bundle or in the system, and names no folder of ours."""
    binaries = [path for path in built.bundle.rglob("*.so*") if path.is_file() and not path.is_symlink()]
    done = subprocess.run(
        ["ldd", *binaries], env={"LD_LIBRARY_PATH": str(built.bundle / "lib")}, capture_output=True, text=True
    )
    assert not [line for line in done.stdout.splitlines() if "not found" in line]


def test_two_builds_are_the_same(built: Built, second_bundle: Callable[[], Path]) -> None:
    first, second = digests(built.bundle), digests(second_bundle())
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_times_beside_the_unpacked_program(built: Built, home: Path, row: Row) -> None:
    plain, packed = Program(home), Frozen(built.bundle / "stabilitydl", home, has_network=True)
    for words in (("--version",), ("list",)):
        row(f"{' '.join(words)}: {_median(plain, words):.2f} s unpacked, {_median(packed, words):.2f} s frozen")
    with Display() as display:
        unpacked = Program(home, **display.variables)
        frozen = Frozen(built.bundle / "stabilitydl-window", home, has_network=True, **display.variables)
        row(f"window visible: {_visible(display, unpacked):.2f} s unpacked, {_visible(display, frozen):.2f} s frozen")


def _median(program: Program, words: tuple[str, ...]) -> float:
    def once() -> float:
        begin = time.perf_counter()
        assert program.run(*words).code == 0
        return time.perf_counter() - begin

    return statistics.median(once() for _ in range(STARTS))


def _visible(display: Display, program: Program) -> float:
    def once() -> float:
        begin = time.perf_counter()
        with program.start() as process:
            wait_until(lambda: len(display.windows(TITLE)) == 1, process)
            seconds = time.perf_counter() - begin
            display.ask_to_close(display.windows(TITLE)[0])
            assert finish(process).code == 0
        return seconds

    return statistics.median(once() for _ in range(STARTS))
