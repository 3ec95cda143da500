"""Two programs that do the same work, measured in turns, so that whatever else the machine does meets both."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.bench.process import Usage


@dataclass(frozen=True)
class Pair:
    """One run of each, one right after the other."""

    ours: Usage
    theirs: Usage


@dataclass(frozen=True)
class Ratios:
    """Medians over pairs: our wall and processor time in terms of the other program's, and the figures themselves.

    ``memory`` is our largest, in MiB.
    """

    wall: float
    cpu: float
    ours: Usage
    theirs: Usage
    memory: float


def compare(runs: int, ours: Callable[[], Usage], theirs: Callable[[], Usage]) -> Ratios:
    """Run both ``runs`` times after one pair that is not counted; who comes first changes from pair to pair."""
    pairs: list[Pair] = []
    for number in range(runs + 1):
        if number % 2:
            second = theirs()
            pair = Pair(ours(), second)
        else:
            first = ours()
            pair = Pair(first, theirs())
        if number or not runs:
            pairs.append(pair)
    return Ratios(
        wall=statistics.median(pair.ours.wall / pair.theirs.wall for pair in pairs),
        cpu=statistics.median(pair.ours.cpu / pair.theirs.cpu for pair in pairs),
        ours=_median([pair.ours for pair in pairs]),
        theirs=_median([pair.theirs for pair in pairs]),
        memory=max(pair.ours.memory for pair in pairs),
    )


def _median(usages: Sequence[Usage]) -> Usage:
    return Usage(
        statistics.median(usage.wall for usage in usages),
        statistics.median(usage.cpu for usage in usages),
        statistics.median(usage.memory for usage in usages),
    )
