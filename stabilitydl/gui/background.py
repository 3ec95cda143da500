"""Work that takes too long for the thread of the window."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

_log = logging.getLogger("stabilitydl.gui")
_FAILED = object()


_kept: dict[threading.Thread, object] = {}
"""What each running thread refers to. Qt objects must not be destroyed outside the thread of the window, so the last
reference to them must never be one that a thread drops as it ends."""


@dataclass(frozen=True)
class _Work:
    function: Callable[[], Any]
    done: Callable[[Any], None]


class Background(QObject):
    """Runs functions in a thread, one at a time, and hands each result to ``done`` in the thread of this object.

    Only the latest matters: what is asked for replaces everything that was asked for before, begun or not.
    """

    _ended = Signal(object, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._running: _Work | None = None
        self._next: _Work | None = None
        self._thread: threading.Thread | None = None
        self._dropped = False
        self._is_closed = False
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """Is a result still to come?"""
        return self._next is not None or (self._running is not None and not self._dropped)

    def run(self, function: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Call ``function`` in the thread, then ``done`` with its result here; nothing after `close`."""
        if self._is_closed:
            return
        self._next = _Work(function, done)
        self._dropped = True
        self._start()

    def drop(self) -> None:
        """Whatever was asked for is not wanted any more."""
        self._next = None
        self._dropped = True

    def close(self) -> None:
        """Drop everything and wait for the function that runs.

        An answer that comes late may still ask for more; a thread would then outlive what it reports to.
        """
        self._is_closed = True
        self.drop()
        self._let_go()

    def _start(self) -> None:
        if self._running is not None or self._next is None:
            return
        work, self._next = self._next, None
        self._running = work
        self._dropped = False
        self._thread = threading.Thread(target=self._work, args=(work,), name=self._name, daemon=True)
        _kept[self._thread] = (self, work)
        self._thread.start()

    def _let_go(self) -> None:
        """Wait for the end of the thread, which has nothing more to do than its function."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()
            _kept.pop(thread, None)

    def _work(self, work: _Work) -> None:
        result: Any = _FAILED
        try:
            result = work.function()
        except Exception:  # noqa: BLE001 - whatever it was, the window goes on with what it has
            _log.exception("%s failed", self._name)
        self._ended.emit(work, result)

    @Slot(object, object)
    def _deliver(self, work: _Work, result: Any) -> None:
        wanted = not self._dropped
        self._let_go()
        self._running = None
        if wanted and result is not _FAILED:
            work.done(result)
        self._start()

    def __repr__(self) -> str:
        return f"<Background {self._name}{' busy' if self.is_busy else ''}>"
