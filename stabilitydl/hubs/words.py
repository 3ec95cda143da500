"""What hubs call things, made safe to show: names, labels and descriptions come from strangers.

What names a file is not changed here, see ``disk.names``; nor is what a hub is asked with.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import replace

import msgspec

from ..domain.collection import Collection
from ..domain.resource import Resource
from .protocol import Expansion

_TAG = re.compile(r"(</?[a-z!?][^<>]*>)", re.IGNORECASE)
_NAME_OF_TAG = re.compile(r"</?\s*([a-z][a-z0-9]*)", re.IGNORECASE)
_UNSEEN = frozenset({"script", "style", "title"})
_BREAKS = frozenset({"address", "blockquote", "br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "tr"})
# Zero-width joiners hold the parts of one letter or picture together in several scripts.
_JOINERS = frozenset("\u200c\u200d")
_BLANK = frozenset({"Cc", "Zl", "Zp"})
_REMOVED = frozenset({"Cf", "Cs"})


def presentable(expansion: Expansion) -> Expansion:
    """``expansion`` with all that is shown of it as `clean` words and the description as `plain_text`."""
    return replace(
        expansion,
        collection=_collection(expansion.collection),
        resources=tuple(map(_resource, expansion.resources)),
    )


def clean(text: str) -> str:
    """``text`` in one line without what cannot be seen: controls, direction overrides, halves of characters."""
    if text.isprintable():
        return text
    return "".join(map(_seen, text)).strip()


def plain_text(markup: str) -> str:
    """What people read of HTML: no tags, no pictures, no scripts. Lines stay lines."""
    parts: list[str] = []
    hidden = ""
    for token in _TAG.split(markup):
        tag = _NAME_OF_TAG.match(token) if token.endswith(">") else None
        if tag is None:
            parts.append("" if hidden or _TAG.fullmatch(token) else token)
            continue
        name = tag[1].lower()
        if hidden:
            hidden = "" if name == hidden and token.startswith("</") else hidden
        elif name in _UNSEEN:
            hidden = "" if token.startswith("</") else name
        elif name in _BREAKS:
            parts.append("\n")
    lines = [clean(line) for line in html.unescape("".join(parts)).splitlines()]
    return "\n".join(filter(None, lines))


def _collection(collection: Collection) -> Collection:
    return msgspec.structs.replace(
        collection,
        title=clean(collection.title),
        type=clean(collection.type),
        base_model=clean(collection.base_model),
        creator=clean(collection.creator),
        trigger_words=tuple(filter(None, map(clean, collection.trigger_words))),
        description=plain_text(collection.description),
    )


def _resource(child: Resource) -> Resource:
    words = (child.type, child.base_model, child.creator, child.version, child.file_type, child.precision)
    if "".join(words).isprintable():
        return child
    return msgspec.structs.replace(
        child,
        type=clean(child.type),
        base_model=clean(child.base_model),
        creator=clean(child.creator),
        version=clean(child.version),
        file_type=clean(child.file_type),
        precision=clean(child.precision),
    )


def _seen(character: str) -> str:
    category = unicodedata.category(character)
    if category in _BLANK:
        return " "
    return "" if category in _REMOVED and character not in _JOINERS else character
