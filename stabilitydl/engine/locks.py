"""One lock per resource, held as long as its job lives, against other jobs and other processes.

Nothing locks a collection. The lock files lie in the data directory and stay there: removing one that another
process is about to take would split it in two.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from filelock import FileLock, Timeout

from ..errors import NotWritable


class ResourceLocks:
    """All locks that this engine holds. Calls block for moments only and belong into the lane of the store."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, FileLock] = {}

    def take(self, resource_id: str) -> bool:
        """Try to take the lock of ``resource_id``, without waiting. False when a job here or elsewhere has it.

        Raises NotWritable when lock files cannot be made.
        """
        if resource_id in self._held:
            return False
        # With thread_local, the default, a release in another thread than the one that acquired does nothing.
        lock = FileLock(self._path(resource_id), thread_local=False)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock.acquire(blocking=False)
        except Timeout:
            return False
        except OSError as error:
            raise NotWritable(path=str(self._folder), detail=error.strerror or str(error)) from error
        self._held[resource_id] = lock
        return True

    def release(self, resource_id: str) -> None:
        """Let go of ``resource_id``. May be called again."""
        lock = self._held.pop(resource_id, None)
        if lock is not None:
            lock.release()

    def forget(self, ids: Iterable[str]) -> None:
        """Remove the lock files of resources that left the list and whose locks are held here, and let go of them."""
        for each in ids:
            if each in self._held:
                self._path(each).unlink(missing_ok=True)
                self.release(each)

    def close(self) -> None:
        """Let go of all."""
        for each in list(self._held):
            self.release(each)

    def _path(self, resource_id: str) -> Path:
        return self._folder / f"{resource_id}.lock"

    def __contains__(self, resource_id: object) -> bool:
        return resource_id in self._held

    def __repr__(self) -> str:
        return f"<ResourceLocks {len(self._held)} held in {self._folder}>"
