"""Is it one host that does not answer, or the network? Decided by who answered lately and by the routing table."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Callable

from ..clock import Clock

LATELY = 60.0
"""Seconds for which an answer proves that the network works."""

_PROBES = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


class Reach:
    """Remembers who answered."""

    def __init__(self, clock: Clock, has_route: Callable[[], bool] | None = None) -> None:
        self._clock = clock
        self._has_route = has_route or system_has_route
        self._answers: dict[str, float] = {}

    def answered(self, host: str) -> None:
        """``host`` gave bytes just now."""
        self._answers[host] = self._clock.monotonic()

    def is_offline(self, host: str) -> bool:
        """``host`` does not answer any more: is it because nothing does?

        A host that answered before, while no other one answers, counts as a lost network. One that never answered
        counts as its own failure, unless this machine has no way out at all.
        """
        if _is_this_machine(host):
            return False
        since = self._clock.monotonic() - LATELY
        if any(moment >= since for other, moment in self._answers.items() if other != host):
            return False
        return host in self._answers or not self._has_route()

    def __repr__(self) -> str:
        return f"<Reach {len(self._answers)} hosts answered>"


def system_has_route() -> bool:
    """Does the system know a way out? Asks the routing table by connecting a datagram socket; nothing is sent."""
    for family, address in _PROBES:
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))
            return True
    return False


def _is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
