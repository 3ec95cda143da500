"""The ways to write what Civitai has: addresses, ``civitai:ID``, AIR, a creator, a digest.

``https://civitai.com/models/ID[/slug][?modelVersionId=V]``, ``.../model-versions/V``, ``.../user/NAME`` and
``.../api/download/models/V[?fileId=F]`` on any of the hosts; the host may stand without ``https://``. The short forms
are ``civitai:ID[@V]``, ``civitai:user/NAME`` and ``civitai:ALGORITHM:HEX[,HEX...]`` for the files with those digests
(AutoV1 to AutoV3, CRC32, SHA256, BLAKE3). Numbers are 32 bits.

A locator is of kind ``model``, of kind ``version`` or ``hash`` where only those are known, of kind ``hashes`` where
several files may be of several models, or of kind ``creator``.
"""

from __future__ import annotations

import re
from collections.abc import Collection as Members
from urllib.parse import parse_qs, unquote

from ..errors import UsageError
from .air import parse_air
from .protocol import Locator
from .urls import on_site

HOSTS = frozenset({"civitai.com", "civitai.red", "civitai.green"})
MOST_DIGESTS = 100
"""Files that one locator may name by their digests."""

_SHORT = re.compile(r"(?P<model>\d{1,10})(?:@(?P<version>\d{1,10}))?", re.ASCII)
_SHORT_CREATOR = re.compile(r"user[/:](?P<name>[^/?#:\s]{1,100})/?")
_DIGEST = r"(?:[0-9a-f]{64}|[0-9a-f]{12}|[0-9a-f]{10}|[0-9a-f]{8})"
_SHORT_DIGEST = re.compile(
    rf"(?:hash|autov[123]|crc32|sha256|blake3):(?P<digits>{_DIGEST}(?:,{_DIGEST})*)", re.ASCII | re.IGNORECASE
)
_MODEL_PATH = re.compile(r"/models/(?P<model>\d{1,10})(?:/[^/]*)?/?", re.ASCII)
_VERSION_PATH = re.compile(r"/(?:model-versions|api/download/models)/(?P<version>\d{1,10})/?", re.ASCII)
_CREATOR_PATH = re.compile(r"/user/(?P<name>[^/]{1,300})(?:/(?:models)?)?")
_NO_FILES = re.compile(r"/(?P<what>images|posts|collections|articles|bounties|challenges|user/[^/]+/\w+)(?:/.*)?")
_TOKEN = re.compile(r"(?<=[?&])token=[^&#]*&?", re.IGNORECASE)
_LARGEST = 2**31 - 1


def recognise(text: str, hub: str, hosts: Members[str]) -> Locator | None:
    """``text`` as something that ``hub`` lists, or None.

    Raises UsageError for a page of the hub that has no model files.
    """
    typed = text.strip()
    name, colon, rest = typed.partition(":")
    if colon and name.lower() == hub and (locator := _short(typed, rest, hub)):
        return locator
    if hub == "civitai" and (air := parse_air(typed)) and air.source == hub:
        numbers = (air.id, air.version, air.file)
        return _locator(hub, typed, *numbers) if all(re.fullmatch(r"\d{0,10}", one) for one in numbers) else None
    return _page(typed, hub, hosts)


def _short(typed: str, rest: str, hub: str) -> Locator | None:
    if match := _SHORT.fullmatch(rest):
        return _locator(hub, typed, match["model"], match["version"], None)
    if match := _SHORT_CREATOR.fullmatch(rest):
        return _creator(hub, typed, match["name"])
    if match := _SHORT_DIGEST.fullmatch(rest):
        return _digests(hub, typed, match["digits"].lower().split(","))
    return None


def _page(typed: str, hub: str, hosts: Members[str]) -> Locator | None:
    parts = on_site(typed, hosts)
    if parts is None:
        return None
    try:
        query = parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return None
    text = _TOKEN.sub("", typed).rstrip("?&")
    if match := _MODEL_PATH.fullmatch(parts.path):
        return _locator(hub, text, match["model"], _first(query, "modelVersionId"), None)
    if match := _VERSION_PATH.fullmatch(parts.path):
        return _locator(hub, text, "", match["version"], _first(query, "fileId"))
    if match := _CREATOR_PATH.fullmatch(parts.path):
        return _creator(hub, text, unquote(match["name"]))
    if match := _NO_FILES.fullmatch(parts.path):
        what = match["what"].rpartition("/")[2]
        raise UsageError(
            detail=f"A page of {what} on {hub} lists no model files; paste the page of a model or of a creator."
        )
    return None


def _locator(hub: str, text: str, model: str, version: str | None, file: str | None) -> Locator | None:
    """A page of kind ``model``, or of kind ``version`` where only a version is known."""
    if any(number and not 0 < int(number) <= _LARGEST for number in (model, version, file)):
        return None
    selection = f"file:{int(file)}" if file else f"version:{int(version)}" if version else ""
    if model:
        return Locator(hub=hub, text=text, kind="model", identity=str(int(model)), selection=selection)
    return Locator(hub=hub, text=text, kind="version", identity=str(int(version or 0)), selection=selection)


def _creator(hub: str, text: str, name: str) -> Locator | None:
    """All models of a creator. The case of the name does not matter to the hub."""
    if not name.isprintable() or not name.strip() or len(name) > 100:
        return None
    return Locator(hub=hub, text=text, kind="creator", identity=name.strip().lower())


def _digests(hub: str, text: str, digests: list[str]) -> Locator:
    """One file, or the same collection for the same files in any order. Raises UsageError for too many."""
    distinct = sorted(set(digests))
    if len(distinct) > MOST_DIGESTS:
        raise UsageError(detail=f"These are more than {MOST_DIGESTS} digests; name fewer at once.")
    return Locator(hub=hub, text=text, kind="hash" if len(distinct) == 1 else "hashes", identity=",".join(distinct))


def _first(query: dict[str, list[str]], name: str) -> str | None:
    values = query.get(name)
    return values[0] if values and re.fullmatch(r"\d{1,10}", values[0], re.ASCII) else None
