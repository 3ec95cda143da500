"""Names are given without replacing anything, also where the file system has no call for that; killed at every step."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stabilitydl.disk import leftovers, naming
from stabilitydl.disk.aside import QUARANTINE
from stabilitydl.disk.disk import Disk, _bring_back
from stabilitydl.disk.naming import SIGN, drop_sign, give_name, is_reserved, withdraw
from stabilitydl.disk.partfile import SMALL, PartFile, part_path
from stabilitydl.disk.system import system
from stabilitydl.errors import DiskFault, TargetTaken
from tests.fakes.clock import ManualClock
from tests.unit.disk.lanes import BIG, BOOT, TAG, descriptors, identity, noise

CHANGING = ("create", "write_at", "sync_data", "sync_folder", "rename_exclusive", "rename", "remove")


class Killed(BaseException):
    """The process ends here: nothing that comes later happens."""


@pytest.fixture
def poor(monkeypatch: pytest.MonkeyPatch) -> None:
    """A drive that knows neither exclusive renames nor hard links."""

    def no_links(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr("stabilitydl.disk.os_posix._rename_exclusive", lambda source, to: errno.EINVAL)
    monkeypatch.setattr(os, "link", no_links)


def kill_at(patch: pytest.MonkeyPatch, number: int) -> Callable[[], bool]:
    """The ``number``-th changing call, and every later one, is not made any more; was that so many?"""
    made = [0]

    def harm(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            made[0] += 1
            if made[0] >= number:
                raise Killed
            return real(*args)

        return call

    for name in CHANGING:
        patch.setattr(system, name, harm(getattr(system, name)))
    return lambda: made[0] >= number


def noted(made: list[str], name: str) -> Callable[..., Any]:
    """The call of that name, which is written down."""
    real = getattr(system, name)

    def call(*args: Any) -> Any:
        made.append(name)
        return real(*args)

    return call


def left(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def written(target: Path, size: int) -> PartFile:
    """A part whose bytes are all there."""
    file = PartFile.open(target, TAG)
    try:
        if file.recover(BOOT) is None:
            file.begin(identity(size), BOOT)
            file.write(0, [noise(size)])
        file.sync()
    except Killed:
        end(file)
        raise
    return file


def end(file: PartFile) -> None:
    """What the system does with the open files of a process that ends."""
    if file.journal is not None:
        file.journal.close()
    os.close(file.descriptor)


def publish(target: Path, size: int) -> None:
    """As the syncer does it."""
    file = written(target, size)
    try:
        file.finalize()
        system.sync_folder(os.fspath(target.parent))
        file.drop_journal()
    finally:
        end(file)


@pytest.mark.usefixtures("poor")
def test_a_file_gets_its_name_on_a_drive_that_knows_neither_flags_nor_links(target: Path) -> None:
    """D14"""
    file = written(target, BIG)
    before = descriptors()
    assert file.finalize().st_size == BIG
    assert descriptors() == before
    assert target.read_bytes() == noise(BIG)
    file.drop_journal()
    file.close()
    assert left(target.parent) == [target.name]


@pytest.mark.usefixtures("poor")
@pytest.mark.parametrize("theirs", [b"", b"mine"])
def test_a_file_of_the_user_is_never_replaced_there(target: Path, theirs: bytes) -> None:
    """D14, P08: nor an empty one."""
    file = written(target, 100)
    target.write_bytes(theirs)
    with pytest.raises(TargetTaken):
        file.finalize()
    assert target.read_bytes() == theirs
    assert left(target.parent) == [target.name, file.path.name]
    file.close()
    with pytest.raises(TargetTaken):
        PartFile.open(target, TAG)
    assert target.read_bytes() == theirs


@pytest.mark.usefixtures("poor")
@pytest.mark.parametrize("size", [100, BIG], ids=["small", "with a journal"])
def test_a_process_killed_at_any_step_leaves_nothing_that_is_in_the_way(target: Path, size: int) -> None:
    """D14, C01: the next one brings the file, or finds it whole; an empty one is never taken for it."""
    number, was_killed, reserved, before = 0, True, 0, descriptors()
    while was_killed:
        number += 1
        written(target, size).close()
        with pytest.MonkeyPatch.context() as patch:
            has_come = kill_at(patch, number)
            try:
                publish(target, size)
            except Killed:
                reserved += target.exists() and target.stat().st_size == 0
            was_killed = has_come()
        if target.exists() and target.stat().st_size:
            with pytest.raises(TargetTaken):
                PartFile.open(target, TAG)
        else:
            publish(target, size)
        assert target.read_bytes() == noise(size), number
        tidy(target)
        assert left(target.parent) == [target.name], number
        target.unlink()
    assert number > 6
    assert reserved, "killed between the reservation and the name"
    assert descriptors() == before


def tidy(target: Path) -> None:
    """What every start does with what is left of files that are here."""
    if leftovers.are_there(target, TAG):
        leftovers.remove(target, TAG)
    assert not leftovers.are_there(target, TAG)


@pytest.mark.usefixtures("poor")
def test_what_is_given_up_leaves_no_reservation(target: Path) -> None:
    """D14, C13"""
    number, was_killed = 0, True
    while was_killed:
        number += 1
        written(target, SMALL).close()
        with pytest.MonkeyPatch.context() as patch:
            has_come = kill_at(patch, number)
            with contextlib.suppress(Killed):
                publish(target, SMALL)
            was_killed = has_come()
        is_here = target.exists() and target.stat().st_size > 0
        tidy(target)
        assert left(target.parent) == [target.name] * is_here, number
        target.unlink(missing_ok=True)


@pytest.mark.usefixtures("poor")
def test_an_empty_file_that_has_its_name_is_no_reservation(target: Path) -> None:
    """D14, C04"""
    target.parent.mkdir()
    part = part_path(target, TAG)
    part.touch()
    give_name(part, target)
    assert left(target.parent) == sorted([target.name, part.name + SIGN]), "killed before the sign was removed"
    tidy(target)
    assert left(target.parent) == [target.name]


@pytest.mark.usefixtures("poor")
def test_an_empty_file_that_counts_as_here_stays_at_its_reservation(target: Path) -> None:
    """D14, C04: killed between the two, the reservation is all that an empty file is."""
    target.parent.mkdir()
    part = part_path(target, TAG)
    part.touch()
    with pytest.MonkeyPatch.context() as patch:
        # The sign is created, written, synced, its folder too, and the reservation made.
        kill_at(patch, 8)
        with pytest.raises(Killed):
            give_name(part, target)
    assert is_reserved(part, target)
    leftovers.confirm(target, TAG)
    tidy(target)
    assert left(target.parent) == [target.name]


@pytest.mark.usefixtures("poor")
def test_the_sign_stays_until_the_name_is_durable(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """D14, D05: where that cannot be had, the next try still knows whose the empty file is."""
    target.parent.mkdir()
    part = part_path(target, TAG)
    part.touch()
    with pytest.MonkeyPatch.context() as patch:
        kill_at(patch, 8)
        with pytest.raises(Killed):
            give_name(part, target)

    def refuse(folder: str) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(system, "sync_folder", refuse)
        with pytest.raises(DiskFault):
            leftovers.confirm(target, TAG)
    assert is_reserved(part, target)
    made: list[str] = []
    with monkeypatch.context() as patch:
        for name in ("sync_folder", "remove"):
            patch.setattr(system, name, noted(made, name))
        leftovers.confirm(target, TAG)
    assert made == ["sync_folder", "remove", "sync_folder"], "nor does the sign come back after a power cut"
    assert not naming.has_sign(part)
    tidy(target)
    assert left(target.parent) == [target.name]


@pytest.mark.usefixtures("poor")
def test_only_a_reservation_of_our_own_is_taken_back(target: Path) -> None:
    """D14, P08"""
    target.parent.mkdir()
    source = target.parent / "source"
    sign = Path(f"{source}{SIGN}")
    source.write_bytes(b"bytes")
    assert not is_reserved(source, target)
    target.touch()
    assert not is_reserved(source, target), "no sign"
    sign.write_bytes(b"another name\n")
    assert not is_reserved(source, target)
    sign.write_bytes(os.fsencode(target.name)[:-1])
    assert not is_reserved(source, target), "torn"
    withdraw(source, target)
    assert left(target.parent) == sorted([target.name, source.name])
    sign.write_bytes(os.fsencode(target.name) + b"\n")
    assert is_reserved(source, target)
    target.write_bytes(b"mine")
    assert not is_reserved(source, target)
    withdraw(source, target)
    assert target.read_bytes() == b"mine"
    with pytest.raises(FileExistsError):
        give_name(source, target)
    assert left(target.parent) == sorted([target.name, source.name])
    drop_sign(source)


@pytest.mark.usefixtures("poor")
def test_a_name_that_cannot_be_given_after_all_is_free_again(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """D14, D12"""
    file = written(target, 100)

    def refuse(source: str, to: str) -> None:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    with monkeypatch.context() as held:
        held.setattr(system, "rename", refuse)
        with pytest.raises(OSError, match=os.strerror(errno.EBUSY)):
            give_name(file.path, target)
    assert left(target.parent) == [file.path.name]
    file.finalize()
    file.drop_journal()
    file.close()
    assert left(target.parent) == [target.name]


def test_a_link_that_was_not_followed_by_the_removal_is_gone_on_with(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D14, C01: both names are those of one file; of two files neither goes."""
    monkeypatch.setattr("stabilitydl.disk.os_posix._rename_exclusive", lambda source, to: errno.EINVAL)
    target.parent.mkdir()
    source = target.parent / "source"
    source.write_bytes(b"bytes")
    target.hardlink_to(source)
    assert give_name(source, target) is False
    assert left(target.parent) == [target.name]
    source.write_bytes(b"bytes")
    with pytest.raises(FileExistsError):
        give_name(source, target)
    assert left(target.parent) == sorted([target.name, source.name])


@pytest.fixture
def disk() -> Disk:
    return Disk(ManualClock())


@pytest.mark.usefixtures("poor")
@pytest.mark.anyio
async def test_a_kept_file_is_brought_back_there_wherever_the_process_died(target: Path, disk: Disk) -> None:
    """D14, C01"""
    number, was_killed = 0, True
    while was_killed:
        number += 1
        file = written(target, 100)
        place = file.quarantine()
        assert left(target.parent) == [f"{QUARANTINE}/{place.name}"]
        with pytest.MonkeyPatch.context() as patch:
            has_come = kill_at(patch, number)
            with contextlib.suppress(Killed):
                _bring_back(place, target)
            was_killed = has_come()
        assert [path for path, _ in await disk.quarantined([place.parent])] == [place] * place.exists()
        assert (await disk.bring_back(place, target))[0] == 100
        assert left(target.parent) == [target.name], number
        assert not place.parent.exists()
        target.unlink()
    assert number > 6
    await disk.aclose()


def test_nothing_more_is_asked_of_a_drive_that_can_do_it(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(target, 100)
    monkeypatch.setattr(naming, "_name_by_reservation", None)
    assert not file.has_sign
    file.finalize()
    assert not file.has_sign
    file.close()
