"""The icon in the system tray, with the progress of all work, and one notification for many files."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from ..domain.events import AnyEvent, Downloaded, ProgressTick, StateChanged
from ..domain.states import State
from ..text import format_bytes, format_speed
from .theme import LIGHT
from .tr import fill, translate

QUIET_MILLISECONDS = 1500
"""How long nothing may be on its way before it is told what came of everything."""
_SIDE = 64
_BAR = 12
_STEPS = 16


class Tray(QObject):
    """Shows how far all work is, and says once, when it has ended, what came of it.

    Where the desktop has no tray, nothing is shown and nothing fails.
    """

    show_wanted = Signal()
    pause_all_wanted = Signal(bool)
    quit_wanted = Signal()

    def __init__(self, icon: QIcon, parent: QObject) -> None:
        super().__init__(parent)
        self.notifies = True
        self._plain = icon
        self._files = self._bytes = self._failed = 0
        self._ended = 0
        self._step = -1
        self._under_way: set[str] = set()
        self._menu = QMenu()
        self._show = self._menu.addAction("", self.show_wanted.emit)
        self._pause = self._menu.addAction("", lambda: self.pause_all_wanted.emit(True))
        self._resume = self._menu.addAction("", lambda: self.pause_all_wanted.emit(False))
        self._menu.addSeparator()
        self._quit = self._menu.addAction("", self.quit_wanted.emit)
        self._icon = QSystemTrayIcon(icon, self)
        self._icon.setContextMenu(self._menu)
        self._icon.setToolTip("stabilitydl")
        self._icon.activated.connect(self._activated)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MILLISECONDS)
        self._quiet.timeout.connect(self._summarise)
        self.retranslate()
        if self.is_available:
            self._icon.show()

    @property
    def is_available(self) -> bool:
        """Does the desktop have a tray?"""
        return QSystemTrayIcon.isSystemTrayAvailable()

    @property
    def tool_tip(self) -> str:
        """What the icon says."""
        return self._icon.toolTip()

    def apply(self, events: Iterable[AnyEvent]) -> None:
        """Count what ends, and show how far the rest is."""
        for event in events:
            match event:
                case Downloaded():
                    self._files += 1
                    self._bytes += event.bytes
                case StateChanged():
                    self._follow(event)
                case ProgressTick():
                    self._show_progress(event)
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
        """Take the icon away, and let go of its menu, which belongs to no window."""
        self._quiet.stop()
        self._icon.hide()
        self._icon.setContextMenu(None)  # type: ignore[arg-type]
        self._menu.deleteLater()

    def _follow(self, event: StateChanged) -> None:
        if event.new.is_unfinished:
            self._under_way.add(event.resource)
            self._quiet.stop()
            return
        if event.resource in self._under_way:
            self._under_way.discard(event.resource)
            self._ended += 1
        # What leaves the files that are here is being repaired.
        self._failed += event.new.is_trouble and event.old is not State.DOWNLOADED
        if not self._under_way:
            self._ended = 0
            self._show_step(-1)
            self._icon.setToolTip("stabilitydl")
            if self._files or self._failed:
                self._quiet.start()

    def _show_progress(self, tick: ProgressTick) -> None:
        if not self._under_way:
            return
        everything = self._ended + len(self._under_way)
        parts = sum(one.received / one.size for one in tick.entries if one.size)
        done = min(1.0, (self._ended + parts) / everything)
        self._show_step(round(done * _STEPS))
        words = translate("Tray", "{here} of {all} files, {speed}")
        self._icon.setToolTip(
            "stabilitydl\n"
            + fill(words, here=f"{self._ended:,}", all=f"{everything:,}", speed=format_speed(tick.speed))
        )

    def _show_step(self, step: int) -> None:
        if step == self._step:
            return
        self._step = step
        self._icon.setIcon(self._plain if step < 0 else with_bar(self._plain, step / _STEPS))

    def _summarise(self) -> None:
        text = self.summary()
        self._files = self._bytes = self._failed = 0
        if text and self.notifies and self._icon.isVisible():
            self._icon.showMessage("stabilitydl", text, self._plain)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self.show_wanted.emit()


def with_bar(icon: QIcon, done: float) -> QIcon:
    """``icon`` with a bar below it that is full when ``done`` is 1."""
    picture = QPixmap(_SIDE, _SIDE)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawPixmap(0, 0, icon.pixmap(_SIDE, _SIDE))
    for width, color in ((1.0, "track"), (done, "good")):
        painter.setBrush(LIGHT.color(color))
        painter.drawRoundedRect(QRectF(0, _SIDE - _BAR, _SIDE * width, _BAR), _BAR / 2, _BAR / 2)
    painter.end()
    return QIcon(picture)
