"""The window on the real engine and the demo hub, in this process: how a test opens it, looks at it and waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.exceptions import TimeoutError as GaveUp
from pytestqt.qtbot import QtBot

from stabilitydl import settings as stored
from stabilitydl.demo.hub import DemoHub
from stabilitydl.disk.hasher import Hasher
from stabilitydl.domain.events import AnyEvent, StateChanged
from stabilitydl.domain.resource import ResourceSnapshot
from stabilitydl.domain.states import State, Tab
from stabilitydl.engine.engine import Engine
from stabilitydl.gui.language import Language
from stabilitydl.gui.main_window import MainWindow
from stabilitydl.gui.plan_dialog import PlanDialog
from stabilitydl.gui.program import Opened
from stabilitydl.gui.resource_index import Column
from stabilitydl.gui.state_delegate import StateDelegate
from stabilitydl.gui.theme import Appearance
from stabilitydl.paths import Paths
from stabilitydl.settings import Settings
from tests.gui.patience import PATIENCE_MS

SLOW = 10_000
"""Bytes per second at which a file of some MiB is on its way for minutes, on any machine."""

Dialog = TypeVar("Dialog", bound=QDialog)


def _with(engine: dict[str, Any]) -> type[Opened]:
    class Rehearsed(Opened):
        """The window on an engine that is made in another way."""

        def _make_engine(self) -> Engine:
            return Engine.open(self._paths, self._settings, hubs=self._hubs, **engine)

    return Rehearsed


class SlowReading:
    """Reading a file back stops in the first slice until somebody opens the gate."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.gate = threading.Event(), threading.Event()
        self.slices = 0
        read = Hasher.read

        def wait(hasher: Hasher, *args: object) -> int:
            self.slices += 1
            self.begun.set()
            self.gate.wait()
            return read(hasher, *args)  # type: ignore[arg-type]

        monkeypatch.setattr(Hasher, "read", wait)


