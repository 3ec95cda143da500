"""Where each resource of a collection goes: pure, the same answer whatever the order and the time of asking.

In the library layout a file goes to ``<folder>/<type>/<title of the collection>/<path>``, in the flat layout to
``<folder>/<path>``. Files of one collection that some system takes for the same one (``Model.bin`` and
``model.bin``) all get the tag of their resource before the extension, so that none of them depends on who came
first. So does a file whose place is reserved for another resource.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Container, Iterable, Mapping

from ..disk.names import path_key, safe_name, safe_path, shorten
from ..domain.collection import Collection, Layout
from ..domain.resource import Resource
from ..errors import NameTooLong

SUFFIX_ROOM = 32
"""Bytes of a name that the part file and its journal add."""

LONGEST_PATH = 4000
"""Bytes of an absolute path; Linux ends at 4,096 with the part's suffix."""

UNSORTED = "Other"


def folder_of(collection: Collection, resource: Resource) -> str:
    """The folder below which the path of ``resource`` goes."""
    if collection.layout is Layout.FLAT:
        return collection.target
    kind = resource.type or collection.type or UNSORTED
    return os.path.join(collection.target, _part(kind), _part(collection.title))  # noqa: PTH118 - of many thousands


def plain_targets(collection: Collection, resources: Iterable[Resource]) -> dict[str, str]:
    """The absolute target of each resource, by id, twins told apart; reservations of others are not looked at.

    ``resources`` must be all children of the collection: who is whose twin depends on all of them. Raises
    UnsafeName for a path that would leave its folder.
    """
    folders: dict[str, str] = {}
    plain: dict[str, tuple[Resource, str, str]] = {}
    for resource in resources:
        folder = folders.get(resource.type)
        if folder is None:
            folder = folders[resource.type] = folder_of(collection, resource)
        place = _below(folder, resource.path)
        plain[resource.id] = (resource, place, path_key(place))
    keys = Counter(key for _, _, key in plain.values())
    return {resource.id: tagged(place, resource) if keys[key] > 1 else place for resource, place, key in plain.values()}


def settle(
    plain: Mapping[str, str], resources: Iterable[Resource], wanted: Container[str], reserved: Mapping[str, str]
) -> dict[str, str]:
    """The targets of the ``wanted`` ids: their `plain_targets`, unless ``reserved`` (path to id) says otherwise.

    Raises NameTooLong for a path that no shortening of names makes fit.
    """
    holders = {path_key(path): holder for path, holder in reserved.items()}
    result: dict[str, str] = {}
    for resource in resources:
        if resource.id not in wanted:
            continue
        place = plain[resource.id]
        taken = bool(holders) and holders.get(path_key(place), resource.id) != resource.id
        target = tagged(place, resource) if taken else place
        if len(os.fsencode(target)) > LONGEST_PATH:
            raise NameTooLong(path=target)
        result[resource.id] = target
    return result


def tagged(place: str, resource: Resource) -> str:
    """``place`` with the eight digits of its resource before the extension; done twice it stays the same."""
    folder, slash, name = place.rpartition(os.sep)
    stem, extension = os.path.splitext(name)  # noqa: PTH122 - of many thousands
    suffix = f"-{resource.tag}"
    if stem.endswith(suffix):
        return place
    fitting = shorten(stem, SUFFIX_ROOM + len(suffix) + len(extension.encode()))
    return f"{folder}{slash}{fitting}{suffix}{extension}"


def _below(folder: str, path: str) -> str:
    parents, slash, name = safe_path(path).rpartition("/")
    relative = f"{parents}{slash}{shorten(name, SUFFIX_ROOM)}"
    return os.path.join(folder, relative.replace("/", os.sep))  # noqa: PTH118 - of many thousands


def _part(text: str) -> str:
    return shorten(safe_name(text), SUFFIX_ROOM)
