"""The engine lock of a data directory: who holds it runs the engine there. The system lets go of it when he dies."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from ..errors import NotWritable

NAME = "engine.lock"


class EngineLock:
    """The one lock of the data directory whose lock files lie in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # With thread_local, the default, a release in another thread than the one that acquired does nothing.
        self._lock = FileLock(folder / NAME, thread_local=False)

    @property
    def is_held(self) -> bool:
        """Is it held by this object?"""
        return self._lock.is_locked

    def take(self) -> bool:
        """Try to take it, without waiting. False when somebody else has it.

        Raises NotWritable when the lock file cannot be made.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(blocking=False)
        except Timeout:
            return False
        except OSError as error:
            raise NotWritable(path=str(self._folder), detail=error.strerror or str(error)) from error
        return True

    def release(self) -> None:
        """Let go of it. May be called again."""
        if self._lock.is_locked:
            self._lock.release()

    def __repr__(self) -> str:
        return f"<EngineLock {self._folder}{' held' if self.is_held else ''}>"
