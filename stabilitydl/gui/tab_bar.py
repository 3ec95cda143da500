"""The tabs of a collection: states with live counts that add up. The chosen tab does not jump when counts change."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton

from ..domain.states import Tab
from .theme import TAB_HEIGHT, mark
from .tr import QT_TRANSLATE_NOOP, translate

_TITLES = {
    Tab.MISSING: QT_TRANSLATE_NOOP("TabBar", "Missing"),
    Tab.DOWNLOADING: QT_TRANSLATE_NOOP("TabBar", "Downloading"),
    Tab.DOWNLOADED: QT_TRANSLATE_NOOP("TabBar", "Downloaded"),
    Tab.FAILED: QT_TRANSLATE_NOOP("TabBar", "Failed"),
    Tab.ALL: QT_TRANSLATE_NOOP("TabBar", "All"),
}

_PADDING = 14


class TabBar(QFrame):
    """Five exclusive buttons. ``chosen`` carries the Tab that the user picked."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(TAB_HEIGHT)
        self._counts: dict[Tab, int] = dict.fromkeys(Tab, 0)
        self._buttons: dict[Tab, QPushButton] = {}
        group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for number, tab in enumerate(Tab, start=1):
            button = QPushButton()
            mark(button, role="tab")
            button.setCheckable(True)
            button.setShortcut(f"Alt+{number}")
            button.clicked.connect(lambda _checked, tab=tab: self.chosen.emit(tab))
            group.addButton(button)
            row.addWidget(button)
            self._buttons[tab] = button
        self._buttons[Tab.ALL].setChecked(True)
        self.retranslate()

    @property
    def current(self) -> Tab:
        return next(tab for tab, button in self._buttons.items() if button.isChecked())

    def choose(self, tab: Tab) -> None:
        """Show ``tab`` as the chosen one, without a signal."""
        self._buttons[tab].setChecked(True)

    def show_counts(self, counts: Mapping[Tab, int]) -> None:
        """How many children are under each tab."""
        self._counts.update(counts)
        self.retranslate()

    def button(self, tab: Tab) -> QPushButton:
        return self._buttons[tab]

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        for tab, button in self._buttons.items():
            title = translate("TabBar", _TITLES[tab])
            shortcut = button.shortcut()
            button.setText(f"{title}  {self._counts[tab]:,}")
            button.setShortcut(shortcut)
            button.setMinimumWidth(self._room(button))
            button.setAccessibleName(f"{title}, {self._counts[tab]}")

    def _room(self, button: QPushButton) -> int:
        """Pixels for the text as it is when the tab is chosen, so that choosing moves nothing."""
        font = QFont(button.font())
        font.setWeight(QFont.Weight.DemiBold)
        return QFontMetrics(font).horizontalAdvance(button.text()) + 2 * _PADDING
