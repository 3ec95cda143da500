"""The bar at the top: add, paste or search, the speed of everything, its limit, pause all, settings."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QToolButton

from ..text import format_speed
from .theme import SPACE, TOOLBAR_HEIGHT, mark
from .tr import fill, translate

_MB = 1_000_000
LIMITS = (0, 1 * _MB, 5 * _MB, 10 * _MB, 25 * _MB, 50 * _MB, 100 * _MB)
"""Offered limits in bytes per second; 0 is none."""


class Toolbar(QFrame):
    """Only translates clicks into signals: nothing here changes before an event says so."""

    add_wanted = Signal()
    locator_entered = Signal(str)
    search_changed = Signal(str)
    limit_chosen = Signal(object)
    pause_all_wanted = Signal(bool)
    settings_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        mark(self, surface="panel", edge="bottom")
        self.setFixedHeight(TOOLBAR_HEIGHT)
        self._limit = 0
        self._paused = False
        self.add = QPushButton()
        mark(self.add, role="primary")
        self.add.clicked.connect(self.add_wanted)
        self.field = QLineEdit()
        self.field.setClearButtonEnabled(True)
        self.field.setMaximumWidth(480)
        self.field.returnPressed.connect(self._enter)
        self.field.textChanged.connect(self.search_changed)
        self.speed = QLabel()
        mark(self.speed, kind="strong")
        self.speed.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.limit = QToolButton()
        mark(self.limit, role="flat")
        self.limit.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self.limit.setMenu(self._menu)
        self.pause_all = QPushButton()
        self.pause_all.clicked.connect(lambda: self.pause_all_wanted.emit(not self._paused))
        self.settings = QPushButton("\u2699")
        mark(self.settings, role="tool")
        self.settings.setShortcut(QKeySequence.StandardKey.Preferences)
        self.settings.clicked.connect(self.settings_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(SPACE)
        row.addWidget(self.add)
        row.addWidget(self.field, 1)
        row.addStretch(1)
        for widget in (self.speed, self.limit, self.pause_all, self.settings):
            row.addWidget(widget)
        self.show_speed(0.0)
        self.retranslate()

    def show_speed(self, bytes_per_second: float) -> None:
        """The sum over all running resources."""
        self.speed.setText(f"\u2193 {format_speed(bytes_per_second)}" if bytes_per_second else "")

    def show_limit(self, bytes_per_second: int) -> None:
        """The limit that holds now, 0 for none."""
        self._limit = bytes_per_second
        self.limit.setText(self._limit_text(bytes_per_second))
        self._fill_menu()

    def show_paused(self, paused: bool) -> None:
        """Is everything held back?"""
        self._paused = paused
        self.pause_all.setText(translate("Toolbar", "Resume all") if paused else translate("Toolbar", "Pause all"))

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.add.setText(translate("Toolbar", "+ Add"))
        self.add.setToolTip(translate("Toolbar", "Add model pages or files (Ctrl+N)"))
        self.field.setPlaceholderText(translate("Toolbar", "Paste an address anywhere, or search"))
        self.field.setAccessibleName(translate("Toolbar", "Address or search"))
        self.speed.setAccessibleName(translate("Toolbar", "Download speed"))
        self.limit.setAccessibleName(translate("Toolbar", "Speed limit"))
        self.settings.setAccessibleName(translate("Toolbar", "Settings"))
        self.settings.setToolTip(translate("Toolbar", "Settings (Ctrl+,)"))
        self.show_limit(self._limit)
        self.show_paused(self._paused)

    def _limit_text(self, limit: int) -> str:
        if not limit:
            return translate("Toolbar", "no limit")
        return fill(translate("Toolbar", "at most {speed}"), speed=format_speed(limit))

    def _fill_menu(self) -> None:
        self._menu.clear()
        group = QActionGroup(self._menu)
        for value in sorted({*LIMITS, self._limit}):
            action = QAction(self._limit_text(value), self._menu)
            action.setCheckable(True)
            action.setChecked(value == self._limit)
            action.triggered.connect(lambda _checked, value=value: self.limit_chosen.emit(value))
            group.addAction(action)
            self._menu.addAction(action)

    def _enter(self) -> None:
        text = self.field.text().strip()
        if text:
            self.locator_entered.emit(text)
