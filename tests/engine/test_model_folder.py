"""What lies in a folder of models while files arrive: whole files, and parts that say by their names what they are."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stabilitydl.disk.partfile import MIB
from stabilitydl.disk.system import system
from stabilitydl.domain.states import State
from stabilitydl.settings import Settings
from tests.engine.real import contents, expand, pack_of, real
from tests.fakes.origin import FileOrigin
from tests.sweeps.faults import CHANGING

pytestmark = pytest.mark.anyio


class Passer:
    """Another program that looks into ``folder`` after every call that changes something there."""

    def __init__(self, folder: Path, whole: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: set[str] = set()
        self.wrong: list[str] = []
        self.created: list[Path] = []
        self._folder = folder
        self._whole = whole
        self._mutex = threading.Lock()
        for name in CHANGING:
            monkeypatch.setattr(system, name, self._followed(name, getattr(system, name)))

    def _followed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def followed(*args: Any) -> Any:
            result = call(*args)
            if name == "create":
                self.created.append(Path(args[0]))
            self._look()
            return result

        return followed

    def _look(self) -> None:
        with self._mutex:
            for path in list(self._folder.iterdir()) if self._folder.exists() else []:
                kind = path.suffix if path.name not in self._whole else "whole"
                if kind == "whole" and kind + path.name not in self.seen:
                    self.seen.add(kind + path.name)
                    if path.read_bytes() != self._whole[path.name]:
                        self.wrong.append(path.name)
                elif kind != "whole" and not path.name.startswith(".stabilitydl-"):
                    self.seen.add(kind)


async def test_somebody_who_looks_all_the_time_sees_whole_files_and_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P06: a name that a model could have never leads to less than the model."""
    with FileOrigin() as origin:
        files = [origin.add(f"/{number}.safetensors", contents(size, number)) for number, size in enumerate(SIZES)]
        whole = {file.path.lstrip("/"): bytes(file.data) for file in files}
        passer = Passer(tmp_path / "to", whole, monkeypatch)
        async with real(tmp_path, Settings(jobs=3)) as h:
            rows = await h.settled(await h.get(pack_of(tmp_path / "to", files)))
            assert {row.state for row in rows} == {State.DOWNLOADED}
    assert passer.wrong == []
    assert passer.seen == {".sdlpart", ".journal", *("whole" + name for name in whole)}


SIZES = (12 * MIB, 3 * MIB, 70_000, 0)


async def test_a_part_lies_beside_its_file_on_the_same_volume(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_volume: Callable[..., Path]
) -> None:
    """D10: no folder for temporary files has to have room, and the last step is only a name."""
    volume = small_volume("size=64m")
    assert volume.stat().st_dev != tmp_path.stat().st_dev
    with FileOrigin() as origin:
        file = origin.add("/a.safetensors", contents(12 * MIB, 1))
        passer = Passer(volume / "to", {"a.safetensors": bytes(file.data)}, monkeypatch)
        async with real(tmp_path) as h:
            rows = await h.settled(await h.get(pack_of(volume / "to", [file])))
            assert [row.state for row in rows] == [State.DOWNLOADED]
    assert {path.parent for path in passer.created} == {volume / "to"}
    assert passer.wrong == []


async def test_a_file_goes_to_another_volume_by_a_copy_that_is_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_volume: Callable[..., Path]
) -> None:
    """D10, C06: copied, read back, synced, and only then named; a copy that goes wrong is no file."""
    volume = small_volume("size=64m")
    with FileOrigin() as origin:
        file = origin.add("/a.safetensors", contents(12 * MIB, 1))
        whole = {"a.safetensors": bytes(file.data)}
        async with real(tmp_path) as h:
            await h.settled(await h.get(pack_of(tmp_path / "here", [file])))
            passer = Passer(volume / "there", whole, monkeypatch)
            synced: list[str] = []
            real_sync = system.sync_data
            monkeypatch.setattr(system, "sync_data", lambda fd: (synced.append(name_of(fd)), real_sync(fd))[1])
            sent = file.sent
            (row,) = await h.settled(await h.get(expand(volume / "there", [file.url], [file.sha256])))
            assert (row.state, row.verification) == (State.DOWNLOADED, "verified")
            assert file.sent == sent
            assert passer.wrong == []
            assert any(name.endswith(".sdlpart") for name in synced)
    assert [path.name for path in (volume / "there").iterdir()] == ["a.safetensors"]


def name_of(descriptor: int) -> str:
    return Path(f"/proc/self/fd/{descriptor}").readlink().name
