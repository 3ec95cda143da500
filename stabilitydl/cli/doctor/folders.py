"""Where data lies, whether it can be read and written, and what the volumes of the models can do."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

from ... import settings as stored
from ...disk.naming import drop_sign, give_name
from ...disk.system import map_error, system
from ...engine.engine_lock import EngineLock
from ...engine.remote_endpoint import read as endpoint_in
from ...errors import REMEDIES, Remedy, StabilityError, UsageError
from ...mounts import mount_of
from ...paths import Paths
from ...store.checkup import examine
from ...text import format_bytes
from .finding import Finding, note, ok, trouble

TIGHT = 10 * 1024**3
"""Bytes of free space below which a single model may not fit."""


def check(paths: Paths, libraries: Sequence[Path]) -> Iterator[Finding]:
    """The folders of the program, its database and settings, then the volume of each of ``libraries``."""
    yield _data(paths)
    yield _database(paths)
    yield _settings(paths)
    yield _engine(paths)
    for library in dict.fromkeys(libraries):
        yield _volume(library)


def _data(paths: Paths) -> Finding:
    for folder in (paths.data, paths.config, paths.cache):
        near = nearest(folder)
        if not os.access(near, os.W_OK | os.X_OK):
            return trouble("data", _locked(folder, near), REMEDIES[Remedy.CHECK_FOLDER])
    return ok("data", f"{paths.data}, settings in {paths.config}, pictures in {paths.cache}")


def _database(paths: Paths) -> Finding:
    if not paths.database.exists():
        return ok("database", "none yet; it is made with the first collection")
    try:
        health = examine(paths.database)
    except StabilityError as error:
        return trouble("database", str(error), "Start stabilitydl once: it keeps what can still be read.")
    told = f"{health.collections} collections, {health.resources} files, {format_bytes(health.size)}"
    if mount_of(paths.database.absolute()).is_remote:
        return note("database", f"{told}; it lies on another machine.", "Keep the data folder on a local drive.")
    return ok("database", told)


def _settings(paths: Paths) -> Finding:
    try:
        stored.load(paths.settings)
    except UsageError as error:
        return trouble("settings", str(error), "Correct or remove the file; what can be read of it is used.")
    return ok("settings", f"{paths.settings}" if paths.settings.exists() else "all as they come")


def _engine(paths: Paths) -> Finding:
    if not paths.locks.exists():
        return ok("engine", "no process runs downloads now")
    lock = EngineLock(paths.locks)
    try:
        is_free = lock.take()
    except StabilityError as error:
        return trouble("engine", str(error), REMEDIES[error.remedy])
    lock.release()
    if is_free:
        return ok("engine", "no process runs downloads now")
    endpoint = endpoint_in(paths.data)
    who = f"process {endpoint.pid}, version {endpoint.version}," if endpoint is not None else "another process"
    return ok("engine", f"{who} runs the downloads")


def _volume(library: Path) -> Finding:
    near = nearest(library)
    name = "library"
    if not os.access(near, os.W_OK | os.X_OK):
        return trouble(name, _locked(library, near), REMEDIES[Remedy.CHECK_FOLDER])
    try:
        lacks = try_out(near)
        free = system.free_space(os.fspath(near))
    except StabilityError as error:
        return trouble(name, str(error), REMEDIES[error.remedy])
    except OSError as error:
        problem = map_error(error, near)
        return trouble(name, str(problem), REMEDIES[problem.remedy])
    kind = mount_of(near.resolve()).kind
    told = f"{library}: {format_bytes(free)} free{f' on {kind}' if kind else ''}"
    if lacks:
        return note(name, f"{told}; {lacks}", "Use one stabilitydl at a time there, or another drive.")
    if free < TIGHT:
        return note(name, told, "Free some space before large models.")
    return ok(name, told)


def _locked(folder: Path, near: Path) -> str:
    """That ``folder`` cannot be used, because ``near`` or it cannot be written."""
    return f"{near} cannot be written." if near == folder else f"{folder} cannot be made: {near} cannot be written."


def try_out(folder: Path) -> str:
    """What the volume of ``folder`` cannot do, empty where it can do all: lock, sync, publish without replacing.

    Two small files are made and removed. Raises OSError.
    """
    first = folder / f".stabilitydl-check-{secrets.token_hex(4)}"
    second = first.with_name(f"{first.name}-published")
    descriptor = system.create(os.fspath(first))
    try:
        system.write_at(descriptor, [memoryview(b"stabilitydl")], 0)
        system.sync_data(descriptor)
        lacks = "" if _is_really_locked(descriptor, first) else "locks of files mean nothing there"
        if give_name(first, second):
            drop_sign(first)
        return lacks
    finally:
        system.close(descriptor)
        for path in (first, second):
            with contextlib.suppress(OSError):
                system.remove(os.fspath(path))


def _is_really_locked(descriptor: int, path: Path) -> bool:
    """Does a lock keep a second opener of the same file out?"""
    if not system.lock(descriptor):
        return False
    other = system.open_existing(os.fspath(path))
    try:
        return not system.lock(other)
    finally:
        system.close(other)


def nearest(folder: Path) -> Path:
    """``folder``, or the nearest folder above it that exists."""
    folder = folder.absolute()
    return next((each for each in (folder, *folder.parents) if each.is_dir()), folder)
