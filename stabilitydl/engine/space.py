"""Room on volumes: what was promised to one job and is not taken yet is not promised to another.

A job asks before it fetches. Where its file does not fit beside what the jobs before it still need, it waits, and
others that fit go first. Small files are not asked about: they are fetched before anybody else could miss their room.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..disk.disk import Disk
from ..disk.partfile import SMALL
from ..domain.resource import ResourceSnapshot
from ..errors import DiskError, FileTooLarge, NoSpace, Problem, VolumeTooSmall
from ..mounts import mount_of, mounts
from ..transfer.order import Live
from .scheduler import Entry


class Space:
    """Belongs to the engine's loop. All sizes are bytes."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._promises: dict[str, tuple[str, ResourceSnapshot, Live]] = {}

    async def promise(self, entry: Entry, row: ResourceSnapshot, live: Live) -> None:
        """Keep room for what is missing of ``row``, as far as its size is known.

        Raises FileTooLarge, VolumeTooSmall, NoSpace, DiskError.
        """
        self.take_back(entry.id)
        size = row.resource.size if row.resource.size is not None else live.size or 0
        if size <= SMALL:
            return
        target = Path(row.target or "")
        if too_large(row, largest_files([target.parent])[target.parent]) is not None:
            raise FileTooLarge(path=str(target))
        room = await self._disk.room(target, row.resource.tag)
        live.allocated = room.allocated
        rest, free = rest_of(row, live), max(0, room.free - self._promised(entry.volume))
        if rest > room.total:
            raise VolumeTooSmall(path=str(target), needed_bytes=rest)
        if rest > free:
            raise NoSpace(path=str(target), needed_bytes=rest, free_bytes=free)
        self._promises[entry.id] = (entry.volume, row, live)

    async def has_room(self, entry: Entry, row: ResourceSnapshot, live: Live) -> bool:
        """Is it worth another try?"""
        try:
            room = await self._disk.room(Path(row.target or ""), row.resource.tag)
        except DiskError:
            return True
        live.allocated = room.allocated
        rest = rest_of(row, live)
        # What can never fit does not wait: `promise` says so.
        return rest > room.total or room.free - self._promised(entry.volume) >= max(rest, 1)

    def take_back(self, resource_id: str) -> None:
        """``resource_id`` needs no room any more. May be called again."""
        self._promises.pop(resource_id, None)

    def _promised(self, volume: str) -> int:
        return sum(rest_of(row, live) for place, row, live in self._promises.values() if place == volume)

    def __repr__(self) -> str:
        return f"<Space {len(self._promises)} promised>"


def largest_files(folders: Iterable[Path]) -> dict[Path, int | None]:
    """How large a file in each of ``folders`` may be, None where its file system sets no limit that counts."""
    found = mounts()
    return {folder: mount_of(folder, found).largest_file for folder in folders}


def too_large(row: ResourceSnapshot, limit: int | None) -> Problem | None:
    """Why the file system of its target, which takes files of ``limit`` bytes, does not take ``row``."""
    if limit is None or (row.resource.size or 0) <= limit:
        return None
    return FileTooLarge(path=row.target).problem


def rest_of(row: ResourceSnapshot, live: Live) -> int:
    """What the file of a job has not taken of its volume yet, as far as its size is known."""
    size = row.resource.size if row.resource.size is not None else live.size or 0
    return max(0, size - max(live.received, live.allocated))
