"""Which volume a path lies on, by the system's own list of mounts: asking it touches no volume, so it never hangs."""

from __future__ import annotations

import os
import re
import select
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_LIST = Path("/proc/self/mountinfo")
_ESCAPE = re.compile(r"\\([0-7]{3})")
_REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "webdav"})
_FOUR_GIB = frozenset({"vfat", "msdos"})
_REMOTE_FUSE = ("sshfs", "rclone", "davfs", "glusterfs", "s3fs", "gvfsd", "curlftpfs")


@dataclass(frozen=True)
class Mount:
    """A volume and where it is mounted. ``kind`` is the name of its file system, empty where nobody tells."""

    place: str
    kind: str = ""

    @property
    def is_remote(self) -> bool:
        """Does it lie on another machine?"""
        if self.kind.startswith("fuse."):
            return self.kind.removeprefix("fuse.").startswith(_REMOTE_FUSE)
        return self.kind in _REMOTE

    @property
    def largest_file(self) -> int | None:
        """The bytes of the largest file that its kind can hold, None where that is beyond any model or unknown."""
        return (1 << 32) - 1 if self.kind in _FOUR_GIB else None

    @property
    def may_go(self) -> bool:
        """Can it be taken away while the system runs? Only the root cannot."""
        return self.place not in ("", "/") and self.place != Path(self.place).anchor


def mount_of(path: Path, among: Sequence[Mount] | None = None) -> Mount:
    """The volume that an absolute ``path`` lies on or will be created on; symbolic links in it are not followed.

    ``among`` are the `mounts` where these were asked for a moment ago.
    """
    text = os.path.normpath(path)
    best = Mount(path.anchor)
    for mount in mounts() if among is None else among:
        if _is_below(text, mount.place) and len(mount.place) >= len(best.place):
            best = mount
    return best


def mounts() -> list[Mount]:
    """All mounts of this process, later ones over earlier ones; empty where the system has no such list."""
    try:
        lines = _LIST.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        fields, _, rest = line.partition(" - ")
        found.append(Mount(_ESCAPE.sub(_unescape, fields.split(" ")[4]), rest.split(" ")[0]))
    return found


class MountList:
    """The mounts as they are right now. The list is read again only when the system says that it changed.

    ``now`` is the same object as long as nothing was mounted or taken away.
    """

    def __init__(self) -> None:
        self._found: list[Mount] | None = None
        self._descriptor = -1

    def now(self) -> list[Mount]:
        """All mounts of this process; empty where the system has no list of them."""
        if self._found is None or self._has_changed():
            found = mounts()
            self._found = self._found if found == self._found else found
        return self._found or []

    def close(self) -> None:
        """Watch no more. May be called again."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _has_changed(self) -> bool:
        """Since the last call; True as well where the system tells nobody, and at the first call."""
        if sys.platform == "win32":
            return True
        if self._descriptor < 0:
            try:
                self._descriptor = os.open(_LIST, os.O_RDONLY | os.O_CLOEXEC)
            except OSError:
                return True
            self._poll = select.poll()
            self._poll.register(self._descriptor, select.POLLPRI)
            return True
        return bool(self._poll.poll(0))

    def __repr__(self) -> str:
        return f"<MountList of {len(self._found or ())}>"


def _is_below(text: str, place: str) -> bool:
    return text == place or text.startswith(place.rstrip("/") + "/")


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[1], 8))
