"""All volumes: one writer, one syncer and one hasher for each, made when first needed."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

import msgspec
from send2trash import send2trash

from ..clock import Clock
from ..domain.checksum import Checksum, Verification
from ..errors import ChecksumMismatch, DiskError, NoSpace
from ..mounts import mount_of
from . import leftovers, naming
from .aside import QUARANTINE, take_in
from .blocks import unpack
from .errands import Errands
from .hasher import Hasher
from .journal import Header
from .openpart import OpenPart
from .partfile import PartFile
from .patience import Patience
from .place import part_path
from .syncer import Syncer
from .system import map_error, system
from .unfinished import Unfinished, find
from .volumes import Room, free_space, room_beside, volume_id
from .writer import Budget, Writer

_ANY = "any"
"""Stands for a file in a folder that is asked about itself."""

_PLACES = 1000
"""Folders whose volume is remembered."""


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A finished file that is what its checksum says. ``mtime_ns`` is nanoseconds since 1970."""

    sha256: str
    verification: Verification | None
    size: int
    mtime_ns: int


class _Volume:
    """The threads of one volume. ``needs_owner``: see `hold`."""

    def __init__(self, number: int, budget: Budget, clock: Clock, *, needs_owner: bool | None) -> None:
        name = f"{number:x}"
        self.number = number
        self.needs_owner = needs_owner
        self.writer = Writer(name, budget)
        self.syncer = Syncer(name, clock)
        self.hasher = Hasher(name)
        self.lanes = (self.writer, self.syncer, self.hasher)


