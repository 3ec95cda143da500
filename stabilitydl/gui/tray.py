"""The icon in the system tray, and one notification for many files."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from ..domain.events import AnyEvent, Downloaded, ProgressTick, StateChanged
from ..domain.states import State
from ..text import format_bytes, format_speed
from .tr import fill, translate

_QUIET_MILLISECONDS = 1500


class Tray(QObject):
    """Shows the speed in its tool tip and says once, when work has ended, what came of it.

    Where the desktop has no tray, nothing is shown and nothing fails.
    """

    show_wanted = Signal()
    pause_all_wanted = Signal(bool)
    quit_wanted = Signal()

    def __init__(self, icon: QIcon, parent: QObject) -> None:
        super().__init__(parent)
        self.notifies = True
        self._files = self._bytes = self._failed = 0
        self._running: set[str] = set()
        self._menu = QMenu()
        self._show = self._menu.addAction("", self.show_wanted.emit)
        self._pause = self._menu.addAction("", lambda: self.pause_all_wanted.emit(True))
        self._resume = self._menu.addAction("", lambda: self.pause_all_wanted.emit(False))
        self._menu.addSeparator()
        self._quit = self._menu.addAction("", self.quit_wanted.emit)
        self._icon = QSystemTrayIcon(icon, self)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._activated)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET_MILLISECONDS)
        self._quiet.timeout.connect(self._summarise)
        self.retranslate()
        if self.is_available:
            self._icon.show()

    @property
    def is_available(self) -> bool:
        """Does the desktop have a tray?"""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def apply(self, events: Iterable[AnyEvent]) -> None:
        """Count what ends, and show how fast the rest is."""
        for event in events:
            match event:
                case Downloaded():
                    self._files += 1
                    self._bytes += event.bytes
                case StateChanged():
                    self._follow(event)
                case ProgressTick():
                    self._icon.setToolTip(
                        fill(translate("Tray", "stabilitydl \u00b7 {speed}"), speed=format_speed(event.speed))
                    )
                case _:
                    pass

    def summary(self) -> str:
        """The sentence about everything that ended since the last one, empty when nothing did."""
        parts = []
        if self._files:
            template = (
                translate("Tray", "{count} file is here, {bytes}.")
                if self._files == 1
                else translate("Tray", "{count} files are here, {bytes}.")
            )
            parts.append(fill(template, count=f"{self._files:,}", bytes=format_bytes(self._bytes)))
        if self._failed:
            template = (
                translate("Tray", "{count} file needs attention.")
                if self._failed == 1
                else translate("Tray", "{count} files need attention.")
            )
            parts.append(fill(template, count=f"{self._failed:,}"))
        return " ".join(parts)

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self._show.setText(translate("Tray", "Show the window"))
        self._pause.setText(translate("Tray", "Pause all"))
        self._resume.setText(translate("Tray", "Resume all"))
        self._quit.setText(translate("Tray", "Quit"))

    def hide(self) -> None:
        """Take the icon away."""
        self._quiet.stop()
        self._icon.hide()

    def _follow(self, event: StateChanged) -> None:
        if event.new.is_running or event.new is State.QUEUED:
            self._running.add(event.resource)
            self._quiet.stop()
            return
        self._running.discard(event.resource)
        self._failed += event.new.is_trouble
        if not self._running and (self._files or self._failed):
            self._quiet.start()

    def _summarise(self) -> None:
        text = self.summary()
        self._files = self._bytes = self._failed = 0
        if text and self.notifies and self._icon.isVisible():
            self._icon.showMessage("stabilitydl", text, self._icon.icon())

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self.show_wanted.emit()
