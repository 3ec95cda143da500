"""Hub answers: JSON with bounds, read so that one bad field or child never hides the rest.

Bounds hold before anything is decoded: 32 MiB, nesting 64, a million objects and lists. What is nested deeper reads
as null, like numbers that no field can mean (NaN, infinite, hundreds of digits); half characters read as question
marks; of a key that is there twice the last one counts.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator

from ..errors import HubAnswerUnreadable

LIMIT = 32 * 1024 * 1024
DEPTH = 64
MOST_VALUES = 1_000_000
MOST_WHERE_DEEP = 250_000
"""Objects and lists of an answer that is nested too deeply: these are counted one by one."""

_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_TOKENS = re.compile(_STRINGS.pattern + rb"|[\[\]{}]", re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_AS_SQUARE = bytes.maketrans(b"{}", b"[]")
_LONGEST_NUMBER = 19


def parse(data: bytes, hub: str) -> object:
    """``data`` decoded. Raises HubAnswerUnreadable that names ``hub``: too large, cut off, or no JSON."""
    if len(data) > LIMIT:
        raise HubAnswerUnreadable(hub=hub, detail=f"it is larger than {LIMIT // 1024 // 1024} MiB")
    if not _is_flat(data, hub):
        data = _flattened(data, hub)
    text = data.decode("utf-8-sig", "replace")
    try:
        return json.loads(text, parse_int=_whole, parse_float=_number, parse_constant=_nothing)
    except (ValueError, RecursionError):
        what = "it is a web page" if text.lstrip().startswith("<") else "it is not JSON"
        raise HubAnswerUnreadable(hub=hub, detail=what) from None


def parse_object(data: bytes, hub: str) -> Node:
    """``data`` decoded as one JSON object. Raises HubAnswerUnreadable."""
    value = parse(data, hub)
    if not isinstance(value, dict):
        raise HubAnswerUnreadable(hub=hub, detail="it is not a JSON object")
    return Node(value)


def parse_nodes(data: bytes, hub: str) -> list[Node]:
    """``data`` decoded as a list; a member that is no object reads as an empty one. Raises HubAnswerUnreadable."""
    value = parse(data, hub)
    if not isinstance(value, list):
        raise HubAnswerUnreadable(hub=hub, detail="it is not a JSON list")
    return [Node(member) for member in value]


class Node:
    """One JSON object of a hub. A field that is missing or of another type reads as empty."""

    __slots__ = ("_fields",)

    def __init__(self, value: object) -> None:
        self._fields: dict[str, object] = value if isinstance(value, dict) else {}

    def __bool__(self) -> bool:
        return bool(self._fields)

    def __repr__(self) -> str:
        return f"<Node {', '.join(self._fields)}>"

    def has(self, name: str) -> bool:
        """Is the field there, with any value but null?"""
        return self._fields.get(name) is not None

    def is_null(self, name: str) -> bool:
        """Is the field there, and null?"""
        return name in self._fields and self._fields[name] is None

    def is_list(self, name: str) -> bool:
        """Is the field a list?"""
        return isinstance(self._fields.get(name), list)

    def text(self, name: str, limit: int = 1000) -> str:
        """A string without half characters, at most ``limit`` characters, empty when there is none."""
        value = self._fields.get(name)
        return _text(value, limit) if isinstance(value, str) else ""

    def texts(self, name: str, count: int = 100, limit: int = 1000) -> list[str]:
        """The strings of a list, at most ``count``."""
        return [_text(value, limit) for value in self._list(name) if isinstance(value, str)][:count]

    def pairs(self, name: str) -> Iterator[tuple[str, str]]:
        """The members of an object whose values are strings."""
        for key, value in Node(self._fields.get(name))._fields.items():
            if isinstance(value, str):
                yield _text(key, 100), _text(value, 1000)

    def whole(self, name: str) -> int | None:
        """A whole number from 0 to 2**63 - 1, also one that was written as a string."""
        value = self._fields.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            return None
        return value if 0 <= value < 1 << 63 else None

    def number(self, name: str) -> float | None:
        """A finite number."""
        value = self._fields.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value)

    def flag(self, name: str) -> bool:
        """Is the field ``true``?"""
        return self._fields.get(name) is True

    def node(self, name: str) -> Node:
        """An object, an empty one when there is none."""
        return Node(self._fields.get(name))

    def nodes(self, name: str) -> list[Node]:
        """The members of a list; one that is no object reads as an empty one, so that its place still counts."""
        return [Node(value) for value in self._list(name)]

    def _list(self, name: str) -> list[object]:
        value = self._fields.get(name)
        return value if isinstance(value, list) else []


def _is_flat(data: bytes, hub: str) -> bool:
    """Count the brackets; then take away the innermost pairs, one level of nesting at a time."""
    brackets = _STRINGS.sub(b"", data).translate(None, _NOT_BRACKETS).translate(_AS_SQUARE)
    count = len(brackets)
    if count > 2 * MOST_VALUES:
        raise HubAnswerUnreadable(hub=hub, detail=f"it holds more than {MOST_VALUES:,} objects")
    for _ in range(DEPTH):
        if not brackets:
            return True
        inner = brackets.replace(b"[]", b"")
        if len(inner) == len(brackets):
            raise HubAnswerUnreadable(hub=hub, detail="it is cut off")
        brackets = inner
    if brackets and count > 2 * MOST_WHERE_DEEP:
        raise HubAnswerUnreadable(hub=hub, detail=f"it is nested deeper than {DEPTH}")
    return not brackets


def _flattened(data: bytes, hub: str) -> bytes:
    """``data`` with null in the place of everything that is nested too deeply."""
    kept: list[bytes] = []
    depth = end = begin = 0
    for match in _TOKENS.finditer(data):
        match match[0][:1]:
            case b"[" | b"{":
                depth += 1
                if depth == DEPTH + 1:
                    begin = match.start()
            case b"]" | b"}":
                if depth == DEPTH + 1:
                    kept += (data[end:begin], b"null")
                    end = match.end()
                depth -= 1
    if depth:
        raise HubAnswerUnreadable(hub=hub, detail="it is cut off")
    return b"".join((*kept, data[end:]))


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_NUMBER + 1 else None


def _number(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None


def _nothing(_constant: str) -> None:
    return None


def _text(value: str, limit: int) -> str:
    return value[:limit].encode("utf-8", "replace").decode("utf-8")
