"""The part file: exclusive, locked, continued with proof, and never in the way of another file."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from stabilitydl.disk.aside import QUARANTINE
from stabilitydl.disk.journal import Header, Journal, Mark, frame
from stabilitydl.disk.partfile import MIB, SMALL, PartFile, journal_path, part_path
from stabilitydl.disk.system import system
from stabilitydl.disk.volumes import taken_by
from stabilitydl.domain.ranges import Ranges
from stabilitydl.errors import (
    DiskError,
    DiskFault,
    FileTooLarge,
    NoSpace,
    NotWritable,
    PartChanged,
    PartInUse,
    PartLinked,
    TargetTaken,
    TooManyOpenFiles,
)
from tests.unit.disk.lanes import BIG, BOOT, TAG, Calls, descriptors, identity, noise

DATA = noise(BIG)


def opened(target: Path, *, size: int = BIG) -> PartFile:
    file = PartFile.open(target, TAG)
    assert file.recover(BOOT) is None
    file.begin(identity(size), BOOT)
    return file


def again(target: Path, boot: str = BOOT) -> tuple[PartFile, Header | None]:
    file = PartFile.open(target, TAG)
    return file, file.recover(boot)


def left(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def test_names_fit_the_file_system_and_keep_the_tag(tmp_path: Path) -> None:
    """D15"""
    for name in ("model.safetensors", "x" * 240 + ".gguf", "ü" * 120 + ".bin", "." + "y" * 250):
        path = part_path(tmp_path / name, TAG)
        assert path.name.endswith(f".{TAG}.sdlpart")
        assert len(os.fsencode(journal_path(path).name)) <= 255
        assert journal_path(path).name == path.name + ".journal"
        opened(tmp_path / name).discard()
    assert part_path(tmp_path / "model.safetensors", TAG).name == f"model.safetensors.{TAG}.sdlpart"


def test_a_part_is_created_with_its_folder_and_goes_without_a_trace(target: Path) -> None:
    file = opened(target)
    file.write(0, [DATA[:10], DATA[10:100]])
    assert (file.written, file.path.read_bytes()) == (Ranges([(0, 100)]), DATA[:100])
    assert left(target) == [f"{target.name}.{TAG}.sdlpart", f"{target.name}.{TAG}.sdlpart.journal"]
    assert repr(file) == f"<PartFile {target.name}.{TAG}.sdlpart written=100 durable=0>"
    file.discard()
    assert left(target) == []
    assert repr(file).endswith(" closed>")
    file.close()
    file.discard()


def test_a_small_file_has_no_journal_and_starts_again(target: Path) -> None:
    file = opened(target, size=SMALL)
    assert left(target) == [f"{target.name}.{TAG}.sdlpart"]
    file.write(0, [DATA[:SMALL]])
    file.sync()
    file.close()
    file, header = again(target)
    assert header is None
    assert file.path.stat().st_size == 0
    assert not file.written
    file.close()
    larger = opened(target, size=SMALL + 1)
    assert larger.journal is not None
    larger.close()


def test_one_byte_more_than_small_has_a_journal(target: Path) -> None:
    file = opened(target, size=SMALL + 1)
    assert journal_path(file.path).exists()
    file.discard()


def test_a_part_is_continued_from_what_its_journal_says(target: Path) -> None:
    file = opened(target)
    file.write(0, [DATA[:3000]])
    file.sync()
    file.write(5000, [DATA[5000:6000]])
    file.soft_mark()
    file.write(8000, [DATA[8000:9000]])
    file.close()
    file, header = again(target)
    assert header == Header(resource="r" * 32, size=BIG, validator='"v1"', checksum="sha256:" + "0" * 64, boot=BOOT)
    assert file.written == Ranges([(0, 3000), (5000, 6000)])
    assert file.durable == Ranges([(0, 3000)])
    assert file.identity == identity()
    file.write(3000, [DATA[3000:5000]])
    file.sync()
    file.close()
    file, _ = again(target, boot="boot-2")
    assert file.written == Ranges([(0, 6000)])
    file.discard()


def test_after_a_restart_of_the_system_only_what_was_synced_counts(target: Path) -> None:
    """C02"""
    file = opened(target)
    file.write(0, [DATA[:3000]])
    file.sync()
    file.write(3000, [DATA[3000:6000]])
    file.soft_mark()
    file.close()
    file, _ = again(target, boot="boot-2")
    assert file.written == Ranges([(0, 3000)])
    file.discard()


def test_a_second_opening_is_refused_and_takes_nothing_along(target: Path) -> None:
    """P03"""
    file = opened(target)
    file.write(0, [DATA[:3000]])
    before = descriptors()
    with pytest.raises(PartInUse):
        PartFile.open(target, TAG)
    assert descriptors() == before
    file.sync()
    file.close()
    file, header = again(target)
    assert header is not None
    file.discard()


def test_the_lock_holds_against_other_processes_and_ends_with_them(target: Path) -> None:
    """P02, P03"""
    code = (
        "import sys; from pathlib import Path; from stabilitydl.disk.partfile import PartFile;"
        "file = PartFile.open(Path(sys.argv[1]), sys.argv[2]); print('open', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(target), TAG]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(PartInUse):
            PartFile.open(target, TAG)
        other.kill()
    opened(target).discard()


def test_an_existing_target_is_never_touched(target: Path) -> None:
    """P08"""
    target.parent.mkdir()
    target.write_bytes(b"mine")
    with pytest.raises(TargetTaken):
        PartFile.open(target, TAG)
    assert left(target) == [target.name]
    target.unlink()
    target.symlink_to("nowhere")
    with pytest.raises(TargetTaken):
        PartFile.open(target, TAG)
    target.unlink()
    file = opened(target, size=100)
    file.write(0, [DATA[:100]])
    file.sync()
    target.write_bytes(b"mine")
    with pytest.raises(TargetTaken):
        file.finalize()
    assert target.read_bytes() == b"mine"
    assert file.path.read_bytes() == DATA[:100]
    file.discard()


def test_never_replacing_holds_where_the_system_has_no_exclusive_rename(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D14"""
    monkeypatch.setattr("stabilitydl.disk.os_posix._rename_exclusive", lambda source, to: errno.EINVAL)
    file = opened(target, size=100)
    file.write(0, [DATA[:100]])
    target.write_bytes(b"mine")
    with pytest.raises(TargetTaken):
        file.finalize()
    target.unlink()
    assert file.finalize().st_size == 100
    assert left(target) == [target.name]
    file.close()


