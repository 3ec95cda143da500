"""The header of the chosen collection: what it is, whose, how large, and the one button that brings what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QVBoxLayout

from ..clock import Clock, SystemClock
from ..domain.collection import CollectionSnapshot
from ..text import format_bytes, plain
from .amounts import updated_text
from .chip_row import ChipRow
from .elided_label import ElidedLabel
from .hub_names import hub_title
from .icons import Sign, put
from .theme import SPACE, mark
from .tr import fill, translate

PICTURE, AVATAR = 76, 20
"""Pixels of a side."""


class Header(QFrame):
    """Shows one collection, or the sum of all of them. ``missing_wanted`` asks for the plan of what is missing,
    ``page_wanted`` for the page of the collection with this id on its hub."""

    missing_wanted = Signal()
    page_wanted = Signal(str)

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__()
        mark(self, surface="panel")
        self._clock = clock or SystemClock()
        self._snapshot: CollectionSnapshot | None = None
        self._missing = (0, 0)
        self._total = 0
        self.picture = QLabel()
        self.picture.setFixedSize(PICTURE, PICTURE)
        self.picture.setScaledContents(True)
        self.avatar = QLabel()
        self.avatar.setFixedSize(AVATAR, AVATAR)
        self.title = ElidedLabel()
        mark(self.title, kind="title")
        self.facts = ElidedLabel()
        mark(self.facts, kind="secondary")
        self.page = QPushButton()
        mark(self.page, role="link")
        self.page.clicked.connect(self._ask_page)
        self.chips = ChipRow()
        self.get_missing = QPushButton()
        mark(self.get_missing, role="primary")
        self.get_missing.clicked.connect(self.missing_wanted)
        self.more = QToolButton()
        mark(self.more, role="tool")
        put(self.more, Sign.MORE)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._arrange()
        self.retranslate()

    def _arrange(self) -> None:
        facts = QHBoxLayout()
        facts.setSpacing(SPACE)
        facts.addWidget(self.avatar)
        facts.addWidget(self.facts)
        facts.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addWidget(self.title)
        head.addWidget(self.page)
        head.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch(1)
        words.addLayout(head)
        words.addLayout(facts)
        words.addWidget(self.chips)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 14, 16, 12)
        row.setSpacing(14)
        row.addWidget(self.picture)
        row.addLayout(words, 1)
        row.addWidget(self.get_missing)
        row.addWidget(self.more)

    def show_collection(self, snapshot: CollectionSnapshot | None) -> None:
        """Show one collection; None shows all of them together."""
        self._snapshot = snapshot
        self.retranslate()

    def show_pictures(self, picture: QPixmap | None, avatar: QPixmap | None) -> None:
        """Show the picture of the collection and the avatar of its creator, as far as there are any."""
        for label, image in ((self.picture, picture), (self.avatar, avatar)):
            label.setVisible(image is not None)
            if image is not None:
                label.setPixmap(image)

    def show_sums(self, missing: int, missing_bytes: int, total_bytes: int) -> None:
        """How many children are missing, their bytes, and the bytes of all children."""
        self._missing = (missing, missing_bytes)
        self._total = total_bytes
        self._show_missing()
        self._show_facts()

    def set_menu(self, menu: QMenu) -> None:
        """The commands for the whole collection."""
        self.more.setMenu(menu)

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.more.setAccessibleName(translate("Header", "More about this collection"))
        self.more.setVisible(self._snapshot is not None)
        self.picture.setAccessibleName(translate("Header", "Picture of the collection"))
        self.page.setText(translate("Header", "Open page"))
        snapshot = self._snapshot
        self.page.setVisible(snapshot is not None and bool(snapshot.collection.page))
        if snapshot is None:
            self.title.setText(translate("Header", "All collections"))
            self.chips.show_words([])
        else:
            collection = snapshot.collection
            self.title.setText(plain(collection.title))
            self.chips.show_words([collection.type, collection.base_model, *collection.trigger_words])
        self.chips.setVisible(snapshot is not None)
        self._show_missing()
        self._show_facts()

    def _ask_page(self) -> None:
        if self._snapshot is not None:
            self.page_wanted.emit(self._snapshot.id)

    def _show_missing(self) -> None:
        count, size = self._missing
        self.get_missing.setVisible(count > 0)
        template = (
            translate("Header", "Get the missing file \u00b7 {bytes}")
            if count == 1
            else translate("Header", "Get the missing {count} \u00b7 {bytes}")
        )
        self.get_missing.setText(fill(template, count=f"{count:,}", bytes=format_bytes(size)))

    def _show_facts(self) -> None:
        snapshot = self._snapshot
        size = format_bytes(self._total) if self._total else ""
        if snapshot is None:
            before, updated, after = [], "", [size]
        else:
            collection = snapshot.collection
            before = [collection.creator, hub_title(collection.hub), collection.key.revision]
            updated = "" if collection.updated is None else updated_text(self._clock.wall() - collection.updated)
            after = [size, _downloaded(snapshot.downloads)]
        self.facts.setText(_joined([*before, updated, *after]))
        # The rest matters more where there is no room for all of it.
        self.facts.shorter = _joined([*before, *after])
        self.facts.setVisible(bool(self.facts.text()))


def _downloaded(count: int) -> str:
    if count == 0:
        return ""
    if count == 1:
        return translate("Header", "downloaded once")
    return fill(translate("Header", "downloaded {count} times"), count=f"{count:,}")


def _joined(facts: Sequence[str]) -> str:
    return plain(" \u00b7 ".join(filter(None, facts)))
