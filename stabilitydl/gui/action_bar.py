"""The bar that slides in with a selection and says what its buttons will do, in files and bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from ..domain.resource import ResourceSnapshot
from ..domain.states import State
from ..text import format_bytes
from .theme import ACTION_BAR_HEIGHT, SPACE, mark
from .tr import fill, translate

_STARTABLE = frozenset({State.MISSING, State.FAILED, State.GONE, State.QUARANTINED})


@dataclass(frozen=True)
class Offer:
    """What can be done with a selection. ``bytes`` is what is still to come of the ones to download."""

    selected: int
    selected_bytes: int
    download: tuple[str, ...]
    bytes: int
    pause: tuple[str, ...]
    resume: tuple[str, ...]
    cancel: tuple[str, ...]
    remove: tuple[str, ...]


def offer_for(rows: Sequence[ResourceSnapshot]) -> Offer:
    """Sort a selection by what can be done with each of it."""
    download = [row for row in rows if row.state in _STARTABLE]
    return Offer(
        selected=len(rows),
        selected_bytes=sum(row.resource.size or 0 for row in rows),
        download=tuple(row.id for row in download),
        bytes=sum(max((row.resource.size or 0) - row.received, 0) for row in download),
        pause=tuple(row.id for row in rows if row.state.is_unfinished),
        resume=tuple(row.id for row in rows if row.state is State.PAUSED),
        cancel=tuple(row.id for row in rows if row.state.is_unfinished or row.state is State.PAUSED),
        remove=tuple(row.id for row in rows),
    )


class ActionBar(QFrame):
    """Hidden while nothing is selected. Each signal carries the ids that the command is about."""

    download_wanted = Signal(object)
    pause_wanted = Signal(object)
    resume_wanted = Signal(object)
    cancel_wanted = Signal(object)
    remove_wanted = Signal(object)
    clear_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        mark(self, surface="accent", edge="top")
        self.setFixedHeight(ACTION_BAR_HEIGHT)
        self._offer = offer_for([])
        self._free: int | None = None
        self.count = QLabel()
        mark(self.count, kind="strong")
        self.detail = QLabel()
        mark(self.detail, kind="secondary")
        self.clear = QPushButton()
        mark(self.clear, role="link")
        self.clear.clicked.connect(self.clear_wanted)
        self.remove = QPushButton()
        self.cancel = QPushButton()
        self.pause = QPushButton()
        self.resume = QPushButton()
        self.download = QPushButton()
        mark(self.download, role="primary")
        self.remove.clicked.connect(lambda: self.remove_wanted.emit(self._offer.remove))
        self.cancel.clicked.connect(lambda: self.cancel_wanted.emit(self._offer.cancel))
        self.pause.clicked.connect(lambda: self.pause_wanted.emit(self._offer.pause))
        self.resume.clicked.connect(lambda: self.resume_wanted.emit(self._offer.resume))
        self.download.clicked.connect(lambda: self.download_wanted.emit(self._offer.download))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 14, 0)
        row.setSpacing(SPACE)
        for widget in (self.count, self.detail, self.clear):
            row.addWidget(widget)
        row.addStretch(1)
        for button in (self.remove, self.cancel, self.pause, self.resume, self.download):
            row.addWidget(button)
        self.hide()

    def show_selection(self, rows: Sequence[ResourceSnapshot], free: int | None = None) -> None:
        """Say what can be done with ``rows``; ``free`` is bytes on the volume of the target."""
        self._offer = offer_for(rows)
        self._free = free
        self.retranslate()
        self.setVisible(self._offer.selected > 0)

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        offer = self._offer
        self.count.setText(fill(translate("ActionBar", "{count} selected"), count=f"{offer.selected:,}"))
        details = [format_bytes(offer.selected_bytes)]
        if self._free is not None:
            details.append(fill(translate("ActionBar", "{free} free"), free=format_bytes(self._free)))
        self.detail.setText(" \u00b7 ".join(details))
        self.clear.setText(translate("ActionBar", "Clear"))
        self._label(self.remove, translate("ActionBar", "Remove"), offer.remove)
        self._label(self.cancel, translate("ActionBar", "Cancel {count}"), offer.cancel)
        self._label(self.pause, translate("ActionBar", "Pause {count}"), offer.pause)
        self._label(self.resume, translate("ActionBar", "Resume {count}"), offer.resume)
        template = (
            translate("ActionBar", "Download {count} file, {bytes}")
            if len(offer.download) == 1
            else translate("ActionBar", "Download {count} files, {bytes}")
        )
        self._label(self.download, template, offer.download)

    def _label(self, button: QPushButton, template: str, ids: Sequence[str]) -> None:
        button.setText(fill(template, count=f"{len(ids):,}", bytes=format_bytes(self._offer.bytes)))
        button.setVisible(bool(ids))