class Disk:
    """Everything that the engine and the byte path do to local files."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._budget = Budget()
        self._volumes: dict[int, _Volume] = {}
        self._places: dict[Path, int] = {}
        self._errands = Errands(clock)
        self._patience = Patience(clock)

    async def open_part(self, target: Path, tag: str) -> tuple[OpenPart, Header | None]:
        """Open, lock and recover the part of ``target``; the header of its journal when there is something to go on.

        Raises PartInUse, TargetTaken, DiskError.
        """
        while True:
            volume = await self._volume(target)
            opened: list[PartFile] = []
            try:
                header = await volume.writer.lane.run(_open_part, opened, target, tag, volume)
            except _Moved:
                self._places.pop(target.parent, None)
            except BaseException:
                # The call goes on when this task is cancelled: what it opens is closed behind it.
                volume.writer.lane.post(lambda opened=opened: _close_parts(opened))  # type: ignore[misc]
                raise
            else:
                if header is not None:
                    volume.syncer.note(opened[0], opened[0].written.total - opened[0].durable.total)
                return OpenPart(opened[0], volume.writer, volume.syncer, volume.hasher, self._clock), header

    async def matches(self, path: Path, size: int | None, checksums: Iterable[Checksum]) -> Match | None:
        """Read a finished file and compare; None when there is none, or its size or checksum differs.

        ``verification`` is None when ``checksums`` is empty. Raises DiskError when it cannot be read.
        """
        found = await self.stat(path)
        if found is None or (size is not None and found[0] != size):
            return None
        volume = await self._volume(path)
        digests = await volume.hasher.digest(path, found[0], checksums)
        if digests is None:
            return None
        try:
            verification = digests.judge()
        except ChecksumMismatch:
            return None
        return Match(sha256=digests.sha256, verification=verification, size=found[0], mtime_ns=found[1])

    async def damaged_blocks(self, path: Path, size: int, blocks: bytes) -> tuple[list[int], int]:
        """Which blocks of a finished file of ``size`` bytes are not as they came in, and of how many that is known.

        ``blocks`` are their digests: see `blocks.pack`. Reads the file. Raises DiskError.
        """
        proofs = unpack(blocks, size)
        volume = await self._volume(path)
        return await volume.hasher.damaged(path, size, proofs), len(proofs)

    async def stat(self, path: Path) -> tuple[int, int] | None:
        """Size in bytes and mtime in nanoseconds of a regular file, None when there is none."""
        return await self._errands.run(path, _stat, path)

    async def stats(self, paths: Iterable[Path]) -> list[tuple[int, int] | None]:
        """`stat` of many files with one hop for each volume."""
        wanted = list(paths)
        return await self._errands.run_each(wanted, [(path,) for path in wanted], _stat)

    async def part_exists(self, target: Path, tag: str) -> bool:
        """Is there an unfinished file of ``target``?"""
        return await self._errands.run(target, system.exists, os.fspath(part_path(target, tag)))

    async def leftovers(self, parts: Iterable[tuple[Path, str]]) -> list[bool]:
        """For each target and tag: does a part or a journal of it lie there? One hop for each volume."""
        wanted = list(parts)
        return await self._errands.run_each([target for target, _ in wanted], wanted, leftovers.are_there)

    async def is_begun(self, target: Path, tag: str) -> bool:
        """Is there a part of ``target`` that can be gone on with?"""
        return await self._errands.run(target, leftovers.is_begun, target, tag)

    async def unfinished(self, folder: Path) -> list[Unfinished]:
        """All parts below ``folder`` whose journals can be read: see `unfinished.find`."""
        return await self._errands.run(folder / _ANY, find, folder)

    async def free(self, path: Path) -> int:
        """Free bytes on the volume of ``path``. Raises DiskError."""
        return await self._errands.run(path / _ANY, free_space, path)

    async def room(self, target: Path, tag: str) -> Room:
        """The room for the part of ``target``. Raises DiskError."""
        return await self._errands.run(target, room_beside, part_path(target, tag))

    async def prepare(self, folder: Path, needed: int) -> None:
        """Make sure that ``folder`` exists, can be written and has room. Raises NotWritable, NoSpace, DiskError."""
        await self._errands.run(folder / _ANY, _prepare, folder, needed)

    def is_stuck(self, target: Path) -> bool:
        """Does the volume of ``target`` not answer any more? To be asked every few seconds, see `Patience`."""
        volume = self._volumes.get(self._places.get(target.parent, -1))
        # Each has to be asked every time.
        answers = [self._patience.is_over(self._errands.lane_of(target.parent))]
        if volume is not None:
            answers.append(self._patience.is_over(volume.writer.lane))
            answers.append(self._patience.is_over(volume.hasher.lane, volume.hasher.steps))
            answers.append(volume.syncer.is_stuck)
        return any(answers)

    async def confirm(self, target: Path, tag: str) -> bytes:
        """Make the name of a finished file durable, then remove what was left of its part.

        What its journal still knew of its blocks: see `blocks.pack`. Raises DiskError, and leaves the journal, where
        the name cannot be made durable.
        """
        blocks = await self._errands.run(target, leftovers.confirm, target, tag)
        with contextlib.suppress(DiskError):
            await self.discard(target, tag)
        return blocks

    async def discard(self, target: Path, tag: str) -> None:
        """Remove the part and the journal of ``target``. Raises PartInUse, DiskError."""
        await self._errands.run(target, leftovers.remove, target, tag)

    async def put_aside(self, path: Path, root: Path | None, tag: str, digest: str) -> Path:
        """Move a finished file that is damaged into quarantine, below ``root`` where that can be; where it lies now.

        Raises DiskError.
        """
        return await self._errands.run(path, _put_aside, path, root, tag, digest)

    async def quarantined(self, folders: Iterable[Path]) -> list[tuple[Path, int]]:
        """All files in these folders of quarantine, and their sizes in bytes; an unreadable folder counts as empty."""
        wanted = list(folders)
        found = await self._errands.run_each(
            [folder / _ANY for folder in wanted], [(folder,) for folder in wanted], _files_in
        )
        return [each for files in found for each in files]

    async def remove_kept(self, path: Path) -> None:
        """Throw away a file in quarantine, and the folder when it was the last. Raises DiskError."""
        await self._errands.run(path, _remove_kept, path)

    async def bring_back(self, path: Path, target: Path) -> tuple[int, int]:
        """Give a file in quarantine its target, durably, never replacing anything: its size in bytes, and its mtime.

        One that has been brought there before, by a process that died then, is fine. Raises TargetTaken, DiskError.
        """
        return await self._errands.run(target, _bring_back, path, target)

    async def trash(self, path: Path) -> None:
        """Move a finished file to the trash of the desktop; nothing happens where there is none. Raises DiskError."""
        await self._errands.run(path, _trash, path)

    async def aclose(self, timeout: float = 2.0) -> None:
        """Stop all threads within ``timeout`` seconds; stuck ones are left behind, being daemons."""
        end = self._clock.monotonic() + timeout
        for lane in (*(lane for volume in self._volumes.values() for lane in volume.lanes), *self._errands.lanes):
            lane.close(max(0.0, end - self._clock.monotonic()))

    async def volume_of(self, folder: Path) -> int:
        """The device number of the volume that ``folder`` is on or will be created on. Raises DiskError."""
        return await self._errands.run(folder / _ANY, volume_id, folder)

    async def _volume(self, path: Path) -> _Volume:
        number = self._places.get(path.parent)
        if number is None:
            number = await self.volume_of(path.parent)
            if len(self._places) >= _PLACES:
                self._places.clear()
            self._places[path.parent] = number
        volume = self._volumes.get(number)
        if volume is None:
            # Of another machine's locks nobody knows whether they reach any further than this one.
            needs_owner = True if mount_of(path.parent).is_remote else None
            volume = _Volume(number, self._budget, self._clock, needs_owner=needs_owner)
            self._volumes[number] = volume
        return volume

    def __repr__(self) -> str:
        return f"<Disk volumes={len(self._volumes)} accepted={self._budget.used}>"


class _Moved(Exception):
    """Another volume lies at the folder than the last time."""


def _open_part(opened: list[PartFile], target: Path, tag: str, volume: _Volume) -> Header | None:
    if volume_id(target.parent) != volume.number:
        raise _Moved
    file = PartFile.open(target, tag, needs_owner=volume.needs_owner)
    opened.append(file)
    volume.needs_owner = file.hold.needs_owner
    return file.recover(system.boot_id())


def _close_parts(opened: list[PartFile]) -> None:
    for file in opened:
        file.close()


def _stat(path: Path) -> tuple[int, int] | None:
    try:
        found = system.look_behind(os.fspath(path))
    except (OSError, ValueError):
        return None
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def _prepare(folder: Path, needed: int) -> None:
    probe = folder / f".stabilitydl-{os.getpid()}-{os.urandom(4).hex()}"
    try:
        system.make_folders(os.fspath(folder))
        system.close(system.create(os.fspath(probe)))
        system.remove(os.fspath(probe))
        free = system.free_space(os.fspath(folder))
    except OSError as error:
        raise map_error(error, folder, needed) from error
    if free < needed:
        raise NoSpace(path=str(folder), needed_bytes=needed, free_bytes=free)


def _files_in(folder: Path) -> list[tuple[Path, int]]:
    found = []
    try:
        for name in sorted(system.names(os.fspath(folder))):
            status = system.look(os.fspath(folder / name))
            if stat.S_ISREG(status.st_mode) and not name.endswith(naming.SIGN):
                found.append((folder / name, status.st_size))
    except OSError:
        return found
    return found


def _put_aside(path: Path, root: Path | None, tag: str, digest: str) -> Path:
    try:
        return take_in(path, root, path.name, tag, digest, system.look(os.fspath(path)))
    except OSError as error:
        raise map_error(error, path) from error


def _remove_kept(path: Path) -> None:
    assert path.parent.name == QUARANTINE, "nothing else is thrown away"
    try:
        system.remove(os.fspath(path))
        naming.drop_sign(path)
        system.sync_folder(os.fspath(path.parent))
        system.remove_folder(os.fspath(path.parent))
    except OSError as error:
        raise map_error(error, path) from error


def _bring_back(path: Path, target: Path) -> tuple[int, int]:
    try:
        if system.exists(os.fspath(path)) or not system.exists(os.fspath(target)):
            system.make_folders(os.fspath(target.parent))
            naming.give_name(path, target)
        # Also for a process that died, or met an error, before it could.
        system.sync_folder(os.fspath(target.parent))
        if system.exists(os.fspath(path.parent)):
            naming.drop_sign(path)
            system.sync_folder(os.fspath(path.parent))
            system.remove_folder(os.fspath(path.parent))
        found = system.look(os.fspath(target))
        return found.st_size, found.st_mtime_ns
    except OSError as error:
        raise map_error(error, target) from error


def _trash(path: Path) -> None:
    if not system.exists(os.fspath(path)):
        return
    try:
        send2trash(os.fspath(path))
    except OSError as error:
        raise DiskError(path=str(path), detail=str(error) or "it cannot be moved to the trash") from error
