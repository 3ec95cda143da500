"""What waits until the first children are there: looking for files, sums, quarantine, notices, and the hubs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal

from stabilitydl.gui.beginning import Beginning


class Everything(QObject):
    """Bridge, list, sums and quarantine in one: notes what is asked."""

    answered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def start(self, collection: str) -> None:
        self.asked.append(f"start {collection}")

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_args: self.asked.append(name)


@pytest.fixture
def parts(qapp: object) -> Everything:
    return Everything()


def beginning(parts: Any) -> Beginning:
    return Beginning(parts, parts, parts, parts, lambda problems: None, parts)


def test_the_rest_is_asked_for_after_the_first_children(parts: Everything) -> None:
    made = beginning(parts)
    made.start("abc")
    assert parts.asked == ["start abc", "go_on"]
    assert not made._rest.isActive()
    parts.answered.emit()
    assert made._rest.isActive()
    made._rest.stop()
    made._rest.timeout.emit()
    assert parts.asked[2:] == ["refresh", "ask", "ask", "load_notices", "load_hubs"]
    parts.answered.emit()
    assert not made._rest.isActive(), "children of another collection are no start"


def test_a_window_that_closes_asks_no_more(parts: Everything) -> None:
    made = beginning(parts)
    made.start("")
    parts.answered.emit()
    made.stop()
    assert not made._rest.isActive()
