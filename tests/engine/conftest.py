"""What tests of the engine share: looks at other processes that come quickly, and small volumes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stabilitydl.engine import remedies, remote_entrusted, remote_membership
from stabilitydl.http import vault
from tests.engine.harness import PATIENCE
from tests.fakes.transfer import never_split


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remedies, "PROCESS_POLL", 0.05)


@pytest.fixture(autouse=True)
def much_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where time is that of the machine, nothing is given up that a slow one would bring."""
    monkeypatch.setattr(vault, "SECONDS", PATIENCE)
    monkeypatch.setattr(remote_entrusted, "LONGEST_SECONDS", PATIENCE)
    monkeypatch.setattr(remote_membership, "PATIENCE_SECONDS", PATIENCE)


@pytest.fixture(autouse=True)
def no_splits(monkeypatch: pytest.MonkeyPatch) -> None:
    never_split(monkeypatch)


@pytest.fixture
def small_volume(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Mounts file systems in memory, where this machine allows it."""
    mounted: list[Path] = []

    def mount(options: str, place: Path = tmp_path / "volume") -> Path:
        place.mkdir(exist_ok=True)
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "t", str(place)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"no volume of its own can be mounted here: {done.stderr.strip()}")
        mounted.append(place)
        return place

    yield mount
    for place in reversed(mounted):
        subprocess.run(["umount", "-l", str(place)], check=False, capture_output=True)
