"""The right side: header, tabs, filters, the list or grid of children, and the bar for what is selected."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
)

from ..domain.collection import CollectionSnapshot
from ..domain.picture import creator_key
from ..domain.resource import ResourceSnapshot
from ..domain.states import State, Tab
from . import offer as offers
from .action_bar import HIGHER, LOWER, ActionBar
from .empty_list import EmptyList
from .filters import Filters
from .header import AVATAR, PICTURE, Header
from .icons import Sign, put
from .offer import Offer
from .pictures import Pictures
from .resource_grid import ResourceGrid
from .resource_index import Column, Query
from .resource_table_model import ResourceTableModel
from .resource_view import ResourceView
from .resource_wishes import ResourceWishes
from .tab_bar import TabBar
from .theme import SPACE, Appearance, mark
from .tr import translate

if TYPE_CHECKING:
    from .resource_menu import ResourceMenu


class ResourcePane(QFrame):
    """Shows the children of one collection, or of all. What is wanted of them is told by ``wishes``.

    ``add_wanted`` and ``demo_wanted`` come from the place where nothing is listed yet.
    """

    add_wanted = Signal()
    demo_wanted = Signal()

    def __init__(self, appearance: Appearance, pictures: Pictures) -> None:
        super().__init__()
        mark(self, surface="panel")
        self.model = ResourceTableModel(self)
        self.wishes = ResourceWishes(self)
        self._pictures = pictures
        self._collection: CollectionSnapshot | None = None
        self._has_collections = False
        self._free: int | None = None
        self.header = Header()
        self.tabs = TabBar()
        self.filters = Filters()
        self.list = ResourceView(self.model, appearance, pictures)
        self.grid = ResourceGrid(self.model, appearance, pictures)
        self.empty = EmptyList()
        self.stack = QStackedWidget()
        self._strip = QFrame()
        self._row = QHBoxLayout(self._strip)
        self.bar = ActionBar()
        self._kinds = QButtonGroup(self)
        self.as_list, self.as_grid = QToolButton(), QToolButton()
        self._arrange()
        self._connect()
        self.retranslate()

    def _arrange(self) -> None:
        for button, sign in ((self.as_list, Sign.LIST), (self.as_grid, Sign.GRID)):
            button.setCheckable(True)
            mark(button, role="tool")
            put(button, sign)
            self._kinds.addButton(button)
        self.as_list.setChecked(True)
        for widget in (self.list, self.grid, self.empty):
            self.stack.addWidget(widget)
        mark(self._strip, edge="bottom")
        row = self._row
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(SPACE)
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addWidget(self.filters)
        row.addWidget(self.as_list)
        row.addWidget(self.as_grid)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._strip)
        column.addWidget(self.stack, 1)
        column.addWidget(self.bar)

    def _connect(self) -> None:
        self._pictures.changed.connect(self._show_pictures)
        self.tabs.chosen.connect(self._ask)
        self.filters.changed.connect(self._ask)
        self._kinds.buttonClicked.connect(self._show_kind)
        self.model.arranged.connect(self._settle)
        self.model.counts_changed.connect(self._show_counts)
        self.model.selection.changed.connect(self._show_selection)
        for view in (self.list, self.grid):
            view.action_wanted.connect(self.wishes.act)
            view.menu_wanted.connect(self._show_menu)
            view.opened.connect(self.wishes.open)
            view.typed.connect(self._type)
        self._connect_bar()
        self.header.missing_wanted.connect(lambda: self.wishes.download.emit(tuple(self.missing())))
        self.empty.acted.connect(self._act_on_empty)
        self.empty.other.connect(self.demo_wanted)
        for keys, call in (
            (QKeySequence(QKeySequence.StandardKey.SelectAll), self._select_matching),
            (QKeySequence(QKeySequence.StandardKey.Delete), self._remove_selected),
            (HIGHER, lambda: self._rank(1)),
            (LOWER, lambda: self._rank(-1)),
        ):
            QShortcut(keys, self, call)

    def _connect_bar(self) -> None:
        bar, wishes = self.bar, self.wishes
        for pressed, wanted, states in (
            (bar.download_wanted, wishes.download, offers.DOWNLOAD),
            (bar.pause_wanted, wishes.pause, offers.PAUSE),
            (bar.resume_wanted, wishes.resume, offers.RESUME),
            (bar.retry_wanted, wishes.retry, offers.RETRY),
            (bar.cancel_wanted, wishes.cancel, offers.CANCEL),
        ):
            pressed.connect(lambda wanted=wanted, states=states: wanted.emit(self._selected(states)))
        bar.remove_wanted.connect(self._remove_selected)
        bar.rank_wanted.connect(self._rank)
        bar.rates.aboutToShow.connect(lambda: bar.rates.show_rate(self.model.common_rate(self._selected(offers.LIMIT))))
        bar.rates.chosen.connect(lambda rate: wishes.limit.emit(self._selected(offers.LIMIT), rate))
        bar.rates.other_wanted.connect(lambda: wishes.other_limit.emit(self._selected(offers.LIMIT)))
        bar.clear_wanted.connect(self.model.selection.clear)

    # What is shown

    def show_collection(self, snapshot: CollectionSnapshot | None, *, has_collections: bool) -> None:
        """Head the pane with this collection; its children come with `load`."""
        self._collection = snapshot
        self._has_collections = has_collections
        self.header.show_collection(snapshot)
        self._show_pictures()
        for part in (self.header, self._strip):
            part.setVisible(has_collections)
        self._show_kind()

    def _show_pictures(self, changed: str = "") -> None:
        """Picture and avatar of the collection; nothing to do when ``changed`` is that of something else."""
        if self._collection is None:
            self.header.show_pictures(None, None)
            return
        key, creator = self._collection.id, creator_key(self._collection.collection)
        if changed in ("", key, creator):
            ratio = self.devicePixelRatioF()
            picture = self._pictures.picture(key, PICTURE, ratio)
            avatar = self._pictures.picture(creator, AVATAR, ratio, radius=AVATAR / 2) if creator else None
            self.header.show_pictures(picture, avatar)

    def load(self, children: list[ResourceSnapshot]) -> None:
        """Show these children."""
        self.model.load(children)
        self._show_kind()

    def show_free(self, free: int) -> None:
        """Free bytes on the volume of the target."""
        self._free = free
        self._show_selection()

    def search(self, text: str) -> None:
        """Filter by words."""
        self.filters.field.setText(text)

    def choose_tab(self, tab: Tab) -> None:
        """Show a tab, as when it was clicked."""
        self.tabs.choose(tab)
        self._ask()

    def look_at(self, resource: str) -> None:
        """Scroll to a child, where it is shown."""
        row = self.model.row_of(resource)
        if row is not None:
            for view in (self.list, self.grid):
                view.scrollTo(self.model.index(row, Column.NAME), QAbstractItemView.ScrollHint.PositionAtCenter)

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.as_list.setToolTip(translate("ResourcePane", "List"))
        self.as_grid.setToolTip(translate("ResourcePane", "Pictures"))
        self.as_list.setAccessibleName(translate("ResourcePane", "Show as a list"))
        self.as_grid.setAccessibleName(translate("ResourcePane", "Show as pictures"))
        for part in (self.header, self.tabs, self.filters, self.list, self.grid, self.bar, self.model):
            part.retranslate()
        self._show_kind()

    def close_model(self) -> None:
        """Stop what runs."""
        self.model.close()

    def _ask(self, _changed: object = None) -> None:
        self.model.show(replace(self.filters.query, tab=self.tabs.current))
        self._show_kind()

    def _settle(self) -> None:
        self.filters.offer(self.model.facets)
        self._show_kind()

    def _show_counts(self) -> None:
        self.tabs.show_counts({tab: self.model.count(tab) for tab in Tab})
        self._row.activate()
        missing = self.model.sums.totals(offers.DOWNLOAD)
        self.header.show_sums(missing.files, missing.remaining, self.model.sums.totals().bytes)
        self._show_selection()

    def _show_selection(self) -> None:
        self.bar.show_offer(Offer.of(self.model.selected_sums), self._free)

    def missing(self) -> list[str]:
        """The children that are missing and that the hub gives."""
        return self.model.ids_in(offers.DOWNLOAD)

    def _selected(self, states: AbstractSet[State]) -> tuple[str, ...]:
        return tuple(self.model.ids_in(states, self.model.selection.ids))

    def _rank(self, step: int) -> None:
        ids = self._selected(offers.RANK)
        if ids:
            self.wishes.rank.emit(ids, step)

    def _show_kind(self, _button: object = None) -> None:
        if self.model.rowCount() or self.model.is_arranging:
            self.stack.setCurrentWidget(self.grid if self.as_grid.isChecked() else self.list)
            return
        self.stack.setCurrentWidget(self.empty)
        self._fill_empty()

    def _fill_empty(self) -> None:
        if not self._has_collections:
            self.empty.say_no_collections()
        elif self.filters.query.is_narrowed:
            self.empty.say_nothing_fits()
        else:
            is_complete = self.model.count(Tab.DOWNLOADED) == self.model.total
            target = self._collection.collection.target if self._collection else ""
            self.empty.say_nothing_under(self.tabs.current, is_complete=is_complete, target=target)

    def _act_on_empty(self) -> None:
        if self._has_collections:
            self.filters.clear()
        else:
            self.add_wanted.emit()

    # Selecting

    def _select_matching(self) -> None:
        self.model.selection.add(self.model.shown_ids())

    def _remove_selected(self) -> None:
        ids = self._selected(offers.ALL)
        if ids:
            self.wishes.remove.emit(ids, False)

    def _type(self, text: str) -> None:
        self.filters.field.setFocus()
        self.filters.field.setText(text)

    def _show_menu(self, ids: list[str], place: QPoint) -> None:
        menu = self.menu_for(ids)
        menu.exec(place)
        menu.deleteLater()

    def menu_for(self, ids: Sequence[str]) -> ResourceMenu:
        """The commands for some children, and the ways to select many."""
        from .resource_menu import ResourceMenu

        return ResourceMenu(ids, self.model, self.wishes, self)

    @property
    def is_grid(self) -> bool:
        """Are the children shown as pictures?"""
        return self.as_grid.isChecked()

    def show_grid(self, is_grid: bool) -> None:
        """Show the children as pictures, or as a list."""
        (self.as_grid if is_grid else self.as_list).setChecked(True)
        self._show_kind()

    @property
    def query(self) -> Query:
        """What is shown."""
        return self.model.query
