"""What a command would do with each file of its collections, and what it needs of each volume.

``plan`` shows it; ``get`` refuses by it before the first byte.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..disk.volumes import existing_parent, volume_id
from ..domain.resource import Resource, ResourceSnapshot
from ..domain.states import State
from ..errors import DriveStuck, Problem
from ..hubs.protocol import Expansion
from .filters import Filter
from .session import Session


@dataclass(frozen=True)
class Planned:
    """One file. ``is_probable``: a file of its size lies at its place, and only reading it can tell.

    ``problem`` is what speaks against its place already now.
    """

    row: ResourceSnapshot
    is_probable: bool = False
    problem: Problem | None = None

    @property
    def is_here(self) -> bool:
        """It was downloaded and is unchanged."""
        return self.row.state is State.DOWNLOADED

    @property
    def target(self) -> Path:
        """Where it goes, or lies."""
        return Path(self.row.target or "")

    @property
    def blocked(self) -> Problem | None:
        """Why the hub does not give it."""
        if self.row.resource.blocked is not None:
            return self.row.resource.blocked
        return self.row.problem if self.row.state is State.BLOCKED else None

    @property
    def missing_bytes(self) -> int:
        """Bytes that are still to come, as far as the hub says how many."""
        if self.is_here or self.is_probable or self.blocked is not None:
            return 0
        return max(0, (self.row.resource.size or 0) - self.row.received)


@dataclass(frozen=True)
class Volume:
    """A volume that files go to. ``path`` is a folder on it; ``free``, for nothing else on the list, and ``needed``
    are bytes."""

    path: Path
    free: int
    needed: int


def chosen(expansion: Expansion, filter_: Filter | None = None) -> list[Resource]:
    """The children that the locator meant and the filter keeps, in the hub's order."""
    return [
        child
        for child in expansion.resources
        if (expansion.selected is None or child.id in expansion.selected) and (filter_ is None or filter_.keeps(child))
    ]


def survey(session: Session, expansion: Expansion, children: Sequence[Resource]) -> list[Planned]:
    """How ``children`` stand; files that vanished count as missing. Raises StoreError, UnsafeName, NameTooLong."""
    was_silent = _refresh(session, expansion)
    foreseen = {one.row.id: one for one in session.ask(lambda engine: engine.foresee(expansion))}
    if was_silent and not any(_is_stuck(one.problem) for one in foreseen.values()):
        # It has woken up, and can be asked what is there.
        _refresh(session, expansion)
        foreseen = {one.row.id: one for one in session.ask(lambda engine: engine.foresee(expansion))}
    return [Planned(one.row, one.is_here, one.problem) for one in (foreseen[child.id] for child in children)]


def volumes(session: Session, planned: Sequence[Planned]) -> list[Volume]:
    """The volumes that the files go to, with what is still to come. Raises DiskError when one cannot be asked."""
    _require_answers(planned)
    needed: dict[str, int] = {}
    for one in planned:
        name = os.path.dirname(one.row.target or "")  # noqa: PTH120 - of many files in few folders
        needed[name] = needed.get(name, 0) + one.missing_bytes
    sums: dict[int, tuple[Path, int]] = {}
    for folder, bytes_ in ((Path(name), size) for name, size in needed.items()):
        number = volume_id(folder)
        path, before = sums.get(number, (existing_parent(folder), 0))
        sums[number] = (path, before + bytes_)
    ids = _ids(planned)
    return [Volume(path, _free(session, path, ids), total) for path, total in sums.values()]


def prepare(session: Session, planned: Sequence[Planned]) -> None:
    """Make sure that everything that is to come can be written and fits. Raises NotWritable, NoSpace, DiskError."""
    wanted = [one for one in planned if not one.is_here and one.blocked is None]
    needed = {volume_id(volume.path): volume.needed for volume in volumes(session, wanted)}
    for folder in dict.fromkeys(one.target.parent for one in wanted):
        # The first folder of a volume asks for all that goes there.
        together = needed.pop(volume_id(folder), 0)
        _prepare(session, folder, together, _ids(wanted) if together else ())


def _refresh(session: Session, expansion: Expansion) -> bool:
    """Look which files are still here; True where a drive did not answer."""
    try:
        session.ask(lambda engine: engine.refresh(expansion.collection.id))
    except DriveStuck:
        return True
    return False


def _is_stuck(problem: Problem | None) -> bool:
    return problem is not None and problem.code == DriveStuck.code


def _require_answers(planned: Iterable[Planned]) -> None:
    """Nothing more is asked of a drive that does not answer. Raises DriveStuck."""
    for one in planned:
        if one.problem is not None and _is_stuck(one.problem):
            raise DriveStuck(**one.problem.arguments)


def _ids(planned: Iterable[Planned]) -> list[str]:
    return [one.row.id for one in planned]


def _free(session: Session, folder: Path, besides: Sequence[str]) -> int:
    return session.ask(lambda engine: engine.free_space(folder, besides))


def _prepare(session: Session, folder: Path, needed: int, besides: Sequence[str]) -> None:
    session.ask(lambda engine: engine.prepare(folder, needed, besides))
