"""Speed limits to choose from, as a menu."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from ..text import format_speed
from .tr import fill, translate

_MB = 1_000_000
RATES = (0, 1 * _MB, 5 * _MB, 10 * _MB, 25 * _MB, 50 * _MB, 100 * _MB)
"""Offered limits in bytes per second; 0 is none."""


def limit_text(rate: int) -> str:
    """What a limit of ``rate`` bytes per second says, 0 meaning none."""
    if not rate:
        return translate("RateMenu", "no limit")
    return fill(translate("RateMenu", "at most {speed}"), speed=format_speed(rate))


class RateMenu(QMenu):
    """``chosen`` carries bytes per second, 0 for no limit; ``other_wanted`` asks for a rate that is not offered."""

    chosen = Signal(object)
    other_wanted = Signal()

    def __init__(self, parent: QWidget | None = None, *, offers_other: bool = True) -> None:
        super().__init__(parent)
        self._offers_other = offers_other
        self._group = QActionGroup(self)

    def show_rate(self, rate: int | None) -> None:
        """Offer all rates; ``rate`` is the one that holds now, None where there are several."""
        self.clear()
        for value in sorted({*RATES, rate or 0}):
            action = QAction(limit_text(value), self)
            action.setCheckable(True)
            action.setChecked(value == rate)
            action.triggered.connect(lambda _checked, value=value: self.chosen.emit(value))
            self._group.addAction(action)
            self.addAction(action)
        if self._offers_other:
            self.addSeparator()
            self.addAction(translate("RateMenu", "Other\u2026"), self.other_wanted.emit)
