"""The composition root of the window: settings, hubs, engine, bridge and window are put together here."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

from .. import settings as stored
from ..engine.engine import Engine
from ..engine.remote import SharedEngine
from ..engine.thread import STOP_SECONDS
from ..errors import REMEDIES, Problem
from ..hubs.registry import Registry
from ..paths import Paths
from ..settings import Settings
from .application import AskedApplication, make_application, run_application
from .bridge import EngineBridge
from .language import Language
from .links import for_any_folder
from .main_window import MainWindow
from .notice_bar import Notice
from .theme import Appearance, ThemeChoice

if TYPE_CHECKING:
    from ..demo.hub import DemoHub

SWITCH_SECONDS = 0.001
"""How long the engine's thread may keep Python's one lock while the window's waits for it.

Five times shorter than the default: a frame of the screen is 16 ms, and waits for several turns of the lock.
"""


def run(locators: Sequence[str] = (), paths: Paths | None = None) -> int:
    """Open the window, with the plan of ``locators`` where there are some; the exit code of the process.

    Raises StabilityError for what makes a start impossible, such as a database of a newer version.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    where = paths or Paths.from_environment()
    application = make_application([])
    settings, trouble = stored.recover(where.settings)
    language = Language(application)
    language.choose(settings.language)
    appearance = Appearance(ThemeChoice(settings.theme), application)
    appearance.apply()

    def start() -> Callable[[], object]:
        opened = Opened(where, settings, appearance, language, notices=() if trouble is None else [trouble.problem])
        # Not `quit`, which asks every window whether it may: that has been settled here.
        opened.ended.connect(lambda: application.exit(0))
        opened.start([for_any_folder(locator) for locator in locators])
        if isinstance(application, AskedApplication):
            application.hand_to(lambda asked: opened.take_over([for_any_folder(each) for each in asked]))
        return opened.finish

    return run_application(application, start)


class Opened(QObject):
    """One window with what it stands on. ``ended`` says that it has been closed, or was not needed.

    ``notices`` are what the window has to tell of what was before it; without a window they go to stderr.
    ``window`` is None before `start`, and where another process has the window of the data directory already.
    """

    ended = Signal()

    def __init__(
        self,
        paths: Paths,
        settings: Settings,
        appearance: Appearance,
        language: Language,
        demo: DemoHub | None = None,
        notices: Sequence[Problem] = (),
    ) -> None:
        super().__init__()
        self.window: MainWindow | None = None
        self._paths = paths
        self._settings = settings
        self._appearance = appearance
        self._language = language
        self._notices = notices
        self._own_demo: DemoHub | None = None
        self._hubs = Registry.standard(demo or self._make_demo)
        self.bridge = EngineBridge(SharedEngine(paths, self._make_engine), self._hubs, self)
        # Before the window is claimed: another start may hand its locators over while this one is still made.
        self.bridge.handed_over.connect(self.take_over)

    def start(self, locators: Sequence[str] = ()) -> None:
        """Show the window, with the plan of ``locators``; or hand them over to the window that there is.

        Raises StabilityError where the engine cannot start.
        """
        self.bridge.start()
        if not self.bridge.claim_window(locators):
            for problem in self._notices:
                _say(problem)
            self.ended.emit()
            return
        window = MainWindow(self.bridge, self._appearance, self._language, self._settings, self._paths, self._hubs.find)
        self.window = window
        window.quit_wanted.connect(self.ended)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.commitDataRequest.connect(window.expect_end)
        for problem in self._notices:
            window.notices.show_notice(Notice.of(problem))
        window.show()
        window.start(locators)

    def finish(self, timeout: float = STOP_SECONDS) -> bool:
        """Stop everything; what has come of files is kept.

        Takes at most about ``timeout`` seconds; False when something hangs and is left behind then.
        """
        if self.window is not None:
            self.window.dispose()
            self.window.hide()
        has_stopped = self.bridge.stop(timeout)
        if self._own_demo is not None:
            self._own_demo.close()
        if self.window is not None:
            self.window.deleteLater()
            self.window = None
        return has_stopped

    @Slot(object)
    def take_over(self, locators: Sequence[str]) -> None:
        """Come to the front with the plan of ``locators``, which another start or the desktop wants opened."""
        if self.window is not None:
            self.window.take_over(locators)

    def _make_demo(self) -> DemoHub:
        from ..demo.hub import DemoHub

        self._own_demo = DemoHub()
        return self._own_demo

    def _make_engine(self) -> Engine:
        return Engine.open(self._paths, self._settings, hubs=self._hubs, may_log_in=True)


def _say(problem: Problem) -> None:
    """Say on stderr, where there is one, what no window of this process shows."""
    # A program without a console has none, and one that was closed takes nothing.
    with contextlib.suppress(AttributeError, OSError, ValueError):
        sys.stderr.write(f"{problem.message} {REMEDIES[problem.remedy]}".strip() + "\n")
