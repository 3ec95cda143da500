"""Where a request goes: origins, and how far into private networks an address may lead."""

from __future__ import annotations

import functools
import ipaddress
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from ..errors import UsageError
from .request import redacted

if TYPE_CHECKING:
    import httpx

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, order=True)
class Origin:
    """Scheme, host and port; two URLs share credentials and limits only if all three are equal (RFC 6454)."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: httpx.URL) -> Origin:
        """The origin of a URL that ``parse_url`` accepted."""
        return cls(url.scheme, url.raw_host.decode("ascii").lower(), url.port or _DEFAULT_PORTS[url.scheme])

    @classmethod
    def parse(cls, text: str) -> Origin:
        """The origin of a URL. Raises UsageError for what is no web address."""
        return cls.of(parse_url(text))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"


def parse_url(text: str) -> httpx.URL:
    """Read an absolute http or https URL; its fragment is dropped.

    Raises UsageError for other schemes, an empty host, and a user name or password inside; the message shows neither
    those nor the query.
    """
    # Imported when the first address is read, because a list of what is here needs none.
    import httpx

    try:
        url = httpx.URL(text.partition("#")[0])
        # A host may be ASCII and still be no name: then reading it raises.
        usable = url.scheme in _DEFAULT_PORTS and bool(url.host) and url.raw_host.isascii()
        usable = usable and (url.port is None or 0 < url.port < 65536)
    except (httpx.InvalidURL, ValueError):
        usable = False
    if not usable:
        raise UsageError(detail=f"“{redacted(text)}” is not a web address.")
    if url.userinfo:
        raise UsageError(detail=f"“{redacted(text)}” contains a user name or password; leave them out.")
    return url


class Reach(Enum):
    """Which addresses a connection may lead to: public ones always, one class of others where it is granted."""

    PUBLIC = "public"
    LOOPBACK = "loopback"
    PRIVATE = "private"
    LINK_LOCAL = "link-local"
    ANY = "any"

    def allows(self, place: Reach) -> bool:
        """May an address of class ``place`` be used?"""
        return place is Reach.PUBLIC or self in (place, Reach.ANY)


Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Ranges of the IANA special-purpose registries that no public server has. 198.18.0.0/15 is left out: local proxies
# hand out addresses from it for every public name.
_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16",
        "224.0.0.0/4", "240.0.0.0/4", "::/128", "fc00::/7", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@functools.lru_cache(maxsize=1024)
def place_of(text: str) -> Reach:
    """The class of an IP address (a zone after ``%`` is ignored), of ``localhost``, or PUBLIC for any other name."""
    name = text.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return Reach.LOOPBACK
    try:
        address: Address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return Reach.PUBLIC
    address = _embedded(address)
    if address.is_loopback:
        return Reach.LOOPBACK
    if address.is_link_local:
        return Reach.LINK_LOCAL
    return Reach.PRIVATE if any(address in network for network in _PRIVATE) else Reach.PUBLIC


def _embedded(address: Address) -> Address:
    """The IPv4 address inside a mapped, 6to4, Teredo or NAT64 address, else ``address`` itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if inner is None and address in _NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address
