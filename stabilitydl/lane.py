"""A lane: one daemon thread that runs blocking calls in order, for the event loop.

The database, each volume's writer and each volume's hasher have a lane of their own, so one that hangs
(a frozen disk, a lost network share) stalls only its own users. Being a daemon, a stuck lane cannot keep
the process alive.

Waking a thread costs more than most calls take, and two that are awake take turns under Python's one lock. So the calls
of one turn of the loop go over together, and their results come back together: the loop is woken when the last of them
has ended, or when they take long. One that hangs does not keep back what ended before it: the loop looks by itself.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

HOLD_SECONDS = 0.02
"""How long results wait for the other calls that were handed over with theirs, as long as no call hangs."""
LOOK_SECONDS = 0.05
"""How often the loop looks for results while calls run that were handed over together."""


class Lane:
    """One thread, one queue. ``run`` and ``post`` may be called from any task; calls keep their order."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.done = 0
        """How many calls have ended."""
        self.is_busy = False
        self._calls: queue.SimpleQueue[list[Callable[[], None]] | None] = queue.SimpleQueue()
        self._gathered: list[Callable[[], None]] = []
        self._inbox: _Inbox | None = None
        self._look: asyncio.TimerHandle | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``function`` in the lane and return its result or raise its exception.

        When the waiting task is cancelled the call itself still runs to its end; its result is dropped.
        """
        return await self.start(function, *args, **kwargs)

    def start(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Queue ``function``; the future gets its result or exception. Called from the event loop only."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        inbox = self._inbox
        if inbox is None or inbox.loop is not loop:
            if inbox is not None:
                inbox.wake()
            inbox, self._look = _Inbox(loop), None
            self._inbox = inbox
        inbox.awaited += 1

        def call() -> None:
            try:
                result = function(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - handed to the task that waits for it
                inbox.put(future, None, error)
            else:
                inbox.put(future, result, None)

        self.post(call)
        return future

    def post(self, call: Callable[[], None]) -> None:
        """Queue ``call`` and return at once. ``call`` handles its own exceptions."""
        if self._closed:
            raise RuntimeError(f"{self!r} is closed")
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            # Another thread: what is gathered belongs to that of the loop.
            self._calls.put([call])
            return
        self._gathered.append(call)
        if len(self._gathered) == 1:
            loop.call_soon(self._hand_over)

    def close(self, timeout: float = 2.0) -> bool:
        """Let queued calls end and stop the thread; False when it is still stuck after ``timeout`` seconds."""
        if not self._closed:
            self._closed = True
            self._hand_over()
            self._calls.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _hand_over(self) -> None:
        calls, self._gathered = self._gathered, []
        if len(calls) > 1 and not self._closed:
            self._look_later()
        if calls:
            self._calls.put(calls)

    def _look_later(self) -> None:
        if self._look is None and self._inbox is not None:
            self._look = self._inbox.loop.call_later(LOOK_SECONDS, self._look_now)

    def _look_now(self) -> None:
        """Take what ended before a call that hangs."""
        self._look = None
        if self._inbox is not None:
            self._inbox.empty()
            if self._inbox.awaited:
                self._look_later()

    def _work(self) -> None:
        while (calls := self._calls.get()) is not None:
            calls.reverse()
            self.is_busy = True
            began = time.monotonic()
            while calls:
                calls.pop()()
                self.done += 1
                if self._inbox is not None and (not calls or time.monotonic() - began >= HOLD_SECONDS):
                    self._inbox.wake()
            self.is_busy = False

    def __repr__(self) -> str:
        return f"<Lane {self.name}{' closed' if self._closed else ''}>"


class _Inbox:
    """Results on their way to one loop. It is woken for the first; the others that are there by then come along."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.awaited = 0
        """How many results are not handed over yet; belongs to the loop."""
        self._results: deque[tuple[asyncio.Future[Any], object, BaseException | None]] = deque()
        self._is_waking = False

    def put(self, future: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
        """Lay down one result. Called in the lane, as `wake` is."""
        self._results.append((future, result, error))

    def wake(self) -> None:
        """Let the loop come for what is there."""
        if self._is_waking or not self._results:
            return
        self._is_waking = True
        try:
            self.loop.call_soon_threadsafe(self._woken)
        except RuntimeError:
            # The loop has ended: nobody waits for these results any more.
            self._results.clear()
            self._is_waking = False

    def _woken(self) -> None:
        # What is put from here on wakes the loop again.
        self._is_waking = False
        self.empty()

    def empty(self) -> None:
        """Hand all results over to the tasks that wait for them. Called in the loop."""
        while self._results:
            future, result, error = self._results.popleft()
            self.awaited -= 1
            if future.done():
                continue
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(result)
