"""What subscribers believe, so that they can be told what they missed while one owner ended and the next began."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..domain.checksum import Verification
from ..domain.events import AnyEvent, Downloaded, ResourcesRemoved, StateChanged
from ..domain.resource import ResourceSnapshot
from ..domain.states import State


class Known:
    """The last state that subscribers saw of everything that was not settled then. Pure bookkeeping."""

    def __init__(self) -> None:
        self.has_begun = False
        self._moves: dict[str, StateChanged] = {}

    @property
    def ids(self) -> list[str]:
        return list(self._moves)

    def note(self, events: Iterable[AnyEvent]) -> None:
        """Follow what subscribers are told."""
        for event in events:
            match event:
                case StateChanged():
                    if event.new.is_settled:
                        self._moves.pop(event.resource, None)
                    else:
                        self._moves[event.resource] = event
                case ResourcesRemoved():
                    for each in event.resources:
                        self._moves.pop(each, None)
                case _:
                    continue

    def correct(self, rows: Sequence[ResourceSnapshot]) -> list[AnyEvent]:
        """The events that lead from what subscribers believe to ``rows``, how all `ids` stand that are still listed."""
        events: list[AnyEvent] = []
        left = dict(self._moves)
        for row in rows:
            believed = left.pop(row.id, None)
            if believed is not None and believed.new is not row.state:
                events += _corrections(believed.new, row)
        events += [ResourcesRemoved(collection=move.collection, resources=(each,)) for each, move in left.items()]
        return events

    def __repr__(self) -> str:
        return f"<Known {len(self._moves)} not settled>"


def _corrections(believed: State, row: ResourceSnapshot) -> list[AnyEvent]:
    events: list[AnyEvent] = [
        StateChanged(
            resource=row.id,
            collection=row.resource.collection,
            name=row.resource.name,
            old=believed,
            new=row.state,
            received=row.received,
            problem=row.problem,
            wait=row.wait,
            position=row.position,
            priority=row.priority,
        )
    ]
    if row.state is State.DOWNLOADED:
        size = row.file_size or 0
        events.append(
            Downloaded(
                resource=row.id,
                collection=row.resource.collection,
                name=row.resource.name,
                path=row.target or "",
                bytes=size,
                # It was on its way when it was last seen.
                fetched=size,
                verification=row.verification or Verification.UNVERIFIABLE,
                sha256=row.sha256,
            )
        )
    return events
