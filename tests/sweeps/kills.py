"""kill -9 at every changing system call and every commit, and in the middle of every write; then a clean start."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .child import Action
from .faults import CHANGING, COMMIT, Fault, Kind
from .pack import PACK, TWINS, WRONG_PACK, Verdict, Wanted, Yard

KILLED = (*CHANGING, COMMIT)


@dataclass(frozen=True)
class Story:
    """What happens before the fault, what the harmed process does, what the next one does, and how all files end.

    ``before``: a run that is killed at that call comes first.
    """

    name: str
    action: Action = "get"
    before: int = 0
    then: Action = "recover"
    end: str = "downloaded"
    pack: Sequence[Wanted] = PACK


GET = Story("get")
RESUME = Story("resume", before=40, action="recover")
COPIED = Story("copy", pack=TWINS)
QUARANTINED = Story("quarantine", end="quarantined", pack=WRONG_PACK)
CANCELLED = Story("cancel", action="cancel", then="start", end="given up")
REMOVED = Story("remove", action="remove", then="start", end="given up")


def sweep(
    yard: Yard,
    story: Story,
    kind: Kind = "kill",
    *,
    control: str = "",
    every: int = 1,
    first: int = 1,
    calls: Sequence[str] = (),
    about: str = "",
) -> Iterator[Verdict]:
    """One verdict for each point, until a run is not struck any more because it makes fewer calls than that.

    Only ``calls`` are struck, or all; and only where the path contains ``about``.
    """
    calls = tuple(calls) or (("write_at",) if kind == "tear" else KILLED)
    prepare(yard, story)
    number = first
    while True:
        restore(yard, story)
        fault = Fault(kind=kind, number=number, calls=tuple(calls), about=about)
        harmed = yard.live(story.action, fault, control=control)
        if not harmed.struck:
            return
        lost = yard.lies() + yard.unkept_promises(harmed)
        mended = yard.live(story.then, control=control)
        verdict = yard.judge(f"{story.name}, {kind} at {number}", harmed, mended, end=story.end)
        verdict.lost += lost
        yield verdict
        number += every


def prepare(yard: Yard, story: Story) -> None:
    """Bring about what the story begins with, and keep a copy of it."""
    yard.clear()
    if story.before:
        life = yard.live("get", Fault(kind="kill", number=story.before, calls=KILLED))
        assert life.was_killed, "the story begins in the middle of a run"
        for place in (yard.home, yard.to):
            shutil.rmtree(place.with_name(place.name + ".before"), ignore_errors=True)
            shutil.copytree(place, place.with_name(place.name + ".before"))


def restore(yard: Yard, story: Story) -> None:
    """What the story begins with, again."""
    yard.clear()
    if story.before:
        for place in (yard.home, yard.to):
            shutil.copytree(place.with_name(place.name + ".before"), place)
