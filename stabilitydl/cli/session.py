"""A command at work: the engine in its thread, its events in the main thread, where Ctrl-C lands.

Where another process runs the engine of the data directory already, the command attaches to it: what it asks for is
done there and shown here.

The main thread only ever waits for a result or for a batch of events, and both waits end at once when a signal
arrives. The first Ctrl-C (or SIGTERM, or the terminal going away) stops the engine, which keeps everything; the
second one ends the process.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from types import FrameType, TracebackType
from typing import Any, Generic, Self, TypeVar

from ..clock import Clock, SystemClock
from ..domain.events import AnyEvent, LoginWanted
from ..domain.resource import ResourceSnapshot
from ..engine.any_engine import AnyEngine
from ..engine.engine import Engine
from ..engine.remote import SharedEngine
from ..errors import UsageError
from ..http.accounts import Account
from ..hubs.registry import Registry
from ..paths import Paths
from ..settings import Settings
from . import console
from .exit_codes import ExitCode
from .render import Renderer
from .tally import Tally

T = TypeVar("T")
_LOGGER = logging.getLogger(__name__)

STOP_SECONDS = 0.8
"""How long the engine may take to put everything away; it leaves nothing half done when it is cut off."""

FRAME = 0.1
"""Seconds of news that are shown together: waking up for every event would slow down the engine's thread."""

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]


class Session:
    """The engine of one command. Entering it takes over the signals; leaving it stops an engine that runs here.

    ``closing`` are called at the end. ``may_log_in``: somebody is there who can be asked for a token.
    """

    def __init__(
        self,
        paths: Paths,
        settings: Settings,
        registry: Registry,
        *,
        closing: Iterable[Callable[[], object]] = (),
        clock: Clock | None = None,
        may_log_in: bool = False,
    ) -> None:
        self.may_log_in = may_log_in
        self.clock = clock or SystemClock()
        self._registry = registry
        self._closing = list(closing)
        self._thread = SharedEngine(
            paths,
            lambda: Engine.open(paths, settings, clock=self.clock, hubs=registry, may_log_in=may_log_in),
            clock=self.clock,
        )
        self._news: deque[Sequence[AnyEvent]] = deque()
        self._signals = _Signals()
        self._started = False

    def __enter__(self) -> Self:
        self._signals.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stop()
        finally:
            for close in self._closing:
                close()
            if not self._signals.seen:
                self._signals.give_back()

    @property
    def is_owner(self) -> bool:
        """Does the engine run in this process? May change when the process that runs it ends."""
        return self._thread.is_owner

    def recognise(self, locators: Iterable[str]) -> None:
        """Raise UnknownLocator or another UsageError for the first locator that no hub takes."""
        for locator in locators:
            self._registry.find(locator)

    def account(self, hub: str) -> Account:
        """What ``hub`` asks of those who log in. Raises UsageError for one that has no logins."""
        accounts = {account.hub: account for account in self._registry.accounts}
        if hub not in accounts:
            raise UsageError(detail=f"There is no login for “{hub}”; there is one for: {', '.join(accounts)}.")
        return accounts[hub]

    def start(self) -> None:
        """Start the engine, or attach to the one that runs. Raises StoreError, EngineUnreachable, OtherVersion."""
        self._started = True
        self._thread.start()
        self._thread.subscribe(self._news.append)
        if self.is_owner:
            for problem in self.ask(lambda engine: engine.notices()):
                console.say(problem.message)

    def ask(self, question: Callable[[AnyEngine], Awaitable[T]]) -> T:
        """Run ``question`` with the engine in its thread, and return the answer or raise its error."""
        engine = self._thread.engine

        async def answer() -> T:
            return await question(engine)

        call: Callable[[Callable[[], Awaitable[T]]], T] = self._thread.call
        return call(answer)

    def follow(self, ids: Sequence[str], show: Callable[[Sequence[AnyEvent]], None]) -> list[ResourceSnapshot]:
        """Pass events on until the engine is at work on none of ``ids``; how they stand then.

        An empty batch means that time passed without news. Raises what ended the engine, if anything did.
        """
        answer = _Answer(lambda: self.ask(lambda engine: engine.wait_settled(ids)))
        while not answer.wait(FRAME):
            show(self._take())
        show(self._take())
        return answer.result()

    def _take(self) -> list[AnyEvent]:
        """All events that have come."""
        events: list[AnyEvent] = []
        while self._news:
            events += self._news.popleft()
        return events

    def stop(self) -> None:
        """Stop the engine; nothing happens when it does not run. Never raises: what matters is written already."""
        if self._started:
            self._started = False
            try:
                self._thread.stop(STOP_SECONDS)
            except Exception:
                _LOGGER.exception("The engine did not end well")


