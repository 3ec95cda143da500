"""Servers as people write them in settings: the names of hosts, and the addresses of proxies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

DIRECT = "none"
"""The proxy that stands for none at all; an empty one stands for that of the system."""

PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9_-]+)*")
_Value = TypeVar("_Value")


class ProxyFault(StrEnum):
    """Why an address of a proxy cannot be kept, as a part of an English sentence."""

    ADDRESS = "it is not an address, such as http://host:port"
    SCHEME = "only http, https and socks5 proxies can be used"
    LOGIN = "it holds a name or a password; leave them to the variables https_proxy and all_proxy"


def proxy_fault(text: str) -> ProxyFault | None:
    """What is wrong with the setting of a proxy: empty, ``none``, or ``[scheme://]host[:port]``; None when nothing is.

    Settings are a file that anybody may read, so they hold no password.
    """
    if text in ("", DIRECT):
        return None
    if "@" in text:
        return ProxyFault.LOGIN
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ProxyFault.ADDRESS
    if parts.scheme not in PROXY_SCHEMES:
        return ProxyFault.SCHEME
    is_bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    return None if is_bare and port != 0 and host_name(host) else ProxyFault.ADDRESS


def host_name(text: str) -> str:
    """The host that ``text``, a name, an IP address or a web address, means, as it stands in requests; else empty."""
    text = text.strip()
    if "://" not in text:
        text = f"//[{text}]" if text.count(":") > 1 and "[" not in text else f"//{text}"
    try:
        host = urlsplit(text).hostname or ""
        if ":" in host:
            return host
        name = host.rstrip(".").encode("idna").decode("ascii")
    except ValueError:
        return ""
    return name if _NAME.fullmatch(name) else ""


def of_host(table: Mapping[str, _Value], host: str) -> _Value | None:
    """What ``table`` says of ``host``: the entry of its own name, else of the nearest domain above it."""
    return next((table[name] for name in names_of(host) if name in table), None)


def names_of(host: str) -> Iterator[str]:
    """The name of ``host`` and of each domain above it, the nearest first."""
    name = host.lower().rstrip(".")
    while name:
        yield name
        name = "" if ":" in name else name.partition(".")[2]
