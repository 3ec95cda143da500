"""What all dialogs have in common: their texts follow the language."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QDialog

from .qt import override


class Dialog(QDialog):
    """A dialog whose texts are all set by `retranslate`."""

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        raise NotImplementedError
