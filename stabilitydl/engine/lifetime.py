"""The life of an engine: what it is made of, the task that all others descend from, and its end."""

from __future__ import annotations

import contextlib
from typing import Self

import anyio
from anyio.abc import TaskStatus

from ..clock import Clock, SystemClock
from ..disk.disk import Disk
from ..errors import EngineStopped, Problem
from ..hosts import host_name, of_host
from ..http.client import HttpClient
from ..http.credentials import Credentials
from ..http.governor import Governor
from ..http.vault import Vault
from ..hubs.registry import Registry
from ..lane import Lane
from ..paths import Paths
from ..pictures.cache import PictureCache
from ..settings import Settings
from ..transfer.bandwidth import Bandwidth
from ..transfer.fetch import fetch
from ..transfer.order import Services
from .context import Context, Fetch
from .drives import Drives
from .folders import Folders
from .gallery import Gallery
from .ledger import Ledger
from .listing import weigh
from .logins import Logins
from .opening import find_again, open_ledger
from .publisher import Publisher
from .reach import Reach
from .recorder import Recorder
from .redaction import redact
from .running import Running
from .scheduler import Limits
from .slots import Slots
from .space import Space
from .volumes import Volumes


class Lifetime:
    """Made by `open`, at work while `run` runs. What can be asked of it meanwhile: `Engine`."""

    def __init__(
        self,
        paths: Paths,
        settings: Settings,
        *,
        clock: Clock,
        hubs: Registry,
        fetch: Fetch = fetch,
        client: HttpClient | None = None,
        reach: Reach | None = None,
        may_log_in: bool = False,
    ) -> None:
        self.paths = paths
        self.settings = settings
        self.publisher = Publisher()
        self._clock = clock
        self._hubs = hubs
        self._client = client or HttpClient(
            clock,
            Governor(clock, settings.host_connections, settings.total_connections, settings.host_budgets),
            Credentials.from_environment(vault=Vault(clock), accounts=hubs.accounts),
            proxy=settings.proxy,
        )
        self._bandwidth = Bandwidth(clock, settings.rate_limit)
        self._bandwidth.set_host_limits(settings.host_limits)
        self._slots = Slots(limits_of(settings, hubs), settings.order)
        self._fetch = fetch
        self._reach = reach or Reach(clock)
        self._may_log_in = may_log_in
        self._stopping = anyio.Event()
        self._stopped = anyio.Event()
        self._running: Running | None = None
        self._started = False
        self._notices: list[Problem] = []
        self._folders = Folders(paths.folders)

    @classmethod
    def open(
        cls,
        paths: Paths,
        settings: Settings,
        *,
        clock: Clock | None = None,
        hubs: Registry | None = None,
        fetch: Fetch = fetch,
        client: HttpClient | None = None,
        reach: Reach | None = None,
        may_log_in: bool = False,
    ) -> Self:
        """An engine for the data directory of ``paths``; no file is touched before `run`.

        ``may_log_in`` lets a resource that wants a login wait for one, instead of ending as BLOCKED.
        """
        clock = clock or SystemClock()
        return cls(
            paths,
            settings,
            clock=clock,
            hubs=hubs or Registry.standard(clock=clock),
            fetch=fetch,
            client=client,
            reach=reach,
            may_log_in=may_log_in,
        )

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Be at work until `stop`. Only what is enqueued or continued in this process runs.

        A database that a newer version wrote is only read; a damaged one is made again: see `notices`. Raises
        StoreError when it cannot be opened.
        """
        assert not self._started, "an engine runs once"
        self._started = True
        lane = Lane("store")
        disk = Disk(self._clock)
        ledger: Ledger | None = None
        try:
            ledger = await lane.run(self._open_ledger)
            recorder = Recorder(ledger, lane, self._clock)
            await redact(recorder, self._client.credentials)
            self._notices = await find_again(self._notices, self.paths, self.settings, recorder, disk, self._clock)
            await self._work(recorder, disk, task_status)
        finally:
            with anyio.CancelScope(shield=True):
                self._running = None
                await self._client.aclose()
                if ledger is not None:
                    await lane.run(ledger.close)
                lane.close()
                await disk.aclose()
                self.publisher.close()
                self._stopped.set()

    def _open_ledger(self) -> Ledger:
        ledger, self._notices = open_ledger(self.paths)
        return ledger

    async def stop(self) -> None:
        """Checkpoint everything and end; what was at work goes on at the next start. Takes at most about 2 s."""
        self._stopping.set()
        if self._started:
            await self._stopped.wait()

    async def _work(self, recorder: Recorder, disk: Disk, task_status: TaskStatus[None]) -> None:
        cache = PictureCache(self.paths.pictures)
        gallery = Gallery(cache, recorder, self._hubs, self._client, self.publisher, self._clock)
        with contextlib.closing(gallery), contextlib.closing(Volumes(recorder)) as volumes:
            async with anyio.create_task_group() as tasks:
                logins = Logins(
                    self._client,
                    self.publisher,
                    self._clock,
                    self._skip_login,
                    may_log_in=self._may_log_in,
                )
                context = Context(
                    clock=self._clock,
                    slots=self._slots,
                    recorder=recorder,
                    publisher=self.publisher,
                    hubs=self._hubs,
                    fetch=self._fetch,
                    services=Services(client=self._client, disk=disk, clock=self._clock, bandwidth=self._bandwidth),
                    reach=self._reach,
                    settings=lambda: self.settings,
                    logins=logins,
                    volumes=volumes,
                    drives=Drives(disk, volumes, self._clock, tasks.start_soon),
                    space=Space(disk),
                )
                self._running = Running.start(context, gallery, tasks)
                try:
                    await weigh(self._running)
                    task_status.started()
                    await self._stopping.wait()
                finally:
                    with anyio.CancelScope(shield=True):
                        await self._running.end()
                    tasks.cancel_scope.cancel()

    def _skip_login(self, hub: str) -> None:
        self._on.fleet.skip_login(hub)

    @property
    def _on(self) -> Running:
        if self._running is None:
            raise EngineStopped
        return self._running

    def __repr__(self) -> str:
        if self._running is None:
            return f"<Engine {self.paths.data} {'stopped' if self._stopped.is_set() else 'not running'}>"
        return f"<Engine {self.paths.data} {self._running.fleet!r} {self._slots!r}>"


def limits_of(settings: Settings, hubs: Registry) -> Limits:
    """The scheduler knows files of hubs by the name of their hub, people know its site."""
    sites = {account.hub: of_host(settings.host_budgets, host_name(account.sites[0])) for account in hubs.accounts}
    return Limits(
        jobs=settings.jobs,
        per_host=settings.host_connections,
        per_volume=settings.jobs,
        hosts={**settings.host_budgets, **{hub: budget for hub, budget in sites.items() if budget is not None}},
    )
