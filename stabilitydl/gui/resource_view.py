"""The list of children: one row each, with check box, picture, texts, state and commands."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from .pictures import Pictures
from .qt import override
from .resource_delegate import CHECK_WIDTH, PICTURE, ResourceDelegate
from .resource_header import ResourceHeader
from .resource_index import Column
from .resource_table_model import ResourceTableModel
from .row_delegate import Look
from .row_pointer import Hit, Part, RowPointer
from .selection_model import SelectionModel
from .state_delegate import StateDelegate
from .theme import RESOURCE_ROW, Appearance, mark
from .tr import translate

_WIDTHS = {
    Column.MARK: CHECK_WIDTH + 4 + PICTURE + 4,
    Column.NAME: 200,
    Column.TYPE: 92,
    Column.BASE_MODEL: 108,
    Column.SIZE: 84,
    Column.STATE: 300,
    Column.MENU: 44,
}
_FIXED = frozenset({Column.MARK, Column.MENU})
NAME_LEAST = 160
STATE_LEAST, STATE_MOST = 240, 420
STATE_SHARE = 0.295
"""The column of states grows with the window until its user sizes it."""


class ResourceView(QTableView):
    """Shows a `ResourceTableModel`.

    ``action_wanted(id, RowAction)`` is the command in a row, ``menu_wanted(ids, QPoint)`` asks for a menu at a place on
    the screen, ``opened(id)`` is Enter or a double click, ``typed(text)`` a letter while the list has the keyboard.
    """

    action_wanted = Signal(str, object)
    menu_wanted = Signal(object, QPoint)
    opened = Signal(str)
    typed = Signal(str)

    def __init__(
        self, model: ResourceTableModel, appearance: Appearance, pictures: Pictures, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._rows = model
        self._appearance = appearance
        self._sizing = False
        self._user_sized = False
        self.setModel(model)
        self.setSelectionModel(SelectionModel(model, self))
        self._set_up()
        self.pointer = RowPointer(self, model, self.hit)
        self.pointer.action_wanted.connect(self.action_wanted)
        self.pointer.menu_wanted.connect(self.menu_wanted)
        look = Look(appearance, pictures, model.selection, lambda: self.pointer.hovered, lambda: self.pointer.by_keys)
        self._states = StateDelegate(look, self)
        self.setItemDelegate(ResourceDelegate(look, self))
        self.setItemDelegateForColumn(Column.STATE, self._states)
        self._titles = ResourceHeader(model, appearance, self)
        self._widths = dict(_WIDTHS)
        self._set_up_header(self._titles)
        # Whether there is a scroll bar is known before the rows are painted, so that they are not painted twice.
        model.arranged.connect(self.executeDelayedItemsLayout)
        self.activated.connect(lambda index: self.opened.emit(self._rows.snapshot_at(index.row()).id))
        model.selection.changed.connect(self.viewport().update)
        pictures.changed.connect(lambda _key: self.viewport().update())
        appearance.changed.connect(self.viewport().update)
        self.retranslate()

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.setAccessibleName(translate("ResourceView", "Files of the collection"))
        self._fit_titles()
        self.viewport().update()

    def hit(self, point: QPoint) -> Hit | None:
        """What lies at a point of the viewport."""
        index = self.indexAt(point)
        if not index.isValid():
            return None
        snapshot, part = self._rows.snapshot_at(index.row()), Part.ROW
        cell = self.visualRect(index)
        match index.column():
            case Column.MARK:
                beside = cell.right() - point.x() if self.isRightToLeft() else point.x() - cell.x()
                part = Part.CHECK if beside < CHECK_WIDTH else Part.ROW
            case Column.MENU:
                part = Part.MENU
            case Column.STATE:
                state = self._rows.state_text(snapshot)
                if self._states.action_rect(cell, self.layoutDirection(), state).contains(point):
                    part = Part.ACTION
            case _:
                pass
        return Hit(index.row(), snapshot, part)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        current = self.currentIndex()
        if event.key() == Qt.Key.Key_Space and current.isValid():
            self._rows.selection.toggle([self._rows.snapshot_at(current.row()).id])
        elif event.key() == Qt.Key.Key_Escape and self._rows.selection:
            self._rows.selection.clear()
        else:
            super().keyPressEvent(event)

    @override
    def moveCursor(self, cursorAction: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        actions, last = QAbstractItemView.CursorAction, self._rows.rowCount() - 1
        if last >= 0 and cursorAction in (actions.MoveHome, actions.MoveEnd):
            # Qt means the first and last column; whoever looks at a list of files means rows.
            return self._rows.index(0 if cursorAction is actions.MoveHome else last, Column.NAME)
        return super().moveCursor(cursorAction, modifiers)

    @override
    def selectAll(self) -> None:
        self._rows.selection.add(self._rows.shown_ids())

    @override
    def keyboardSearch(self, search: str) -> None:
        self.typed.emit(search)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._hide_what_has_no_room()
        if not self._user_sized:
            wide = max(STATE_LEAST, min(STATE_MOST, round(self.viewport().width() * STATE_SHARE)))
            self._sizing = True
            self.horizontalHeader().resizeSection(Column.STATE, wide)
            self._sizing = False

    def _fit_titles(self) -> None:
        """No column is narrower than its title."""
        for column in (Column.TYPE, Column.BASE_MODEL, Column.SIZE):
            least = max(_WIDTHS[column], self._titles.least_width(column))
            if least > self._widths[column] or self._titles.sectionSize(column) == self._widths[column]:
                self._widths[column] = least
                self._titles.resizeSection(column, least)
        self._hide_what_has_no_room()

    def _hide_what_has_no_room(self) -> None:
        """Names and states matter more than what the second line and the filters tell as well."""
        room = self.viewport().width() - sum(_WIDTHS[column] for column in _FIXED) - self._widths[Column.SIZE]
        room -= STATE_LEAST + NAME_LEAST
        for column in (Column.TYPE, Column.BASE_MODEL):
            room -= self._widths[column]
            if self.isColumnHidden(column) != (room < 0):
                self.setColumnHidden(column, room < 0)

    def _set_up(self) -> None:
        mark(self, surface="panel")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setCornerButtonEnabled(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(RESOURCE_ROW)
        rows.setDefaultSectionSize(RESOURCE_ROW)

    def _set_up_header(self, header: ResourceHeader) -> None:
        self.setHorizontalHeader(header)
        for column, width in _WIDTHS.items():
            fixed = QHeaderView.ResizeMode.Fixed if column in _FIXED else QHeaderView.ResizeMode.Interactive
            header.setSectionResizeMode(column, fixed)
            header.resizeSection(column, width)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        header.sectionResized.connect(self._keep_state_wide)
        self.setSortingEnabled(True)

    def _keep_state_wide(self, section: int, _old: int, new: int) -> None:
        if section != Column.STATE or self._sizing:
            return
        self._user_sized = True
        if new < STATE_LEAST:
            self.horizontalHeader().resizeSection(Column.STATE, STATE_LEAST)
