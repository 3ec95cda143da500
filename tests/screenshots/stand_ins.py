"""A hub, a byte path and a bridge that stand still where a picture wants them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio
import msgspec
from PySide6.QtCore import QObject, Slot

from stabilitydl.demo.pictures import landscape
from stabilitydl.domain.events import AnyEvent, HostLine, Progress, ProgressTick
from stabilitydl.domain.kept import Kept
from stabilitydl.domain.login import Login, LoginSource
from stabilitydl.domain.picture import Picture
from stabilitydl.domain.resource import Address, Resource, Wait
from stabilitydl.domain.states import State, WaitReason
from stabilitydl.engine.remote import SharedEngine
from stabilitydl.errors import StabilityError
from stabilitydl.gui.bridge import EngineBridge
from stabilitydl.gui.qt import override
from stabilitydl.http.client import HttpClient
from stabilitydl.http.request import Request
from stabilitydl.hubs.protocol import Destination, Expansion, Locator
from stabilitydl.hubs.registry import Registry
from stabilitydl.transfer.order import Arrival, Live, Order, Services, Source, Watcher
from tests.screenshots.packs import MB, File, Pack

FREE = 212_000 * MB
WAIT_SECONDS = 37.5
LOGINS = (
    Login(hub="civitai", title="Civitai", source=LoginSource.KEYRING, is_checked=True, page="https://civitai.com"),
    Login(
        hub="huggingface",
        title="Hugging Face",
        source=LoginSource.ENVIRONMENT,
        detail="HF_TOKEN",
        page="https://huggingface.co",
    ),
    Login(hub="modelscope", title="ModelScope", source=LoginSource.NONE, page="https://modelscope.cn"),
)
_FOUR_PARTS = ((0.0, 0.41), (0.5, 0.59), (0.66, 0.73))
"""Which parts of a file are here while several connections bring it; they are stretched to its share."""


class StandInHub:
    """Lists the packs of one hub by the address of their page, and asks no server."""

    forms = ()

    def __init__(self, name: str, packs: Sequence[Pack]) -> None:
        self.name = name
        self._packs = {pack.page: pack for pack in packs if pack.hub == name}

    def recognise(self, text: str) -> Locator | None:
        if text not in self._packs:
            return None
        return Locator(hub=self.name, text=text, kind="model", identity=text)

    async def expand(self, locator: Locator, destination: Destination, client: HttpClient) -> Expansion:
        return self._packs[locator.identity].expansion()

    async def request(self, resource: Resource, address: Address, client: HttpClient) -> Request:
        return Request(url=address.reference)

    async def explain(self, resource: Resource, error: StabilityError, client: HttpClient) -> StabilityError:
        return error

    async def absolute(self, reference: str) -> str:
        return reference


class StandStill:
    """A byte path that brings each file as far as its pack says, and stays there."""

    def __init__(self, packs: Sequence[Pack], now: Callable[[], float]) -> None:
        self._files = {pack.child(file.name): file for pack in packs for file in pack.files}
        self._now = now

    async def __call__(self, order: Order, source: Source, live: Live, watcher: Watcher, services: Services) -> Arrival:
        file = self._files[order.resource.id]
        watcher.phase(State.RESOLVING)
        live.size = file.size
        live.ranges = ranges(file)
        live.received = live.fetched = sum(stop - start for start, stop in live.ranges)
        if file.state is State.WAITING:
            watcher.waiting(Wait(WaitReason.HOST, self._now() + WAIT_SECONDS, "civitai.com", 429))
        else:
            watcher.phase(State.DOWNLOADING)
            if file.state is State.VERIFYING:
                live.checked = round(file.size * 0.82)
                watcher.phase(State.VERIFYING)
        await anyio.sleep_forever()
        raise AssertionError("nothing wakes it")


def ranges(file: File) -> tuple[tuple[int, int], ...]:
    """Which bytes of ``file`` are here."""
    if file.here >= 1 or file.here == 0:
        return ((0, file.size),) if file.here else ()
    here = sum(stop - start for start, stop in _FOUR_PARTS)
    stretch = file.here / here
    return tuple((round(start * stretch * file.size), round(stop * stretch * file.size)) for start, stop in _FOUR_PARTS)


@dataclass(frozen=True)
class Pace:
    """How fast what stands still is said to be, in bytes per second.

    ``speeds`` are by resource id, those of checking included; ``sum`` is what comes over the network.
    """

    speeds: dict[str, float]
    sum: float = 0.0
    hosts: tuple[HostLine, ...] = ()

    def told(self, tick: ProgressTick) -> ProgressTick:
        """``tick`` with these speeds, and what follows from them."""
        entries = tuple(self._told(entry) for entry in tick.entries)
        return msgspec.structs.replace(tick, entries=entries, speed=self.sum, hosts=self.hosts)

    def _told(self, entry: Progress) -> Progress:
        speed = self.speeds.get(entry.resource, 0.0)
        left = (entry.size or 0) - max(entry.received, entry.checked)
        if entry.checked:
            left = (entry.size or 0) - entry.checked
        return msgspec.structs.replace(entry, speed=speed, eta=left / speed if speed and left else None)


class StandInBridge(EngineBridge):
    """The real bridge, but nothing that a machine decides comes through: speeds, space, logins, which files are there.

    While it ``is_still`` no tick is told.
    """

    def __init__(
        self, thread: SharedEngine, hubs: Registry, gradients: Collection[str], parent: QObject | None = None
    ) -> None:
        super().__init__(thread, hubs, parent)
        self.pace = Pace({})
        self.is_still = False
        self.kept: list[Kept] = []
        self._gradients = gradients
        self._drawn = tempfile.TemporaryDirectory()

    @override
    def start(self) -> None:
        """Start the engine, which measures no drive."""
        super().start()
        self.engine.free_space = _free_space  # type: ignore[method-assign]

    def close(self) -> None:
        """Throw the pictures away."""
        self._drawn.cleanup()

    @override
    def pictures(self, keys: Sequence[str], then: Callable[[Sequence[Picture]], None]) -> None:
        """A landscape for everything but ``gradients``."""
        then([self._picture(key) for key in keys])

    def _picture(self, key: str) -> Picture:
        if key in self._gradients:
            return Picture(key=key)
        path = Path(self._drawn.name, f"{key}.png")
        path.write_bytes(landscape(key, 192, 192))
        return Picture(key=key, version="1", path=str(path))

    @override
    def go_on(self) -> None:
        """What was unfinished stays so; a picture starts what it shows."""

    @override
    def refresh(self, collection: str | None = None) -> None:
        """The files of the pictures are nowhere."""

    @override
    def load_logins(self, then: Callable[[list[Login]], None]) -> None:
        then(list(LOGINS))

    @override
    def load_quarantine(self, then: Callable[[list[Kept]], None]) -> None:
        then(self.kept)

    @override
    def totals(self, since: float, then: Callable[[list[tuple[int, int]]], None]) -> None:
        then([(41_200 * MB, 312), (1_730_000 * MB, 9_204)])

    @Slot()
    @override
    def _take(self) -> None:
        assert self._subscription is not None
        events = [self._told(event) for event in self._subscription.take() if self._is_told(event)]
        if events:
            self.events.emit(events)

    def _is_told(self, event: AnyEvent) -> bool:
        return not (self.is_still and isinstance(event, ProgressTick))

    def _told(self, event: AnyEvent) -> AnyEvent:
        return self.pace.told(event) if isinstance(event, ProgressTick) else event


async def _free_space(_folder: Path, _besides: Sequence[str] = ()) -> int:
    return FREE
