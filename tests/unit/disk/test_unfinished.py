"""Parts that nobody else knows of are found by their journals, and by nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stabilitydl.disk import unfinished
from stabilitydl.disk.aside import QUARANTINE
from stabilitydl.disk.journal import Header, Mark, frame
from stabilitydl.disk.partfile import journal_path, part_path
from stabilitydl.disk.unfinished import find
from tests.unit.disk.lanes import BIG, TAG

MARKS = frame(Mark(hard=True, ranges=((0, 1000), (5000, 6000)))) + frame(Mark(hard=False, ranges=((0, 9000),)))


def plant(folder: Path, name: str, *, size: int = 6000, journal: bytes | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    part = part_path(folder / name, TAG)
    part.write_bytes(bytes(size))
    header = Header(resource=name, size=BIG, validator="", checksum="", boot="another", record=b"words")
    journal_path(part).write_bytes(frame(header) + MARKS if journal is None else journal)
    return part


def test_every_part_below_a_folder_is_found(tmp_path: Path) -> None:
    """B01: with what counts of it since the system was started again."""
    parts = [plant(tmp_path, "a.bin"), plant(tmp_path / "deep" / "er", "b.bin")]
    found = find(tmp_path)
    assert [each.part for each in found] == parts
    assert {(each.received, each.header.record) for each in found} == {(2000, b"words")}
    assert [each.header.resource for each in found] == ["a.bin", "b.bin"]


def test_what_is_no_part_is_left_out_and_left_alone(tmp_path: Path) -> None:
    """B01"""
    plant(tmp_path, "garbage.bin", journal=b"\0" * 100)
    plant(tmp_path, "empty.bin", journal=b"")
    plant(tmp_path, "shorter.bin", size=5999)
    plant(tmp_path, "gone.bin").unlink()
    plant(tmp_path / QUARANTINE, "wrong.bin")
    (tmp_path / "folder.bin.0123abcd.sdlpart.journal").mkdir()
    plant(tmp_path / "elsewhere" / "x", "outside.bin")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "link").symlink_to(tmp_path / "elsewhere")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert find(tmp_path / "here") == []
    assert [each.header.resource for each in find(tmp_path)] == ["outside.bin"]
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert find(tmp_path / "absent") == []
    assert find(Path(os.devnull)) == []


def test_an_endless_folder_is_left_at_some_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unfinished, "_MOST", 9)
    for number in range(5):
        plant(tmp_path / f"{number}", "a.bin")
    assert len(find(tmp_path)) == 2
