"""One engine per data directory: this process runs it, or attaches to the process that does.

Whoever holds the engine lock is the owner. The others are attached: their calls travel to the owner, its events travel
to them. When the owner ends, however it ends, one of them takes the lock, opens an engine of its own and goes on with
what it had asked for; the others attach to it and ask again too. Callers notice nothing of it: calls that were on
their way are made again, which every method of an engine bears, and subscribers are told what they missed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..clock import Clock
from ..domain.attempt import Attempt
from ..domain.collection import Collection, CollectionSnapshot
from ..domain.events import AnyEvent
from ..domain.kept import Kept
from ..domain.login import Login
from ..domain.picture import Picture
from ..domain.resource import ResourceSnapshot
from ..errors import EngineStopped, Problem
from ..hubs.protocol import Destination, Expansion
from ..paths import Paths
from ..settings import Settings
from .engine import Engine
from .here import Foreseen
from .publisher import Subscription
from .remote_channel import PeerGone
from .remote_desk import Raise
from .remote_link import absolute
from .remote_membership import Membership
from .thread import EngineThread


class Member(Membership):
    """What one process has of the engine of its data directory. Used in the loop that runs it, like `Engine`."""

    # What an engine does: see `Engine`.

    async def expand(self, locators: Sequence[str], destination: Destination) -> tuple[list[Expansion], list[Problem]]:
        if self.is_owner:
            return await self._ask(Engine.expand, locators, destination)
        locators = [absolute(each) for each in locators]
        expansions, problems = await self._ask(Engine.expand, locators, destination)
        self._entrusted.locators(locators, destination, expansions)
        return expansions, problems

    async def foresee(self, expansion: Expansion) -> list[Foreseen]:
        return await self._ask(Engine.foresee, expansion)

    async def add(self, expansions: Sequence[Expansion]) -> None:
        await self._ask(Engine.add, expansions)

    async def notices(self) -> list[Problem]:
        return await self._ask(Engine.notices)

    async def collections(self) -> list[CollectionSnapshot]:
        return await self._ask(Engine.collections)

    async def find_collections(self, text: str) -> list[Collection]:
        return await self._ask(Engine.find_collections, text)

    async def resources(self, collection: str | None = None) -> list[ResourceSnapshot]:
        return await self._ask(Engine.resources, collection)

    async def snapshots(self, ids: Sequence[str]) -> list[ResourceSnapshot]:
        return await self._ask(Engine.snapshots, ids)

    async def attempts(self, resource_id: str) -> list[Attempt]:
        return await self._ask(Engine.attempts, resource_id)

    async def totals(self, moments: Sequence[float]) -> list[tuple[int, int]]:
        return await self._ask(Engine.totals, moments)

    async def pictures(self, keys: Sequence[str]) -> list[Picture]:
        return await self._ask(Engine.pictures, keys)

    async def refresh_pictures(self) -> None:
        await self._ask(Engine.refresh_pictures)

    async def free_space(self, folder: Path, besides: Sequence[str] = ()) -> int:
        return await self._ask(Engine.free_space, folder, besides)

    async def prepare(self, folder: Path, needed: int, besides: Sequence[str] = ()) -> None:
        await self._ask(Engine.prepare, folder, needed, besides)

    async def verify(self, resource_id: str) -> Problem | None:
        return await self._ask(Engine.verify, resource_id)

    async def refresh(self, collection: str | None = None) -> None:
        await self._ask(Engine.refresh, collection)

    async def enqueue(self, ids: Sequence[str]) -> None:
        self._want(ids)
        await self._ask(Engine.enqueue, ids)

    async def go_on(self, collection: str | None = None) -> list[str]:
        ids = await self._ask(Engine.go_on, collection)
        self._wants_all |= collection is None
        self._want(ids)
        return ids

    async def resume(self, ids: Sequence[str]) -> None:
        self._want(ids)
        await self._ask(Engine.resume, ids)

    async def retry(self, ids: Sequence[str]) -> None:
        self._want(ids)
        await self._ask(Engine.retry, ids)

    async def repair(self, ids: Sequence[str], known: Mapping[str, Problem] | None = None) -> list[str]:
        damaged = await self._ask(Engine.repair, ids, known)
        self._want(damaged)
        return damaged

    async def retry_elsewhere(self, ids: Sequence[str]) -> list[str]:
        chosen = await self._ask(Engine.retry_elsewhere, ids)
        self._want(chosen)
        return chosen

    async def quarantined(self) -> list[Kept]:
        return await self._ask(Engine.quarantined)

    async def empty_quarantine(self, paths: Sequence[str] | None = None) -> int:
        return await self._ask(Engine.empty_quarantine, paths)

    async def accept_quarantined(self, ids: Sequence[str]) -> list[str]:
        return await self._ask(Engine.accept_quarantined, ids)

    async def pause(self, ids: Sequence[str]) -> None:
        await self._ask(Engine.pause, ids)

    async def cancel(self, ids: Sequence[str]) -> None:
        await self._ask(Engine.cancel, ids)

    async def undo_cancel(self, ids: Sequence[str]) -> list[str]:
        return await self._ask(Engine.undo_cancel, ids)

    async def remove(self, ids: Sequence[str], *, with_files: bool = False) -> None:
        await self._ask(Engine.remove, ids, with_files=with_files)

    async def set_priority(self, ids: Sequence[str], priority: int) -> list[ResourceSnapshot]:
        return await self._ask(Engine.set_priority, ids, priority)

    async def set_resource_limit(self, ids: Sequence[str], rate: int) -> None:
        await self._ask(Engine.set_resource_limit, ids, rate)

    async def set_weight(self, collections: Sequence[str], weight: float) -> None:
        await self._ask(Engine.set_weight, collections, weight)

    async def wait_settled(self, ids: Sequence[str]) -> list[ResourceSnapshot]:
        # Whoever waits wants them: the next owner might know nobody else who does.
        self._want(ids)
        rows = await self._ask(Engine.wait_settled, ids)
        for row in rows:
            self._wanted.pop(row.id, None)
        return rows

    async def set_token(self, hub: str, token: str) -> Login:
        self._entrusted.drop(hub)
        login = await self._ask(Engine.set_token, hub, token)
        self._entrusted.token(login, token)
        return login

    async def has_token(self, hub: str) -> bool:
        return await self._ask(Engine.has_token, hub)

    async def logins(self) -> list[Login]:
        return await self._ask(Engine.logins)

    def decline_login(self, hub: str) -> None:
        if self._role is not None:
            self._role.tell(Engine.decline_login, hub)

    def set_limit(self, rate: int) -> None:
        """Also of the owner where that is another process, and of the next one."""
        self._limit = rate
        if self._role is not None:
            self._role.tell(Engine.set_limit, rate)

    def set_settings(self, settings: Settings) -> None:
        """Also of the owner where that is another process, and of the next one."""
        self._settings, self._limit = settings, None
        if self._role is not None:
            self._role.tell(Engine.set_settings, settings)

    def subscribe(self, ready: Callable[[], None] | None = None) -> Subscription:
        return self.publisher.subscribe(ready)

    def listen(self, callback: Callable[[Sequence[AnyEvent]], None]) -> Subscription:
        return self.publisher.listen(callback)

    # The window.

    async def claim_window(self, show: Raise, locators: Sequence[str] = ()) -> bool:
        """Be the one window of the data directory from now on, over all owners.

        False when another process has a window already: it is raised and shown ``locators``. ``show`` is called in
        the thread of this engine whenever another start hands its locators over.
        """
        role = await self._current(None)
        while True:
            try:
                claimed = await role.claim_window(show, locators)
            except PeerGone:
                role = await self._current(role)
                continue
            self._raise = show if claimed else None
            return claimed

    async def show_window(self, locators: Sequence[str]) -> bool:
        """Raise the window of the data directory and let it add ``locators``; False when there is none."""
        role = await self._current(None)
        while True:
            try:
                return await role.show_window(locators)
            except PeerGone:
                role = await self._current(role)


class SharedEngine(EngineThread):
    """The engine of a data directory in a thread of this process, or a connection to it: same use as `EngineThread`.

    ``make`` makes the engine when this process becomes the owner, which may happen at any time.
    """

    def __init__(self, paths: Paths, make: Callable[[], Engine], *, clock: Clock | None = None) -> None:
        self._member: Member | None = None

        def member() -> Member:
            self._member = Member(paths, make, clock=clock)
            return self._member

        super().__init__(member)

    @property
    def is_owner(self) -> bool:
        """Does the engine run in this process?"""
        return self._member is not None and self._member.is_owner

    @property
    def engine(self) -> Member:
        if self._member is None:
            raise EngineStopped
        return self._member
