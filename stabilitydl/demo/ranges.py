"""Byte ranges as RFC 9110 section 14 has them, for one range at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Span:
    """The bytes from ``start`` up to ``end`` of a whole of ``size`` bytes."""

    start: int
    end: int
    size: int

    @property
    def content_range(self) -> str:
        return f"bytes {self.start}-{self.end - 1}/{self.size}"


class Unsatisfiable(Exception):
    """None of the bytes that were asked for exist."""


def asked_span(header: str | None, size: int) -> Span | None:
    """What a ``Range`` header asks of ``size`` bytes; None for the whole (also for what is no single range).

    Raises Unsatisfiable.
    """
    match = _ONE_RANGE.fullmatch(header.strip()) if header else None
    if match is None:
        return None
    first, last = match.groups()
    if not first:
        if not last:
            return None
        length = min(int(last), size)
        if not length:
            raise Unsatisfiable
        return Span(size - length, size, size)
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return Span(start, min(int(last) + 1, size) if last else size, size)
