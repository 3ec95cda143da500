"""What happens before the fault, what the harmed process does, what the next one does, and how all files end."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from stabilitydl.disk.journal import BLOCK

from .actions import Action
from .controls import NO_EXCLUSIVE_NAMES
from .faults import CHANGING, COMMIT, Fault
from .judge import Due, Verdict, see_harm
from .pack import KEPT_PACK, MIB, PACK, ROTTING_PACK, TWINS, WRONG_PACK, Wanted, Yard

KILLED = (*CHANGING, COMMIT)
"""Every moment that is worth dying at."""

CLAIMED = 8 * MIB
"""Bytes that are there when something is resumed: as much as a kill may cost, so that beginning again shows."""

BAD = (3 * BLOCK + 7, 8 * BLOCK)
"""Which bytes of a large file rot."""

_LATER = 10**9


@dataclass(frozen=True)
class Beginning:
    """What was brought about: ``held`` bytes are there by name, and what the life that did it is to be judged by."""

    held: Mapping[str, int] = field(default_factory=dict)
    verdict: Verdict | None = None


def downloaded(yard: Yard) -> list[Due]:
    """Everything is here; of twins only the first has to come."""
    dues: list[Due] = []
    seen: set[str] = set()
    for wanted, data in zip(yard.pack, yard.contents, strict=True):
        dues.append(Due(data, needed=0 if wanted.twin in seen else wanted.size))
        seen.add(wanted.twin)
    return dues


def quarantined(yard: Yard) -> list[Due]:
    """The server has other bytes than what the checksums speak of: all of them are kept aside, once."""
    return [Due(None, "quarantined", kept=data) for data in yard.contents]


def given_up(yard: Yard) -> list[Due]:
    return [Due(data, is_given_up=True) for data in yard.contents]


@dataclass(frozen=True)
class Story:
    """``begin`` comes before all points; without it each begins with nothing. Where the journal ``is_binding``, nothing
    that it claims is asked for again. ``drive``: what is peculiar to it, see `controls.DRIVES`.
    """

    name: str
    action: Action = "get"
    then: Action = "recover"
    pack: Sequence[Wanted] = PACK
    begin: Callable[[Yard], Beginning] | None = None
    dues: Callable[[Yard], list[Due]] = downloaded
    is_binding: bool = True
    drive: str = ""


def with_reservations(dues: Callable[[Yard], list[Due]]) -> Callable[[Yard], list[Due]]:
    """The same where a name has to be reserved by an empty file before a file can have it."""
    return partial(_with_reservations, dues)


def _with_reservations(dues: Callable[[Yard], list[Due]], yard: Yard) -> list[Due]:
    return [
        replace(due, before=(*due.before, *(() if wanted.is_users else (b"",))))
        for wanted, due in zip(yard.pack, dues(yard), strict=True)
    ]


def half_there(yard: Yard) -> Beginning:
    """A life that is killed as soon as the journal of the first file claims `CLAIMED` bytes."""
    yard.clear()
    large = yard.pack[0]
    fault = Fault(kind="kill", number=1, calls=KILLED, about=large.name, claimed=CLAIMED)
    life = yard.live("get", fault)
    verdict = Verdict("the life before")
    see_harm(verdict, life, fault)
    claims = yard.claims()
    assert large.name in claims, f"nothing to resume: {verdict}, {life}"
    assert CLAIMED <= claims[large.name].total < large.size, claims
    held = {
        wanted.name: wanted.size if (yard.to / wanted.name).exists() else claims[wanted.name].total
        for wanted in yard.pack
        if wanted.name in claims or (yard.to / wanted.name).exists()
    }
    cost = [
        came - held.get(wanted.name, 0) for wanted, came in zip(yard.pack, life.fetched, strict=True) if wanted.size
    ]
    verdict.again = max(cost)
    yard.save()
    return Beginning(held, verdict)


def rotten(data: bytes) -> bytes:
    """Single bits turned over."""
    turned = bytearray(data)
    for place in BAD if len(data) > BAD[0] else (len(data) // 2,):
        if place < len(data):
            turned[place] ^= 1
    return bytes(turned)


def of_the_user(wanted: Wanted) -> bytes:
    """What the user has put under that name: larger than what the hub has, and newer."""
    return random.Random(f"{wanted.name} of the user").randbytes(wanted.size + 1)


def rot(yard: Yard) -> Beginning:
    """Everything came, and then bits turned over without a trace; the user replaced one file."""
    yard.clear()
    life = yard.live("get")
    assert life.code == 0, life
    for wanted, data in zip(yard.pack, yard.contents, strict=True):
        if not wanted.is_users:
            _put(yard.to / wanted.name, rotten(data), later=0)
    return _with_files_of_the_user(yard)


def rot_is_repaired(yard: Yard) -> list[Due]:
    """Mended, with the damaged bytes kept; what the user put there stays, and says so."""
    dues = []
    for wanted, data in zip(yard.pack, yard.contents, strict=True):
        if wanted.is_users:
            dues.append(Due(of_the_user(wanted), "failed", "target-taken", needed=0))
            continue
        damaged = rotten(data)
        has_blocks = wanted.checksum and wanted.size > BAD[-1]
        needed = len(BAD) * BLOCK if has_blocks else wanted.size
        dues.append(Due(data, before=(damaged,), kept=damaged, needed=needed))
    return dues


def all_kept(yard: Yard) -> Beginning:
    """Everything lies in quarantine; meanwhile the user has put a file of another origin under one of the names."""
    yard.clear()
    life = yard.live("get")
    assert life.code == 0, life
    assert all(yard.kept(wanted) for wanted in yard.pack), "kept aside"
    return _with_files_of_the_user(yard)


def kept_as_it_is(yard: Yard) -> list[Due]:
    """The wrong bytes are the model file by the will of the user, unless something else lies there."""
    return [
        Due(of_the_user(wanted), "quarantined", kept=data) if wanted.is_users else Due(data)
        for wanted, data in zip(yard.pack, yard.contents, strict=True)
    ]


def made_right(yard: Yard) -> Beginning:
    """As `all_kept`, and then the user has put the right bytes into quarantine."""
    all_kept(yard)
    for wanted, data in zip(yard.pack, yard.promised, strict=True):
        place = yard.kept(wanted)
        assert place is not None
        _put(place, data, later=_LATER)
    yard.save()
    return Beginning()


def brought_back(yard: Yard) -> list[Due]:
    return [
        Due(of_the_user(wanted), "quarantined", kept=data) if wanted.is_users else Due(data)
        for wanted, data in zip(yard.pack, yard.promised, strict=True)
    ]


def server_is_right_now(yard: Yard) -> Beginning:
    """As `all_kept`, and then the server has what was promised."""
    all_kept(yard)
    yard.serve(yard.promised)
    return Beginning()


def tried_again(yard: Yard) -> list[Due]:
    """The right file is here, and the wrong bytes are kept all the same."""
    return [
        Due(of_the_user(wanted), "failed", "target-taken", kept=data, needed=0)
        if wanted.is_users
        else Due(right, kept=data, needed=wanted.size)
        for wanted, data, right in zip(yard.pack, yard.contents, yard.promised, strict=True)
    ]


def thrown_away(yard: Yard) -> list[Due]:
    """Nothing of it is here any more; what the user has put under one of the names stays."""
    return [Due(of_the_user(wanted) if wanted.is_users else None, "missing") for wanted in yard.pack]


def _with_files_of_the_user(yard: Yard) -> Beginning:
    for wanted in yard.pack:
        if wanted.is_users:
            _put(yard.to / wanted.name, of_the_user(wanted), later=_LATER)
    yard.save()
    return Beginning()


def _put(path: Path, data: bytes, *, later: int) -> None:
    """Write ``data``, ``later`` by so many nanoseconds than what was there; 0: nothing tells of it."""
    time = path.stat().st_mtime_ns if path.exists() else 0
    path.write_bytes(data)
    if time:
        os.utime(path, ns=(time + later, time + later))


GET = Story("get")
RESUME = Story("resume", action="recover", begin=half_there)
COPIED = Story("copy", pack=TWINS)
QUARANTINED = Story("quarantine", pack=WRONG_PACK, dues=quarantined, is_binding=False)
CANCELLED = Story("cancel", action="cancel", then="start", dues=given_up, is_binding=False)
REMOVED = Story("remove", action="remove", then="start", dues=given_up, is_binding=False)
REPAIRED = Story("repair", action="repair", then="repair", pack=ROTTING_PACK, begin=rot, dues=rot_is_repaired)
KEPT = Story("keep as unverifiable", action="keep", then="keep", pack=KEPT_PACK, begin=all_kept, dues=kept_as_it_is)
JUDGED = Story("judge again", action="look", then="look", pack=KEPT_PACK, begin=made_right, dues=brought_back)
RETRIED = Story("try again", action="retry", then="retry", pack=KEPT_PACK, begin=server_is_right_now, dues=tried_again)
EMPTIED = Story("throw away", action="empty", then="empty", pack=KEPT_PACK, begin=all_kept, dues=thrown_away)
GET_PLAIN = replace(
    GET,
    name="get, no exclusive names",
    drive=NO_EXCLUSIVE_NAMES,
    dues=with_reservations(downloaded),
)

KEPT_PLAIN = replace(
    KEPT, name="keep, no exclusive names", drive=NO_EXCLUSIVE_NAMES, dues=with_reservations(kept_as_it_is)
)

STORIES = (
    GET,
    RESUME,
    COPIED,
    CANCELLED,
    REMOVED,
    QUARANTINED,
    REPAIRED,
    KEPT,
    JUDGED,
    RETRIED,
    EMPTIED,
    GET_PLAIN,
    KEPT_PLAIN,
)
