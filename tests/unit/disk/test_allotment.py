"""The room of a part: counted before it is taken, and what lies aside makes way."""

from __future__ import annotations

from pathlib import Path

import pytest

from stabilitydl.disk.allotment import Allotment
from stabilitydl.disk.place import journal_path, part_path
from stabilitydl.disk.system import system
from stabilitydl.errors import NoSpace
from tests.unit.disk.lanes import TAG, Calls


@pytest.fixture
def part(target: Path) -> Path:
    path = part_path(target, TAG)
    path.parent.mkdir()
    path.touch()
    return path


def test_what_does_not_fit_is_never_reserved(target: Path, part: Path, calls: Calls) -> None:
    """D01"""
    calls.replace("free_space", lambda real, *args: 999)
    calls.watch("reserve")
    allotment = Allotment(part, target)
    descriptor = system.open_existing(str(part))
    with pytest.raises(NoSpace) as caught:
        allotment.take(descriptor, 1000)
    system.close(descriptor)
    assert caught.value.arguments == {"path": str(target), "needed_bytes": 1000, "free_bytes": 999}
    assert calls.count("reserve") == allotment.allocated == 0


def test_what_lies_aside_goes_where_its_room_is_needed_and_only_there(target: Path, part: Path, calls: Calls) -> None:
    """C09, D01"""
    part.write_bytes(b"old")
    allotment = Allotment(part, target)
    allotment.keep_old(journal_path(part))
    (old,) = target.parent.iterdir()
    calls.replace("free_space", lambda real, *args: 999 if old.exists() else 1000)
    allotment.count(999)
    assert old.read_bytes() == b"old"
    allotment.count(1000)
    assert not old.exists()
    assert repr(allotment) == f"<Allotment {part.name} allocated=0>"


def test_what_an_earlier_run_set_aside_is_found_again(target: Path, part: Path) -> None:
    """C09"""
    Allotment(part, target).keep_old(journal_path(part))
    allotment = Allotment(part, target)
    allotment.drop_old()
    assert len(list(target.parent.iterdir())) == 1
    allotment.look_aside()
    allotment.drop_old()
    assert list(target.parent.iterdir()) == []
