"""The header of the chosen collection: what it is, whose, how large, and the one button that brings what is missing."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from ..domain.collection import CollectionSnapshot
from ..text import format_bytes
from .hub_names import hub_title
from .theme import SPACE, mark
from .tr import fill, translate

_PICTURE = 76
_MOST_CHIPS = 6


class Header(QFrame):
    """Shows one collection, or the sum of all of them. ``missing_wanted`` asks for the plan of what is missing."""

    missing_wanted = Signal()
    history_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        mark(self, surface="panel")
        self._snapshot: CollectionSnapshot | None = None
        self._missing = (0, 0)
        self.picture = QLabel()
        self.picture.setFixedSize(_PICTURE, _PICTURE)
        self.picture.setScaledContents(True)
        self.title = QLabel()
        mark(self.title, kind="title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.facts = QLabel()
        mark(self.facts, kind="secondary")
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.downloads = QPushButton()
        mark(self.downloads, role="link")
        self.downloads.clicked.connect(self.history_wanted)
        self._chips = QWidget()
        self._chip_row = QHBoxLayout(self._chips)
        self._chip_row.setContentsMargins(0, 0, 0, 0)
        self._chip_row.setSpacing(4)
        self.get_missing = QPushButton()
        mark(self.get_missing, role="primary")
        self.get_missing.clicked.connect(self.missing_wanted)
        self.more = QToolButton()
        self.more.setText("\u2026")
        mark(self.more, role="tool")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self)
        self.more.setMenu(self.menu)
        self.open_page = self.menu.addAction("")
        self.open_page.triggered.connect(self._open_page)
        self._arrange()
        self.retranslate()

    def _arrange(self) -> None:
        facts = QHBoxLayout()
        facts.setSpacing(SPACE)
        facts.addWidget(self.facts)
        facts.addWidget(self.downloads)
        facts.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.title)
        words.addLayout(facts)
        words.addWidget(self._chips)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 14, 16, 12)
        row.setSpacing(14)
        row.addWidget(self.picture)
        row.addLayout(words, 1)
        row.addWidget(self.get_missing)
        row.addWidget(self.more)

    def show_collection(self, snapshot: CollectionSnapshot | None, picture: QPixmap | None = None) -> None:
        """Show one collection; None shows all of them together."""
        self._snapshot = snapshot
        self.picture.setVisible(picture is not None)
        if picture is not None:
            self.picture.setPixmap(picture)
        self.retranslate()

    def show_missing(self, count: int, missing_bytes: int) -> None:
        """How many children are missing, and their bytes."""
        self._missing = (count, missing_bytes)
        self.get_missing.setVisible(count > 0)
        template = (
            translate("Header", "Get the missing file \u00b7 {bytes}")
            if count == 1
            else translate("Header", "Get the missing {count} \u00b7 {bytes}")
        )
        self.get_missing.setText(fill(template, count=f"{count:,}", bytes=format_bytes(missing_bytes)))

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.more.setAccessibleName(translate("Header", "More about this collection"))
        self.open_page.setText(translate("Header", "Open the page"))
        self.show_missing(*self._missing)
        snapshot = self._snapshot
        self.downloads.setVisible(snapshot is not None and snapshot.downloads > 0)
        self.more.setVisible(snapshot is not None)
        if snapshot is None:
            self.title.setText(translate("Header", "All collections"))
            self.facts.setText("")
            self._show_chips([])
            return
        collection = snapshot.collection
        self.title.setText(collection.title)
        facts = [collection.creator, hub_title(collection.hub), collection.key.revision]
        facts.append(format_bytes(snapshot.summary.bytes))
        self.facts.setText(" \u00b7 ".join(fact for fact in facts if fact))
        template = (
            translate("Header", "downloaded once")
            if snapshot.downloads == 1
            else translate("Header", "downloaded {count} times")
        )
        self.downloads.setText(fill(template, count=f"{snapshot.downloads:,}"))
        self._show_chips([collection.type, collection.base_model, *collection.trigger_words])
        self.open_page.setEnabled(QUrl(collection.page).scheme() in ("http", "https"))

    def _show_chips(self, words: list[str]) -> None:
        while (item := self._chip_row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for word in [word for word in words if word][:_MOST_CHIPS]:
            chip = QLabel(word if len(word) <= 32 else word[:31] + "\u2026")
            chip.setTextFormat(Qt.TextFormat.PlainText)
            chip.setToolTip(word)
            mark(chip, kind="chip")
            self._chip_row.addWidget(chip)
        self._chip_row.addStretch(1)

    def _open_page(self) -> None:
        if self._snapshot is not None:
            QDesktopServices.openUrl(QUrl(self._snapshot.collection.page))
