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
from ..errors import FileDamaged, Problem
from ..store.blocks import Blocks

FileStatus = tuple[int, int]
"""Size in bytes and mtime in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is here without having been fetched. ``size`` is bytes, ``mtime_ns`` nanoseconds since 1970."""

    path: Path
    size: int
    mtime_ns: int
    verification: Verification
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One child before anything is done. ``is_here`` means: probably, judged without reading the file.

    ``problem`` is what speaks against its target already now.
    """

    row: ResourceSnapshot
    is_here: bool
    problem: Problem | None = None


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


async def find_damage(disk: Disk, row: ResourceSnapshot, blocks: Blocks | None = None) -> Problem | None:
    """What is wrong with the file of a DOWNLOADED row, None if nothing is. Reads the file. Raises DiskError.

    Where ``blocks`` are known, ``ranges`` of the problem says which bytes are wrong, half-open, as in ``0-10 30-40``;
    ``sha256`` is that of what is there now.
    """
    path = Path(row.target or "")
    found = await disk.matches(path, None, ())
    if found is None:
        return FileDamaged(path=str(path), detail="it is not there").problem
    if row.sha256 is None or found.sha256 == row.sha256:
        return None
    bad: list[int] = []
    known = 0
    if blocks is not None and blocks.sha256 == row.sha256 and found.size == row.file_size:
        bad, known = await disk.damaged_blocks(path, found.size, blocks.digests)
    if not bad:
        return FileDamaged(path=str(path), detail="its bytes have changed", sha256=found.sha256).problem
    where = f"in {len(bad):,} of {known:,} blocks, the first from byte {bad[0] * BLOCK:,} on"
    ranges = Ranges((index * BLOCK, min((index + 1) * BLOCK, found.size)) for index in bad)
    return FileDamaged(
        path=str(path),
        detail=f"its bytes have changed, {where}",
        sha256=found.sha256,
        ranges=" ".join(f"{start}-{stop}" for start, stop in ranges.items),
    ).problem