class Stage:
    """Opens one window after the other on the same home. Everything that waits turns Qt's loop."""

    def __init__(self, qtbot: QtBot, home: Path, appearance: Appearance, demo: DemoHub) -> None:
        self.qtbot = qtbot
        self.home = home
        self.paths = Paths.from_environment()
        self.language = Language()
        self.events: list[AnyEvent] = []
        self.appearance = appearance
        self.demo = demo
        self._opened: Opened | None = None

    def open(
        self, locators: Sequence[str] = (), settings: Settings | None = None, *, tested: bool = True, **engine: Any
    ) -> MainWindow:
        """A window as the program opens it, with everything on the list loaded.

        ``engine`` is what `Engine.open` is to be given besides, such as another clock or byte path. The models of the
        window are watched by Qt's tester as long as they live, unless they are not to be ``tested``: it looks at
        every row again and again.
        """
        if settings is not None:
            stored.save(self.paths.settings, settings)
        kind = _with(engine) if engine else Opened
        kept, trouble = stored.recover(self.paths.settings)
        notices = [] if trouble is None else [trouble.problem]
        self._opened = opened = kind(self.paths, kept, self.appearance, self.language, self.demo, notices)
        opened.bridge.events.connect(self.events.extend)
        opened.start(locators)
        window = self.window
        for model in (window.collections.model, window.resources.model) if tested else ():
            QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, model)
        self.qtbot.waitUntil(lambda: window.shown.is_loaded, timeout=PATIENCE_MS)
        return window

    @property
    def window(self) -> MainWindow:
        assert self._opened is not None
        assert self._opened.window is not None
        return self._opened.window

    @property
    def has_window(self) -> bool:
        return self._opened is not None and self._opened.window is not None

    @property
    def opened(self) -> Opened:
        assert self._opened is not None
        return self._opened

    def close(self) -> None:
        """End it as the program does."""
        opened, self._opened = self._opened, None
        if opened is not None:
            window = opened.window
            if window is not None:
                window.quit()
            assert opened.finish(PATIENCE_MS / 1000)
            opened.deleteLater()
        self.language.remove()

    def leave(self) -> None:
        """End it in the time that the program takes at most, whether everything has stopped then or not."""
        opened, self._opened = self._opened, None
        assert opened is not None
        opened.finish()
        opened.deleteLater()

    def restart(self) -> MainWindow:
        """Quit, and start again on the same home."""
        self.close()
        return self.open()

    # Looking

    @property
    def rows(self) -> list[ResourceSnapshot]:
        """All children that are loaded, in the order of the hub."""
        model = self.window.resources.model
        return [row for each in model.ids_of(Tab.ALL) if (row := model.snapshot_of(each)) is not None]

    def row(self, resource: str) -> ResourceSnapshot:
        row = self.window.resources.model.snapshot_of(resource)
        assert row is not None
        return row

    def ids(self, *states: State) -> list[str]:
        """The children in these states, or all."""
        return self.window.resources.model.ids_in(frozenset(states or State))

    def counts(self) -> dict[Tab, int]:
        """What the tabs say."""
        return {tab: self.window.resources.tabs.count(tab) for tab in Tab}

    # Doing

    def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Turn the loop until ``condition`` holds."""
        try:
            self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)
        except GaveUp as error:
            raise AssertionError(f"{what or 'it'} did not happen: {self._opened!r} {self.counts()}") from error

    def add(self, locator: str) -> list[str]:
        """Put a pack on the list through its plan, and show it; the ids of its children."""
        shown, before = self.window.shown, self.window.shown.collection
        self.window.planning.plan([locator])
        self.plan(locator).only_list.click()
        self.until(lambda: shown.collection not in ("", before) and shown.is_loaded and self.rows, "the pack is shown")
        return self.ids()

    def plan(self, what: str = "a plan") -> PlanDialog:
        """The plan that is open, once it is filled."""
        dialog = self.dialog(PlanDialog)
        self.until(lambda: dialog.plan is not None, f"{what} is filled")
        return dialog

    def dialog(self, kind: type[Dialog]) -> Dialog:
        """The open dialog of a kind."""
        self.until(lambda: self.find(kind) is not None, f"{kind.__name__} opens")
        found = self.find(kind)
        assert found is not None
        return found

    def find(self, kind: type[Dialog]) -> Dialog | None:
        return next((each for each in self.window.findChildren(kind) if each.isVisible()), None)

    def start(self, ids: Sequence[str]) -> None:
        """Select children and press the button that downloads them, through the plan where there is one."""
        self.window.resources.model.selection.replace(ids)
        self.window.resources.bar.download.click()
        if len(ids) > 1:
            self.plan().start.click()
            self.until(lambda: self.find(PlanDialog) is None)

    def until_states(self, ids: Sequence[str], *states: State) -> None:
        """Wait until all of ``ids`` are in one of ``states``. Where a file that is here lies is told after that."""

        def is_there(row: ResourceSnapshot) -> bool:
            return row.state in states and (row.state is not State.DOWNLOADED or row.target is not None)

        self.until(
            lambda: all(is_there(self.row(each)) for each in ids),
            f"{[state.value for state in states]} for {len(ids)} files",
        )

    def click_row(
        self, resource: str, column: Column = Column.NAME, modifiers: Qt.KeyboardModifier | None = None
    ) -> None:
        """A mouse click on a row of the list."""
        view, model = self.window.resources.list, self.window.resources.model
        row = model.row_of(resource)
        assert row is not None
        index = model.index(row, column)
        view.scrollTo(index)
        self.qtbot.mouseClick(
            view.viewport(),
            Qt.MouseButton.LeftButton,
            modifiers or Qt.KeyboardModifier.NoModifier,
            view.visualRect(index).center(),
        )

    def click_action(self, resource: str) -> None:
        """A mouse click on the command that a row of the list offers at its end."""
        view, model = self.window.resources.list, self.window.resources.model
        row = model.row_of(resource)
        assert row is not None
        index = model.index(row, Column.STATE)
        view.scrollTo(index)
        states = view.itemDelegateForIndex(index)
        assert isinstance(states, StateDelegate)
        place = states.action_rect(view.visualRect(index), view.layoutDirection(), model.state_text(self.row(resource)))
        assert not place.isEmpty(), "the row offers a command"
        self.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place.center())

    def until_settled(self) -> None:
        """Wait until something has been on its way, and nothing is any more."""
        unfinished = [state for state in State if state.is_unfinished]
        self.until(lambda: self.news(State.QUEUED), "something starts")
        self.until(lambda: self.rows and not self.ids(*unfinished), "everything settles")

    def press_enter(self, dialog: QDialog) -> None:
        """Enter, with the keyboard where the dialog put it."""
        self.qtbot.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Return)

    def news(self, *states: State) -> list[StateChanged]:
        """All moves to one of ``states`` so far, or to any."""
        wanted = states or tuple(State)
        return [event for event in self.events if isinstance(event, StateChanged) and event.new in wanted]

    def press(self, widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier | None = None) -> None:
        self.qtbot.keyClick(widget, key, modifiers or Qt.KeyboardModifier.NoModifier)

    def mute(self) -> None:
        """From now on nothing that the engine says or answers reaches the window."""
        self.opened.bridge.blockSignals(True)
        QCoreApplication.processEvents()

    def change(self, **values: object) -> None:
        """Change settings as the dialog does."""
        self.window.preferences.take(msgspec.structs.replace(self.window.preferences.settings, **values))
