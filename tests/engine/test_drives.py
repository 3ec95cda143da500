"""Drives that lack what others have, or fail at the last step: what is said to be here is here, and stays so."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from stabilitydl.disk.blocks import unpack
from stabilitydl.disk.journal import BLOCK
from stabilitydl.disk.system import system
from stabilitydl.domain.states import State, WaitReason
from stabilitydl.settings import Settings
from tests.engine.harness import Harness
from tests.engine.real import Trickle, contents, eventually, pack_of, real
from tests.fakes.origin import FileOrigin

pytestmark = pytest.mark.anyio

SIZE = 9 * BLOCK + 12_345
DATA = contents(SIZE, 1)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class Steps:
    """The names that are given, the syncs of folders and the removals, in order; ``fails``: how many syncs behind a
    name end with an error of the drive."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fails: int) -> None:
        self.made: list[str] = []
        self.fails = fails
        self._watch(monkeypatch, "rename_exclusive")
        self._watch(monkeypatch, "remove")
        sync = system.sync_folder

        def sync_folder(path: str) -> None:
            if "rename_exclusive" in self.made and self.fails:
                self.fails -= 1
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            sync(path)
            self.made.append("sync_folder")

        monkeypatch.setattr(system, "sync_folder", sync_folder)

    def _watch(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        real: Callable[..., object] = getattr(system, name)

        def call(*args: str) -> object:
            if name == "rename_exclusive" or args[0].endswith(".journal"):
                self.made.append(name)
            return real(*args)

        monkeypatch.setattr(system, name, call)

    @property
    def behind_the_name(self) -> list[str]:
        return self.made[self.made.index("rename_exclusive") + 1 :]


async def blocks_of(h: Harness, each: str) -> dict[int, bytes]:
    found = await h.engine._on.recorder.ask(lambda ledger: ledger.store.blocks(each))
    assert found is not None
    return unpack(found.digests, SIZE)


async def test_a_name_that_may_not_be_durable_is_synced_before_the_file_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D05, C03: by a sync of its own; the journal stays until then, and what it knew of the blocks is kept."""
    with FileOrigin() as origin:
        file = origin.add("/file.bin", DATA)
        async with real(tmp_path) as h:
            steps = Steps(monkeypatch, fails=1)
            ids = await h.get(pack_of(tmp_path / "to", [file]))
            (row,) = await h.settled(ids)
            assert row.state is State.DOWNLOADED
            assert steps.behind_the_name == ["sync_folder", "remove"]
            assert sorted(await blocks_of(h, row.id)) == list(range(10))
    assert names(tmp_path / "to") == ["file.bin"]
    assert file.sent <= SIZE


async def test_a_name_that_never_becomes_durable_is_told_until_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D05: and then not one byte comes again."""
    with FileOrigin() as origin:
        file = origin.add("/file.bin", DATA)
        async with real(tmp_path) as h:
            with monkeypatch.context() as worn:
                Steps(worn, fails=1000)
                ids = await h.get(pack_of(tmp_path / "to", [file]))
                (row,) = await h.settled(ids)
            assert row.problem is not None
            assert (row.state, row.problem.code) == (State.FAILED, "disk-fault")
            kept = names(tmp_path / "to")
            assert kept[0] == "file.bin"
            assert kept[1].endswith(".sdlpart.journal")
        async with real(tmp_path) as h:
            steps = Steps(monkeypatch, fails=0)
            await h.engine.retry(ids)
            (row,) = await h.settled(ids)
            assert row.state is State.DOWNLOADED
            assert steps.made == ["sync_folder", "remove"]
            assert sorted(await blocks_of(h, row.id)) == list(range(10))
    assert names(tmp_path / "to") == ["file.bin"]
    assert file.sent <= SIZE


async def test_a_drive_that_knows_neither_flags_nor_links_gets_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D14"""

    def no_links(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr("stabilitydl.disk.os_posix._rename_exclusive", lambda source, to: errno.EINVAL)
    monkeypatch.setattr(os, "link", no_links)
    with FileOrigin() as origin:
        files = [origin.add("/file.bin", DATA), origin.add("/small.bin", DATA[:5000])]
        async with real(tmp_path) as h:
            rows = await h.settled(await h.get(pack_of(tmp_path / "to", files)))
            assert [row.state for row in rows] == [State.DOWNLOADED] * 2
    assert names(tmp_path / "to") == ["file.bin", "small.bin"]
    assert (tmp_path / "to" / "file.bin").read_bytes() == DATA


@pytest.mark.parametrize("checksums", [True, False])
async def test_two_programs_on_a_drive_whose_locks_mean_nothing_bring_a_file_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checksums: bool
) -> None:
    """P03: the second waits for the first, and finds its file."""
    monkeypatch.setattr(system, "lock", lambda descriptor: True)
    to, settings = tmp_path / "to", Settings(connections=1)
    with FileOrigin() as origin:
        file = origin.add("/file.bin", DATA)
        trickle = origin.routes[file.path] = Trickle(origin, 3 << 20)
        async with real(tmp_path / "one", settings) as first, real(tmp_path / "two", settings) as second:
            ones = await first.get(pack_of(to, [file], checksums=checksums))
            await eventually(
                lambda: to.exists() and any(each.stat().st_size >= 3 << 20 for each in to.glob("*.sdlpart"))
            )
            others = await second.get(pack_of(to, [file], checksums=checksums))
            await second.until_state(State.WAITING, *others)
            (row,) = await second.engine.snapshots(others)
            assert row.wait is not None
            assert row.wait.reason is WaitReason.PROCESS
            trickle.go.set()
            for h, ids in ((first, ones), (second, others)):
                (row,) = await h.settled(ids)
                assert row.state is State.DOWNLOADED
    assert names(to) == ["file.bin"]
    assert (to / "file.bin").read_bytes() == DATA
    assert file.sent <= SIZE + (3 << 20)
