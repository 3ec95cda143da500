"""The journal: what it says after every way of being cut, bent or left behind by another system."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from stabilitydl.disk.journal import FORMAT, Contents, Header, Journal, Mark, frame, parse
from stabilitydl.domain.ranges import Ranges
from tests.unit.disk.lanes import BIG, BOOT, Calls, descriptors

HEADER = Header(resource="r" * 32, size=BIG, validator='"v1"', checksum="", boot=BOOT)
MARKS = [
    Mark(hard=True, ranges=((0, 1000),), blocks={0: b"a" * 16}, boot=BOOT),
    Mark(hard=False, ranges=((0, 2000), (5000, 6000)), boot=BOOT),
    Mark(hard=True, ranges=((0, 3000), (5000, 7000)), blocks={1: b"b" * 16}, boot=BOOT),
]
TRUTHS = [Ranges(), *(Ranges(mark.ranges) for mark in MARKS)]


def text(*records: Header | Mark) -> bytes:
    return b"".join(map(frame, records))


def read(data: bytes, boot: str = BOOT) -> Contents:
    contents = parse(data, boot)
    assert contents is not None
    return contents


def test_the_last_mark_counts() -> None:
    contents = read(text(HEADER, *MARKS))
    assert contents == Contents(
        header=HEADER,
        ranges=TRUTHS[-1],
        durable=TRUTHS[-1],
        blocks={0: b"a" * 16, 1: b"b" * 16},
        length=len(text(HEADER, *MARKS)),
    )


def test_a_journal_cut_anywhere_says_what_its_last_whole_record_says() -> None:
    """C07"""
    data = text(HEADER, *MARKS)
    borders = [len(text(HEADER, *MARKS[:count])) for count in range(len(MARKS) + 1)]
    for length in range(len(data) + 1):
        contents = parse(data[:length], BOOT)
        whole = sum(border <= length for border in borders)
        if not whole:
            assert contents is None, length
        else:
            assert contents is not None
            assert (contents.ranges, contents.length) == (TRUTHS[whole - 1], borders[whole - 1]), length


def test_no_flipped_bit_makes_a_journal_claim_more() -> None:
    """C07"""
    data = text(HEADER, *MARKS)
    for place in range(len(data)):
        for bit in range(8):
            bent = bytearray(data)
            bent[place] ^= 1 << bit
            contents = parse(bytes(bent), BOOT)
            if contents is not None:
                assert contents.header == HEADER
                assert contents.ranges in TRUTHS[:-1], (place, bit)


def test_soft_marks_of_another_boot_do_not_count_and_hard_ones_do() -> None:
    """C02"""
    data = text(HEADER, *MARKS[:2])
    assert read(data).ranges == TRUTHS[2]
    assert read(data, "boot-2").ranges == TRUTHS[1]
    assert read(data).durable == read(data, "boot-2").durable == TRUTHS[1]
    # Where the system does not tell, no soft mark counts.
    assert read(text(HEADER, MARKS[0], Mark(hard=False, ranges=((0, 9),), boot="")), "").ranges == TRUTHS[1]


def test_a_mark_alone_takes_back_what_was_said_before() -> None:
    """D05"""
    alone = Mark(hard=True, ranges=((0, 1000),), blocks={0: b"a" * 16}, boot=BOOT, alone=True)
    contents = read(text(HEADER, *MARKS, alone))
    assert contents.ranges == contents.durable == TRUTHS[1]
    assert contents.blocks == {0: b"a" * 16}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        text(MARKS[0]),
        frame(msgspec.structs.replace(HEADER, format=FORMAT + 1)) + text(MARKS[0]),
        frame(msgspec.structs.replace(HEADER, size=-1)),
        text(msgspec.structs.replace(HEADER, size=2999), *MARKS),
    ],
    ids=["empty", "no header", "newer format", "negative size", "ranges behind the end"],
)
def test_what_is_no_journal_of_ours_says_nothing(data: bytes) -> None:
    """C09"""
    assert parse(data, BOOT) is None


def test_a_range_that_reaches_exactly_to_the_end_is_fine() -> None:
    whole = Mark(hard=True, ranges=((0, BIG),), boot=BOOT)
    assert read(text(HEADER, whole)).ranges.total == BIG


def test_reading_stops_at_a_mark_that_makes_no_sense() -> None:
    impossible = Mark(hard=True, ranges=((9, 3),), boot=BOOT)
    contents = read(text(HEADER, MARKS[0], impossible, MARKS[2]))
    assert (contents.ranges, contents.length) == (TRUTHS[1], len(text(HEADER, MARKS[0])))


def test_a_journal_file_is_continued_behind_its_last_good_record(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal.create(str(path), HEADER)
    journal.mark(TRUTHS[1], MARKS[0].blocks, hard=True)
    journal.close()
    journal.close()
    assert repr(journal) == f"<Journal {path} closed>"
    good = path.read_bytes()
    path.write_bytes(good + text(MARKS[1])[:-1])
    journal, contents = Journal.open(str(path), BOOT)
    assert contents is not None
    assert contents.ranges == TRUTHS[1]
    assert path.read_bytes() == good
    journal.mark(TRUTHS[3], {}, hard=False)
    journal.close()
    assert read(path.read_bytes()).ranges == TRUTHS[3]


def test_a_hard_mark_is_synced_and_a_soft_one_is_not(tmp_path: Path, calls: Calls) -> None:
    journal = Journal.create(str(tmp_path / "journal"), HEADER)
    calls.watch("append", "sync_data")
    journal.mark(TRUTHS[1], {}, hard=False)
    assert calls.made == [("append", "journal")]
    journal.mark(TRUTHS[1], {}, hard=True)
    assert calls.made[1:] == [("append", "journal"), ("sync_data", "journal")]
    journal.close()


def test_a_revoked_journal_takes_no_more_marks(tmp_path: Path) -> None:
    """D05"""
    path = tmp_path / "journal"
    journal = Journal.create(str(path), HEADER)
    journal.mark(TRUTHS[1], {}, hard=True)
    journal.mark(TRUTHS[2], {}, hard=False)
    journal.revoke(TRUTHS[1], {})
    journal.mark(TRUTHS[3], {}, hard=False)
    journal.close()
    assert read(path.read_bytes()).ranges == TRUTHS[1]


def test_a_journal_that_cannot_be_revoked_is_removed(tmp_path: Path, calls: Calls) -> None:
    """D05"""
    path = tmp_path / "journal"
    journal = Journal.create(str(path), HEADER)
    calls.fail("append", errno.ENOSPC)
    journal.revoke(TRUTHS[1], {})
    journal.close()
    assert not path.exists()


def tear(real: Callable[[int, bytes], None], descriptor: int, data: bytes) -> None:
    """An append for which the volume has room only in part."""
    real(descriptor, data[: len(data) // 2])
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_mark_that_was_torn_does_not_hide_what_is_said_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """D03, D05"""
    path = tmp_path / "journal"
    journal = Journal.create(str(path), HEADER)
    journal.mark(TRUTHS[2], {}, hard=False)
    good = path.read_bytes()
    with monkeypatch.context() as full:
        Calls(full).replace("append", tear)
        with pytest.raises(OSError, match="space"):
            journal.mark(TRUTHS[3], {}, hard=False)
    assert path.read_bytes() == good
    journal.revoke(TRUTHS[1], {})
    journal.close()
    assert read(path.read_bytes()).ranges == TRUTHS[1]


@pytest.mark.parametrize("is_kept", [False, True])
def test_a_journal_that_stays_torn_is_removed(
    tmp_path: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch, *, is_kept: bool
) -> None:
    """D03, D05"""
    path = tmp_path / "journal"
    journal = Journal.create(str(path), HEADER)
    journal.mark(TRUTHS[2], {}, hard=False)
    with monkeypatch.context() as full:
        broken = Calls(full)
        broken.replace("append", tear)
        broken.fail("truncate", errno.EIO)
        if is_kept:
            broken.fail("remove", errno.EIO)
        with pytest.raises(OSError, match="space"):
            journal.mark(TRUTHS[3], {}, hard=False)
    assert path.exists() == is_kept
    calls.watch("append")
    journal.mark(TRUTHS[3], {}, hard=False)
    journal.revoke(TRUTHS[1], {})
    assert calls.count("append") == 0
    assert not path.exists()
    journal.close()


@pytest.mark.parametrize(("name", "code"), [("append", errno.ENOSPC), ("sync_data", errno.EIO)])
def test_a_journal_that_cannot_be_created_leaves_no_descriptor(
    tmp_path: Path, calls: Calls, name: str, code: int
) -> None:
    """D03"""
    before = descriptors()
    calls.fail(name, code)
    with pytest.raises(OSError, match=r"space|error"):
        Journal.create(str(tmp_path / "journal"), HEADER)
    assert descriptors() == before


def test_a_journal_that_cannot_be_read_leaves_no_descriptor(tmp_path: Path, calls: Calls) -> None:
    path = tmp_path / "journal"
    path.write_bytes(text(HEADER))
    before = descriptors()
    calls.fail("read_at", errno.EIO)
    with pytest.raises(OSError, match="error"):
        Journal.open(str(path), BOOT)
    assert descriptors() == before


def test_a_journal_that_shrinks_while_it_is_read(tmp_path: Path, calls: Calls) -> None:
    path = tmp_path / "journal"
    path.write_bytes(text(HEADER, MARKS[0]))
    calls.replace("read_at", lambda real, descriptor, buffer, offset: 0)
    journal, contents = Journal.open(str(path), BOOT)
    assert contents is None
    journal.close()


def test_ranges_of_a_tebibyte_are_exact() -> None:
    """H23"""
    header = msgspec.structs.replace(HEADER, size=2**40)
    ranges = ((0, 2**31), (2**32 - 1, 2**32 + 1), (2**40 - 1, 2**40))
    contents = read(text(header, Mark(hard=True, ranges=ranges, blocks={2**19 - 1: b"z" * 16}, boot=BOOT)))
    assert contents.header.size == 2**40
    assert contents.ranges.items == ranges
    assert contents.blocks == {2**19 - 1: b"z" * 16}
