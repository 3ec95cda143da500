"""Where a part and its journal lie, and what it is a part of."""

from __future__ import annotations

from pathlib import Path

import msgspec

from . import names
from .journal import Header

MIB = 1024 * 1024
SMALL = 8 * MIB
"""Bytes up to which a part has no journal: fetching it again costs less than remembering it."""
PART_SUFFIX = ".sdlpart"
JOURNAL_SUFFIX = ".journal"


class PartIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """What a part is a part of. Bytes of another identity are never continued; ``record`` says no more of it."""

    resource: str
    size: int
    validator: str
    checksum: str
    record: bytes = b""

    @classmethod
    def of(cls, header: Header) -> PartIdentity:
        """As a journal tells it."""
        return cls(
            resource=header.resource,
            size=header.size,
            validator=header.validator,
            checksum=header.checksum,
            record=header.record,
        )

    def header(self, boot: str) -> Header:
        """What its journal begins with when the part is begun in the system that was started as ``boot``."""
        return Header(
            resource=self.resource,
            size=self.size,
            validator=self.validator,
            checksum=self.checksum,
            boot=boot,
            record=self.record,
        )


def part_path(target: Path, tag: str) -> Path:
    """Where the part of ``target`` lies; the name is shortened so that part and journal fit the file system."""
    suffix = f".{tag}{PART_SUFFIX}"
    room = len((suffix + JOURNAL_SUFFIX).encode())
    return target.with_name(names.shorten(target.name, room) + suffix)


def journal_path(part: Path) -> Path:
    return part.with_name(part.name + JOURNAL_SUFFIX)
