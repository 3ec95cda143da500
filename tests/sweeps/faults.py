"""Faults at the n-th system call of the write path, put in by replacing the functions of ``disk.os_posix``.

The product knows nothing of this. `install` runs in a process that was made to be harmed.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import signal
import struct
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, NoReturn

import msgspec

from stabilitydl.disk import os_posix
from stabilitydl.disk.journal import parse
from stabilitydl.disk.partfile import JOURNAL_SUFFIX
from stabilitydl.domain.ranges import Ranges
from stabilitydl.store.database import Database

CHANGING = (
    "create",
    "truncate",
    "write_at",
    "reserve",
    "sync_data",
    "sync_folder",
    "rename_exclusive",
    "rename",
    "remove",
    "remove_folder",
    "make_folders",
)
"""The calls that change what is on the volume."""

ASKING = (
    "open_existing",
    "open_reader",
    "lock",
    "read_at",
    "status",
    "look",
    "look_behind",
    "exists",
    "names",
    "free_space",
    "total_space",
    "close",
)
"""The others. `append` is made of `status` and `write_at`."""

COMMIT = "commit"
"""A commit of the database: the end of a transaction is a moment worth dying at, too."""

Kind = Literal["none", "kill", "tear", "error", "short", "power", "flushed-power"]

_SHUTDOWN = 0x8004587D
_SLOTS = 32
_CALLS, _STRUCK, _FIRST_SLOT = 0, 1, 2
_NUMBER = struct.Struct("<q")


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What happens at the ``number``-th (from 1) of the ``calls`` that are about a file whose path contains ``about``.

    ``kill`` ends the process before the call, ``tear`` in the middle of a write, ``error`` makes the call fail with
    ``code`` for ``times`` times, ``short`` lets the system take only a part of what is written, ``power`` cuts the
    volume of ``volume`` off from its unsynced data and then ends the process; ``flushed-power`` does so after the file
    system has written its own log, so that names are durable and data is not. With ``claimed`` only calls count by
    which the journal of the file that they are about claims so many bytes.
    """

    kind: Kind = "none"
    number: int = 0
    calls: tuple[str, ...] = (*CHANGING, COMMIT)
    about: str = ""
    code: int = 0
    times: int = 1
    claimed: int = 0
    volume: str = ""


class Meter:
    """Numbers in a shared file: what the process writes there survives its end."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(b"\0" * _NUMBER.size * (_FIRST_SLOT + _SLOTS))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)
        self._mutex = threading.Lock()

    def add(self, slot: int, count: int) -> int:
        with self._mutex:
            value = self.get(slot) + count
            _NUMBER.pack_into(self._map, slot * _NUMBER.size, value)
            return value

    def get(self, slot: int) -> int:
        value: int = _NUMBER.unpack_from(self._map, slot * _NUMBER.size)[0]
        return value

    def count_fetched(self, order: int, count: int) -> None:
        """The process has read ``count`` more bytes of the ``order``-th file from the network."""
        self.add(_FIRST_SLOT + order, count)

    def fetched(self, order: int) -> int:
        return self.get(_FIRST_SLOT + order)

    @property
    def calls(self) -> int:
        """Calls that the fault could have struck."""
        return self.get(_CALLS)

    @property
    def struck(self) -> int:
        """How often it did."""
        return self.get(_STRUCK)

    def close(self) -> None:
        self._map.close()


class Saboteur:
    """Counts calls and strikes at the one that the fault names."""

    def __init__(self, fault: Fault, meter: Meter) -> None:
        self._fault = fault
        self._meter = meter
        self.is_dark = False
        """The power is gone: of what other threads make of the errors that come now, nothing is written down."""

    def strikes(self, name: str, about: str) -> bool:
        fault = self._fault
        if name not in fault.calls or fault.about not in about:
            return False
        if fault.claimed and claims(about, os_posix.boot_id()).total < fault.claimed:
            return False
        number = self._meter.add(_CALLS, 1)
        if fault.kind == "none" or not fault.number <= number < fault.number + fault.times:
            return False
        self._meter.add(_STRUCK, 1)
        return True

    def strike(self, call: Callable[..., Any], *args: Any) -> Any:
        fault = self._fault
        match fault.kind:
            case "tear":
                if call.__name__ == "write_at":
                    call(args[0], _half(args[1]), args[2])
                _die()
            case "error":
                if call.__name__ == "close":
                    # Whatever it says, the descriptor is gone.
                    call(*args)
                raise OSError(fault.code, os.strerror(fault.code))
            case "power" | "flushed-power":
                self.is_dark = True
                cut_power(fault.volume, flush_log=fault.kind == "flushed-power")
                _die()
            case _:
                _die()


def install(fault: Fault, meter: Meter) -> None:
    """Replace the system calls of this process."""
    saboteur = Saboteur(fault, meter)
    for name in (*CHANGING, *ASKING):
        setattr(os_posix, name, _watched(saboteur, name, getattr(os_posix, name)))
    if fault.kind == "short":
        _shorten(saboteur)
    control = Database.control

    def commit(self: Database, sql: str) -> None:
        if saboteur.is_dark:
            _die()
        if sql == "COMMIT" and saboteur.strikes(COMMIT, str(self.path)):
            saboteur.strike(control, self, sql)
        control(self, sql)

    Database.control = commit  # type: ignore[method-assign]


def _watched(saboteur: Saboteur, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def watched(*args: Any) -> Any:
        if saboteur.strikes(name, _path_of(args[0])):
            return saboteur.strike(call, *args)
        return call(*args)

    return watched


def _shorten(saboteur: Saboteur) -> None:
    """The system takes 1,000 bytes of each write that is struck; the product has to go on behind them."""
    real = os.pwritev

    def pwritev(descriptor: int, buffers: Sequence[Any], offset: int) -> int:
        if saboteur.strikes("pwritev", _path_of(descriptor)):
            return real(descriptor, [memoryview(buffers[0])[:1000]], offset)
        return real(descriptor, buffers, offset)

    os.pwritev = pwritev  # type: ignore[assignment]


def cut_power(folder: str, *, flush_log: bool) -> None:
    """What a power cut does to the file system of ``folder``: nothing unsynced is ever written any more."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.ioctl(descriptor, _SHUTDOWN, struct.pack("I", 1 if flush_log else 2))
    finally:
        os.close(descriptor)


def claims(part: str, boot: str) -> Ranges:
    """What the journal of ``part``, or that journal itself, claims at this moment."""
    journal = part if part.endswith(JOURNAL_SUFFIX) else part + JOURNAL_SUFFIX
    try:
        contents = parse(Path(journal).read_bytes(), boot)
    except FileNotFoundError:
        return Ranges()
    return contents.ranges if contents is not None else Ranges()


def _path_of(argument: object) -> str:
    if not isinstance(argument, int):
        return str(argument)
    try:
        return os.readlink(f"/proc/self/fd/{argument}")  # noqa: PTH115 - of every call
    except OSError:
        return ""


def _half(chunks: Sequence[bytes]) -> list[bytes]:
    joined = b"".join(chunks)
    return [joined[: len(joined) // 2]]


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")
