"""The children of a collection as the window knows them: snapshots, progress, retries and the queue, following events.

No Qt here. What the events change is handed to the item model as slots.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from ..domain.events import Downloaded, LimitChanged, Progress, ProgressTick, RetryScheduled, StateChanged
from ..domain.resource import ResourceSnapshot
from ..domain.states import State
from ..errors import Problem
from .queue_order import QueueOrder
from .rows import Rows
from .state_text import StateText, describe

Changed = dict[int, State]
"""Slots that changed, with the state that each had before."""


@dataclass(frozen=True)
class Lively:
    """Which children have to be known at once: those that wait for their turn, and those that count down."""

    queued: Sequence[ResourceSnapshot] = ()
    counting: Sequence[str] = ()

    @classmethod
    def among(cls, snapshots: Sequence[ResourceSnapshot]) -> Lively:
        """Look through ``snapshots``."""
        return cls(
            [snapshot for snapshot in snapshots if snapshot.state is State.QUEUED],
            [snapshot.id for snapshot in snapshots if _counts_down(snapshot)],
        )


def _counts_down(snapshot: ResourceSnapshot) -> bool:
    return snapshot.state is State.WAITING and snapshot.wait is not None and snapshot.wait.until is not None


class Children:
    """All children, one per slot of ``rows``. ``counting`` are the ids whose text shows a countdown."""

    def __init__(self, queue: QueueOrder) -> None:
        self.rows = Rows()
        self.progress: dict[str, Progress] = {}
        self.counting: set[str] = set()
        self._retrying: dict[str, Problem] = {}
        self._queue = queue

    def become(self, rows: Rows, lively: Lively) -> None:
        """Hold these children; what is known about the progress of those that stay is kept."""
        self.rows = rows
        self.progress = {key: value for key, value in self.progress.items() if key in rows.slots}
        self._retrying = {key: value for key, value in self._retrying.items() if key in rows.slots}
        self.counting = set(lively.counting)
        left = [snapshot for key in self._queue.ids if (snapshot := self.snapshot_of(key)) is not None]
        self._queue.put([*left, *lively.queued])

    def snapshot_of(self, resource: str) -> ResourceSnapshot | None:
        """The child with this id."""
        slot = self.rows.slots.get(resource)
        return None if slot is None else self.rows.snapshots[slot]

    def text(self, snapshot: ResourceSnapshot, now: float) -> StateText:
        """What the state cell of a child says; ``now`` is seconds since 1970."""
        return describe(
            snapshot,
            self.progress.get(snapshot.id),
            now=now,
            ahead=self._queue.ahead(snapshot.id) if snapshot.state is State.QUEUED else None,
            retrying=self._retrying.get(snapshot.id),
        )

    def take_state(self, event: StateChanged, changed: Changed) -> bool:
        """Follow a move; True when the queue is another now."""
        slot = self.rows.slots.get(event.resource)
        if slot is not None:
            before = self.rows.snapshots[slot]
            after = msgspec.structs.replace(
                before,
                state=event.new,
                received=event.received,
                problem=event.problem,
                wait=event.wait,
                position=event.position,
            )
            self._put(slot, after, changed)
        # The answer to a new priority may have overtaken this event.
        priority = self.rows.snapshots[slot].priority if slot is not None else event.priority
        return self._queue.move(event.resource, event.new, priority, event.position)

    def take_file(self, event: Downloaded, changed: Changed) -> None:
        """Know the file that arrived."""
        slot = self.rows.slots.get(event.resource)
        if slot is not None:
            after = msgspec.structs.replace(
                self.rows.snapshots[slot],
                target=event.path,
                file_size=event.bytes,
                verification=event.verification,
                sha256=event.sha256,
            )
            self._put(slot, after, changed)

    def take_limit(self, event: LimitChanged) -> list[int]:
        """Know how fast children may come at most; their slots."""
        slots = [slot for each in event.resources if (slot := self.rows.slots.get(each)) is not None]
        for slot in slots:
            self.rows.put(slot, msgspec.structs.replace(self.rows.snapshots[slot], rate_limit=event.rate))
        return slots

    def take_retry(self, event: RetryScheduled) -> None:
        """Know why a connection tries again, until bytes come."""
        if event.resource in self.rows.slots:
            self._retrying[event.resource] = event.problem

    def take_tick(self, tick: ProgressTick) -> list[int]:
        """The slots whose progress is another now."""
        slots = self.rows.slots
        before, after = self.progress, {}
        touched: list[int] = []
        for entry in tick.entries:
            slot = slots.get(entry.resource)
            if slot is None:
                continue
            after[entry.resource] = entry
            if before.get(entry.resource) != entry:
                touched.append(slot)
                self.rows.receive(slot, entry.received)
                if entry.speed >= 1:
                    self._retrying.pop(entry.resource, None)
        touched.extend(slots[resource] for resource in before if resource not in after)
        self.progress = after
        return touched

    def take_snapshots(self, snapshots: Iterable[ResourceSnapshot], changed: Changed) -> None:
        """Replace children by later snapshots; those that are not here only move the queue."""
        many = list(snapshots)
        for snapshot in many:
            slot = self.rows.slots.get(snapshot.id)
            if slot is not None:
                self._put(slot, snapshot, changed)
        self._queue.put(many)

    def know_order(self, is_known: bool) -> bool:
        """Can it be told how many start before others? True when that is another answer than before."""
        was, self._queue.is_known = self._queue.is_known, is_known
        return was is not is_known

    def leave_queue(self, resources: Iterable[str]) -> bool:
        """Children were removed; True when the queue is another now."""
        moved = [self._queue.move(resource, State.MISSING) for resource in resources]
        return any(moved)

    def _put(self, slot: int, snapshot: ResourceSnapshot, changed: Changed) -> None:
        changed.setdefault(slot, self.rows.snapshots[slot].state)
        self.rows.put(slot, snapshot)
        if not snapshot.state.is_running:
            self.progress.pop(snapshot.id, None)
            self._retrying.pop(snapshot.id, None)
        if _counts_down(snapshot):
            self.counting.add(snapshot.id)
        else:
            self.counting.discard(snapshot.id)

    def __repr__(self) -> str:
        return f"<Children {len(self.rows)}, {len(self.progress)} running>"
