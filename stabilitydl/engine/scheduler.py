"""Which queued resource starts next: pure policy, without time, without I/O, without tasks."""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..hosts import of_host
from ..settings import StartOrder

Rank = tuple[int, int, int, str]
Lane = tuple[str, str]

_LAST = 2**63
"""More bytes than any file has."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the policy knows of one resource.

    ``host`` is the host of its first address, or the name of its hub. ``volume`` names the drive of its target.
    Higher ``priority`` starts first; within a priority the order that the user has chosen counts, and where that makes
    no difference the lower ``position``. ``received`` of its ``size`` bytes are here; None where nobody knows the size.
    """

    id: str
    host: str
    volume: str
    priority: int = 0
    position: int = 0
    size: int | None = None
    received: int = 0

    def rank(self, order: StartOrder = "in-order") -> Rank:
        """Lower starts first. The id makes the order total."""
        return (-self.priority, self._weight(order), self.position, self.id)

    def _weight(self, order: StartOrder) -> int:
        """Bytes that count in ``order``. What is not known, or not begun where only that counts, comes last."""
        if order == "in-order":
            return 0
        if self.size is None:
            return _LAST
        if order == "small-first":
            return self.size
        return self.size - self.received if self.received else _LAST

    @property
    def lane(self) -> Lane:
        """Entries of one lane are allowed or refused together."""
        return (self.host, self.volume)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many resources may run at once: in all, on one host, on one volume.

    ``hosts`` holds numbers for single hosts and what is below them, instead of ``per_host``.
    """

    jobs: int
    per_host: int
    per_volume: int
    hosts: Mapping[str, int] = field(default_factory=dict)

    def on(self, host: str) -> int:
        """How many on ``host``."""
        own = of_host(self.hosts, host) if self.hosts else None
        return self.per_host if own is None else own


@dataclass(frozen=True, slots=True)
class Closed:
    """Where nothing new may start for now."""

    hosts: frozenset[str] = frozenset()
    volumes: frozenset[str] = frozenset()
    everything: bool = False


class Backlog:
    """The queued entries, kept so that choosing costs the number of lanes and not the number of entries."""

    def __init__(self, order: StartOrder = "in-order") -> None:
        self.order: StartOrder = order
        self._entries: dict[str, Entry] = {}
        # What was replaced stays in its heap until it comes up; the number keeps it apart from an equal one.
        self._lanes: dict[Lane, list[tuple[Rank, int, Entry]]] = {}
        self._numbers = itertools.count()

    def put(self, entry: Entry) -> None:
        """Queue ``entry``; one with the same id is replaced."""
        self._entries[entry.id] = entry
        heapq.heappush(self._lanes.setdefault(entry.lane, []), self._item(entry))

    def rank(self, resource_id: str, priority: int) -> None:
        """Change the priority of ``resource_id``, where it is queued."""
        entry = self._entries.get(resource_id)
        if entry is not None and entry.priority != priority:
            self.put(replace(entry, priority=priority))

    def _item(self, entry: Entry) -> tuple[Rank, int, Entry]:
        return entry.rank(self.order), next(self._numbers), entry

    def set_order(self, order: StartOrder) -> None:
        """Let what is queued start in another order."""
        if order == self.order:
            return
        self.order = order
        self._lanes.clear()
        for entry in self._entries.values():
            self._lanes.setdefault(entry.lane, []).append(self._item(entry))
        for lane in self._lanes.values():
            heapq.heapify(lane)

    def drop(self, resource_id: str) -> bool:
        """Take ``resource_id`` out; False when it was not queued."""
        return self._entries.pop(resource_id, None) is not None

    def next(self, running: Iterable[Entry], limits: Limits, closed: Closed = Closed()) -> list[Entry]:
        """Take out what may start now beside ``running``, in the order of starting.

        An entry that may not start does not hold up those behind it that may.
        """
        if closed.everything:
            return []
        present = list(running)
        hosts = Counter(entry.host for entry in present)
        volumes = Counter(entry.volume for entry in present)
        room = limits.jobs - len(present)
        heads = [
            (head.rank(self.order), head)
            for lane in list(self._lanes)
            if lane[0] not in closed.hosts and lane[1] not in closed.volumes and (head := self._head(lane)) is not None
        ]
        heapq.heapify(heads)
        chosen: list[Entry] = []
        while heads and len(chosen) < room:
            _, entry = heapq.heappop(heads)
            if hosts[entry.host] >= limits.on(entry.host) or volumes[entry.volume] >= limits.per_volume:
                continue
            hosts[entry.host] += 1
            volumes[entry.volume] += 1
            chosen.append(entry)
            del self._entries[entry.id]
            following = self._head(entry.lane)
            if following is not None:
                heapq.heappush(heads, (following.rank(self.order), following))
        return chosen

    def _head(self, lane: Lane) -> Entry | None:
        heap = self._lanes.get(lane)
        while heap:
            entry = heap[0][2]
            if self._entries.get(entry.id) is entry:
                return entry
            heapq.heappop(heap)
        self._lanes.pop(lane, None)
        return None

    def __contains__(self, resource_id: object) -> bool:
        return resource_id in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<Backlog {len(self._entries)} queued in {len(self._lanes)} lanes>"
