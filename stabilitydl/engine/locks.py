"""One lock per resource, held as long as its job lives, against other jobs and other processes.

Nothing locks a collection. The lock files lie in the data directory and stay there: removing one that another
process is about to take would split it in two.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from ..disk.system import let_go, system
from ..errors import NotWritable


class ResourceLocks:
    """All locks that this engine holds. Calls block for moments only and belong into the lane of the store."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, int] = {}

    def take(self, resource_id: str) -> bool:
        """Try to take the lock of ``resource_id``, without waiting. False when a job here or elsewhere has it.

        Raises NotWritable when lock files cannot be made.
        """
        if resource_id in self._held:
            return False
        try:
            descriptor = self._open(self._path(resource_id))
        except OSError as error:
            raise NotWritable(path=str(self._folder), detail=error.strerror or str(error)) from error
        if descriptor is None:
            return False
        self._held[resource_id] = descriptor
        return True

    def release(self, resource_id: str) -> None:
        """Let go of ``resource_id``. May be called again."""
        descriptor = self._held.pop(resource_id, None)
        if descriptor is not None:
            let_go(descriptor)

    def forget(self, ids: Iterable[str]) -> None:
        """Remove the lock files of resources that left the list and whose locks are held here, and let go of them."""
        for each in ids:
            if each in self._held:
                system.remove(self._path(each))
                self.release(each)

    def close(self) -> None:
        """Let go of all."""
        for each in list(self._held):
            self.release(each)

    def _path(self, resource_id: str) -> str:
        return os.path.join(self._folder, f"{resource_id}.lock")  # noqa: PTH118 - once for every start of a job

    def _open(self, path: str) -> int | None:
        """The locked file at ``path``, None while another process holds it. Raises OSError."""
        while True:
            try:
                descriptor = system.open_lock(path)
            except FileNotFoundError:
                system.make_folders(os.fspath(self._folder))
                descriptor = system.open_lock(path)
            try:
                if not system.lock(descriptor):
                    let_go(descriptor)
                    return None
                if system.status(descriptor).st_nlink:
                    return descriptor
            except BaseException:
                let_go(descriptor)
                raise
            # Whoever held it removed the file, and somebody else may have made it anew by now.
            let_go(descriptor)

    def __contains__(self, resource_id: object) -> bool:
        return resource_id in self._held

    def __repr__(self) -> str:
        return f"<ResourceLocks {len(self._held)} held in {self._folder}>"
