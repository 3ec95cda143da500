"""What tells of the work as a whole: speed and progress in toolbar, activity panel and tray, and keeping awake."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..domain.collection import CollectionSnapshot
from ..domain.events import AnyEvent, Downloaded, ProgressTick
from ..domain.states import State
from .activity import Activity
from .awake import Awake
from .planning import Planning
from .toolbar import Toolbar
from .totals import Totals
from .tray import Tray


class Indicators:
    """Shows each tick, and that there is work at all. ``names`` tells what its running children are called, by id."""

    def __init__(
        self,
        toolbar: Toolbar,
        activity: Activity,
        tray: Tray,
        awake: Awake,
        totals: Totals,
        planning: Planning,
        names: Callable[[ProgressTick], Mapping[str, str]],
    ) -> None:
        self._toolbar = toolbar
        self._activity = activity
        self._tray = tray
        self._awake = awake
        self._totals = totals
        self._planning = planning
        self._names = names

    def apply(self, events: Sequence[AnyEvent]) -> None:
        """Follow the engine."""
        self._tray.apply(events)
        for event in events:
            if isinstance(event, ProgressTick):
                self._show_tick(event)
            elif isinstance(event, Downloaded):
                self._totals.ask_soon()

    def show_work(self, collections: Sequence[CollectionSnapshot]) -> None:
        """Offer to pause what is unfinished and to resume what is paused."""
        self._activity.setVisible(bool(collections))
        unfinished = paused = 0
        for snapshot in collections:
            for state, count in snapshot.summary.states.items():
                unfinished += count if state.is_unfinished else 0
                paused += count if state is State.PAUSED else 0
        self._toolbar.show_work(unfinished, paused)

    def _show_tick(self, tick: ProgressTick) -> None:
        self._toolbar.show_speed(tick.speed)
        self._activity.show_tick(tick, self._names(tick))
        self._planning.speed = tick.speed or self._planning.speed
        if tick.entries:
            self._awake.touch()

    def __repr__(self) -> str:
        return f"<Indicators {self._tray.tool_tip!r}>"
