"""Which collection a COLLECTION on the command line means."""

from __future__ import annotations

from collections.abc import Sequence

from ..domain.collection import Collection
from ..errors import UnknownCollection, UnknownLocator, UsageError

SHORTEST = 4
"""Characters of an id that must be typed at least."""


def find_collections(listed: Sequence[Collection], names: Sequence[str]) -> list[Collection]:
    """The collections that ``names`` stand for, each once, in the order of the list.

    A name is an id, the beginning of exactly one id, or a locator; a locator stands for every folder that it was
    asked for. Raises UnknownCollection for a name that stands for nothing or for too much.
    """
    found = {collection.id for name in names for collection in _find(listed, name.strip())}
    return [collection for collection in listed if collection.id in found]


def _find(listed: Sequence[Collection], name: str) -> list[Collection]:
    lower = name.lower()
    exact = [collection for collection in listed if collection.id == lower or collection.locator == name]
    if exact:
        return exact
    beginning = [collection for collection in listed if len(name) >= SHORTEST and collection.id.startswith(lower)]
    if len(beginning) == 1:
        return beginning
    same = _same_locator(listed, name) if not beginning else []
    if not same:
        raise UnknownCollection(name=name)
    return same


def _same_locator(listed: Sequence[Collection], name: str) -> list[Collection]:
    """Those that came from the same place, written in another way."""
    from ..demo.hub import DemoHub
    from ..hubs.registry import Registry

    try:
        _, locator = Registry.standard(DemoHub()).find(name)
    except (UnknownLocator, UsageError):
        return []
    identities = {locator.identity, f"{locator.identity}+{locator.base}"}
    return [
        collection
        for collection in listed
        if (collection.key.hub, collection.key.kind) == (locator.hub, locator.kind)
        and collection.key.identity in identities
    ]
