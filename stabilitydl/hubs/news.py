"""What is new in a collection that is known: the children that are known, compared with what its hub lists now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ..domain.collection import Collection
from ..domain.resource import Resource
from ..http.client import HttpClient
from .protocol import Destination, Expansion, Hub, Locator, News


class ListsAgain:
    """For hubs that have no quicker way to find what is new than to list a collection again."""

    async def newer(self: Hub, collection: Collection, resources: Sequence[Resource], client: HttpClient) -> News:
        """See `protocol.Hub.newer`."""
        return await list_again(self, locator_of(collection), collection, resources, client)


async def list_again(
    hub: Hub, locator: Locator, collection: Collection, resources: Sequence[Resource], client: HttpClient
) -> News:
    """What is new where ``hub`` lists ``locator`` for the folder of ``collection``. Raises StabilityError."""
    destination = Destination(Path(collection.key.target), collection.layout)
    return compare(resources, await hub.expand(locator, destination, client))


def locator_of(collection: Collection) -> Locator:
    """A locator for the whole of a collection that is known."""
    key = collection.key
    return Locator(hub=key.hub, text=collection.locator, kind=key.kind, identity=key.identity, revision=key.revision)


def compare(known: Iterable[Resource], expansion: Expansion) -> News:
    """What ``expansion`` lists besides the ``known`` children of its collection, and what it lists no more.

    Where it is not all that there is, nothing is known to be gone.
    """
    before = {child.id: child for child in known}
    listed = {child.id for child in expansion.resources}
    places: dict[tuple[str, str], Resource] = {}
    if expansion.is_whole:
        places = {_place(child): child for child in before.values() if child.id not in listed}
    added: list[Resource] = []
    changed: list[tuple[Resource, Resource]] = []
    for child in expansion.resources:
        if child.id in before:
            continue
        old = places.pop(_place(child), None)
        if old is None:
            added.append(child)
        else:
            changed.append((old, child))
    versions = {child.version_id for child in before.values()}
    names = (child.version or child.version_id for child in added if child.version_id not in versions)
    return News(
        expansion=expansion,
        versions=tuple(dict.fromkeys(names)),
        added=tuple(added),
        changed=tuple(changed),
        gone=tuple(places.values()),
    )


def _place(child: Resource) -> tuple[str, str]:
    """Where only one file can be at a time."""
    return child.version_id, child.path
