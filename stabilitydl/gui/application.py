"""The program with a window: the application object, the engine behind the bridge, and how they start and end."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QFileOpenEvent, QIcon, QPixmapCache
from PySide6.QtWidgets import QApplication

from .. import __version__
from ..paths import resource_path
from .qt import override

NAME = "stabilitydl"
PIXMAP_CACHE_KIB = 2048
"""What Qt may keep of the pictures that labels and buttons show. One window takes some KiB of it; the rest is pictures
of collections that were shown before, each of which `Pictures` has or can draw."""


class AskedApplication(QApplication):
    """The application object of macOS, which names files and links by events, and not by words of a command line.

    The first of them come before there is a window; they are kept until `hand_to` says who wants them.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__(list(arguments))
        self._waiting: list[str] = []
        self._taker: Callable[[Sequence[str]], object] | None = None

    def hand_to(self, taker: Callable[[Sequence[str]], object]) -> None:
        """Call ``taker`` with the addresses of what the system wants opened, now and later."""
        self._taker = taker
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            taker(waiting)

    @override
    def event(self, event: QEvent) -> bool:
        if not isinstance(event, QFileOpenEvent):
            return super().event(event)
        asked = event.url().toString()
        if self._taker is None:
            self._waiting.append(asked)
        else:
            self._taker([asked])
        return True


def make_application(arguments: Sequence[str]) -> QApplication:
    """The one QApplication of the process, with name, version and icon."""
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    kind = AskedApplication if sys.platform == "darwin" else QApplication
    application = kind([NAME, *arguments])
    application.setApplicationName(NAME)
    application.setApplicationDisplayName(NAME)
    application.setApplicationVersion(__version__)
    application.setDesktopFileName(NAME)
    application.setWindowIcon(QIcon(str(resource_path("icons/stabilitydl.svg"))))
    QPixmapCache.setCacheLimit(PIXMAP_CACHE_KIB)
    # A hidden window in the tray is still the program.
    application.setQuitOnLastWindowClosed(False)
    return application


class Signals(QObject):
    """Turns a request to end, Ctrl-C, or a terminal that goes away into a call in the window's loop.

    What is ignored when this begins (nohup, jobs in the background) stays so. Python runs signal handlers between its
    own instructions only, so a loop that sleeps in Qt would not notice: the interpreter writes to a socket that the
    loop watches.
    """

    def __init__(self, ended: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ended = ended
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        self._before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._handlers = {
            number: signal.signal(number, _ignore)
            for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
            if (number := getattr(signal, name, None)) is not None and signal.getsignal(number) is not signal.SIG_IGN
        }

    def close(self) -> None:
        """Give the signals back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()

    def _read(self) -> None:
        try:
            self._reader.recv(64)
        except BlockingIOError:
            return
        self._ended()


def _ignore(number: int, frame: object) -> None:
    """The socket tells the loop."""


def run_application(application: QApplication, start: Callable[[], Callable[[], object]]) -> int:
    """Run ``start`` once the loop turns, then the loop; what ``start`` returns is called at the end.

    Returns the exit code.
    """
    finish: list[Callable[[], object]] = []
    failures: list[BaseException] = []

    def begin() -> None:
        try:
            finish.append(start())
        except BaseException as error:  # noqa: BLE001 - raised below, outside of Qt
            failures.append(error)
            application.quit()

    QTimer.singleShot(0, begin)
    # Not `quit`, which closes windows and so may ask: who sends a signal is not there to answer.
    signals = Signals(lambda: application.exit(0))
    try:
        code = application.exec()
    finally:
        for call in finish:
            call()
        signals.close()
    if failures:
        raise failures[0]
    return code
