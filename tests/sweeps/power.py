"""Power cuts: at every changing call the volume loses what was not synced. On a real ext4 where mounting is allowed.

``FS_IOC_SHUTDOWN`` on a loop-mounted file system is the cut: what is not on the device never gets there. What comes
while a sync lasts depends on the machine; where bytes are bounded, the line is slow beside the disk: see `Task`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from .faults import Fault, Kind, cut_power
from .judge import Verdict, asked_again, judge, see_files, see_harm
from .pack import HARD_MARK, MIB, Yard
from .stories import KILLED, downloaded

AHEAD = 8 * MIB
"""Bytes that may come besides: what is accepted and not yet written (4 MiB), and a chunk on its way on each
connection."""

BOUND = HARD_MARK + AHEAD
"""Bytes of one file that a power cut may cost in most sweeps, on a line that is slower than the disk."""

LARGE_BOUND = 32 * MIB
"""The same with the product's own distance between two syncs, on any line, however slow the disk is."""

END = 1 << 30
"""As the first point of a sweep: only the one after the end."""

IMAGE_SIZE = 224 * MIB

PATIENCE = 60.0
"""Seconds after which a volume that was unmounted has to be free."""


class Refused(Exception):
    """This machine does not allow it; the text is what it said."""


class Volume:
    """A small ext4 of its own, in a file, mounted. A context manager. Raises Refused."""

    def __init__(self, folder: Path) -> None:
        self.place = folder / "volume"
        self._image = folder / "volume.img"

    def __enter__(self) -> Self:
        self.place.mkdir(exist_ok=True)
        with self._image.open("wb") as file:
            file.truncate(IMAGE_SIZE)
        _run("mkfs.ext4", "-q", "-F", str(self._image))
        self._mount()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Lazily: whoever still holds it must not keep it mounted after the test.
        subprocess.run(["umount", "-l", str(self.place)], capture_output=True, check=False)
        self._image.unlink()

    def settle(self) -> None:
        """Everything that was done so far is on the device."""
        descriptor = os.open(self.place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def come_back(self) -> None:
        """The machine starts again: mount what is on the device."""
        _run("umount", str(self.place))
        # Whoever looked at the volume in this moment keeps it for another one, and what is mounted then is cut off.
        deadline = time.monotonic() + PATIENCE
        while _run("losetup", "--associated", str(self._image)):
            assert time.monotonic() < deadline, "somebody holds the volume"
            time.sleep(0.01)
        self._mount()

    def _mount(self) -> None:
        _run("mount", "-o", "loop", str(self._image), str(self.place))


def _run(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise Refused(f"{command[0]}: {error.strerror}") from error
    if done.returncode:
        raise Refused(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout


def sweep(
    yard: Yard,
    volume: Volume,
    kind: Kind = "power",
    *,
    control: str = "",
    every: int = 1,
    first: int = 1,
    calls: Sequence[str] = KILLED,
    about: str = "",
) -> Iterator[Verdict]:
    """One verdict for each point, until a run is not struck any more; the last one is for a cut after its end.

    The volume of the models is cut off. The database lies on another one, which keeps everything: what it says may be
    ahead of the models, never the reverse. Only ``calls`` are struck, and only where the path contains ``about``.
    """
    number = first
    dues = downloaded(yard)
    while True:
        yard.clear()
        volume.settle()
        fault = Fault(kind=kind, number=number, calls=tuple(calls), about=about)
        harmed = yard.live("get", fault, control=control)
        verdict = Verdict(f"{kind} at {number}" if harmed.struck else f"{kind} after the end")
        see_harm(verdict, harmed, fault)
        verdict.is_end = not verdict.struck
        if verdict.is_end:
            cut_power(str(volume.place), flush_log=False)
        volume.come_back()
        see_files(verdict, yard, dues)
        verdict.lost += yard.unkept_promises(harmed) + yard.lies("boot-2")
        there, since = yard.claims("boot-2"), len(yard.origin.requests)
        mended = yard.live("recover", boot="boot-2", control=control)
        judge(verdict, yard, [harmed, mended], dues)
        verdict.lost += asked_again(yard, since, there)
        yield verdict
        if verdict.is_end:
            return
        number += every


def is_allowed(folder: Path) -> str:
    """Empty where volumes can be made and cut off here, else why not."""
    if os.geteuid() != 0:
        return "not root"
    if shutil.which("mkfs.ext4") is None:
        return "no mkfs.ext4"
    try:
        folder.mkdir(exist_ok=True)
        with Volume(folder):
            return ""
    except Refused as error:
        return str(error)