def test_finalize_gives_the_name_and_keeps_the_journal_until_it_is_durable(target: Path) -> None:
    """C04"""
    file = opened(target)
    file.write(0, [DATA])
    file.sync()
    assert file.finalize().st_size == BIG
    assert left(target) == [target.name, f"{target.name}.{TAG}.sdlpart.journal"]
    file.drop_journal()
    file.close()
    assert left(target) == [target.name]
    assert target.read_bytes() == DATA


@pytest.mark.parametrize("planted", ["link", "dangling", "hard link", "folder", "pipe"])
def test_what_somebody_planted_at_the_part_is_left_alone(target: Path, planted: str) -> None:
    """F08"""
    target.parent.mkdir()
    precious = target.parent.parent / "precious"
    precious.write_bytes(b"precious")
    path = part_path(target, TAG)
    plant: dict[str, Callable[[], None]] = {
        "link": lambda: path.symlink_to(precious),
        "dangling": lambda: path.symlink_to(target.parent / "elsewhere"),
        "hard link": lambda: path.hardlink_to(precious),
        "folder": path.mkdir,
        "pipe": lambda: os.mkfifo(path),
    }
    plant[planted]()
    before = descriptors()
    with pytest.raises(NotWritable) as caught:
        PartFile.open(target, TAG)
    assert (type(caught.value) is PartLinked) == (planted == "hard link")
    assert descriptors() == before
    assert precious.read_bytes() == b"precious"
    assert not (target.parent / "elsewhere").exists()


def test_a_part_without_a_journal_is_emptied_with_its_room(target: Path) -> None:
    """C09: killed while it was begun."""
    file = PartFile.open(target, TAG)
    if not system.reserve(file.descriptor, BIG):
        pytest.skip("the file system reserves nothing")
    file.close()
    again = PartFile.open(target, TAG)
    assert again.recover(BOOT) is None
    assert taken_by(system.status(again.descriptor)) == 0
    again.discard()


