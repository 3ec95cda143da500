"""The speed limits: for everything, for hosts, for single resources. All may change while downloads run.

Each limit is a bucket (`bucket`), and a read takes what it is going to bring from all the buckets that it stands under,
before it begins. Where reads have to wait for each other, the one goes first that had the least lately, in proportion
to its weight (`fairness`). So every limit is shared fairly between the collections and resources that want more, and
whatever one of them cannot use is there for the others at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import anyio

from ..clock import Clock
from ..domain.chunk import WIDTH
from ..hosts import names_of
from .bucket import Bucket
from .fairness import Fairness, Share

APPETITE = 16 * 1024
"""Bytes that the first read of a fetch may bring at most where a limit holds, and the smallest appetite."""

_MOMENT = 0.05
_SHORTEST_NAP = 0.005
_LONGEST_NAP = 0.5


class Bandwidth:
    """Limits in bytes per second, 0 meaning none. ``limit`` is the one for everything."""

    def __init__(self, clock: Clock, limit: int = 0) -> None:
        self._clock = clock
        self._everything: Bucket | None = None
        self._hosts: dict[str, Bucket] = {}
        self._resources: dict[str, Bucket] = {}
        self._weights: dict[str, float] = {}
        self._fairness = Fairness(clock.monotonic())
        self._flows: list[Flow] = []
        self._queue: list[Waiting] = []
        self._watcher: Waiting | None = None
        self._nap: anyio.CancelScope | None = None
        self.changes = 0
        """Grows whenever somebody may have become faster or slower."""
        self.set_limit(limit)

    @property
    def limit(self) -> int:
        return self._everything.rate if self._everything is not None else 0

    def set_limit(self, limit: int) -> None:
        """Change the limit for everything, at once."""
        self._everything = self._changed(self._everything, limit)
        self._look_again()

    def set_host_limits(self, limits: Mapping[str, int]) -> None:
        """Change the limits of all hosts; those of a domain hold for the hosts in it, all together."""
        wanted = {host.lower(): limit for host, limit in limits.items() if limit}
        self._hosts = {
            host: bucket
            for host, limit in wanted.items()
            if (bucket := self._changed(self._hosts.get(host), limit)) is not None
        }
        self._look_again()

    def set_resource(self, resource: str, *, limit: int = 0, weight: float = 1.0) -> None:
        """Change the limit of one resource, and how many times the share of others it gets."""
        if weight <= 0:
            raise ValueError(weight)
        bucket = self._changed(self._resources.pop(resource, None), limit)
        if bucket is not None:
            self._resources[resource] = bucket
        self._weights[resource] = weight
        for flow in self._flows:
            if flow.resource == resource:
                flow.share.weight = weight
        self._look_again()

    def set_collection(self, collection: str, weight: float) -> None:
        """Change how many times the share of others a collection gets, whatever it holds."""
        if weight <= 0:
            raise ValueError(weight)
        self._fairness.weigh(collection, weight)
        self._look_again()

    def forget_resource(self, resource: str) -> None:
        """Nothing of it is read any more."""
        self._resources.pop(resource, None)
        self._weights.pop(resource, None)

    def flow(self, resource: str, collection: str = "") -> Flow:
        """What one fetch of ``resource`` reads through; to be closed when it ends."""
        flow = Flow(self, resource, self._fairness.join(collection, self._weights.get(resource, 1.0)))
        self._flows.append(flow)
        self.changes += 1
        return flow

    def holds_back(self, resource: str) -> bool:
        """Does a limit hold for what ``resource`` reads now?"""
        if self._everything is not None or resource in self._resources:
            return True
        return any(flow.is_limited for flow in self._flows if flow.resource == resource)

    # For flows.

    def close(self, flow: Flow) -> None:
        """``flow`` reads no more."""
        if flow in self._flows:
            self._flows.remove(flow)
            self._fairness.leave(flow.share)
            self.changes += 1

    def buckets_of(self, flow: Flow) -> list[Bucket]:
        """The limits that ``flow`` stands under."""
        buckets = [] if self._everything is None else [self._everything]
        if self._hosts:
            hosts = {*names_of(flow.host), *names_of(flow.named)}
            buckets += [bucket for host, bucket in self._hosts.items() if host in hosts]
        bucket = self._resources.get(flow.resource)
        return buckets if bucket is None else [*buckets, bucket]

    def pace_of(self, flow: Flow) -> float:
        """About how many bytes per second ``flow`` will get, infinity where nothing limits it."""
        return min((bucket.rate / self._members(bucket) for bucket in self.buckets_of(flow)), default=math.inf)

    async def take(self, flow: Flow) -> Turn:
        """Wait for the next turn of ``flow``."""
        buckets = self.buckets_of(flow)
        if not buckets:
            return flow.free
        turn = Waiting(flow, buckets)
        self._queue.append(turn)
        try:
            self._fill(buckets)
            if turn.is_ready:
                self._serve()
            while not turn.most:
                if self._watcher is None:
                    await self._watch(turn)
                else:
                    await turn.called.wait()
                    turn.called = anyio.Event()
        except BaseException:
            if turn.most:
                self.settle(turn, 0)
            else:
                self._queue.remove(turn)
            raise
        finally:
            if self._watcher is None and self._queue:
                # Somebody has to watch the time for those who are left.
                self._queue[0].called.set()
        return turn

    def settle(self, turn: Turn, count: int) -> None:
        """``turn`` brought ``count`` bytes; others may have the rest."""
        if not turn.buckets:
            return
        turn.flow.appetite = min(max(2 * count, APPETITE), turn.flow.most)
        rest = turn.most - count
        if rest:
            for bucket in turn.buckets:
                bucket.give_back(rest)
            self._fairness.charge(turn.flow.share, -rest, self._clock.monotonic())
            if self._queue:
                self._serve()

    # Turns.

    async def _watch(self, turn: Waiting) -> None:
        """Sleep, for all who wait, until one of them may have a turn; less where ``turn`` comes before."""
        due = min(max((bucket.due for bucket in each.buckets), default=0.0) for each in self._queue)
        self._watcher = turn
        try:
            with anyio.CancelScope() as self._nap:
                await self._clock.sleep(min(max(due, _SHORTEST_NAP), _LONGEST_NAP))
        finally:
            self._watcher = self._nap = None
        self._serve()

    def _serve(self) -> None:
        """Give everybody a turn for whom there is enough now, in the order in which they deserve it."""
        now = self._fill(self._all())
        while ready := [turn for turn in self._queue if turn.is_ready]:
            turn = min(ready, key=lambda each: each.flow.share.had)
            self._queue.remove(turn)
            turn.most = min([turn.flow.appetite, *(int(bucket.tokens) for bucket in turn.buckets)])
            for bucket in turn.buckets:
                bucket.take(turn.most)
            if turn.buckets:
                self._fairness.charge(turn.flow.share, turn.most, now)
            turn.called.set()
            if turn is self._watcher:
                self._wake()

    def _look_again(self) -> None:
        """The limits are others now."""
        self.changes += 1
        for turn in self._queue:
            turn.buckets = self.buckets_of(turn.flow)
        self._wake()

    def _wake(self) -> None:
        """Let the one that naps look again."""
        if self._nap is not None:
            self._nap.cancel()

    def _fill(self, buckets: Iterable[Bucket]) -> float:
        """Count the time that went by; now."""
        now = self._clock.monotonic()
        for bucket in buckets:
            bucket.fill(now)
        return now

    def _all(self) -> Iterator[Bucket]:
        if self._everything is not None:
            yield self._everything
        yield from self._hosts.values()
        yield from self._resources.values()

    def _members(self, bucket: Bucket) -> int:
        return sum(bucket in self.buckets_of(flow) for flow in self._flows) or 1

    def _changed(self, bucket: Bucket | None, limit: int) -> Bucket | None:
        if limit < 0:
            raise ValueError(limit)
        now = self._clock.monotonic()
        if bucket is None or not limit:
            return Bucket(limit, now) if limit else None
        bucket.change(limit, now)
        return bucket

    def __repr__(self) -> str:
        return f"<Bandwidth limit={self.limit} {len(self._flows)} flows, {len(self._queue)} waiting>"


class Flow:
    """One fetch of ``resource``. Its bytes come from ``host``; ``named`` is the one that was asked before redirects.

    ``appetite``: bytes that its next read may bring at most, twice what the last one brought, so that nobody takes what
    others could use and then waits for a slow server; but no more than what is soon its turn again. ``free`` is its
    turn for a read that no limit holds for.
    """

    def __init__(self, owner: Bandwidth, resource: str, share: Share) -> None:
        self.resource = resource
        self.share = share
        self.host = ""
        self.named = ""
        self.appetite = APPETITE
        self._most = WIDTH
        self._known = -1
        self.free = Turn(self)
        self._owner = owner

    @property
    def is_limited(self) -> bool:
        return bool(self._owner.buckets_of(self))

    @property
    def changes(self) -> int:
        """Another number than before when ``pace`` may be another."""
        return self._owner.changes

    @property
    def pace(self) -> float:
        """About how many bytes per second it will get, infinity where nothing limits it."""
        return self._owner.pace_of(self)

    @property
    def most(self) -> int:
        """Bytes that one read may bring at most, so that many take their turns within a moment."""
        if self._known != self.changes:
            self._known = self.changes
            self._most = int(min(max(self.pace * _MOMENT, APPETITE), WIDTH))
        return self._most

    async def take(self) -> Turn:
        """Wait until a read may begin."""
        return await self._owner.take(self)

    def settle(self, turn: Turn, count: int) -> None:
        """A read brought ``count`` of the bytes that it might have."""
        self._owner.settle(turn, count)

    def close(self) -> None:
        """Nothing more is read. May be called again."""
        self._owner.close(self)

    def __repr__(self) -> str:
        return f"<Flow {self.resource[:8]} from {self.host or 'nowhere yet'}>"


class Turn:
    """A read that may begin. It may bring ``most`` bytes, which have been taken from ``buckets``."""

    def __init__(self, flow: Flow, most: int = WIDTH, buckets: Sequence[Bucket] = ()) -> None:
        self.flow = flow
        self.most = most
        self.buckets = buckets


class Waiting(Turn):
    """A read that has to wait while ``most`` is 0. One of those who wait naps for all; the others wait to be called."""

    def __init__(self, flow: Flow, buckets: Sequence[Bucket]) -> None:
        super().__init__(flow, 0, buckets)
        self.called = anyio.Event()

    @property
    def is_ready(self) -> bool:
        return all(bucket.is_ready for bucket in self.buckets)
