"""What every job of an engine works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from ..clock import Clock
from ..hubs.registry import Registry
from ..settings import Settings
from ..transfer.order import Arrival, Live, Order, Services, Source, Watcher
from .drives import Drives
from .logins import Logins
from .portals import Portals
from .publisher import Publisher
from .reach import Reach
from .recorder import Recorder
from .slots import Slots
from .space import Space
from .twins import Twins
from .volumes import Volumes


class Fetch(Protocol):
    """The byte path, `transfer.fetch.fetch`: cancelling it is a pause, its only errors are StabilityError."""

    async def __call__(
        self, order: Order, source: Source, live: Live, watcher: Watcher, services: Services
    ) -> Arrival: ...


@dataclass(frozen=True)
class Context:
    """One for each engine. ``settings`` are those that hold now.

    ``detours``: how many of its addresses a resource leaves for later, by its id, because the user said so.
    """

    clock: Clock
    slots: Slots
    recorder: Recorder
    publisher: Publisher
    hubs: Registry
    fetch: Fetch = field(repr=False)
    services: Services
    reach: Reach
    settings: Callable[[], Settings] = field(repr=False)
    logins: Logins
    volumes: Volumes
    drives: Drives
    space: Space
    twins: Twins = field(default_factory=Twins)
    portals: Portals = field(default_factory=Portals)
    detours: dict[str, int] = field(default_factory=dict)
