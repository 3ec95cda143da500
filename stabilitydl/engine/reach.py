"""Is it one host that does not answer, or the network? Decided by the routing table and by who answered meanwhile."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Callable

from ..clock import Clock

_PROBES = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


class Reach:
    """Remembers who answered. Times are monotonic seconds."""

    def __init__(self, clock: Clock, has_route: Callable[[], bool] | None = None) -> None:
        self._clock = clock
        self._has_route = has_route or system_has_route
        self._answers: dict[str, float] = {}

    def answered(self, host: str, since: float | None = None) -> None:
        """``host`` said or gave something, just now or at some moment after ``since``."""
        if not _is_this_machine(host):
            self._answers[host] = max(self._clock.monotonic() if since is None else since, self._answers.get(host, 0.0))

    def is_offline(self, host: str, since: float) -> bool:
        """``host`` does not answer since ``since``: is it because nothing does?

        Without a way out of this machine it is. With one, whoever answered meanwhile proves that the network works:
        what came before the first failure proves nothing, because a network takes all hosts away at once. Where nobody
        did, a host that answered before counts as a lost network, and one that never did as its own failure.
        """
        if _is_this_machine(host):
            return False
        if not self._has_route():
            return True
        return host in self._answers and not any(moment > since for moment in self._answers.values())

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
