"""The bridge between the window and the engine: ids in, frozen events out, and nobody ever waits.

Commands are handed to the engine's thread and return at once. What comes back - events, answers, failures - arrives in
the thread of the window through queued signals. A row changes because an event came, never because a button was
pressed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import CancelledError, Future
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from ..domain.collection import CollectionSnapshot
from ..domain.kept import Kept
from ..domain.login import Login
from ..domain.picture import Picture
from ..domain.resource import ResourceSnapshot
from ..domain.states import State
from ..engine.any_engine import AnyEngine
from ..engine.publisher import Subscription
from ..engine.remote import SharedEngine
from ..errors import EngineStopped, InternalError, Problem, StabilityError
from ..hubs.protocol import Destination, Expansion
from ..hubs.registry import Registry
from ..settings import Settings

T = TypeVar("T")
_Answer = tuple[Future[Any], Callable[[Any], None], Callable[[Problem], None]]


class EngineBridge(QObject):
    """The only way from the window to the engine.

    ``events`` carries a list of frozen events, at most one batch per turn of the window's loop. ``failed`` carries the
    Problem of a command that nobody waits for. ``lost`` carries the Problem of a fault that ended the engine; until it
    is started again, all commands and questions fail. ``handed_over`` carries the locators of a second start, perhaps
    none: this window is to come to the front.
    """

    events = Signal(object)
    failed = Signal(object)
    lost = Signal(object)
    handed_over = Signal(object)
    _arrived = Signal()
    _answered = Signal(object)
    _died = Signal(object)

    def __init__(self, thread: SharedEngine, hubs: Registry, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = thread
        self._hubs = hubs
        self._subscription: Subscription | None = None
        self._stopping = False
        self._is_dead = False
        self._arrived.connect(self._take)
        # Also an answer that is there already waits for the next turn: nobody is called back while still asking.
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._died.connect(self._bury, Qt.ConnectionType.QueuedConnection)
        thread.when_dead(self._died.emit)

    def start(self) -> None:
        """Start the engine and listen to it. Raises what keeps it from starting, such as StoreError."""
        self._thread.start()
        self._subscription = self._thread.call(self.engine.subscribe, self._arrived.emit)

    def start_again(self) -> None:
        """Start another engine in the place of one that a fault has ended; may be called in any thread.

        Raises what keeps it from starting, such as StoreError.
        """
        self._is_dead = False
        try:
            self.start()
            self.claim_window(())
        except BaseException:
            self._is_dead = True
            raise

    def claim_window(self, locators: Sequence[str]) -> bool:
        """Be the one window of the data directory; False when another one is, which has been raised instead."""
        claim: Callable[..., Any] = self._thread.engine.claim_window
        return bool(self._thread.call(claim, self._hand_over, list(locators)))

    def stop(self, timeout: float = 2.0) -> bool:
        """Stop the engine, keeping everything; False when it hangs and is left behind after ``timeout`` seconds.

        From now on nothing that it has said or answered reaches the window, which may be gone by then.
        """
        self._stopping = True
        try:
            return self._thread.stop(timeout)
        except Exception:
            # What had ended it before has been told.
            if not self._is_dead:
                raise
            return True

    # Commands.

    def enqueue(self, ids: Sequence[str]) -> None:
        """Download these."""
        self._send(self.engine.enqueue, list(ids))

    def pause(self, ids: Sequence[str]) -> None:
        self._send(self.engine.pause, list(ids))

    def resume(self, ids: Sequence[str]) -> None:
        self._send(self.engine.resume, list(ids))

    def retry(self, ids: Sequence[str]) -> None:
        self._send(self.engine.retry, list(ids))

    def cancel(self, ids: Sequence[str]) -> None:
        """Give these up; `undo_cancel` takes it back for ten seconds."""
        self._send(self.engine.cancel, list(ids))

    def undo_cancel(self, ids: Sequence[str]) -> None:
        self._send(self.engine.undo_cancel, list(ids))

    def remove(self, ids: Sequence[str], *, with_files: bool = False) -> None:
        """Take these off the list; finished files stay, or go to the trash."""
        self._send(partial(self.engine.remove, with_files=with_files), list(ids))

    def set_resource_limit(self, ids: Sequence[str], rate: int) -> None:
        """Let each of these have at most ``rate`` bytes per second, 0 for as many as come."""
        self._send(partial(self.engine.set_resource_limit, rate=rate), list(ids))

    def set_weight(self, collection: str, weight: float) -> None:
        """Let a collection have ``weight`` times the share of others."""
        self._send(partial(self.engine.set_weight, weight=weight), [collection])

    def go_on(self) -> None:
        """Continue everything unfinished."""
        self._send(self.engine.go_on)

    def pause_all(self) -> None:
        """Hold back everything unfinished."""
        self._send(self._pause_all)

    def resume_all(self) -> None:
        """Go on with everything that is held back or unfinished."""
        self._send(self._resume_all)

    def set_settings(self, settings: Settings) -> None:
        self._send(self.engine.set_settings, settings)

    def refresh(self, collection: str | None = None) -> None:
        """Look which downloaded files are still there, of one collection or of all."""
        self._send(self.engine.refresh, collection)

    # Questions: ``then`` is called in the window's thread with the answer.

    def load_collections(self, then: Callable[[list[CollectionSnapshot]], None]) -> None:
        self.ask(self.engine.collections, then)

    def load_resources(
        self,
        collection: str | None,
        then: Callable[[list[ResourceSnapshot]], None],
        otherwise: Callable[[Problem], None] | None = None,
    ) -> None:
        self.ask(partial(self.engine.resources, collection), then, otherwise)

    def snapshots(self, ids: Sequence[str], then: Callable[[list[ResourceSnapshot]], None]) -> None:
        """How these stand, as far as they are on the list."""
        self.ask(partial(self.engine.snapshots, list(ids)), then)

    def expand(
        self,
        locators: Sequence[str],
        destination: Destination,
        then: Callable[[tuple[list[Expansion], list[Problem]]], None],
    ) -> None:
        """Ask the hubs what ``locators`` stand for; nothing is stored or started."""
        self.ask(partial(self.engine.expand, list(locators), destination), then)

    def add(self, expansions: Sequence[Expansion], then: Callable[[None], None]) -> None:
        """Put collections on the list; nothing is started."""
        self.ask(partial(self.engine.add, list(expansions)), then)

    def free_space(self, folder: Path, then: Callable[[int], None]) -> None:
        """Free bytes on the volume of ``folder``."""
        self.ask(partial(self.engine.free_space, folder), then)

    def load_hubs(self) -> None:
        """Load the hubs, which a window that only shows what is on the list does without."""
        self._send(self._hubs.load)

    def load_notices(self, then: Callable[[list[Problem]], None]) -> None:
        """What the user should be told about the start of the engine."""
        self.ask(self.engine.notices, then)

    def load_quarantine(self, then: Callable[[list[Kept]], None]) -> None:
        """The files whose bytes were wrong, where they lie and why."""
        self.ask(self.engine.quarantined, then)

    def empty_quarantine(self, paths: Sequence[str], then: Callable[[int], None]) -> None:
        """Throw these away; ``then`` is called with the bytes that this freed."""
        self.ask(partial(self.engine.empty_quarantine, list(paths)), then)

    def accept_quarantined(self, ids: Sequence[str], then: Callable[[list[ResourceSnapshot]], None]) -> None:
        """Keep the files of these as unverifiable; ``then`` is called with how those that were kept stand."""
        self.ask(partial(self._accept, list(ids)), then)

    def repair(self, ids: Sequence[str], then: Callable[[list[str]], None]) -> None:
        """Read these files back and bring again what is damaged; ``then`` is called with those that are."""
        self.ask(partial(self.engine.repair, list(ids)), then)

    def retry_elsewhere(self, ids: Sequence[str], then: Callable[[list[str]], None]) -> None:
        """Try again at the next address; ``then`` is called with those that have another one."""
        self.ask(partial(self.engine.retry_elsewhere, list(ids)), then)

    def totals(self, since: float, then: Callable[[list[tuple[int, int]]], None]) -> None:
        """Bytes over the network and files that they brought, since a time in seconds since 1970, and of all time."""
        self.ask(partial(self.engine.totals, [since, 0.0]), then)

    def pictures(self, keys: Sequence[str], then: Callable[[list[Picture]], None]) -> None:
        """What stands for each of ``keys``; news of these pictures follow as events."""
        self.ask(partial(self.engine.pictures, list(keys)), then)

    def set_priority(self, ids: Sequence[str], priority: int, then: Callable[[list[ResourceSnapshot]], None]) -> None:
        """Let these start before those of a lower ``priority``; ``then`` is called with how they stand after it."""
        self.ask(partial(self.engine.set_priority, list(ids), priority), then)

    def load_logins(self, then: Callable[[list[Login]], None]) -> None:
        """How every hub is logged in to."""
        self.ask(self.engine.logins, then)

    def can_log_in(self, hub: str) -> bool:
        """Is there an account for ``hub``?"""
        return any(account.hub == hub for account in self._hubs.accounts)

    def set_token(
        self, hub: str, token: str, then: Callable[[Login], None], otherwise: Callable[[Problem], None]
    ) -> None:
        """Log in to ``hub``, or out where ``token`` is empty; what waits for the login goes on."""
        self.ask(partial(self.engine.set_token, hub, token), then, otherwise)

    def web_address(self, hub: str, reference: str, then: Callable[[str], None]) -> None:
        """The web address of a page that a hub put into a collection or resource."""
        self.ask(partial(self._web_address, hub, reference), then)

    def ask(
        self,
        function: Callable[[], Awaitable[T] | T],
        then: Callable[[T], None],
        otherwise: Callable[[Problem], None] | None = None,
    ) -> None:
        """Run ``function`` in the engine's loop and give its answer to ``then``.

        A failure goes to ``otherwise``, or to ``failed`` where nothing else is named.
        """
        self._begin(function, then, otherwise or self.failed.emit)

    @property
    def engine(self) -> AnyEngine:
        """For naming its coroutine functions to `ask`; they run in the engine's thread."""
        return self._thread.engine

    # How it works.

    async def _pause_all(self) -> None:
        rows = await self.engine.resources(None)
        await self.engine.pause([row.id for row in rows if row.state.is_unfinished])

    async def _resume_all(self) -> None:
        rows = await self.engine.resources(None)
        await self.engine.resume([row.id for row in rows if row.state is State.PAUSED])

    async def _accept(self, ids: Sequence[str]) -> list[ResourceSnapshot]:
        return await self.engine.snapshots(await self.engine.accept_quarantined(ids))

    async def _web_address(self, hub: str, reference: str) -> str:
        return await self._hubs.by_name(hub).absolute(reference)

    def _send(self, function: Callable[..., Awaitable[object] | object], *args: object) -> None:
        self._begin(partial(function, *args), _nothing, self.failed.emit)

    def _begin(
        self, function: Callable[[], Any], then: Callable[[Any], None], otherwise: Callable[[Problem], None]
    ) -> None:
        try:
            future = self._thread.begin(function)
        except Exception:  # noqa: BLE001 - whatever has ended the engine, `lost` tells it
            if not self._stopping:
                otherwise(EngineStopped().problem)
            return
        future.add_done_callback(lambda done: self._answered.emit((done, then, otherwise)))

    def _hand_over(self, locators: Sequence[str]) -> None:
        self.handed_over.emit(list(locators))

    @Slot(object)
    def _deliver(self, answer: _Answer) -> None:
        done, then, otherwise = answer
        if self._stopping:
            return
        try:
            result = done.result()
        except CancelledError:
            otherwise(EngineStopped().problem)
        except StabilityError as error:
            otherwise(error.problem)
        except Exception as error:  # noqa: BLE001 - shown to the user instead of ending the window
            otherwise(InternalError(detail=repr(error)).problem)
        else:
            then(result)

    @Slot(object)
    def _bury(self, fault: BaseException) -> None:
        self._is_dead = True
        if not self._stopping:
            told = fault if isinstance(fault, StabilityError) else InternalError(detail=repr(fault))
            self.lost.emit(told.problem)

    @Slot()
    def _take(self) -> None:
        if self._subscription is not None and not self._stopping:
            events = self._subscription.take()
            if events:
                self.events.emit(events)

    def __repr__(self) -> str:
        return f"<EngineBridge {self._thread!r}>"


def _nothing(result: object) -> None:
    """Nobody waits for this answer."""
