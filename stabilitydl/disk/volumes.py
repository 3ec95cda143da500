"""Which volume a folder lies on, and how much room it has."""

from __future__ import annotations

import os
from pathlib import Path

from .system import map_error, system


def existing_parent(path: Path) -> Path:
    """``path`` or the nearest parent that exists. Raises OSError where the system cannot tell."""
    for folder in (path, *path.parents):
        if folder.exists():
            return folder
    return Path(path.anchor or ".")


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
