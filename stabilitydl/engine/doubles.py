"""Doubles: of wrong bytes that came more than once the last file is enough.

Small files are compared when they are put into quarantine, see `disk.aside`. Reading large ones back takes minutes:
that happens while nobody waits for it, piece by piece; an end of the engine cuts it short, and it is begun again.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path

from ..disk.aside import COMPARED_BYTES
from ..errors import DiskError
from .context import Context
from .drives import Later

_MARKS = re.compile(r"\.([0-9a-f]{8}\.[0-9a-f]{8})(?:\.([0-9]+))?$")
"""At the end of a name in quarantine: of which resource and of which digest it is, and which of several."""

_log = logging.getLogger("stabilitydl.engine")


class Doubles:
    """Belongs to the commands of one engine."""

    def __init__(self, context: Context, later: Later) -> None:
        self._context = context
        self._later = later
        self._is_busy = False

    def compare(self, found: Sequence[tuple[Path, int]], wanted: Collection[Path]) -> None:
        """Begin to compare those of the files, given with their sizes in bytes, that may be the same; nothing happens
        while that goes on already. Of equal ones the last stays, and those that are ``wanted``."""
        groups = _alike(found)
        if groups and not self._is_busy:
            self._is_busy = True
            self._later(partial(self._work, groups, wanted))

    async def _work(self, groups: Sequence[Sequence[Path]], wanted: Collection[Path]) -> None:
        try:
            for *earlier, last in groups:
                digest = await self._digest(last)
                for path in earlier:
                    if path not in wanted and digest is not None and digest == await self._digest(path):
                        await self._context.services.disk.remove_kept(path)
                        _log.info("%s holds the bytes of %s and is thrown away", path, last)
        except DiskError as error:
            _log.warning("files in quarantine cannot be compared: %s", error)
        finally:
            self._is_busy = False

    async def _digest(self, path: Path) -> str | None:
        """The SHA-256 of the file at ``path``, None where there is none any more. Raises DriveStuck, DiskError."""
        disk = self._context.services.disk
        found = await self._context.drives.read(path, lambda: disk.matches(path, None, ()))
        return found.sha256 if found is not None else None

    def __repr__(self) -> str:
        return f"<Doubles{' at work' if self._is_busy else ''}>"


def _alike(found: Sequence[tuple[Path, int]]) -> list[list[Path]]:
    """Groups of large files whose places, marks and sizes are the same, in the order in which they came."""
    groups: dict[tuple[Path, str, int], list[tuple[int, Path]]] = {}
    for path, size in found:
        marks = _MARKS.search(path.name)
        if marks is not None and size > COMPARED_BYTES:
            groups.setdefault((path.parent, marks[1], size), []).append((int(marks[2] or 1), path))
    return [[path for _, path in sorted(group)] for group in groups.values() if len(group) > 1]
