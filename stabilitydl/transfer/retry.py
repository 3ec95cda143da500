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
    RangesUnusable,
    RemoteGone,
    ServerFailed,
    StabilityError,
    TlsFailed,
    UnexpectedStatus,
)

TRIES = 5
"""Failures without progress that are enough."""
PATIENCE = 40.0
"""Seconds of waiting without progress after which nobody tries again."""
LEAST = 1024
"""New bytes that a try which fails has to bring to count for more than one that brings nothing."""
SLOWEST = 1024
"""Bytes per second below which something is given up: one connection by the `reader`, all of them here."""
WINDOW = 60.0
"""Seconds of waiting over which it has to be that slow."""
SILENCE = 30.0
"""Seconds that the network waits for bytes at most. A wait that lasted longer was slept through by the machine."""
_BEFORE_THE_FIRST = 33.0
_GAP = 5.0
_SHORTEST_WAIT = 1.0
_FIRST_DELAY = 0.5
_LONGEST_DELAY = 15.0


def is_passing(error: StabilityError) -> bool:
    """May the same request succeed a moment later?"""
    if isinstance(error, TlsFailed | ProxyFailed):
        return False
    return isinstance(error, NetworkError | ServerFailed | BadAnswer) or is_refused_range(error)


def is_refused_range(error: StabilityError) -> bool:
    """Did a server say that it has no such part of a file, although the file is that large?"""
    return isinstance(error, RangesUnusable) and error.arguments.get("status") == 416


def may_have_expired(error: StabilityError) -> bool:
    """Does a signed address answer like this when its time is over?"""
    return isinstance(error, LoginNeeded | AccessDenied | NotFound | RemoteGone) or (
        (isinstance(error, UnexpectedStatus) and error.arguments.get("status") == 400) or is_refused_range(error)
    )


class RetryBudget:
    """At most `TRIES` tries and `PATIENCE` seconds of waiting without progress, shared by all connections of one fetch.

    Progress is bytes that this fetch never had before, at least `SLOWEST` of them for each second of waiting since the
    last progress. What comes again after it was dropped, as from a server that sends no parts, is none. Waiting is the
    time in which any connection waits for the head of an answer or for bytes of it, or lets time pass before it tries
    again; what our own limits, the disk or other downloads take of it does not count, nor does sleep.

    So a line that brings `SLOWEST` bytes per second goes on for ever, however often it breaks, and some bytes with each
    try do not. All is over 75 s after the last progress: who is too slow fails after `WINDOW`, and of what was waited
    before the first failure 33 s count, so that 7 s are left for another try. Who falls silent is over after 40 s. An
    answer under way ends only where it brings too little itself, be it nothing new: the next failure is the last then.

    Connections that fail while another one waits to try again share its try: one hiccup of a server that cuts them
    all counts once. All times are monotonic seconds.
    """

    def __init__(self) -> None:
        self._failures = 0
        self._resume = 0.0
        self._waiting = 0
        self._counted = 0.0
        # Since the last progress.
        self._waited = 0.0
        self._due = 0.0
        self._came = 0
        # Since what comes, be it new or not, was enough the last time.
        self._short = 0.0
        self._lack = 0.0

    def wait_begins(self, now: float) -> None:
        """A connection waits for something to come."""
        if not self._waiting:
            self._counted = now
        self._waiting += 1

    def wait_ends(self, now: float, slowest: float, count: int = 0) -> None:
        """It got ``count`` bytes, or none; ``slowest`` bytes per second are enough.

        While several wait, the time counts once.
        """
        self._waiting -= 1
        seconds = min(now - self._counted, SILENCE)
        self._counted = now
        self._waited += seconds
        self._due += seconds * slowest
        self._lack = max(self._lack + seconds * slowest - count, 0.0)
        self._short = self._short + seconds if self._lack else 0.0

    def longest_wait(self, now: float) -> float:
        """Seconds that a wait which begins at ``now`` may last."""
        left = WINDOW - self._short
        if self._failures:
            left = min(left, max(PATIENCE - self._waited, self._gap - self._short))
        if self._waiting:
            left -= now - self._counted
        return max(left, _SHORTEST_WAIT)

    @property
    def is_in_vain(self) -> bool:
        """Is it no use to wait for more of the answers that are under way?"""
        if self._short >= WINDOW:
            return True
        return self._failures > 0 and self._waited >= PATIENCE and self._short >= self._gap

    @property
    def _gap(self) -> float:
        """Seconds for which too little may come where no patience is left.

        An answer that brought enough until then, be it nothing new, may falter like any other.
        """
        return SILENCE if self._waited - self._short >= PATIENCE else _GAP

    def gained(self, count: int) -> None:
        """``count`` bytes came that were never there before."""
        self._came += count

    def progress(self) -> None:
        """A try brought what it was for, or `LEAST` new bytes of it: everything is forgiven, if that was enough."""
        if not self._came or self._came < self._due:
            return
        self._failures = 0
        self._resume = 0.0
        self._waited, self._due, self._came = 0.0, 0.0, 0

    def next_delay(self, now: float) -> float | None:
        """Seconds until the next try, None when it is enough.

        The delay doubles with every failure and is spread at random, so that many connections do not come at once.
        """
        if now < self._resume:
            return (self._resume - now) * _spread()
        if not self._failures:
            self._waited = min(self._waited, _BEFORE_THE_FIRST)
        self._short = self._lack = 0.0
        self._failures += 1
        left = PATIENCE - self._waited
        if self._failures >= TRIES or left <= 0:
            return None
        longest: float = min(_LONGEST_DELAY, _FIRST_DELAY * 2 ** (self._failures - 1))
        delay = min(longest * _spread() / 2, left / 2)
        self._resume = now + delay
        return delay

    def __repr__(self) -> str:
        return f"<RetryBudget failures={self._failures} waited={self._waited:.0f} s>"


def _spread() -> float:
    return random.uniform(1.0, 2.0)  # noqa: S311 - spreads tries, guards nothing
