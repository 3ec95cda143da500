"""The main window: puts its parts together and carries wishes from them to the engine, and events back to them.

Follow one click: a button -> a signal of `ResourceWishes` -> `ResourceCommands` -> `EngineBridge` -> the engine; and
back: the engine's event -> `EngineBridge.events` -> `_apply` -> `Shown` -> the models -> the delegates paint.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QIcon, QKeySequence, QSessionManager, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter, QVBoxLayout, QWidget

from ..domain.events import AnyEvent, LoginWanted
from ..domain.resource import ResourceSnapshot
from ..domain.states import Tab
from ..errors import Problem
from ..paths import Paths
from ..settings import Settings
from ..text import plain
from .activity import Activity
from .awake import Awake
from .beginning import Beginning
from .bridge import EngineBridge
from .collection_commands import CollectionCommands
from .collection_groups import CollectionFilter
from .collection_pane import CollectionPane
from .hub_names import hub_title
from .indicators import Indicators
from .intake import Intake
from .language import Language
from .memory import Memory
from .notice_bar import Notice, NoticeBar
from .picture_loader import PictureLoader
from .pictures import Pictures
from .planning import Planning
from .preferences import Preferences
from .qt import override
from .quarantine import Quarantine
from .recall import Recall
from .remedies import ACCOUNTS, Remedies
from .resource_commands import ResourceCommands
from .resource_pane import ResourcePane
from .revival import Revival
from .shown import Shown
from .theme import Appearance, ThemeChoice
from .toast import Toast
from .toolbar import Toolbar
from .totals import Totals
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
        self._quitting = False
        self.pictures = Pictures(self)
        self._loader = PictureLoader(bridge, self.pictures, self)
        self.toolbar = Toolbar()
        self.collections = CollectionPane(appearance, self.pictures)
        self.resources = ResourcePane(appearance, self.pictures)
        self.activity = Activity(appearance)
        self.toast = Toast()
        self.notices = NoticeBar()
        self.tray = Tray(QIcon(QApplication.windowIcon()), self)
        self.awake = Awake(self)
        self.preferences = Preferences(settings, appearance, paths, self, bridge)
        self.planning = Planning(bridge, appearance, settings, paths, recognise, self)
        self.remedies = Remedies(bridge, self)
        self.intake = Intake(self.planning, self.toolbar, self.toast, self)
        self.totals = Totals(bridge, self)
        self.shown = Shown(bridge, self.collections, self.resources, lambda: self.planning.destination.root, self)
        self.commands = ResourceCommands(
            bridge, self.resources.model, self.collections.model, self.planning, self.remedies, self.toast, self
        )
        self.quarantine = Quarantine(bridge, self.resources.model, self.toast, self)
        self.revival = Revival(bridge, self.notices, self.preferences.show_report, self)
        self.packs = CollectionCommands(bridge, self.collections.model, self.commands, self.remedies, self)
        self._beginning = Beginning(bridge, self.shown, self.totals, self.quarantine, self._tell, self)
        self._indicators = Indicators(
            self.toolbar, self.activity, self.tray, self.awake, self.totals, self.planning, self.shown.names
        )
        self._arrange()
        self._recall = Recall(
            Memory(paths.config), self, self.splitter, self.collections, self.resources, self.activity
        )
        self._connect()
        self._follow_settings(settings)
        self._recall.restore()
        self.retranslate()
        self.resources.show_collection(None, has_collections=False)

    def start(self, locators: Sequence[str] = ()) -> None:
        """Load what is on the list and continue what was unfinished; ``locators`` open the plan."""
        self._beginning.start(self._recall.collection)
        # Nobody has pressed a key yet, so no button shows that it would take one; the list has it when it comes.
        self.resources.empty.setFocus()
        self.planning.open(locators)

    def _begin_again(self) -> None:
        self._bridge.set_settings(self.preferences.settings)
        self._beginning.start(self.shown.collection)

    # Building

    def _arrange(self) -> None:
        self.setAcceptDrops(True)
        self.resize(1280, 800)
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
        column.addWidget(self.notices)
        column.addWidget(self.splitter, 1)
        column.addWidget(self.toast)
        column.addWidget(self.activity)
        self.setCentralWidget(centre)

    def _connect(self) -> None:
        self._bridge.events.connect(self._apply)
        self._bridge.failed.connect(self._failed)
        self.revival.revived.connect(self._begin_again)
        self._connect_toolbar()
        self._connect_collections()
        self._connect_resources()
        self.planning.added.connect(self.shown.choose)
        self.planning.said.connect(self.toast.say)
        self.planning.login_wanted.connect(lambda _hub: self.preferences.show(ACCOUNTS))
        self.planning.page_wanted.connect(self.remedies.open_page_of)
        self.preferences.changed.connect(self._change_settings)
        self.preferences.failed.connect(self._failed)
        self.remedies.settings_wanted.connect(self.preferences.show)
        self.remedies.other_file_wanted.connect(self._show_siblings)
        self.remedies.decision_wanted.connect(lambda row: self.quarantine.show([row.id]))
        self.remedies.report_wanted.connect(self._report)
        self.quarantine.changed.connect(self.collections.show_quarantine)
        self.remedies.said.connect(self.toast.say)
        self.remedies.unopened.connect(self.toast.say_address)
        self.totals.changed.connect(self.activity.show_totals)
        self.tray.show_wanted.connect(self.raise_window)
        self.tray.pause_all_wanted.connect(self._pause_all)
        self.tray.quit_wanted.connect(self.quit)
        for keys, call in (
            (QKeySequence.StandardKey.Paste, self.intake.paste),
            (QKeySequence.StandardKey.New, self.planning.ask),
            (QKeySequence("Ctrl+L"), self.toolbar.field.setFocus),
        ):
            QShortcut(keys, self, call)

    def _connect_toolbar(self) -> None:
        self.toolbar.search_changed.connect(self.resources.search)
        self.toolbar.limit_chosen.connect(lambda limit: self.preferences.change(rate_limit=limit))
        self.toolbar.pause_all_wanted.connect(self._pause_all)
        self.toolbar.settings_wanted.connect(lambda: self.preferences.show(""))
        self.toolbar.activity_wanted.connect(self.activity.toggle)
        self.toolbar.about_wanted.connect(self.preferences.show_about)
        self.toolbar.quit_wanted.connect(self.quit)

    def _connect_collections(self) -> None:
        self.collections.chosen.connect(self.shown.show)
        self.collections.menu_wanted.connect(self.packs.show_menu)
        self.collections.quarantine_wanted.connect(self.quarantine.show)
        self.collections.model.counts_changed.connect(self._show_work)
        self.resources.header.page_wanted.connect(self.packs.open_page)
        self.resources.header.set_menu(self.packs.menu(lambda: self.shown.collection))

    def _connect_resources(self) -> None:
        self.commands.follow(self.resources.wishes)
        self.resources.wishes.elsewhere.connect(self.quarantine.try_elsewhere)
        self.resources.wishes.keep.connect(self.quarantine.keep)
        self.resources.add_wanted.connect(self.planning.ask)
        self.resources.demo_wanted.connect(lambda: self.planning.plan(["demo:"]))

    def retranslate(self) -> None:
        """Show all texts in the language that is installed now."""
        self.setWindowTitle("stabilitydl")
        for part in (
            self.toolbar,
            self.notices,
            self.collections,
            self.resources,
            self.activity,
            self.toast,
            self.tray,
            self.packs,
        ):
            part.retranslate()

    # Wishes

    def _show_siblings(self, row: ResourceSnapshot) -> None:
        """Another file of the same collection is wanted: show all of them, the one that it replaces marked."""
        self.shown.choose(row.resource.collection)
        self.resources.filters.clear()
        self.resources.choose_tab(Tab.ALL)
        self.resources.model.selection.replace([row.id])
        if self.shown.is_loaded:
            self.resources.look_at(row.id)
        else:
            once = Qt.ConnectionType.SingleShotConnection
            self.shown.answered.connect(lambda: self.resources.look_at(row.id), once)
        words = translate("MainWindow", "Choose another file of this collection in the place of {name}.")
        self.toast.say(fill(words, name=plain(row.resource.name)))

    def _failed(self, problem: Problem) -> None:
        self.toast.say(problem_text(problem))

    def _tell(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            self.notices.show_notice(Notice.of(problem))

    def _apply(self, events: list[AnyEvent]) -> None:
        self.shown.apply(events)
        self._indicators.apply(events)
        for event in events:
            if isinstance(event, LoginWanted):
                self._offer_login(event.hub)

    def _offer_login(self, hub: str) -> None:
        self.toast.say(
            fill(translate("MainWindow", "{hub} gives some files only after a login"), hub=hub_title(hub)),
            action=translate("MainWindow", "Log in…"),
            call=lambda: self.preferences.show(ACCOUNTS),
            stays=True,
        )

    def _show_work(self) -> None:
        self._indicators.show_work(self.collections.model.snapshots)

    def _pause_all(self, paused: bool) -> None:
        self._bridge.pause_all() if paused else self._bridge.resume_all()

    def _report(self, row: ResourceSnapshot) -> None:
        if row.problem is not None:
            self.preferences.show_report(row.problem, row)

    def _change_settings(self, settings: Settings) -> None:
        self._bridge.set_settings(settings)
        self._follow_settings(settings)

    def _follow_settings(self, settings: Settings) -> None:
        self.planning.settings = settings
        self.tray.notifies = settings.notifications
        self.awake.enabled = settings.keep_awake
        self.intake.watch_clipboard(settings.watch_clipboard)
        self.toolbar.show_limit(settings.rate_limit)
        self.resources.model.follow_order(settings.order)
        self._appearance.choose(ThemeChoice(settings.theme))
        self._language.choose(settings.language)

    # The window itself

    def take_over(self, locators: Sequence[str]) -> None:
        """A second start: come to the front, and show what its locators hold."""
        self.raise_window()
        self.planning.open(locators)

    def raise_window(self) -> None:
        """Come to the front."""
        self.showNormal() if self.isMinimized() else self.show()
        self.raise_()
        self.activateWindow()

    def quit(self) -> None:
        """End the program; downloads keep what they have and go on at the next start."""
        self._quitting = True
        self.close()

    @Slot(QSessionManager)
    def expect_end(self, _session: object = None) -> None:
        """The desktop session ends: whoever closes the window now is not to be asked."""
        self._quitting = True

    def dispose(self) -> None:
        """Remember how it is, and stop timers and threads of the window; before the application ends."""
        self._recall.keep(self.shown.collection)
        self._beginning.stop()
        self.intake.stop()
        self.totals.stop()
        self.quarantine.stop()
        self.revival.stop()
        self.shown.stop()
        self.toast.stop()
        self.activity.curve.stop()
        self.tray.hide()
        self.awake.release()
        self.planning.close()
        self.preferences.close()
        self.resources.close_model()
        self._loader.close()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._recall.keep(self.shown.collection)
        if self._quitting or self._may_quit():
            event.accept()
            self._quitting = True
            self.quit_wanted.emit()
        else:
            event.ignore()

    def _may_quit(self) -> bool:
        """Ask where files are on their way; False when the window is to stay, or to hide in the tray."""
        has_tray = self.tray.is_available
        if has_tray and self.preferences.settings.close_to_tray:
            self.hide()
            return False
        if not self.collections.model.count(CollectionFilter.ACTIVE):
            return True
        from .closing import Closing, ask_closing

        wanted, remember = ask_closing(self, has_tray=has_tray)
        if remember:
            self.preferences.change(close_to_tray=True)
        if wanted is Closing.TRAY:
            self.hide()
        return wanted is Closing.QUIT

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        self.intake.drop(event.mimeData())
        event.acceptProposedAction()
