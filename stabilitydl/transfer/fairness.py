"""Whose turn is it? Who had the least lately, in proportion to weight. Pure: is told the time.

What was had fades away, to a third within `MEMORY` seconds. Among those who always want more the fair order makes
everybody's faded sum the same, and then their speeds are in proportion to their weights, whatever else limits others.
Nobody is held back for long by what he had before, or saves up a right to a flood while he wants nothing.

Collections share alike, or as the user weighs them: the resources of one divide its share, which grows with the weight
of the heaviest among them.
"""

from __future__ import annotations

import math

MEMORY = 2.0
"""Seconds in which what was had fades to a third (1/e)."""

_FAR = 50.0
"""Memories after which the unit of the sums is chosen anew."""


class Group:
    """The shares of one collection, and how many times the share of others it gets."""

    def __init__(self, weight: float) -> None:
        self.weight = weight
        self.shares: list[Share] = []

    def __repr__(self) -> str:
        return f"<Group of {len(self.shares)} weight={self.weight}>"


class Share:
    """What one resource of ``group`` had lately, for its weight: the lowest ``had`` is next."""

    def __init__(self, group: Group, weight: float, had: float) -> None:
        self.weight = weight
        self.group = group
        self.had = had

    @property
    def fraction(self) -> float:
        """Its weight among all resources of all collections."""
        weights = [each.weight for each in self.group.shares]
        return self.group.weight * max(weights) * self.weight / sum(weights)

    def __repr__(self) -> str:
        return f"<Share weight={self.weight}>"


class Fairness:
    """All shares. Instead of fading each sum with time, later bytes count for more."""

    def __init__(self, now: float) -> None:
        self._collections: dict[str, Group] = {}
        self._weights: dict[str, float] = {}
        self._began = now

    def weigh(self, collection: str, weight: float) -> None:
        """``collection`` gets this many times the share of others, now and whenever something of it joins."""
        if weight == 1:
            self._weights.pop(collection, None)
        else:
            self._weights[collection] = weight
        if collection in self._collections:
            self._collections[collection].weight = weight

    def join(self, collection: str, weight: float) -> Share:
        """A new share in ``collection``. It begins as if it had had as little as who had least."""
        group = self._collections.setdefault(collection, Group(self._weights.get(collection, 1.0)))
        share = Share(group, weight, min((each.had for each in self._all()), default=0.0))
        group.shares.append(share)
        return share

    def leave(self, share: Share) -> None:
        """It wants nothing any more."""
        share.group.shares.remove(share)
        self._collections = {name: group for name, group in self._collections.items() if group.shares}

    def charge(self, share: Share, count: int, now: float) -> None:
        """``share`` has so many bytes more."""
        if now - self._began > _FAR * MEMORY:
            factor = math.exp((self._began - now) / MEMORY)
            for each in self._all():
                each.had *= factor
            self._began = now
        share.had += count * math.exp((now - self._began) / MEMORY) / share.fraction

    def _all(self) -> list[Share]:
        return [share for group in self._collections.values() for share in group.shares]

    def __repr__(self) -> str:
        return f"<Fairness {len(self._all())} shares in {len(self._collections)} collections>"
