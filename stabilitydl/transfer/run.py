"""What the connections of one fetch share while ranges are coming in."""

from __future__ import annotations

import anyio

from ..clock import Clock
from ..disk.openpart import OpenPart
from ..domain.chunk import Chunk
from ..errors import StabilityError
from .bandwidth import Flow
from .beginning import Beginning
from .body import Body, Remote, Wanted
from .order import Live, Order, Services, Watcher
from .plan import Claim, Plan
from .retry import RetryBudget
from .route import Route
from .segment import Segment


class Run:
    """One plan, one part and some segments that fill it together."""

    def __init__(
        self,
        order: Order,
        services: Services,
        *,
        route: Route,
        part: OpenPart,
        live: Live,
        watcher: Watcher,
        retries: RetryBudget,
        remote: Remote,
        plan: Plan,
        flow: Flow,
        beginning: Beginning,
    ) -> None:
        self.order = order
        self.route = route
        self.part = part
        self.live = live
        self.watcher = watcher
        self.retries = retries
        self.remote = remote
        self.plan = plan
        self.flow = flow
        self._services = services
        self._beginning = beginning
        self._segments: set[Segment] = set()
        self._failure: StabilityError | None = None
        self._change = anyio.Event()
        self.opened = 0
        self.stalls = 0
        """Connections in a row that brought next to nothing."""

    @property
    def clock(self) -> Clock:
        return self._services.clock

    async def fill(self, connections: int, claim: Claim, body: Body) -> None:
        """Bring everything that the plan misses; ``claim`` and ``body`` are already open. Raises StabilityError."""
        if connections == 1:
            await self._work(Segment(), None, claim, body)
        else:
            async with anyio.create_task_group() as group:
                group.start_soon(self._work, Segment(), group.cancel_scope, claim, body)
                for _ in range(connections - 1):
                    group.start_soon(self._work, Segment(), group.cancel_scope, None, None)
        if self._failure is not None:
            raise self._failure

    async def _work(
        self, segment: Segment, scope: anyio.CancelScope | None, claim: Claim | None, body: Body | None
    ) -> None:
        self._segments.add(segment)
        self.live.connections = len(self._segments)
        try:
            await segment.work(self, claim, body)
        except StabilityError as error:
            self._failure = self._failure or error
            if scope is not None:
                scope.cancel()
        finally:
            self._segments.discard(segment)
            self.live.connections = len(self._segments)
            self.changed()

    async def open(self, claim: Claim) -> Body:
        """Ask for the rest of a claim at the current address. Raises StabilityError."""
        request = await self.route.request()
        wanted = Wanted(
            name=self.order.resource.path,
            start=claim.position,
            stop=claim.stop,
            size=self.plan.size,
            validator=self.remote.validator,
            is_proven=self.order.resource.checksum is not None,
        )
        body = await Body.open(self._services.client, request, wanted, self.clock)
        self.route.works(body.url)
        self.opened += 1
        return body

    def note(self, body: Body, chunk: Chunk, offset: int) -> None:
        """``chunk`` came for ``offset``. Raises WebPage or LfsPointer when the file begins like one."""
        self._beginning.look(body, chunk, offset, self.plan.size)
        self.live.fetched += len(chunk)
        self.live.host = self.flow.host = body.host

    def others_are_moving(self, segment: Segment) -> bool:
        """Has another connection a good answer, so that this one can be spared?"""
        return any(other.is_moving for other in self._segments if other is not segment)

    def changed(self) -> None:
        """Wake the segments that found nothing to do."""
        self._change.set()
        self._change = anyio.Event()

    async def wait_for_change(self, seconds: float) -> None:
        """Return after a change of the plan, or after ``seconds``."""
        try:
            with self.clock.fail_after(seconds):
                await self._change.wait()
        except TimeoutError:
            return

    def __repr__(self) -> str:
        return f"<Run {self.order.resource.name} {self.plan!r} segments={len(self._segments)}>"
