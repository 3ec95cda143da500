"""Whether anybody but us wrote into an open file, as far as its size and times tell."""

from __future__ import annotations

import os

from .system import system


class Witness:
    """What the file looked like after our own last write. Methods block and raise OSError."""

    def __init__(self) -> None:
        self.was_touched = False
        """Did somebody write between two writes of ours? Later ones of ours hide it."""
        self._last: os.stat_result | None = None

    def note(self, descriptor: int) -> None:
        """The file was just opened, or written to by us."""
        self._last = system.status(descriptor)

    def is_as_left(self, descriptor: int) -> bool:
        """Does it still look like that?"""
        if self._last is None:
            return True
        now, then = system.status(descriptor), self._last
        return (now.st_size, now.st_mtime_ns, now.st_ctime_ns) == (then.st_size, then.st_mtime_ns, then.st_ctime_ns)

    def look(self, descriptor: int) -> bool:
        """Before a write of ours: was the file ever touched?"""
        self.was_touched = self.was_touched or not self.is_as_left(descriptor)
        return self.was_touched

    def __repr__(self) -> str:
        return f"<Witness{' of a foreign write' if self.was_touched else ''}>"
