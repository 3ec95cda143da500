"""One ranged GET, checked before a byte of it is believed."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, replace

from ..clock import Clock
from ..domain.chunk import Chunk
from ..errors import (
    BadAnswer,
    CompressedAnswer,
    RangesUnusable,
    RemoteChanged,
    StabilityError,
    UnexpectedStatus,
    WebPage,
    WrongRange,
)
from ..http.answer import Answer
from ..http.client import HttpClient, Patience
from ..http.request import Request
from ..http.status import error_for
from .retry import is_refused_range
from .sniff import is_web_page
from .validator import is_strong, validator_of

_CONTENT_RANGE = re.compile(r"bytes\s+(?:(\d{1,19})-(\d{1,19})|\*)/(\d{1,19}|\*)", re.ASCII | re.IGNORECASE)
_MULTIPART = ("multipart/byteranges", "multipart/x-byteranges")
_ERROR_BODY = 4096
_ERROR_SECONDS = 10.0
_LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Remote:
    """What an answer says about the file right now.

    ``size`` is bytes or None. ``validator`` names its version, see `validator`. ``has_ranges``: the server sends parts
    of the file. ``is_delimited``: the end of the body is told by the protocol, not by the closing of the connection.
    """

    size: int | None
    validator: str
    has_ranges: bool
    is_delimited: bool = True

    @property
    def is_strong(self) -> bool:
        """Does the validator prove which version it is?"""
        return is_strong(self.validator)


@dataclass(frozen=True)
class Wanted:
    """What to ask for: bytes ``start`` to before ``stop`` of the file ``name``.

    ``to_end`` asks for everything from ``start`` on; an answer may leave out what lies behind ``stop``.
    ``size`` and ``validator`` are those that the part was begun with (None and empty at first). ``is_proven``: a
    checksum will tell at the end whether all parts are of one version. ``whole`` asks for the file as one stream,
    without ranges.
    """

    name: str
    start: int
    stop: int
    size: int | None = None
    validator: str = ""
    is_proven: bool = False
    whole: bool = False
    to_end: bool = False


class Body:
    """The bytes of one answer: from ``start`` to before ``stop`` (None: until the end of the answer)."""

    def __init__(self, answer: Answer, remote: Remote, start: int, stop: int | None) -> None:
        self.remote = remote
        self.start = start
        self.stop = stop
        self.url = answer.url
        self.host = answer.host
        self.content_type = answer.headers.get("content-type") or ""
        self.read = answer.next_chunk
        """The next chunk, as long as wanted at most, empty at the end of the answer. Raises NetworkError, BadAnswer."""
        self.pace = answer.pace
        """Say how many bytes per second will be read from now on."""
        self._answer = answer

    @classmethod
    async def open(
        cls, client: HttpClient, request: Request, wanted: Wanted, clock: Clock, patience: Patience | None = None
    ) -> Body:
        """Ask for ``wanted`` and check the answer. ``patience`` says how long may be waited for it.

        Raises an error of `errors.ServerError` that says what is wrong with it, or NetworkError when none came.
        """
        try:
            return await cls._ask(client, request, wanted, clock, patience)
        except RangesUnusable as error:
            if is_refused_range(error) and error.arguments["total_bytes"] is None:
                await cls._compare(client, request, wanted, clock, patience)
            raise

    @classmethod
    async def _ask(
        cls, client: HttpClient, request: Request, wanted: Wanted, clock: Clock, patience: Patience | None
    ) -> Body:
        extra = [("Accept-Encoding", "identity")]
        if not wanted.whole:
            last = "" if wanted.to_end else wanted.stop - 1
            extra.append(("Range", f"bytes={wanted.start}-{last}"))
            if is_strong(wanted.validator) and wanted.start > 0:
                extra.append(("If-Range", wanted.validator))
        answer = await client.open(request, extra=extra, bulk=True, patience=patience)
        try:
            await _refuse(answer, wanted, clock, patience)
            return _accept(answer, wanted)
        except BaseException:
            await answer.aclose()
            raise

    @classmethod
    async def _compare(
        cls, client: HttpClient, request: Request, wanted: Wanted, clock: Clock, patience: Patience | None
    ) -> None:
        """Ask for the first byte, whose answer says how large the file is. Raises RemoteChanged where it is another."""
        try:
            body = await cls._ask(client, request, replace(wanted, start=0, stop=1, to_end=False), clock, patience)
        except RemoteChanged:
            raise
        except StabilityError:
            return
        await body.close()

    def end_at(self, stop: int) -> None:
        """Read nothing that lies at ``stop`` or behind it. To be called before the first read."""
        self.stop, left, read = stop, stop - self.start, self.read

        async def limited(most: int = left) -> Chunk:
            nonlocal left
            chunk = await read(min(most, left)) if left > 0 else b""
            left -= len(chunk)
            return chunk

        self.read = limited

    async def close(self) -> None:
        """Let go of the connection, also while the task is being cancelled."""
        await self._answer.aclose()

    def __repr__(self) -> str:
        return f"<Body {self.host} {self.start}-{self.stop}>"


async def _refuse(answer: Answer, wanted: Wanted, clock: Clock, patience: Patience | None) -> None:
    """Raise for every answer that is no file."""
    if answer.status == 416:
        _refuse_416(answer, wanted)
        return
    error = error_for(answer.status, answer.headers, answer.host, clock.wall())
    if error is not None:
        raise await _with_body(error, answer, clock, patience)
    if not 200 <= answer.status < 300:
        raise BadAnswer(host=answer.host, detail=f"status {answer.status} without an address")
    encoding = (answer.headers.get("content-encoding") or "identity").strip().lower()
    if encoding not in ("identity", ""):
        raise CompressedAnswer(host=answer.host)
    kind = answer.headers.get("content-type") or ""
    if is_web_page(wanted.name, kind):
        raise WebPage(host=answer.host)
    if kind.partition(";")[0].strip().lower() in _MULTIPART:
        # Its body holds parts of the file, with headers of their own between them.
        raise RangesUnusable(host=answer.host)


def _refuse_416(answer: Answer, wanted: Wanted) -> None:
    """Raise unless the answer says that the file is empty, as it may be when its first bytes were asked for.

    Of a file of known size only what lies in it is asked for: whoever says that it is of this size, or nothing, did not
    understand, and may the next time.
    """
    total = _total(answer)
    if total == 0 and wanted.start == 0 and not wanted.size:
        return
    if wanted.size is None:
        raise RangesUnusable(host=answer.host)
    if total not in (None, wanted.size):
        raise RemoteChanged(host=answer.host)
    raise RangesUnusable(host=answer.host, status=416, total_bytes=total)


async def _with_body(error: StabilityError, answer: Answer, clock: Clock, patience: Patience | None) -> StabilityError:
    """Add the server's own words for the hub to read, as far as they are short text and come soon."""
    kind = (answer.headers.get("content-type") or "").lower()
    if "json" in kind or kind.startswith("text/plain"):
        seconds = _ERROR_SECONDS if patience is None else min(_ERROR_SECONDS, patience.begins())
        try:
            with contextlib.suppress(StabilityError, TimeoutError), clock.fail_after(seconds):
                error.arguments["body"] = (await answer.read(_ERROR_BODY)).decode("utf-8", "replace")
        finally:
            if patience is not None:
                patience.ends()
    return error


