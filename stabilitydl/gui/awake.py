"""Keeps the computer awake while files download, where the user wants that and the system offers it.

Linux desktops: ``org.freedesktop.ScreenSaver`` on the session bus (freedesktop.org idle inhibition), not waiting for
its answer. Windows: ``SetThreadExecutionState``. Elsewhere nothing happens.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusMessage

_SERVICE, _PATH = "org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"
_ES_CONTINUOUS, _ES_SYSTEM_REQUIRED = 0x80000000, 0x00000001
_IDLE_MILLISECONDS = 5000


class Inhibitor(Protocol):
    """Asks the system to stay awake, until it is let go."""

    def hold(self) -> None: ...

    def let_go(self) -> None: ...


class Awake(QObject):
    """``touch`` at every sign of work holds the computer awake; some seconds without one lets it go."""

    def __init__(self, parent: QObject | None = None, inhibitor: Inhibitor | None = None) -> None:
        super().__init__(parent)
        self.enabled = False
        self._holds = False
        self._inhibitor = inhibitor or _inhibitor(self)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(_IDLE_MILLISECONDS)
        self._idle.timeout.connect(self.release)

    @property
    def holds(self) -> bool:
        """Is the computer asked to stay awake?"""
        return self._holds

    def touch(self) -> None:
        """Files are coming in right now."""
        if not self.enabled:
            self.release()
            return
        self._idle.start()
        if not self._holds:
            self._holds = True
            self._inhibitor.hold()

    def release(self) -> None:
        """The computer may sleep."""
        self._idle.stop()
        if self._holds:
            self._holds = False
            self._inhibitor.let_go()


class _Desktop(QObject):
    """The session bus; where there is none, nothing happens. Qt's part for it is loaded when it is first needed."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._cookie: int | None = None
        self._wanted = False

    def hold(self) -> None:
        self._wanted = True
        self._call("Inhibit", ["stabilitydl", "Files are being downloaded"], self._take)

    def let_go(self) -> None:
        self._wanted = False
        if self._cookie is not None:
            cookie, self._cookie = self._cookie, None
            self._call("UnInhibit", [cookie], _nothing)

    def _take(self, reply: QDBusMessage) -> None:
        from PySide6.QtDBus import QDBusMessage

        if reply.type() == QDBusMessage.MessageType.ReplyMessage and reply.arguments():
            self._cookie = int(reply.arguments()[0])
            if not self._wanted:
                self.let_go()

    def _call(self, method: str, arguments: list[object], then: Callable[[QDBusMessage], None]) -> None:
        from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            return
        message = QDBusMessage.createMethodCall(_SERVICE, _PATH, _SERVICE, method)
        message.setArguments(arguments)
        watcher = QDBusPendingCallWatcher(bus.asyncCall(message), self)
        watcher.finished.connect(lambda done: then(done.reply()))
        watcher.finished.connect(watcher.deleteLater)


class _Windows:
    def hold(self) -> None:
        _set_execution_state(_ES_CONTINUOUS | _ES_SYSTEM_REQUIRED)

    def let_go(self) -> None:
        _set_execution_state(_ES_CONTINUOUS)


class _Nothing:
    def hold(self) -> None:
        """The system offers nothing."""

    def let_go(self) -> None:
        """The system offers nothing."""


def _inhibitor(parent: QObject) -> Inhibitor:
    if sys.platform == "win32":
        return _Windows()
    return _Desktop(parent) if sys.platform == "linux" else _Nothing()


def _set_execution_state(flags: int) -> None:
    if sys.platform == "win32":
        ctypes.windll.kernel32.SetThreadExecutionState(flags)


def _nothing(reply: QDBusMessage) -> None:
    """Nobody waits for this answer."""
