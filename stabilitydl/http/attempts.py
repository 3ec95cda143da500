"""Who may try to connect where, and when: where nobody opens, one tries for all, and not more than once a second."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable

import anyio

from ..clock import Clock
from ..errors import HostUnreachable, NameNotResolved

SPACING = 1.0
"""Seconds from one attempt that failed to the next one at the same place."""

Attempt = Callable[[], Awaitable[socket.socket]]


class _Trial:
    """An attempt whose outcome counts for all who came meanwhile; ``failure`` is the kind of it, if it failed."""

    def __init__(self) -> None:
        self.done = anyio.Event()
        self.failure: type[HostUnreachable | NameNotResolved] | None = None


class _Door:
    """One place. It ``is_open`` since an attempt was let in, until one is not."""

    def __init__(self) -> None:
        self.is_open = False
        self.trial: _Trial | None = None
        self.closed_until = 0.0


class Attempts:
    """The attempts of all routes. Where the last one was let in, everybody may try at any time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._doors: dict[tuple[str, int], _Door] = {}

    async def connect(self, host: str, port: int, attempt: Attempt) -> socket.socket:
        """The result of ``attempt``, or the failure of another one at the same place.

        Raises HostUnreachable, NameNotResolved, and what ``attempt`` raises.
        """
        door = self._doors.setdefault((host, port), _Door())
        while not door.is_open:
            if door.trial is None:
                return await self._try_for_all(door, attempt)
            trial = door.trial
            await trial.done.wait()
            if trial.failure is not None:
                raise trial.failure(host=host)
        return await self._try(door, attempt)

    async def _try_for_all(self, door: _Door, attempt: Attempt) -> socket.socket:
        trial = door.trial = _Trial()
        try:
            rest = door.closed_until - self._clock.monotonic()
            if rest > 0:
                await self._clock.sleep(rest)
            return await self._try(door, attempt)
        except (HostUnreachable, NameNotResolved) as error:
            trial.failure = type(error)
            raise
        finally:
            # Without a failure or a success, as after a cancellation, the next one of those who wait tries.
            door.trial = None
            trial.done.set()

    async def _try(self, door: _Door, attempt: Attempt) -> socket.socket:
        began = self._clock.monotonic()
        try:
            sock = await attempt()
        except (HostUnreachable, NameNotResolved):
            door.is_open = False
            door.closed_until = began + SPACING
            raise
        door.is_open = True
        return sock

    def __repr__(self) -> str:
        return f"<Attempts {sum(door.is_open for door in self._doors.values())} of {len(self._doors)} places open>"
