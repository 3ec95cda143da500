"""The system calls of this platform, under one name."""

from __future__ import annotations

import contextlib
import errno
import sys
from pathlib import Path

from ..errors import (
    DiskError,
    DiskFault,
    FileHeld,
    FileTooLarge,
    NameTooLong,
    NoSpace,
    NotWritable,
    TargetTaken,
    TooManyOpenFiles,
    VolumeMissing,
    VolumeReadOnly,
)

if sys.platform == "win32":
    from . import os_windows as system
else:
    from . import os_posix as system

__all__ = ["UNREADABLE", "let_go", "map_error", "system"]

UNREADABLE = frozenset(
    {errno.EIO}
    | {
        getattr(errno, name, errno.EIO)
        for name in ("ENODATA", "EREMOTEIO", "EILSEQ", "EBADMSG", "EUCLEAN", "ETIMEDOUT")
    }
)
"""What a system says of bytes that a drive cannot give, while others of the same file may be fine."""

_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EISDIR, errno.ELOOP})
_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
_HELD = frozenset({errno.EBUSY, getattr(errno, "ETXTBSY", errno.EBUSY)})
_SHARING_VIOLATIONS = frozenset({32, 33})
"""ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION of Windows, which Python takes for missing rights."""
_VANISHED = frozenset({errno.ENODEV, errno.ENXIO, errno.ENOTCONN, getattr(errno, "ESTALE", errno.ENODEV)})


def map_error(error: OSError, path: str | Path, needed: int | None = None) -> DiskError:
    """Our error for what the system said about ``path``. ``needed`` is in bytes."""
    name, detail, code = str(path), error.strerror or type(error).__name__, error.errno
    if code in _FULL:
        return NoSpace(path=name, needed_bytes=needed, free_bytes=_free_near(Path(path)))
    if code == errno.EROFS:
        return VolumeReadOnly(path=name)
    if code in _HELD or getattr(error, "winerror", None) in _SHARING_VIOLATIONS:
        return FileHeld(path=name)
    if code in _REFUSED:
        return NotWritable(path=name, detail=detail)
    if code == errno.EEXIST:
        return TargetTaken(path=name)
    if code == errno.ENAMETOOLONG:
        return NameTooLong(path=name)
    if code == errno.EFBIG:
        return FileTooLarge(path=name)
    if code in (errno.EMFILE, errno.ENFILE):
        return TooManyOpenFiles()
    if code in _VANISHED:
        return VolumeMissing(path=name)
    if code == errno.EIO:
        return DiskFault(path=name, detail=detail)
    return DiskError(path=name, detail=detail)


def let_go(descriptor: int) -> None:
    """Close a file of which everything that counts was synced, or does not count: no error of closing matters.

    The descriptor is gone in any case.
    """
    with contextlib.suppress(OSError):
        system.close(descriptor)


def _free_near(path: Path) -> int | None:
    for folder in (path, *path.parents):
        try:
            return system.free_space(str(folder))
        except OSError:
            continue
    return None
