"""How many others start before a queued child."""

from __future__ import annotations

from stabilitydl.domain.states import State
from stabilitydl.gui.queue_order import QueueOrder

from .samples import child, key


def test_priority_counts_before_place() -> None:
    queue = QueueOrder()
    queue.put(
        [
            child(1, State.QUEUED, position=1),
            child(2, State.QUEUED, position=2),
            child(3, State.QUEUED, position=3, priority=5),
            child(4, State.DOWNLOADING),
        ]
    )
    assert [queue.ahead(key(number)) for number in (3, 1, 2, 4)] == [0, 1, 2, None]
    assert len(queue) == 3
    assert repr(queue) == "<QueueOrder 3>"


def test_nothing_is_said_of_an_order_that_depends_on_sizes() -> None:
    queue = QueueOrder()
    queue.put([child(1, State.QUEUED, position=1)])
    queue.is_known = False
    assert queue.ahead(key(1)) is None
    queue.is_known = True
    assert queue.ahead(key(1)) == 0


def test_who_comes_later_starts_later_and_who_starts_leaves() -> None:
    queue = QueueOrder()
    queue.put([child(1, State.QUEUED, position=7)])
    assert queue.move(key(3), State.QUEUED, position=8)
    assert queue.move(key(2), State.QUEUED, position=9)
    assert not queue.move(key(2), State.QUEUED, position=9)
    assert [queue.ahead(key(number)) for number in (1, 3, 2)] == [0, 1, 2]
    assert queue.move(key(2), State.QUEUED, position=6)
    assert [queue.ahead(key(number)) for number in (2, 1, 3)] == [0, 1, 2]
    assert queue.move(key(1), State.RESOLVING)
    assert not queue.move(key(1), State.DOWNLOADING)
    assert [queue.ahead(key(number)) for number in (2, 3)] == [0, 1]


def test_a_later_snapshot_replaces_an_earlier_one() -> None:
    queue = QueueOrder()
    queue.put([child(1, State.QUEUED, position=1), child(2, State.QUEUED, position=2)])
    queue.put([child(1, State.PAUSED), child(2, State.QUEUED, position=2)])
    assert queue.ahead(key(1)) is None
    assert queue.ahead(key(2)) == 0
    assert queue.ids == [key(2)]
