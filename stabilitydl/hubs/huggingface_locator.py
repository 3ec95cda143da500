"""The ways to write a Hugging Face repository, or a folder or file in it.

``https://huggingface.co/[datasets/|spaces/]OWNER/NAME[/(tree|blob|resolve|raw|blame)/REVISION[/PATH]]``,
``hf://[models/|datasets/|spaces/]OWNER/NAME[@REVISION][/PATH]`` (huggingface_hub, ``utils/_hf_uris.py``), the short
``[datasets/|spaces/]OWNER/NAME[@REVISION][/PATH]``, and AIR with the source ``huggingface``. A revision is one
segment with its slashes encoded, or ``refs/pr/N`` or ``refs/convert/NAME`` as it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection as Members
from pathlib import Path
from urllib.parse import unquote

from ..errors import UsageError
from .air import parse_air
from .protocol import Locator
from .repositories import LONGEST_PATH, is_name
from .urls import on_site, segments

HOSTS = frozenset({"huggingface.co", "hf.co"})
MAIN = "main"

_KINDS = {"models": "model", "datasets": "dataset", "spaces": "space"}
_OTHER_KINDS = frozenset({"buckets", "collections", "kernels", "papers"})
# Pages of the site that are no owner's name.
_SITE = frozenset(
    [
        "api",
        "blog",
        "chat",
        "contact",
        "docs",
        "enterprise",
        "front",
        "huggingchat",
        "inference",
        "join",
        "learn",
        "login",
        "logout",
        "new",
        "notifications",
        "organizations",
        "posts",
        "pricing",
        "privacy",
        "search",
        "settings",
        "support",
        "tasks",
        "terms-of-service",
        "welcome",
    ]
)
_INTO_FILES = frozenset({"tree", "blob", "resolve", "raw", "blame", "edit", "commit", "commits"})
_TABS = frozenset({"discussions", "community", "settings", "viewer"})
_SPECIAL = re.compile(r"refs/(?:convert/[\w.-]+|pr/\d+)(?=/|$)", re.ASCII)
_SHORT = re.compile(r"(?P<scheme>(?:huggingface|hf):(?!//))?(?P<body>[^\s:?#\\]+)")
_SCHEMES = frozenset({"file", "ftp", "http", "https"})
# What is written like OWNER/NAME and meant as a list file, which is not there.
_LIST_SUFFIX = re.compile(r"\.(?:txt|list|lst|gz|md5|sha1|sha256|toml|json|meta4|metalink)$", re.IGNORECASE)


def recognise(text: str, hub: str, hosts: Members[str]) -> Locator | None:
    """``text`` as a repository of ``hub``, or None. Raises UsageError for what this hub has and we cannot list."""
    typed = text.strip()
    if len(typed) > LONGEST_PATH or not typed.isprintable():
        return None
    if typed[:5].lower() == "hf://":
        return _from_body(typed, hub, typed[5:])
    if (air := parse_air(typed)) and air.source == "huggingface":
        return _locator(hub, typed, "model", air.id, air.version, "")
    if parts := on_site(typed, hosts):
        return _from_page(typed.partition("?")[0].partition("#")[0], hub, segments(parts.path))
    short = _SHORT.fullmatch(typed)
    if short is None or (not short["scheme"] and not _is_meant(typed)):
        return None
    return _from_body(typed, hub, short["body"], may_be_one_word=short["scheme"] is not None)


def _is_meant(typed: str) -> bool:
    """Is ``OWNER/NAME`` more likely a repository than a path or a host?"""
    first, slash, _ = typed.partition("/")
    if (
        not slash
        or "//" in typed
        or first.lower() in _SCHEMES
        or not first[:1].isalnum()
        or "." in first
        or _LIST_SUFFIX.search(typed)
    ):
        return False
    try:
        return not Path(typed).exists()
    except (OSError, ValueError):
        return False


def _from_page(typed: str, hub: str, parts: list[str]) -> Locator | None:
    """An address of the site. Other pages than those of repositories are not recognised."""
    kind, parts = _split_kind(parts)
    if not parts or (kind == "model" and parts[0] in _SITE):
        return None
    count = 1 if len(parts) == 1 or parts[1] in _INTO_FILES | _TABS else 2
    name, rest = [unquote(part) for part in parts[:count]], parts[count:]
    if not "".join(name).isascii():
        raise UsageError(detail=f"“{'/'.join(name)}” has letters that no name on Hugging Face has.")
    if not rest or rest[0] in _TABS:
        return _locator(hub, typed, kind, "/".join(name), None, "")
    if rest[0] not in _INTO_FILES:
        return None
    revision, path = _split_revision("/".join(rest[1:]))
    return _locator(hub, typed, kind, "/".join(name), revision, unquote(path))


def _from_body(typed: str, hub: str, body: str, *, may_be_one_word: bool = True) -> Locator | None:
    """``[KIND/]OWNER/NAME[@REVISION][/PATH]``; an ``@`` further on belongs to a file name."""
    kind, parts = _split_kind(segments(body))
    count = 1 if len(parts) == 1 or "@" in parts[0] else 2
    if count == 1 and not may_be_one_word:
        return None
    name, at, first = "/".join(parts[:count]).partition("@")
    rest = parts[count:]
    revision: str | None = None
    if at:
        revision, path = _split_revision("/".join([first, *rest]))
    else:
        path = "/".join(rest)
    return _locator(hub, typed, kind, name, revision, path)


def _split_kind(parts: list[str]) -> tuple[str, list[str]]:
    if parts and parts[0] in _OTHER_KINDS:
        raise UsageError(detail=f"Only models, datasets and spaces of Hugging Face can be listed, no {parts[0]}.")
    if len(parts) > 1 and parts[0] in _KINDS:
        return _KINDS[parts[0]], parts[1:]
    return "model", parts


def _split_revision(text: str) -> tuple[str, str]:
    """``REVISION/PATH`` in two."""
    if special := _SPECIAL.match(text):
        return special[0], text[special.end() :].removeprefix("/")
    revision, _, path = text.partition("/")
    return unquote(revision), path


def _locator(hub: str, text: str, kind: str, name: str, revision: str | None, path: str) -> Locator | None:
    selected = path.strip("/")
    if not is_name(name) or name in _KINDS or not (revision or MAIN).isprintable():
        return None
    return Locator(
        hub=hub,
        text=text,
        kind=kind,
        identity=name,
        revision=revision or MAIN,
        selection=f"path:{selected}" if selected else "",
    )
