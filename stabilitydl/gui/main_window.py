"""The main window: puts its parts together and carries wishes from them to the engine, and events back to them.

Follow one click: a button's signal -> a method here -> `EngineBridge` -> the engine; and back: the engine's event ->
`EngineBridge.events` -> `_apply` -> the models -> the delegates paint.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent, QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QSplitter, QVBoxLayout, QWidget

from .. import settings as stored
from ..domain.events import AnyEvent, CollectionAdded, CollectionRemoved, ProgressTick, StateChanged
from ..domain.resource import ResourceSnapshot
from ..domain.states import State, Tab
from ..errors import Problem
from ..paths import Paths
from ..settings import Settings
from ..text import plain
from .about import AboutDialog
from .activity import Activity
from .awake import Awake
from .bridge import EngineBridge
from .closing import Closing, ask_closing
from .collection_groups import CollectionFilter
from .collection_pane import CollectionPane
from .language import Language
from .memory import Memory
from .pictures import Pictures
from .planning import Planning
from .qt import override
from .remedies import ACCOUNTS, Remedies
from .resource_pane import ResourcePane
from .settings_dialog import SettingsDialog
from .state_text import RowAction
from .theme import Appearance, ThemeChoice
from .toast import Toast
from .toolbar import Toolbar
from .tr import fill, problem_text, translate
from .tray import Tray

_SIDEBAR = 264


class MainWindow(QMainWindow):
    """``quit_wanted`` says that the program shall end; hiding in the tray does not."""

    quit_wanted = Signal()

    def __init__(
        self,
        bridge: EngineBridge,
        appearance: Appearance,
        language: Language,
        settings: Settings,
        paths: Paths,
        recognise: Callable[[str], object],
    ) -> None:
        super().__init__()
        self._bridge = bridge
        self._appearance = appearance
        self._language = language
        self._settings = settings
        self._paths = paths
        self._current = ""
        self._offered = ""
        self._quitting = False
        self._names: dict[str, str] = {}
        self._memory = Memory(paths.config)
        self.pictures = Pictures(self)
        self.toolbar = Toolbar()
        self.collections = CollectionPane(appearance, self.pictures)
        self.resources = ResourcePane(appearance, self.pictures)
        self.activity = Activity(appearance)
        self.toast = Toast()
        self.tray = Tray(QIcon(QApplication.windowIcon()), self)
        self.awake = Awake(self)
        self.planning = Planning(bridge, appearance, settings, paths, recognise, self)
        self.remedies = Remedies(bridge, self)
        self._arrange()
        self._connect()
        self._recall()
        self._follow_settings()
        self.retranslate()
        self.resources.show_collection(None, has_collections=False)

    def start(self, locators: Sequence[str] = ()) -> None:
        """Load what is on the list and continue what was unfinished; ``locators`` open the plan."""
        self._bridge.load_collections(self._loaded)
        self._bridge.refresh()
        self._bridge.go_on()
        if locators:
            self.planning.plan(list(locators))

    # Building

    def _arrange(self) -> None:
        self.setAcceptDrops(True)
        self.resize(1280, 800)
        self.setMinimumSize(820, 520)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(self.collections)
        self.splitter.addWidget(self.resources)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([_SIDEBAR, 1280 - _SIDEBAR])
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(self.splitter, 1)
        column.addWidget(self.toast)
        column.addWidget(self.activity)
        self.setCentralWidget(centre)

    def _connect(self) -> None:
        self._bridge.events.connect(self._apply)
        self._bridge.failed.connect(self._failed)
        self._bridge.lost.connect(self._failed)
        self._connect_toolbar()
        self._connect_resources()
        self.collections.chosen.connect(self._choose)
        self.planning.added.connect(self._added)
        self.planning.login_wanted.connect(lambda _hub: self._show_settings_page(ACCOUNTS))
        self.remedies.settings_wanted.connect(self._show_settings_page)
        self.remedies.other_file_wanted.connect(self._show_siblings)
        self.remedies.report_wanted.connect(self._report)
        self.remedies.said.connect(self.toast.say)
        QApplication.clipboard().dataChanged.connect(self._clipboard_changed)
        self.tray.show_wanted.connect(self.raise_window)
        self.tray.pause_all_wanted.connect(self._pause_all)
        self.tray.quit_wanted.connect(self.quit)
        for keys, call in (
            (QKeySequence.StandardKey.Paste, self._paste),
            (QKeySequence.StandardKey.New, self.planning.ask),
            (QKeySequence.StandardKey.Quit, self.quit),
            (QKeySequence("Ctrl+L"), self.toolbar.field.setFocus),
            (QKeySequence("Ctrl+J"), self._toggle_activity),
            (QKeySequence.StandardKey.HelpContents, self.show_about),
        ):
            QShortcut(keys, self, call)

    def _connect_toolbar(self) -> None:
        self.toolbar.add_wanted.connect(self.planning.ask)
        self.toolbar.locator_entered.connect(self._enter)
        self.toolbar.search_changed.connect(self.resources.search)
        self.toolbar.limit_chosen.connect(self._limit)
        self.toolbar.pause_all_wanted.connect(self._pause_all)
        self.toolbar.settings_wanted.connect(self.show_settings)

    def _connect_resources(self) -> None:
        pane = self.resources
        pane.download_wanted.connect(self._download)
        pane.pause_wanted.connect(self._bridge.pause)
        pane.resume_wanted.connect(self._bridge.resume)
        pane.retry_wanted.connect(self._bridge.retry)
        pane.cancel_wanted.connect(self._cancel)
        pane.remove_wanted.connect(self._remove)
        pane.open_wanted.connect(self._open)
        pane.row_action.connect(self._act)
        pane.add_wanted.connect(self.planning.ask)
        pane.demo_wanted.connect(lambda: self.planning.plan(["demo:"]))

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.setWindowTitle("stabilitydl")
        self.toolbar.show_limit(self._settings.rate_limit)
        for part in (self.toolbar, self.collections, self.resources, self.activity, self.tray):
            part.retranslate()

    # What comes from the engine

    def _loaded(self, snapshots: list) -> None:  # type: ignore[type-arg]
        self.collections.model.load(snapshots)
        self._show_current()
        self._load_children()

    def _load_children(self) -> None:
        wanted = self._current
        self._bridge.load_resources(wanted or None, lambda rows: self._show_children(wanted, rows))

    def _show_children(self, collection: str, rows: list[ResourceSnapshot]) -> None:
        self._names.update((row.id, row.resource.name) for row in rows)
        if collection == self._current:
            self.resources.load(rows)

    def _apply(self, events: list[AnyEvent]) -> None:
        reload = False
        for event in events:
            match event:
                case StateChanged():
                    self._names[event.resource] = event.name
                case ProgressTick():
                    self.toolbar.show_speed(event.speed)
                    self.activity.show_tick(event, self._names)
                    if event.entries:
                        self.awake.touch()
                case CollectionAdded() | CollectionRemoved():
                    reload = True
                case _:
                    pass
        self.collections.model.apply(events)
        self.resources.model.apply(events)
        self.tray.apply(events)
        if reload:
            self._show_current()
            self._load_children()

    def _failed(self, problem: Problem) -> None:
        self.toast.say(problem_text(problem))

    def _added(self, collection: str) -> None:
        """A plan put a collection on the list: show it."""
        self._choose(collection)
        self.collections.choose(collection)

    # Wishes

    def _choose(self, collection: str) -> None:
        if collection == self._current:
            return
        self._current = collection
        self.resources.model.selection.clear()
        self._show_current()
        self._load_children()

    def _show_current(self) -> None:
        snapshot = self.collections.model.snapshot_of(self._current) if self._current else None
        self.resources.show_collection(snapshot, has_collections=bool(self.collections.model.snapshots))

    def _download(self, ids: Sequence[str]) -> None:
        if len(ids) == 1:
            self._bridge.enqueue(ids)
        elif ids:
            self.planning.plan_again(ids)

    def _cancel(self, ids: Sequence[str]) -> None:
        self._bridge.cancel(ids)
        template = (
            translate("MainWindow", "{count} download cancelled.")
            if len(ids) == 1
            else translate("MainWindow", "{count} downloads cancelled.")
        )
        self.toast.say(
            fill(template, count=f"{len(ids):,}"),
            action=translate("MainWindow", "Undo"),
            call=lambda: self._bridge.undo_cancel(ids),
        )

    def _remove(self, ids: Sequence[str], with_files: bool) -> None:
        self._bridge.remove(ids, with_files=with_files)

    def _open(self, resource: str) -> None:
        row = self.resources.model.snapshot_of(resource)
        if row is None:
            return
        if row.state is State.DOWNLOADED and row.target is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(row.target).parent)))
        elif row.state.is_settled:
            self._bridge.enqueue([resource])

    def _act(self, resource: str, action: RowAction) -> None:
        row = self.resources.model.snapshot_of(resource)
        if row is not None:
            self.remedies.act(row, action)

    def _enter(self, text: str) -> None:
        if self.planning.is_locator(text):
            self.toolbar.field.clear()
            self.planning.plan([text])

    def _paste(self) -> None:
        focus = QApplication.focusWidget()
        if isinstance(focus, QLineEdit):
            focus.paste()
            return
        text = QApplication.clipboard().text()
        if text.strip():
            self.planning.take(text)

    def _limit(self, limit: int) -> None:
        self.change_settings(msgspec.structs.replace(self._settings, rate_limit=limit))

    def _pause_all(self, paused: bool) -> None:
        self._bridge.pause_all() if paused else self._bridge.resume_all()
        self.toolbar.show_paused(paused)

    def change_settings(self, settings: Settings) -> None:
        """Keep new settings, and follow them at once."""
        self._settings = settings
        stored.save(self._paths.settings, settings)
        self._bridge.set_settings(settings)
        self.planning.settings = settings
        self._follow_settings()
        self.retranslate()

    def _follow_settings(self) -> None:
        self.tray.notifies = self._settings.notifications
        self.awake.enabled = self._settings.keep_awake
        self._appearance.choose(ThemeChoice(self._settings.theme))
        self._language.choose(self._settings.language)

    def show_settings(self) -> None:
        """Open the settings."""
        self._show_settings_page("")

    def _show_settings_page(self, page: str) -> None:
        dialog = SettingsDialog(self._settings, self._appearance, self._paths, self)
        dialog.saved.connect(self.change_settings)
        dialog.finished.connect(dialog.deleteLater)
        if page:
            dialog.show_page(page)
        dialog.open()

    def show_about(self) -> None:
        """Open the dialog about the program."""
        dialog = AboutDialog(self._paths, self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _show_siblings(self, row: ResourceSnapshot) -> None:
        """Another file of the same collection is wanted: show all of them."""
        self._choose(row.resource.collection)
        self.collections.choose(row.resource.collection)
        self.resources.choose_tab(Tab.ALL)

    def _report(self, row: ResourceSnapshot) -> None:
        if row.problem is not None:
            QApplication.clipboard().setText(f"{row.problem.code}: {row.problem.message}")
            self.toast.say(translate("MainWindow", "What happened is on the clipboard now, to be reported."))

    def _clipboard_changed(self) -> None:
        text = QApplication.clipboard().text().strip()
        if not self._settings.watch_clipboard or "\n" in text or text == self._offered or self.isActiveWindow():
            return
        if text and self.planning.is_locator(text):
            self._offered = text
            self.toast.say(
                fill(translate("MainWindow", "Copied: {locator}"), locator=plain(text, 80)),
                action=translate("MainWindow", "Show what it holds"),
                call=lambda: self.planning.plan([text]),
            )

    def _toggle_activity(self) -> None:
        self.activity.setVisible(not self.activity.isVisible())

    def take_over(self, locators: Sequence[str]) -> None:
        """A second start: come to the front, and show what its locators hold."""
        self.raise_window()
        if locators:
            self.planning.plan(list(locators))

    # The window itself

    def raise_window(self) -> None:
        """Come to the front."""
        self.showNormal() if self.isMinimized() else self.show()
        self.raise_()
        self.activateWindow()

    def quit(self) -> None:
        """End the program; downloads keep what they have and go on at the next start."""
        self._quitting = True
        self.close()

    def dispose(self) -> None:
        """Stop timers and threads of the window; before the application ends."""
        self.toast.stop()
        self.tray.hide()
        self.awake.release()
        self.planning.close()
        self.resources.close_model()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._keep()
        if self._quitting or self._may_quit():
            event.accept()
            self._quitting = True
            self.quit_wanted.emit()
        else:
            event.ignore()

    def _may_quit(self) -> bool:
        """Ask where files are on their way; False when the window is to stay, or to hide in the tray."""
        has_tray = self.tray.is_available
        if has_tray and self._settings.close_to_tray:
            self.hide()
            return False
        if not self.collections.model.count(CollectionFilter.ACTIVE):
            return True
        wanted, remember = ask_closing(self, has_tray=has_tray)
        if remember:
            self.change_settings(msgspec.structs.replace(self._settings, close_to_tray=True))
        if wanted is Closing.TRAY:
            self.hide()
        return wanted is Closing.QUIT

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        data = event.mimeData()
        lines = [url.toLocalFile() if url.isLocalFile() else url.toString() for url in data.urls()]
        self.planning.take("\n".join(lines) if lines else data.text())
        event.acceptProposedAction()

    def _recall(self) -> None:
        for name, restore in (("geometry", self.restoreGeometry), ("splitter", self.splitter.restoreState)):
            value = self._memory.bytes(name)
            if value is not None:
                restore(value)
        self.activity.setVisible(self._memory.flag("activity", default=True))

    def _keep(self) -> None:
        self._memory.remember("geometry", self.saveGeometry())
        self._memory.remember("splitter", self.splitter.saveState())
        self._memory.remember("activity", self.activity.isVisible() or not self.isVisible())
        self._memory.save()
