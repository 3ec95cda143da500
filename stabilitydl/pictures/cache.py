"""The pictures that were fetched, and what is known of each source. Everything blocks; it runs in a lane of its own.

``content/<2 hex>/<sha256>`` are the bytes, each picture once however many sources have it. ``sources/<sha256>.json``
says what a source gave the last time. All of it may be deleted at any moment: it is fetched again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

import msgspec

from .formats import LARGEST

ROOM = 256 * 1024 * 1024
"""Bytes that are kept after a start; the pictures whose sources were asked longest ago go first."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What a source gave: ``content`` is the SHA-256 of the picture, empty when it gave none that can be shown.

    ``checked`` is in seconds since 1970; ``etag`` and ``modified`` are the validators for asking again.
    """

    content: str
    checked: float
    etag: str = ""
    modified: str = ""


class PictureCache:
    """Pictures in a folder. Nothing here raises for what the disk does: a picture that cannot be kept is none."""

    def __init__(self, folder: Path) -> None:
        self._contents = folder / "content"
        self._sources = folder / "sources"

    def path(self, content: str) -> Path:
        """Where the picture with this digest lies."""
        return self._contents / content[:2] / content

    def look_up(self, name: str) -> Entry | None:
        """What is known of the source ``name``, None when that is nothing or its file is not what it was."""
        try:
            entry = msgspec.json.decode(self._source(name).read_bytes(), type=Entry)
        except (OSError, msgspec.MsgspecError):
            return None
        if entry.content and not self._is_whole(entry.content):
            return None
        return entry

    def keep(self, name: str, data: bytes, now: float, *, etag: str = "", modified: str = "") -> Entry | None:
        """The source ``name`` gave ``data``, or no picture where that is empty. None when it cannot be kept."""
        content = hashlib.sha256(data).hexdigest() if data else ""
        entry = Entry(content=content, checked=now, etag=etag, modified=modified)
        try:
            if content and not self._is_whole(content):
                _write(self.path(content), data)
            _write(self._source(name), msgspec.json.encode(entry))
        except OSError:
            return None
        return entry

    def confirm(self, name: str, entry: Entry, now: float) -> Entry:
        """The source ``name`` still has what ``entry`` says."""
        fresh = msgspec.structs.replace(entry, checked=now)
        with contextlib.suppress(OSError):
            _write(self._source(name), msgspec.json.encode(fresh))
        return fresh

    def prune(self, room: int = ROOM) -> None:
        """Delete what was asked for longest ago until at most ``room`` bytes of pictures are left."""
        known: list[tuple[float, str, Path]] = []
        for source in self._sources.glob("*.json"):
            try:
                entry = msgspec.json.decode(source.read_bytes(), type=Entry)
            except (OSError, msgspec.MsgspecError):
                source.unlink(missing_ok=True)
            else:
                known.append((entry.checked, entry.content, source))
        files = {file.name: file for file in self._contents.glob("??/*") if file.is_file()}
        sizes = {name: file.stat().st_size for name, file in files.items()}
        kept: set[str] = set()
        left = room
        for _, content, source in sorted(known, reverse=True):
            left -= 0 if content in kept else sizes.get(content, 0)
            if left >= 0:
                kept.add(content)
            else:
                source.unlink(missing_ok=True)
        for name in files.keys() - kept:
            files[name].unlink(missing_ok=True)

    def _source(self, name: str) -> Path:
        return self._sources / (hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest() + ".json")

    def _is_whole(self, content: str) -> bool:
        try:
            if self.path(content).stat().st_size > LARGEST:
                return False
            return hashlib.sha256(self.path(content).read_bytes()).hexdigest() == content
        except OSError:
            return False

    def __repr__(self) -> str:
        return f"<PictureCache {self._contents.parent}>"


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, for every reader. It may be lost in a power cut; reading it tells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        made.write_bytes(data)
        made.replace(path)
    except OSError:
        made.unlink(missing_ok=True)
        raise
