"""What tells of the work as a whole hears of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.events import AnyEvent, Downloaded
from stabilitydl.gui.indicators import Indicators
from tests.gui.samples import COLLECTION, key, progress, tick


class Part:
    """Stands for any part of the window: notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.speed = 0.0

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_args: self.told.append(name)


def told_of(event: AnyEvent) -> list[str]:
    """The calls, in order, that ``event`` leads to: of toolbar, activity, tray, keeping awake, sums and plan."""
    part: Any = Part()
    Indicators(part, part, part, part, part, part, lambda tick: {}).apply([event])
    assert part.told[0] == "apply", "the tray hears of everything"
    return list(part.told[1:])


def test_a_file_that_has_come_is_added_up_soon() -> None:
    arrived = Downloaded(
        resource=key(1),
        collection=COLLECTION,
        name="file",
        path="/models/file",
        bytes=3,
        fetched=3,
        verification=Verification.VERIFIED,
        sha256=None,
    )
    assert told_of(arrived) == ["ask_soon"]


def test_a_tick_is_shown_and_keeps_awake_while_something_runs() -> None:
    assert told_of(tick(progress(1))) == ["show_speed", "show_tick", "touch"]
    assert told_of(tick()) == ["show_speed", "show_tick"]
