"""The left side: filters over all collections, the way they are grouped, and the tree of them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QVBoxLayout

from .collection_groups import CollectionFilter, Grouping
from .collection_tree_model import CollectionTreeModel
from .collection_view import CollectionView
from .pictures import Pictures
from .theme import Appearance, mark
from .tr import QT_TRANSLATE_NOOP, translate

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


class CollectionPane(QFrame):
    """``chosen`` carries the id of a collection, or an empty text for all of them."""

    chosen = Signal(str)
    remove_wanted = Signal(str)

    def __init__(self, appearance: Appearance, pictures: Pictures) -> None:
        super().__init__()
        mark(self, surface="sidebar", edge="right")
        self.model = CollectionTreeModel(self)
        self.view = CollectionView(self.model, appearance, pictures)
        self.title = QLabel()
        mark(self.title, kind="section")
        self.grouping = QToolButton()
        mark(self.grouping, role="flat")
        self.grouping.setText("\u22ee")
        self.grouping.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self.grouping.setMenu(self._menu)
        self._groupings: dict[Grouping, QAction] = {}
        self._buttons: dict[CollectionFilter, QPushButton] = {}
        self._counts: dict[CollectionFilter, QLabel] = {}
        self._arrange()
        self.view.chosen.connect(self._choose)
        self.model.counts_changed.connect(self._show_counts)
        self.retranslate()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(0)
        filters = QButtonGroup(self)
        for which in _FILTERS:
            button, count = QPushButton(), QLabel()
            mark(button, role="nav")
            mark(count, kind="secondary")
            button.setCheckable(True)
            button.clicked.connect(lambda _checked, which=which: self.show_filter(which))
            inside = QHBoxLayout(button)
            inside.setContentsMargins(0, 0, 10, 0)
            inside.addStretch(1)
            inside.addWidget(count)
            filters.addButton(button)
            column.addWidget(button)
            self._buttons[which], self._counts[which] = button, count
        self._buttons[CollectionFilter.ALL].setChecked(True)
        head = QHBoxLayout()
        head.setContentsMargins(8, 10, 0, 4)
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.grouping)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        group = QActionGroup(self._menu)
        for grouping in _GROUPINGS:
            action = self._menu.addAction("")
            action.setCheckable(True)
            action.setChecked(grouping is Grouping.NONE)
            action.triggered.connect(lambda _checked, grouping=grouping: self.group_by(grouping))
            group.addAction(action)
            self._groupings[grouping] = action

    def show_filter(self, which: CollectionFilter) -> None:
        """Show the collections that pass; the first filter also chooses all collections."""
        self._buttons[which].setChecked(True)
        self.model.show(which)
        if which is CollectionFilter.ALL:
            self.view.clear_choice()
            self.chosen.emit("")

    def group_by(self, grouping: Grouping) -> None:
        """Group in another way."""
        self._groupings[grouping].setChecked(True)
        self.model.group_by(grouping)
        self.view.expandAll()

    def choose(self, collection: str) -> None:
        """Choose a collection, as when it was clicked."""
        self.view.choose(collection)

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.title.setText(translate("CollectionPane", "Collections"))
        self.grouping.setToolTip(translate("CollectionPane", "How collections are grouped"))
        self.grouping.setAccessibleName(translate("CollectionPane", "How collections are grouped"))
        for which, text in _FILTERS.items():
            self._buttons[which].setText(translate("CollectionPane", text))
        for grouping, text in _GROUPINGS.items():
            self._groupings[grouping].setText(translate("CollectionPane", text))
        self.model.retranslate()
        self.view.retranslate()
        self._show_counts()

    def _choose(self, collection: str) -> None:
        if collection:
            self.chosen.emit(collection)

    def _show_counts(self) -> None:
        for which, label in self._counts.items():
            count = self.model.count(which)
            label.setText(f"{count:,}" if count else "")
            self._buttons[which].setAccessibleName(f"{self._buttons[which].text()}, {count}")
