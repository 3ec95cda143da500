"""A button that opens a menu and shows it by an arrow at its end."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QToolButton

from .qt import override
from .theme import mark


class MenuButton(QToolButton):
    """``role`` is one of the roles of buttons in the style sheet, or empty for a plain one."""

    def __init__(self, role: str = "") -> None:
        super().__init__()
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        mark(self, role=role, arrow=self._side())

    def _side(self) -> str:
        # A style sheet knows left and right, not beginning and end.
        return "left" if self.layoutDirection() is Qt.LayoutDirection.RightToLeft else "right"

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange and self.property("arrow") != self._side():
            mark(self, arrow=self._side())
