"""What all hubs share when they list files: the key of a collection and the place of a child."""

from __future__ import annotations

import hashlib
import os

from ..disk.names import is_dangerous, safe_name, safe_path
from ..domain.collection import CollectionKey
from ..errors import DangerousFileType, Problem, UnsafeName
from .protocol import Destination


def key_for(
    hub: str, endpoint: str, kind: str, identity: str, destination: Destination, *, revision: str = ""
) -> CollectionKey:
    """The key that makes the same page, asked for the same folder, the same collection."""
    target = os.fspath(destination.root)
    return CollectionKey(hub=hub, endpoint=endpoint, kind=kind, identity=identity, revision=revision, target=target)


def place(path: str) -> tuple[str, Problem | None]:
    """Where a file that its hub calls ``path`` goes, and why it is blocked, if it is.

    A path that would leave its folder stays listed under a harmless name, blocked; so does a program or script.
    """
    try:
        placed = safe_path(path)
    except UnsafeName as error:
        return _harmless(path), error.problem
    name = name_of(placed)
    return placed, DangerousFileType(name=name).problem if is_dangerous(name) else None


def _harmless(path: str) -> str:
    """A file name that recalls ``path``, or stands for it where even its letters would climb once decoded."""
    name = safe_name(path)
    try:
        return safe_path(name)
    except UnsafeName:
        return f"file-{hashlib.sha256(path.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def name_of(path: str) -> str:
    """The last part of a relative path."""
    return path.rpartition("/")[2]
