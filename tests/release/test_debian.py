"""The Debian package: installed into a root of its own, started from there, and removed again."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.e2e.display import Display, needs
from tests.e2e.program import files_in, finish, wait_until
from tests.e2e.sight import TITLE
from tests.release.conftest import Built
from tests.release.frozen import Frozen


def dpkg(root: Path, *words: str) -> None:
    command = ["dpkg", f"--root={root}", "--force-not-root,depends", *words]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root directory with an empty list of packages."""
    records = tmp_path / "root" / "var" / "lib" / "dpkg"
    for name in ("info", "updates", "triggers"):
        (records / name).mkdir(parents=True)
    (records / "status").touch()
    (records / "available").touch()
    return tmp_path / "root"


def test_it_installs_starts_and_leaves_nothing_behind(built: Built, root: Path, home: Path) -> None:
    needs("dpkg")
    before = {name for name in files_in(root) if not name.startswith("var/")}
    dpkg(root, "--install", str(built.one("*.deb")))
    programs = root / "usr" / "bin"
    result = Frozen(programs / "stabilitydl", home).run("demo", "--headless", "--size", "64KiB", "--files", "4")
    assert result.code == 0, result.err
    with Display() as display:
        window = Frozen(programs / "stabilitydl-window", home, **display.variables)
        with window.start() as process:
            wait_until(lambda: len(display.windows(TITLE)) == 1, process)
            display.ask_to_close(display.windows(TITLE)[0])
            ended = finish(process)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    dpkg(root, "--purge", "stabilitydl")
    assert {name for name in files_in(root) if not name.startswith("var/")} == before
    assert not (root / "usr" / "lib" / "stabilitydl").exists()


def test_what_it_depends_on_is_what_a_desktop_has(built: Built) -> None:
    """Each package that it names is here, in the version it asks for: dpkg would install it as it is."""
    done = subprocess.run(["dpkg", "--no-act", "--install", built.one("*.deb")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_lintian_finds_no_error(built: Built) -> None:
    needs("lintian")
    command = ["lintian", "--allow-root", "--fail-on=error", "--tag-display-limit=0", built.one("*.deb")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
