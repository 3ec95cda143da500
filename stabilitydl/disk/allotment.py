"""The room that a part has on its volume, and what lies aside beside it, which goes where that room is needed."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import NoSpace
from . import aside
from .system import map_error, system
from .volumes import taken_by


class Allotment:
    """Of the part at ``part``, which is to become ``target``. All methods block."""

    def __init__(self, part: Path, target: Path) -> None:
        self._part = part
        self._target = target
        self.allocated = 0
        """Bytes of the volume that are the part's own, written or not, as far as is known."""
        self._has_old = False

    def look_aside(self) -> None:
        """Something may lie aside. Raises OSError."""
        self._has_old = aside.has_old(self._part)

    def measure(self, descriptor: int) -> None:
        """The open part has what an earlier run took for it. Raises OSError."""
        self.allocated = taken_by(system.status(descriptor))

    def take(self, descriptor: int, size: int) -> None:
        """Make sure that ``size`` bytes fit: counted first, so that a file that is too large never fills the volume,
        then reserved where the file system can. Raises NoSpace, DiskError."""
        self.count(size)
        try:
            self.allocated = size if system.reserve(descriptor, size) else 0
        except OSError as error:
            raise map_error(error, self._target, needed=size) from error

    def count(self, size: int) -> None:
        """Make sure that the volume has ``size`` bytes free. Raises NoSpace, DiskError, OSError."""
        try:
            free = system.free_space(os.fspath(self._part.parent))
        except OSError as error:
            raise map_error(error, self._target, needed=size) from error
        if free < size and self._has_old:
            self.drop_old()
            self.count(size)
        elif free < size:
            raise NoSpace(path=str(self._target), needed_bytes=size, free_bytes=free)

    def give_back(self) -> None:
        """The part is empty now."""
        self.allocated = 0

    def keep_old(self, journal: Path) -> None:
        """Keep the part and its ``journal`` aside: see `aside.keep_old`. Raises OSError."""
        aside.keep_old(self._part, journal)
        self._has_old = True

    def drop_old(self) -> None:
        """Remove what lies aside, if something does. Raises OSError."""
        if self._has_old:
            aside.drop_old(self._part)
            self._has_old = False

    def __repr__(self) -> str:
        return f"<Allotment {self._part.name} allocated={self.allocated}>"
