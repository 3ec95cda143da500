"""What every editor of a setting has in common."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ..settings import Field, Value
from .tr import translate

HEIGHT = 30
"""Pixels of one line that takes the keyboard."""


class Editor(QObject):
    """A widget for one field. ``focus`` is the part of it that takes the keyboard.

    ``edited`` says that what is entered may be wrong now, or right again; editors that cannot be wrong never say it.
    """

    edited = Signal()

    def __init__(self, field: Field, widget: QWidget, focus: QWidget | None = None) -> None:
        super().__init__(widget)
        self.field = field
        self.widget = widget
        self.focus = focus or widget
        self.focus.setMinimumHeight(HEIGHT)

    @abstractmethod
    def value(self) -> Value:
        """What is entered."""

    @abstractmethod
    def show_value(self, value: Value) -> None:
        """Enter ``value``."""

    def fault(self) -> str:
        """The sentence that says why what is entered cannot be taken; empty when it can."""
        return ""

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.focus.setAccessibleName(translate("Settings", self.field.title))
        self.focus.setAccessibleDescription(translate("Settings", self.field.help))
