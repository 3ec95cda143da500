"""The engine: everything that the window and the command line ask of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..domain.attempt import Attempt
from ..domain.collection import Collection, CollectionSnapshot
from ..domain.events import AnyEvent
from ..domain.kept import Kept
from ..domain.login import Login
from ..domain.picture import Picture
from ..domain.resource import ResourceSnapshot
from ..domain.states import State
from ..errors import NoLongerListed, NoSpace, Problem
from ..hubs.protocol import Destination, Expansion
from ..settings import Settings
from .commands import CONTINUED
from .expand import expand_all
from .here import Foreseen, find_damage, target_of
from .lifetime import Lifetime, limits_of
from .listing import add, foresee, set_weight
from .publisher import Subscription


class Engine(Lifetime):
    """Answers while `run` runs. Belongs to the loop that runs it; other threads use `EngineThread`."""

    # What hubs list.

    async def expand(self, locators: Sequence[str], destination: Destination) -> tuple[list[Expansion], list[Problem]]:
        """Ask hubs what ``locators`` hold; nothing is stored. What cannot be listed is a problem, in the same order."""
        return await expand_all(locators, destination, self._hubs, self._client)

    async def foresee(self, expansion: Expansion) -> list[Foreseen]:
        """What `enqueue` would find for each child of ``expansion``; nothing is stored, no file is read.

        Raises StoreError, UnsafeName, NameTooLong.
        """
        return await foresee(expansion, self._on)

    async def add(self, expansions: Sequence[Expansion]) -> None:
        """Put collections and their children on the list, or refresh what is known of them. Raises StoreError."""
        for each in expansions:
            await add(each, self._folders, self._on)

    async def notices(self) -> list[Problem]:
        """What the user should be told about the start, such as a database that was damaged."""
        return list(self._notices)

    # What is on the list.

    async def collections(self) -> list[CollectionSnapshot]:
        """All collections in the order they were added."""
        return await self._on.recorder.ask(lambda ledger: ledger.store.collections())

    async def find_collections(self, text: str) -> list[Collection]:
        """What an id, the beginning of one, or a locator names; more than one means that it is ambiguous."""
        return await self._on.recorder.ask(lambda ledger: ledger.store.find_collections(text))

    async def resources(self, collection: str | None = None) -> list[ResourceSnapshot]:
        """The children of one collection or of all, in the order of their hub, as they are right now."""
        rows = await self._on.recorder.ask(lambda ledger: ledger.store.resources(collection))
        return [self._on.fleet.seen(row) for row in rows]

    async def snapshots(self, ids: Sequence[str]) -> list[ResourceSnapshot]:
        """The known ones among ``ids``, in that order, as they are right now."""
        rows = await self._on.recorder.ask(lambda ledger: ledger.store.snapshots(ids))
        return [self._on.fleet.seen(row) for row in rows]

    async def attempts(self, resource_id: str) -> list[Attempt]:
        """All attempts of one resource, oldest first."""
        return await self._on.recorder.ask(lambda ledger: ledger.store.attempts(resource_id))

    async def totals(self, moments: Sequence[float]) -> list[tuple[int, int]]:
        """Bytes over the network and files that they brought, since each of these times in seconds since 1970.

        All of them are as of now: a file that comes meanwhile is in every sum or in none.
        """
        return await self._on.recorder.ask(lambda ledger: [ledger.store.totals(since) for since in moments])

    async def pictures(self, keys: Sequence[str]) -> list[Picture]:
        """What each of ``keys`` (see `domain.picture`) shows now, in that order; news of them follow as events."""
        return await self._on.gallery.pictures(keys)

    async def refresh_pictures(self) -> None:
        """Ask the hubs whether the pictures that anybody asked for are still the same."""
        await self._on.gallery.refresh()

    async def free_space(self, folder: Path, besides: Sequence[str] = ()) -> int:
        """Bytes on the volume of ``folder``, which need not exist, that are free and not needed by what is queued or at
        work; ``besides`` are ids whose needs do not count. Raises DriveStuck, DiskError."""
        disk = self._on.services.disk
        free = await self._on.context.drives.ask(folder, lambda: disk.free(folder))
        return max(0, free - await self._on.fleet.spoken_for(folder, frozenset(besides)))

    async def prepare(self, folder: Path, needed: int, besides: Sequence[str] = ()) -> None:
        """Make sure that ``folder`` can be written and has room, as `free_space` counts it, for ``besides``.

        Raises NotWritable, NoSpace, DriveStuck, DiskError.
        """
        disk = self._on.services.disk
        await self._on.context.drives.ask(folder, lambda: disk.prepare(folder, needed))
        free = await self.free_space(folder, besides)
        if free < needed:
            raise NoSpace(path=str(folder), needed_bytes=needed, free_bytes=free)

    async def refresh(self, collection: str | None = None) -> None:
        """Make MISSING what says DOWNLOADED although its file vanished or changed, and look at the quarantine again.

        Raises DriveStuck where a drive does not answer: all others have been looked at then, and it will be as soon as
        it answers. Raises StoreError.
        """
        await self._on.commands.lookout.look(collection)

    async def verify(self, resource_id: str) -> Problem | None:
        """What is wrong with the file of a DOWNLOADED resource, None if nothing is. Reads it; nothing is changed.

        Raises NoLongerListed, DriveStuck, DiskError.
        """
        rows = await self._on.recorder.ask(lambda ledger: ledger.store.snapshots([resource_id]))
        if not rows:
            raise NoLongerListed
        row, disk = rows[0], self._on.services.disk
        if row.state is not State.DOWNLOADED:
            return None
        blocks = await self._on.recorder.ask(lambda ledger: ledger.store.blocks(resource_id))
        return await self._on.context.drives.read(target_of(row), lambda: find_damage(disk, row, blocks))

    # Commands: see `commands`.

    async def enqueue(self, ids: Sequence[str]) -> None:
        """Queue resources; durable when it returns. What is here already stays DOWNLOADED."""
        await self._on.commands.enqueue(ids)

    async def go_on(self, collection: str | None = None) -> list[str]:
        """Continue everything unfinished, and what failed in a way that another try may cure; the ids of it.

        What is paused goes on only where ``collection`` names its parent.
        """
        states = CONTINUED if collection is None else CONTINUED | {State.PAUSED}
        rows = await self._on.recorder.ask(lambda ledger: ledger.store.resources(collection, states))
        rows.sort(key=lambda row: row.position)
        return await self._on.commands.go_on(rows, paused=collection is not None)

    async def resume(self, ids: Sequence[str]) -> None:
        await self._on.commands.resume(ids)

    async def retry(self, ids: Sequence[str]) -> None:
        await self._on.commands.retry(ids)

    async def pause(self, ids: Sequence[str]) -> None:
        await self._on.commands.pause(ids)

    async def cancel(self, ids: Sequence[str]) -> None:
        await self._on.commands.cancel(ids)

    async def undo_cancel(self, ids: Sequence[str]) -> list[str]:
        return await self._on.commands.undo_cancel(ids)

    async def remove(self, ids: Sequence[str], *, with_files: bool = False) -> None:
        await self._on.commands.remove(ids, with_files=with_files)

    async def repair(self, ids: Sequence[str], known: Mapping[str, Problem] | None = None) -> list[str]:
        """Bring the damaged ones among the files of DOWNLOADED resources again; the ids of them.

        Reads each, unless `verify` said a moment ago what is wrong with it: ``known``, by id.
        """
        return await self._on.commands.repair(ids, known or {})

    async def retry_elsewhere(self, ids: Sequence[str]) -> list[str]:
        return await self._on.commands.retry_elsewhere(ids)

    # The quarantine: see `quarantine`.

    async def quarantined(self) -> list[Kept]:
        """The files whose bytes were wrong, where they lie and why."""
        return await self._on.commands.quarantine.kept()

    async def empty_quarantine(self, paths: Sequence[str] | None = None) -> int:
        """Throw them away, or only those at ``paths``; the bytes that this freed."""
        return await self._on.commands.quarantine.empty(paths)

    async def accept_quarantined(self, ids: Sequence[str]) -> list[str]:
        """Make the kept files of these resources the model files, as unverifiable. Ask the user first."""
        return await self._on.commands.quarantine.accept(ids)

    async def set_priority(self, ids: Sequence[str], priority: int) -> list[ResourceSnapshot]:
        return await self._on.commands.set_priority(ids, priority)

    async def set_resource_limit(self, ids: Sequence[str], rate: int) -> None:
        """Let each of ``ids`` have at most ``rate`` bytes per second, now and after a restart; 0 for no limit."""
        await self._on.commands.set_resource_limit(ids, rate)

    async def set_weight(self, collections: Sequence[str], weight: float) -> None:
        """Let each of these collections have ``weight`` times the share of others, now and after a restart.

        Raises UsageError, StoreError.
        """
        await set_weight(collections, weight, self._on)

    async def wait_settled(self, ids: Sequence[str]) -> list[ResourceSnapshot]:
        """Return how ``ids`` stand as soon as this engine is at work on none of them."""
        return await self._on.commands.settled(ids)

    # Logins: see `logins`.

    async def set_token(self, hub: str, token: str) -> Login:
        """Log in to ``hub``; what waits for it goes on. An empty token logs out.

        Raises BadToken, TokenRefused, UsageError for an unknown hub; KeyringUnavailable when logging out.
        """
        logins = self._on.context.logins
        return await logins.log_in(hub, token) if token else await logins.log_out(hub)

    async def has_token(self, hub: str) -> bool:
        """Is ``hub`` logged in to? Raises UsageError for an unknown hub."""
        return (await self._client.credentials.login_of(hub)).has_token

    async def logins(self) -> list[Login]:
        """How every hub is logged in to."""
        return await self._on.context.logins.all()

    def decline_login(self, hub: str) -> None:
        """Nobody will log in to ``hub`` for now: what waits for it ends as BLOCKED."""
        self._on.context.logins.decline(hub)

    # Live settings and news.

    def set_limit(self, rate: int) -> None:
        """Bytes per second for everything, 0 for no limit; at once."""
        self._bandwidth.set_limit(rate)

    def set_settings(self, settings: Settings) -> None:
        """Change limits at once; what runs goes on."""
        self.settings = settings
        self._bandwidth.set_limit(settings.rate_limit)
        self._bandwidth.set_host_limits(settings.host_limits)
        self._client.governor.set_limits(settings.host_connections, settings.total_connections, settings.host_budgets)
        self._slots.set_order(settings.order)
        self._slots.set_limits(limits_of(settings, self._hubs))
        self._client.set_proxy(settings.proxy)

    def subscribe(self, ready: Callable[[], None] | None = None) -> Subscription:
        """All events from now on, to be iterated over in this loop, or taken in any thread after ``ready``."""
        return self.publisher.subscribe(ready)

    def listen(self, callback: Callable[[Sequence[AnyEvent]], None]) -> Subscription:
        """Call ``callback`` with each batch of events at once, in this thread."""
        return self.publisher.listen(callback)
