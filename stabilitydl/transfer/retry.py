"""When a failed connection tries again, and when it is enough. Asks no clock, is told the time."""

from __future__ import annotations

import random

from ..errors import (
    AccessDenied,
    BadAnswer,
    LoginNeeded,
    NetworkError,
    NotFound,
    ProxyFailed,
    RemoteGone,
    ServerFailed,
    StabilityError,
    TlsFailed,
    UnexpectedStatus,
)

TRIES = 5
PATIENCE = 36.0
LEAST = 1024
"""Bytes that a try which fails has to bring to count for more than one that brings nothing."""
_LONGEST_SILENCE = 30.0
_FIRST_DELAY = 0.5
_LONGEST_DELAY = 15.0


def is_passing(error: StabilityError) -> bool:
    """May the same request succeed a moment later?"""
    if isinstance(error, TlsFailed | ProxyFailed):
        return False
    return isinstance(error, NetworkError | ServerFailed | BadAnswer)


def may_have_expired(error: StabilityError) -> bool:
    """Does a signed address answer like this when its time is over?"""
    return isinstance(error, LoginNeeded | AccessDenied | NotFound | RemoteGone) or (
        isinstance(error, UnexpectedStatus) and error.arguments.get("status") == 400
    )


class RetryBudget:
    """At most `TRIES` tries and `PATIENCE` seconds without progress, shared by all connections of one fetch.

    Connections that fail while another one waits to try again share its try: one hiccup of a server that cuts them
    all counts once. All times are monotonic seconds.

    Progress is what comes as fast as a connection has to be, by the time in which a read was pending since the last
    progress: a slow line goes on for ever, some bytes with each try do not. Who falls silent after its first bytes is
    given up after two silences of the network, 60 s; who trickles after the 60 s of the `reader` and the rest of
    `PATIENCE`, 66 s; who changes from one to the other after two minutes at most.
    """

    def __init__(self, now: float) -> None:
        self._failures = 0
        self._last = now
        self._since: float | None = None
        self._resume = 0.0
        self._reading = 0
        self._counted = now
        self._came = 0
        self._due = 0.0

    def read_begins(self, now: float) -> None:
        """A connection waits for bytes."""
        if not self._reading:
            self._counted = now
        self._reading += 1

    def read_ends(self, now: float, count: int, slowest: float) -> None:
        """It got ``count`` bytes, or none; less than ``slowest`` bytes per second are no progress.

        While several wait, the time counts once. What a machine slept through does not count.
        """
        self._reading -= 1
        self._came += count
        self._due += min(now - self._counted, _LONGEST_SILENCE) * slowest
        self._counted = now

    def is_over(self, now: float) -> bool:
        """Did something fail, and was the patience since then in vain?"""
        return self._since is not None and now >= self._since + PATIENCE

    def progress(self, now: float) -> None:
        """A try brought what it was for, or `LEAST` bytes of it: everything is forgiven, if that came fast enough."""
        if self._came < self._due:
            return
        self._came, self._due = 0, 0.0
        self._failures = 0
        self._last = now
        self._since = None
        self._resume = 0.0

    def next_delay(self, now: float) -> float | None:
        """Seconds until the next try, None when it is enough.

        The delay doubles with every failure and is spread at random, so that many connections do not come at once.
        The silence before the first failure counts, as far as no limit of ours can be what made it that long.
        """
        if now < self._resume:
            return (self._resume - now) * _spread()
        if self._since is None:
            self._since = max(self._last, now - _LONGEST_SILENCE)
        self._failures += 1
        left = self._since + PATIENCE - now
        if self._failures >= TRIES or left <= 0:
            return None
        longest: float = min(_LONGEST_DELAY, _FIRST_DELAY * 2 ** (self._failures - 1))
        delay = min(longest * _spread() / 2, left)
        self._resume = now + delay
        return delay

    def __repr__(self) -> str:
        return f"<RetryBudget failures={self._failures}>"


def _spread() -> float:
    return random.uniform(1.0, 2.0)  # noqa: S311 - spreads tries, guards nothing