def _accept(answer: Answer, wanted: Wanted) -> Body:
    validator = validator_of(answer.headers)
    if is_strong(wanted.validator) and is_strong(validator) and validator != wanted.validator:
        raise RemoteChanged(host=answer.host)
    if answer.status == 416:
        return Body(answer, Remote(0, validator, has_ranges=True), 0, 0)
    if answer.headers.get("content-range") is not None and not wanted.whole:
        return _accept_part(answer, wanted, validator)
    length = _length(answer)
    if answer.status == 206:
        length = _length_of_all(answer, wanted, length)
    if wanted.size is not None and length is not None and length != wanted.size:
        raise RemoteChanged(host=answer.host)
    if wanted.start > 0 and is_strong(wanted.validator) and not is_strong(validator) and _ranges_offered(answer):
        raise RemoteChanged(host=answer.host)
    if wanted.start > 0 or _is_partial(answer):
        raise RangesUnusable(host=answer.host)
    if answer.status not in (200, 203, 206):
        raise UnexpectedStatus(host=answer.host, status=answer.status)
    _check_version(answer, wanted, validator)
    chunked = "chunked" in (answer.headers.get("transfer-encoding") or "").lower()
    has_ranges = answer.status != 206 and length is not None and wanted.whole and _ranges_offered(answer)
    remote = Remote(length, validator, has_ranges, is_delimited=length is not None or chunked)
    return Body(answer, remote, 0, length)


