"""Lies that a server can tell about one file: each is a value, the answers follow from it."""

from __future__ import annotations

import gzip
import itertools
import random
import threading
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from typing import Literal, get_args, get_type_hints

from tests.fakes.origin import Ended, Exchange


@dataclass(frozen=True)
class Lie:
    """What is wrong, with which answers; ``status`` 206 and the first value of everything else are the truth.

    ``when``: every answer, only the first, every one but the first, only the second. ``size`` and ``checksum``: does
    the hub know them?
    """

    status: Literal[206, 200, 203, 204, 416, 503]
    sent: Literal["asked", "whole", "shifted", "other", "other from then on"]
    content_range: Literal["right", "none", "shifted", "garbage", "no total", "other total", "huge"]
    length: Literal["right", "cut", "smaller", "surplus", "chunked", "until closed", "two", "negative"]
    validator: Literal[
        "strong", "weak", "none", "changing", "weak changing", "weak of version", "date of version", "strong, then weak"
    ]
    encoding: Literal["none", "identity", "gzip", "gzip in fact"]
    when: Literal["always", "first", "later", "once"]
    checksum: Literal["known", "unknown"]
    size: Literal["known", "unknown"]

    @property
    def is_told(self) -> bool:
        """Can it be told from the truth without the checksum?

        Nobody can refute a server that answers as if the file were a shorter one, where the hub does not know its size.
        """
        return self.sent in ("asked", "whole") and not self.is_shorter

    @property
    def is_shorter(self) -> bool:
        """Does it make another, shorter file of it?"""
        plain = self.status in (200, 203) and self.content_range == "none"
        is_asked = self.sent != "whole"
        return self.size == "unknown" and (self.length == "smaller" or (plain and is_asked))

    @property
    def names_versions(self) -> bool:
        """Do answers with different bytes always say of themselves what tells them apart?"""
        versions: dict[str, str] = {}
        for number in range(_ANSWERS):
            lie = self.told(number)
            version = lie.version(number)
            if versions.setdefault(lie.validator_of(number), version) != version:
                return False
        return True

    def told(self, number: int) -> Lie:
        """What is told with the answer of this number, from 0."""
        return self if self.applies(number) else TRUTH

    def version(self, number: int) -> str:
        """Which bytes the answer of this number is made of: ``right``, ``shifted`` or ``other``."""
        if self.sent == "other from then on":
            return "other" if number else "right"
        return self.sent if self.sent in ("shifted", "other") else "right"

    def validator_of(self, number: int) -> str:
        """The header that names what is sent with the answer of this number, empty where none does."""
        is_new = self.version(number) != "right"
        return {
            "strong": 'ETag: "one"',
            "weak": 'ETag: W/"one"',
            "none": "",
            "changing": f'ETag: "{number}"',
            "weak changing": f'ETag: W/"{number}"',
            "weak of version": f'ETag: W/"{is_new}"',
            "date of version": f"Last-Modified: Tue, {1 + is_new:02} Jul 2025 10:00:00 GMT",
            "strong, then weak": 'ETag: W/"one"' if is_new else 'ETag: "one"',
        }[self.validator]

    def applies(self, number: int) -> bool:
        """Is it told with the answer of this number, from 0?"""
        return {"always": True, "first": number == 0, "later": number > 0, "once": number == 1}[self.when]

    def __str__(self) -> str:
        return ", ".join(f"{field.name}={value}" for field, value in zip(fields(self), astuple(self), strict=True))


TRUTH = Lie(206, "asked", "right", "right", "strong", "none", "always", "known", "known")

VALUES: tuple[tuple[object, ...], ...] = tuple(get_args(kind) for kind in get_type_hints(Lie).values())
"""The values of each field."""

_FAULTS = 6
"""Fields of the answer; those behind them are circumstances."""

_TRUTH = 0.7

_ANSWERS = 12
"""More than a fetch gets before it gives up a file that changes."""


def some(count: int) -> list[Lie]:
    """``count`` different lies, the same ones each time; with 400 or more every pair of values of two fields occurs."""
    chance = random.Random(1)
    found: dict[Lie, None] = {}
    for lie in _pairs(chance):
        found[lie] = None
    while len(found) < count:
        found[_make(chance, {})] = None
    return list(found)[:count]


