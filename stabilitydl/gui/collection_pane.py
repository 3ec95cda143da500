"""The left side: filters over all collections, the way they are grouped, and the tree of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout

from ..domain.kept import Kept
from ..text import format_bytes
from .collection_groups import CollectionFilter, Grouping
from .collection_tree_model import CollectionTreeModel
from .collection_view import CollectionView
from .count_button import CountButton
from .icons import Sign, Tone, put
from .pictures import Pictures
from .theme import Appearance, mark
from .tr import QT_TRANSLATE_NOOP, fill, translate

_FILTERS = {
    CollectionFilter.ALL: QT_TRANSLATE_NOOP("CollectionPane", "All collections"),
    CollectionFilter.ACTIVE: QT_TRANSLATE_NOOP("CollectionPane", "Active now"),
    CollectionFilter.INCOMPLETE: QT_TRANSLATE_NOOP("CollectionPane", "Incomplete"),
    CollectionFilter.FAILURES: QT_TRANSLATE_NOOP("CollectionPane", "With failures"),
}
_GROUPINGS = {
    Grouping.NONE: QT_TRANSLATE_NOOP("CollectionPane", "Not grouped"),
    Grouping.HUB: QT_TRANSLATE_NOOP("CollectionPane", "Hub"),
    Grouping.TYPE: QT_TRANSLATE_NOOP("CollectionPane", "Hub, type"),
    Grouping.BASE_MODEL: QT_TRANSLATE_NOOP("CollectionPane", "Hub, type, base model"),
    Grouping.CREATOR: QT_TRANSLATE_NOOP("CollectionPane", "Hub, type, creator"),
}


_LEAST = 190
_NAV_HEIGHT = 28
_BUTTON = 24


class CollectionPane(QFrame):
    """``chosen`` carries the id of a collection, or an empty text for all of them.

    ``menu_wanted(id, QPoint)`` asks for the commands of a collection at a place on the screen; ``quarantine_wanted``
    for what lies in quarantine, whose room is told while there is some.
    """

    chosen = Signal(str)
    menu_wanted = Signal(str, QPoint)
    quarantine_wanted = Signal()

    def __init__(self, appearance: Appearance, pictures: Pictures) -> None:
        super().__init__()
        mark(self, surface="sidebar")
        self.setMinimumWidth(_LEAST)
        self.model = CollectionTreeModel(self)
        self.view = CollectionView(self.model, appearance, pictures)
        self.title = QLabel()
        mark(self.title, kind="section")
        self.title.setIndent(2)
        self.group_button = QToolButton()
        mark(self.group_button, role="flat", small="true")
        self.group_button.setFixedSize(_BUTTON, _BUTTON)
        put(self.group_button, Sign.GROUPS, Tone.QUIET)
        self.group_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self.group_button.setMenu(self._menu)
        self.groupings: dict[Grouping, QAction] = {}
        self.buttons: dict[CollectionFilter, CountButton] = {}
        self.quarantine = CountButton("nav", "attention", _NAV_HEIGHT)
        self.quarantine.setCheckable(False)
        self.quarantine.hide()
        self.quarantine.clicked.connect(lambda _checked: self.quarantine_wanted.emit())
        self._arrange()
        self.view.chosen.connect(self._choose)
        self.view.menu_wanted.connect(self.menu_wanted)
        self.model.counts_changed.connect(self._show_counts)
        self.retranslate()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(0)
        filters = QButtonGroup(self)
        for which in _FILTERS:
            button = CountButton("nav", "secondary", _NAV_HEIGHT)
            button.clicked.connect(lambda _checked, which=which: self.show_filter(which))
            filters.addButton(button)
            column.addWidget(button)
            self.buttons[which] = button
        self.buttons[CollectionFilter.ALL].setChecked(True)
        head = QHBoxLayout()
        head.setContentsMargins(6, 12, 6, 6)
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.group_button)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        column.addWidget(self.quarantine)
        group = QActionGroup(self._menu)
        for grouping in _GROUPINGS:
            action = self._menu.addAction("")
            action.setCheckable(True)
            action.setChecked(grouping is Grouping.NONE)
            action.triggered.connect(lambda _checked, grouping=grouping: self.group_by(grouping))
            group.addAction(action)
            self.groupings[grouping] = action

    def show_filter(self, which: CollectionFilter) -> None:
        """Show the collections that pass; the first filter also chooses all collections."""
        self.buttons[which].setChecked(True)
        self.model.show(which)
        if which is CollectionFilter.ALL:
            self.view.clear_choice()
            self.chosen.emit("")

    def group_by(self, grouping: Grouping) -> None:
        """Group in another way."""
        self.groupings[grouping].setChecked(True)
        self.model.group_by(grouping)
        self.view.expandAll()

    def show_quarantine(self, kept: Sequence[Kept]) -> None:
        """Say how much room the files in quarantine take."""
        self.quarantine.show_text(format_bytes(sum(each.size for each in kept)))
        self.quarantine.setVisible(bool(kept))
        self._name_quarantine()

    def choose(self, collection: str) -> None:
        """Show a collection as the chosen one, or all of them; without a signal."""
        self.view.choose(collection)

    @property
    def filter(self) -> CollectionFilter:
        """Which collections are shown."""
        return self.model.filter

    @property
    def grouping(self) -> Grouping:
        """How they are grouped."""
        return self.model.grouping

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.title.setText(translate("CollectionPane", "Collections").upper())
        self.title.setAccessibleName(translate("CollectionPane", "Collections"))
        self.group_button.setToolTip(translate("CollectionPane", "How collections are grouped"))
        self.group_button.setAccessibleName(translate("CollectionPane", "How collections are grouped"))
        for which, text in _FILTERS.items():
            self.buttons[which].setText(translate("CollectionPane", text))
        for grouping, text in _GROUPINGS.items():
            self.groupings[grouping].setText(translate("CollectionPane", text))
        self.quarantine.setText(translate("CollectionPane", "Quarantine"))
        self.quarantine.setToolTip(translate("CollectionPane", "Files that are not what was promised"))
        self._name_quarantine()
        self.model.retranslate()
        self.view.retranslate()
        self._show_counts()

    def _name_quarantine(self) -> None:
        self.quarantine.setAccessibleName(
            fill(
                translate("CollectionPane", "{title}, {bytes}"),
                title=self.quarantine.text(),
                bytes=self.quarantine.count.text(),
            )
        )

    def _choose(self, collection: str) -> None:
        if collection:
            self.chosen.emit(collection)

    def _show_counts(self) -> None:
        for which, button in self.buttons.items():
            count = self.model.count(which)
            button.show_count(count, zero=False)
            button.setAccessibleName(
                fill(translate("CollectionPane", "{title}, {count} collections"), title=button.text(), count=count)
            )
