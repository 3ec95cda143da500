"""Is the file of a resource here already? What counts, in one place.

Here means: the row says DOWNLOADED and path, size and mtime still match; else a file of equal size lies at the
target and its digest is the known one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..disk.disk import Disk
from ..disk.journal import BLOCK
from ..domain.checksum import Algorithm, Checksum, Verification
from ..domain.ranges import Ranges
from ..domain.resource import ResourceSnapshot
from ..domain.states import State
from ..errors import DiskFault, FileDamaged, Problem
from ..store.blocks import Blocks

FileStatus = tuple[int, int]
"""Size in bytes and mtime in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is here without having been fetched. ``size`` is bytes, ``mtime_ns`` nanoseconds since 1970.

    ``blocks`` are what is known of the digests of its blocks: see `disk.blocks.pack`.
    """

    path: Path
    size: int
    mtime_ns: int
    verification: Verification
    sha256: str | None
    blocks: bytes = b""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One child before anything is done. ``is_here`` means: probably, judged without reading the file.

    ``problem`` is what speaks against its target already now.
    """

    row: ResourceSnapshot
    is_here: bool
    problem: Problem | None = None


def target_of(row: ResourceSnapshot) -> Path:
    """Where the file of a row that has a target lies."""
    return Path(row.target or "")


def folder_of(row: ResourceSnapshot) -> Path:
    """The folder of that file."""
    return target_of(row).parent


def is_recorded(row: ResourceSnapshot, status: FileStatus | None) -> bool:
    """Does the row say DOWNLOADED, and is the file still the one it speaks of?"""
    return row.state is State.DOWNLOADED and status is not None and status == (row.file_size, row.file_mtime)


def is_probable(row: ResourceSnapshot, status: FileStatus | None) -> bool:
    """Would `get` find the file here, as far as can be told without reading it?"""
    if is_recorded(row, status):
        return True
    return status is not None and bool(known_checksums(row)) and row.resource.size in (None, status[0])


def known_checksums(row: ResourceSnapshot) -> tuple[Checksum, ...]:
    """What the hub says the file is, else what arrived the last time."""
    if row.resource.checksums:
        return row.resource.checksums
    return (Checksum(Algorithm.SHA256, row.sha256),) if row.sha256 else ()


async def read_and_compare(disk: Disk, row: ResourceSnapshot, target: Path) -> Found | None:
    """The file at ``target`` if its digest is the known one. Reads the file. Raises DiskError."""
    checksums = known_checksums(row)
    if not checksums:
        return None
    match = await disk.matches(target, row.resource.size, checksums)
    if match is None or match.verification is None:
        return None
    verification = match.verification
    if not row.resource.checksums:
        # It is the file that came before; how sure that was has not changed.
        verification = row.verification or Verification.UNVERIFIABLE
    return Found(target, match.size, match.mtime_ns, verification, match.sha256)


async def accept(disk: Disk, row: ResourceSnapshot, target: Path) -> Found | None:
    """The file of equal size that another process has just put at ``target``, where no digest is known.

    Raises DiskError.
    """
    match = await disk.matches(target, row.resource.size, ())
    if match is None:
        return None
    return Found(target, match.size, match.mtime_ns, Verification.UNVERIFIABLE, match.sha256)


def bad_ranges(damage: Problem | None) -> Ranges:
    """Which bytes of a file are wrong, empty where nobody knows; see `find_damage`."""
    pairs = str(damage.arguments.get("ranges") or "").split() if damage is not None else []
    return Ranges((int(start), int(stop)) for start, stop in (each.split("-") for each in pairs))


def is_mostly_right(row: ResourceSnapshot, damage: Problem) -> bool:
    """Is a damaged file the one that arrived all the same, by most of its blocks? Then it is no other that was put
    into its place, whatever its mtime says."""
    return 0 < 2 * bad_ranges(damage).total <= (row.file_size or 0)


async def find_damage(disk: Disk, row: ResourceSnapshot, blocks: Blocks | None = None) -> Problem | None:
    """What is wrong with the file of a DOWNLOADED row, None if nothing is. Reads the file. Raises DiskError.

    Where ``blocks`` are known, ``ranges`` of the problem says which bytes are wrong, half-open, as in ``0-10 30-40``;
    ``sha256`` is that of what is there now.
    """
    path, what = Path(row.target or ""), "its bytes have changed"
    try:
        found = await disk.matches(path, None, ())
    except DiskFault:
        found, what = None, "it cannot be read back"
    status = await disk.stat(path) if found is None else (found.size, found.mtime_ns)
    if status is None:
        return FileDamaged(path=str(path), detail="it is not there").problem
    if found is not None and found.sha256 == (row.sha256 or found.sha256):
        return None
    known: dict[str, str] = {"sha256": found.sha256} if found is not None else {}
    if blocks is not None and blocks.sha256 == row.sha256 and status[0] == row.file_size:
        bad, count = await disk.damaged_blocks(path, status[0], blocks.digests)
        if bad:
            what += f", in {len(bad):,} of {count:,} blocks, the first from byte {bad[0] * BLOCK:,} on"
            ranges = Ranges((index * BLOCK, min((index + 1) * BLOCK, status[0])) for index in bad)
            known["ranges"] = " ".join(f"{start}-{stop}" for start, stop in ranges.items)
    return FileDamaged(path=str(path), detail=what, **known).problem
