"""What a sweep found, as a value and as a line of the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .pack import MIB, Verdict


@dataclass
class Outcome:
    """All verdicts of one sweep. ``bound`` is bytes; of a negative control at least one point must not hold."""

    name: str
    bound: int
    is_control: bool = False
    verdicts: list[Verdict] = field(default_factory=list)
    skipped: str = ""

    def take(self, verdicts: Iterable[Verdict], *, until_failure: bool = False) -> Outcome:
        """Collect; with ``until_failure`` only up to the first that does not hold."""
        for verdict in verdicts:
            self.verdicts.append(verdict)
            if until_failure and not verdict.holds(self.bound):
                break
        return self

    @property
    def failures(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if not verdict.holds(self.bound)]

    @property
    def is_good(self) -> bool:
        """Nothing failed; or, of a control, something did."""
        return bool(self.skipped) or (bool(self.verdicts) and bool(self.failures) == self.is_control)

    @property
    def again(self) -> int:
        return max((verdict.again for verdict in self.verdicts), default=0)

    def count(self, name: str) -> int:
        """At how many points something is ``wrong``, ``stuck``, among the ``orphans``, or ``lost``."""
        return sum(bool(getattr(verdict, name)) for verdict in self.verdicts)


HEAD = ("sweep", "points", "wrong files", "stuck jobs", "orphans", "broken promises", "most bytes again", "")


def lines(outcomes: Sequence[Outcome]) -> list[str]:
    """The table, with a heading."""
    rows = [HEAD, *map(_row, outcomes)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _row(outcome: Outcome) -> tuple[str, ...]:
    if outcome.skipped:
        return (outcome.name, "-", "-", "-", "-", "-", "-", f"not here: {outcome.skipped}")
    if outcome.is_control:
        end = "fails as it must" if outcome.is_good else "DOES NOT FAIL"
    else:
        end = "good" if outcome.is_good else "FAILED"
    return (
        outcome.name,
        str(len(outcome.verdicts)),
        str(outcome.count("wrong")),
        str(outcome.count("stuck")),
        str(outcome.count("orphans")),
        str(outcome.count("lost")),
        f"{outcome.again / MIB:.1f} MiB",
        end,
    )
