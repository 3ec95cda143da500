"""The real program with hands inside: ``python -m tests.soak.inside [ARGUMENT...]``.

Where there is no display, nobody can press a key from outside. So this process runs ``stabilitydl`` as it is, and its
application object reads orders from standard input, one a line, and carries them out one after the other:

- ``wait MS``: let so many milliseconds pass;
- ``window``: wait until the window is visible;
- ``busy``: wait until a file is on its way;
- ``key Ctrl+Q``: press keys in the window;
- ``menu``: choose Quit from the menu;
- ``close``: what the cross in the corner does;
- ``question``: wait for the question on closing;
- ``stop``, ``stay``: answer it;
- ``hide``: put the window away, as when it was closed to the tray;
- ``tray``: choose Quit from the menu of the tray icon;
- ``paste LOCATOR``: paste a locator;
- ``plan``: wait for the plan of what was pasted;
- ``start``: start what the plan says;
- ``settings``: open the settings;
- ``session``: the desktop session ends.
"""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QSocketNotifier, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

import stabilitydl.gui.application as start
from stabilitydl.__main__ import main
from stabilitydl.gui.collection_groups import CollectionFilter
from stabilitydl.gui.main_window import MainWindow
from stabilitydl.gui.plan_dialog import PlanDialog
from stabilitydl.gui.settings_dialog import SettingsDialog

_TURN_MS = 2


class Hands(QObject):
    """Carries out orders. An order that cannot be carried out yet is tried again in the next turn."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        os.set_blocking(0, False)
        self._rest = b""
        self._orders: deque[str] = deque()
        self._wait_until = 0.0
        self._told = QSocketNotifier(0, QSocketNotifier.Type.Read, self)
        self._told.activated.connect(self._hear)
        self._is_working = False
        self._has_seen_it = False

    def _hear(self) -> None:
        data = os.read(0, 4096)
        if not data:
            self._told.setEnabled(False)
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._orders.extend(line.decode() for line in lines)
        if not self._is_working:
            self._work()

    def _work(self) -> None:
        self._is_working = bool(self._orders)
        if not self._orders:
            return
        # A timer of its own for each turn: one whose call has not returned, because a question is open, does not fire.
        QTimer.singleShot(_TURN_MS, self._work)
        order, _, rest = self._orders[0].partition(" ")
        if order == "wait":
            self._wait_until = self._wait_until or time.monotonic() + int(rest) / 1000
            if time.monotonic() < self._wait_until:
                return
            self._wait_until = 0.0
            self._orders.popleft()
            return
        window = next((each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow)), None)
        if window is None or not (self._has_seen_it or window.isVisible()):
            return
        self._has_seen_it = True
        # An order may begin a loop of its own (a question does): the next one must not be this one again.
        self._orders.popleft()
        if not ORDERS[order](window, rest):
            self._orders.appendleft(f"{order} {rest}")


def _press(window: MainWindow, keys: str) -> bool:
    QApplication.setActiveWindow(window)
    QTest.keySequence(window, QKeySequence(keys))
    return True


def _is_busy(window: MainWindow, _rest: str) -> bool:
    return bool(window.collections.model.count(CollectionFilter.ACTIVE))


def _question() -> QMessageBox | None:
    return next(
        (box for box in QApplication.topLevelWidgets() if isinstance(box, QMessageBox) and box.isVisible()), None
    )


def _answer(role: QMessageBox.ButtonRole) -> bool:
    box = _question()
    if box is None:
        return False
    button = next(each for each in box.buttons() if box.buttonRole(each) == role)
    button.click()
    return True


def _paste(window: MainWindow, locator: str) -> bool:
    QApplication.clipboard().setText(locator)
    return _press(window, "Ctrl+V")


def _has_plan(window: MainWindow, _rest: str) -> bool:
    return any(dialog.plan is not None for dialog in window.findChildren(PlanDialog))


def _start(window: MainWindow, _rest: str) -> bool:
    for dialog in window.findChildren(PlanDialog):
        dialog.accept()
    return True


def _settings(window: MainWindow, _rest: str) -> bool:
    _press(window, "Ctrl+,")
    return bool(window.findChildren(SettingsDialog))


def _end_session(window: MainWindow, _rest: str) -> bool:
    # Qt tells the window so, and then quits, which closes it.
    window.expect_end()
    QApplication.quit()
    return True


def _hide(window: MainWindow, _rest: str) -> bool:
    window.hide()
    return True


def _quit_from_tray(window: MainWindow, _rest: str) -> bool:
    window.tray.quit_wanted.emit()
    return True


def _choose_quit(window: MainWindow, _rest: str) -> bool:
    window.toolbar.quit.trigger()
    return True


ORDERS: dict[str, Callable[[MainWindow, str], bool]] = {
    "window": lambda _window, _rest: True,
    "busy": _is_busy,
    "key": _press,
    "menu": _choose_quit,
    "close": lambda window, _rest: window.close() or True,
    "question": lambda _window, _rest: _question() is not None,
    "stop": lambda _window, _rest: _answer(QMessageBox.ButtonRole.AcceptRole),
    "stay": lambda _window, _rest: _answer(QMessageBox.ButtonRole.RejectRole),
    "hide": _hide,
    "tray": _quit_from_tray,
    "paste": _paste,
    "plan": _has_plan,
    "start": _start,
    "settings": _settings,
    "session": _end_session,
}


def _with_hands(make: Callable[[Sequence[str]], QApplication]) -> Callable[[Sequence[str]], QApplication]:
    def make_application(arguments: Sequence[str]) -> QApplication:
        application = make(arguments)
        Hands(application)
        return application

    return make_application


if __name__ == "__main__":
    start.make_application = _with_hands(start.make_application)  # type: ignore[assignment]
    sys.exit(main())
