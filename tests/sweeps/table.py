"""What a sweep found, as a value and as a line of the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .judge import KINDS, MIB, Verdict

NAMES = {
    "wrong": "wrong file",
    "stuck": "stuck job",
    "orphans": "orphan",
    "lost": "broken promise",
    "again": "more bytes",
}
"""The kinds of what may be wrong, as the table calls them."""

LEAST: Mapping[str, int] = {"kill points": 300, "power cuts": 100, "(call, error) pairs": 150}
"""What a full run has to strike at least: less proves less."""


@dataclass
class Outcome:
    """All verdicts of one sweep. ``bound`` is bytes; ``counts_as`` is a key of `LEAST`, or empty.

    A negative control ``expects`` kinds of failure: at its first point that does not hold, the first of them is seen
    and nothing but them. ``error``: why the sweep itself broke off.
    """

    name: str
    bound: int
    expects: tuple[str, ...] = ()
    counts_as: str = ""
    verdicts: list[Verdict] = field(default_factory=list)
    skipped: str = ""
    error: str = ""

    def take(self, verdicts: Iterable[Verdict]) -> Outcome:
        """Collect; of a control only up to the first point that does not hold."""
        for verdict in verdicts:
            self.verdicts.append(verdict)
            if self.expects and verdict.failed(self.bound):
                break
        return self

    @property
    def is_control(self) -> bool:
        return bool(self.expects)

    @property
    def failures(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.failed(self.bound)]

    @property
    def seen(self) -> frozenset[str]:
        """The kinds of failure of the first point that does not hold."""
        return self.failures[0].failed(self.bound) if self.failures else frozenset()

    @property
    def is_good(self) -> bool:
        """Nothing failed; or, of a control, something did in the way that it has to."""
        if self.skipped:
            return True
        if self.error or not self.verdicts:
            return False
        if self.expects:
            return self.expects[0] in self.seen and self.seen <= set(self.expects)
        return not self.failures

    @property
    def again(self) -> int | None:
        return max((verdict.again for verdict in self.verdicts if verdict.again is not None), default=None)

    @property
    def struck(self) -> int:
        """At how many points the fault came about."""
        return sum(verdict.struck for verdict in self.verdicts)

    def count(self, name: str) -> int:
        """At how many points something is ``wrong``, ``stuck``, among the ``orphans``, or ``lost``."""
        return sum(bool(getattr(verdict, name)) for verdict in self.verdicts)


HEAD = ("sweep", "points", "struck", "wrong", "stuck", "orphans", "broken promises", "most bytes again", "")


def lines(outcomes: Sequence[Outcome]) -> list[str]:
    """The table, with a heading."""
    rows = [HEAD, *map(_row, outcomes)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def totals(outcomes: Sequence[Outcome], kinds: Iterable[str]) -> tuple[list[str], bool]:
    """How many points of each of these kinds were struck, as lines, and whether that is enough."""
    said, is_enough = [], True
    for kind in kinds:
        struck = sum(outcome.struck for outcome in outcomes if outcome.counts_as == kind)
        is_few = struck < LEAST[kind]
        is_enough = is_enough and not is_few
        said.append(f"{struck} {kind} were struck, {LEAST[kind]} have to be" + ": TOO FEW" * is_few)
    return said, is_enough


def _row(outcome: Outcome) -> tuple[str, ...]:
    if outcome.skipped:
        return (outcome.name, *["-"] * 7, f"not here: {outcome.skipped}")
    return (
        outcome.name,
        str(len(outcome.verdicts)),
        str(outcome.struck or "-"),
        *(str(outcome.count(kind)) for kind in KINDS[:-1]),
        f"{outcome.again / MIB:.1f} of {outcome.bound / MIB:.0f} MiB" if outcome.again is not None else "-",
        _end(outcome),
    )


def _end(outcome: Outcome) -> str:
    if outcome.error:
        return f"BROKE OFF: {outcome.error}"
    if not outcome.expects:
        return "good" if outcome.is_good else "FAILED"
    seen = ", ".join(NAMES[kind] for kind in KINDS if kind in outcome.seen) or "nothing"
    wanted = NAMES[outcome.expects[0]]
    return f"fails as it must: {seen}" if outcome.is_good else f"MUST FAIL BY {wanted}, seen: {seen}"