class _Answer(Generic[T]):
    """What a blocking call answers, awaited in a thread of its own so that this one can do other things."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self._results: list[T] = []
        self._failure: BaseException | None = None
        self._done = threading.Event()
        threading.Thread(target=self._run, name="answer", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Is the answer there within ``seconds``?"""
        return self._done.wait(seconds)

    def result(self) -> T:
        """The answer, or the error of the call."""
        if self._failure is not None:
            raise self._failure
        return self._results[0]

    def _run(self) -> None:
        try:
            self._results.append(self._call())
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
            self._failure = error
        finally:
            self._done.set()


class _Signals:
    """Makes the first signal a KeyboardInterrupt in the main thread, and the second one the end."""

    def __init__(self) -> None:
        self.seen = False
        self._before: dict[int, Any] = {}

    def take(self) -> None:
        """Handle the signals from now on; what is ignored (nohup, jobs in the background) stays so."""
        if threading.current_thread() is threading.main_thread():
            wanted = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
            self._before = {number: signal.signal(number, self._handle) for number in wanted}

    def give_back(self) -> None:
        """Everything as it was."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.seen:
            os._exit(ExitCode.INTERRUPTED)
        self.seen = True
        raise KeyboardInterrupt


def bring(
    session: Session,
    renderer: Renderer,
    tally: Tally,
    ids: Sequence[str],
    begin: Callable[[AnyEngine], Awaitable[object]],
) -> ExitCode:
    """Let ``begin`` queue ``ids``, show what happens until they are settled, and sum up. Returns the exit code.

    ``tally`` knows all files of the command, also those that need nothing.
    """
    started = session.clock.monotonic()
    interrupted = goes_on_elsewhere = False

    def show(batch: Sequence[AnyEvent]) -> None:
        tally.apply(batch)
        renderer.events(batch, tally, session.clock.monotonic())
        for event in batch:
            if isinstance(event, LoginWanted):
                _offer_login(session, renderer, event)

    tally.expect(ids)
    try:
        renderer.begin(tally, started)
        session.ask(begin)
        if not session.is_owner:
            # Some of them may have been on their way before this command came.
            tally.refresh(session.ask(lambda engine: engine.snapshots(ids)))
        settled = session.follow(ids, show)
        show(tally.missed(settled))
        tally.refresh(settled)
    except KeyboardInterrupt:
        interrupted = True
        renderer.close()
        goes_on_elsewhere = not session.is_owner
        session.stop()
    seconds = session.clock.monotonic() - started
    renderer.close()
    renderer.end(tally, seconds, interrupted=interrupted)
    if interrupted and goes_on_elsewhere:
        renderer.note("The files go on in the other stabilitydl that runs; hold them back with: stabilitydl pause")
        return ExitCode.INTERRUPTED
    if interrupted:
        renderer.note("Stopped. Everything that arrived is kept; go on with: stabilitydl resume")
        return ExitCode.INTERRUPTED
    return tally.exit_code


def _offer_login(session: Session, renderer: Renderer, event: LoginWanted) -> None:
    from .login import offer

    if session.may_log_in:
        offer(session, renderer, event.hub, event.title)
    else:
        renderer.note(f"Files wait for a login to {event.title}; log in there, or with: stabilitydl login {event.hub}")
