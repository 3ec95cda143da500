"""What is asked of a server: a frozen value that hubs make and the client sends."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """One GET, or a POST of ``body`` where there is one, which is JSON and goes to the origin of ``url`` only.

    ``headers`` reach only the origin of ``url``; of a redirect's other origins only harmless ones (``Accept``,
    ``Range``) see them. ``hub`` names the hub whose credential may be added where its origins are asked.
    ``trusted`` means that the user typed or configured this address, so it may be a private one. ``direct`` goes past
    every proxy: the server is a process of this machine that no proxy can reach. ``is_minor``: where the server is too
    busy for it, as for a picture, nothing else has to leave that server alone.
    """

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    hub: str = ""
    trusted: bool = False
    direct: bool = False
    is_minor: bool = False
    body: bytes | None = None

    def __repr__(self) -> str:
        return f"<Request {redacted(self.url)}>"


def redacted(url: str) -> str:
    """``url`` without what may be secret: user, password, query and fragment."""
    bare = url.partition("#")[0].partition("?")[0]
    scheme, separator, rest = bare.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}" if separator else bare
