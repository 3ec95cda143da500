"""From a wish to a start: ask for locators, let the hubs list them, show the plan, and hand over what is chosen.

A link, the clipboard or another program only ever opens the plan: nothing starts before somebody says so there.
Dialogs are imported when they are first opened, because a window that starts shows none.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ..domain.collection import Layout
from ..errors import Problem, StabilityError
from ..hubs.protocol import Destination, Expansion
from ..paths import Paths
from ..settings import Settings
from .bridge import EngineBridge
from .links import is_link, locators_of
from .theme import Appearance
from .tr import translate

if TYPE_CHECKING:
    from .add_dialog import AddDialog
    from .forecast import Forecast
    from .plan_dialog import PlanDialog


class Planning(QObject):
    """Owns the dialogs on the way to a download. ``added`` carries the id of a collection that is on the list now.

    ``said`` is a sentence for the user; ``page_wanted`` carries a child whose page helps. ``speed`` is the last one,
    in bytes per second, 0 while there was none.
    """

    added = Signal(str)
    said = Signal(str)
    login_wanted = Signal(str)
    page_wanted = Signal(object)

    def __init__(
        self,
        bridge: EngineBridge,
        appearance: Appearance,
        settings: Settings,
        paths: Paths,
        recognise: Callable[[str], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        self.speed = 0.0
        self._bridge = bridge
        self._appearance = appearance
        self._paths = paths
        self._recognise = recognise
        self._window = parent
        self._dialogs: list[PlanDialog | AddDialog] = []

    @property
    def destination(self) -> Destination:
        """Where files go when nobody says otherwise."""
        return Destination(self.settings.library_folders(self._paths.library)[0], Layout.LIBRARY)

    def is_locator(self, text: str) -> bool:
        """Would a hub take ``text``?"""
        try:
            self._recognise(text)
        except StabilityError:
            return False
        return True

    def ask(self) -> None:
        """Open the dialog that takes locators."""
        self._add("")

    def open(self, words: Sequence[str]) -> None:
        """Show the plan of what another program, a link or the command line names."""
        locators = [each for word in words for each in (locators_of(word) if is_link(word) else (word,))]
        if locators:
            self.plan(locators)
        elif words:
            self.said.emit(translate("Planning", "This link names nothing that can be shown."))

    def take(self, text: str) -> None:
        """``text`` was pasted or dropped: one locator opens the plan, anything else the dialog for many."""
        lines = [line for line in text.splitlines() if line.strip()]
        if lines and is_link(lines[0]):
            self.open(lines)
            return
        if len(lines) == 1 and self.is_locator(lines[0].strip()):
            self.plan([lines[0].strip()])
        elif lines:
            self._add(text)

    def plan(self, locators: Sequence[str], destination: Destination | None = None) -> PlanDialog:
        """Ask the hubs about ``locators`` and show what that would bring."""
        where = destination or self.destination
        dialog = self._plan_dialog()
        folders = self.settings.library_folders(self._paths.library)
        if len(folders) > 1 and where.layout is Layout.LIBRARY and where.root in folders:
            dialog.library.offer(folders, where.root)
            dialog.library.chosen.connect(
                lambda folder: self._look(dialog, locators, Destination(folder, Layout.LIBRARY))
            )
            for folder in folders:
                self._ask_room(dialog, folder)
        self._look(dialog, locators, where)
        dialog.open()
        return dialog

    def plan_again(self, ids: Sequence[str]) -> PlanDialog:
        """Show what bringing these children of the list would mean."""
        from .forecast import forecast_listed

        dialog = self._plan_dialog()
        dialog.show_busy(())
        dialog.open()
        self._ask(dialog, partial(forecast_listed, self._bridge.engine, list(ids)), is_new=False)
        return dialog

    def close(self) -> None:
        """Close every dialog."""
        for dialog in list(self._dialogs):
            dialog.reject()

    def _look(self, dialog: PlanDialog, locators: Sequence[str], where: Destination) -> None:
        from .forecast import forecast_locators

        dialog.show_busy(locators)
        self._ask(dialog, partial(forecast_locators, self._bridge.engine, list(locators), where), is_new=True)

    def _ask_room(self, dialog: PlanDialog, folder: Path) -> None:
        def show(free: int | None) -> None:
            if dialog in self._dialogs:
                dialog.library.show_room(folder, free)

        self._bridge.ask(partial(self._bridge.engine.free_space, folder), show, lambda _problem: show(None))

    def _ask(self, dialog: PlanDialog, question: Callable[[], Awaitable[Forecast]], *, is_new: bool) -> None:
        from .forecast import Forecast

        def fail(problem: Problem) -> None:
            self._show(dialog, is_new, Forecast(problems=(problem,)))

        self._bridge.ask(question, partial(self._show, dialog, is_new), fail)

    def _show(self, dialog: PlanDialog, is_new: bool, forecast: Forecast) -> None:
        if dialog in self._dialogs:
            dialog.show_forecast(forecast, is_new=is_new, speed=self.speed or None)

    def _plan_dialog(self) -> PlanDialog:
        from .plan_dialog import PlanDialog

        dialog = PlanDialog(self._appearance, self._window, can_log_in=self._bridge.can_log_in)
        dialog.start_wanted.connect(self._start)
        dialog.list_wanted.connect(lambda expansions: self._put_on_list(expansions, ()))
        dialog.login_wanted.connect(self.login_wanted)
        dialog.page_wanted.connect(self.page_wanted)
        self._keep(dialog)
        return dialog

    def _add(self, text: str) -> None:
        from .add_dialog import AddDialog

        dialog = AddDialog(self._recognise, self._appearance, self.destination, self._window)
        dialog.add_wanted.connect(self.plan)
        self._keep(dialog)
        if text:
            dialog.set_text(text)
        dialog.open()

    def _keep(self, dialog: PlanDialog | AddDialog) -> None:
        self._dialogs.append(dialog)
        dialog.finished.connect(lambda _result: self._forget(dialog))

    def _forget(self, dialog: PlanDialog | AddDialog) -> None:
        if dialog in self._dialogs:
            self._dialogs.remove(dialog)
            dialog.deleteLater()

    def _start(self, ids: Sequence[str], expansions: Sequence[Expansion]) -> None:
        self._put_on_list(expansions, ids)

    def _put_on_list(self, expansions: Sequence[Expansion], ids: Sequence[str]) -> None:
        self._bridge.add(expansions, lambda _done: self._listed(expansions, ids))

    def _listed(self, expansions: Sequence[Expansion], ids: Sequence[str]) -> None:
        if ids:
            self._bridge.enqueue(ids)
        if len(expansions) == 1:
            self.added.emit(expansions[0].collection.id)
