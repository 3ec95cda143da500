"""What the connections of one fetch share while ranges are coming in."""

from __future__ import annotations

import anyio

from ..errors import StabilityError
from .body import Body, Remote, Wanted
from .fetching import Fetching
from .plan import Claim, Plan
from .segment import Segment


class Run:
    """One plan, and some segments that fill a part together as it says."""

    def __init__(self, fetching: Fetching, remote: Remote, plan: Plan) -> None:
        self.fetching = fetching
        self.plan = plan
        self._remote = remote
        self._segments: set[Segment] = set()
        self._failure: StabilityError | None = None
        self._change = anyio.Event()
        self.opened = 0

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
        self.fetching.live.connections = len(self._segments)
        try:
            await segment.work(self, claim, body)
        except StabilityError as error:
            self._failure = self._failure or error
            if scope is not None:
                scope.cancel()
        finally:
            self._segments.discard(segment)
            self.fetching.live.connections = len(self._segments)
            self.changed()

    async def open(self, claim: Claim) -> Body:
        """Ask for the rest of a claim at the current address. Raises StabilityError."""
        fetching = self.fetching
        request = await fetching.address()
        wanted = Wanted(
            name=fetching.order.resource.path,
            start=claim.position,
            stop=claim.stop,
            size=self.plan.size,
            validator=self._remote.validator,
            is_proven=fetching.is_proven,
        )
        body = await Body.open(fetching.services.client, request, wanted, fetching.clock, fetching.patience)
        fetching.route.works(body.url)
        self.opened += 1
        return body

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
            with self.fetching.clock.fail_after(seconds):
                await self._change.wait()
        except TimeoutError:
            return

    def __repr__(self) -> str:
        return f"<Run {self.fetching.order.resource.name} {self.plan!r} segments={len(self._segments)}>"
