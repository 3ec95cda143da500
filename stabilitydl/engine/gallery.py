"""The gallery: which picture stands for what, for every window and command of the data directory.

Whoever shows a picture asks for its key once, shows what is there, and follows `PictureChanged`. A picture is fetched
behind the downloads, kept in the cache, and looked at again once a day, or when its collection is listed anew. Where a
source cannot be reached, or gives something that is no picture, the last good one stays, and it is asked again soon;
where it says that it has none, there is none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence

import anyio

from ..clock import Clock
from ..domain.events import AnyEvent, PictureChanged, removed
from ..domain.picture import CREATOR, Picture, PictureSource
from ..errors import StabilityError
from ..http.client import HttpClient
from ..http.governor import CALLS_PER_HOST
from ..http.origins import Origin
from ..http.request import Request
from ..hubs.registry import Registry
from ..lane import Lane
from ..pictures.ask import ask
from ..pictures.cache import Entry, PictureCache
from .publisher import Publisher
from .recorder import Recorder

FRESH = 24 * 3600.0
"""Seconds for which a picture is not asked for again."""

SOON = 300.0
"""Seconds after which a picture that could not be had is tried again when somebody asks."""

WORKERS = CALLS_PER_HOST - 1
"""Pictures that are fetched at once; files can ask their hub all the same."""

_log = logging.getLogger("stabilitydl.pictures")


class Gallery:
    """Made by the engine, which runs `work` in a few tasks and closes it after them."""

    def __init__(
        self,
        cache: PictureCache,
        recorder: Recorder,
        hubs: Registry,
        client: HttpClient,
        publisher: Publisher,
        clock: Clock,
    ) -> None:
        self._cache = cache
        self._recorder = recorder
        self._hubs = hubs
        self._client = client
        self._publisher = publisher
        self._clock = clock
        self._own_lane: Lane | None = None
        self._shown: dict[str, Picture] = {}
        """What was last told of each key that somebody asked for."""
        self._sources: dict[str, PictureSource] = {}
        """Where these come from."""
        self._waiting: dict[str, PictureSource] = {}
        """Sources to ask, by name, the first one first."""
        self._asking: set[str] = set()
        """Names of the sources that are being asked."""
        self._failed: dict[str, float] = {}
        self._gone: list[set[str]] = []
        """For each question that is being answered, what has left the list since it was asked."""
        self._news = anyio.Event()
        self._removals = publisher.listen(self._follow)

    async def pictures(self, keys: Sequence[str]) -> list[Picture]:
        """What each of ``keys`` shows now, in that order; news of them follow as events."""
        await self._look_up(keys)
        return [self._shown.get(key) or Picture(key=key) for key in keys]

    async def refresh(self, keys: Iterable[str] | None = None) -> None:
        """Ask the hubs again for these, or for everything that anybody asked for."""
        known = list(self._sources) if keys is None else [key for key in keys if key in self._shown]
        await self._look_up(known, again=True)

    async def listed(self, collection: str, creator: str, children: Iterable[str]) -> None:
        """A hub listed a collection anew: its picture and avatar are asked for again, those of children if changed."""
        await self.refresh([collection, creator])
        await self._look_up([key for key in children if key in self._shown])

    async def work(self, number: int, is_busy: Callable[[], bool]) -> None:
        """Fetch pictures, without end. While ``is_busy`` says that anything downloads only worker 0 does so."""
        while True:
            if self._waiting and (number == 0 or not is_busy()):
                await self._ask(self._waiting.pop(next(iter(self._waiting))))
            else:
                await self._news.wait()

    @property
    def is_busy(self) -> bool:
        """Is anything to come?"""
        return bool(self._waiting or self._asking)

    def close(self) -> None:
        self._removals.close()
        if self._own_lane is not None:
            self._own_lane.close(0.5)

    def _follow(self, events: Sequence[AnyEvent]) -> None:
        """Nobody asks any more for the picture of what is not on the list."""
        keys = removed(events)
        for gone in self._gone:
            gone.update(keys)
        for key in keys:
            self._shown.pop(key, None)
            self._sources.pop(key, None)

    @property
    def _lane(self) -> Lane:
        """Begun when the first picture is asked for, which a command line never does."""
        if self._own_lane is None:
            self._own_lane = Lane("pictures")
            self._own_lane.post(self._prune)
        return self._own_lane

    async def _look_up(self, keys: Sequence[str], *, again: bool = False) -> None:
        if not keys:
            return
        gone: set[str] = set()
        self._gone.append(gone)
        try:
            sources = await self._recorder.ask(lambda ledger: ledger.store.picture_sources(keys))
            found = {source.key: source for source in sources}
            names = {source.name for source in sources if source.reference}
            entries = await self._lane.run(lambda: {name: self._cache.look_up(name) for name in names})
        finally:
            self._gone = [other for other in self._gone if other is not gone]
        for key in keys:
            source = found.get(key)
            if source is None or key in gone:
                continue
            if not source.reference:
                self._sources.pop(key, None)
                self._show(Picture(key=key))
                continue
            changed = key in self._sources and self._sources[key].name != source.name
            self._sources[key] = source
            entry = entries[source.name]
            due = self._is_due(source.name, entry) or again
            if due and (again or source.name not in self._asking):
                self._waiting.setdefault(source.name, source)
            if not (changed and entry is None):  # until the new one is there the old one stays
                self._show(self._picture(key, entry, is_loading=due))
        if self._waiting:
            self._wake()

    def _is_due(self, name: str, entry: Entry | None) -> bool:
        now = self._clock.wall()
        failed = self._failed.get(name)
        if failed is not None:
            return not 0 <= now - failed < SOON
        return entry is None or not 0 <= now - entry.checked < FRESH

    async def _ask(self, source: PictureSource) -> None:
        self._asking.add(source.name)
        try:
            await self._fetch(source)
        finally:
            self._asking.discard(source.name)

    async def _fetch(self, source: PictureSource) -> None:
        name = source.name
        entry = await self._lane.run(self._cache.look_up, name)
        now = self._clock.wall()
        try:
            given = await ask(self._client, await self._request(source), entry, now)
        except StabilityError as error:
            _log.info("the picture %s of %s cannot be had now: %s", source.key, source.hub, error)
            self._failed[name] = now
        except Exception:  # noqa: BLE001 - a hub that others brought may raise what it likes; one picture ends nothing
            _log.exception("the picture %s of %s cannot be had", source.key, source.hub)
            self._failed[name] = now
        else:
            self._failed.pop(name, None)
            if given is None:
                assert entry is not None, "only what is kept can be unchanged"
                entry = await self._lane.run(self._cache.confirm, name, entry, now)
            else:
                entry = await self._lane.run(
                    lambda: self._cache.keep(name, given.data, now, etag=given.etag, modified=given.modified)
                )
        for key, other in list(self._sources.items()):
            if other.name == name:
                self._show(self._picture(key, entry, is_loading=False))
        self._wake()

    async def _request(self, source: PictureSource) -> Request:
        """Raises UsageError for what is no web address, and what the hub raises."""
        hub = self._hubs.by_name(source.hub)
        url = await hub.absolute(source.reference)
        Origin.parse(url)
        # What lies at the hub itself may be where the user put that hub, on this machine for example.
        is_relative = url != source.reference
        is_trusted = is_relative or _is_at(url, source.endpoint)
        return Request(url=url, trusted=is_trusted, direct=is_relative, is_minor=True)

    def _picture(self, key: str, entry: Entry | None, *, is_loading: bool) -> Picture:
        if entry is None or not entry.content:
            return Picture(key=key, is_loading=is_loading)
        return Picture(key=key, version=entry.content, path=str(self._cache.path(entry.content)))

    def _show(self, picture: Picture) -> None:
        before = self._shown.get(picture.key)
        self._shown[picture.key] = picture
        if before is not None and before != picture:
            self._publisher.publish(PictureChanged(picture=picture))

    def _wake(self) -> None:
        news, self._news = self._news, anyio.Event()
        news.set()

    def _prune(self) -> None:
        try:
            self._cache.prune()
        except OSError as error:
            _log.warning("old pictures cannot be removed: %s", error)

    def __repr__(self) -> str:
        avatars = sum(key.startswith(CREATOR) for key in self._shown)
        return f"<Gallery {len(self._shown)} shown, {avatars} avatars, {len(self._waiting)} to come>"


def _is_at(url: str, endpoint: str) -> bool:
    try:
        return bool(endpoint) and Origin.parse(url) == Origin.parse(endpoint)
    except StabilityError:
        return False
