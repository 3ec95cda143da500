"""The ways to write a Civitai page: addresses, ``civitai:ID``, AIR.

``https://civitai.com/models/ID[/slug][?modelVersionId=V]``, ``.../model-versions/V`` and
``.../api/download/models/V[?fileId=F]`` on any of the hosts; the host may stand without ``https://``. AIR is
``urn:air:ECOSYSTEM:TYPE:civitai:ID@V`` (civitai developer docs, ``guide/air.md``). Numbers are 32 bits.
"""

from __future__ import annotations

import re
from collections.abc import Collection as Members
from urllib.parse import parse_qs, urlsplit

from .protocol import Locator

HOSTS = frozenset({"civitai.com", "civitai.red", "civitai.green"})

_SHORT = re.compile(r"(?P<model>\d{1,10})(?:@(?P<version>\d{1,10}))?", re.ASCII)
_MODEL_PATH = re.compile(r"/models/(?P<model>\d{1,10})(?:/[^/]*)?/?", re.ASCII)
_VERSION_PATH = re.compile(r"/(?:model-versions|api/download/models)/(?P<version>\d{1,10})/?", re.ASCII)
_AIR = re.compile(
    r"(?:urn:)?(?:air:)?[\w-]+:[\w-]+:civitai:(?P<model>\d{1,10})(?:@(?P<version>\d{1,10}))?(?:\+(?P<file>\d{1,10}))?(?:\.\w+)?",
    re.ASCII | re.IGNORECASE,
)
_TOKEN = re.compile(r"(?<=[?&])token=[^&#]*&?", re.IGNORECASE)
_LARGEST = 2**31 - 1


def recognise(text: str, hub: str, hosts: Members[str]) -> Locator | None:
    """``text`` as a model page of ``hub``, or None."""
    typed = text.strip()
    name, colon, rest = typed.partition(":")
    short = _SHORT.fullmatch(rest) if colon and name.lower() == hub else None
    if short:
        return _locator(hub, typed, short["model"], short["version"], None)
    if air := _AIR.fullmatch(typed):
        return _locator(hub, typed, air["model"], air["version"], air["file"]) if hub == "civitai" else None
    return _page(typed, hub, hosts)


def _page(typed: str, hub: str, hosts: Members[str]) -> Locator | None:
    try:
        parts = urlsplit(typed if "://" in typed else f"https://{typed}")
        port = parts.port
        query = parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return None
    host = (parts.hostname or "").removeprefix("www.")
    if port is not None:
        host = f"{host}:{port}"
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or host.removesuffix(":443") not in hosts:
        return None
    text = _TOKEN.sub("", typed).rstrip("?&")
    if match := _MODEL_PATH.fullmatch(parts.path):
        return _locator(hub, text, match["model"], _first(query, "modelVersionId"), None)
    if match := _VERSION_PATH.fullmatch(parts.path):
        return _locator(hub, text, "", match["version"], _first(query, "fileId"))
    return None


def _locator(hub: str, text: str, model: str, version: str | None, file: str | None) -> Locator | None:
    """A page of kind ``model``, or of kind ``version`` where only a version is known."""
    if any(number and not 0 < int(number) <= _LARGEST for number in (model, version, file)):
        return None
    selection = f"file:{int(file)}" if file else f"version:{int(version)}" if version else ""
    if model:
        return Locator(hub=hub, text=text, kind="model", identity=str(int(model)), selection=selection)
    return Locator(hub=hub, text=text, kind="version", identity=str(int(version or 0)), selection=selection)


def _first(query: dict[str, list[str]], name: str) -> str | None:
    values = query.get(name)
    return values[0] if values and re.fullmatch(r"\d{1,10}", values[0], re.ASCII) else None
