"""Asking again: a long list comes in many answers, and one that fails in passing must not lose the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from ..clock import Clock
from ..errors import NetworkError, ProxyFailed, ServerBusy, ServerFailed, StabilityError, TlsFailed

T = TypeVar("T")

TRIES = 4
LONGEST_PAUSE = 60.0
"""Seconds between two tries, whatever a busy server asks for."""

_PASSING = (NetworkError, ServerBusy, ServerFailed)
_FINAL = (TlsFailed, ProxyFailed)


async def persistently(ask: Callable[[], Awaitable[T]], clock: Clock, also: tuple[type[StabilityError], ...] = ()) -> T:
    """What ``ask`` returns, tried again after what passes, and after the errors in ``also``.

    Pauses as long as a busy server asks for, else 1, 2, 4 seconds. Raises the error of the last try.
    """
    for done in range(1, TRIES):
        try:
            return await ask()
        except StabilityError as error:
            if not isinstance(error, (*_PASSING, *also)) or isinstance(error, _FINAL):
                raise
            asked = error.arguments.get("after_seconds")
            pause = float(asked) if isinstance(asked, int | float) else 2.0 ** (done - 1)
        await clock.sleep(min(pause, LONGEST_PAUSE))
    return await ask()
