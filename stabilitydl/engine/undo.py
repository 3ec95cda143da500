"""Undo: a cancelled resource is MISSING at once, but its part file goes only after a while, unless it is taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence

import anyio

from ..clock import Clock
from ..domain.resource import ResourceSnapshot

UNDO_SECONDS = 10.0


def still_there(received: int) -> int:
    """How many bytes a row says that are there when it is given up.

    More than nothing, whatever was ``received`` as far as is known: it says so until its part is removed, else a start
    would not know whose part it is; see `Leavings`.
    """
    return max(received, 1)


class Undo:
    """The cancelled resources whose part files still lie there, each with the row it had before."""

    def __init__(self, clock: Clock, discard: Callable[[Sequence[str]], Awaitable[None]]) -> None:
        self._clock = clock
        self._discard = discard
        self._rows: dict[str, tuple[int, ResourceSnapshot]] = {}
        self._number = 0

    def hold(self, rows: Iterable[ResourceSnapshot]) -> int:
        """``rows`` (as they were) have just been cancelled; the number is what `expire` wants."""
        self._number += 1
        self._rows.update((row.id, (self._number, row)) for row in rows)
        return self._number

    async def expire(self, number: int) -> None:
        """Wait until one cancel command can no longer be undone, then remove what it left."""
        await self._clock.sleep(UNDO_SECONDS)
        await self._discard([each for each, (of, _) in self._rows.items() if of == number])

    def take_back(self, ids: Iterable[str]) -> list[ResourceSnapshot]:
        """The rows, as they were, of those among ``ids`` whose part still lies there; they are kept now."""
        return [self._rows.pop(each)[1] for each in ids if each in self._rows]

    async def finish(self) -> None:
        """Remove everything that waits, now."""
        with anyio.CancelScope(shield=True):
            await self._discard(list(self._rows))

    def __contains__(self, resource_id: object) -> bool:
        return resource_id in self._rows

    def __repr__(self) -> str:
        return f"<Undo {len(self._rows)} parts kept>"
