"""``lock``: a collection as a lockfile on the standard output, from the store alone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import PurePath

from ..clock import SystemClock
from ..domain.checksum import Algorithm, Checksum
from ..domain.collection import Collection
from ..domain.resource import ResourceSnapshot
from ..domain.states import State
from ..engine.targets import folder_of
from ..errors import NothingMatched, UnknownCollection
from ..hubs.lockfile import Locked, write
from ..hubs.signed import is_marked
from ..paths import Paths
from ..text import format_count
from . import console
from .describe import size_of
from .exit_codes import ExitCode
from .find import find_collections
from .reading import open_store
from .requests import LockRequest


def run(request: LockRequest, paths: Paths) -> int:
    """Write the lockfile, and return the exit code. Raises UnknownCollection, NothingMatched, StoreError."""
    if not paths.database.exists():
        raise UnknownCollection(name=request.collection)
    store = open_store(paths)
    try:
        listed = [snapshot.collection for snapshot in store.collections()]
        chosen = find_collections(listed, [request.collection])
        if len(chosen) > 1:
            raise UnknownCollection(name=request.collection)
        rows = store.resources(chosen[0].id)
    finally:
        store.close()
    wanted = [row for row in rows if _is_wanted(request, row)]
    if not wanted:
        raise NothingMatched(count=len(rows))
    locked = [_locked(chosen[0], row) for row in wanted]
    console.data(write(chosen[0], locked, SystemClock().wall()).rstrip("\n"))
    _warn(rows, wanted, locked)
    return ExitCode.OK


def _is_wanted(request: LockRequest, row: ResourceSnapshot) -> bool:
    """What the hub lists, or what is here of it and of what it listed before."""
    if row.superseded and not request.downloaded:
        return False
    if row.state is not State.DOWNLOADED and (request.downloaded or row.resource.blocked is not None):
        return False
    return request.filter.keeps(row.resource)


def _locked(collection: Collection, row: ResourceSnapshot) -> Locked:
    """A child with the path that it really has, and with the digest of the file that arrived."""
    resource = row.resource
    checksums = resource.checksums
    if (
        row.state is State.DOWNLOADED
        and row.sha256
        and not any(each.algorithm is Algorithm.SHA256 for each in checksums)
    ):
        checksums = (Checksum(Algorithm.SHA256, row.sha256), *checksums)
    path = resource.path
    folder = folder_of(collection, resource)
    if row.target is not None and row.target.startswith(folder + os.sep):
        path = PurePath(row.target).relative_to(folder).as_posix()
    return Locked(resource, path, size_of(row), checksums)


def _warn(rows: Sequence[ResourceSnapshot], wanted: Sequence[ResourceSnapshot], locked: Sequence[Locked]) -> None:
    left_out = len(rows) - len(wanted)
    bare = sum(1 for one in locked if not one.checksums)
    signed = sum(1 for one in locked if all(is_marked(each.reference) for each in one.resource.addresses))
    if left_out:
        console.say(f"{format_count(left_out, 'file')} left out.")
    if bare:
        console.say(
            f"{format_count(bare, 'file')} without a checksum: whether they are the same again, nobody can tell."
        )
    if signed:
        console.say(f"{format_count(signed, 'file')} came from a signed address, which is not written down.")
