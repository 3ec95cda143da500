"""The pack that every sweep brings, the server that has it, and the judgement of what a life and the next one left."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from stabilitydl.disk.aside import QUARANTINE
from stabilitydl.disk.journal import parse
from stabilitydl.disk.partfile import JOURNAL_SUFFIX
from tests.fakes.origin import FileOrigin, Served

from .child import Action, Task
from .faults import Fault
from .nursery import Life, Nursery

MIB = 1024 * 1024
KILL_BOUND = 8 * MIB
"""Bytes of one file that a killed process may cost."""


@dataclass(frozen=True)
class Wanted:
    """One file of the pack. ``checksum``: is one known beforehand, with the size; ``lies``: is it another file's.

    ``content`` names what it holds, where that is not its own: files with one content are twins.
    """

    name: str
    size: int
    checksum: bool = True
    lies: bool = False
    content: str = ""


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


TWINS = (
    Wanted("one.safetensors", 10 * MIB, content="same"),
    Wanted("other.safetensors", 10 * MIB, content="same"),
    Wanted("small.bin", 64 * 1024, content="small"),
    Wanted("again.bin", 64 * 1024, content="small"),
)
"""Two contents under two names each: one is fetched, the other one is a copy."""


@dataclass
class Verdict:
    """What is wrong after a fault and a clean run behind it. All empty and nothing above the bound: the point holds."""

    point: str
    wrong: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    again: int = 0

    def holds(self, bound: int) -> bool:
        return not (self.wrong or self.stuck or self.orphans or self.lost) and self.again <= bound

    def __str__(self) -> str:
        found = [
            f"{name}: {', '.join(value)}"
            for name in ("wrong", "stuck", "orphans", "lost")
            if (value := getattr(self, name))
        ]
        return f"{self.point}: {'; '.join(found) or 'nothing wrong'}; {self.again / MIB:.2f} MiB again"


class Yard:
    """A server with a pack, a nursery, and a folder in which one life follows the other. A context manager.

    ``volume``: where the models go, if it is not the same folder. ``nursery``: one that is open already.
    ``home``: where the database goes, if it is not the same folder.
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
    ) -> None:
        self.folder = folder
        self.pack = tuple(pack)
        self.volume = volume or folder
        self.origin = FileOrigin()
        self.home = (home or folder) / "home"
        self._is_guest = nursery is not None
        self.nursery = nursery or Nursery(prefix)
        self.contents: list[bytes] = []
        self.served: list[Served] = []

    def __enter__(self) -> Self:
        self.origin.__enter__()
        if not self._is_guest:
            self.nursery.__enter__()
        for number, wanted in enumerate(self.pack):
            data = random.Random(wanted.content or f"{wanted.name} {number}").randbytes(wanted.size)
            self.contents.append(data)
            self.served.append(self.origin.add(f"/{wanted.name}", data))
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
        """Back to nothing."""
        for place in (self.home, self.to):
            shutil.rmtree(place, ignore_errors=True)

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
        checksums = []
        for wanted, data in zip(self.pack, self.contents, strict=True):
            known = hashlib.sha256(data + (b"?" if wanted.lies else b"")).hexdigest()
            checksums.append(known if wanted.checksum else "")
        task = Task(
            action=action,
            home=str(self.home),
            to=str(self.to),
            report=str(self.folder / "report"),
            urls=tuple(served.url for served in self.served),
            checksums=tuple(checksums),
            sizes=tuple(wanted.size if wanted.checksum else None for wanted in self.pack),
            fault=msgspec.structs.replace(fault, volume=str(self.volume)),
            boot=boot,
            control=control,
            is_marked=is_marked,
        )
        return self.nursery.live(task)

    def judge(self, point: str, first: Life, last: Life, *, end: str = "downloaded") -> Verdict:
        """What is wrong after ``first``, which was harmed, and ``last``, which was not."""
        verdict = Verdict(point)
        if first.code is None:
            verdict.stuck.append("hangs")
        if first.failure:
            verdict.stuck.append(first.failure.splitlines()[-1])
        if last.report is None:
            verdict.stuck.append(f"the next start ends with {last.code}: {last.failure.strip().splitlines()[-1:]}")
        else:
            if end != "given up":
                for wanted, state, code in zip(self.pack, last.report.states, last.report.codes, strict=False):
                    if state != end:
                        verdict.stuck.append(f"{wanted.name} is {state} {code}".strip())
            verdict.orphans += [f"open {name}" for name in last.report.open_files]
        verdict.wrong += self.wrong_files(all_of_them=end == "downloaded")
        verdict.orphans += self.strays(end) if end != "given up" else self.parts_of_nobody(last)
        if end == "downloaded":
            verdict.again = max(0, *self._again(first, last))
        return verdict

    def _again(self, first: Life, last: Life) -> list[int]:
        """Bytes of each content that came more than once; of twins only one is fetched."""
        fetched: dict[str, int] = {}
        for wanted, before, after in zip(self.pack, first.fetched, last.fetched, strict=True):
            content = wanted.content or wanted.name
            fetched[content] = fetched.get(content, -wanted.size) + before + after
        return list(fetched.values())

    def wrong_files(self, *, all_of_them: bool = True) -> list[str]:
        """Names in the folder that do not hold what they should."""
        wrong = []
        for wanted, data in zip(self.pack, self.contents, strict=True):
            path = self.to / wanted.name
            if path.exists() and path.read_bytes() != data:
                wrong.append(wanted.name)
            elif all_of_them and not path.exists():
                wrong.append(f"{wanted.name} is not there")
        return wrong

    def lies(self, boot: str = "boot-1") -> list[str]:
        """Journals that claim ranges which their part does not hold."""
        lying = []
        for journal in self.to.rglob("*" + JOURNAL_SUFFIX):
            part = journal.with_name(journal.name.removesuffix(JOURNAL_SUFFIX))
            contents = parse(journal.read_bytes(), boot)
            if contents is None or not part.exists():
                continue
            held, data = part.read_bytes(), self._data_of(part.name)
            if any(held[start:stop] != data[start:stop] for start, stop in contents.ranges.items):
                lying.append(f"{part.name} does not hold what its journal says")
        return lying

    def _data_of(self, name: str) -> bytes:
        return next(data for wanted, data in zip(self.pack, self.contents, strict=True) if name.startswith(wanted.name))

    def unkept_promises(self, life: Life) -> list[str]:
        """Files that were shown as downloaded and are not there, whole."""
        promised = [Path(name) for name in life.announced]
        return [path.name for path in promised if not path.exists() or path.read_bytes() != self._data_of(path.name)]

    def parts_of_nobody(self, life: Life) -> list[str]:
        """Parts and journals that belong to no file which is still to come."""
        report = life.report
        if report is None:
            return []
        known = [
            tag for tag, state in zip(report.tags, report.states, strict=True) if state not in ("missing", "downloaded")
        ]
        parts = [path.name for path in self.to.rglob("*.sdlpart*")]
        return [name for name in parts if not any(f".{tag}.sdlpart" in name for tag in known)]

    def strays(self, end: str = "downloaded") -> list[str]:
        """What lies there and is no model; with ``end`` quarantined: more or less than one kept file for each."""
        found = sorted(str(path.relative_to(self.to)) for path in self.to.rglob("*") if not path.is_dir())
        models = {wanted.name for wanted in self.pack} if end == "downloaded" else set()
        strays = [name for name in found if name not in models]
        if end == "quarantined":
            kept = [name for name in strays if name.startswith(QUARANTINE)]
            strays = [name for name in strays if name not in kept]
            if len(kept) != len(self.pack):
                strays.append(f"{len(kept)} kept in quarantine")
        return strays
