"""The bar that slides in with a selection and says what its buttons will do, in files and bytes."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QLabel, QLayout, QMenu, QPushButton, QToolButton

from ..domain.states import State
from ..text import format_bytes
from .elided_label import ElidedLabel
from .icons import Sign, put
from .menu_button import MenuButton
from .offer import CANCEL, DOWNLOAD, LIMIT, PAUSE, RANK, RESUME, RETRY, Offer
from .qt import override
from .rate_menu import RateMenu
from .theme import ACTION_BAR_HEIGHT, SPACE, mark
from .tr import fill, translate

HIGHER, LOWER = QKeySequence("Ctrl+Shift+Up"), QKeySequence("Ctrl+Shift+Down")
_START, _END = 16, 14
_NATIVE = QKeySequence.SequenceFormat.NativeText


class ActionBar(QFrame):
    """Hidden while nothing is selected. ``rank_wanted`` carries 1 for earlier, -1 for later and 0 for as usual."""

    download_wanted = Signal()
    pause_wanted = Signal()
    resume_wanted = Signal()
    retry_wanted = Signal()
    cancel_wanted = Signal()
    remove_wanted = Signal()
    rank_wanted = Signal(int)
    clear_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        mark(self, surface="accent", edge="top")
        self.setFixedHeight(ACTION_BAR_HEIGHT)
        self._offer = Offer()
        self._free: int | None = None
        self.count = QLabel()
        mark(self.count, kind="strong")
        self.detail = ElidedLabel()
        mark(self.detail, kind="secondary")
        self.clear = QPushButton()
        mark(self.clear, role="link")
        self.remove = QPushButton()
        self.cancel = QPushButton()
        self.rank = MenuButton()
        self._menu = QMenu(self)
        self.earlier = self._menu.addAction("", lambda: self.rank_wanted.emit(1))
        self.as_usual = self._menu.addAction("", lambda: self.rank_wanted.emit(0))
        self.later = self._menu.addAction("", lambda: self.rank_wanted.emit(-1))
        self.rank.setMenu(self._menu)
        self.limit = MenuButton()
        self.rates = RateMenu(self)
        self.limit.setMenu(self.rates)
        self.pause = QPushButton()
        self.resume = QPushButton()
        self.retry = QPushButton()
        self.download = QPushButton()
        mark(self.download, role="primary")
        for button, signal in (
            (self.clear, self.clear_wanted),
            (self.remove, self.remove_wanted),
            (self.cancel, self.cancel_wanted),
            (self.pause, self.pause_wanted),
            (self.resume, self.resume_wanted),
            (self.retry, self.retry_wanted),
            (self.download, self.download_wanted),
        ):
            button.clicked.connect(lambda _checked, signal=signal: signal.emit())
        self.more = QToolButton()
        mark(self.more, role="tool")
        put(self.more, Sign.MORE)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._overflow = QMenu(self)
        self._overflow.aboutToShow.connect(self._fill_overflow)
        self.more.setMenu(self._overflow)
        self._wanted: list[QAbstractButton] = []
        row = QHBoxLayout(self)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.setContentsMargins(_START, 0, _END, 0)
        row.setSpacing(SPACE)
        row.addWidget(self.count)
        row.addWidget(self.detail)
        row.addWidget(self.clear)
        row.addStretch(1)
        row.addWidget(self.more)
        for each in self._all_buttons():
            row.addWidget(each)
        self.hide()

    def _all_buttons(self) -> tuple[QAbstractButton, ...]:
        """In the order in which they stand, and give way where there is no room."""
        return self.remove, self.cancel, self.limit, self.rank, self.pause, self.resume, self.retry, self.download

    def show_offer(self, offer: Offer, free: int | None = None) -> None:
        """Say what can be done; ``free`` is bytes on the volume of the target."""
        self._offer = offer
        self._free = free
        self.retranslate()
        self.setVisible(offer.count() > 0)

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        offer = self._offer
        self.count.setText(fill(translate("ActionBar", "{count} selected"), count=f"{offer.count():,}"))
        details = [format_bytes(offer.bytes)]
        if self._free is not None:
            details.append(fill(translate("ActionBar", "{free} free"), free=format_bytes(self._free)))
        self.detail.setText(" \u00b7 ".join(details))
        self.clear.setText(translate("ActionBar", "Clear"))
        self.clear.setAccessibleName(translate("ActionBar", "Clear the selection"))
        self.remove.setText(translate("ActionBar", "Remove"))
        self.remove.setToolTip(translate("ActionBar", "Take off the list; files that are here stay (Delete)"))
        self.rank.setText(translate("ActionBar", "Priority"))
        self.rank.setAccessibleName(translate("ActionBar", "Priority of the selection"))
        self.limit.setText(translate("ActionBar", "Limit"))
        self.limit.setToolTip(translate("ActionBar", "Limit speed"))
        self.limit.setAccessibleName(translate("ActionBar", "Speed limit of the selection"))
        self.rates.setTitle(translate("ActionBar", "Limit speed"))
        self.more.setAccessibleName(translate("ActionBar", "More commands"))
        for action, words, keys in (
            (self.earlier, translate("ActionBar", "Start earlier"), HIGHER),
            (self.as_usual, translate("ActionBar", "As usual"), None),
            (self.later, translate("ActionBar", "Start later"), LOWER),
        ):
            # The shortcut itself is the window's: it also works where this bar has no room.
            action.setText(words if keys is None else f"{words}\t{keys.toString(_NATIVE)}")
        self._label(self.cancel, translate("ActionBar", "Cancel {count}"), CANCEL)
        self._label(self.pause, translate("ActionBar", "Pause {count}"), PAUSE)
        self._label(self.resume, translate("ActionBar", "Resume {count}"), RESUME)
        self._label(self.retry, translate("ActionBar", "Retry {count}"), RETRY)
        template = (
            translate("ActionBar", "Download {count} file, {bytes}")
            if offer.count(DOWNLOAD) == 1
            else translate("ActionBar", "Download {count} files, {bytes}")
        )
        self._label(self.download, template, DOWNLOAD)
        counts = {
            self.limit: offer.count(LIMIT),
            self.remove: offer.count(),
            self.cancel: offer.count(CANCEL),
            self.rank: offer.count(RANK),
            self.pause: offer.count(PAUSE),
            self.resume: offer.count(RESUME),
            self.retry: offer.count(RETRY),
            self.download: offer.count(DOWNLOAD),
        }
        self._wanted = [button for button in self._all_buttons() if counts[button]]
        self._make_room()

    @override
    def minimumSizeHint(self) -> QSize:
        last = self._wanted[-1].sizeHint().width() if self._wanted else 0
        fixed = self.count.sizeHint().width() + self.more.sizeHint().width() + last
        return QSize(fixed + 3 * SPACE + _START + _END, ACTION_BAR_HEIGHT)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Show as many buttons as fit, the most important ones at the end; the others are in a menu."""
        room = self.width() - _START - _END - 2 * SPACE
        room -= self.count.sizeHint().width() + self.clear.sizeHint().width() + self.detail.sizeHint().width()
        widths = [button.sizeHint().width() + SPACE for button in self._wanted]
        first = 0
        if sum(widths) > room:
            room -= self.more.sizeHint().width() + SPACE
            while first < len(widths) - 1 and sum(widths[first:]) > room:
                first += 1
        shown = self._wanted[first:]
        for button in self._all_buttons():
            button.setVisible(button in shown)
        self.more.setVisible(first > 0)
        self.clear.setVisible(room >= sum(widths[first:]))

    def _fill_overflow(self) -> None:
        self._overflow.clear()
        for button in self._wanted:
            if button is self.rank and button.isHidden():
                self._overflow.addActions([self.earlier, self.as_usual, self.later])
            elif button is self.limit and button.isHidden():
                self._overflow.addMenu(self.rates)
            elif button.isHidden():
                self._overflow.addAction(button.text(), button.click)

    def _label(self, button: QAbstractButton, template: str, states: AbstractSet[State]) -> None:
        count = self._offer.count(states)
        button.setText(fill(template, count=f"{count:,}", bytes=format_bytes(self._offer.remaining)))
