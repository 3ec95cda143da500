"""What a redirect may do: where it may lead, and which headers go along."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..errors import PrivateAddress, UnsafeRedirect, UsageError
from .origins import Origin, Reach, parse_url, place_of
from .request import redacted

if TYPE_CHECKING:
    import httpx

MOST_HOPS = 10
STATUSES = frozenset({301, 302, 303, 307, 308})

# Joining would fill in the host of the page, so an empty one has to be seen before.
_NO_HOST = re.compile(r"\s*([a-z][a-z0-9+.-]*:)?//([/?#\\]|\s*$)", re.IGNORECASE)
_HARMLESS = frozenset({"accept", "accept-language", "if-range", "range"})


def follow(url: httpx.URL, location: str) -> httpx.URL:
    """The address that ``location``, given by ``url``, means. Raises UnsafeRedirect.

    Refused are other schemes than http and https, an empty host, user names, and https to http.
    """
    from httpx import InvalidURL

    host = url.host
    try:
        if _NO_HOST.match(location):
            raise ValueError
        target = parse_url(str(url.join(location)))
    except (UsageError, InvalidURL, ValueError):
        raise UnsafeRedirect(host=host, target=redacted(location)) from None
    if url.scheme == "https" and target.scheme != "https":
        raise UnsafeRedirect(host=host, target=redacted(str(target)))
    return target


def check_place(host: str, named_by: str, reach: Reach) -> None:
    """Raise PrivateAddress where ``host`` is visibly a private address that ``reach`` does not grant.

    Names are checked again when they are resolved.
    """
    if not reach.allows(place_of(host)):
        raise PrivateAddress(host=named_by)


def may_repeat_body(status: int, url: httpx.URL, first: Origin) -> bool:
    """Is the body of a POST sent again to ``url``? Only where the status says so (RFC 9110) and the origin is the same;
    otherwise the redirect is followed with a GET."""
    return status in (307, 308) and Origin.of(url) == first


def headers_for(
    origin: Origin, first: Origin, own: Sequence[tuple[str, str]], credential: Iterable[tuple[str, str]]
) -> list[tuple[str, str]]:
    """The headers of one hop: the request's own at its first origin, elsewhere only harmless ones; plus what the
    credentials grant ``origin`` itself."""
    granted = list(credential)
    names = {name.lower() for name, _ in granted}
    kept = own if origin == first else [(name, value) for name, value in own if name.lower() in _HARMLESS]
    return [*((name, value) for name, value in kept if name.lower() not in names), *granted]
