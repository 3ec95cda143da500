"""A file in quarantine: its bytes arrived and are not what was promised.

The problem of its resource says where it lies, and what it looked like when it was last judged.
"""

from __future__ import annotations

import msgspec

from ..errors import Problem, StabilityError
from .resource import ResourceSnapshot
from .states import State

_PLACE, _SIZE, _MTIME = "kept", "kept_size", "kept_mtime"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One file that is kept aside, with the reason. ``size`` is bytes on its volume.

    ``resource`` and ``collection`` are empty for a file that nothing on the list refers to any more: it was tried
    again with success, or its resource was removed.
    """

    path: str
    size: int
    name: str
    resource: str = ""
    collection: str = ""
    problem: Problem | None = None


def place_of(row: ResourceSnapshot) -> str | None:
    """Where the file of a quarantined resource lies."""
    return place_in(row.problem) if row.problem is not None and row.state is State.QUARANTINED else None


def place_in(problem: Problem) -> str | None:
    """Where the file lies that a problem is about, None where it says nothing of one that is kept."""
    place = problem.arguments.get(_PLACE)
    return str(place) if place else None


def keep_at(failure: StabilityError, place: str) -> StabilityError:
    """Let ``failure`` say that the file it is about lies at ``place``; it is returned."""
    failure.arguments[_PLACE] = place
    return failure


def kept_at(problem: Problem, place: str) -> Problem:
    """``problem`` of a file that lies at ``place`` now."""
    return msgspec.structs.replace(problem, arguments={**problem.arguments, _PLACE: place})


def is_as_judged(row: ResourceSnapshot, size: int, mtime_ns: int) -> bool:
    """Is a file of ``size`` bytes and ``mtime_ns`` still the one whose bytes are known to be wrong?

    What an older version has put there counts as it is.
    """
    seen = row.problem.arguments if row.problem is not None else {}
    return (seen.get(_SIZE, size), seen.get(_MTIME, mtime_ns)) == (size, mtime_ns)


def size_when_judged(row: ResourceSnapshot) -> int:
    """The bytes of the file of a quarantined resource when it was last judged, 0 where an older version did that."""
    size = row.problem.arguments.get(_SIZE) if row.problem is not None else None
    return size if isinstance(size, int) else 0


def judged(problem: Problem, place: str, size: int, mtime_ns: int, sha256: str) -> Problem:
    """``problem`` of a file at ``place`` that was read as it is now."""
    known = {_PLACE: place, _SIZE: size, _MTIME: mtime_ns, "sha256": sha256}
    return msgspec.structs.replace(problem, arguments={**problem.arguments, **known})