def test_a_link_that_is_made_of_a_part_while_it_is_written_harms_nobody(target: Path) -> None:
    """F08, P06: a program that keeps snapshots."""
    file = PartFile.open(target, TAG)
    file.begin(identity(), BOOT)
    file.write(0, [DATA[:MIB]])
    snapshot = target.with_name("snapshot")
    snapshot.hardlink_to(file.path)
    file.write(MIB, [DATA[MIB:]])
    file.sync()
    assert file.finalize().st_size == BIG
    file.drop_journal()
    file.close()
    assert target.read_bytes() == snapshot.read_bytes() == DATA
    assert left(target) == [target.name, snapshot.name]


def test_a_part_that_was_linked_between_two_runs_goes_on_when_the_other_name_is_gone(target: Path) -> None:
    """F08"""
    file = PartFile.open(target, TAG)
    file.begin(identity(), BOOT)
    file.write(0, [DATA[:MIB]])
    file.sync()
    file.close()
    snapshot = target.with_name("snapshot")
    snapshot.hardlink_to(file.path)
    with pytest.raises(PartLinked, match=f"{TAG}.sdlpart has another name"):
        PartFile.open(target, TAG)
    assert snapshot.read_bytes() == DATA[:MIB]
    snapshot.unlink()
    again = PartFile.open(target, TAG)
    assert again.recover(BOOT) is not None
    assert again.written.total == MIB
    again.close()


@pytest.mark.parametrize("planted", ["link", "hard link"])
def test_what_somebody_planted_at_the_journal_is_left_alone(target: Path, planted: str) -> None:
    """F08"""
    target.parent.mkdir()
    precious = target.parent.parent / "precious"
    precious.write_bytes(b"precious")
    path = journal_path(part_path(target, TAG))
    if planted == "link":
        path.symlink_to(precious)
    else:
        path.hardlink_to(precious)
    file = PartFile.open(target, TAG)
    try:
        file.recover(BOOT)
        file.begin(identity(), BOOT)
    except NotWritable:
        assert planted == "link"
    file.discard()
    assert precious.read_bytes() == b"precious"


def test_a_part_whose_name_was_taken_away_meanwhile_is_not_used(target: Path, calls: Calls) -> None:
    """P03"""

    def lock_after_the_other_ended(real: Callable[[int], bool], descriptor: int) -> bool:
        if calls.count("lock") == 1:
            part_path(target, TAG).unlink()
        return real(descriptor)

    calls.replace("lock", lock_after_the_other_ended)
    file = PartFile.open(target, TAG, needs_owner=False)
    assert file.is_in_place()
    assert calls.count("create") == 0
    assert calls.count("lock") == 2
    file.close()


def test_a_part_that_comes_and_goes_is_given_up(target: Path, calls: Calls) -> None:
    def vanish(real: Callable[[int], bool], descriptor: int) -> bool:
        part_path(target, TAG).unlink()
        return real(descriptor)

    def gone(real: object, path: str) -> int:
        raise FileNotFoundError(errno.ENOENT, "gone")

    before = descriptors()
    calls.replace("lock", vanish)
    with pytest.raises(PartInUse):
        PartFile.open(target, TAG)
    part_path(target, TAG).touch()
    calls.replace("open_existing", gone)
    with pytest.raises(PartInUse):
        PartFile.open(target, TAG)
    assert descriptors() == before


def test_an_error_while_opening_is_ours_and_leaves_nothing_open(target: Path, calls: Calls) -> None:
    """D13"""
    before = descriptors()
    calls.fail("lock", errno.EIO)
    with pytest.raises(DiskFault):
        PartFile.open(target, TAG)
    calls.fail("create", errno.EMFILE)
    with pytest.raises(TooManyOpenFiles):
        PartFile.open(target, TAG)
    assert descriptors() == before


@pytest.mark.parametrize(
    "journal",
    [
        b"",
        b"garbage" * 100,
        frame(Header(format=2, resource="r" * 32, size=BIG, validator="", checksum="", boot=BOOT)),
        frame(Header(resource="r" * 32, size=BIG, validator="", checksum="", boot=BOOT))
        + frame(Mark(hard=True, ranges=((0, 5001),), boot=BOOT)),
    ],
    ids=["empty", "garbage", "newer format", "claims more than there is"],
)
def test_a_journal_that_cannot_be_right_is_not_used(target: Path, journal: bytes) -> None:
    """C09, D11"""
    target.parent.mkdir()
    path = part_path(target, TAG)
    path.write_bytes(DATA[:5000])
    journal_path(path).write_bytes(journal)
    file, header = again(target)
    assert header is None
    assert not file.written
    assert path.stat().st_size == 0
    assert not journal_path(path).exists()
    file.close()


