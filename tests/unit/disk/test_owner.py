"""Where locks of files mean nothing a part has an owner: no two processes ever write into one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from stabilitydl.disk import leftovers, owner
from stabilitydl.disk.hold import Hold
from stabilitydl.disk.owner import OWNER, SILENT_SECONDS, Owner
from stabilitydl.disk.partfile import PartFile, journal_path, part_path
from stabilitydl.disk.system import system
from stabilitydl.domain.ranges import Ranges
from stabilitydl.errors import PartChanged, PartInUse
from tests.unit.disk.lanes import BIG, BOOT, TAG, Calls, identity, noise

DATA = noise(BIG)


@pytest.fixture
def lockless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A drive that takes every lock for granted."""
    monkeypatch.setattr(system, "lock", lambda descriptor: True)


def begun(target: Path) -> PartFile:
    file = PartFile.open(target, TAG)
    assert file.recover(BOOT) is None
    file.begin(identity(), BOOT)
    file.write(0, [DATA[:5000]])
    file.sync()
    return file


def left(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def record(target: Path) -> Path:
    return Path(f"{part_path(target, TAG)}{OWNER}")


def told(target: Path, **changes: object) -> None:
    """Somebody else's record lies beside the part."""
    mine = system.process_start(os.getpid())
    kept = owner._Record(system.machine(), system.boot_id(), os.getpid(), mine, "abcdef")
    record(target).write_bytes(msgspec.json.encode(msgspec.structs.replace(kept, **changes)))


@pytest.mark.usefixtures("lockless")
def test_two_never_write_into_one_part(target: Path) -> None:
    """P03"""
    file = begun(target)
    with pytest.raises(PartInUse):
        PartFile.open(target, TAG)
    with pytest.raises(PartInUse):
        leftovers.remove(target, TAG)
    assert file.path.read_bytes() == DATA[:5000]
    file.close()
    file = PartFile.open(target, TAG)
    assert file.recover(BOOT) is not None
    assert file.written == Ranges([(0, 5000)])
    file.discard()
    assert left(target) == []


@pytest.mark.usefixtures("lockless")
def test_many_processes_at_once_are_told_apart(target: Path) -> None:
    """P03: six begin together, one has the part; after their end it can be had again."""
    code = (
        "import sys; from pathlib import Path; from stabilitydl.disk.partfile import PartFile;"
        "from stabilitydl.disk.system import system; from stabilitydl.errors import PartInUse\n"
        "system.lock = lambda descriptor: True\n"
        "sys.stdin.readline()\n"
        "try:\n    file = PartFile.open(Path(sys.argv[1]), sys.argv[2]); print('open', flush=True)\n"
        "except PartInUse:\n    print('in use', flush=True)\n"
        "sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(target), TAG]
    others = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(6)]
    try:
        for other in others:
            assert other.stdin is not None
            other.stdin.write(b"\n")
            other.stdin.flush()
        said = [other.stdout.readline() for other in others if other.stdout is not None]
        assert said.count(b"open\n") == 1
        assert said.count(b"in use\n") == len(others) - 1
        with pytest.raises(PartInUse):
            PartFile.open(target, TAG)
    finally:
        for other in others:
            other.kill()
            other.communicate()
    file = PartFile.open(target, TAG)
    file.discard()
    assert left(target) == []


@pytest.mark.usefixtures("lockless")
@pytest.mark.parametrize(
    "ended", [{"began": "an earlier one"}, {"process": 2**22 + 1}, {"boot": "another"}], ids=["number", "gone", "boot"]
)
def test_what_an_ended_process_left_is_gone_on_with(target: Path, ended: dict[str, object]) -> None:
    """P03, P02"""
    begun(target).close()
    told(target, **ended)
    file = PartFile.open(target, TAG)
    assert file.recover(BOOT) is not None
    assert file.written == Ranges([(0, 5000)])
    with pytest.raises(PartInUse):
        PartFile.open(target, TAG)
    file.close()
    assert left(target) == [file.path.name, journal_path(file.path).name]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="nothing tells who has ended but was not looked after")
@pytest.mark.usefixtures("lockless")
def test_a_killed_process_that_its_parent_never_looks_after_has_ended(target: Path) -> None:
    """P02, P03"""
    begun(target).close()
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        began = system.process_start(other.pid)
        assert began
        told(target, process=other.pid, began=began)
        with pytest.raises(PartInUse):
            PartFile.open(target, TAG)
        other.kill()
        # Waits for its end and leaves it on the list of processes.
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
        assert system.process_start(other.pid) == ""
        file = PartFile.open(target, TAG)
        assert file.recover(BOOT) is not None
        assert file.written == Ranges([(0, 5000)])
        file.close()
    finally:
        other.kill()
        other.communicate()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="nothing tells of the threads of others")
