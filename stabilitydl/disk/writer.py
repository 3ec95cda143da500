"""The writer of a volume: takes chunks from the event loop, writes them in its own thread, in large batches.

It is bounded: at most `PER_PART` bytes of one part and `IN_ALL` bytes of all parts are accepted and not yet written,
and none while too much is not yet durable (see `exposure`). Who offers more waits, stops reading its socket, and so
slows the sender down.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ..domain.chunk import Chunk
from ..errors import InternalError, StabilityError
from ..lane import Lane
from .place import MIB
from .system import map_error

if TYPE_CHECKING:
    from .openpart import OpenPart

PER_PART = 4 * MIB
IN_ALL = 64 * MIB
SOFT_MARK_EVERY = 2 * MIB
_BATCHES_IN_FLIGHT = 2

_Batch = list[tuple["OpenPart", int, Chunk]]


class Budget:
    """Bytes accepted and not yet written, over all volumes, and who waits for room."""

    def __init__(self, limit: int = IN_ALL) -> None:
        self._limit = limit
        self._used = 0
        self._room = asyncio.Event()

    @property
    def is_full(self) -> bool:
        return self._used >= self._limit

    @property
    def used(self) -> int:
        return self._used

    def take(self, count: int) -> None:
        self._used += count

    def give_back(self, count: int) -> None:
        self._used -= count
        if not self.is_full:
            self._room.set()
            self._room = asyncio.Event()

    async def wait(self) -> None:
        """Return when some bytes have been written."""
        await self._room.wait()


class Writer:
    """One thread that writes for all parts of a volume."""

    def __init__(self, name: str, budget: Budget) -> None:
        self._lane = Lane(f"write {name}")
        self._budget = budget
        self._queue: _Batch = []
        self._in_flight = 0
        self._due = False

    async def write(self, part: OpenPart, offset: int, chunk: Chunk) -> None:
        """Accept ``chunk`` for ``part`` at ``offset``; waits while that is too much. Raises the part's error."""
        while (room := self._room_for(part)) is not None:
            part.check()
            await room()
        part.check()
        part.accept(len(chunk))
        self._budget.take(len(chunk))
        self._queue.append((part, offset, chunk))
        if not self._due and self._in_flight < _BATCHES_IN_FLIGHT:
            # Whatever the connections bring in this turn of the loop goes in one batch: a hop costs more than a chunk.
            self._due = True
            asyncio.get_running_loop().call_soon(self._send)

    def _room_for(self, part: OpenPart) -> Callable[[], Awaitable[None]] | None:
        """What to wait for before more of ``part`` is accepted; None where there is room."""
        if part.pending >= PER_PART:
            return part.wait_for_room
        if part.is_held_back:
            return part.wait_for_sync
        return self._budget.wait if self._budget.is_full else None

    @property
    def lane(self) -> Lane:
        """The thread, for the few other calls that must not overtake writes."""
        return self._lane

    def close(self, timeout: float) -> bool:
        """Stop the thread after the queued writes; False when it is stuck."""
        return self._lane.close(timeout)

    def _send(self) -> None:
        self._due = False
        if not self._queue:
            return
        batch, self._queue = self._queue, []
        self._in_flight += 1
        self._lane.start(_write_batch, batch).add_done_callback(self._settle)

    def _settle(self, done: asyncio.Future[dict[OpenPart, int]]) -> None:
        self._in_flight -= 1
        self._send()
        for part, count in done.result().items():
            self._budget.give_back(count)
            part.settle(count)

    def __repr__(self) -> str:
        return f"<Writer {self._lane.name} queued={len(self._queue)} in_flight={self._in_flight}>"


def _write_batch(batch: _Batch) -> dict[OpenPart, int]:
    """Write a batch, neighbours together; how many bytes of each part are dealt with, written or failed."""
    runs: dict[OpenPart, list[tuple[int, list[Chunk]]]] = {}
    ends: dict[tuple[OpenPart, int], list[Chunk]] = {}
    counts: dict[OpenPart, int] = {}
    for part, offset, chunk in batch:
        counts[part] = counts.get(part, 0) + len(chunk)
        run = ends.pop((part, offset), None)
        if run is None:
            run = []
            runs.setdefault(part, []).append((offset, run))
        run.append(chunk)
        ends[(part, offset + len(chunk))] = run
    for part, pieces in runs.items():
        _write_part(part, pieces)
    return counts


def _write_part(part: OpenPart, pieces: list[tuple[int, list[Chunk]]]) -> None:
    file = part.file
    if file.error is not None:
        return
    try:
        for offset, chunks in pieces:
            file.write(offset, chunks)
        if file.since_soft_mark >= SOFT_MARK_EVERY:
            file.soft_mark()
        if part.proof is not None:
            part.proof.take(file)
    except OSError as error:
        file.error = map_error(error, file.target)
    except StabilityError as error:
        file.error = error
    except Exception as error:  # noqa: BLE001 - told to whoever waits for the bytes; the other parts go on
        file.error = InternalError(detail=f"{type(error).__name__}: {error}")
