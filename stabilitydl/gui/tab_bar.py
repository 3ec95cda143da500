"""The tabs Missing, Downloading, Downloaded, Failed, All with their counts. The chosen one never jumps by itself."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout

from ..domain.states import Tab
from .count_button import CountButton
from .theme import TAB_HEIGHT
from .tr import QT_TRANSLATE_NOOP, fill, translate

_TITLES = {
    Tab.MISSING: QT_TRANSLATE_NOOP("TabBar", "Missing"),
    Tab.DOWNLOADING: QT_TRANSLATE_NOOP("TabBar", "Downloading"),
    Tab.DOWNLOADED: QT_TRANSLATE_NOOP("TabBar", "Downloaded"),
    Tab.FAILED: QT_TRANSLATE_NOOP("TabBar", "Failed"),
    Tab.ALL: QT_TRANSLATE_NOOP("TabBar", "All"),
}


class TabBar(QFrame):
    """Five exclusive buttons. ``chosen`` carries the Tab that the user picked."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(TAB_HEIGHT)
        self._counts: dict[Tab, int] = dict.fromkeys(Tab, 0)
        self._buttons: dict[Tab, CountButton] = {}
        group = QButtonGroup(self)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for number, tab in enumerate(Tab, start=1):
            button = CountButton("tab", "badge", TAB_HEIGHT)
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
        self._show_counts()
        # Other counts have other widths: what that moves is known before it is painted, not after it.
        self._row.activate()

    def count(self, tab: Tab) -> int:
        """The number beside a tab."""
        return self._counts[tab]

    def button(self, tab: Tab) -> CountButton:
        return self._buttons[tab]

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        for tab, button in self._buttons.items():
            shortcut = button.shortcut()
            button.setText(translate("TabBar", _TITLES[tab]))
            # A new text takes the shortcut away.
            button.setShortcut(shortcut)
            button.setToolTip(shortcut.toString(shortcut.SequenceFormat.NativeText))
        self._show_counts()

    def _show_counts(self) -> None:
        for tab, button in self._buttons.items():
            button.show_count(self._counts[tab])
            button.setAccessibleName(
                fill(translate("TabBar", "{title}, {count} files"), title=button.text(), count=self._counts[tab])
            )
