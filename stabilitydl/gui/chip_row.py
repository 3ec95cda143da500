"""A row of short words in frames. As many are shown as there is room for; the rest is counted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from ..text import plain
from .qt import override
from .theme import mark
from .tip import tip

GAP = 4
_LONGEST = 32


class ChipRow(QWidget):
    """Shows words; its width is up to its surroundings."""

    def __init__(self) -> None:
        super().__init__()
        self._chips: list[QLabel] = []
        self._rest = self._chip("")

    def show_words(self, words: Sequence[str]) -> None:
        """Show these; empty ones are left out."""
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = [self._chip(word) for word in words if word]
        self._place()
        self.updateGeometry()

    @property
    def shown(self) -> list[str]:
        """What can be read now, the count of the rest included."""
        return [chip.text() for chip in [*self._chips, self._rest] if not chip.isHidden()]

    @override
    def sizeHint(self) -> QSize:
        width = sum(chip.sizeHint().width() + GAP for chip in self._chips)
        return QSize(width, self._rest.sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._rest.sizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _chip(self, word: str) -> QLabel:
        word = plain(word)
        chip = QLabel(word if len(word) <= _LONGEST else word[: _LONGEST - 1] + "\u2026", self)
        chip.setTextFormat(Qt.TextFormat.PlainText)
        chip.setToolTip(tip(word))
        mark(chip, kind="chip")
        chip.ensurePolished()
        return chip

    def _place(self) -> None:
        sizes = [chip.sizeHint() for chip in self._chips]
        fits = self._fitting([size.width() for size in sizes])
        left = 0
        for number, (chip, size) in enumerate(zip(self._chips, sizes, strict=True)):
            chip.setVisible(number < fits)
            if number < fits:
                self._put(chip, left, size)
                left += size.width() + GAP
        hidden = self._chips[fits:]
        self._rest.setText(f"+{len(hidden)}")
        self._rest.setToolTip("".join(chip.toolTip() for chip in hidden))
        self._rest.setVisible(bool(hidden))
        if hidden:
            self._put(self._rest, left, self._rest.sizeHint())

    def _fitting(self, widths: Sequence[int]) -> int:
        """How many fit, with room for the count of the others where there are some."""
        used = 0
        for number, width in enumerate(widths):
            last = number == len(widths) - 1
            reserve = 0 if last else GAP + self._rest.fontMetrics().horizontalAdvance("+99") + 18
            if used + width + reserve > self.width():
                return number
            used += width + GAP
        return len(widths)

    def _put(self, chip: QLabel, left: int, size: QSize) -> None:
        right_to_left = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        chip.setGeometry(self.width() - left - size.width() if right_to_left else left, 0, size.width(), size.height())
