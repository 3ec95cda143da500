"""The list of collections in the side bar. It remembers which one was chosen and which groups are closed."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget

from .collection_delegate import CollectionDelegate
from .collection_tree_model import CollectionRole, CollectionTreeModel
from .pictures import Pictures
from .qt import NO_INDEX, AnyIndex, override
from .theme import Appearance, mark
from .tr import translate


class CollectionView(QTreeView):
    """Shows a `CollectionTreeModel`.

    ``chosen(id)`` is emitted when the user picks another collection, ``menu_wanted(id, QPoint)`` asks for a menu at a
    place on the screen.
    """

    chosen = Signal(str)
    menu_wanted = Signal(str, QPoint)

    def __init__(
        self, model: CollectionTreeModel, appearance: Appearance, pictures: Pictures, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._collections = model
        self._current = ""
        self._closed: set[str] = set()
        self._restoring = False
        self.setModel(model)
        self.setItemDelegate(CollectionDelegate(appearance, pictures, self))
        mark(self, surface="sidebar")
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setMouseTracking(True)
        self.setExpandsOnDoubleClick(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.collapsed.connect(lambda index: self._closed.add(index.data(CollectionRole.KEY)))
        self.expanded.connect(lambda index: self._closed.discard(index.data(CollectionRole.KEY)))
        self.activated.connect(self._pick)
        model.modelReset.connect(self._restore)
        model.rowsInserted.connect(self._open_new)
        pictures.changed.connect(lambda _key: self.viewport().update())
        appearance.changed.connect(self.viewport().update)
        self._restore()
        self.retranslate()

    @property
    def current(self) -> str:
        """The id of the chosen collection; it stays while a filter hides it. Empty before one is chosen."""
        return self._current

    def choose(self, collection: str) -> None:
        """Show ``collection`` as the chosen one, without a signal."""
        self._current = collection
        self._show_current()

    def clear_choice(self) -> None:
        """No collection is the chosen one, without a signal."""
        self.choose("")

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.setAccessibleName(translate("CollectionView", "Collections"))

    @override
    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        super().currentChanged(current, previous)
        collection = self._collections.id_at(current) if current.isValid() else ""
        if collection and collection != self._current and not self._restoring:
            self._current = collection
            self.chosen.emit(collection)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        """Coming here with the keyboard chooses nothing yet; arrows and Enter do."""
        self._restoring = True
        super().focusInEvent(event)
        self._restoring = False

    def _pick(self, index: QModelIndex) -> None:
        collection = self._collections.id_at(index)
        if not collection:
            self.setExpanded(index, not self.isExpanded(index))
        elif collection != self._current:
            self._current = collection
            self._show_current()
            self.chosen.emit(collection)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and not self._collections.id_at(index):
            self.setExpanded(index, not self.isExpanded(index))
            return
        super().mousePressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_keys = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_keys else self.indexAt(event.pos())
        collection = self._collections.id_at(index) if index.isValid() else ""
        if collection:
            place = self.viewport().mapToGlobal(self.visualRect(index).center()) if by_keys else event.globalPos()
            self.menu_wanted.emit(collection, place)

    def _restore(self) -> None:
        closed = set(self._closed)
        self.expandAll()
        self._closed = closed
        for index in self._groups(NO_INDEX):
            if index.data(CollectionRole.KEY) in closed:
                self.collapse(index)
        self._show_current()

    def _groups(self, parent: AnyIndex) -> list[QModelIndex]:
        model = self._collections
        below = [model.index(row, 0, parent) for row in range(model.rowCount(parent))]
        groups = [index for index in below if not model.id_at(index)]
        return groups + [deeper for group in groups for deeper in self._groups(group)]

    def _open_new(self, parent: AnyIndex, first: int, last: int) -> None:
        for index in (self._collections.index(row, 0, parent) for row in range(first, last + 1)):
            if not self._collections.id_at(index) and index.data(CollectionRole.KEY) not in self._closed:
                self.expand(index)
            elif self._collections.id_at(index) == self._current:
                self._show_current()
        if parent.isValid() and parent.data(CollectionRole.KEY) not in self._closed:
            self.expand(parent)

    def _show_current(self) -> None:
        self._restoring = True
        index = self._collections.index_of(self._current)
        if index.isValid():
            self.setCurrentIndex(index)
        else:
            self.selectionModel().clear()
        self._restoring = False
