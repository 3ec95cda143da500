"""Subscribers: everything in order, a slow one bounded, a failing one harmless."""

from __future__ import annotations

import threading

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stabilitydl.domain.events import (
    AnyEvent,
    CollectionRemoved,
    Downloaded,
    ProgressTick,
    ResourcesRemoved,
    RetryScheduled,
    StateChanged,
)
from stabilitydl.domain.states import State
from stabilitydl.engine.publisher import LIMIT, Publisher, join
from stabilitydl.errors import Problem

pytestmark = pytest.mark.anyio


def moved(resource: str, old: State, new: State) -> StateChanged:
    return StateChanged(resource=resource, collection="c", name=resource, old=old, new=new)


def tick(speed: float) -> ProgressTick:
    return ProgressTick(entries=(), speed=speed)


def test_events_come_in_order_and_only_the_last_progress() -> None:
    publisher = Publisher()
    subscription = publisher.subscribe()
    first = moved("a", State.MISSING, State.QUEUED)
    second = moved("a", State.QUEUED, State.RESOLVING)
    publisher.publish(tick(1), first)
    publisher.publish(tick(2))
    publisher.publish(second)
    assert subscription.take() == [first, second, tick(2)]
    assert subscription.take() == []


def test_ready_is_called_when_something_comes_after_nothing() -> None:
    publisher, calls = Publisher(), []
    subscription = publisher.subscribe(lambda: calls.append(1))
    publisher.publish(tick(1))
    publisher.publish(tick(2))
    assert len(calls) == 1
    subscription.take()
    publisher.publish(tick(3))
    assert len(calls) == 2
    publisher.publish()
    subscription.close()
    subscription.close()
    publisher.publish(tick(4))
    assert len(calls) == 2


def test_a_slow_subscriber_is_bounded_by_the_number_of_resources() -> None:
    publisher = Publisher()
    subscription = publisher.subscribe()
    for _ in range(3 * LIMIT):
        publisher.publish(moved("a", State.QUEUED, State.RESOLVING), tick(1))
        publisher.publish(moved("a", State.RESOLVING, State.QUEUED), moved("b", State.QUEUED, State.PAUSED))
    assert len(subscription._events) <= LIMIT
    events = subscription.take()
    assert isinstance(events[-1], ProgressTick)
    states = [event for event in events if isinstance(event, StateChanged)]
    assert {event.resource: event.new for event in states} == {"a": State.QUEUED, "b": State.PAUSED}


def test_joining_keeps_the_last_news_of_each_kind() -> None:
    problem = Problem("connection-lost")
    arrived = Downloaded(
        resource="a", collection="c", name="a", path="/a", bytes=1, fetched=1, verification="verified", sha256=None
    )
    events: list[AnyEvent] = [
        moved("a", State.QUEUED, State.RESOLVING),
        RetryScheduled(resource="a", collection="c", problem=problem, after=1),
        RetryScheduled(resource="a", collection="c", problem=problem, after=2),
        ResourcesRemoved(collection="c", resources=("x",)),
        ResourcesRemoved(collection="c", resources=("y",)),
        CollectionRemoved(collection="d"),
        moved("a", State.RESOLVING, State.DOWNLOADED),
        arrived,
    ]
    assert join(events) == [
        RetryScheduled(resource="a", collection="c", problem=problem, after=2),
        ResourcesRemoved(collection="c", resources=("x",)),
        ResourcesRemoved(collection="c", resources=("y",)),
        CollectionRemoved(collection="d"),
        moved("a", State.QUEUED, State.DOWNLOADED),
        arrived,
    ]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(list(State)))))
def test_joined_moves_lead_from_the_first_state_to_the_last(steps: list[tuple[str, State]]) -> None:
    before: dict[str, State] = {}
    events: list[AnyEvent] = []
    for resource, state in steps:
        events.append(moved(resource, before.get(resource, State.MISSING), state))
        before[resource] = state
    joined = [event for event in join(events) if isinstance(event, StateChanged)]
    assert {event.resource: event.new for event in joined} == before
    assert all(event.old is State.MISSING for event in joined)
    assert len(joined) == len(before)


async def test_iteration_waits_for_events_and_ends_with_the_publisher() -> None:
    publisher = Publisher()
    subscription = publisher.subscribe()
    batches: list[list[AnyEvent]] = []

    async def read() -> None:
        batches.extend([batch async for batch in subscription])

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read)
        await anyio.wait_all_tasks_blocked()
        publisher.publish(tick(1))
        await anyio.wait_all_tasks_blocked()
        publisher.publish(tick(2))
        publisher.publish(tick(3))
        await anyio.wait_all_tasks_blocked()
        publisher.publish(tick(4))
        publisher.close()
    assert batches == [[tick(1)], [tick(3)], [tick(4)]]
    assert repr(subscription) == "<Subscription 0 waiting closed>"


def test_a_listener_that_fails_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    publisher, heard = Publisher(), []

    def fail(batch: object) -> None:
        raise ValueError("boom")

    publisher.listen(fail)
    publisher.listen(heard.extend)
    publisher.publish(tick(1))
    publisher.publish(tick(2))
    assert heard == [tick(1), tick(2)]
    assert caplog.text.count("ValueError: boom") == 1
    assert repr(publisher) == "<Publisher 1 subscribers>"


def test_events_can_be_taken_in_any_thread() -> None:
    publisher = Publisher()
    subscription = publisher.subscribe()
    taken: list[AnyEvent] = []
    done = threading.Event()

    def reader() -> None:
        while not done.is_set() or subscription._events:
            taken.extend(subscription.take())

    thread = threading.Thread(target=reader)
    thread.start()
    events = [moved(str(number), State.QUEUED, State.PAUSED) for number in range(2000)]
    for event in events:
        publisher.publish(event)
    done.set()
    thread.join()
    assert taken == events
