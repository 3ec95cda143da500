"""The governor: how many requests each host and all of them together get, and who has to leave a host alone."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import anyio

from ..clock import Clock
from ..errors import ServerBusy
from ..hosts import of_host
from .budget import Budget
from .origins import Origin
from .status import LONGEST_WAIT

CALLS_PER_HOST = 4
"""Small requests (hub calls) at once to one host. They have a budget of their own, so that a job that holds all
its connections can still ask its hub for a fresh address."""

PATIENCE = 2.0
"""Seconds of a cool-down that a small request waits out by itself; a longer one is reported instead."""

_log = logging.getLogger("stabilitydl.http")


@dataclass(frozen=True)
class HostLine:
    """One host for display. ``cooling`` is seconds until it may be asked again, because it answered with ``status``;
    ``limit`` how many file bodies at once the settings allow, ``allowed`` how many it bears, as far as is known."""

    host: str
    running: int
    waiting: int
    cooling: float
    allowed: int
    limit: int
    status: int


class Slot:
    """The right to have one request at an origin. ``release`` gives it back; a second release does nothing.

    ``cuts``: how often the budget of the origin had been cut when the request began.
    """

    def __init__(self, governor: Governor, origin: Origin, bulk: bool, cuts: int) -> None:
        self.origin = origin
        self.bulk = bulk
        self.cuts = cuts
        self.is_served = False
        self._is_held = True
        self._governor = governor

    def answer(self) -> None:
        """The origin said something, whatever it was."""
        self._governor.on_answer(self.origin.host)

    def serve(self) -> None:
        """The origin does what the request asks for."""
        if self._is_held and not self.is_served:
            self.is_served = True
            self._governor.note_served(self)

    def allowed(self) -> int:
        """How many connections the origin bears now, those that nobody uses included."""
        return self._governor.allowed(self.origin)

    def release(self) -> None:
        if self._is_held:
            self._is_held = False
            self._governor.take_back(self)

    def __repr__(self) -> str:
        return f"<Slot {self.origin}{'' if self._is_held else ' released'}>"


@dataclass(eq=False)
class _Waiter:
    origin: Origin
    bulk: bool
    woken: anyio.Event = field(default_factory=anyio.Event)
    slot: Slot | None = None


class Governor:
    """Hands out slots, first come, first served; one full host does not hold up the others.

    ``per_host`` and ``total`` count bulk requests (file bodies); ``hosts`` holds numbers for single hosts and what is
    below them, instead of ``per_host``. A host that refuses some gets fewer for a while: see `budget`. Requests that
    run already are left to end, be they more than that by now: a connection that is cut in the middle of a range costs
    the host another request, and no new one begins before there are fewer. ``on_answer`` is told each host that
    answers, at once, and ``on_less`` is called when fewer are allowed somewhere than before.
    """

    def __init__(
        self, clock: Clock, per_host: int = 8, total: int = 16, hosts: Mapping[str, int] | None = None
    ) -> None:
        self._clock = clock
        self._per_host = per_host
        self._total = total
        self._hosts = dict(hosts or {})
        self._queue: list[_Waiter] = []
        self._bulk: Counter[Origin] = Counter()
        self._calls: Counter[Origin] = Counter()
        self._served: Counter[Origin] = Counter()
        self._budgets: dict[Origin, Budget] = {}
        self._cold_until: dict[Origin, float] = {}
        self._cold_because: dict[Origin, int] = {}
        self.on_answer: Callable[[str], None] = lambda host: None
        self.on_less: Callable[[], None] = lambda: None

    def set_limits(self, per_host: int, total: int, hosts: Mapping[str, int] | None = None) -> None:
        """Change the limits; running requests keep their slots."""
        self._per_host, self._total, self._hosts = per_host, total, dict(hosts or {})
        self.on_less()
        self._admit()

    async def acquire(self, origin: Origin, bulk: bool = False) -> Slot:
        """Wait for a slot at ``origin``.

        Raises ServerBusy with the remaining seconds while the origin cools down for longer than ``PATIENCE``.
        """
        while (cooling := self.cooling(origin)) > 0:
            if cooling > PATIENCE:
                raise ServerBusy(host=origin.host, status=self._cold_because.get(origin), after_seconds=cooling)
            await self._clock.sleep(cooling)
        waiter = _Waiter(origin, bulk)
        self._queue.append(waiter)
        self._admit()
        try:
            if waiter.slot is None:
                await waiter.woken.wait()
        except BaseException:
            if waiter.slot is not None:
                waiter.slot.release()
            elif waiter in self._queue:
                # Otherwise a cool-down has sent it away already.
                self._queue.remove(waiter)
            raise
        if waiter.slot is None:
            return await self.acquire(origin, bulk)
        return waiter.slot

    def cool_down(self, origin: Origin, seconds: float, status: int = 0) -> None:
        """Leave ``origin``, which answered with ``status``, alone for ``seconds``, at most ``LONGEST_WAIT``.

        Who waits for it now is told.
        """
        self._cold_because[origin] = status
        until = self._clock.monotonic() + min(max(seconds, 0.0), LONGEST_WAIT)
        self._cold_until[origin] = max(until, self._cold_until.get(origin, until))
        for waiter in [waiter for waiter in self._queue if waiter.origin == origin]:
            self._queue.remove(waiter)
            waiter.woken.set()

    def refuse(self, slot: Slot, *, busy: bool) -> None:
        """The origin of ``slot`` did not serve its request: it said that it is ``busy``, or there was no connection.

        The latter counts only while it serves others: a host that is out of reach does not want fewer requests.
        """
        if not slot.bulk or (not busy and not self._served[slot.origin]):
            return
        budget = self._budgets.setdefault(slot.origin, Budget())
        if budget.refuse(self._bulk[slot.origin], self._most(slot.origin), self._clock.monotonic(), slot.cuts):
            _log.info("%s gets fewer requests at once: %r", slot.origin, budget)
            self.on_less()

    def warm_up(self, origin: Origin | None = None) -> None:
        """End the cool-down of ``origin`` early, or every one."""
        if origin is None:
            self._cold_until.clear()
        else:
            self._cold_until.pop(origin, None)

    def cooling(self, origin: Origin) -> float:
        """Seconds until ``origin`` may be asked again."""
        rest = self._cold_until.get(origin, 0.0) - self._clock.monotonic()
        if rest <= 0:
            self._cold_until.pop(origin, None)
        return max(rest, 0.0)

    def allowed(self, origin: Origin) -> int:
        """How many file bodies at once ``origin`` bears now, as far as is known."""
        budget, most = self._budgets.get(origin), self._most(origin)
        return most if budget is None else budget.allowed(most, self._clock.monotonic())

    def lines(self) -> list[HostLine]:
        """Every host that is asked, waited for or left alone, by name."""
        waiting = Counter(waiter.origin for waiter in self._queue)
        origins = {*self._bulk, *self._calls, *waiting, *self._cold_until}
        return [
            HostLine(
                str(origin),
                self._bulk[origin] + self._calls[origin],
                waiting[origin],
                self.cooling(origin),
                self.allowed(origin),
                self._most(origin),
                self._cold_because.get(origin, 0) if origin in self._cold_until else 0,
            )
            for origin in sorted(origins)
        ]

    def take_back(self, slot: Slot) -> None:
        """Called by ``Slot.release``, once."""
        counts = self._bulk if slot.bulk else self._calls
        counts[slot.origin] -= 1
        if not counts[slot.origin]:
            del counts[slot.origin]
        if slot.is_served and slot.bulk:
            self._served[slot.origin] -= 1
        self._admit()

    def note_served(self, slot: Slot) -> None:
        """Called by ``Slot.serve``, once."""
        if slot.bulk:
            self._served[slot.origin] += 1

    def _admit(self) -> None:
        for waiter in list(self._queue):
            if self._has_room(waiter.origin, waiter.bulk):
                self._queue.remove(waiter)
                (self._bulk if waiter.bulk else self._calls)[waiter.origin] += 1
                budget = self._budgets.get(waiter.origin)
                waiter.slot = Slot(self, waiter.origin, waiter.bulk, budget.cuts if budget else 0)
                waiter.woken.set()

    def _has_room(self, origin: Origin, bulk: bool) -> bool:
        if not bulk:
            return self._calls[origin] < CALLS_PER_HOST
        return self._bulk.total() < self._total and self._bulk[origin] < self.allowed(origin)

    def _most(self, origin: Origin) -> int:
        """What the settings allow."""
        own = of_host(self._hosts, origin.host) if self._hosts else None
        return self._per_host if own is None else own

    def __repr__(self) -> str:
        return f"<Governor {self._bulk.total()} of {self._total} busy, {len(self._queue)} waiting>"
