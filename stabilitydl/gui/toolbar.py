"""The bar at the top: add, paste or search, the speed of everything, its limit, pause all, settings."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QToolButton

from ..text import format_speed
from .icons import Sign, Tone, put
from .menu_button import MenuButton
from .rate_menu import RateMenu, limit_text
from .theme import SPACE, TOOLBAR_HEIGHT, mark
from .tr import translate

SETTINGS = QKeySequence("Ctrl+,")
ACTIVITY = QKeySequence("Ctrl+J")
ABOUT = QKeySequence("F1")
QUIT = QKeySequence("Ctrl+Q")
_FIELD = 560


class Toolbar(QFrame):
    """Only translates clicks into signals: nothing here changes before an event says so."""

    add_wanted = Signal()
    locator_entered = Signal(str)
    search_changed = Signal(str)
    limit_chosen = Signal(object)
    pause_all_wanted = Signal(bool)
    settings_wanted = Signal()
    activity_wanted = Signal()
    about_wanted = Signal()
    quit_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        mark(self, surface="panel", edge="bottom")
        self.setFixedHeight(TOOLBAR_HEIGHT)
        self._limit = 0
        self._unfinished = self._paused = 0
        self.add = QPushButton()
        mark(self.add, role="primary")
        put(self.add, Sign.ADD, Tone.ON_ACCENT)
        self.add.clicked.connect(self.add_wanted)
        self.field = QLineEdit()
        self.field.setClearButtonEnabled(True)
        self.field.setMaximumWidth(_FIELD)
        self.field.returnPressed.connect(self._enter)
        self.field.textChanged.connect(self.search_changed)
        self.speed = QLabel()
        mark(self.speed, kind="strong")
        self.speed.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.limit = MenuButton("flat")
        self._rates = RateMenu(self, offers_other=False)
        self._rates.chosen.connect(self.limit_chosen)
        self.limit.setMenu(self._rates)
        self.pause_all = QPushButton()
        self.pause_all.clicked.connect(lambda: self.pause_all_wanted.emit(not self._is_held))
        self.more = QToolButton()
        mark(self.more, role="tool")
        put(self.more, Sign.GEAR)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._commands = QMenu(self)
        self.more.setMenu(self._commands)
        self.settings = self._command(SETTINGS, self.settings_wanted)
        self.activity = self._command(ACTIVITY, self.activity_wanted)
        self.about = self._command(ABOUT, self.about_wanted)
        self._commands.addSeparator()
        self.quit = self._command(QUIT, self.quit_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(SPACE)
        row.addWidget(self.add)
        row.addWidget(self.field, 3)
        row.addStretch(1)
        for widget in (self.speed, self.limit, self.pause_all, self.more):
            row.addWidget(widget)
        self.show_speed(0.0)
        self.retranslate()

    def show_speed(self, bytes_per_second: float) -> None:
        """The sum over all running resources."""
        self.speed.setText(f"\u2193 {format_speed(bytes_per_second)}" if bytes_per_second else "")

    def show_limit(self, bytes_per_second: int) -> None:
        """The limit that holds now, 0 for none."""
        self._limit = bytes_per_second
        self.limit.setText(limit_text(bytes_per_second))
        self._rates.show_rate(bytes_per_second)

    def show_work(self, unfinished: int, paused: int) -> None:
        """How many files go on by themselves, and how many are held back: what the button would do follows from it."""
        self._unfinished, self._paused = unfinished, paused
        words = translate("Toolbar", "Resume all") if self._is_held else translate("Toolbar", "Pause all")
        self.pause_all.setText(words)
        put(self.pause_all, Sign.PLAY if self._is_held else Sign.PAUSE)
        self.pause_all.setEnabled(bool(unfinished or paused))

    @property
    def _is_held(self) -> bool:
        return self._paused > 0 and not self._unfinished

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.add.setText(translate("Toolbar", "Add"))
        self.add.setToolTip(_tip(translate("Toolbar", "Add model pages or files"), QKeySequence.StandardKey.New))
        self.field.setPlaceholderText(translate("Toolbar", "Paste an address anywhere, or search"))
        self.field.setAccessibleName(translate("Toolbar", "Address or search"))
        self.field.setToolTip(_tip(translate("Toolbar", "Enter shows what an address holds"), QKeySequence("Ctrl+L")))
        self.speed.setAccessibleName(translate("Toolbar", "Download speed"))
        self.limit.setAccessibleName(translate("Toolbar", "Speed limit"))
        self.more.setAccessibleName(translate("Toolbar", "Settings and more"))
        self.more.setToolTip(translate("Toolbar", "Settings and more"))
        self.settings.setText(translate("Toolbar", "Settings\u2026"))
        self.activity.setText(translate("Toolbar", "Activity panel"))
        self.about.setText(translate("Toolbar", "About stabilitydl"))
        self.quit.setText(translate("Toolbar", "Quit"))
        self.show_limit(self._limit)
        self.show_work(self._unfinished, self._paused)

    def _command(self, keys: QKeySequence, signal: SignalInstance) -> QAction:
        action = self._commands.addAction("")
        action.setShortcut(keys)
        action.triggered.connect(lambda _checked: signal.emit())
        self.addAction(action)
        return action

    def _enter(self) -> None:
        text = self.field.text().strip()
        if text:
            self.locator_entered.emit(text)


def _tip(words: str, keys: QKeySequence | QKeySequence.StandardKey) -> str:
    """A tool tip that names its shortcut."""
    return f"{words} ({QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)})"