def newer(target: Path) -> Path:
    """A part that a newer program has begun."""
    target.parent.mkdir()
    path = part_path(target, TAG)
    path.write_bytes(DATA[:5000])
    header = Header(format=2, resource="r" * 32, size=BIG, validator="", checksum="", boot=BOOT)
    journal_path(path).write_bytes(frame(header) + frame(Mark(hard=True, ranges=((0, 5000),), boot=BOOT)))
    return path


def test_the_work_of_a_newer_program_is_kept_until_the_file_is_whole(target: Path) -> None:
    """C09"""
    path = newer(target)
    journal = journal_path(path).read_bytes()
    file, header = again(target)
    assert header is None
    kept = [f"{path.name}.old", f"{path.name}.oldj"]
    assert left(target) == [path.name, *kept]
    assert [(target.parent / name).read_bytes() for name in kept] == [DATA[:5000], journal]
    with pytest.raises(PartInUse):
        PartFile.open(target, TAG)
    file.begin(identity(100), BOOT)
    file.write(0, [DATA[:100]])
    file.close()
    file, _ = again(target)
    assert left(target) == [path.name, *kept], "also over another start"
    file.begin(identity(100), BOOT)
    file.write(0, [DATA[:100]])
    file.sync()
    file.finalize()
    file.drop_journal()
    file.close()
    assert left(target) == [target.name]


def test_what_was_set_aside_goes_with_the_part_or_when_its_place_is_needed(target: Path, calls: Calls) -> None:
    """C09, D01"""
    path = newer(target)
    file, _ = again(target)
    file.discard()
    assert left(target) == []
    target.parent.rmdir()
    newer(target)
    file, _ = again(target)
    room = iter([100, BIG])
    calls.replace("free_space", lambda real, where: next(room))
    file.begin(identity(), BOOT)
    assert left(target) == [path.name, journal_path(path).name]
    file.discard()


def test_a_journal_that_claims_exactly_what_is_there_is_used(target: Path) -> None:
    target.parent.mkdir()
    path = part_path(target, TAG)
    path.write_bytes(DATA[:5000])
    header = Header(resource="r" * 32, size=BIG, validator="", checksum="", boot=BOOT)
    journal_path(path).write_bytes(frame(header) + frame(Mark(hard=True, ranges=((0, 5000),), boot=BOOT)))
    file, found = again(target)
    assert found == header
    assert file.written.total == 5000
    file.close()


def test_bytes_behind_the_end_are_cut_off_on_resume(target: Path) -> None:
    """D11"""
    file = opened(target)
    file.write(0, [DATA])
    file.sync()
    file.close()
    with file.path.open("ab") as part:
        part.write(b"surplus")
    file, _ = again(target)
    assert file.path.stat().st_size == BIG
    file.finalize()
    file.close()


def test_only_a_file_that_nobody_else_wrote_is_untouched(target: Path) -> None:
    """D11"""
    file = opened(target)
    file.write(0, [DATA[:3000]])
    assert file.is_untouched()
    with file.path.open("r+b") as part:
        part.write(b"x")
    os.utime(file.path, ns=(1, 1))
    assert not file.is_untouched()
    file.discard()


def test_a_foreign_write_between_two_of_ours_is_noticed(target: Path) -> None:
    """D11"""
    file = opened(target)
    file.write(0, [DATA[:3000]])
    os.utime(file.path, ns=(1, 1))
    for offset in (3000, 6000):
        file.write(offset, [DATA[offset : offset + 3000]])
        assert not file.is_untouched()
    file.start_over()
    file.write(0, [DATA[:3000]])
    assert file.is_untouched()
    file.discard()


def test_a_part_that_was_moved_away_or_replaced_is_not_finalized(target: Path) -> None:
    """D11"""
    file = opened(target, size=100)
    file.write(0, [DATA[:100]])
    file.path.rename(target.parent / "moved")
    assert not file.is_untouched()
    with pytest.raises(PartChanged):
        file.finalize()
    file.path.write_bytes(b"somebody else's")
    with pytest.raises(PartChanged):
        file.finalize()
    file.discard()
    assert left(target) == [file.path.name, "moved"]
    assert not target.exists()


