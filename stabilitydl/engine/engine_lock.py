"""The engine lock of a data directory: who holds it runs the engine there. The system lets go of it when he dies.

Where locks of files mean nothing, or cannot be had, a record of the process stands for it: see `disk.owner`.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from ..disk.hold import keeps_others_out
from ..disk.owner import Owner
from ..disk.system import let_go, system
from ..errors import NotWritable

NAME = "engine.lock"


class EngineLock:
    """The one lock of the data directory whose lock files lie in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / NAME
        self._descriptor = -1
        self._owner: Owner | None = None

    @property
    def is_held(self) -> bool:
        """Is it held by this object?"""
        return self._descriptor >= 0

    def take(self) -> bool:
        """Try to take it, without waiting. False when somebody else has it.

        Raises NotWritable when the lock file cannot be made.
        """
        if self.is_held:
            return True
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return self._take()
        except OSError as error:
            raise NotWritable(path=str(self._folder), detail=error.strerror or str(error)) from error

    def _take(self) -> bool:
        """Raises OSError."""
        with contextlib.ExitStack() as otherwise:
            descriptor = system.open_lock(os.fspath(self._path))
            otherwise.callback(let_go, descriptor)
            if not system.lock(descriptor):
                return False
            if not keeps_others_out(self._path):
                self._owner = Owner.take(self._path, self._path)
                if self._owner is None:
                    return False
            otherwise.pop_all()
            self._descriptor = descriptor
            return True

    def release(self) -> None:
        """Let go of it. May be called again."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            let_go(descriptor)
        owner, self._owner = self._owner, None
        if owner is not None:
            with contextlib.suppress(OSError):
                owner.let_go()

    def __repr__(self) -> str:
        return f"<EngineLock {self._folder}{' held' if self.is_held else ''}>"
