"""Is an address too slow, where there is another one? Judged by what came in the last half minute."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio

from ..clock import Clock
from ..errors import StabilityError
from ..transfer.order import Live

T = TypeVar("T")

WINDOW = 30.0
"""Seconds over which the speed is judged."""

SLOW = 32 * 1024
"""Bytes per second below which another address is tried."""


async def unless_slow(
    call: Callable[[], Awaitable[T]], live: Live, clock: Clock, is_limited: Callable[[], bool]
) -> T | None:
    """The result of ``call``, which fills ``live``; None when it was too slow and has been cancelled.

    While ``is_limited`` says that the user wants it slow nothing is too slow. Raises what ``call`` raises.
    """
    outcome: list[T | StabilityError] = []
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_watch, tasks.cancel_scope, live, clock, is_limited)
        try:
            outcome.append(await call())
        except StabilityError as error:
            outcome.append(error)
        tasks.cancel_scope.cancel()
    result = outcome[0] if outcome else None
    if isinstance(result, StabilityError):
        raise result
    return result


async def _watch(scope: anyio.CancelScope, live: Live, clock: Clock, is_limited: Callable[[], bool]) -> None:
    before = live.fetched
    while True:
        await clock.sleep(WINDOW)
        if live.fetched - before < SLOW * WINDOW and not is_limited():
            scope.cancel()
            return
        before = live.fetched
