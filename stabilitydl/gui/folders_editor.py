"""The editor of the library folders."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton

from ..settings import Field, Value
from .editor import HEIGHT
from .icons import Sign
from .rows_editor import Row, RowsEditor, tool
from .tr import fill, translate

_LEAST_WIDTH = 180


class FolderRow(Row):
    """One folder, which can be looked for and moved up."""

    def __init__(self) -> None:
        super().__init__()
        self.line.setMinimumWidth(_LEAST_WIDTH)
        self.browse = QPushButton()
        self.browse.setAutoDefault(False)
        self.browse.setMinimumHeight(HEIGHT)
        self.browse.clicked.connect(self._browse)
        self.up = tool(Sign.UP)
        self.put_in(self.browse)
        self.put_in(self.up)

    def name(self, title: str, number: int) -> None:
        super().name(title, number)
        self.browse.setText(translate("SettingsDialog", "Browse…"))
        self.browse.setAccessibleName(f"{self.browse.text()} · {number}")
        words = fill(translate("SettingsDialog", "Move line {number} up"), number=number)
        self.up.setAccessibleName(words)
        self.up.setToolTip(words)
        self.up.setEnabled(number > 1)

    def _browse(self) -> None:
        chooser = QFileDialog(self, translate("SettingsDialog", "Choose a folder"))
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.setOption(QFileDialog.Option.ShowDirsOnly)
        chooser.setDirectory(self.line.text() or self.line.placeholderText())
        chooser.fileSelected.connect(self.line.setText)
        chooser.open()


class FoldersEditor(RowsEditor[FolderRow, str]):
    """Folders in an order. There is always a line; nothing entered is ``default``."""

    def __init__(self, field: Field, default: Path) -> None:
        self._default = str(default)
        super().__init__(field)
        self.show_entries([""])

    def make_row(self) -> FolderRow:
        row = FolderRow()
        row.up.clicked.connect(lambda: self._raise(row))
        return row

    def entry(self, row: FolderRow) -> str:
        return row.line.text().strip()

    def show_entry(self, row: FolderRow, entry: str) -> None:
        row.line.setText(entry)

    def blank(self) -> str:
        return ""

    def show_entries(self, entries: list[str]) -> None:
        super().show_entries(entries or [""])
        is_alone = len(self.rows) == 1
        self.rows[0].line.setPlaceholderText(self._default if is_alone else "")
        self.rows[0].remove.setEnabled(not is_alone)

    def value(self) -> Value:
        return tuple(dict.fromkeys(filter(None, self.entries())))

    def show_value(self, value: Value) -> None:
        assert isinstance(value, tuple)
        self.show_entries(list(value))

    def fault(self) -> str:
        for text in filter(None, self.entries()):
            if not _is_whole(text):
                template = translate("SettingsDialog", "“{folder}” is not a whole path.")
                return fill(template, folder=text)
        return ""

    def retranslate(self) -> None:
        super().retranslate()
        self.add.setText(translate("SettingsDialog", "Add a folder"))
        self.add.setAccessibleName(f"{self.focus.accessibleName()} · {self.add.text()}")

    def _add(self) -> None:
        # One more beside the default folder: that one has to be named then.
        if self.entries() == [""]:
            self.show_entries([self._default])
        super()._add()

    def _raise(self, row: FolderRow) -> None:
        number = self.rows.index(row)
        entries = self.entries()
        entries[number - 1 : number + 1] = entries[number - 1 : number + 1][::-1]
        self.show_entries(entries)
        self.rows[number - 1].line.setFocus()


def _is_whole(text: str) -> bool:
    try:
        return Path(text).expanduser().is_absolute()
    except RuntimeError:
        return False
