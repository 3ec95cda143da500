"""The editor of the proxy."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from ..hosts import DIRECT, ProxyFault, proxy_fault
from ..settings import Field, Value
from .editor import HEIGHT, Editor
from .tr import QT_TRANSLATE_NOOP, translate

_GAP = 4
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


class ProxyEditor(Editor):
    """The proxy of the system, none, or one that is named."""

    def __init__(self, field: Field) -> None:
        self._box, self._line = QComboBox(), QLineEdit()
        for value in (*_PROXIES, None):
            self._box.addItem("", value)
        widget = QWidget()
        column = QVBoxLayout(widget)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        column.addWidget(self._box)
        column.addWidget(self._line)
        super().__init__(field, widget, self._box)
        widget.setFocusProxy(self._box)
        self._line.setMinimumHeight(HEIGHT)
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
        self._line.setVisible(self._is_named)
        self.edited.emit()
