"""Short calls to volumes, each volume's in a thread of its own: one that hangs stalls nobody else's.

Which volume a path lies on is read from the system's list of mounts, so that not even this question can hang.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from ..clock import Clock
from ..lane import Lane
from ..mounts import Mount, mount_of, mounts

P = ParamSpec("P")
T = TypeVar("T")

_FRESH_SECONDS = 2.0
"""How long the list of mounts is believed; an old one only makes somebody wait behind somebody else."""


class Errands:
    """Threads are made when first needed. Belongs to one event loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lanes: dict[str, Lane] = {}
        self._mounts: Sequence[Mount] = ()
        self._places: dict[Path, str] = {}
        self._looked: float | None = None

    @property
    def lanes(self) -> Iterable[Lane]:
        """All threads there are."""
        return list(self._lanes.values())

    async def run(self, path: Path, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``function`` in the thread of the volume that ``path`` lies on."""
        return await self.lane_of(path.parent).run(function, *args, **kwargs)

    async def run_each(
        self, paths: Sequence[Path], arguments: Sequence[tuple[Any, ...]], function: Callable[..., T]
    ) -> list[T]:
        """Run ``function`` with each of ``arguments``, with one hop for each volume; results in their order."""
        groups: dict[Lane, list[int]] = {}
        for place, path in enumerate(paths):
            groups.setdefault(self.lane_of(path.parent), []).append(place)

        def run(places: list[int]) -> list[T]:
            return [function(*arguments[place]) for place in places]

        started = [(places, lane.start(run, places)) for lane, places in groups.items()]
        results: dict[int, T] = {}
        for places, future in started:
            results.update(zip(places, await future, strict=True))
        return [results[place] for place in range(len(paths))]

    def lane_of(self, folder: Path) -> Lane:
        """The thread of the volume that ``folder`` is on."""
        now = self._clock.monotonic()
        if self._looked is None or now - self._looked >= _FRESH_SECONDS:
            self._looked = now
            self._mounts = mounts()
            # Also where nothing was mounted: of all the folders there ever were only those of a moment are known.
            self._places.clear()
        place = self._places.get(folder)
        if place is None:
            place = self._places[folder] = mount_of(folder, self._mounts).place
        if place not in self._lanes:
            self._lanes[place] = Lane(f"errands {place}")
        return self._lanes[place]

    def __repr__(self) -> str:
        return f"<Errands {', '.join(self._lanes)}>"