def test_a_part_that_was_given_another_name_keeps_its_bytes(target: Path) -> None:
    """D11, P03: it may be the finished file of another process, or what the user took for himself."""
    file = opened(target)
    file.write(0, [DATA[:3000]])
    file.path.rename(target)
    with pytest.raises(PartChanged):
        file.write(1000, [b"x" * 5000])
    assert file.witness.was_touched
    with pytest.raises(PartChanged):
        file.start_over()
    assert target.read_bytes() == DATA[:3000]
    file.path.write_bytes(b"somebody else's")
    with pytest.raises(PartChanged):
        file.start_over()
    assert (target.read_bytes(), file.path.read_bytes()) == (DATA[:3000], b"somebody else's")
    file.discard()
    assert left(target) == [target.name, file.path.name]


@pytest.mark.parametrize("mark", ["sync", "soft_mark"])
def test_a_part_that_loses_its_name_in_the_middle_of_a_write_is_left_at_the_next_mark(
    target: Path, calls: Calls, mark: str
) -> None:
    """D11, P03: nothing else tells; it looks as our own write has left it."""
    file = opened(target)
    file.write(0, [DATA[:3000]])
    file.sync()

    def take_away(real: Callable[..., int], *args: object) -> int:
        if file.path.exists():
            file.path.rename(target.with_name("mine"))
        return real(*args)

    with pytest.MonkeyPatch.context() as patch:
        Calls(patch).replace("write_at", take_away)
        file.write(3000, [DATA[3000:6000]])
    assert not file.witness.was_touched
    with pytest.raises(PartChanged):
        getattr(file, mark)()
    assert file.durable == Ranges([(0, 3000)])
    file.close()
    target.with_name("mine").rename(file.path)
    file, _ = again(target)
    assert file.written == Ranges([(0, 3000)])
    file.discard()


def test_a_part_that_loses_its_name_while_it_is_opened_is_not_cut(target: Path, calls: Calls) -> None:
    """P03: where locks do nothing another process may end in between."""
    file = opened(target)
    file.write(0, [DATA[:3000]])
    file.sync()
    file.close()
    with file.path.open("r+b") as part:
        part.truncate(BIG + 5)

    def finish(real: Callable[..., int], *args: object) -> int:
        file.path.rename(target)
        return real(*args)

    file = PartFile.open(target, TAG)
    before = descriptors()
    calls.replace("read_at", finish)
    with pytest.raises(PartChanged):
        file.recover(BOOT)
    file.close()
    assert descriptors() == before - 1
    assert target.stat().st_size == BIG + 5


@pytest.mark.parametrize("size", [99, 101])
def test_a_part_of_another_length_is_not_finalized(target: Path, size: int) -> None:
    """D11"""
    file = opened(target, size=100)
    file.write(0, [DATA[:100]])
    os.truncate(file.path, size)
    with pytest.raises(PartChanged):
        file.finalize()
    assert not target.exists()
    file.close()


def test_a_part_is_durable_before_the_journal_says_so(target: Path, calls: Calls) -> None:
    """C02"""
    file = opened(target)
    part, journal = file.path.name, journal_path(file.path).name
    calls.watch("sync_data", "append", "write_at")
    file.write(0, [DATA[:3000]])
    file.sync()
    order = [call for call in calls.made if call[0] != "write_at" or call[1] == part]
    assert order == [("write_at", part), ("sync_data", part), ("append", journal), ("sync_data", journal)]
    assert file.durable == file.written
    # Nothing new: the journal is left alone.
    file.sync()
    assert calls.count("append", journal) == 1
    file.discard()


def test_a_journal_is_created_with_its_name_durable(target: Path, calls: Calls) -> None:
    file = PartFile.open(target, TAG)
    calls.watch("sync_folder", "sync_data")
    file.begin(identity(), BOOT)
    assert calls.made == [("sync_data", journal_path(file.path).name), ("sync_folder", target.parent.name)]
    file.discard()


