"""The editor of a number for each of some servers: connections, or bytes per second."""

from __future__ import annotations

from ..hosts import host_name
from ..settings import Field, Value
from .number_boxes import box_for
from .rows_editor import Row, RowsEditor
from .tr import fill, translate

_LEAST_WIDTH = 160


class HostRow(Row):
    """One server and its number."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.line.setMinimumWidth(_LEAST_WIDTH)
        self.line.setPlaceholderText("hub.example")
        # An address that is pasted becomes the server in it.
        self.line.editingFinished.connect(lambda: self.line.setText(host_name(self.line.text()) or self.line.text()))
        self.box = box_for(field)
        self.put_in(self.box)

    def name(self, title: str, number: int) -> None:
        super().name(title, number)
        self.line.setAccessibleName(fill(translate("SettingsDialog", "Server {number}"), number=number))
        self.box.setAccessibleName(f"{title} · {number}")
        self.box.retranslate()


class HostsEditor(RowsEditor[HostRow, tuple[str, int]]):
    """A line for each server."""

    def make_row(self) -> HostRow:
        return HostRow(self.field)

    def entry(self, row: HostRow) -> tuple[str, int]:
        return row.line.text().strip(), row.box.number()

    def show_entry(self, row: HostRow, entry: tuple[str, int]) -> None:
        row.line.setText(entry[0])
        row.box.show_number(entry[1])

    def blank(self) -> tuple[str, int]:
        return "", self.field.low or 0

    def value(self) -> Value:
        return {host_name(host): number for host, number in self.entries() if host_name(host)}

    def show_value(self, value: Value) -> None:
        assert isinstance(value, dict)
        self.show_entries(list(value.items()))

    def fault(self) -> str:
        seen: set[str] = set()
        for text, _ in self.entries():
            name = host_name(text)
            if text and not name:
                return fill(translate("SettingsDialog", "“{name}” is not the name of a server."), name=text)
            if name in seen:
                return fill(translate("SettingsDialog", "{name} is listed twice."), name=name)
            if name:
                seen.add(name)
        return ""

    def retranslate(self) -> None:
        super().retranslate()
        self.add.setText(translate("SettingsDialog", "Add a server"))
        self.add.setAccessibleName(f"{self.focus.accessibleName()} · {self.add.text()}")
