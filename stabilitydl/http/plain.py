"""Requests and answers that are so plain that they need no parser, which nearly all about files are.

The parser (h11) and what keeps its books (httpcore) take longer over a small file than everything else that HTTP does.
What is plain here is well-formed there too, and means the same; whatever is not is left to them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

Fields = Sequence[tuple[bytes, bytes]]

_NAME = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_EACH_LINE = re.IGNORECASE | re.MULTILINE
_TARGET = re.compile(rb"/[\x21-\x7e]*")
_FIELD_NAME = re.compile(rb"(?!(?:connection|content-length|expect|transfer-encoding|upgrade)$)" + _NAME, re.IGNORECASE)
_FIELD_VALUE = re.compile(rb"[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?")
_ANSWER = re.compile(rb"HTTP/1\.1 ([2-5][0-9]{2})(?: [\t\x20-\x7e]*)?\r\n((?:" + _NAME + rb":[\t\x20-\x7e]*\r\n)+)\r\n")
_ENDS = re.compile(rb"^(?:connection:(?![\t ]*keep-alive[\t ]*\r)|upgrade:)", _EACH_LINE)


class PlainAnswer(NamedTuple):
    """The head of an answer whose connection can be kept: its status, and its fields as they came."""

    status: int
    headers: Fields


def plain_request(target: bytes, fields: Fields) -> bytes | None:
    """A GET of ``target``, or None where a parser has to look at it."""
    if not _TARGET.fullmatch(target) or [name.lower() for name, _ in fields].count(b"host") != 1:
        return None
    lines = [b"GET %b HTTP/1.1" % target]
    for name, value in fields:
        if not _FIELD_NAME.fullmatch(name) or not _FIELD_VALUE.fullmatch(value):
            return None
        lines.append(b"%b: %b" % (name, value))
    return b"\r\n".join([*lines, b"", b""])


def plain_answer(head: bytes) -> PlainAnswer | None:
    """What ``head`` says, the blank line included, or None where a parser has to look at it.

    How its body is framed is not looked at: see `framing.Head.detach`.
    """
    match = _ANSWER.fullmatch(head)
    if match is None or _ENDS.search(match[2]):
        return None
    fields = [line.split(b":", 1) for line in match[2].split(b"\r\n")[:-1]]
    return PlainAnswer(int(match[1]), [(name, value.strip(b"\t ")) for name, value in fields])
