"""A button with a title at its beginning and a count or an amount at its end: a tab, or a line of the side bar."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QPushButton

from .qt import override
from .theme import mark

PADDING = 11
GAP = 6


class CountButton(QPushButton):
    """As wide as it is when it is chosen, so that choosing moves nothing. ``height`` is pixels."""

    def __init__(self, role: str, kind: str, height: int) -> None:
        super().__init__()
        mark(self, role=role)
        self.setCheckable(True)
        self._height = height
        self.count = QLabel()
        mark(self.count, kind=kind)
        row = QHBoxLayout(self)
        # How large the button is follows from its own words, not from what lies in it.
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.setContentsMargins(PADDING, 0, PADDING, 0)
        row.addStretch(1)
        row.addWidget(self.count, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_count(self, count: int, *, zero: bool = True) -> None:
        """Show how many there are; nothing for none, unless a ``zero`` is worth saying."""
        self.show_text(f"{count:,}" if count or zero else "")

    def show_text(self, text: str) -> None:
        """Show ``text`` at the end; nothing where it is empty."""
        self.count.setText(text)
        self.count.setVisible(bool(text))
        self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        title = QFontMetrics(font).horizontalAdvance(self.text())
        count = GAP + self.count.sizeHint().width() if self.count.text() else 0
        return QSize(title + count + 2 * PADDING, self._height)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
