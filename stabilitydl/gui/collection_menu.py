"""The commands for a whole collection: at the header's button, and at a right click in the side bar."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from ..domain.collection import CollectionSnapshot
from ..domain.states import State
from .tr import QT_TRANSLATE_NOOP, translate

WEIGHTS: Mapping[float, str] = {
    4.0: QT_TRANSLATE_NOOP("CollectionMenu", "four times that of others"),
    2.0: QT_TRANSLATE_NOOP("CollectionMenu", "twice that of others"),
    1.0: QT_TRANSLATE_NOOP("CollectionMenu", "the same as others"),
    0.5: QT_TRANSLATE_NOOP("CollectionMenu", "half that of others"),
    0.25: QT_TRANSLATE_NOOP("CollectionMenu", "a quarter that of others"),
}
"""Offered shares of a limited speed."""


class CollectionMenu(QMenu):
    """Each signal carries the id of the collection that the menu was last filled for; ``weight_wanted`` also how many
    times the share of others it is to get."""

    missing_wanted = Signal(str)
    pause_wanted = Signal(str)
    resume_wanted = Signal(str)
    weight_wanted = Signal(str, float)
    check_wanted = Signal(str)
    repair_wanted = Signal(str)
    page_wanted = Signal(str)
    folder_wanted = Signal(str)
    remove_wanted = Signal(str)

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._collection = ""
        self.missing = self._command(self.missing_wanted)
        self.pause = self._command(self.pause_wanted)
        self.resume = self._command(self.resume_wanted)
        self.weights = self.addMenu("")
        self.shares = {weight: self._share(weight) for weight in WEIGHTS}
        self.check = self._command(self.check_wanted)
        self.repair = self._command(self.repair_wanted)
        self.addSeparator()
        self.page = self._command(self.page_wanted)
        self.folder = self._command(self.folder_wanted)
        self.addSeparator()
        self.remove = self._command(self.remove_wanted)
        self.retranslate()

    def _command(self, signal: SignalInstance) -> QAction:
        return self.addAction("", lambda: signal.emit(self._collection))

    def _share(self, weight: float) -> QAction:
        share = self.weights.addAction("", lambda: self.weight_wanted.emit(self._collection, weight))
        share.setCheckable(True)
        return share

    def show_for(self, snapshot: CollectionSnapshot) -> None:
        """Offer what can be done with this collection."""
        self._collection = snapshot.id
        states = snapshot.summary.states
        self.missing.setEnabled(states.get(State.MISSING, 0) > 0)
        self.pause.setEnabled(snapshot.summary.is_active)
        self.resume.setEnabled(states.get(State.PAUSED, 0) > 0)
        self.repair.setEnabled(states.get(State.DOWNLOADED, 0) > 0)
        for weight, share in self.shares.items():
            share.setChecked(weight == snapshot.collection.weight)
        self.page.setEnabled(bool(snapshot.collection.page))
        self.folder.setEnabled(bool(snapshot.collection.target))

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.missing.setText(translate("CollectionMenu", "Download what is missing\u2026"))
        self.pause.setText(translate("CollectionMenu", "Pause"))
        self.resume.setText(translate("CollectionMenu", "Resume"))
        self.weights.setTitle(translate("CollectionMenu", "Share of the speed"))
        for weight, share in self.shares.items():
            share.setText(translate("CollectionMenu", WEIGHTS[weight]))
        self.check.setText(translate("CollectionMenu", "Look whether the files are still here"))
        self.repair.setText(translate("CollectionMenu", "Read the files back and repair them"))
        self.page.setText(translate("CollectionMenu", "Open the page"))
        self.folder.setText(translate("CollectionMenu", "Open the folder"))
        self.remove.setText(translate("CollectionMenu", "Remove from the list"))
