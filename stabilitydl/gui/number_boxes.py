"""Boxes for numbers: whole ones, and bytes per second."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSizePolicy, QSpinBox

from ..settings import Field, Unit
from .qt import override
from .theme import SPACE
from .tr import translate

_MB = 1_000_000
_MOST = 2**31 - 1
_MOST_RATE = 1e6
_LEAST = QSize(150, 0)
"""Pixels that a box takes at least, so that most are of one width; one whose numbers or words need more is wider."""


class CountBox(QSpinBox):
    """A whole number within the bounds of ``field``."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        _leave_room(self)
        self.setRange(field.low if field.low is not None else -_MOST, field.high or _MOST)

    @override
    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(_LEAST)

    def number(self) -> int:
        """What is entered."""
        return self.value()

    def show_number(self, number: int) -> None:
        """Enter ``number``."""
        self.setValue(number)

    def retranslate(self) -> None:
        """It holds no words."""


class RateBox(QDoubleSpinBox):
    """Bytes per second, entered in MB/s. What is not touched stays as it is, to the byte."""

    def __init__(self) -> None:
        super().__init__()
        _leave_room(self)
        self.setRange(0.0, _MOST_RATE)
        self.setDecimals(3)
        self.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self.setSuffix(" MB/s")
        self._exact, self._shown = 0, 0.0

    @override
    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(_LEAST)

    def number(self) -> int:
        """What is entered, in bytes per second."""
        return self._exact if self.value() == self._shown else round(self.value() * _MB)

    def show_number(self, number: int) -> None:
        """Enter ``number`` bytes per second."""
        self._exact = number
        # Zero means no limit, so the smallest limit must not be shown as it.
        self.setValue(max(number / _MB, 0.001) if number else 0.0)
        self._shown = self.value()

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.setSpecialValueText(translate("SettingsDialog", "No limit"))


def box_for(field: Field) -> CountBox | RateBox:
    """The box that fits the numbers of ``field``."""
    return RateBox() if field.unit is Unit.RATE else CountBox(field)


def _leave_room(box: QAbstractSpinBox) -> None:
    """Its number begins where the text of other fields does; a style sheet cannot say that."""
    box.lineEdit().setTextMargins(SPACE, 0, SPACE, 0)
    box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
