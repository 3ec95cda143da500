"""What subscribers believe, and how they are told what they missed."""

from __future__ import annotations

from pathlib import Path

import msgspec

from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.events import Downloaded, ResourcesRemoved, StateChanged
from stabilitydl.domain.resource import ResourceSnapshot
from stabilitydl.domain.states import State
from stabilitydl.engine.remote_known import Known
from tests.fakes.hub import pack

EXPANSION = pack(Path("/to"), "a.bin", "b.bin", "c.bin")
A, B, C = (ResourceSnapshot(resource=each) for each in EXPANSION.resources)


def move(row: ResourceSnapshot, old: State, new: State) -> StateChanged:
    return StateChanged(
        resource=row.id, collection=row.resource.collection, name=row.resource.name, old=old, new=new, received=5
    )


def test_only_what_is_not_settled_is_known() -> None:
    known = Known()
    known.note([move(A, State.MISSING, State.QUEUED), move(B, State.MISSING, State.QUEUED)])
    known.note([move(A, State.QUEUED, State.PAUSED), ResourcesRemoved(collection="x", resources=(C.id,))])
    assert known.ids == [B.id]
    assert repr(known) == "<Known 1 not settled>"
    known.note([ResourcesRemoved(collection="x", resources=(B.id,))])
    assert known.ids == []


def test_what_is_as_believed_needs_no_words() -> None:
    known = Known()
    known.note([move(A, State.MISSING, State.QUEUED)])
    assert known.correct([msgspec.structs.replace(A, state=State.QUEUED)]) == []


def test_differences_are_told_from_belief_to_truth() -> None:
    known = Known()
    known.note(move(row, State.RESOLVING, State.DOWNLOADING) for row in (A, B, C))
    here = msgspec.structs.replace(
        A,
        state=State.DOWNLOADED,
        target="/to/a.bin",
        file_size=180,
        sha256="0" * 64,
        verification=Verification.VERIFIED,
    )
    paused = msgspec.structs.replace(B, state=State.PAUSED, received=7, position=3, priority=2)
    first, second, third, fourth = known.correct([here, paused])
    assert first == msgspec.structs.replace(move(A, State.DOWNLOADING, State.DOWNLOADED), received=0)
    assert isinstance(second, Downloaded)
    assert (second.path, second.bytes, second.fetched, second.sha256) == ("/to/a.bin", 180, 180, "0" * 64)
    told = move(B, State.DOWNLOADING, State.PAUSED)
    assert third == msgspec.structs.replace(told, received=7, position=3, priority=2)
    assert fourth == ResourcesRemoved(collection=C.resource.collection, resources=(C.id,))
