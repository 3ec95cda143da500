"""Slots: how many resources run at once, and who is called when one may start."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..settings import StartOrder
from .scheduler import Backlog, Closed, Entry, Limits


@dataclass(frozen=True, slots=True)
class Closure:
    """What a waiting resource knows to be of no use for now: a host, a volume, or the whole network."""

    host: str | None = None
    volume: str | None = None
    network: bool = False


class Slots:
    """Applies the policy of `scheduler`. A resource asks, is started by its own callable, and leaves."""

    def __init__(self, limits: Limits, order: StartOrder = "in-order") -> None:
        self.limits = limits
        self._backlog = Backlog(order)
        self._running: dict[str, Entry] = {}
        self._starts: dict[str, Callable[[], None]] = {}
        self._closures: dict[str, Closure] = {}
        self._shut = False

    def ask(self, requests: Iterable[tuple[Entry, Callable[[], None]]]) -> None:
        """Queue each entry; its callable is called as soon as it may run, perhaps before this returns."""
        for entry, start in requests:
            self._backlog.put(entry)
            self._starts[entry.id] = start
        self._fill()

    def give_up(self, resource_id: str) -> bool:
        """Take ``resource_id`` back out of the queue; False when it is not queued."""
        self._starts.pop(resource_id, None)
        return self._backlog.drop(resource_id)

    def rank(self, resource_id: str, priority: int) -> None:
        """Let ``resource_id`` start when ``priority`` says; nothing happens when it is not queued."""
        self._backlog.rank(resource_id, priority)

    def is_any_elsewhere(self, host: str) -> bool:
        """Does anything run on another host than ``host``?"""
        return any(entry.host != host for entry in self._running.values())

    def leave(self, resource_id: str) -> None:
        """``resource_id`` runs no more, or is queued no more; others may start. May be called again."""
        self.give_up(resource_id)
        self._running.pop(resource_id, None)
        self._fill()

    def close(self, resource_id: str, closure: Closure) -> None:
        """Start nothing that ``closure`` covers, as long as ``resource_id`` waits for it."""
        self._closures[resource_id] = closure

    def reopen(self, resource_id: str) -> None:
        """``resource_id`` waits no more. May be called again."""
        if self._closures.pop(resource_id, None) is not None:
            self._fill()

    def set_limits(self, limits: Limits) -> None:
        """More may start at once; fewer take effect as resources end."""
        self.limits = limits
        self._fill()

    def set_order(self, order: StartOrder) -> None:
        """What is queued starts in this order from now on; what runs goes on."""
        self._backlog.set_order(order)

    def shut(self) -> None:
        """Start nothing any more."""
        self._shut = True

    def _fill(self) -> None:
        if self._shut or not len(self._backlog) or len(self._running) >= self.limits.jobs:
            return
        closures = self._closures.values()
        closed = Closed(
            hosts=frozenset(closure.host for closure in closures if closure.host is not None),
            volumes=frozenset(closure.volume for closure in closures if closure.volume is not None),
            everything=any(closure.network for closure in closures),
        )
        for entry in self._backlog.next(self._running.values(), self.limits, closed):
            self._running[entry.id] = entry
            self._starts.pop(entry.id)()

    def __repr__(self) -> str:
        return f"<Slots {len(self._running)}/{self.limits.jobs} running, {len(self._backlog)} queued>"