def _pairs(chance: random.Random) -> Iterator[Lie]:
    seen: set[tuple[int, object, int, object]] = set()
    for first, second in itertools.combinations(range(len(VALUES)), 2):
        for one, other in itertools.product(VALUES[first], VALUES[second]):
            if (first, one, second, other) not in seen:
                lie = _make(chance, {first: one, second: other})
                seen |= pairs_of(lie)
                yield lie


def pairs_of(lie: Lie) -> set[tuple[int, object, int, object]]:
    """Which values stand beside which."""
    values = astuple(lie)
    return {(a, values[a], b, values[b]) for a, b in itertools.combinations(range(len(values)), 2)}


def _make(chance: random.Random, given: dict[int, object]) -> Lie:
    """What is not ``given`` is mostly true: of many lies in one answer only the first would be looked at."""
    values = [
        given.get(place, values[0] if place < _FAULTS and chance.random() < _TRUTH else chance.choice(values))
        for place, values in enumerate(VALUES)
    ]
    return Lie(*values)  # type: ignore[arg-type]


class Liar:
    """A step that serves ``data`` as ``lie`` says; ``other`` is another version of it, of the same size."""

    def __init__(self, lie: Lie, data: bytes, other: bytes) -> None:
        self.lie = lie
        self._data = data
        self._other = other
        self._lock = threading.Lock()
        self._answers = 0

    def __call__(self, exchange: Exchange) -> None:
        with self._lock:
            number, self._answers = self._answers, self._answers + 1
        lie = self.lie.told(number)
        asked = exchange.request.range
        start, stop = (0, len(self._data)) if asked is None else (asked[0], (asked[1] or 0) + 1)
        stop = min(stop, len(self._data))
        status = lie.status if asked is not None or lie.status != 206 else 200
        body = b"" if lie.status == 204 else self._bytes(lie, number, start, stop)
        lines = [f"HTTP/1.1 {status} Scripted", *filter(None, [lie.validator_of(number)])]
        if asked is not None or lie.content_range not in ("right", "none"):
            lines += self._content_range(lie, start, stop)
        if lie.encoding != "none":
            lines.append(f"Content-Encoding: {'identity' if lie.encoding == 'identity' else 'gzip'}")
        if lie.encoding == "gzip in fact":
            body = gzip.compress(body, 1)
        self._send(exchange, lie, lines, body)

    @property
    def versions(self) -> list[bytes]:
        """The files of which it sends parts."""
        return [self._data, self._data[1:] + b"\0", self._other]

    def _bytes(self, lie: Lie, number: int, start: int, stop: int) -> bytes:
        right, shifted, other = self.versions
        data = {"right": right, "shifted": shifted, "other": other}[lie.version(number)]
        return data if lie.sent == "whole" else data[start:stop]

    def _content_range(self, lie: Lie, start: int, stop: int) -> list[str]:
        size = len(self._data)
        if lie.status == 416 and lie.content_range == "right":
            return [f"Content-Range: bytes */{size}"]
        words = {
            "right": f"bytes {start}-{stop - 1}/{size}",
            "none": "",
            "shifted": f"bytes {start + 1}-{stop}/{size}",
            "garbage": "bytes one-two/three",
            "no total": f"bytes {start}-{stop - 1}/*",
            "other total": f"bytes {start}-{stop - 1}/{size + 7}",
            "huge": f"bytes {start}-{2**63}/{2**64}",
        }[lie.content_range]
        return [f"Content-Range: {words}"] if words else []

    def _send(self, exchange: Exchange, lie: Lie, lines: list[str], body: bytes) -> None:
        count = len(body)
        lengths = {
            "right": [f"Content-Length: {count}"],
            "cut": [f"Content-Length: {count}"],
            "smaller": [f"Content-Length: {count // 2}"],
            "surplus": [f"Content-Length: {count}"],
            "chunked": ["Transfer-Encoding: chunked"],
            "until closed": ["Connection: close"],
            "two": [f"Content-Length: {count}", f"Content-Length: {count + 1}"],
            "negative": [f"Content-Length: -{count + 1}"],
        }[lie.length]
        exchange.send("\r\n".join([*lines, *lengths, "", ""]).encode("latin-1"))
        match lie.length:
            case "cut" | "smaller":
                exchange.send(body[: count // 2])
            case "surplus":
                exchange.send(body, b"surplus")
            case "chunked":
                exchange.send(b"%x\r\n%b\r\n" % (count, body) if count else b"", b"0\r\n\r\n")
            case _:
                exchange.send(body)
        if lie.length not in ("right", "chunked"):
            raise Ended
