"""What the mouse means on a row of children besides selecting: its check box, its command, its menu."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView

from ..domain.resource import ResourceSnapshot
from .qt import override
from .resource_table_model import ResourceTableModel
from .selection_model import Flag

_BY_KEYS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class Part(Enum):
    """What of a row lies at a point."""

    ROW = auto()
    CHECK = auto()
    ACTION = auto()
    MENU = auto()


@dataclass(frozen=True)
class Hit:
    """A child and what of its row was hit."""

    row: int
    snapshot: ResourceSnapshot
    part: Part


class Aim(Protocol):
    """What a view tells about a point in its viewport."""

    def __call__(self, point: QPoint, /) -> Hit | None: ...


class RowPointer(QObject):
    """Watches the viewport of a view of children.

    ``action_wanted`` carries an id and a `RowAction`, ``menu_wanted`` the ids that a menu is about and its place.
    ``hovered`` is the id of the child below the pointer, ``by_keys`` tells that the keyboard was used last.
    """

    action_wanted = Signal(str, object)
    menu_wanted = Signal(object, QPoint)

    def __init__(self, view: QAbstractItemView, model: ResourceTableModel, aim: Aim) -> None:
        super().__init__(view)
        self.hovered = ""
        self.by_keys = False
        self._view = view
        self._model = model
        self._aim = aim
        self._pressed: Hit | None = None
        viewport = view.viewport()
        viewport.setMouseTracking(True)
        viewport.installEventFilter(self)
        view.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._view:
            self._follow_keys(event)
            return False
        match event.type():
            case QEvent.Type.MouseButtonPress | QEvent.Type.MouseButtonDblClick if isinstance(event, QMouseEvent):
                return self._press(event)
            case QEvent.Type.MouseMove if isinstance(event, QMouseEvent):
                self._hover(self._aim(event.position().toPoint()))
                return self._pressed is not None
            case QEvent.Type.MouseButtonRelease if isinstance(event, QMouseEvent):
                return self._release(event)
            case QEvent.Type.Leave:
                self._hover(None)
            case QEvent.Type.ContextMenu if isinstance(event, QContextMenuEvent):
                return self._context_menu(event)
            case _:
                pass
        return False

    def _follow_keys(self, event: QEvent) -> None:
        if isinstance(event, QFocusEvent):
            self.by_keys |= event.gotFocus() and event.reason() in _BY_KEYS
        elif event.type() == QEvent.Type.KeyPress:
            self.by_keys = True

    def _press(self, event: QMouseEvent) -> bool:
        self.by_keys = False
        hit = self._aim(event.position().toPoint())
        if hit is None:
            return False
        if event.button() is Qt.MouseButton.RightButton:
            # The menu is about all selected rows, or about this one alone; Qt would select on its own terms.
            return hit.snapshot.id in self._model.selection
        if event.button() is not Qt.MouseButton.LeftButton or hit.part is Part.ROW:
            return False
        self._pressed = hit
        if hit.part is Part.CHECK:
            self._check(hit, extend=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        return True

    def _check(self, hit: Hit, *, extend: bool) -> None:
        selection, current = self._model.selection, self._view.currentIndex()
        if extend and current.isValid():
            top, bottom = sorted((current.row(), hit.row))
            selection.add(self._model.shown_ids(top, bottom + 1))
        else:
            selection.toggle([hit.snapshot.id])
        column = max(current.column(), 0)
        self._view.selectionModel().setCurrentIndex(self._model.index(hit.row, column), Flag.NoUpdate)
        self._view.setFocus(Qt.FocusReason.MouseFocusReason)

    def _release(self, event: QMouseEvent) -> bool:
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            return False
        hit = self._aim(event.position().toPoint())
        if hit is None or (hit.snapshot.id, hit.part) != (pressed.snapshot.id, pressed.part):
            return True
        if hit.part is Part.ACTION:
            action = self._model.state_text(hit.snapshot).action
            if action is not None:
                self.action_wanted.emit(hit.snapshot.id, action)
        elif hit.part is Part.MENU:
            self.menu_wanted.emit([hit.snapshot.id], event.globalPosition().toPoint())
        return True

    def _context_menu(self, event: QContextMenuEvent) -> bool:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            index = self._view.currentIndex()
            hit = None
            if index.isValid():
                hit = Hit(index.row(), self._model.snapshot_at(index.row()), Part.ROW)
            place = self._view.viewport().mapToGlobal(self._view.visualRect(index).center())
        else:
            hit, place = self._aim(event.pos()), event.globalPos()
        if hit is None:
            return False
        selection = self._model.selection
        if hit.snapshot.id not in selection:
            selection.replace([hit.snapshot.id])
        chosen = selection.ids
        self.menu_wanted.emit([key for key in self._model.shown_ids() if key in chosen], place)
        return True

    def _hover(self, hit: Hit | None) -> None:
        hovered = hit.snapshot.id if hit is not None else ""
        viewport = self._view.viewport()
        if hovered != self.hovered:
            self.hovered = hovered
            viewport.update()
        hand = hit is not None and hit.part in (Part.ACTION, Part.MENU)
        viewport.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)
