"""What the steps of one fetch share: its order and its part, the address it uses, and what may still be tried."""

from __future__ import annotations

from ..clock import Clock
from ..disk.openpart import OpenPart
from ..domain.chunk import Chunk
from ..errors import StabilityError
from ..http.request import Request
from .bandwidth import Flow
from .beginning import Beginning
from .body import Body
from .had import Had
from .order import Live, Order, Services, Source, Watcher
from .patience import Patience
from .retry import RetryBudget
from .route import Route


class Fetching:
    """One fetch under way. Whatever is written into ``part`` shows in ``live`` at once."""

    def __init__(
        self, order: Order, source: Source, live: Live, watcher: Watcher, services: Services, part: OpenPart, flow: Flow
    ) -> None:
        self.order = order
        self.live = live
        self.watcher = watcher
        self.services = services
        self.part = part
        self.flow = flow
        self.route = Route(source, services.clock)
        self.retries = RetryBudget()
        self.patience = Patience(self.retries, flow, services.clock)
        self.had = Had()
        self._beginning = Beginning(order)
        part.on_written = self.show_written

    @property
    def clock(self) -> Clock:
        return self.services.clock

    @property
    def is_proven(self) -> bool:
        """Will a checksum tell at the end whether the bytes are right?"""
        return self.order.resource.checksum is not None

    def look(self, body: Body, chunk: Chunk, offset: int, size: int | None) -> None:
        """``chunk`` came for ``offset`` of a file of ``size`` bytes, where that is known, and is not written yet.

        Raises WebPage or LfsPointer when the file begins like one.
        """
        self._beginning.look(body, chunk, offset, size)

    def note(self, body: Body, chunk: Chunk, offset: int, size: int | None) -> int:
        """`look`, count what came, and return how many bytes of it are new."""
        self.look(body, chunk, offset, size)
        self.live.fetched += len(chunk)
        self.live.host = self.flow.host = body.host
        count = self.had.count_new(offset, offset + len(chunk))
        self.retries.gained(count)
        return count

    def show_written(self, count: int = 0) -> None:
        """Show what is there by now, of which ``count`` bytes are new."""
        written = self.part.written
        self.live.received = written.total
        self.live.ranges = written.items
        self.live.checked = self.part.checked
        self.live.allocated = self.part.file.allocated

    async def address(self) -> Request:
        """What to send now. The hub may be asked for it, and waited for. Raises what the hub raises."""
        self.patience.begins()
        try:
            return await self.route.request()
        finally:
            self.patience.ends()

    async def back_off(self, error: StabilityError) -> None:
        """Wait before the next try; raises ``error`` when there were enough."""
        delay = self.retries.next_delay(self.clock.monotonic())
        if delay is None:
            raise error
        self.watcher.retrying(error.problem, delay)
        self.patience.begins()
        try:
            await self.clock.sleep(delay)
        finally:
            self.patience.ends()

    def __repr__(self) -> str:
        return f"<Fetching {self.order.resource.name} {self.part!r}>"
