"""The right side: header, tabs, filters, the list or grid of children, and the bar for what is selected."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QMenu, QStackedWidget, QToolButton, QVBoxLayout

from ..domain.collection import CollectionSnapshot
from ..domain.resource import ResourceSnapshot
from ..domain.states import Tab
from .action_bar import ActionBar, offer_for
from .empty_state import EmptyState
from .filters import Filters
from .header import Header
from .pictures import Pictures
from .resource_grid import ResourceGrid
from .resource_index import Query
from .resource_table_model import ResourceTableModel
from .resource_view import ResourceView
from .tab_bar import TabBar
from .theme import SPACE, Appearance, mark
from .tr import fill, translate

_HEADER_PICTURE = 76


class ResourcePane(QFrame):
    """Shows the children of one collection, or of all.

    ``row_action(id, RowAction)`` is the command of one row; the other signals carry ids.
    """

    download_wanted = Signal(object)
    pause_wanted = Signal(object)
    resume_wanted = Signal(object)
    retry_wanted = Signal(object)
    cancel_wanted = Signal(object)
    remove_wanted = Signal(object, bool)
    open_wanted = Signal(str)
    row_action = Signal(str, object)
    add_wanted = Signal()
    demo_wanted = Signal()

    def __init__(self, appearance: Appearance, pictures: Pictures) -> None:
        super().__init__()
        mark(self, surface="panel")
        self.model = ResourceTableModel(self)
        self._pictures = pictures
        self._collection: CollectionSnapshot | None = None
        self._has_collections = False
        self._free: int | None = None
        self.header = Header()
        self.tabs = TabBar()
        self.filters = Filters()
        self.list = ResourceView(self.model, appearance, pictures)
        self.grid = ResourceGrid(self.model, appearance, pictures)
        self.empty = EmptyState()
        self.stack = QStackedWidget()
        self.bar = ActionBar()
        self._kinds = QButtonGroup(self)
        self.as_list, self.as_grid = QToolButton(), QToolButton()
        self._arrange()
        self._connect()
        self.retranslate()

    def _arrange(self) -> None:
        for button, sign in ((self.as_list, "\u2630"), (self.as_grid, "\u25a6")):
            button.setText(sign)
            button.setCheckable(True)
            mark(button, role="tool")
            self._kinds.addButton(button)
        self.as_list.setChecked(True)
        for widget in (self.list, self.grid, self.empty):
            self.stack.addWidget(widget)
        strip = QFrame()
        mark(strip, edge="bottom")
        row = QHBoxLayout(strip)
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
        column.addWidget(strip)
        column.addWidget(self.stack, 1)
        column.addWidget(self.bar)

    def _connect(self) -> None:
        self.tabs.chosen.connect(self._ask)
        self.filters.changed.connect(self._ask)
        self._kinds.buttonClicked.connect(self._show_kind)
        self.model.arranged.connect(self._show_kind)
        self.model.counts_changed.connect(self._show_counts)
        self.model.selection.changed.connect(self._show_selection)
        for view in (self.list, self.grid):
            view.action_wanted.connect(self.row_action)
            view.menu_wanted.connect(self._show_menu)
            view.opened.connect(self.open_wanted)
            view.typed.connect(self._type)
        self.bar.download_wanted.connect(self.download_wanted)
        self.bar.pause_wanted.connect(self.pause_wanted)
        self.bar.resume_wanted.connect(self.resume_wanted)
        self.bar.cancel_wanted.connect(self.cancel_wanted)
        self.bar.remove_wanted.connect(lambda ids: self.remove_wanted.emit(ids, False))
        self.bar.clear_wanted.connect(self.model.selection.clear)
        self.header.missing_wanted.connect(lambda: self.download_wanted.emit(tuple(self._missing())))
        self.empty.acted.connect(self._act_on_empty)
        self.empty.other.connect(self.demo_wanted)
        for text, key, call in (
            ("select-all", QKeySequence.StandardKey.SelectAll, self._select_matching),
            ("remove", QKeySequence.StandardKey.Delete, self._remove_selected),
        ):
            action = QAction(text, self)
            action.setShortcut(key)
            action.triggered.connect(call)
            self.addAction(action)

    # What is shown

    def show_collection(self, snapshot: CollectionSnapshot | None, *, has_collections: bool) -> None:
        """Head the pane with this collection; its children come with `load`."""
        self._collection = snapshot
        self._has_collections = has_collections
        picture = None if snapshot is None else self._pictures.picture(snapshot.id, _HEADER_PICTURE)
        self.header.show_collection(snapshot, picture)
        self._show_kind()

    def load(self, children: list[ResourceSnapshot]) -> None:
        """Show these children."""
        self.model.load(children)
        self.filters.offer(self.model.facets)
        self._show_counts()
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
        """Stop what the model runs."""
        self.model.close()

    def _ask(self, _changed: object = None) -> None:
        self.model.show(replace(self.filters.query, tab=self.tabs.current))
        self._show_kind()

    def _show_counts(self) -> None:
        self.tabs.show_counts({tab: self.model.count(tab) for tab in Tab})
        missing = self.model.totals(self._missing())
        self.header.show_missing(missing.files, missing.remaining)
        self._show_selection()

    def _show_selection(self) -> None:
        ids = self.model.selection.ids
        rows = [row for each in ids if (row := self.model.snapshot_of(each)) is not None]
        self.bar.show_selection(rows, self._free)

    def _missing(self) -> list[str]:
        rows = (self.model.snapshot_of(each) for each in self.model.ids_of(Tab.MISSING))
        return [row.id for row in rows if row is not None and row.resource.blocked is None]

    def _show_kind(self, _button: object = None) -> None:
        if self.model.rowCount() or self.model.is_arranging:
            self.stack.setCurrentWidget(self.grid if self.as_grid.isChecked() else self.list)
            return
        self.stack.setCurrentWidget(self.empty)
        self._fill_empty()

    def _fill_empty(self) -> None:
        if not self._has_collections:
            self.empty.say(
                translate("ResourcePane", "Paste the address of a model page"),
                translate("ResourcePane", "or drop a link or a list file here. You choose what to download next."),
                examples="https://civitai.com/models/4384\ncivitai:4384\n/home/me/files.txt",
                button=translate("ResourcePane", "Add\u2026"),
                second=translate("ResourcePane", "Try it with the demo pack"),
            )
        elif self.filters.query.is_narrowed:
            self.empty.say(
                translate("ResourcePane", "Nothing matches the filter"),
                button=translate("ResourcePane", "Clear the filter"),
            )
        else:
            self.empty.say(*self._nothing_under(self.tabs.current))

    def _nothing_under(self, tab: Tab) -> tuple[str, str]:
        target = self._collection.collection.target if self._collection else ""
        match tab:
            case Tab.MISSING:
                return translate("ResourcePane", "Everything is here"), target
            case Tab.DOWNLOADING:
                return translate("ResourcePane", "Nothing is on its way"), ""
            case Tab.DOWNLOADED:
                return translate("ResourcePane", "Nothing is downloaded yet"), ""
            case Tab.FAILED:
                return translate("ResourcePane", "Nothing has failed"), ""
            case _:
                return translate("ResourcePane", "This collection has no files"), ""

    def _act_on_empty(self) -> None:
        if self._has_collections:
            self.filters.clear()
        else:
            self.add_wanted.emit()

    # Selecting

    def _select_matching(self) -> None:
        self.model.selection.add(self.model.shown_ids())

    def _remove_selected(self) -> None:
        ids = tuple(self.model.selection.ids)
        if ids:
            self.remove_wanted.emit(ids, False)

    def _type(self, text: str) -> None:
        self.filters.field.setFocus()
        self.filters.field.setText(text)

    def _show_menu(self, ids: list[str], place: QPoint) -> None:
        menu = self.menu_for(ids)
        menu.exec(place)
        menu.deleteLater()

    def menu_for(self, ids: list[str]) -> QMenu:
        """The commands for some children, and the ways to select many."""
        rows = [row for each in ids if (row := self.model.snapshot_of(each)) is not None]
        offer = offer_for(rows)
        menu = QMenu(self)
        self._command(menu, translate("ResourcePane", "Download"), offer.download, self.download_wanted.emit)
        self._command(menu, translate("ResourcePane", "Pause"), offer.pause, self.pause_wanted.emit)
        self._command(menu, translate("ResourcePane", "Resume"), offer.resume, self.resume_wanted.emit)
        troubled = tuple(row.id for row in rows if row.state.is_trouble)
        self._command(menu, translate("ResourcePane", "Try again"), troubled, self.retry_wanted.emit)
        self._command(menu, translate("ResourcePane", "Cancel"), offer.cancel, self.cancel_wanted.emit)
        menu.addSeparator()
        remove = self.remove_wanted.emit
        self._command(
            menu, translate("ResourcePane", "Remove from the list"), offer.remove, lambda some: remove(some, False)
        )
        self._command(
            menu,
            translate("ResourcePane", "Move the files to the trash"),
            offer.remove,
            lambda some: remove(some, True),
        )
        menu.addSeparator()
        for tab, title in (
            (Tab.MISSING, translate("ResourcePane", "Select all missing")),
            (Tab.FAILED, translate("ResourcePane", "Select all failed")),
        ):
            found = self.model.ids_of(tab)
            self._command(menu, title, tuple(found), self.model.selection.replace)
        self._command(
            menu,
            translate("ResourcePane", "Select all shown"),
            tuple(self.model.shown_ids()),
            self.model.selection.replace,
        )
        return menu

    def _command(self, menu: QMenu, title: str, ids: tuple[str, ...], call: object) -> None:
        text = (
            title
            if len(ids) <= 1
            else fill(translate("ResourcePane", "{title} ({count})"), title=title, count=len(ids))
        )
        action = menu.addAction(text)
        action.setEnabled(bool(ids))
        if callable(call):
            action.triggered.connect(lambda: call(ids))

    @property
    def query(self) -> Query:
        """What is shown."""
        return self.model.query
