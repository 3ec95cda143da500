"""The engine in a thread of its own, so that Ctrl-C and the window's loop live elsewhere.

Ids go in, frozen values come out. The thread is a daemon: an engine that hangs cannot keep the process alive.
"""

from __future__ import annotations

import contextlib
import gc
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import CancelledError, Future
from typing import ParamSpec, TypeVar

import anyio
from anyio.from_thread import BlockingPortal

from ..domain.events import AnyEvent
from ..errors import EngineStopped
from .any_engine import AnyEngine
from .publisher import Subscription

P = ParamSpec("P")
T = TypeVar("T")

STOP_SECONDS = 2.0

SIGNAL_SECONDS = 0.2
"""How long a thread waits before it looks up. Python tells the main thread of a signal between two of its steps: one
that comes in the last moment before it sleeps, or that the system gives to another thread, does not wake it."""

YOUNG = 10_000
"""Objects that are made, beyond those that are let go of, before garbage is looked for: a small file takes hundreds,
and nearly none of them is garbage that only the collector finds."""


class EngineThread:
    """Runs the engine that ``make`` makes. Every method may be called from any thread but the engine's own."""

    def __init__(self, make: Callable[[], AnyEngine]) -> None:
        self._make = make
        self._died: Callable[[BaseException], None] | None = None
        self._ready = threading.Event()
        self._portal: BlockingPortal | None = None
        self._engine: AnyEngine | None = None
        self._failure: BaseException | None = None
        self._has_worked = False
        self._thread = threading.Thread(target=self._main, name="engine", daemon=True)

    def start(self) -> None:
        """Return when the engine is at work. Raises what kept it from starting, such as StoreError.

        May be called again once the engine has ended: another one is made. Where the collector of garbage was
        switched off while the program was loaded, it begins to work here, and leaves out what it finds.
        """
        if not gc.isenabled():
            gc.freeze()
            gc.set_threshold(YOUNG)
            gc.enable()
        if self._thread.ident is not None:
            self._thread.join()
            self._ready.clear()
            self._failure, self._has_worked = None, False
            self._thread = threading.Thread(target=self._main, name="engine", daemon=True)
        self._thread.start()
        while not self._ready.wait(SIGNAL_SECONDS):
            pass
        self._raise_failure()

    def when_dead(self, died: Callable[[BaseException], None]) -> None:
        """Call ``died``, in the engine's thread, with the fault that ends an engine which has been at work."""
        self._died = died

    @property
    def engine(self) -> AnyEngine:
        """For naming its coroutine functions to `call`. Raises EngineStopped before `start`."""
        if self._engine is None:
            raise EngineStopped
        return self._engine

    def call(self, function: Callable[P, Awaitable[T] | T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``function`` in the engine's loop and return its result or raise its exception.

        Raises EngineStopped when the engine is not at work, or ends before the call does.
        """
        try:
            return self._wait(self.begin(function, *args, **kwargs))
        except (CancelledError, RuntimeError) as error:
            if self._portal is None or isinstance(error, CancelledError):
                raise self._failure or EngineStopped() from error
            raise

    def begin(self, function: Callable[P, Awaitable[T] | T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Start ``function`` in the engine's loop without waiting; the future gets its result or exception.

        It is cancelled when the engine ends first. Raises EngineStopped when the engine is not at work.
        """
        portal = self._portal
        if portal is None or not self._thread.is_alive():
            raise self._failure or EngineStopped()

        async def run() -> T:
            result = function(*args, **kwargs)
            return await result if isinstance(result, Awaitable) else result

        try:
            return portal.start_task_soon(run)
        except RuntimeError as error:
            if self._portal is None:
                raise self._failure or EngineStopped() from error
            raise

    def _wait(self, answer: Future[T]) -> T:
        """The result of ``answer``, or its exception. Raises EngineStopped when the engine ended without either."""
        while True:
            was_alive = self._thread.is_alive()
            try:
                return answer.result(SIGNAL_SECONDS)
            except TimeoutError:
                if answer.done():
                    return answer.result()
                if not was_alive:
                    raise self._failure or EngineStopped() from None

    def subscribe(self, callback: Callable[[Sequence[AnyEvent]], None]) -> Subscription:
        """Call ``callback`` with each batch of events, in the engine's thread; it must not take long."""
        return self.call(self.engine.listen, callback)

    def unsubscribe(self, subscription: Subscription) -> None:
        """No more calls after this returns."""
        self.call(subscription.close)

    def stop(self, timeout: float = STOP_SECONDS) -> bool:
        """Stop the engine; False when it was still not done after ``timeout`` seconds and is left behind.

        Raises what ended the engine before, if anything did. May be called again.
        """
        portal = self._portal
        if portal is not None and self._thread.is_alive():
            # RuntimeError: it ended in this moment.
            with contextlib.suppress(RuntimeError):
                portal.start_task_soon(self.engine.stop)
        if self._thread.ident is not None:
            self._thread.join(timeout)
        self._raise_failure()
        return not self._thread.is_alive()

    def _raise_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _main(self) -> None:
        try:
            anyio.run(self._run, backend="asyncio")
        except BaseException as error:  # noqa: BLE001 - raised in the thread that starts, calls or stops
            self._failure = _only(error)
        finally:
            self._portal = None
            self._ready.set()
        if self._failure is not None and self._has_worked and self._died is not None:
            self._died(self._failure)

    async def _run(self) -> None:
        async with BlockingPortal() as portal:
            engine = self._engine = self._make()
            async with anyio.create_task_group() as tasks:
                await tasks.start(engine.run)
                self._portal, self._has_worked = portal, True
                self._ready.set()
            await portal.stop(cancel_remaining=True)

    def __repr__(self) -> str:
        state = "running" if self._thread.is_alive() else "ended" if self._thread.ident else "not started"
        return f"<EngineThread {state} {self._engine!r}>"


def _only(error: BaseException) -> BaseException:
    """The one exception in a group of one."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
