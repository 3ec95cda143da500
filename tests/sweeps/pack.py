"""The pack that every sweep brings, the server that has it, and the folder in which one life follows the other."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from stabilitydl.disk.aside import QUARANTINE
from stabilitydl.disk.partfile import JOURNAL_SUFFIX, PART_SUFFIX
from stabilitydl.domain.ranges import Ranges
from tests.fakes.origin import FileOrigin, Served

from .actions import Action
from .child import Task
from .faults import Fault, claims
from .nursery import Life, Nursery

MIB = 1024 * 1024
KILL_BOUND = 8 * MIB
"""Bytes of one file that a killed process may cost."""

HARD_MARK = 4 * MIB
"""Bytes between two syncs in most sweeps: small, so that short files have many."""


@dataclass(frozen=True)
class Wanted:
    """One file of the pack. ``checksum``: is one known beforehand, with the size; ``lies``: is it another file's.

    ``content`` names what it holds, where that is not its own: files with one content are twins. Where ``is_users``
    the user has something else under its name, in stories where that may be.
    """

    name: str
    size: int
    checksum: bool = True
    lies: bool = False
    content: str = ""
    is_users: bool = False

    @property
    def twin(self) -> str:
        """What it has in common with its twins."""
        return self.content or self.name


PACK = (
    Wanted("big.safetensors", 20 * MIB),
    Wanted("bare.gguf", 10 * MIB, checksum=False),
    Wanted("small.bin", 64 * 1024),
    Wanted("plain.bin", 200_000, checksum=False),
    Wanted("empty.bin", 0),
)
"""Two with a journal, one of them without a checksum; three small ones, one of these without bytes."""

SHORT_PACK = (Wanted("big.safetensors", 12 * MIB), Wanted("small.bin", 64 * 1024), Wanted("plain.bin", 9_000, False))

WRONG_PACK = (Wanted("wrong.safetensors", 10 * MIB, lies=True), Wanted("wrong.bin", 64 * 1024, lies=True))

KEPT_PACK = (*WRONG_PACK, Wanted("taken.bin", 50_000, lies=True, is_users=True))

ROTTING_PACK = (
    Wanted("big.safetensors", 20 * MIB),
    Wanted("bare.gguf", 9 * MIB, checksum=False),
    Wanted("small.bin", 64 * 1024),
    Wanted("newer.safetensors", 9 * MIB, is_users=True),
)
"""The first one is mended block by block; of the others nobody knows which blocks are right."""

LARGE_PACK = (Wanted("large.safetensors", 96 * MIB),)
"""Three times what a power cut may cost."""

TWINS = (
    Wanted("one.safetensors", 10 * MIB, content="same"),
    Wanted("other.safetensors", 10 * MIB, content="same"),
    Wanted("small.bin", 64 * 1024, content="small"),
    Wanted("again.bin", 64 * 1024, content="small"),
)
"""Two contents under two names each: one is fetched, the other one is a copy."""


class Yard:
    """A server with a pack, a nursery, and a folder in which one life follows the other. A context manager.

    ``volume``: where the models go, if it is not the same folder. ``nursery``: one that is open already.
    ``home``: where the database goes, if it is not the same folder. ``hard_mark``, ``is_slow_line`` and
    ``sync_seconds``: see `Task`.
    ``contents`` is what the server has, ``promised`` what the checksums speak of.
    """

    def __init__(
        self,
        folder: Path,
        pack: Sequence[Wanted] = PACK,
        *,
        volume: Path | None = None,
        prefix: Sequence[str] = (),
        nursery: Nursery | None = None,
        home: Path | None = None,
        hard_mark: int = HARD_MARK,
        is_slow_line: bool = False,
        sync_seconds: float = 0.0,
    ) -> None:
        self.folder = folder
        self.pack = tuple(pack)
        self.volume = volume or folder
        self.origin = FileOrigin()
        self.home = (home or folder) / "home"
        self._is_guest = nursery is not None
        self.nursery = nursery or Nursery(prefix)
        self.hard_mark = hard_mark
        self._is_slow_line = is_slow_line
        self._sync_seconds = sync_seconds
        self.contents: list[bytes] = []
        self.promised: list[bytes] = []
        self._checksums: tuple[str, ...] = ()
        self.served: list[Served] = []

    def __enter__(self) -> Self:
        self.origin.__enter__()
        if not self._is_guest:
            self.nursery.__enter__()
        for number, wanted in enumerate(self.pack):
            data = random.Random(wanted.content or f"{wanted.name} {number}").randbytes(wanted.size)
            self.contents.append(data)
            self.promised.append(data[:-1] + bytes([data[-1] ^ 1]) if wanted.lies else data)
            self.served.append(self.origin.add(f"/{wanted.name}", data))
        self._checksums = tuple(
            hashlib.sha256(data).hexdigest() if wanted.checksum else ""
            for wanted, data in zip(self.pack, self.promised, strict=True)
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._is_guest:
            self.nursery.__exit__(kind, error, trace)
        self.origin.__exit__(kind, error, trace)

    @property
    def to(self) -> Path:
        return self.volume / "models"

    def clear(self) -> None:
        """Back to nothing, and the server as it was."""
        self.serve(self.contents)
        for place in (self.home, self.to):
            shutil.rmtree(place, ignore_errors=True)

    def serve(self, contents: Sequence[bytes]) -> None:
        """Let the server have other bytes under the names of the pack."""
        for served, data in zip(self.served, contents, strict=True):
            served.data = data

    def save(self) -> None:
        """Keep a copy of everything for `restore`."""
        for place, copy in self._places():
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(place, copy)

    def restore(self) -> None:
        """Everything as it was saved."""
        for place, copy in self._places():
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(copy, place)

    def _places(self) -> list[tuple[Path, Path]]:
        return [(place, place.with_name(place.name + ".before")) for place in (self.home, self.to)]

    def live(
        self,
        action: Action,
        fault: Fault = Fault(),  # noqa: B008 - frozen
        *,
        boot: str = "boot-1",
        control: str = "",
        is_marked: bool = False,
    ) -> Life:
        """One life of a process."""
        task = Task(
            action=action,
            home=str(self.home),
            to=str(self.to),
            report=str(self.folder / "report"),
            urls=tuple(served.url for served in self.served),
            checksums=self._checksums,
            sizes=tuple(wanted.size if wanted.checksum else None for wanted in self.pack),
            fault=msgspec.structs.replace(fault, volume=str(self.volume)),
            boot=boot,
            control=control,
            is_marked=is_marked,
            hard_mark=self.hard_mark,
            is_slow_line=self._is_slow_line,
            sync_seconds=self._sync_seconds,
        )
        return self.nursery.live(task)

    def kept(self, wanted: Wanted) -> Path | None:
        """Where the file lies that is kept in quarantine of ``wanted``."""
        found = sorted((self.to / QUARANTINE).glob(f"{wanted.name}.*"))
        return found[0] if found else None

    def claims(self, boot: str = "boot-1") -> dict[str, Ranges]:
        """What journals claim, by the names of the files."""
        found = {}
        for journal in self.to.glob("*" + JOURNAL_SUFFIX):
            claimed = claims(str(journal), boot)
            if claimed:
                found[self._name_of(journal.name)] = claimed
        return found

    def lies(self, boot: str = "boot-1") -> list[str]:
        """Journals that claim ranges which their part does not hold."""
        lying = []
        for name, claimed in self.claims(boot).items():
            data = self._served_as(name)
            for part in self.to.glob(f"{name}.*{PART_SUFFIX}"):
                held = part.read_bytes()
                if any(held[start:stop] != data[start:stop] for start, stop in claimed.items):
                    lying.append(f"{part.name} does not hold what its journal says")
        return lying

    def unkept_promises(self, life: Life) -> list[str]:
        """Files that were shown as downloaded and are not there, whole."""
        promised = [Path(name) for name in life.announced]
        return [path.name for path in promised if not path.exists() or path.read_bytes() != self._served_as(path.name)]

    def _name_of(self, file: str) -> str:
        return next(wanted.name for wanted in self.pack if file.startswith(wanted.name))

    def _served_as(self, name: str) -> bytes:
        order = [wanted.name for wanted in self.pack].index(name)
        return bytes(self.served[order].data[0 : self.pack[order].size])
