"""Every system call of the write path, on Linux and macOS.

Functions raise OSError as the system gives it; callers map it once. Descriptors are plain integers.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ..domain.chunk import Chunk

assert sys.platform != "win32"

import fcntl  # noqa: E402 - does not exist on Windows

_RENAME_NOREPLACE = 1
_RENAME_EXCL = 4
_FALLOC_FL_KEEP_SIZE = 1
_AT_FDCWD = -100
_IOV_MAX = 512
_F_FULLFSYNC = 51
_UNSUPPORTED = frozenset({errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.ENOTSUP})
_NO_LINKS = _UNSUPPORTED | {errno.EPERM, errno.EMLINK}

_libc = ctypes.CDLL(None, use_errno=True)


def create(path: str) -> int:
    """Create a file that must not exist, for reading and writing."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)


def open_existing(path: str) -> int:
    """Open a file that must exist and be no symbolic link, for reading and writing."""
    return os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)


def open_reader(path: str) -> int:
    """Open a file for reading only."""
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def open_lock(path: str) -> int:
    """Open a file that only stands for a lock, and make it where it does not exist."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)


def close(descriptor: int) -> None:
    os.close(descriptor)


def lock(descriptor: int) -> bool:
    """Take the exclusive lock of an open file without waiting; False when another process holds it.

    The system releases it when the process ends. True as well where the file system knows no locks.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _UNSUPPORTED | {errno.ENOLCK}:
            raise
    return True


def write_at(descriptor: int, chunks: Sequence[Chunk], offset: int) -> int:
    """Write all of ``chunks`` one after another from ``offset``; short counts are continued. Bytes written."""
    written = 0
    views = [memoryview(chunk) for chunk in chunks if chunk]
    while views:
        count = os.pwritev(descriptor, views[:_IOV_MAX], offset + written)
        if count <= 0:
            raise OSError(errno.EIO, "write made no progress")
        written += count
        while views and count >= len(views[0]):
            count -= len(views[0])
            del views[0]
        if views and count:
            views[0] = views[0][count:]
    return written


def append(descriptor: int, data: bytes) -> None:
    """Write all of ``data`` at the current end of the file."""
    offset = os.fstat(descriptor).st_size
    write_at(descriptor, [data], offset)


def read_at(descriptor: int, buffer: memoryview, offset: int) -> int:
    """Fill ``buffer`` from ``offset`` with one read; the number of bytes, 0 at the end of the file."""
    return os.preadv(descriptor, [buffer], offset)


def truncate(descriptor: int, size: int) -> None:
    os.ftruncate(descriptor, size)


def reserve(descriptor: int, size: int) -> bool:
    """Reserve disk space for ``size`` bytes without changing the visible size; False where that is unknown.

    Raises OSError ENOSPC when the volume has no room. Plain posix_fallocate is not used: where the file system
    has no such call the C library writes every block instead.
    """
    if size <= 0 or not hasattr(_libc, "fallocate64"):
        return False
    result = _libc.fallocate64(descriptor, _FALLOC_FL_KEEP_SIZE, ctypes.c_int64(0), ctypes.c_int64(size))
    if result == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code))


def sync_data(descriptor: int) -> None:
    """Return when the file's bytes and size are on stable storage."""
    if sys.platform == "darwin":
        fcntl.fcntl(descriptor, _F_FULLFSYNC)
    else:
        os.fdatasync(descriptor)


def sync_folder(path: str) -> None:
    """Return when the names in a folder are on stable storage."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
    finally:
        os.close(descriptor)


def rename_exclusive(source: str, target: str) -> None:
    """Rename, failing with FileExistsError where ``target`` exists; never replaces.

    Raises OSError ENOTSUP where the file system knows neither exclusive renames nor hard links.
    """
    code = _rename_exclusive(os.fsencode(source), os.fsencode(target))
    if code in _UNSUPPORTED:
        _link(source, target)
        os.unlink(source)  # noqa: PTH108 - as in `remove`
    elif code:
        raise OSError(code, os.strerror(code), source, None, target)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        # Both names are those of one file where a process died before it could take the old one away.
        if not os.path.samestat(os.lstat(source), os.lstat(target)):
            raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP), source, None, target) from error


def rename(source: str, target: str) -> None:
    """Rename; what lies at ``target`` is replaced."""
    os.rename(source, target)  # noqa: PTH104 - as in `remove`


def _rename_exclusive(source: bytes, target: bytes) -> int:
    if hasattr(_libc, "renameat2"):
        result = _libc.renameat2(_AT_FDCWD, source, _AT_FDCWD, target, ctypes.c_uint(_RENAME_NOREPLACE))
    elif hasattr(_libc, "renamex_np"):
        result = _libc.renamex_np(source, target, ctypes.c_uint(_RENAME_EXCL))
    else:
        return errno.ENOSYS
    return 0 if result == 0 else ctypes.get_errno()


def remove(path: str) -> None:
    """Remove a file; nothing happens where there is none."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)  # noqa: PTH108 - several times for each file, and a Path takes longer than the call


def remove_folder(path: str) -> None:
    """Remove a folder if nothing lies in it; nothing happens where there is none."""
    try:
        Path(path).rmdir()
    except FileNotFoundError:
        return
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise


def names(path: str) -> list[str]:
    """What lies in a folder, in no order."""
    return [entry.name for entry in Path(path).iterdir()]


def make_folders(path: str) -> None:
    """Create a folder and its parents."""
    if not os.path.isdir(path):  # noqa: PTH112 - as in `remove`
        Path(path).mkdir(parents=True, exist_ok=True)


def status(descriptor: int) -> os.stat_result:
    return os.fstat(descriptor)


def look(path: str) -> os.stat_result:
    """What lies at ``path``; a symbolic link is looked at itself."""
    return os.lstat(path)


def look_behind(path: str) -> os.stat_result:
    """What ``path`` leads to, through symbolic links."""
    return Path(path).stat()


def exists(path: str) -> bool:
    """Does something lie at ``path``, be it a symbolic link that leads nowhere?"""
    return os.path.lexists(path)


def free_space(path: str) -> int:
    """Bytes that this user can still write to the volume of an existing folder."""
    numbers = os.statvfs(path)
    return numbers.f_bavail * numbers.f_frsize


def total_space(path: str) -> int:
    """Bytes that the volume of an existing folder has in all."""
    numbers = os.statvfs(path)
    return numbers.f_blocks * numbers.f_frsize


@functools.cache
def boot_id() -> str:
    """A text that changes with every start of the system, empty where the system does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


@functools.cache
def machine() -> str:
    """A text that is the same for all processes that can see each other by their numbers, and hardly for others."""
    try:
        identity = Path("/etc/machine-id").read_text("ascii").strip()
    except OSError:
        identity = ""
    try:
        numbers = os.stat("/proc/self/ns/pid").st_ino  # noqa: PTH116
    except OSError:
        numbers = 0
    return f"{os.uname().nodename} {identity} {numbers}"


def process_start(number: int) -> str:
    """A text that tells the process with this number from earlier ones with the same; empty where there is none."""
    try:
        # What comes behind the name, which may hold anything: the 3rd field of all and the next ones.
        told = Path(f"/proc/{number}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        # One that has ended, with all its threads, stays on the list until its parent looks.
        return "" if told[0] in "ZXx" and int(told[17]) < 2 else told[19]
    except (OSError, IndexError):
        return _lives(number)


def _lives(number: int) -> str:
    """As `process_start` where there is no list of processes to be read."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return ""
    except OSError:
        return "unknown"
    return "unknown"
