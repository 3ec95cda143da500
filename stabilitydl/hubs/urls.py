"""Addresses and paths that people type or keep in lists: checked, and written in one way."""

from __future__ import annotations

import os
import re
from collections.abc import Collection as Members
from pathlib import Path
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit

from ..disk.names import safe_name, safe_path

LONGEST = 8192

_WEB = re.compile(r"https?://", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# An address that is written as clean_url would write it.
_CLEAN = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?/[A-Za-z0-9/._~+-]*")
_PORTS = {"http": 80, "https": 443}
# What may stand in a path or query as it is (RFC 3986), with % for what is encoded already.
_AS_IS = "%/:@!$&'()*+,;=~-._?[]|"


def is_web(text: str) -> bool:
    """Does ``text`` begin like an http or https address?"""
    return _WEB.match(text) is not None


def on_site(text: str, hosts: Members[str]) -> SplitResult | None:
    """The parts of an address on one of ``hosts``, with or without ``https://`` and ``www.``; None for any other text.

    A host stands with its port where that is not 443.
    """
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:
        return None
    host = parts.netloc.lower().removesuffix(":443")
    is_there = parts.scheme in _PORTS and (host in hosts or host.removeprefix("www.") in hosts)
    return parts if is_there else None


def host_in(url: str) -> str:
    """The host of an address in lower case; empty where it has none, or is malformed."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def segments(path: str) -> list[str]:
    """What stands between the slashes of a path, empty parts left out."""
    return [part for part in path.split("/") if part]


def file_here(text: str) -> str | None:
    """The absolute path of the file that ``text`` names, symlinks kept; None where there is none."""
    path = os.path.abspath(os.path.expanduser(text))  # noqa: PTH100, PTH111 - symlinks stay
    try:
        return path if Path(path).is_file() else None
    except (OSError, ValueError):
        return None


def clean_url(text: str) -> str:
    """``text`` with scheme and host in lower case, no default port, no fragment, and blanks encoded.

    Raises ValueError with the reason, which never repeats the address: it may hold a password.
    """
    url = text.strip()
    if len(url) > LONGEST:
        raise ValueError(f"the address is longer than {LONGEST} characters")
    if _CLEAN.fullmatch(url):
        return url
    if _CONTROL.search(url):
        raise ValueError("the address has control characters in it")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("the address is malformed") from None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS:
        raise ValueError("the address does not begin with https:// or http://")
    if "@" in parts.netloc:
        raise ValueError("the address has a user name or password in it")
    host = (parts.hostname or "").rstrip(".")
    if not host or re.search(r"[\s\\<>\"^`{|}%]", host):
        raise ValueError("the address names no host")
    authority = f"[{host}]" if ":" in host else host
    if port is not None and port != _PORTS[scheme]:
        authority = f"{authority}:{port}"
    return urlunsplit((scheme, authority, quote(parts.path or "/", safe=_AS_IS), quote(parts.query, safe=_AS_IS), ""))


def name_from_url(url: str) -> str:
    """The file name that a clean address suggests: the last part of its path, decoded once, else its host.

    Raises UnsafeName for a last part that would climb.
    """
    _, _, path = url.partition("?")[0].partition("://")[2].partition("/")
    last = unquote(path.rstrip("/").rpartition("/")[2])
    if not last.strip():
        return safe_name(urlsplit(url).hostname or "")
    safe_path(last)
    return safe_name(last)


def below(base: str, path: str) -> str:
    """The address of the relative ``path`` below the clean address ``base``."""
    folder = base if base.endswith("/") else f"{base}/"
    return urljoin(folder, quote(f"./{path}", safe="/~-._"))
