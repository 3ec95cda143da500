"""Did a site send a page in place of a file, or something that stands between us and every site?

The portal of a hotel, a train or a company answers for all hosts until somebody has logged in to it. A page of a single
host is its own, and so are the pages of several once any host gives a file. Pure: is told the time.
"""

from __future__ import annotations

from ..errors import PrivateAddress, StabilityError, TlsFailed, UnsafeRedirect, WebPage

LATELY = 300.0
"""Seconds for which the page of a host counts; those who wait for the network ask more often."""

DOUBT = 60.0
"""Seconds that the first page waits for what other hosts say that are asked right now."""

_SIGNS = (WebPage, UnsafeRedirect, PrivateAddress, TlsFailed)
"""How the page of a portal looks, and how the way there does: it leads elsewhere, often to an address nearby, and where
a host is asked over TLS the portal cannot prove to be it."""


def is_sign(error: StabilityError) -> bool:
    """May a portal have answered, or hidden the host that was asked?"""
    return isinstance(error, _SIGNS)


class Portals:
    """Remembers who sent pages since anybody gave a file. A host is that of a resource's first address."""

    def __init__(self) -> None:
        self._pages: dict[str, float] = {}
        self._givers: set[str] = set()
        self._own: set[str] = set()

    def passed(self, host: str) -> None:
        """Bytes of a file came from ``host``: nothing stands in between, and the pages of others are their own."""
        self._givers.add(host)
        self._own.update(self._pages)
        self._own.discard(host)
        self._pages.clear()

    def met(self, host: str, error: StabilityError, now: float, *, is_proven: bool) -> bool:
        """``error`` came instead of a file of ``host``. May something else have answered?

        ``is_proven`` says that a certificate has to vouch for who answers. That is believed of a host that never gave a
        file: what it sends is its own, and where it cannot prove who it is, its certificate is at fault or the clock of
        this machine, unless two others sent pages. One that did give files may have something new in front of it, which
        the system trusts or not.
        """
        if not is_sign(error) or host in self._own:
            return False
        if is_proven and host not in self._givers and len(self._others(host, now)) < 2:
            return False
        self._pages[host] = now
        return True

    def is_doubtful(self, host: str, now: float) -> bool:
        """Can the page of ``host`` still be that of a portal, with nobody else who has one yet?"""
        return host in self._pages and not self.is_in_between(host, now)

    def is_in_between(self, host: str, now: float) -> bool:
        """Do others than ``host`` send pages too?"""
        return host in self._pages and bool(self._others(host, now))

    def _others(self, host: str, now: float) -> list[str]:
        return [other for other, moment in self._pages.items() if other != host and now - moment <= LATELY]

    def __repr__(self) -> str:
        return f"<Portals {len(self._pages)} hosts sent pages>"
