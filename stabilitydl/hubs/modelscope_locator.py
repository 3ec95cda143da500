"""The ways to write a ModelScope repository, or a folder or file in it.

``https://modelscope.cn/(models|datasets)/OWNER/NAME[/(summary|files)]``, ``.../resolve/REVISION/PATH``,
``.../file/view/REVISION/PATH``, ``.../tree/REVISION/PATH``, and the short
``modelscope:[datasets/]OWNER/NAME[@REVISION][/PATH]``.
"""

from __future__ import annotations

import re
from collections.abc import Collection as Members
from urllib.parse import unquote

from ..errors import UsageError
from .protocol import Locator
from .repositories import LONGEST_PATH, is_name
from .urls import on_site, segments

HOSTS = frozenset({"modelscope.cn"})
INTERNATIONAL_HOSTS = frozenset({"modelscope.ai"})
MASTER = "master"

_KINDS = {"models": "model", "datasets": "dataset"}
_OTHER_KINDS = frozenset({"studios", "skills", "mcp", "mcps", "collections", "papers"})
_INTO_FILES = (("file", "view"), ("resolve",), ("tree",), ("blob",))
_TABS = frozenset({"", "summary", "files", "feedback", "discussions", "quickstart", "dataPeview", "dataPreview"})
_SHORT = re.compile(r"(?P<hub>[\w-]+):(?://)?(?P<body>[^\s:?#\\]+)", re.ASCII)


def recognise(text: str, hub: str, hosts: Members[str]) -> Locator | None:
    """``text`` as a repository of ``hub``, or None. Raises UsageError for what this hub has and we cannot list."""
    typed = text.strip()
    if len(typed) > LONGEST_PATH or not typed.isprintable():
        return None
    short = _SHORT.fullmatch(typed)
    if short and short["hub"].lower() == hub:
        return _from_body(typed, hub, short["body"])
    if parts := on_site(typed, hosts):
        return _from_page(typed.partition("?")[0].partition("#")[0], hub, segments(parts.path))
    return None


def _from_page(typed: str, hub: str, parts: list[str]) -> Locator | None:
    kind = _kind(parts)
    if kind is None or len(parts) < 3:
        return None
    name, rest = "/".join(unquote(part) for part in parts[1:3]), parts[3:]
    if not name.isascii():
        raise UsageError(detail=f"“{name}” has letters that no name on ModelScope has.")
    if len(rest) < 2 and "".join(rest) in _TABS:
        return _locator(hub, typed, kind, name, None, "")
    for view in _INTO_FILES:
        if tuple(rest[: len(view)]) == view:
            revision, *path = rest[len(view) :] or [MASTER]
            return _locator(hub, typed, kind, name, unquote(revision), unquote("/".join(path)))
    return None


def _from_body(typed: str, hub: str, body: str) -> Locator | None:
    parts = segments(body)
    kind = _kind(parts)
    parts = parts if kind is None else parts[1:]
    if len(parts) < 2:
        return None
    name, at, revision = f"{parts[0]}/{parts[1]}".partition("@")
    return _locator(hub, typed, kind or "model", name, unquote(revision) if at else None, "/".join(parts[2:]))


def _kind(parts: list[str]) -> str | None:
    if parts and parts[0] in _OTHER_KINDS:
        raise UsageError(detail=f"Only models and datasets of ModelScope can be listed, no {parts[0]}.")
    return _KINDS.get(parts[0]) if parts else None


def _locator(hub: str, text: str, kind: str, name: str, revision: str | None, path: str) -> Locator | None:
    selected = path.strip("/")
    if "/" not in name or not is_name(name) or not (revision or MASTER).isprintable():
        return None
    return Locator(
        hub=hub,
        text=text,
        kind=kind,
        identity=name,
        revision=revision or MASTER,
        selection=f"path:{selected}" if selected else "",
    )
