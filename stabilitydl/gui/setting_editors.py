"""Editors for single settings, chosen by what is known of the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QLineEdit, QStyle

from ..settings import Field, Unit, Value
from .check_box import CheckBox
from .editor import Editor
from .folders_editor import FoldersEditor
from .hosts_editor import HostsEditor
from .language import SYSTEM, available
from .number_boxes import box_for
from .proxy_editor import ProxyEditor
from .theme import Appearance
from .tr import QT_TRANSLATE_NOOP, translate

CHOICES: Mapping[tuple[str, str], str] = {
    ("order", "in-order"): QT_TRANSLATE_NOOP("SettingsDialog", "As they were queued"),
    ("order", "small-first"): QT_TRANSLATE_NOOP("SettingsDialog", "Small ones first"),
    ("order", "nearly-done-first"): QT_TRANSLATE_NOOP("SettingsDialog", "Nearly done ones first"),
    ("theme", "system"): QT_TRANSLATE_NOOP("SettingsDialog", "Same as the system"),
    ("theme", "light"): QT_TRANSLATE_NOOP("SettingsDialog", "Light"),
    ("theme", "dark"): QT_TRANSLATE_NOOP("SettingsDialog", "Dark"),
}
"""The words of each choice, by the field's name and the value."""


class NumberEditor(Editor):
    """A whole number within its bounds, or bytes per second."""

    def __init__(self, field: Field) -> None:
        self._box = box_for(field)
        super().__init__(field, self._box)

    def value(self) -> Value:
        return self._box.number()

    def show_value(self, value: Value) -> None:
        assert isinstance(value, int)
        self._box.show_number(value)

    def retranslate(self) -> None:
        super().retranslate()
        self._box.retranslate()


class TextEditor(Editor):
    """Any text."""

    def __init__(self, field: Field) -> None:
        self._line = QLineEdit()
        super().__init__(field, self._line)

    def value(self) -> Value:
        return self._line.text().strip()

    def show_value(self, value: Value) -> None:
        self._line.setText(str(value))


class ChoiceEditor(Editor):
    """One of a few values."""

    def __init__(self, field: Field, values: Sequence[str]) -> None:
        self._box = QComboBox()
        super().__init__(field, self._box)
        for value in values:
            self._box.addItem(value, value)

    def value(self) -> Value:
        return str(self._box.currentData())

    def show_value(self, value: Value) -> None:
        self._box.setCurrentIndex(max(self._box.findData(value), 0))

    def retranslate(self) -> None:
        super().retranslate()
        for row in range(self._box.count()):
            self._box.setItemText(row, self._words(str(self._box.itemData(row))))

    def _words(self, value: str) -> str:
        words = CHOICES.get((self.field.name, value))
        return translate("SettingsDialog", words) if words else value


class LanguageEditor(ChoiceEditor):
    """The language of the system or one that the program speaks, each in its own words."""

    def __init__(self, field: Field) -> None:
        self._names = available()
        super().__init__(field, [SYSTEM, *self._names])

    def _words(self, value: str) -> str:
        if value == SYSTEM:
            return translate("SettingsDialog", "Same as the system")
        return self._names.get(value, value)


class SwitchEditor(Editor):
    """On or off; the words stand beside the box."""

    def __init__(self, field: Field, appearance: Appearance) -> None:
        self._box = CheckBox(appearance)
        super().__init__(field, self._box)

    @property
    def indent(self) -> int:
        """Pixels from the left of the box to the words beside it."""
        self._box.ensurePolished()
        metrics = (QStyle.PixelMetric.PM_IndicatorWidth, QStyle.PixelMetric.PM_CheckBoxLabelSpacing)
        return sum(self._box.style().pixelMetric(metric, None, self._box) for metric in metrics)

    def value(self) -> Value:
        return self._box.isChecked()

    def show_value(self, value: Value) -> None:
        self._box.setChecked(bool(value))

    def retranslate(self) -> None:
        super().retranslate()
        self._box.setText(translate("Settings", self.field.title))


def editor_for(field: Field, appearance: Appearance, library: Path) -> Editor:
    """The editor that fits ``field``. ``library`` is the folder that none at all means."""
    if field.type is bool:
        return SwitchEditor(field, appearance)
    if field.type is int:
        return NumberEditor(field)
    if field.type is tuple:
        return FoldersEditor(field, library)
    if field.type is dict:
        return HostsEditor(field)
    if field.unit is Unit.LANGUAGE:
        return LanguageEditor(field)
    if field.unit is Unit.PROXY:
        return ProxyEditor(field)
    return ChoiceEditor(field, field.choices) if field.choices else TextEditor(field)
