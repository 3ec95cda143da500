"""The plan: what a download would bring, in groups, before anything starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..hubs.signed import redacted_address
from ..text import plain
from .dialog import Dialog
from .forecast import Forecast
from .icons import Sign, Tone, put
from .library_choice import LibraryChoice
from .plan_model import Group, PlanModel
from .plan_rows import GroupRow, GroupsArea
from .plan_table_model import PlanTableModel
from .plan_text import duration, room, show_text, start_text, title, trouble_title
from .plan_view import PlanView
from .qt import override
from .theme import SPACE, Appearance, mark
from .tip import tip
from .tr import fill, problem_text, translate

_WIDTH = 740
_MOST_PROBLEMS = 4
_SCROLL_BAR = 12
_TITLE_BAR = 40


class PlanDialog(Dialog):
    """Shows a forecast and lets groups and single files be switched off; Enter starts the rest.

    ``start_wanted`` carries the ids to start and the expansions to put on the list first; ``list_wanted`` only the
    expansions; ``login_wanted`` the name of a hub that ``can_log_in`` knows an account for; ``page_wanted`` a snapshot
    whose page helps. Where there are several libraries, `library` is told to offer them, and says which one is wanted
    instead.
    """

    start_wanted = Signal(object, object)
    list_wanted = Signal(object)
    login_wanted = Signal(str)
    page_wanted = Signal(object)

    def __init__(
        self, appearance: Appearance, parent: QWidget | None = None, *, can_log_in: Callable[[str], bool] = bool
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._can_log_in = can_log_in
        self._locators: tuple[str, ...] = ()
        self._plan: PlanModel | None = None
        self._speed: float | None = None
        self._is_new = True
        self._choices: Mapping[tuple[str, str], bool] = {}
        self.rows: list[GroupRow] = []
        self._build()
        self._arrange()
        self.retranslate()

    def _build(self) -> None:
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        mark(self.title, kind="title")
        self.room = QLabel()
        self.room.setTextFormat(Qt.TextFormat.RichText)
        self.room.setWordWrap(True)
        mark(self.room, kind="secondary")
        self.library = LibraryChoice()
        self.shortage = QLabel()
        self.shortage.setWordWrap(True)
        mark(self.shortage, kind="trouble")
        self._groups = GroupsArea()
        self.trouble = QFrame()
        mark(self.trouble, edge="top")
        self.trouble_words = QLabel()
        mark(self.trouble_words, kind="trouble")
        self.trouble_list = QListView()
        self.trouble_list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.trouble_list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self._trouble_lines = QStringListModel(self)
        self.trouble_list.setModel(self._trouble_lines)
        self.children_table = PlanView(self._appearance)
        self._table_model = PlanTableModel(self)
        self.children_table.show_model(self._table_model)
        self._table_model.chosen.connect(self._refresh)
        self.show_all = QPushButton()
        mark(self.show_all, role="flat")
        self.show_all.setAutoDefault(False)
        self.show_all.setCheckable(True)
        self.show_all.toggled.connect(self._show_children)
        self.cancel = QPushButton()
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self.only_list = QPushButton()
        self.only_list.setAutoDefault(False)
        self.only_list.clicked.connect(self._list)
        self.start = QPushButton()
        mark(self.start, role="primary")
        self.start.setDefault(True)
        self.start.clicked.connect(self.accept)

    def _arrange(self) -> None:
        trouble = QVBoxLayout(self.trouble)
        trouble.setContentsMargins(0, 9, 0, 4)
        trouble.setSpacing(4)
        trouble.addWidget(self.trouble_words)
        trouble.addWidget(self.trouble_list)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addWidget(self.show_all)
        buttons.addStretch(1)
        for button in (self.cancel, self.only_list, self.start):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self.room)
        column.addWidget(self.library)
        column.addWidget(self.shortage)
        column.addSpacing(SPACE)
        column.addWidget(self._groups)
        column.addWidget(self.trouble)
        column.addWidget(self.children_table, 1)
        column.addSpacing(SPACE)
        column.addLayout(buttons)

    @property
    def plan(self) -> PlanModel | None:
        """What is shown, None while the hubs are asked."""
        return self._plan

    def show_busy(self, locators: Sequence[str]) -> None:
        """Say that the hubs are asked about ``locators``, or what is listed is looked at where there are none.

        What was chosen before in this dialog is chosen again afterwards.
        """
        self._locators = tuple(locators)
        if self._plan is not None:
            self._choices = self._plan.choices()
        self._plan = None
        self._fill()

    def show_forecast(self, forecast: Forecast, *, is_new: bool = True, speed: float | None = None) -> None:
        """Show what came out.

        ``is_new`` offers to put the collections on the list without a download. ``speed`` is the last one, in bytes
        per second.
        """
        self._plan = PlanModel(forecast, self._can_log_in)
        self._plan.repeat(self._choices)
        self._is_new = is_new
        self._speed = speed
        self._table_model.load(self._plan)
        self._fill()
        self.start.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def accept(self) -> None:
        """Start what is chosen."""
        if self._plan is not None and self.start.isEnabled():
            self.start_wanted.emit(self._plan.chosen_ids(), self._plan.forecast.expansions)
            super().accept()

    @override
    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.setWindowTitle(translate("Plan", "Plan"))
        self.cancel.setText(translate("Plan", "Cancel"))
        self.only_list.setText(translate("Plan", "Only add to the list"))
        self.trouble_list.setAccessibleName(translate("Plan", "Problems while listing"))
        self.children_table.setAccessibleName(translate("Plan", "All files of the plan"))
        self._table_model.refresh()
        self.library.retranslate()
        self._fill()

    def _fill(self) -> None:
        self.library.setEnabled(self._plan is not None)
        self._groups.clear()
        self.rows = []
        plan = self._plan
        if plan is not None:
            for group in plan.groups:
                row = GroupRow(plan, group, self._appearance)
                row.toggled.connect(lambda wanted, group=group: self._toggle(group, wanted))
                row.link_used.connect(lambda group=group: self._use_link(group))
                self._groups.add(row)
                self.rows.append(row)
        problems = plan.forecast.problems if plan is not None else ()
        self.trouble.setVisible(bool(problems))
        self.trouble_words.setText(f"\u26a0 {trouble_title(len(problems))}")
        self._trouble_lines.setStringList([problem_text(problem) for problem in problems])
        row_height = max(self.trouble_list.sizeHintForRow(0), 0)
        self.trouble_list.setFixedHeight(min(len(problems), _MOST_PROBLEMS) * row_height + _SCROLL_BAR)
        self.trouble.updateGeometry()
        self.show_all.setVisible(plan is not None and len(plan) > 0)
        self.only_list.setVisible(plan is not None and self._is_new and bool(plan.forecast.expansions))
        self.start.setVisible(plan is None or bool(plan.forecast.expansions))
        if plan is None or not len(plan):
            self.show_all.setChecked(False)
        self._refresh()
        self._show_children(self.show_all.isChecked())

    def _refresh(self) -> None:
        """Show what is chosen now."""
        plan = self._plan
        if plan is None:
            self._say_busy()
            return
        totals = plan.totals()
        self.title.setText(title(plan) if plan.forecast.expansions else translate("Plan", "Nothing can be listed"))
        words = [room(need) for need in totals.needs]
        if lasting := duration(totals.bytes, self._speed):
            words.append(lasting)
        if totals.unknown:
            unknown = translate("Plan", "{count} of unknown size")
            words.append(fill(unknown, count=f"{totals.unknown:,}"))
        self.room.setText(" · ".join(words))
        self.room.setVisible(bool(words))
        self.shortage.setText(
            translate("Plan", "⚠ There is not enough space. Free some, or switch off a part of the files.")
        )
        self.shortage.setVisible(not totals.fits)
        for row in self.rows:
            row.refresh()
        self._groups.updateGeometry()
        self.show_all.setText(show_text(len(plan)))
        self.start.setText(start_text(totals.files))
        self.start.setEnabled(totals.files > 0 and totals.fits)

    def _say_busy(self) -> None:
        count = len(self._locators)
        detail = ""
        if not count:
            words = translate("Plan", "Looking at what is missing")
        elif count == 1:
            words = translate("Plan", "Looking at 1 address")
            detail = plain(redacted_address(self._locators[0]), 120)
        else:
            words = fill(translate("Plan", "Looking at {count} addresses"), count=f"{count:,}")
        self.title.setText(words)
        asked = translate("Plan", "Nothing is downloaded before you say so.")
        self.room.setText(asked)
        self.room.setToolTip(tip(detail))
        self.room.show()
        self.shortage.hide()
        self.start.setText(start_text(0))
        self.start.setEnabled(False)

    def _toggle(self, group: Group, wanted: bool) -> None:
        if self._plan is not None:
            self._plan.choose(group.children, wanted)
            self._table_model.refresh()
            self._refresh()

    def _use_link(self, group: Group) -> None:
        if self._plan is None:
            return
        hub, row = self._plan.hub_to_log_in(group), self._plan.row_with_page(group)
        if hub:
            self.login_wanted.emit(hub)
        elif row is not None:
            self.page_wanted.emit(row)

    def _list(self) -> None:
        if self._plan is not None:
            self.list_wanted.emit(self._plan.forecast.expansions)
            super().accept()

    def _show_children(self, wanted: bool) -> None:
        self.children_table.setVisible(wanted)
        put(self.show_all, Sign.DOWN if wanted else Sign.FORWARD, Tone.QUIET)
        if self._plan is not None:
            self.show_all.setText(show_text(len(self._plan)))
        self._fit()

    def _fit(self) -> None:
        """Be as high as what is shown, as far as the screen allows."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        width = max(self.width(), _WIDTH, layout.minimumSize().width())
        height = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()
        room = self.screen().availableSize()
        self.resize(min(width, room.width()), min(height, room.height() - _TITLE_BAR))
