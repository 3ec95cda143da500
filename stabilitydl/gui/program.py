"""The composition root of the window: settings, hubs, engine, bridge and window are put together here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .. import settings as stored
from ..demo.hub import DemoHub
from ..engine.engine import Engine
from ..engine.remote import SharedEngine
from ..errors import UsageError
from ..hubs.registry import Registry
from ..paths import Paths
from ..settings import Settings
from .application import make_application, run_application
from .bridge import EngineBridge
from .language import Language
from .main_window import MainWindow
from .theme import Appearance, ThemeChoice


def run(locators: Sequence[str] = (), paths: Paths | None = None) -> int:
    """Open the window, with the plan of ``locators`` where there are some; the exit code of the process.

    Raises StabilityError for what makes a start impossible, such as a database of a newer version.
    """
    where = paths or Paths.from_environment()
    application = make_application([])
    settings, trouble = _settings(where)
    language = Language(application)
    language.choose(settings.language)
    appearance = Appearance(ThemeChoice(settings.theme), application)
    appearance.apply()

    def start() -> Callable[[], None]:
        demo = DemoHub()
        registry = Registry.standard(demo)
        bridge = EngineBridge(SharedEngine(where, lambda: Engine.open(where, settings, hubs=registry)))
        bridge.start()
        if not bridge.claim_window(locators):
            # The first window is in front now and has the locators.
            application.quit()
            return lambda: _end(bridge, demo)
        window = MainWindow(bridge, appearance, language, settings, where, registry.find)
        window.quit_wanted.connect(application.quit)
        bridge.handed_over.connect(window.take_over)
        window.show()
        window.start(locators)
        if trouble is not None:
            window.toast.say(str(trouble))

        def finish() -> None:
            window.dispose()
            window.hide()
            _end(bridge, demo)
            window.deleteLater()

        return finish

    return run_application(application, start)


def _end(bridge: EngineBridge, demo: DemoHub) -> None:
    bridge.stop()
    demo.close()


def _settings(paths: Paths) -> tuple[Settings, UsageError | None]:
    """The settings, or the defaults and what is wrong with the file: unreadable settings never stop the start."""
    try:
        return stored.load(paths.settings), None
    except UsageError as error:
        return Settings(), error
