"""The right side: header, tabs, filters, the list or grid of children, and the bar for what is selected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QMenu, QStackedWidget, QToolButton, QVBoxLayout

from ..domain.collection import CollectionSnapshot
from ..domain.picture import creator_key
from ..domain.resource import ResourceSnapshot
from ..domain.states import State, Tab
from ..text import plain
from . import offer as offers
from .action_bar import HIGHER, LOWER, ActionBar
from .empty_state import EmptyState
from .filters import Filters
from .header import AVATAR, PICTURE, Header
from .icons import Sign, put
from .offer import Offer
from .pictures import Pictures
from .rate_menu import RateMenu
from .resource_grid import ResourceGrid
from .resource_index import Query
from .resource_table_model import ResourceTableModel
from .resource_view import ResourceView
from .state_text import RowAction
from .tab_bar import TabBar
from .theme import SPACE, Appearance, mark
from .tr import fill, translate

_EXAMPLES = (
    "https://civitai.com/models/4384",
    "https://huggingface.co/Qwen/Qwen2.5-7B-Instruct-GGUF",
    "/home/me/files.txt",
)


class ResourcePane(QFrame):
    """Shows the children of one collection, or of all.

    ``row_action(id, RowAction)`` is the command of one row; the other signals carry ids, and ``limit_wanted`` bytes per
    second besides.
    """

    download_wanted = Signal(object)
    pause_wanted = Signal(object)
    resume_wanted = Signal(object)
    retry_wanted = Signal(object)
    elsewhere_wanted = Signal(object)
    keep_wanted = Signal(object)
    cancel_wanted = Signal(object)
    remove_wanted = Signal(object, bool)
    rank_wanted = Signal(object, int)
    limit_wanted = Signal(object, object)
    other_limit_wanted = Signal(object)
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
        self._strip = QFrame()
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
        row = QHBoxLayout(self._strip)
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
            view.action_wanted.connect(self.row_action)
            view.menu_wanted.connect(self._show_menu)
            view.opened.connect(self.open_wanted)
            view.typed.connect(self._type)
        for pressed, wanted, states in (
            (self.bar.download_wanted, self.download_wanted, offers.DOWNLOAD),
            (self.bar.pause_wanted, self.pause_wanted, offers.PAUSE),
            (self.bar.resume_wanted, self.resume_wanted, offers.RESUME),
            (self.bar.retry_wanted, self.retry_wanted, offers.RETRY),
            (self.bar.cancel_wanted, self.cancel_wanted, offers.CANCEL),
        ):
            pressed.connect(lambda wanted=wanted, states=states: wanted.emit(self._selected(states)))
        self.bar.remove_wanted.connect(self._remove_selected)
        self.bar.rank_wanted.connect(self._rank)
        rates = self.bar.rates
        rates.aboutToShow.connect(lambda: rates.show_rate(self._common_rate(self._selected(offers.LIMIT))))
        self._connect_rates(rates, lambda: self._selected(offers.LIMIT))
        self.bar.clear_wanted.connect(self.model.selection.clear)
        self.header.missing_wanted.connect(lambda: self.download_wanted.emit(tuple(self.missing())))
        self.empty.acted.connect(self._act_on_empty)
        self.empty.other.connect(self.demo_wanted)
        for keys, call in (
            (QKeySequence(QKeySequence.StandardKey.SelectAll), self._select_matching),
            (QKeySequence(QKeySequence.StandardKey.Delete), self._remove_selected),
            (HIGHER, lambda: self._rank(1)),
            (LOWER, lambda: self._rank(-1)),
        ):
            QShortcut(keys, self, call)

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
            self.rank_wanted.emit(ids, step)

    def _emit_rank(self, step: int, ids: tuple[str, ...]) -> None:
        self.rank_wanted.emit(ids, step)

    def _connect_rates(self, menu: RateMenu, ids: Callable[[], tuple[str, ...]]) -> None:
        menu.chosen.connect(lambda rate: self.limit_wanted.emit(ids(), rate))
        menu.other_wanted.connect(lambda: self.other_limit_wanted.emit(ids()))

    def _common_rate(self, ids: Iterable[str]) -> int | None:
        """The limit that all of them have, None where they differ."""
        rate: int | None = None
        for each in ids:
            row = self.model.snapshot_of(each)
            if row is not None and rate not in (None, row.rate_limit):
                return None
            rate = row.rate_limit if row is not None else rate
        return rate

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
                sign=Sign.ARRIVE,
                examples="\n".join(_EXAMPLES),
                button=translate("ResourcePane", "Add\u2026"),
                second=translate("ResourcePane", "Try it with the demo pack"),
                takes_drops=True,
            )
        elif self.filters.query.is_narrowed:
            self.empty.say(
                translate("ResourcePane", "Nothing matches the filter"),
                sign=Sign.FILTER,
                button=translate("ResourcePane", "Clear the filter"),
            )
        else:
            title, text = self._nothing_under(self.tabs.current)
            is_good = self.tabs.current in (Tab.MISSING, Tab.FAILED)
            self.empty.say(title, text, sign=Sign.DONE if is_good else Sign.ARRIVE)

    def _nothing_under(self, tab: Tab) -> tuple[str, str]:
        target = self._collection.collection.target if self._collection else ""
        match tab:
            case Tab.MISSING if self.model.count(Tab.DOWNLOADED) == self.model.total:
                return translate("ResourcePane", "Everything is here"), target
            case Tab.MISSING:
                return translate("ResourcePane", "Nothing is missing"), ""
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
        ids = self._selected(offers.ALL)
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
        among = frozenset(ids)
        menu = QMenu(self)
        row = self.model.snapshot_of(ids[0]) if len(ids) == 1 else None
        action = None if row is None else self.model.state_text(row).action
        if row is not None and action is not None:
            # What the row offers at its end, for those who use the keyboard.
            words = plain(self.model.state_text(row).right)
            menu.addAction(words, lambda: self.row_action.emit(row.id, action))
            menu.addSeparator()
        for title, states, wanted, same in (
            (translate("ResourcePane", "Download"), offers.DOWNLOAD, self.download_wanted.emit, None),
            (translate("ResourcePane", "Pause"), offers.PAUSE, self.pause_wanted.emit, None),
            (translate("ResourcePane", "Resume"), offers.RESUME, self.resume_wanted.emit, RowAction.RESUME),
            (translate("ResourcePane", "Try again"), offers.RETRY, self.retry_wanted.emit, RowAction.RETRY),
            (translate("ResourcePane", "Cancel"), offers.CANCEL, self.cancel_wanted.emit, None),
        ):
            # What the row offers stands above already.
            if same is None or same is not action:
                self._command(menu, title, self.model.ids_in(states, among), wanted)
        kept = self.model.ids_in(offers.KEPT, among)
        for title, wanted in (
            (translate("ResourcePane", "Try another address"), self.elsewhere_wanted.emit),
            (translate("ResourcePane", "Keep all the same\u2026"), self.keep_wanted.emit),
        ):
            if kept:
                self._command(menu, title, kept, wanted)
        menu.addSeparator()
        ranked = self.model.ids_in(offers.RANK, among)
        for title, step, keys in (
            (translate("ResourcePane", "Start earlier"), 1, HIGHER),
            (translate("ResourcePane", "Start later"), -1, LOWER),
        ):
            self._command(menu, title, ranked, partial(self._emit_rank, step), keys)
        limited = tuple(self.model.ids_in(offers.LIMIT, among))
        rates = RateMenu(menu)
        rates.setTitle(translate("ResourcePane", "Limit speed"))
        rates.setEnabled(bool(limited))
        rates.show_rate(self._common_rate(limited))
        self._connect_rates(rates, lambda: limited)
        menu.addMenu(rates)
        menu.addSeparator()
        remove, delete = self.remove_wanted.emit, QKeySequence(QKeySequence.StandardKey.Delete)
        title = translate("ResourcePane", "Remove from the list")
        self._command(menu, title, ids, lambda some: remove(some, False), delete)
        title = translate("ResourcePane", "Move the files to the trash")
        self._command(menu, title, ids, lambda some: remove(some, True))
        menu.addSeparator()
        everything = QKeySequence(QKeySequence.StandardKey.SelectAll)
        for title, found, shortcut in (
            (translate("ResourcePane", "Select all missing"), self.model.ids_of(Tab.MISSING), None),
            (translate("ResourcePane", "Select all failed"), self.model.ids_of(Tab.FAILED), None),
            (translate("ResourcePane", "Select all shown"), self.model.shown_ids(), everything),
        ):
            self._command(menu, title, found, self.model.selection.replace, shortcut)
        return menu

    def _command(
        self,
        menu: QMenu,
        title: str,
        ids: Sequence[str],
        call: Callable[[tuple[str, ...]], object],
        keys: QKeySequence | None = None,
    ) -> None:
        template = translate("ResourcePane", "{title} ({count})")
        words = title if len(ids) <= 1 else fill(template, title=title, count=f"{len(ids):,}")
        if keys is not None:
            words += "\t" + keys.toString(QKeySequence.SequenceFormat.NativeText)
        menu.addAction(words, lambda: call(tuple(ids))).setEnabled(bool(ids))

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
