"""Which process has the window of a data directory: one at most, so that a second start raises the first window."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

Raise = Callable[[Sequence[str]], None]
"""Brings a window to the front, with locators to add. Called in the engine's thread; must not take long."""

_log = logging.getLogger("stabilitydl.engine")


class Desk:
    """Belongs to the loop of the engine."""

    def __init__(self) -> None:
        self._holder: object = None
        self._raise: Raise | None = None

    def claim(self, holder: object, show: Raise, locators: Sequence[str] = ()) -> bool:
        """``holder`` has the window from now on; False when another one has it, which is shown ``locators``."""
        if self._holder is not holder and self.show(locators):
            return False
        self._holder, self._raise = holder, show
        return True

    def show(self, locators: Sequence[str]) -> bool:
        """Raise the window; False when there is none."""
        if self._raise is None:
            return False
        try:
            self._raise(locators)
        except Exception:  # noqa: BLE001 - a window that fails is none, and harms no other process
            _log.exception("the window cannot be raised")
            self._holder = self._raise = None
            return False
        return True

    def leave(self, holder: object) -> None:
        """``holder`` has gone."""
        if self._holder is holder:
            self._holder = self._raise = None

    def __repr__(self) -> str:
        return f"<Desk {'no window' if self._raise is None else self._holder!r}>"
