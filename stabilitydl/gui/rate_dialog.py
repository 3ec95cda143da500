"""Asks for a speed limit that no menu offers."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from .dialog import Dialog
from .number_boxes import RateBox
from .qt import override
from .theme import SPACE, mark
from .tr import fill, translate


class RateDialog(Dialog):
    """For ``count`` files, which have the limit ``rate`` now. ``chosen`` carries bytes per second, 0 for no limit."""

    chosen = Signal(object)

    def __init__(self, count: int, rate: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = count
        self.title = QLabel()
        mark(self.title, kind="strong")
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        mark(self.hint, kind="secondary")
        self.box = RateBox()
        self.box.show_number(rate)
        self.cancel = QPushButton()
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self.limit = QPushButton()
        mark(self.limit, role="primary")
        self.limit.setDefault(True)
        self.limit.clicked.connect(self.accept)
        self.accepted.connect(lambda: self.chosen.emit(self.box.number()))
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.limit)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(SPACE)
        column.addWidget(self.title)
        column.addWidget(self.box)
        column.addWidget(self.hint)
        column.addStretch(1)
        column.addLayout(buttons)
        self.setMinimumWidth(360)
        self.box.setFocus()
        self.box.selectAll()
        self.retranslate()

    @override
    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.setWindowTitle(translate("RateDialog", "Limit speed"))
        template = (
            translate("RateDialog", "Limit {count} file to")
            if self._count == 1
            else translate("RateDialog", "Limit each of {count} files to")
        )
        self.title.setText(fill(template, count=f"{self._count:,}"))
        self.hint.setText(
            translate("RateDialog", "It holds from now on, also after a restart. The limit for everything holds too.")
        )
        self.box.setAccessibleName(translate("RateDialog", "Speed limit"))
        self.box.retranslate()
        self.cancel.setText(translate("RateDialog", "Cancel"))
        self.limit.setText(translate("RateDialog", "Limit"))
