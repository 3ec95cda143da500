"""A disk that takes only so many bytes per second: ext4 on a loop device whose writes the block layer holds back.

Needs root, and the blkio controller of cgroups of version 1, whose root group also holds back what the page cache
writes on its own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

_LIMITS = Path("/sys/fs/cgroup/blkio/blkio.throttle.write_bps_device")
_TOOLS = ("losetup", "mkfs.ext4", "mount", "umount", "filefrag")


class Unavailable(Exception):
    """Why this machine has no such disk."""


class ThrottledDisk:
    """A context manager; ``place`` is where it is mounted. Raises Unavailable when it is entered.

    ``size`` is bytes of the disk, whose image lies in ``folder``; ``speed`` bytes per second that it takes.
    """

    def __init__(self, folder: Path, size: int, speed: int) -> None:
        self._folder = folder
        self._size = size
        self._speed = speed
        self._device = ""

    def __enter__(self) -> Self:
        missing = [tool for tool in _TOOLS if shutil.which(tool, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") is None]
        if os.geteuid() != 0:
            raise Unavailable("only root mounts disks")
        if missing or not _LIMITS.exists():
            raise Unavailable(f"there is no {', '.join(missing) or 'blkio controller'}")
        self._home = Path(tempfile.mkdtemp(dir=self._folder))
        self.place = self._home / "disk"
        try:
            self._mount()
        except (OSError, subprocess.CalledProcessError) as error:
            self._end()
            raise Unavailable(str(error)) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._end()

    def _mount(self) -> None:
        image = self._home / "image"
        with image.open("wb") as file:
            file.truncate(self._size)
        self._device = _call("losetup", "--find", "--show", str(image)).strip()
        _call("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", self._device)
        self.place.mkdir()
        _call("mount", self._device, str(self.place))
        self._limit(self._speed)

    def _limit(self, speed: int) -> None:
        """Hold writes back to ``speed`` bytes per second; 0 lets them go."""
        number = Path(self._device).stat().st_rdev
        _LIMITS.write_text(f"{os.major(number)}:{os.minor(number)} {speed}\n")

    def _end(self) -> None:
        if self._device:
            self._limit(0)
            subprocess.run(["umount", str(self.place)], check=False, capture_output=True)
            subprocess.run(["losetup", "--detach", self._device], check=False, capture_output=True)
        shutil.rmtree(self._home, ignore_errors=True)


def extents_of(path: Path) -> int:
    """In how many pieces a file lies on its disk."""
    found = re.search(r"(\d+) extents? found", _call("filefrag", str(path)))
    return int(found[1]) if found else 0


def _call(*command: str) -> str:
    environment = {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", "LC_ALL": "C"}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
