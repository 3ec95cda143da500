"""The address that a fetch uses right now: asked of the hub, kept behind its redirects, renewed when it expires."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import anyio

from ..clock import Clock
from ..http.request import Request
from .order import Source

RENEWALS = 3
RENEWAL_SECONDS = 60.0


class Route:
    """Answers of a hub that redirect are asked for once: its download address counts every request.

    ``generation`` counts the renewals, so that connections which fail at the same old address renew it once.
    """

    def __init__(self, source: Source, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self.generation = 0
        self.named = ""
        """The host that the hub named last; redirects lead to others."""
        self._current: Request | None = None
        self._asking = anyio.Lock(fast_acquire=True)
        self._renewals: list[float] = []
        self._in_vain = 0
        self._proven = False

    async def request(self) -> Request:
        """The request to send now. Raises what the hub raises."""
        async with self._asking:
            if self._current is None:
                self._current = await self._source.request()
                self.named = urlsplit(self._current.url).hostname or ""
            return self._current

    def works(self, final_url: str) -> None:
        """An answer that is good came from ``final_url``."""
        self._proven = True
        self._in_vain = 0
        current = self._current
        if current is None or final_url == current.url:
            return
        kept = current.headers if _origin(final_url) == _origin(current.url) else ()
        self._current = replace(current, url=final_url, headers=kept)

    def expire(self, generation: int) -> bool:
        """The address of ``generation`` stopped working: ask the hub again next time, unless that was done already.

        False when it never worked, or was renewed too often within a minute or without a good answer.
        """
        if generation != self.generation:
            return True
        now = self._clock.monotonic()
        self._renewals = [moment for moment in self._renewals if now - moment < RENEWAL_SECONDS]
        if not self._proven or max(len(self._renewals), self._in_vain) >= RENEWALS:
            return False
        self._renewals.append(now)
        self._in_vain += 1
        self.generation += 1
        self._current = None
        return True

    def __repr__(self) -> str:
        return f"<Route {self._current!r} renewals={len(self._renewals)}>"


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port
