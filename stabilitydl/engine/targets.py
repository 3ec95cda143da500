"""Where each resource of a collection goes: pure, the same answer whatever the order and the time of asking.

In the library layout a file goes to ``<folder>/<type>/<title of the collection>/<path>``, in the flat layout to
``<folder>/<path>``. Files of one collection that some system takes for the same one (``Model.bin`` and
``model.bin``) all get the tag of their resource before the extension, so that none of them depends on who came
first. So does a file whose place is reserved for another resource.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection as Container
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from ..disk.names import path_key, safe_name, safe_path, shorten
from ..domain.collection import Collection, Layout
from ..domain.resource import Resource
from ..errors import NameTooLong

SUFFIX_ROOM = 32
"""Bytes of a name that the part file and its journal add."""

LONGEST_PATH = 4000
"""Bytes of an absolute path; Linux ends at 4,096 with the part's suffix."""

UNSORTED = "Other"


def folder_of(collection: Collection, resource: Resource) -> Path:
    """The folder below which the path of ``resource`` goes."""
    root = Path(collection.target)
    if collection.layout is Layout.FLAT:
        return root
    kind = resource.type or collection.type or UNSORTED
    return root / _part(kind) / _part(collection.title)


def plain_targets(collection: Collection, resources: Iterable[Resource]) -> dict[str, Path]:
    """The absolute target of each resource, by id, twins told apart; reservations of others are not looked at.

    ``resources`` must be all children of the collection: who is whose twin depends on all of them. Raises
    UnsafeName for a path that would leave its folder.
    """
    plain = {resource.id: (resource, _place(collection, resource)) for resource in resources}
    keys = Counter(path_key(str(path)) for _, path in plain.values())
    return {
        each: tagged(path, resource) if keys[path_key(str(path))] > 1 else path
        for each, (resource, path) in plain.items()
    }


def targets(
    collection: Collection, resources: Iterable[Resource], wanted: Container[str], reserved: Mapping[str, str]
) -> dict[str, Path]:
    """The targets of the ``wanted`` ids. ``reserved`` maps paths to the id that holds them.

    Raises UnsafeName, and NameTooLong for a path that no shortening of names makes fit.
    """
    holders = {path_key(path): holder for path, holder in reserved.items()}
    by_id = {resource.id: resource for resource in resources}
    result: dict[str, Path] = {}
    for each, path in plain_targets(collection, by_id.values()).items():
        if each not in wanted:
            continue
        taken = holders.get(path_key(str(path)), each) != each
        target = tagged(path, by_id[each]) if taken else path
        if len(str(target).encode("utf-8", "surrogatepass")) > LONGEST_PATH:
            raise NameTooLong(path=str(target))
        result[each] = target
    return result


def tagged(path: Path, resource: Resource) -> Path:
    """``path`` with the eight digits of its resource before the extension; done twice it stays the same."""
    suffix = f"-{resource.tag}"
    extension = path.suffix if path.stem else ""
    stem = path.name.removesuffix(extension)
    if stem.endswith(suffix):
        return path
    fitting = shorten(stem, SUFFIX_ROOM + len(suffix) + len(extension.encode("utf-8", "surrogatepass")))
    return path.with_name(f"{fitting}{suffix}{extension}")


def _place(collection: Collection, resource: Resource) -> Path:
    relative = PurePosixPath(safe_path(resource.path))
    place = folder_of(collection, resource).joinpath(*relative.parts)
    return place.with_name(shorten(place.name, SUFFIX_ROOM))


def _part(text: str) -> str:
    return shorten(safe_name(text), SUFFIX_ROOM)
