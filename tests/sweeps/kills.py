"""kill -9 at every changing system call and every commit, and in the middle of every write; then a clean start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .faults import Fault, Kind
from .judge import Verdict, asked_again, judge, see_files, see_harm
from .pack import Yard
from .stories import KILLED, Beginning, Story


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
    """One verdict for each point, until a run is not struck any more because it makes fewer calls than that: this one
    is judged as well. Where something comes before, that is the first verdict.

    Only ``calls`` are struck, or all; and only where the path contains ``about``.
    """
    control = control or story.drive
    calls = tuple(calls) or (("write_at",) if kind == "tear" else KILLED)
    beginning = story.begin(yard) if story.begin is not None else Beginning()
    if beginning.verdict is not None:
        yield beginning.verdict
    dues = story.dues(yard)
    number = first
    while True:
        if story.begin is not None:
            yard.restore()
        else:
            yard.clear()
        fault = Fault(kind=kind, number=number, calls=calls, about=about)
        verdict = Verdict(f"{story.name}, {kind} at {number}")
        there, since = yard.claims(), len(yard.origin.requests)
        harmed = yard.live(story.action, fault, control=control)
        see_harm(verdict, harmed, fault)
        see_files(verdict, yard, dues)
        verdict.lost += yard.lies() + yard.unkept_promises(harmed)
        if story.is_binding:
            verdict.lost += asked_again(yard, since, there)
        there, since = yard.claims(), len(yard.origin.requests)
        mended = yard.live(story.then, control=control)
        judge(verdict, yard, [harmed, mended], dues, beginning.held)
        if story.is_binding:
            verdict.lost += asked_again(yard, since, there)
        verdict.is_end = not verdict.struck
        yield verdict
        if verdict.is_end:
            return
        number += every
