"""Editors for single settings, chosen by what is known of the field."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QStyle,
    QWidget,
)

from ..hosts import DIRECT, ProxyFault, proxy_fault
from ..settings import Field, Unit, Value
from .check_box import CheckBox
from .language import SYSTEM, available
from .theme import SPACE, Appearance
from .tr import QT_TRANSLATE_NOOP, translate

_MB = 1_000_000
_MOST = 2**31 - 1
_MOST_RATE = 1e6
_HEIGHT = 30
_NUMBER_WIDTH = 150

CHOICES: Mapping[tuple[str, str], str] = {
    ("theme", "system"): QT_TRANSLATE_NOOP("SettingsDialog", "Same as the system"),
    ("theme", "light"): QT_TRANSLATE_NOOP("SettingsDialog", "Light"),
    ("theme", "dark"): QT_TRANSLATE_NOOP("SettingsDialog", "Dark"),
}
"""The words of each choice, by the field's name and the value."""

_PROXIES = ("", DIRECT)
"""The values of a proxy that are no address."""
_PROXY_FAULTS: Mapping[ProxyFault, str] = {
    ProxyFault.ADDRESS: QT_TRANSLATE_NOOP("SettingsDialog", "This is no address of a proxy, such as http://host:port."),
    ProxyFault.SCHEME: QT_TRANSLATE_NOOP("SettingsDialog", "Only http, https and socks5 proxies can be used."),
    ProxyFault.LOGIN: QT_TRANSLATE_NOOP(
        "SettingsDialog",
        "Leave the name and password out: settings are not secret. The variables https_proxy and all_proxy may hold"
        " them.",
    ),
}


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
        self.focus.setMinimumHeight(_HEIGHT)

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


class NumberEditor(Editor):
    """A whole number within its bounds."""

    def __init__(self, field: Field) -> None:
        self._box = QSpinBox()
        super().__init__(field, self._box)
        _leave_room(self._box)
        self._box.setFixedWidth(_NUMBER_WIDTH)
        self._box.setRange(field.low if field.low is not None else -_MOST, field.high or _MOST)

    def value(self) -> Value:
        return self._box.value()

    def show_value(self, value: Value) -> None:
        self._box.setValue(int(value))


class RateEditor(Editor):
    """Bytes per second, entered in MB/s. What is not touched stays as it is, to the byte."""

    def __init__(self, field: Field) -> None:
        self._box = QDoubleSpinBox()
        super().__init__(field, self._box)
        _leave_room(self._box)
        self._box.setFixedWidth(_NUMBER_WIDTH)
        self._box.setRange(0.0, _MOST_RATE)
        self._box.setDecimals(3)
        self._box.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self._box.setSuffix(" MB/s")
        self._exact, self._shown = 0, 0.0

    def value(self) -> Value:
        return self._exact if self._box.value() == self._shown else round(self._box.value() * _MB)

    def show_value(self, value: Value) -> None:
        self._exact = int(value)
        # Zero means no limit, so the smallest limit must not be shown as it.
        self._box.setValue(max(self._exact / _MB, 0.001) if self._exact else 0.0)
        self._shown = self._box.value()

    def retranslate(self) -> None:
        super().retranslate()
        self._box.setSpecialValueText(translate("SettingsDialog", "No limit"))


class FolderEditor(Editor):
    """A folder; nothing entered is ``default``."""

    def __init__(self, field: Field, default: Path) -> None:
        self._line = QLineEdit()
        self._button = QPushButton()
        self._button.setAutoDefault(False)
        self._button.clicked.connect(self._browse)
        widget = QWidget()
        row = QHBoxLayout(widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self._line, 1)
        row.addWidget(self._button)
        super().__init__(field, widget, self._line)
        widget.setFocusProxy(self._line)
        self._line.setPlaceholderText(str(default))
        self._line.setMinimumWidth(240)

    def value(self) -> Value:
        return self._line.text().strip()

    def show_value(self, value: Value) -> None:
        self._line.setText(str(value))

    def retranslate(self) -> None:
        super().retranslate()
        self._button.setText(translate("SettingsDialog", "Browse…"))

    def _browse(self) -> None:
        chooser = QFileDialog(self.widget, translate("Settings", self.field.title))
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.setOption(QFileDialog.Option.ShowDirsOnly)
        chooser.setDirectory(self._line.text() or self._line.placeholderText())
        chooser.fileSelected.connect(self._line.setText)
        chooser.open()


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


class ProxyEditor(Editor):
    """The proxy of the system, none, or one that is named."""

    def __init__(self, field: Field) -> None:
        self._box, self._line = QComboBox(), QLineEdit()
        for value in (*_PROXIES, None):
            self._box.addItem("", value)
        widget = QWidget()
        row = QHBoxLayout(widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self._box)
        row.addWidget(self._line, 1)
        super().__init__(field, widget, self._box)
        widget.setFocusProxy(self._box)
        self._line.setMinimumHeight(_HEIGHT)
        self._line.setPlaceholderText("http://host:port")
        self._line.textEdited.connect(self.edited)
        self._box.currentIndexChanged.connect(self._turn)
        self._turn()

    def value(self) -> Value:
        return self._line.text().strip() if self._is_named else str(self._box.currentData())

    def show_value(self, value: Value) -> None:
        self._box.setCurrentIndex(_PROXIES.index(value) if value in _PROXIES else len(_PROXIES))
        self._line.setText("" if value in _PROXIES else str(value))

    def fault(self) -> str:
        if not self._is_named:
            return ""
        fault = proxy_fault(str(self.value())) if self.value() not in _PROXIES else ProxyFault.ADDRESS
        return translate("SettingsDialog", _PROXY_FAULTS[fault]) if fault is not None else ""

    def retranslate(self) -> None:
        super().retranslate()
        self._line.setAccessibleName(translate("SettingsDialog", "Address of the proxy"))
        names = (
            translate("SettingsDialog", "Same as the system"),
            translate("SettingsDialog", "No proxy"),
            translate("SettingsDialog", "This one:"),
        )
        for place, words in enumerate(names):
            self._box.setItemText(place, words)

    @property
    def _is_named(self) -> bool:
        return self._box.currentData() is None

    def _turn(self) -> None:
        self._line.setEnabled(self._is_named)
        self.edited.emit()


def _leave_room(box: QAbstractSpinBox) -> None:
    """Its number begins where the text of other fields does; a style sheet cannot say that."""
    box.lineEdit().setTextMargins(SPACE, 0, SPACE, 0)


def editor_for(field: Field, appearance: Appearance, library: Path) -> Editor:
    """The editor that fits ``field``. ``library`` is the folder that an empty one means."""
    if field.type is bool:
        return SwitchEditor(field, appearance)
    if field.type is int:
        return RateEditor(field) if field.unit is Unit.RATE else NumberEditor(field)
    if field.unit is Unit.LANGUAGE:
        return LanguageEditor(field)
    if field.unit is Unit.PROXY:
        return ProxyEditor(field)
    if field.unit is Unit.FOLDER:
        return FolderEditor(field, library)
    return ChoiceEditor(field, field.choices) if field.choices else TextEditor(field)
