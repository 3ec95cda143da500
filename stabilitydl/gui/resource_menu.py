"""The menu of children: what can be done with them, and the ways to select many."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from ..domain.states import State, Tab
from ..text import plain
from . import offer as offers
from .action_bar import HIGHER, LOWER
from .rate_menu import RateMenu
from .resource_cells import ResourceCells
from .resource_wishes import ResourceWishes
from .row_action import RowAction
from .tr import fill, translate

_Ids = tuple[str, ...]


class ResourceMenu(QMenu):
    """Emits one of ``wishes`` for those of ``ids`` that it can be done with, or selects others of ``children``."""

    def __init__(self, ids: Sequence[str], children: ResourceCells, wishes: ResourceWishes, parent: QWidget) -> None:
        super().__init__(parent)
        self._ids = tuple(ids)
        self._among = frozenset(ids)
        self._children = children
        self._wishes = wishes
        own = self._add_own_action()
        self._add_transfers(own)
        self._add_kept()
        self._add_places(own)
        self.addSeparator()
        self._add_queue()
        self.addSeparator()
        self._add_removal()
        self.addSeparator()
        self._add_selections()

    def _add_own_action(self) -> RowAction | None:
        """What a single row offers at its end, for those who use the keyboard."""
        row = self._children.snapshot_of(self._ids[0]) if len(self._ids) == 1 else None
        offered = None if row is None else self._children.state_text(row)
        if row is None or offered is None or offered.action is None:
            return None
        resource, action = row.id, offered.action
        self.addAction(plain(offered.right), lambda: self._wishes.act.emit(resource, action))
        self.addSeparator()
        return action

    def _add_transfers(self, own: RowAction | None) -> None:
        wishes = self._wishes
        for title, states, wanted, same in (
            (translate("ResourcePane", "Download"), offers.DOWNLOAD, wishes.download, None),
            (translate("ResourcePane", "Pause"), offers.PAUSE, wishes.pause, None),
            (translate("ResourcePane", "Resume"), offers.RESUME, wishes.resume, RowAction.RESUME),
            (translate("ResourcePane", "Try again"), offers.RETRY, wishes.retry, RowAction.RETRY),
            (translate("ResourcePane", "Cancel"), offers.CANCEL, wishes.cancel, None),
        ):
            # What the row offers stands above already.
            if same is None or same is not own:
                self._add(title, self._children.ids_in(states, self._among), wanted.emit)

    def _add_kept(self) -> None:
        kept = self._children.ids_in(offers.KEPT, self._among)
        if kept:
            self._add(translate("ResourcePane", "Try another address"), kept, self._wishes.elsewhere.emit)
            self._add(translate("ResourcePane", "Keep all the same\u2026"), kept, self._wishes.keep.emit)

    def _add_places(self, own: RowAction | None) -> None:
        """Where a single child is to be found: on the drive, and on its hub."""
        row = self._children.snapshot_of(self._ids[0]) if len(self._ids) == 1 else None
        if row is None:
            return
        resource = row.id
        self.addSeparator()
        if row.state is State.DOWNLOADED:
            self.addAction(translate("ResourcePane", "Open the folder"), lambda: self._wishes.folder.emit(resource))
        if row.resource.page and own is not RowAction.OPEN_PAGE:
            self.addAction(translate("ResourcePane", "Open the page"), lambda: self._wishes.page.emit(resource))

    def _add_queue(self) -> None:
        rank, ranked = self._wishes.rank, self._children.ids_in(offers.RANK, self._among)
        self._add(translate("ResourcePane", "Start earlier"), ranked, lambda ids: rank.emit(ids, 1), HIGHER)
        self._add(translate("ResourcePane", "Start later"), ranked, lambda ids: rank.emit(ids, -1), LOWER)
        limited = tuple(self._children.ids_in(offers.LIMIT, self._among))
        rates = RateMenu(self)
        rates.setTitle(translate("ResourcePane", "Limit speed"))
        rates.setEnabled(bool(limited))
        rates.show_rate(self._children.common_rate(limited))
        rates.chosen.connect(lambda rate: self._wishes.limit.emit(limited, rate))
        rates.other_wanted.connect(lambda: self._wishes.other_limit.emit(limited))
        self.addMenu(rates)

    def _add_removal(self) -> None:
        remove, delete = self._wishes.remove, QKeySequence(QKeySequence.StandardKey.Delete)
        title = translate("ResourcePane", "Remove from the list")
        self._add(title, self._ids, lambda ids: remove.emit(ids, False), delete)
        title = translate("ResourcePane", "Move the files to the trash")
        self._add(title, self._ids, lambda ids: remove.emit(ids, True))

    def _add_selections(self) -> None:
        children, select = self._children, self._children.selection.replace
        everything = QKeySequence(QKeySequence.StandardKey.SelectAll)
        self._add(translate("ResourcePane", "Select all missing"), children.ids_of(Tab.MISSING), select)
        self._add(translate("ResourcePane", "Select all failed"), children.ids_of(Tab.FAILED), select)
        self._add(translate("ResourcePane", "Select all shown"), children.shown_ids(), select, everything)

    def _add(
        self, title: str, ids: Sequence[str], call: Callable[[_Ids], object], keys: QKeySequence | None = None
    ) -> None:
        """A command about ``ids``, which says how many they are; it cannot be chosen where there are none."""
        template = translate("ResourcePane", "{title} ({count})")
        words = title if len(ids) <= 1 else fill(template, title=title, count=f"{len(ids):,}")
        if keys is not None:
            words += "\t" + keys.toString(QKeySequence.SequenceFormat.NativeText)
        self.addAction(words, lambda: call(tuple(ids))).setEnabled(bool(ids))
