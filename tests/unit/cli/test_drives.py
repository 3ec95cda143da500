"""A drive that hangs: what lies on others is listed, and it is said which one does not answer."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from stabilitydl.cli import drives
from stabilitydl.engine.engine import Engine
from stabilitydl.errors import DriveStuck
from stabilitydl.mounts import Mount
from tests.fakes.origin import FileOrigin
from tests.unit.cli.conftest import Run

PATIENCE = 60.0


@pytest.fixture
def origin() -> Iterator[FileOrigin]:
    with FileOrigin() as server:
        yield server


@pytest.fixture
def two(tmp_path: Path, run: Run, origin: FileOrigin) -> tuple[Path, Path]:
    """A file that is here on each of two drives."""
    files = tmp_path / "good" / "a.bin", tmp_path / "hung" / "b.bin"
    for file in files:
        served = origin.add(f"/{file.name}", os.urandom(8192))
        assert run("get", served.url, "--to", file.parent).code == 0
    return files


def test_what_lies_on_other_drives_is_listed(two: tuple[Path, Path], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """D09"""
    good, hung = two
    good.unlink()
    told, over = threading.Event(), threading.Event()
    look = drives._status

    def status(place: str) -> os.stat_result | None:
        if place == str(hung):
            over.wait(PATIENCE)
        told.set()
        return look(place)

    monkeypatch.setattr(drives, "_status", status)
    monkeypatch.setattr(drives, "SOON_SECONDS", PATIENCE)
    monkeypatch.setattr(drives, "monotonic", lambda: 1000.0 if told.is_set() else 0.0)
    monkeypatch.setattr(drives, "mounts", lambda: [Mount("/"), *(Mount(str(file.parent)) for file in two)])
    try:
        found = run("list", "--json").object
        states = [each["state"] for one in found["collections"] for each in one["resources"]]
        assert states == ["missing", "downloaded"]
        assert [(each["code"], str(hung.parent) in each["message"]) for each in found["errors"]] == [
            ("drive-stuck", True)
        ]
        times = itertools.count(0, 2 * PATIENCE)
        monkeypatch.setattr(drives, "monotonic", lambda: next(times))
        said = run("list")
        assert said.code == 0
        assert f"The drive of {hung.parent} does not answer." in said.err
    finally:
        over.set()


def test_a_file_on_a_drive_that_hangs_is_no_damaged_one(
    two: tuple[Path, Path], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D09, D16: the others are read, and nothing is brought again."""
    good, hung = two
    verify = Engine.verify

    async def told(engine: Engine, resource_id: str) -> object:
        (row,) = await engine.snapshots([resource_id])
        if row.target == str(hung):
            raise DriveStuck(path=str(hung.parent))
        return await verify(engine, resource_id)

    told.__name__ = "verify"
    monkeypatch.setattr(Engine, "verify", told)
    said = run("verify")
    assert said.code == 1
    assert said.out.splitlines() == [f"{good} is right.", f"The drive of {hung.parent} does not answer."]
    assert said.err.splitlines() == [
        "1 of 2 files could not be read.",
        "1 file read back, and nothing is damaged.",
    ]
    said = run("repair")
    assert said.code == 1
    assert "1 file read back, and nothing is damaged." in said.err
    assert f"The drive of {hung.parent} does not answer." in said.err


def test_a_disk_that_has_to_wake_up_is_asked_again(
    two: tuple[Path, Path], run: Run, origin: FileOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D09: what vanished from it is missing, and comes again."""
    good, _ = two
    data = good.read_bytes()
    good.unlink()
    refresh = Engine.refresh
    sleeps = [True]

    async def wake(engine: Engine, collection: str | None = None) -> None:
        if sleeps:
            sleeps.clear()
            raise DriveStuck(path=str(good.parent))
        await refresh(engine, collection)

    wake.__name__ = "refresh"
    monkeypatch.setattr(Engine, "refresh", wake)
    assert run("get", origin.url("/a.bin"), "--to", good.parent).code == 0
    assert good.read_bytes() == data
