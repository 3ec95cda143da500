"""Subscribers: state changes reach them at once, progress as one batch per tick.

A subscriber that is slow loses nothing but outdated news: of several progress ticks only the last is kept, and
past a limit the moves of one resource are joined into one. So what waits for it is bounded by the number of
resources, not by time.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Sequence

import anyio
import msgspec

from ..domain.events import (
    AnyEvent,
    CollectionAdded,
    CollectionRemoved,
    Downloaded,
    LimitChanged,
    LoginWanted,
    PictureChanged,
    ProgressTick,
    ResourcesRemoved,
    RetryScheduled,
    StateChanged,
)

LIMIT = 4096
"""Events that wait for one subscriber before they are joined."""

_log = logging.getLogger("stabilitydl.engine")


class Subscription:
    """The events of one subscriber, in order. Iterate over it in the engine's loop, or `take` them in any thread.

    ``ready``, if given, is called in the engine's thread whenever something is there after nothing was.
    """

    def __init__(self, publisher: Publisher, ready: Callable[[], None] | None = None) -> None:
        self._publisher = publisher
        self._ready = ready
        self._mutex = threading.Lock()
        self._events: list[AnyEvent] = []
        self._progress: ProgressTick | None = None
        self._limit = LIMIT
        self._arrived = anyio.Event()
        self._closed = False

    def put(self, events: Iterable[AnyEvent]) -> None:
        """For the publisher: add ``events``. Called in the engine's thread only."""
        with self._mutex:
            was_empty = not self._events and self._progress is None
            for event in events:
                if isinstance(event, ProgressTick):
                    self._progress = event
                else:
                    self._events.append(event)
            if len(self._events) > self._limit:
                self._events = join(self._events)
                self._limit = max(LIMIT, 2 * len(self._events))
        if was_empty:
            self._arrived.set()
            if self._ready is not None:
                self._ready()

    def take(self) -> list[AnyEvent]:
        """What is there now, perhaps nothing; progress comes last. May be called in any thread."""
        with self._mutex:
            events, self._events = self._events, []
            if self._progress is not None:
                events.append(self._progress)
                self._progress = None
            return events

    async def batch(self) -> list[AnyEvent]:
        """The next events, at least one; an empty list after `close`. For the engine's loop only."""
        while not (events := self.take()) and not self._closed:
            self._arrived = anyio.Event()
            await self._arrived.wait()
        return events

    async def __aiter__(self) -> AsyncIterator[list[AnyEvent]]:
        while events := await self.batch():
            yield events

    def close(self) -> None:
        """No more events; an iteration ends. Called in the engine's thread; may be called again."""
        self._closed = True
        self._publisher.remove(self)
        self._arrived.set()

    def __repr__(self) -> str:
        return f"<Subscription {len(self._events)} waiting{' closed' if self._closed else ''}>"


class Publisher:
    """Hands events to all subscribers, without ever waiting for one."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []

    def subscribe(self, ready: Callable[[], None] | None = None) -> Subscription:
        """A new subscriber, from now on."""
        subscription = Subscription(self, ready)
        self._subscriptions.append(subscription)
        return subscription

    def listen(self, callback: Callable[[Sequence[AnyEvent]], None]) -> Subscription:
        """Call ``callback`` with each batch at once, in the engine's thread; it must not take long.

        One that raises is logged and called no more.
        """

        def ready() -> None:
            try:
                callback(subscription.take())
            except Exception:  # noqa: BLE001 - no subscriber harms the others
                _log.exception("a subscriber failed and is left out from now on")
                subscription.close()

        subscription = self.subscribe(ready)
        return subscription

    def publish(self, *events: AnyEvent) -> None:
        """Tell everybody."""
        if events:
            for subscription in list(self._subscriptions):
                subscription.put(events)

    def remove(self, subscription: Subscription) -> None:
        """For `Subscription.close`."""
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    def close(self) -> None:
        """End all subscriptions; what they have not taken yet stays there for them."""
        for subscription in list(self._subscriptions):
            subscription.close()

    def __repr__(self) -> str:
        return f"<Publisher {len(self._subscriptions)} subscribers>"


def join(events: Iterable[AnyEvent]) -> list[AnyEvent]:
    """The same news in fewer events: each resource's moves as one, from its first state to its last.

    An event keeps the place of the last one that was joined into it.
    """
    kept: dict[tuple[type, str], AnyEvent] = {}
    for event in events:
        key = (type(event), _subject(event))
        earlier = kept.pop(key, None)
        if isinstance(event, StateChanged) and isinstance(earlier, StateChanged):
            kept[key] = msgspec.structs.replace(event, old=earlier.old)
        else:
            kept[key] = event
    return list(kept.values())


def _subject(event: AnyEvent) -> str:
    match event:
        case StateChanged() | RetryScheduled() | Downloaded():
            return event.resource
        case CollectionAdded():
            return event.snapshot.id
        case CollectionRemoved():
            return event.collection
        case ResourcesRemoved() | LimitChanged():
            return "\0".join(event.resources)
        case PictureChanged():
            return event.picture.key
        case LoginWanted():
            return event.hub
        case ProgressTick():
            return ""
