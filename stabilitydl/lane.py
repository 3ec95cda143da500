"""A lane: one daemon thread that runs blocking calls in order, for the event loop.

The database, each volume's writer and each volume's hasher have a lane of their own, so one that hangs
(a frozen disk, a lost network share) stalls only its own users. Being a daemon, a stuck lane cannot keep
the process alive.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Lane:
    """One thread, one queue. ``run`` and ``post`` may be called from any task; calls keep their order."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``function`` in the lane and return its result or raise its exception.

        When the waiting task is cancelled the call itself still runs to its end; its result is dropped.
        """
        return await self.start(function, *args, **kwargs)

    def start(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Queue ``function`` now; the future gets its result or exception. Called from the event loop only."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def call() -> None:
            try:
                result = function(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - handed to the task that waits for it
                _deliver(loop, future, None, error)
            else:
                _deliver(loop, future, result, None)

        self.post(call)
        return future

    def post(self, call: Callable[[], None]) -> None:
        """Queue ``call`` and return at once. ``call`` handles its own exceptions."""
        if self._closed:
            raise RuntimeError(f"{self!r} is closed")
        self._calls.put(call)

    def close(self, timeout: float = 2.0) -> bool:
        """Let queued calls end and stop the thread; False when it is still stuck after ``timeout`` seconds."""
        if not self._closed:
            self._closed = True
            self._calls.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call()
            del call

    def __repr__(self) -> str:
        return f"<Lane {self.name}{' closed' if self._closed else ''}>"


def _deliver(
    loop: asyncio.AbstractEventLoop, future: asyncio.Future[Any], result: object, error: BaseException | None
) -> None:
    def settle() -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)

    try:
        loop.call_soon_threadsafe(settle)
    except RuntimeError:
        # The loop has ended: nobody waits for this result any more.
        return
