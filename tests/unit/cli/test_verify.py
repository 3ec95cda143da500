"""``verify``: what rotted since it arrived is said, and nothing is changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stabilitydl.disk.hasher import Hasher
from tests.fakes.origin import FileOrigin
from tests.unit.cli.conftest import Run

MIB = 1024 * 1024


@pytest.fixture
def origin() -> Iterator[FileOrigin]:
    with FileOrigin() as server:
        yield server


def bring(run: Run, origin: FileOrigin, target: Path, *names: str) -> dict[str, Path]:
    listed = target.parent / "pack.txt"
    files = [origin.add(f"/{name}", os.urandom(100_000)) for name in names]
    listed.write_text("".join(f"{file.url}\n" for file in files))
    assert run("get", listed, "--to", target, "-y").code == 0
    return {name: target / name for name in names}


def rot(path: Path) -> None:
    """One bit turns over, and nothing else tells."""
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[50_000] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_nothing_there(run: Run) -> None:
    said = run("verify")
    assert (said.code, said.out, said.err) == (0, "", "No file is here.\n")
    assert run("verify", "--json").object == {"files": []}


def test_what_rotted_is_said_and_left_as_it_is(run: Run, origin: FileOrigin, tmp_path: Path) -> None:
    """D16: also where the hub tells no checksum; what arrived was remembered."""
    files = bring(run, origin, tmp_path / "to", "a.bin", "b.bin", "c.bin")
    said = run("verify")
    assert (said.code, said.err) == (0, "3 files read back, and nothing is damaged.\n")
    rot(files["b.bin"])
    files["c.bin"].unlink()
    rotten = files["b.bin"].read_bytes()
    said = run("verify")
    assert said.code == 1
    assert said.out.splitlines() == [
        f"{files['a.bin']} is right.",
        f"{files['b.bin']} is not the file that arrived: its bytes have changed.",
        f"{files['c.bin']} is not the file that arrived: it is not there.",
    ]
    assert said.err.startswith("2 of 3 files damaged")
    found = run("verify", "--json").object["files"]
    assert [each["problem"] and each["problem"]["code"] for each in found] == [None, "file-damaged", "file-damaged"]
    assert files["b.bin"].read_bytes() == rotten
    assert sorted(path.name for path in (tmp_path / "to").iterdir()) == ["a.bin", "b.bin"]
    assert len(run("list", "--json").object["collections"]) == 1


def test_some_of_them_can_be_chosen(run: Run, origin: FileOrigin, tmp_path: Path) -> None:
    """D16"""
    files = bring(run, origin, tmp_path / "to", "a.bin", "b.bin")
    rot(files["b.bin"])
    assert run("verify", "--include", "a*").code == 0
    (collection,) = run("list", "--json").object["collections"]
    assert run("verify", collection["id"]).code == 1
    assert run("verify", "--include", "nothing*").code == 3
    assert run("verify", "ffffffff").code != 0


def test_what_is_damaged_is_brought_again(run: Run, origin: FileOrigin, tmp_path: Path) -> None:
    """D16: of a large file only the bad blocks, which are named before."""
    assert run("repair").err == "The list is empty.\n"
    data = os.urandom(9 * MIB)
    large, small = origin.add("/large.bin", data), origin.add("/small.bin", data[:1000])
    listed = tmp_path / "pack.txt"
    listed.write_text("".join(f"{file.url} sha256:{file.sha256}\n" for file in (large, small)))
    assert run("get", listed, "--to", tmp_path / "to", "-y").code == 0
    assert run("repair").err == "2 files read back, and nothing is damaged.\n"
    rot(tmp_path / "to" / "large.bin")
    (found, _) = run("verify", "--json").object["files"]
    assert found["damaged"] == [[0, 2 * MIB]]
    assert "in 1 of 5 blocks" in found["problem"]["message"]
    before = len(origin.requests)
    said = run("repair", "--include", "large*")
    assert said.code == 0
    assert "in 1 of 5 blocks" in said.err
    assert [request.range for request in origin.requests[before:]] == [(0, 2 * MIB - 1)]
    assert (tmp_path / "to" / "large.bin").read_bytes() == data
    assert run("verify").code == 0
    assert "large.bin" in run("quarantine").out
    assert run("quarantine", "--empty", "--yes").code == 0
    assert run("repair", "--include", "small*").err == "1 file read back, and nothing is damaged.\n"


def test_a_damaged_file_is_read_through_once(
    run: Run, origin: FileOrigin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D16: it is moved by what was read when it was named."""
    files = bring(run, origin, tmp_path / "to", "a.bin", "b.bin")
    rot(files["b.bin"])
    read: list[str] = []
    digest = Hasher.digest

    async def counted(hasher: Hasher, path: Path, *more: Any) -> Any:
        read.append(path.name)
        return await digest(hasher, path, *more)

    monkeypatch.setattr(Hasher, "digest", counted)
    assert run("repair").code == 0
    assert read == ["a.bin", "b.bin"]
    assert run("verify").code == 0
    assert "b.bin" in run("quarantine").out
