"""What is built, once for all tests, and the table that is printed in the end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from resources.installer.__main__ import main as build
from resources.installer.freeze import NAME
from resources.installer.source import ROOT
from tests.release.frozen import Frozen

_ROWS = pytest.StashKey[list[str]]()


@dataclass(frozen=True)
class Built:
    """A folder with everything that one build made."""

    folder: Path

    @property
    def bundle(self) -> Path:
        return self.folder / NAME

    def one(self, pattern: str) -> Path:
        """The one result whose name matches."""
        (found,) = self.folder.glob(pattern)
        return found


@pytest.fixture(scope="session")
def second_bundle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Path]]:
    """A second bundle of the same checkout, made beside everything else; the call waits for it."""
    folder = tmp_path_factory.mktemp("second")
    command = f"freeze(Path({str(folder)!r}), Path({str(folder / 'work')!r}))"
    code = f"from pathlib import Path; from resources.installer.freeze import freeze; {command}"
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=log, stderr=log)

    def wait() -> Path:
        assert process.wait() == 0, (folder / "log").read_text()
        return folder / NAME

    yield wait
    process.kill()
    process.wait()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, second_bundle: object) -> Built:
    """Everything that this system can build."""
    there = os.environ.get("STABILITYDL_BUILT")
    if there:
        return Built(Path(there).absolute())
    folder = tmp_path_factory.mktemp("release")
    assert build(["--quick", f"--out={folder / 'out'}", f"--work={folder / 'work'}"]) == 0
    return Built(folder / "out")


@pytest.fixture
def frozen(built: Built, home: Path) -> Callable[..., Frozen]:
    """Makes a program of the bundle: ``frozen("stabilitydl", has_network=..., NAME=value)``."""

    def make(name: str = "stabilitydl", **options: object) -> Frozen:
        return Frozen(built.bundle / name, home, **options)  # type: ignore[arg-type]

    return make


@pytest.fixture
def row(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Puts a line into the table at the end."""
    return request.config.stash.setdefault(_ROWS, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    rows = config.stash.get(_ROWS, [])
    if rows:
        terminalreporter.section("measured")
        for each in rows:
            terminalreporter.write_line(each)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.release)
            if not sys.platform.startswith("linux"):
                item.add_marker(pytest.mark.skip(reason="tries what is built for Linux"))
