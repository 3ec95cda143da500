"""A line of text that gives way: what has no room is shortened, and is told in full by the tool tip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QStyle, QStyleOption

from .qt import override
from .tip import tip

LEAST = 48
"""Pixels below which a line does not shrink."""


class ElidedLabel(QLabel):
    """One line of plain text, as wide as it wants to be and as narrow as it has to be.

    ``shorter`` is shown instead where the whole text has no room, and is shortened only when it has none either.
    """

    def __init__(self, text: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__(text)
        self._mode = mode
        self.shorter = ""
        self.setTextFormat(Qt.TextFormat.PlainText)

    @property
    def is_elided(self) -> bool:
        """Is a part of the text left out right now?"""
        return self._shown() != self.text()

    @override
    def minimumSizeHint(self) -> QSize:
        whole = super().minimumSizeHint()
        return QSize(min(LEAST, whole.width()), whole.height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self._shown()
        whole = tip(self.text()) if shown != self.text() else ""
        if whole != self.toolTip():
            self.setToolTip(whole)
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        align = QStyle.visualAlignment(self.layoutDirection(), self.alignment()) | Qt.AlignmentFlag.AlignAbsolute
        # By its own letters: "144 MB" reads the same in a window that is written from right to left.
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        self.style().drawItemText(
            painter, self.contentsRect(), align, option.palette, self.isEnabled(), shown, self.foregroundRole()
        )
        painter.end()

    def _shown(self) -> str:
        # One more pixel, because a width is rounded down and eliding begins at once.
        metrics, width = self.fontMetrics(), self.contentsRect().width() + 1
        text = self.text()
        if self.shorter and metrics.horizontalAdvance(text) > width:
            text = self.shorter
        return metrics.elidedText(text, self._mode, width)
