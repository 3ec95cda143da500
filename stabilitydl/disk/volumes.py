"""Which volume a folder lies on, and how much room it has."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from .system import map_error, system

_STAT_BLOCK = 512
"""Bytes that `os.stat_result.st_blocks` counts."""


@dataclass(frozen=True)
class Room:
    """Bytes of a volume: ``free`` for this user, ``total``, and those that the part in question has taken already."""

    free: int
    total: int
    allocated: int


def existing_parent(path: Path) -> Path:
    """``path`` or the nearest parent that exists. Raises OSError where the system cannot tell."""
    if path.exists():
        return path
    return next((folder for folder in path.parents if folder.exists()), Path(path.anchor or "."))


def volume_id(path: Path) -> int:
    """The device number of the volume that ``path`` is on or will be created on. Raises DiskError."""
    try:
        return existing_parent(path).stat().st_dev
    except OSError as error:
        raise map_error(error, path) from error


def free_space(path: Path) -> int:
    """Bytes that can still be written below ``path``, which need not exist yet. Raises DiskError."""
    try:
        return system.free_space(os.fspath(existing_parent(path)))
    except OSError as error:
        raise map_error(error, path) from error


def room_beside(part: Path) -> Room:
    """The room on the volume of ``part``, which need not exist yet. Raises DiskError."""
    try:
        folder = os.fspath(existing_parent(part.parent))
        free, total = system.free_space(folder), system.total_space(folder)
        taken = taken_by(system.look(os.fspath(part)))
    except FileNotFoundError:
        taken = 0
    except OSError as error:
        raise map_error(error, part) from error
    return Room(free, total, taken)


def taken_by(file: os.stat_result) -> int:
    """Bytes of its volume that a file takes, with what is reserved for it; 0 where the system does not tell."""
    return int(getattr(file, "st_blocks", 0)) * _STAT_BLOCK
