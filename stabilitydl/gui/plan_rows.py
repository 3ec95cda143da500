"""The rows of the plan: one group of files each, with a switch, why it is a group, and its bytes."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from .check_box import CheckBox
from .plan_model import Group, Kind, PlanModel
from .plan_text import group_text
from .qt import override
from .theme import SPACE, Appearance, mark

_WARNING = "\u26a0"
_DETAIL_WIDTH = 220
_LOWEST = 160
_TONES = {
    Kind.PICKLE: "attention_text",
    Kind.FLAGGED: "trouble_text",
    Kind.LOGIN: "trouble_text",
    Kind.BLOCKED: "trouble_text",
    Kind.PROGRAM: "trouble_text",
}


class GroupsArea(QScrollArea):
    """All rows, as high as they need to be; a screen that is too low lets them scroll."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self._inside.setAutoFillBackground(False)
        policy = self.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Maximum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, row: GroupRow) -> None:
        """Put a row below the others."""
        self._column.addWidget(row)
        row.show()
        self.updateGeometry()

    def clear(self) -> None:
        """Drop all rows."""
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.updateGeometry()

    @override
    def heightForWidth(self, width: int) -> int:
        if self._column.hasHeightForWidth():
            return self._column.totalHeightForWidth(width)
        return self._column.sizeHint().height()

    @override
    def sizeHint(self) -> QSize:
        return self._column.sizeHint()

    @override
    def minimumSizeHint(self) -> QSize:
        inside = self._column.minimumSize()
        return QSize(inside.width(), min(inside.height(), _LOWEST))


class GroupRow(QFrame):
    """One group. ``toggled`` asks to switch it on or off as a whole; ``link_used`` is the link beside its words."""

    toggled = Signal(bool)
    link_used = Signal()

    def __init__(self, plan: PlanModel, group: Group, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.group = group
        self._plan = plan
        self._appearance = appearance
        mark(self, edge="top")
        self.check = CheckBox(appearance)
        self.check.setEnabled(group.can_be_chosen)
        self.check.clicked.connect(self._clicked)
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setBuddy(self.check)
        self.detail = QLabel()
        self.detail.setTextFormat(Qt.TextFormat.PlainText)
        self.detail.setWordWrap(True)
        self.detail.setMinimumWidth(_DETAIL_WIDTH)
        mark(self.detail, kind="secondary")
        self.link = QPushButton()
        mark(self.link, role="link")
        self.link.setAutoDefault(False)
        self.link.clicked.connect(self.link_used)
        self.bytes = QLabel()
        self.bytes.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 9, 0, 9)
        row.setSpacing(SPACE)
        row.addWidget(self.check)
        row.addWidget(self.title)
        row.addWidget(self.detail, 1)
        row.addWidget(self.link)
        row.addWidget(self.bytes)
        appearance.changed.connect(self._color)
        self._color()
        self.refresh()

    def refresh(self) -> None:
        """Show the texts and how many of the group are chosen."""
        text = group_text(self._plan, self.group)
        is_trouble = self.group.kind in _TONES
        self.title.setText(f"{_WARNING} {text.title}" if is_trouble else text.title)
        self.detail.setText(text.detail)
        self.link.setText(text.link)
        self.link.setVisible(bool(text.link))
        self.bytes.setText(text.size)
        self.check.setAccessibleName(", ".join(part for part in (text.title, text.detail, text.size) if part))
        chosen = self._plan.chosen_of(self.group)
        if chosen == 0:
            self.check.setCheckState(Qt.CheckState.Unchecked)
        elif chosen == sum(child.can_be_chosen for child in self.group.children):
            self.check.setCheckState(Qt.CheckState.Checked)
        else:
            self.check.setCheckState(Qt.CheckState.PartiallyChecked)
        self.updateGeometry()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The words belong to the check box, so a click on them is one on it."""
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.check.click()

    def _clicked(self) -> None:
        possible = sum(child.can_be_chosen for child in self.group.children)
        self.toggled.emit(self._plan.chosen_of(self.group) < possible)

    def _color(self) -> None:
        palette = self.title.palette()
        color = self._appearance.theme.color(_TONES.get(self.group.kind, "text"))
        palette.setColor(QPalette.ColorRole.WindowText, color)
        self.title.setPalette(palette)
