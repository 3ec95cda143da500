"""What lies in quarantine, as the window knows it, and what the user makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from ..domain.events import AnyEvent, ResourcesRemoved, StateChanged
from ..domain.kept import Kept
from ..domain.states import State
from ..text import format_bytes
from .bridge import EngineBridge
from .resource_table_model import ResourceTableModel
from .toast import Toast
from .tr import fill, translate

if TYPE_CHECKING:
    from .quarantine_dialog import QuarantineDialog

_SOON_MILLISECONDS = 300


class Quarantine(QObject):
    """``changed`` carries the files that lie there. Dialogs are imported when they are first opened."""

    changed = Signal(object)

    def __init__(self, bridge: EngineBridge, children: ResourceTableModel, toast: Toast, window: QWidget) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._children = children
        self._toast = toast
        self._window = window
        self._kept: Sequence[Kept] = ()
        self._dialog: QuarantineDialog | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MILLISECONDS)
        self._soon.timeout.connect(self.ask)
        bridge.events.connect(self._follow)

    def ask(self) -> None:
        """Ask the engine what lies there."""
        self._bridge.load_quarantine(self._take)

    def stop(self) -> None:
        """Ask no more, and close the dialog."""
        self._soon.stop()
        if self._dialog is not None:
            self._dialog.reject()

    def show(self, resources: Sequence[str] = ()) -> QuarantineDialog:
        """Open the dialog, with the files of these resources selected."""
        from .quarantine_dialog import QuarantineDialog

        dialog = self._dialog
        if dialog is None:
            dialog = self._dialog = QuarantineDialog(self._window)
            dialog.retry_wanted.connect(self._bridge.retry)
            dialog.elsewhere_wanted.connect(self.try_elsewhere)
            dialog.keep_wanted.connect(self.keep)
            dialog.empty_wanted.connect(self.empty)
            dialog.finished.connect(lambda _result: self._forget(dialog))
        dialog.load(self._kept)
        dialog.choose(resources)
        dialog.open()
        self._bridge.load_quarantine(lambda kept: self._take(kept, resources))
        return dialog

    def try_elsewhere(self, resources: Sequence[str]) -> None:
        """Fetch these again, beginning with another address where they have one."""

        def say(tried: list[str]) -> None:
            left = len(resources) - len(tried)
            if left:
                template = (
                    translate("Quarantine", "{count} file has no other address.")
                    if left == 1
                    else translate("Quarantine", "{count} files have no other address.")
                )
                self._toast.say(fill(template, count=f"{left:,}"))

        self._bridge.retry_elsewhere(resources, say)

    def keep(self, resources: Sequence[str]) -> None:
        """Make the kept files of these the model files, if the user says so once more."""
        from .question import Question

        if not resources:
            return
        template = (
            translate("Quarantine", "Use {count} file although its bytes are not what was promised?")
            if len(resources) == 1
            else translate("Quarantine", "Use {count} files although their bytes are not what was promised?")
        )
        Question(
            self._dialog or self._window,
            fill(template, count=f"{len(resources):,}"),
            translate(
                "Quarantine",
                "They may be damaged, or something else than they say. They are shown as not verifiable from now on.",
            ),
            translate("Quarantine", "Use all the same"),
            lambda: self._bridge.accept_quarantined(resources, self._children.update),
        ).open()

    def empty(self) -> None:
        """Throw away everything that lies there, if the user says so once more."""
        from .question import Question

        if not self._kept:
            return
        paths = [each.path for each in self._kept]
        template = (
            translate("Quarantine", "Throw away {count} file, {bytes}?")
            if len(paths) == 1
            else translate("Quarantine", "Throw away {count} files, {bytes}?")
        )
        total = format_bytes(sum(each.size for each in self._kept))
        Question(
            self._dialog or self._window,
            fill(template, count=f"{len(paths):,}", bytes=total),
            translate("Quarantine", "This cannot be undone. What they belong to is missing then."),
            translate("Quarantine", "Throw away"),
            lambda: self._bridge.empty_quarantine(paths, self._emptied),
        ).open()

    def _emptied(self, freed: int) -> None:
        self._toast.say(fill(translate("Quarantine", "{bytes} freed."), bytes=format_bytes(freed)))
        self.ask()

    def _take(self, kept: Sequence[Kept], resources: Sequence[str] = ()) -> None:
        self._kept = kept
        if self._dialog is not None:
            self._dialog.load(kept)
            if resources:
                self._dialog.choose(resources)
        self.changed.emit(kept)

    def _forget(self, dialog: QuarantineDialog) -> None:
        if self._dialog is dialog:
            self._dialog = None
            dialog.deleteLater()

    def _follow(self, events: Sequence[AnyEvent]) -> None:
        if not self._soon.isActive() and any(_touches(event) for event in events):
            self._soon.start()

    def __repr__(self) -> str:
        return f"<Quarantine {len(self._kept)} files>"


def _touches(event: AnyEvent) -> bool:
    match event:
        case StateChanged():
            return State.QUARANTINED in (event.old, event.new)
        case ResourcesRemoved():
            return True
        case _:
            return False
