"""What the window remembers of itself between two starts, read at the beginning and written at the end."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QSplitter

from ..domain.states import Tab
from .activity import Activity
from .collection_groups import CollectionFilter, Grouping
from .collection_pane import CollectionPane
from .memory import Memory
from .resource_pane import ResourcePane


class Recall:
    """Place and size, and the choices of the user: collection, filter, grouping, tab, sorting, list or pictures."""

    def __init__(
        self,
        memory: Memory,
        window: QMainWindow,
        splitter: QSplitter,
        collections: CollectionPane,
        resources: ResourcePane,
        activity: Activity,
    ) -> None:
        self._memory = memory
        self._window = window
        self._splitter = splitter
        self._collections = collections
        self._resources = resources
        self._activity = activity

    @property
    def collection(self) -> str:
        """The id of the collection that was shown, empty for all of them."""
        return self._memory.text("collection")

    def restore(self) -> None:
        """Be as it was."""
        for name, restore in (
            ("geometry", self._window.restoreGeometry),
            ("splitter", self._splitter.restoreState),
        ):
            value = self._memory.bytes(name)
            if value is not None:
                restore(value)
        self._activity.show_open(self._memory.flag("activity", default=True))
        self._resources.show_grid(self._memory.flag("grid", default=False))
        self._resources.choose_tab(self._memory.choice("tab", Tab, Tab.ALL))
        self._collections.group_by(self._memory.choice("grouping", Grouping, Grouping.NONE))
        which = self._memory.choice("filter", CollectionFilter, CollectionFilter.ALL)
        if which is not CollectionFilter.ALL:
            self._collections.show_filter(which)
        column = self._memory.number("sorted_by", -1)
        descending = self._memory.flag("descending", default=False)
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self._resources.list.sortByColumn(column, order)

    def keep(self, collection: str) -> None:
        """Remember how it is now, with ``collection`` shown."""
        header = self._resources.list.horizontalHeader()
        for name, value in (
            ("geometry", self._window.saveGeometry()),
            ("splitter", self._splitter.saveState()),
            ("activity", self._activity.is_open),
            ("grid", self._resources.is_grid),
            ("tab", self._resources.tabs.current.value),
            ("grouping", self._collections.grouping.value),
            ("filter", self._collections.filter.value),
            ("collection", collection),
            ("sorted_by", str(header.sortIndicatorSection())),
            ("descending", header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder),
        ):
            self._memory.remember(name, value)
        self._memory.save()
