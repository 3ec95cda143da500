"""Archives that depend on nothing but what is in them: sorted, without owners, with one time for everything."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from .source import epoch


def tar_gz(folder: Path, target: Path, name: str) -> Path:
    """Pack ``folder`` as the folder ``name`` into ``target``."""
    with (
        target.open("wb") as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=epoch()) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        archive.add(folder, name, recursive=False, filter=_plain)
        for path in entries(folder):
            archive.add(path, f"{name}/{path.relative_to(folder).as_posix()}", recursive=False, filter=_plain)
    return target


def zipped(folder: Path, target: Path, name: str) -> Path:
    """The same as a ZIP file, which Windows opens by itself; symbolic links are written as the files they lead to."""
    import time

    moment = time.gmtime(epoch())[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in entries(folder):
            if path.is_file():
                info = zipfile.ZipInfo(f"{name}/{path.relative_to(folder).as_posix()}", moment)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, path.read_bytes())
    return target


def entries(folder: Path) -> list[Path]:
    """Everything below ``folder``, in the order of names."""
    return sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix())


def digests(folder: Path) -> dict[str, str]:
    """What is below ``folder``: the SHA-256 of each file, the aim of each symbolic link, and what may be run."""
    return {path.relative_to(folder).as_posix(): what for path in entries(folder) for what in _digest(path)}


def sha256(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(path: Path) -> Iterator[str]:
    if path.is_symlink():
        yield f"-> {path.readlink()}"
    elif path.is_file():
        yield sha256(path) + (" x" if path.stat().st_mode & 0o100 else "")


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mtime = epoch()
    info.mode = 0o755 if info.isdir() or info.mode & 0o100 else 0o644
    return info