def test_a_failed_sync_is_never_tried_again_and_nothing_since_then_counts(target: Path, calls: Calls) -> None:
    """D05"""
    file = opened(target)
    file.write(0, [DATA[:3000]])
    file.sync()
    file.write(3000, [DATA[3000:9000]])
    file.soft_mark()
    calls.fail("sync_data", errno.EIO, file=file.path.name, times=1)
    with pytest.raises(DiskFault):
        file.sync()
    for _ in range(2):
        with pytest.raises(DiskFault):
            file.sync()
    assert calls.count("sync_data", "sdlpart") == 1
    assert not file.is_untouched()
    file.write(9000, [DATA[9000:9500]])
    file.soft_mark()
    file.close()
    # Not even in the same boot: the system may have dropped what the soft mark told.
    file, _ = again(target)
    assert file.written == Ranges([(0, 3000)])
    file.discard()


def test_a_sync_that_fails_while_blocks_are_taken_back_is_final_too(target: Path, calls: Calls) -> None:
    """D05, C08"""
    file = opened(target)
    file.write(0, [DATA])
    file.sync()
    calls.fail("sync_data", errno.EIO, file=file.path.name, times=1)
    for step in (lambda: file.forget([1]), lambda: file.forget([1]), file.sync):
        with pytest.raises(DiskFault):
            step()
    assert calls.count("sync_data", "sdlpart") == 1
    file.close()
    file, _ = again(target)
    assert file.written == file.durable == Ranges([(0, BIG)]), "the checksum of the whole tells again what is bad"
    file.discard()


def test_what_an_earlier_run_never_synced_does_not_count_after_a_failed_sync(target: Path, calls: Calls) -> None:
    """D05"""
    file = opened(target)
    file.write(0, [DATA[:3000]])
    file.sync()
    file.write(3000, [DATA[3000:6000]])
    file.soft_mark()
    file.close()
    file, _ = again(target)
    assert file.written == Ranges([(0, 6000)])
    calls.fail("sync_data", errno.EIO, file=file.path.name, times=1)
    with pytest.raises(DiskFault):
        file.sync()
    file.close()
    for boot in (BOOT, "boot-2"):
        file, _ = again(target, boot)
        assert file.written == file.durable == Ranges([(0, 3000)])
        file.close()


def test_what_an_earlier_run_never_synced_is_synced_with_the_next_sync(target: Path) -> None:
    """C02"""
    file = opened(target)
    file.write(0, [DATA[:3000]])
    file.soft_mark()
    file.close()
    file, _ = again(target)
    file.sync()
    file.close()
    file, _ = again(target, "boot-2")
    assert file.written == file.durable == Ranges([(0, 3000)])
    file.discard()


def test_a_journal_that_cannot_be_written_counts_as_a_failed_sync(target: Path, calls: Calls) -> None:
    """D03"""
    file = opened(target)
    file.write(0, [DATA[:3000]])
    calls.fail("append", errno.ENOSPC, file=".journal")
    calls.fail("remove", errno.EIO)
    with pytest.raises(NoSpace):
        file.sync()
    assert not file.durable
    file.close()


def test_space_is_reserved_before_the_first_byte(target: Path) -> None:
    """D01"""
    file = PartFile.open(target, TAG)
    with pytest.raises(NoSpace) as caught:
        file.begin(identity(1 << 52), BOOT)
    assert caught.value.arguments["needed_bytes"] == 1 << 52
    assert isinstance(caught.value.arguments["free_bytes"], int)
    assert file.path.stat().st_size == 0
    assert file.path.stat().st_blocks == 0
    file.begin(identity(BIG), BOOT)
    assert file.path.stat().st_size == 0
    file.discard()


def test_what_the_file_system_says_about_the_size_is_told_as_ours(target: Path, calls: Calls) -> None:
    """D01, D08"""
    file = PartFile.open(target, TAG)
    calls.fail("reserve", errno.EFBIG)
    with pytest.raises(FileTooLarge):
        file.begin(identity(BIG), BOOT)
    calls.fail("reserve", errno.ENOSPC)
    with pytest.raises(NoSpace):
        file.begin(identity(BIG), BOOT)
    file.discard()


def test_where_space_cannot_be_reserved_it_is_counted(target: Path, calls: Calls) -> None:
    """D14"""
    file = PartFile.open(target, TAG)
    calls.replace("reserve", lambda real, *args: False)
    calls.replace("free_space", lambda real, path: BIG)
    file.begin(identity(BIG), BOOT)
    with pytest.raises(NoSpace):
        file.begin(identity(BIG + 1), BOOT)
    file.discard()


