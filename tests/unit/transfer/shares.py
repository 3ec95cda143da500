"""What would be fair: weighted max-min shares under several limits at once, by filling up.

All rates rise together, each in proportion to its weight, until something is full; whoever it concerns stays there, and
the others go on rising. The resources of a collection divide what it weighs times the weight of its heaviest one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Demand:
    """One resource: where it comes from, its weight, and the most bytes per second it may or can have."""

    key: str
    host: str = ""
    collection: str = ""
    weight: float = 1.0
    most: float = math.inf


def fair_shares(
    demands: Iterable[Demand], total: float, hosts: Mapping[str, float], weights: Mapping[str, float]
) -> dict[str, float]:
    """Bytes per second for each key. ``total`` is the limit in all, ``hosts`` those of servers, ``weights`` those of
    collections, where others have 1."""
    rising = list(demands)
    shares = {demand.key: 0.0 for demand in rising}
    room: dict[str | None, float] = {None: total, **hosts}
    heaviest: dict[str, float] = {}
    for demand in rising:
        heaviest[demand.collection] = max(heaviest.get(demand.collection, 0.0), demand.weight)
    sums: dict[str, float] = {}
    for demand in rising:
        sums[demand.collection] = sums.get(demand.collection, 0.0) + demand.weight
    slopes = {
        each.key: weights.get(each.collection, 1.0) * heaviest[each.collection] * each.weight / sums[each.collection]
        for each in rising
    }
    while rising:
        load: dict[str | None, float] = {}
        for demand in rising:
            for place in (None, demand.host):
                load[place] = load.get(place, 0.0) + slopes[demand.key]
        step = min(
            [room[place] / slope for place, slope in load.items() if place in room]
            + [(demand.most - shares[demand.key]) / slopes[demand.key] for demand in rising]
        )
        full = {place for place, slope in load.items() if place in room and room[place] <= slope * step * (1 + 1e-9)}
        for demand in rising:
            shares[demand.key] += slopes[demand.key] * step
        for place, slope in load.items():
            if place in room:
                room[place] -= slope * step
        rising = [
            demand
            for demand in rising
            if not full & {None, demand.host} and shares[demand.key] < demand.most * (1 - 1e-9)
        ]
    return shares
