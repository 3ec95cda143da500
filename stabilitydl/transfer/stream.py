"""The whole file as one stream, from sources that do not send parts of it."""

from __future__ import annotations

import contextlib

from ..errors import ConnectionLost, RangesUnusable, SizeMismatch, StabilityError
from .body import Body, Remote
from .fetching import Fetching
from .mode import StreamCut
from .reader import Reader
from .retry import LEAST


async def bring_stream(fetching: Fetching, body: Body, size: int | None) -> Remote:
    """Bring all of ``body``; what it turned out to be. ``size`` is bytes, None where only its end will tell.

    Raises StreamCut when it breaks off, WebPage, LfsPointer, SizeMismatch, RangesUnusable, DiskError.
    """
    position = news = 0
    reader = Reader(body, fetching.flow, fetching.live, fetching.clock, fetching.retries)
    if size == 0:
        await _check_end(fetching, body, reader, 0, size)
    try:
        while size is None or position < size:
            try:
                chunk = await reader.read()
            except StabilityError as error:
                raise StreamCut(error) from error
            if not chunk:
                break
            news += fetching.note(body, chunk, position, size)
            if news >= LEAST:
                fetching.retries.progress()
            if size is not None and position + len(chunk) >= size:
                await _check_end(fetching, body, reader, position + len(chunk), size)
                chunk = chunk[: size - position]
            await fetching.part.write(position, chunk)
            position += len(chunk)
    finally:
        fetching.had.came(0, position)
    if size is not None and position < size:
        raise StreamCut(ConnectionLost(host=body.host))
    if size is None:
        fetching.live.size = position
        fetching.part.follow(fetching.order.resource.checksums, position)
    return Remote(position, body.remote.validator, has_ranges=False)


async def _check_end(fetching: Fetching, body: Body, reader: Reader, came: int, size: int) -> None:
    """Does the stream end where the file does? Asked before its last bytes are written, where only this can tell.

    Raises SizeMismatch; RangesUnusable where it is longer than the part that it said it was.
    """
    if fetching.is_proven:
        return
    if came == size:
        with contextlib.suppress(StabilityError):
            came += await reader.surplus()
    if came > size and body.remote.has_ranges:
        raise RangesUnusable(host=body.host)
    if came > size:
        raise SizeMismatch(host=body.host, actual_bytes=came, expected_bytes=size)