def test_starting_over_forgets_everything(target: Path) -> None:
    file = opened(target)
    file.write(0, [DATA[:3000]])
    file.sync()
    file.start_over()
    assert (file.written, file.durable, file.identity, file.journal) == (Ranges(), Ranges(), None, None)
    assert file.path.stat().st_size == 0
    assert left(target) == [file.path.name]
    assert (file.content.fresh, file.content.known) == ({}, {})
    file.discard()


def test_quarantine_keeps_the_bytes_aside(target: Path) -> None:
    """H06"""
    places = []
    for content in (DATA[:100], DATA[100:200]):
        file = opened(target)
        file.write(0, [content])
        places.append(file.quarantine())
        assert file.descriptor < 0
        assert left(target) == [QUARANTINE]
    assert places == [target.parent / QUARANTINE / f"{target.name}.{TAG}{end}" for end in ("", ".2")]
    assert [place.read_bytes() for place in places] == [DATA[:100], DATA[100:200]], "none replaces another"


def test_the_same_wrong_bytes_are_kept_once(target: Path) -> None:
    """H06"""
    kept = []
    for content, digest in ((DATA[:100], "ab" * 32), (DATA[:100], "ab" * 32), (DATA[100:300], "ab" * 32)):
        file = opened(target)
        file.write(0, [content])
        kept.append(file.quarantine(None, digest).name)
    assert kept == [f"{target.name}.{TAG}.abababab{end}" for end in ("", "", ".2")]
    assert sorted(path.name for path in (target.parent / QUARANTINE).iterdir()) == sorted(set(kept))


def test_quarantine_lies_below_the_root_where_that_is_on_the_same_volume(target: Path, calls: Calls) -> None:
    root = target.parent.parent
    file = opened(target)
    assert file.quarantine(root).parent == root / QUARANTINE
    calls.replace("look_behind", lambda real, path: Path("/proc").stat() if path == str(root) else real(path))
    file = opened(target)
    assert file.quarantine(root).parent == target.parent / QUARANTINE
    file = opened(target)
    assert file.quarantine(root / "gone").parent == target.parent / QUARANTINE


@pytest.mark.parametrize("step", ["quarantine", "discard", "start_over", "finalize", "drop_journal", "begin"])
def test_what_the_system_refuses_is_told_as_ours(target: Path, calls: Calls, step: str) -> None:
    """D07"""
    file = opened(target)
    file.write(0, [DATA])
    before = descriptors()
    for name in ("remove", "rename_exclusive"):
        calls.fail(name, errno.EROFS)
    with pytest.raises(NotWritable):
        file.begin(identity(), BOOT) if step == "begin" else getattr(file, step)()
    assert descriptors() <= before
    file.close()


def test_a_part_that_cannot_be_cut_or_read_is_told_as_ours(target: Path, calls: Calls) -> None:
    file = opened(target)
    file.sync()
    file.close()
    os.truncate(file.path, BIG + 1)
    for name in ("truncate", "read_at"):
        calls.fail(name, errno.EIO)
        file = PartFile.open(target, TAG)
        with pytest.raises(DiskFault):
            file.recover(BOOT)
        file.close()


def test_a_place_that_cannot_be_made_is_told_as_ours(tmp_path: Path) -> None:
    """D04"""
    (tmp_path / "file").touch()
    with pytest.raises(DiskError):
        PartFile.open(tmp_path / "file" / "model.bin", TAG)


def test_digests_of_blocks_go_into_the_journal_once(target: Path) -> None:
    file = opened(target)
    for offset in range(0, 5 << 20, 1 << 20):
        file.write(offset, [DATA[offset : offset + (1 << 20)]])
    file.sync()
    assert sorted(file.content.known) == [0, 1]
    assert file.content.fresh == {}
    file.close()
    journal, contents = Journal.open(str(journal_path(file.path)), BOOT)
    journal.close()
    assert contents is not None
    assert contents.blocks == file.content.known


def test_a_part_made_while_its_file_arrived_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "model.safetensors"
    lock = system.lock

    def arrives_meanwhile(descriptor: int) -> bool:
        target.write_bytes(b"somebody else finished it")
        return lock(descriptor)

    monkeypatch.setattr(system, "lock", arrives_meanwhile)
    with pytest.raises(TargetTaken):
        PartFile.open(target, TAG)
    assert left(target) == ["model.safetensors"]
