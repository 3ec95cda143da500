"""Which proxy a request goes through: the variables and settings that every program of the system heeds."""

from __future__ import annotations

import ipaddress
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

import httpx

from ..errors import ProxyFailed
from ..hosts import DIRECT
from ..lane import Lane
from .origins import Origin

_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}


@dataclass(frozen=True)
class Proxy:
    """A proxy and, out of sight, the name and password for it."""

    scheme: str
    host: str
    port: int
    auth: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def is_socks(self) -> bool:
        return self.scheme in ("socks5", "socks5h")


class Proxies:
    """The proxy of each origin. ``settings`` are as ``urllib.request.getproxies`` gives them: by scheme, and ``no``.

    None reads those of this machine, ``{}`` means no proxy at all.
    """

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        self._settings = dict(urllib.request.getproxies() if settings is None else settings)
        # Where the system's own settings apply, it alone knows their exceptions.
        environment = urllib.request.getproxies_environment()
        self._asks_system = settings is None and not environment and sys.platform in ("win32", "darwin")

    @classmethod
    def chosen(cls, setting: str) -> Proxies:
        """What the user chose: empty for those of this machine, ``none``, or the address of one for everything.

        Hosts that ``NO_PROXY`` names are asked directly in any case.
        """
        if not setting:
            return cls()
        if setting == DIRECT:
            return cls({})
        return cls({"all": setting, "no": urllib.request.getproxies().get("no", "")})

    async def choose(self, origin: Origin) -> Proxy | None:
        """The proxy for ``origin``, None to connect directly. Raises ProxyFailed for a setting that is malformed."""
        text = self._settings.get(origin.scheme) or self._settings.get("all")
        if not text or is_exempt(origin, self._settings.get("no", "")):
            return None
        if self._asks_system and await _system_exempts(origin.host):
            return None
        return parse_proxy(text)


def parse_proxy(text: str) -> Proxy:
    """Read ``[scheme://][user:password@]host[:port]``. Raises ProxyFailed, which does not repeat ``text``."""
    try:
        url = httpx.URL(text if "://" in text else f"http://{text}")
        port = url.port or _PORTS.get(url.scheme, 0)
        usable = bool(url.raw_host) and 0 < port < 65536
    except (httpx.InvalidURL, ValueError):
        raise ProxyFailed(detail="the setting is not an address") from None
    if url.scheme not in _PORTS:
        raise ProxyFailed(detail="only http, https and socks5 proxies can be used")
    if not usable:
        raise ProxyFailed(detail="the setting is not an address")
    auth = (unquote(url.username), unquote(url.password)) if url.userinfo else None
    return Proxy(url.scheme, url.raw_host.decode("ascii"), port, auth)


def is_exempt(origin: Origin, exceptions: str) -> bool:
    """Does ``NO_PROXY`` name ``origin``?

    Entries are separated by commas or blanks: ``*``, a name with all names below it (a leading dot changes nothing),
    an address, a network such as ``10.0.0.0/8``; each with an optional port.
    """
    return any(_names(entry.lower(), origin) for entry in exceptions.replace(",", " ").split())


def _names(entry: str, origin: Origin) -> bool:
    if entry == "*":
        return True
    address = _address(origin.host)
    if "/" in entry:
        try:
            return address is not None and address in ipaddress.ip_network(entry, strict=False)
        except ValueError:
            return False
    if address is not None and _address(entry.strip("[]")) == address:
        return True
    name, colon, port = entry.rpartition(":")
    if colon and port.isdigit():
        if int(port) != origin.port:
            return False
        entry = name.strip("[]")
    if address is not None:
        return _address(entry) == address
    entry = entry.removeprefix("*").strip(".")
    host = origin.host.rstrip(".")
    return bool(entry) and (host == entry or host.endswith("." + entry))


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


async def _system_exempts(host: str) -> bool:
    # It may look names up, which blocks.
    lane = Lane("proxy-settings")
    try:
        return bool(await lane.run(urllib.request.proxy_bypass, host))
    finally:
        lane.close(0)
