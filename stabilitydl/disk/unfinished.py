"""What was begun and is not whole yet, found by its journals: for the day on which nobody else knows of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .aside import QUARANTINE
from .journal import Header, Journal
from .place import JOURNAL_SUFFIX, PART_SUFFIX
from .system import system

_MOST = 1_000_000
"""Names that are looked at below one folder: a few seconds' worth, and more than a library has."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A part with a journal that can be read. ``received`` is how many bytes of it can be gone on with."""

    part: Path
    header: Header
    received: int


def find(folder: Path) -> list[Unfinished]:
    """All parts below ``folder``, symbolic links not followed; what cannot be read is left out. Changes nothing."""
    found = []
    for journal in _journals(folder):
        part = journal.with_name(journal.name.removesuffix(JOURNAL_SUFFIX))
        try:
            contents = Journal.look(os.fspath(journal), system.boot_id())
            size = system.look(os.fspath(part)).st_size
        except OSError:
            continue
        if contents is not None and (not contents.ranges or contents.ranges.items[-1][1] <= size):
            found.append(Unfinished(part, contents.header, contents.ranges.total))
    return found


def _journals(folder: Path) -> Iterator[Path]:
    left = _MOST
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if each != QUARANTINE)
        left -= len(names) + len(folders)
        if left < 0:
            return
        yield from (Path(here, each) for each in sorted(names) if each.endswith(PART_SUFFIX + JOURNAL_SUFFIX))
