"""One file from several addresses: the next one takes over in mid-file when one fails, lies or is slow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..domain.resource import Address, Resource
from ..errors import ContentError, DiskError, StabilityError
from ..transfer.order import Arrival, Live, Order, Watcher
from .context import Context
from .pace import unless_slow
from .source import HubSource, nowhere

Place = tuple[Resource, Address]
"""An address, and the resource that its hub knows there."""


async def fetch_from(places: Sequence[Place], order: Order, live: Live, watcher: Watcher, context: Context) -> Arrival:
    """Bring the file from the first of ``places`` that gives it; if all are slow, from the fastest of them.

    Raises the error of the first place when none gives it.
    """
    order = replace(order, is_one_of_many=len(places) > 1)
    first: StabilityError | None = None
    slow: list[tuple[int, Place]] = []
    for place in places:
        fetched = live.fetched
        try:
            arrival = await _fetch(place, order, live, watcher, context, watched=len(places) > 1)
        except DiskError:
            raise
        except StabilityError as error:
            first = first or error
        else:
            if arrival is not None:
                return arrival
            slow.append((live.fetched - fetched, place))
    if slow:
        _, fastest = max(slow, key=lambda each: each[0])
        arrival = await _fetch(fastest, order, live, watcher, context, watched=False)
        assert arrival is not None, "nobody watched"
        return arrival
    raise first or nowhere(order.resource)


async def _fetch(
    place: Place, order: Order, live: Live, watcher: Watcher, context: Context, *, watched: bool
) -> Arrival | None:
    """None when it was too slow. Raises StabilityError, as the hub of the place explains it."""
    source = HubSource(*place, context.hubs, context.services.client)
    try:
        if not watched:
            return await context.fetch(order, source, live, watcher, context.services)
        return await unless_slow(
            lambda: context.fetch(order, source, live, watcher, context.services),
            live,
            context.clock,
            lambda: context.services.bandwidth.holds_back(order.resource.id),
        )
    except DiskError:
        raise
    except StabilityError as error:
        raise (error if isinstance(error, ContentError) else await source.explain(error)) from error
