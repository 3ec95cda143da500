"""The threads of one volume around part files in a test's own folder, and what they ask of the system."""

from __future__ import annotations

import functools
import os
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stabilitydl.clock import Clock
from stabilitydl.disk.hasher import Hasher
from stabilitydl.disk.openpart import OpenPart
from stabilitydl.disk.partfile import MIB, PartFile, PartIdentity
from stabilitydl.disk.syncer import Syncer
from stabilitydl.disk.system import system
from stabilitydl.disk.writer import Budget, Writer
from tests.fakes.clock import ManualClock

TAG = "0123abcd"
BOOT = "boot-1"
BIG = 9 * MIB
"""Large enough for a journal."""


@functools.cache
def noise(size: int) -> bytes:
    """The same bytes for the same size, every time; no two blocks are alike."""
    return random.Random(7).randbytes(size)


def identity(size: int = BIG, **changes: str) -> PartIdentity:
    values = {"resource": "r" * 32, "validator": '"v1"', "checksum": "sha256:" + "0" * 64, **changes}
    return PartIdentity(size=size, **values)


def descriptors() -> int:
    """How many descriptors this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


class Lanes:
    """A writer, a syncer and a hasher, as one volume has them."""

    def __init__(self, clock: Clock | None = None, budget: Budget | None = None) -> None:
        self.clock = clock or ManualClock()
        self.budget = budget or Budget()
        self.writer = Writer("test", self.budget)
        self.syncer = Syncer("test", self.clock)
        self.hasher = Hasher("test")

    def part(self, file: PartFile) -> OpenPart:
        return OpenPart(file, self.writer, self.syncer, self.hasher, self.clock)

    async def begin(self, target: Path, size: int = BIG) -> OpenPart:
        """A part that is open and begun."""
        part = self.part(PartFile.open(target, TAG))
        await part.begin(identity(size))
        return part

    def close(self) -> None:
        for lane in (self.writer, self.syncer, self.hasher):
            assert lane.close(60)


class Calls:
    """Watches functions of the ``system`` module; each may also be told to fail or to wait."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[tuple[str, str]] = []
        self._patch = monkeypatch

    def watch(self, *names: str) -> None:
        """Note every call of the named functions with the name of the file it is about."""
        for name in names:
            self.replace(name, lambda real, *args: real(*args))

    def fail(self, name: str, code: int, *, file: str = "", times: int | None = None) -> None:
        """The named function fails with ``code`` for files whose name contains ``file``, always or some times."""
        left = [times]

        def step(real: Callable[..., Any], *args: Any) -> Any:
            if file in _file_of(args[0]) and left[0] != 0:
                left[0] = None if left[0] is None else left[0] - 1
                raise OSError(code, os.strerror(code))
            return real(*args)

        self.replace(name, step)

    def hold(self, name: str, *, file: str = "") -> tuple[threading.Event, threading.Event]:
        """The first call of the named function waits; ``(entered, go)`` say when it does and when it may go on."""
        entered, go = threading.Event(), threading.Event()

        def step(real: Callable[..., Any], *args: Any) -> Any:
            if file in _file_of(args[0]) and not entered.is_set():
                entered.set()
                assert go.wait(60)
            return real(*args)

        self.replace(name, step)
        return entered, go

    def replace(self, name: str, step: Callable[..., Any]) -> None:
        real = getattr(system, name)

        def call(*args: Any) -> Any:
            self.made.append((name, _file_of(args[0])))
            return step(real, *args)

        self._patch.setattr(system, name, call)

    def count(self, name: str, file: str = "") -> int:
        return sum(called == name and file in about for called, about in self.made)


def _file_of(argument: object) -> str:
    if isinstance(argument, int):
        try:
            return Path(f"/proc/self/fd/{argument}").readlink().name
        except OSError:
            return "closed"
    return Path(str(argument)).name
