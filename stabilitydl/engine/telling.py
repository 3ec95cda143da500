"""What everybody is told of what a command did."""

from __future__ import annotations

from collections.abc import Iterable

from ..domain.events import CollectionRemoved, ResourcesRemoved, StateChanged
from ..domain.resource import ResourceSnapshot
from .ledger import Applied
from .publisher import Publisher
from .recorder import Recorder


class Telling:
    """Belongs to the commands of one engine."""

    def __init__(self, publisher: Publisher, recorder: Recorder) -> None:
        self._publisher = publisher
        self._recorder = recorder

    def moved(self, applied: Applied) -> None:
        """The states that changed."""
        self._publisher.publish(
            *(
                StateChanged(
                    resource=row.id,
                    collection=row.resource.collection,
                    name=row.resource.name,
                    old=old.state,
                    new=row.state,
                    received=row.received,
                    problem=row.problem,
                    wait=row.wait,
                    position=row.position,
                    priority=row.priority,
                )
                for old, row in zip(applied.before, applied.after, strict=True)
                if old.state is not row.state
            )
        )

    def unlisted(self, rows: Iterable[ResourceSnapshot]) -> None:
        """Superseded children of which nothing is here any more leave the list."""
        for parent, ids in by_collection(row for row in rows if not row.is_listed).items():
            self._publisher.publish(ResourcesRemoved(collection=parent, resources=tuple(ids)))

    async def removed(self, rows: Iterable[ResourceSnapshot]) -> None:
        """They are on the list no more, and neither are collections that are empty now. Raises StoreError."""
        for parent, ids in by_collection(rows).items():
            self._publisher.publish(ResourcesRemoved(collection=parent, resources=tuple(ids)))
            if await self._recorder.commit(lambda ledger, parent=parent: ledger.drop_if_empty(parent)):  # type: ignore[misc]
                self._publisher.publish(CollectionRemoved(collection=parent))

    def __repr__(self) -> str:
        return f"<Telling {self._publisher!r}>"


def by_collection(rows: Iterable[ResourceSnapshot]) -> dict[str, list[str]]:
    """The ids of ``rows``, by the collection that they are in."""
    groups: dict[str, list[str]] = {}
    for row in rows:
        groups.setdefault(row.resource.collection, []).append(row.id)
    return groups
