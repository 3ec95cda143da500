"""How many others start before a queued resource.

The order is the engine's: higher priority first, then the place in the queue, and both are what the engine says in
snapshots and events. Where the user wants another order, which depends on sizes that no event tells, nothing is said.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from ..domain.resource import ResourceSnapshot
from ..domain.states import State

_Place = tuple[int, int, str]


class QueueOrder:
    """The resources that wait for their turn, over all collections that it is told of."""

    def __init__(self) -> None:
        self._order: list[_Place] = []
        self._places: dict[str, _Place] = {}
        self.is_known = True

    def __len__(self) -> int:
        return len(self._order)

    @property
    def ids(self) -> list[str]:
        """All that are known to wait."""
        return list(self._places)

    def put(self, snapshots: Iterable[ResourceSnapshot]) -> None:
        """Know these as they are: in the queue if QUEUED, else not."""
        many = list(snapshots)
        for snapshot in many:
            self._places.pop(snapshot.id, None)
            if snapshot.state is State.QUEUED:
                self._places[snapshot.id] = (-snapshot.priority, snapshot.position, snapshot.id)
        self._order = sorted(self._places.values())

    def move(self, resource: str, state: State, priority: int = 0, position: int = 0) -> bool:
        """Follow a change of state; True when the queue is another now."""
        before = self._places.pop(resource, None)
        after = (-priority, position, resource) if state is State.QUEUED else None
        if before is not None:
            del self._order[bisect_left(self._order, before)]
        if after is not None:
            self._places[resource] = after
            insort(self._order, after)
        return after != before

    def ahead(self, resource: str) -> int | None:
        """How many start before ``resource``; None when it is not in the queue, or nobody knows."""
        place = self._places.get(resource)
        return bisect_left(self._order, place) if place is not None and self.is_known else None

    def __repr__(self) -> str:
        return f"<QueueOrder {len(self)}>"
