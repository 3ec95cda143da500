"""The quarantine: files whose bytes are wrong, why, how much room they take, and what may become of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ..domain.kept import Kept
from ..text import format_bytes, plain
from .dialog import Dialog
from .elided_label import ElidedLabel
from .kept_table_model import KeptColumn, KeptTableModel, reason_text
from .qt import override
from .theme import SPACE, mark
from .tr import fill, translate

_SIZE = 760, 440
_ROW_HEIGHT = 32


class QuarantineDialog(Dialog):
    """``retry_wanted``, ``elsewhere_wanted`` and ``keep_wanted`` carry the ids of the selected resources.

    Files that no resource refers to any more can only be thrown away, which ``empty_wanted`` asks for all of them.
    """

    retry_wanted = Signal(object)
    elsewhere_wanted = Signal(object)
    keep_wanted = Signal(object)
    empty_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel()
        mark(self.title, kind="title")
        self.room = QLabel()
        self.room.setWordWrap(True)
        mark(self.room, kind="secondary")
        self.model = KeptTableModel(self)
        self.table = QTableView()
        mark(self.table, kind="kept")
        self.reason = QLabel()
        self.reason.setTextFormat(Qt.TextFormat.PlainText)
        self.reason.setWordWrap(True)
        self.place = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        mark(self.place, kind="secondary")
        self.empty = QPushButton()
        self.retry = QPushButton()
        self.elsewhere = QPushButton()
        self.keep = QPushButton()
        self.close_button = QPushButton()
        mark(self.close_button, role="primary")
        self._arrange()
        self._connect()
        self.retranslate()

    def _arrange(self) -> None:
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(KeptColumn.NAME, QHeaderView.ResizeMode.Stretch)
        choices = QHBoxLayout()
        choices.setSpacing(SPACE)
        for button in (self.retry, self.elsewhere, self.keep):
            choices.addWidget(button)
        choices.addStretch(1)
        ends = QHBoxLayout()
        ends.setSpacing(SPACE)
        ends.addWidget(self.empty)
        ends.addStretch(1)
        ends.addWidget(self.close_button)
        for button in (self.retry, self.elsewhere, self.keep, self.empty):
            button.setAutoDefault(False)
        self.close_button.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(SPACE)
        for widget in (self.title, self.room):
            column.addWidget(widget)
        column.addWidget(self.table, 1)
        for widget in (self.reason, self.place):
            column.addWidget(widget)
        column.addLayout(choices)
        column.addSpacing(SPACE)
        column.addLayout(ends)
        self.resize(*_SIZE)

    def _connect(self) -> None:
        for button, wanted in (
            (self.retry, self.retry_wanted),
            (self.elsewhere, self.elsewhere_wanted),
            (self.keep, self.keep_wanted),
        ):
            button.clicked.connect(lambda _checked, wanted=wanted: wanted.emit(self.chosen))
        self.empty.clicked.connect(lambda _checked: self.empty_wanted.emit())
        self.close_button.clicked.connect(self.accept)
        self.table.selectionModel().selectionChanged.connect(self._show_chosen)

    def load(self, kept: Sequence[Kept]) -> None:
        """Show these; what is selected stays so where it is still here."""
        chosen = self.chosen
        self.model.load(kept)
        self.choose(chosen)
        self._show_room()

    def choose(self, resources: Iterable[str]) -> None:
        """Select the files of these resources, or the first file where none of them is here."""
        rows = self.model.rows_of(resources) or [0]
        selection = self.table.selectionModel()
        selection.clearSelection()
        flags = QItemSelectionModel.SelectionFlag
        for row in rows if self.model.kept else ():
            selection.select(self.model.index(row, 0), flags.Select | flags.Rows)
        self._show_chosen()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The resources of the selected files."""
        return tuple(each.resource for each in self._selected() if each.resource)

    @override
    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.setWindowTitle(translate("QuarantineDialog", "Quarantine"))
        self.title.setText(translate("QuarantineDialog", "Files that are not what was promised"))
        self.table.setAccessibleName(translate("QuarantineDialog", "Files in quarantine"))
        self.retry.setText(translate("QuarantineDialog", "Try again"))
        self.elsewhere.setText(translate("QuarantineDialog", "Try another address"))
        self.keep.setText(translate("QuarantineDialog", "Keep all the same…"))
        self.empty.setText(translate("QuarantineDialog", "Empty…"))
        self.empty.setToolTip(translate("QuarantineDialog", "Throw away everything that lies here"))
        self.close_button.setText(translate("QuarantineDialog", "Close"))
        self.model.retranslate()
        self._show_room()
        self._show_chosen()

    def _show_room(self) -> None:
        kept = self.model.kept
        if not kept:
            self.room.setText(translate("QuarantineDialog", "Nothing is in quarantine."))
        else:
            template = (
                translate("QuarantineDialog", "{count} file takes {bytes}. It stays until you decide.")
                if len(kept) == 1
                else translate(
                    "QuarantineDialog",
                    "{count} files take {bytes}. They stay until you decide.",
                )
            )
            total = format_bytes(sum(each.size for each in kept))
            self.room.setText(fill(template, count=f"{len(kept):,}", bytes=total))
        self.empty.setEnabled(bool(kept))

    def _selected(self) -> list[Kept]:
        rows = self.table.selectionModel().selectedRows()
        return [self.model.kept[index.row()] for index in rows if index.row() < len(self.model.kept)]

    def _show_chosen(self) -> None:
        selected = self._selected()
        for button in (self.retry, self.elsewhere, self.keep):
            button.setEnabled(bool(self.chosen))
        if len(selected) == 1:
            self.reason.setText(reason_text(selected[0]))
            self.place.setText(plain(selected[0].path))
        else:
            words = fill(translate("QuarantineDialog", "{count} files selected."), count=f"{len(selected):,}")
            self.reason.setText(words if selected else "")
            self.place.setText("")
