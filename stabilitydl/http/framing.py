"""Where an answer's head ends and its body ends, counted beside the parser.

The parser (h11) bounds neither the interim answers nor the time of a head, and keeps bytes that follow a body for the
next answer. What is counted here closes both gaps.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import httpcore

HEAD_LIMIT = 256 * 1024
LINE_LIMIT = 32 * 1024
FIELD_LIMIT = 1000
LENGTH_LIMIT = 2**63 - 1

_BLANK_LINE = re.compile(rb"\n\r?\n")
_FRAMING = re.compile(rb"^(?:content-length|transfer-encoding|[ \t])", re.IGNORECASE | re.MULTILINE)
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,18})[ \t]*(?=\r?$)", re.IGNORECASE | re.MULTILINE)
_WITHOUT_BODY = (b"204", b"304")
_PROTOCOL = b"HTTP/"
_HEX = frozenset(b"0123456789abcdefABCDEF")


class Head:
    """Collects an answer's head, interim answers (1xx) included.

    ``add`` raises httpcore.RemoteProtocolError for more than ``HEAD_LIMIT`` bytes in all, a line above
    ``LINE_LIMIT``, more than ``FIELD_LIMIT`` lines, and for what is no HTTP.
    """

    def __init__(self) -> None:
        self.data = bytearray()
        self._start = 0

    def add(self, data: bytes | memoryview) -> int | None:
        """Take in ``data``; the number of bytes up to the end of the head, None while that is missing."""
        searched = max(self._start, len(self.data) - 3)
        self.data += data
        while True:
            first = self.data[self._start : self._start + len(_PROTOCOL)]
            if not _PROTOCOL.startswith(first):
                raise httpcore.RemoteProtocolError("no HTTP answer came")
            match = _BLANK_LINE.search(self.data, searched)
            if match is None or match.end() > HEAD_LIMIT:
                if len(self.data) > HEAD_LIMIT:
                    raise httpcore.RemoteProtocolError("the head of the answer is too long")
                return None
            self._check(match.start())
            status = self.data[self._start + 9 : self._start + 12]
            if status[:1] != b"1" or status == b"101":
                return match.end()
            self._start = searched = match.end()

    def detach(self, end: int) -> tuple[bytes, int | None]:
        """The head, which ends at ``end``, and the length of its body where one plain Content-Length gives it.

        The head says then that there is no body: whoever parses it leaves the bytes to those who know of them.
        """
        status = self.data[self._start + 9 : self._start + 12]
        fields = _FRAMING.findall(self.data, self._start, end)
        length = _LENGTH.search(self.data, self._start, end)
        if len(fields) != 1 or length is None or status[:1] == b"1" or status in _WITHOUT_BODY:
            return bytes(self.data[:end]), None
        return bytes(self.data[: length.start(1)] + b"0" + self.data[length.end(1) : end]), int(length[1])

    def _check(self, end: int) -> None:
        lines = bytes(self.data[self._start : end]).split(b"\n")
        if len(lines) > FIELD_LIMIT or max(map(len, lines)) > LINE_LIMIT:
            raise httpcore.RemoteProtocolError("the head of the answer is too long")


class Body:
    """Follows a body. ``is_exact`` once it is complete and nothing came after it."""

    is_exact = False

    def add(self, data: bytes | memoryview) -> None:
        """Count ``data``."""


class CountedBody(Body):
    """A body of known length; ``left`` is how much of it is missing, negative where more came."""

    def __init__(self, length: int) -> None:
        self.left = length

    def add(self, data: bytes | memoryview) -> None:
        self.left -= len(data)

    @property
    def is_exact(self) -> bool:  # type: ignore[override]
        return self.left == 0


class ChunkedBody(Body):
    """A body in chunks (RFC 9112 section 7.1). What is malformed is left to the parser to refuse.

    ``add`` raises httpcore.RemoteProtocolError for a chunk size over 2^63 and for an endless line.
    """

    def __init__(self) -> None:
        self._skip = 0
        self._line = b""
        self._trailer = False
        self._complete = False
        self._surplus = False

    def add(self, data: bytes | memoryview) -> None:
        data = bytes(data)
        place = 0
        while place < len(data) and not self._surplus:
            if self._complete:
                self._surplus = True
            elif self._skip:
                step = min(self._skip, len(data) - place)
                self._skip -= step
                place += step
            else:
                place = self._take_line(data, place)

    def _take_line(self, data: bytes, place: int) -> int:
        end = data.find(b"\n", place)
        self._line += data[place:] if end < 0 else data[place:end]
        if len(self._line) > LINE_LIMIT:
            raise httpcore.RemoteProtocolError("a line between chunks is too long")
        if end < 0:
            return len(data)
        line, self._line = self._line, b""
        if self._trailer:
            self._complete = not line.strip()
            return end + 1
        digits = line.partition(b";")[0].strip()
        if not digits or not _HEX.issuperset(digits):
            self._surplus = True
            return end + 1
        size = int(digits, 16)
        if size > LENGTH_LIMIT:
            raise httpcore.RemoteProtocolError("a chunk is impossibly large")
        self._trailer = size == 0
        self._skip = size + 2 if size else 0
        return end + 1

    @property
    def is_exact(self) -> bool:  # type: ignore[override]
        return self._complete and not self._surplus


def body_of(status: int, headers: Sequence[tuple[bytes, bytes]]) -> Body:
    """How the body of an answer to a GET is framed (RFC 9112 section 6.3).

    Raises httpcore.RemoteProtocolError where headers give two framings, or a length over 2^63.
    """
    fields = {name.lower(): value for name, value in headers}
    length = fields.get(b"content-length")
    if status in (204, 304):
        return CountedBody(0)
    if b"transfer-encoding" in fields:
        if length is not None:
            raise httpcore.RemoteProtocolError("it gives a length and chunks at once")
        return ChunkedBody()
    if length is None:
        return Body()
    if not length.isdigit() or int(length) > LENGTH_LIMIT:
        raise httpcore.RemoteProtocolError("the length of the answer is impossible")
    return CountedBody(int(length))