def _length_of_all(answer: Answer, wanted: Wanted, length: int | None) -> int:
    """The length of an answer that calls the whole file a part, as it may where no range was asked for."""
    match = _content_range(answer)
    if wanted.whole and match is not None and match[1] is not None and match[3] != "*" and not _is_partial(answer):
        total = int(match[3])
        if total <= _LARGEST and length in (None, total):
            return total
    raise RangesUnusable(host=answer.host)


def _accept_part(answer: Answer, wanted: Wanted, validator: str) -> Body:
    match = _content_range(answer)
    if match is None or match[1] is None or match[3] == "*":
        raise RangesUnusable(host=answer.host)
    start, stop, total = int(match[1]), int(match[2]) + 1, int(match[3])
    if wanted.size is not None and total != wanted.size:
        raise RemoteChanged(host=answer.host)
    length = _length(answer)
    least = min(wanted.stop, total)
    if total > _LARGEST or start != wanted.start or not least <= stop <= (total if wanted.to_end else least):
        raise WrongRange(host=answer.host)
    if length is not None and length != stop - start:
        raise WrongRange(host=answer.host)
    _check_version(answer, wanted, validator)
    return Body(answer, Remote(total, validator, has_ranges=True), start, stop)


def _check_version(answer: Answer, wanted: Wanted, validator: str) -> None:
    """Raise where nothing would tell at the end that the answer is of another version than the part was begun with.

    Servers behind one name that date their copies differently may go on where a checksum will tell. Else every
    difference counts; and an answer that leaves out what others said, or says what they did not, comes from another
    place than those: whether it is of the same version, nothing can say. So it is RemoteChanged where two validators
    differ, and RangesUnusable where only one of the two is there: the whole file in one answer is of one version.
    """
    if wanted.size is None or wanted.is_proven or validator == wanted.validator:
        return
    if validator and wanted.validator:
        raise RemoteChanged(host=answer.host)
    raise RangesUnusable(host=answer.host)


def _content_range(answer: Answer) -> re.Match[str] | None:
    return _CONTENT_RANGE.fullmatch((answer.headers.get("content-range") or "").strip())


def _total(answer: Answer) -> int | None:
    match = _content_range(answer)
    return int(match[3]) if match and match[3] != "*" else None


def _is_partial(answer: Answer) -> bool:
    """Does the answer say itself that it is not the whole file?"""
    match = _content_range(answer)
    if match is None or match[1] is None or match[3] == "*":
        return False
    return (int(match[1]), int(match[2]) + 1) != (0, int(match[3]))


def _length(answer: Answer) -> int | None:
    text = answer.headers.get("content-length")
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,19}", text.strip(), re.ASCII) or int(text) > _LARGEST:
        raise BadAnswer(host=answer.host, detail="an impossible Content-Length")
    return int(text)


def _ranges_offered(answer: Answer) -> bool:
    return (answer.headers.get("accept-ranges") or "").strip().lower() == "bytes"
