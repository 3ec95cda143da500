"""Check boxes that look the same in dialogs and in the lists of files."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionButton,
    QStyleOptionViewItem,
    QWidget,
)

from .painting import CHECK_SIZE, Canvas
from .qt import override
from .theme import Appearance

_LEAST = CHECK_SIZE + 4


class CheckBox(QCheckBox):
    """A check box in the colours of the window. What cannot be switched is shown faint."""

    def __init__(self, appearance: Appearance, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._appearance = appearance
        appearance.changed.connect(self.update)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        style = self.style()
        painter = QPainter(self)
        box = self._box(style.subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self))
        # Rectangles of a style are mirrored already.
        canvas = Canvas(painter, self.rect(), Qt.LayoutDirection.LeftToRight, self._appearance.theme)
        painter.setOpacity(1.0 if self.isEnabled() else 0.4)
        canvas.check_box(box, self.checkState(), hovered=self.underMouse() and self.isEnabled())
        painter.setOpacity(1.0)
        option.rect = style.subElementRect(QStyle.SubElement.SE_CheckBoxContents, option, self)
        style.drawControl(QStyle.ControlElement.CE_CheckBoxLabel, option, painter, self)
        if self.hasFocus():
            painter.setPen(self._appearance.theme.color("accent"))
            around = option.rect if self.text() else box.adjusted(-2, -2, 2, 2).intersected(self.rect())
            painter.drawRect(around.adjusted(0, 0, -1, -1))
        painter.end()

    @override
    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(_LEAST, _LEAST))

    @override
    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint().expandedTo(QSize(_LEAST, _LEAST))

    def _box(self, indicator: QRect) -> QRect:
        """Where the box of the window goes: it is a little larger than that of the style, and stays inside."""
        box = QRect(0, 0, CHECK_SIZE, CHECK_SIZE)
        box.moveCenter(indicator.center())
        box.moveLeft(min(max(box.left(), 0), self.width() - CHECK_SIZE))
        return box


class CheckDelegate(QStyledItemDelegate):
    """Paints cells as Qt does, with the check box of the window."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        state = index.data(Qt.ItemDataRole.CheckStateRole)
        if state is None:
            return
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        widget = shown.widget
        box = widget.style().subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, shown, widget)
        canvas = Canvas(painter, shown.rect, Qt.LayoutDirection.LeftToRight, self._appearance.theme)
        canvas.check_box(box, Qt.CheckState(state))
