"""One connection's loop: take a range, read, limit, write; after a failure back off and try again."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from ..errors import ConnectionLost, RangesUnusable, ServerBusy, StabilityError, WrongRange
from .body import Body
from .plan import Claim
from .reader import Reader
from .retry import LEAST, is_passing, may_have_expired

if TYPE_CHECKING:
    from .run import Run

_SPEED_SHARE = 0.3
_IDLE_SECONDS = 1.0
_OPEN_FAILURES = 2


class Segment:
    """One of the connections of a run. Ends when nothing is left for it, or when the host wants fewer of them."""

    def __init__(self) -> None:
        self.is_moving = False
        self._generation = 0
        self._speed = 0.0
        self._failed_opens = 0
        self._wrong_ranges = 0

    async def work(self, run: Run, claim: Claim | None, body: Body | None) -> None:
        """Bring ranges until none is left; ``claim`` and ``body`` are a first one that is already open.

        Raises the StabilityError that ends the whole run.
        """
        while not run.plan.is_finished:
            claim = claim or run.plan.take(self._speed)
            if claim is None:
                await run.wait_for_change(_IDLE_SECONDS)
                continue
            failure = await self._bring(run, claim, body)
            claim = body = None
            if failure is not None and not await self._may_go_on(run, failure):
                return

    async def _bring(self, run: Run, claim: Claim, body: Body | None) -> StabilityError | None:
        """Bring one claim, or as much of it as comes; the failure that cut it off."""
        try:
            if body is None:
                self._failed_opens += 1
                self._generation = run.fetching.route.generation
                body = await run.open(claim)
            self._failed_opens = 0
            self.is_moving = True
            await self._read(run, claim, body)
        except StabilityError as error:
            return error
        finally:
            self.is_moving = False
            run.fetching.had.came(claim.start, claim.position)
            run.plan.release(claim)
            run.changed()
            if body is not None:
                await body.close()
        return None

    async def _read(self, run: Run, claim: Claim, body: Body) -> None:
        fetching, clock = run.fetching, run.fetching.clock
        reader = Reader(body, fetching.flow, fetching.live, clock, fetching.retries)
        began, first = clock.monotonic(), claim.position
        news, is_longer = 0, False
        while claim.rest > 0:
            chunk = await reader.read()
            if not chunk:
                raise ConnectionLost(host=body.host)
            news += fetching.note(body, chunk, claim.position, run.plan.size)
            is_longer = body.stop is not None and claim.position + len(chunk) > body.stop
            chunk = chunk[: claim.rest]
            await fetching.part.write(claim.position, chunk)
            claim.position += len(chunk)
            if news >= LEAST or claim.rest <= 0:
                fetching.retries.progress()
            now = clock.monotonic()
            if now > began:
                claim.speed = (claim.position - first) / (now - began)
        self._speed = claim.speed if not self._speed else self._mix(claim.speed)
        if claim.position == body.stop:
            # The end of the answer has to be seen for its connection to be used again; the bytes are here already.
            with contextlib.suppress(StabilityError):
                is_longer = await reader.surplus() > 0 or is_longer
        if is_longer and not fetching.is_proven:
            # It is not the part that it said it was, and nothing will tell at the end which bytes it sent.
            raise RangesUnusable(host=body.host)

    def _mix(self, speed: float) -> float:
        return self._speed * (1 - _SPEED_SHARE) + speed * _SPEED_SHARE

    async def _may_go_on(self, run: Run, error: StabilityError) -> bool:
        """Wait as long as the failure asks for; False when this connection ends and others go on without it.

        Raises the failure when it ends the run.
        """
        if isinstance(error, WrongRange) and not self._wrong_ranges:
            self._wrong_ranges += 1
            return True
        refused = isinstance(error, ServerBusy) or self._failed_opens >= _OPEN_FAILURES
        if refused and run.others_are_moving(self):
            return False
        if may_have_expired(error) and run.fetching.route.expire(self._generation):
            return True
        if not is_passing(error):
            raise error
        await run.fetching.back_off(error)
        return True

    def __repr__(self) -> str:
        return f"<Segment {self._speed:.0f} B/s failed_opens={self._failed_opens}>"
