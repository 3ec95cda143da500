"""The first request of a fetch, which is the probe: a ranged GET whose answer says how large the file is and whether
parts of it can be had, and whose body is the first range, or all of the file."""

from __future__ import annotations

import contextlib

from ..disk.journal import Header
from ..domain.ranges import Ranges
from ..errors import LengthUnknown, SizeMismatch, StabilityError
from .body import Body, Wanted
from .fetching import Fetching
from .order import Order
from .plan import SHORTEST_RANGE
from .retry import is_passing, may_have_expired
from .sniff import SNIFFED

_LOOK_SECONDS = 15.0


def beginning_of(order: Order, *, whole: bool) -> Wanted:
    """What to ask for where nothing is here yet.

    Without a checksum that is the whole file: only the answer says whether its parts can be told from those of another
    version, and where they cannot, it has to come as this one answer.
    """
    size = order.resource.size
    stop = min(size or SHORTEST_RANGE, SHORTEST_RANGE)
    to_end = order.resource.checksum is None and stop != size
    return Wanted(name=order.resource.path, start=0, stop=stop, whole=whole, to_end=to_end)


def rest_of(order: Order, header: Header, written: Ranges) -> Wanted:
    """What to ask for where a part with this header is continued, of which something is missing."""
    start, end = next(written.missing(header.size))
    is_proven = order.resource.checksum is not None
    return Wanted(
        name=order.resource.path,
        start=start,
        stop=min(end, start + SHORTEST_RANGE),
        size=header.size,
        validator="" if is_proven and order.is_one_of_many else header.validator,
        is_proven=is_proven,
    )


async def probe(fetching: Fetching, wanted: Wanted) -> Body:
    """The first good answer. Raises StabilityError when no try brings one."""
    route = fetching.route
    while True:
        generation = route.generation
        try:
            request = await fetching.address()
            body = await Body.open(fetching.services.client, request, wanted, fetching.clock, fetching.patience)
        except StabilityError as error:
            if may_have_expired(error) and route.expire(generation):
                continue
            if not is_passing(error):
                raise
            await fetching.back_off(error)
        else:
            route.works(body.url)
            fetching.live.host = fetching.flow.host = body.host
            fetching.flow.named = route.named
            return body


async def check_size(fetching: Fetching, body: Body) -> None:
    """Raise SizeMismatch where the file is not as large as the hub said, or what comes instead of it; LengthUnknown
    where nothing would tell whether it came whole."""
    promised, offered = fetching.order.resource.size, body.remote.size
    if promised is not None and offered is not None and promised != offered:
        seconds = min(_LOOK_SECONDS, fetching.retries.longest_wait(fetching.clock.monotonic()))
        with contextlib.suppress(TimeoutError), fetching.clock.fail_after(seconds):
            await _look_at(fetching, body, offered)
        raise SizeMismatch(host=body.host, actual_bytes=offered, expected_bytes=promised)
    if promised is None and not body.remote.is_delimited and not fetching.is_proven:
        raise LengthUnknown(host=body.host)


async def _look_at(fetching: Fetching, body: Body, size: int) -> None:
    """Raise WebPage or LfsPointer where the answer begins like one."""
    came = 0
    while body.start == 0 and came < min(SNIFFED, size):
        chunk = await body.read()
        if not chunk:
            return
        fetching.look(body, chunk, came, size)
        came += len(chunk)
