"""Every system call of the write path, on Windows. Same functions as ``os_posix``.

Written against the documentation; it is type-checked everywhere and run nowhere yet.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import shutil
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from ..domain.chunk import Chunk

assert sys.platform == "win32"

import msvcrt  # noqa: E402 - exists on Windows only

_MOVEFILE_WRITE_THROUGH = 8
_ERROR_FILE_EXISTS = frozenset({80, 183})
_LOCK_OFFSET = 1 << 62
_FLAGS = os.O_RDWR | os.O_BINARY | os.O_NOINHERIT

# A descriptor has one position here; moving it and using it must not be torn apart by another thread.
_position = threading.Lock()


def create(path: str) -> int:
    """Create a file that must not exist, for reading and writing."""
    return os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL)


def open_existing(path: str) -> int:
    """Open a file that must exist and be no symbolic link, for reading and writing."""
    if Path(path).is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
    return os.open(path, _FLAGS)


def open_reader(path: str) -> int:
    """Open a file for reading only."""
    return os.open(path, os.O_RDONLY | os.O_BINARY | os.O_NOINHERIT)


def open_lock(path: str) -> int:
    """Open a file that only stands for a lock, and make it where it does not exist."""
    return os.open(path, _FLAGS | os.O_CREAT)


def close(descriptor: int) -> None:
    os.close(descriptor)


def lock(descriptor: int) -> bool:
    """Lock one byte far behind the end of the file; False when another process holds it."""
    with _position:
        here = os.lseek(descriptor, 0, os.SEEK_CUR)
        try:
            os.lseek(descriptor, _LOCK_OFFSET, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        finally:
            os.lseek(descriptor, here, os.SEEK_SET)
    return True


def write_at(descriptor: int, chunks: Sequence[Chunk], offset: int) -> int:
    """Write all of ``chunks`` one after another from ``offset``; short counts are continued. Bytes written."""
    written = 0
    with _position:
        os.lseek(descriptor, offset, os.SEEK_SET)
        for chunk in chunks:
            rest = memoryview(chunk)
            while rest:
                count = os.write(descriptor, rest)
                if count <= 0:
                    raise OSError(errno.EIO, "write made no progress")
                written += count
                rest = rest[count:]
    return written


def append(descriptor: int, data: bytes) -> None:
    """Write all of ``data`` at the current end of the file."""
    write_at(descriptor, [data], os.fstat(descriptor).st_size)


def read_at(descriptor: int, buffer: memoryview, offset: int) -> int:
    """Fill ``buffer`` from ``offset`` with one read; the number of bytes, 0 at the end of the file."""
    with _position:
        os.lseek(descriptor, offset, os.SEEK_SET)
        data = os.read(descriptor, len(buffer))
    buffer[: len(data)] = data
    return len(data)


def truncate(descriptor: int, size: int) -> None:
    os.ftruncate(descriptor, size)


def reserve(descriptor: int, size: int) -> bool:
    """Windows reserves by growing the file, which would lie about its size: left to accounting."""
    return False


def sync_data(descriptor: int) -> None:
    """Return when the file is on stable storage (FlushFileBuffers)."""
    os.fsync(descriptor)


def sync_folder(path: str) -> None:
    """Folders cannot be synced here; renames are written through instead."""


def rename_exclusive(source: str, target: str) -> None:
    """Rename, failing with FileExistsError where ``target`` exists (MoveFileExW without REPLACE_EXISTING)."""
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    if kernel.MoveFileExW(source, target, _MOVEFILE_WRITE_THROUGH):
        return
    code = ctypes.get_last_error()
    if code in _ERROR_FILE_EXISTS:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), source, None, target)
    raise ctypes.WinError(code)


def rename(source: str, target: str) -> None:
    """Rename; what lies at ``target`` is replaced."""
    Path(source).replace(target)


def remove(path: str) -> None:
    """Remove a file; nothing happens where there is none."""
    Path(path).unlink(missing_ok=True)


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
    return shutil.disk_usage(path).free


def total_space(path: str) -> int:
    """Bytes that the volume of an existing folder has in all."""
    return shutil.disk_usage(path).total


def boot_id() -> str:
    """Unknown here: soft records of the journal then never count after the process ends."""
    return ""


def machine() -> str:
    """A text that is the same for all processes that can see each other by their numbers, and hardly for others."""
    return platform.node()


def process_start(number: int) -> str:
    """Locks are always kept here, so nobody has to be told from earlier processes."""
    return "unknown"