def test_a_process_whose_first_thread_has_ended_lives() -> None:
    """P03: another thread may still be in the middle of a write."""
    code = (
        "import ctypes, os, sys, threading\n"
        "def last():\n    print('on', flush=True); sys.stdin.readline()\n"
        "threading.Thread(target=last).start()\n"
        "ctypes.CDLL(None).syscall(60 if os.uname().machine == 'x86_64' else 93, 0)\n"
    )
    other = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        stat = Path(f"/proc/{other.pid}/stat")
        assert other.stdout is not None
        assert other.stdout.readline() == b"on\n"
        while stat.read_text().rpartition(")")[2].split()[0] != "Z":
            time.sleep(0.001)
        assert system.process_start(other.pid)
    finally:
        other.kill()
        other.communicate()


@pytest.mark.usefixtures("lockless")
@pytest.mark.parametrize("torn", [False, True], ids=["another machine", "torn"])
def test_nothing_is_written_into_what_somebody_unknown_may_still_have(target: Path, torn: bool) -> None:
    """P03: it is waited for; after a long silence a new part is begun beside it."""
    begun(target).close()
    told(target, machine="another")
    if torn:
        record(target).write_bytes(b'["')
    path = part_path(target, TAG)
    with pytest.raises(PartInUse):
        PartFile.open(target, TAG)
    with pytest.raises(PartInUse):
        leftovers.remove(target, TAG)
    for each in (path, journal_path(path), record(target)):
        then = each.stat().st_mtime - SILENT_SECONDS - 1
        os.utime(each, (then, then))
    inode = path.stat().st_ino
    file = PartFile.open(target, TAG)
    assert path.stat().st_ino != inode
    assert file.recover(BOOT) is None
    assert Path(f"{path}.old").stat().st_ino == inode
    file.begin(identity(100), BOOT)
    file.write(0, [DATA[:100]])
    file.sync()
    file.finalize()
    file.drop_journal()
    file.close()
    assert left(target) == [target.name]


@pytest.mark.usefixtures("lockless")
def test_an_owner_that_was_taken_for_ended_stops_at_its_next_mark(target: Path) -> None:
    """P03"""
    file = begun(target)
    told(target, mark="123456")
    file.write(5000, [DATA[5000:6000]])
    with pytest.raises(PartChanged):
        file.sync()
    with pytest.raises(PartChanged):
        file.soft_mark()
    with pytest.raises(PartChanged):
        file.finalize()
    file.close()
    assert record(target).exists(), "the other one's record stays"
    record(target).unlink()
    file = PartFile.open(target, TAG)
    file.recover(BOOT)
    assert file.written == Ranges([(0, 5000)])
    file.discard()


def test_who_judged_the_same_record_later_comes_too_late(target: Path) -> None:
    """P03"""
    target.parent.mkdir()
    part = part_path(target, TAG)
    told(target, boot="another")
    first = Owner.take(part, journal_path(part))
    assert first is not None
    owner._move_away(part, "abcdef")
    assert first.is_current()
    assert Owner.take(part, journal_path(part)) is None
    first.let_go()
    assert left(target) == []


@pytest.mark.usefixtures("lockless")
def test_what_a_process_left_at_its_very_end_is_removed(target: Path) -> None:
    """P03, C04: killed between the last sync and the removal of its record."""
    target.parent.mkdir()
    target.write_bytes(DATA[:100])
    told(target, boot="another")
    assert leftovers.are_there(target, TAG)
    leftovers.remove(target, TAG)
    assert left(target) == [target.name]
    told(target)
    with pytest.raises(PartInUse):
        leftovers.remove(target, TAG)
    assert not os.path.lexists(part_path(target, TAG))


def test_no_record_is_made_where_locks_keep_others_out(target: Path, calls: Calls) -> None:
    """P03: and that is found out once for a volume."""
    calls.watch("lock")
    file = begun(target)
    assert file.hold.needs_owner is False
    assert calls.count("lock") == 2
    assert not record(target).exists()
    file.close()
    file = PartFile.open(target, TAG, needs_owner=False)
    assert calls.count("lock") == 3
    file.discard()


def test_a_volume_of_another_machine_has_owners_whatever_its_locks_say(target: Path) -> None:
    """P03: they may reach no further than this machine."""
    file = PartFile.open(target, TAG, needs_owner=True)
    assert record(target).exists()
    assert repr(file.hold.owner).endswith(f" of {file.path.name}>")
    file.close()
    assert left(target) == [file.path.name]


def test_letting_go_twice_harms_nobody(target: Path) -> None:
    file = PartFile.open(target, TAG, needs_owner=True)
    hold: Hold = file.hold
    hold.let_go()
    told(target)
    hold.let_go()
    assert record(target).exists()
