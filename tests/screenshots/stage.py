"""The window on its engine, with the shelf on the list; how a picture waits for it and is taken of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QEventLoop, QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QDialog

from stabilitydl.clock import SystemClock
from stabilitydl.domain.attempt import Outcome
from stabilitydl.domain.events import HostLine
from stabilitydl.domain.states import State, Tab
from stabilitydl.engine.engine import Engine
from stabilitydl.engine.remote import SharedEngine
from stabilitydl.gui.collection_groups import Grouping
from stabilitydl.gui.language import Language
from stabilitydl.gui.main_window import MainWindow
from stabilitydl.gui.speed_curve import SPAN
from stabilitydl.gui.theme import Appearance
from stabilitydl.hubs.direct import Direct
from stabilitydl.hubs.registry import Registry
from stabilitydl.paths import Paths
from stabilitydl.settings import Settings
from stabilitydl.store.store import Store
from tests.screenshots.packs import LIBRARY, MB, NOW, Pack
from tests.screenshots.shelf import MEGA
from tests.screenshots.stand_ins import Pace, StandInBridge, StandInHub, StandStill

SIZE = (1280, 800)
PATIENCE_MS = 60_000
HOSTS = (
    HostLine(host="civitai.com", running=6, limit=8),
    HostLine(host="b2.civitai-delivery.com", running=0, waiting=1, limit=8, cooling=37.5, status=429),
    HostLine(host="huggingface.co", running=0, limit=8),
)
TICKS = 480
"""As many as there are in the span of the curve."""
_HUBS = ("civitai", "huggingface", "modelscope")


class StoppedClock(SystemClock):
    """Shows the same time for ever; everything else goes on."""

    def wall(self) -> float:
        return NOW


class Metronome(SystemClock):
    """Its time is moved by hand."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


class Stage:
    """One window in a home of its own. ``packs`` are on the list."""

    def __init__(self, home: Path, appearance: Appearance, language: Language, packs: Sequence[Pack]) -> None:
        self.paths = Paths(home / "data", home / "config", home / "cache", Path(LIBRARY))
        self._appearance = appearance
        self._language = language
        self._packs = packs
        self._settings = Settings(
            theme=appearance.choice.value,
            language=language.locale,
            jobs=4,
            libraries=(LIBRARY, "/mnt/ai/models"),
            host_budgets={"civitai.com": 8, "huggingface.co": 4},
            proxy="socks5://127.0.0.1:9050",
        )
        self._fill()
        self._hubs = Registry([*(StandInHub(name, packs) for name in _HUBS), Direct()])
        plain = {child.id for pack in packs if not pack.pictures for child in pack.expansion().resources}
        plain |= {pack.id for pack in packs if not pack.pictures}
        self.bridge = StandInBridge(SharedEngine(self.paths, self._make_engine), self._hubs, plain)
        self.bridge.kept = [kept for pack in packs for kept in pack.kept()]
        self.bridge.start()
        self.window = MainWindow(self.bridge, appearance, language, self._settings, self.paths, self._hubs.find)
        self.window.resources.model._clock = self.window.resources.header._clock = StoppedClock()
        told: set[str] = set()
        self.window.totals.changed.connect(lambda *_: told.add("totals"))
        self.window.quarantine.changed.connect(lambda *_: told.add("quarantine"))
        self.window.resize(*SIZE)
        self.window.show()
        self.window.start()
        self.until(lambda: self.window.shown.is_loaded)
        # Asked for after everything else.
        self.until(lambda: len(told) == 2)

    def _make_engine(self) -> Engine:
        return Engine.open(self.paths, self._settings, hubs=self._hubs, fetch=StandStill(self._packs, lambda: NOW))

    def _fill(self) -> None:
        """Put the packs on the list, each file as it stands, and the downloads of former days into the history."""
        self.paths.data.mkdir(parents=True)
        store = Store.open(self.paths.database)
        for number, pack in enumerate(self._packs):
            expansion = pack.expansion()
            store.add(expansion.collection, expansion.resources, NOW + number)
            store.enqueue(pack.targets())
            store.apply(pack.changes())
            for child in expansion.resources[: pack.downloads]:
                attempt = store.begin_attempt(child.id, NOW - 60)
                store.finish(attempt, None, end=NOW, bytes=child.size or 0, host="", outcome=Outcome.DOWNLOADED)
        store.close()

    # Doing

    def until(self, condition: Callable[[], object]) -> None:
        """Turn the loop until ``condition`` holds."""
        deadline = QDeadlineTimer(PATIENCE_MS)
        while not condition():
            if deadline.hasExpired():
                raise TimeoutError(f"waited in vain: {condition}")
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)

    def settle(self) -> None:
        """Let everything be laid out, painted and filled with pictures that is about to be."""
        loader, pictures = self.window._loader, self.window.pictures
        for _ in range(2):
            for _ in range(4):
                QCoreApplication.processEvents()
                QCoreApplication.sendPostedEvents()
            self.window.grab()
            self.until(lambda: not (pictures._to_ask or loader._unread or loader._reader.is_busy))

    def show(self, pack: Pack) -> None:
        """Choose a collection."""
        self.window.shown.choose(pack.id)
        self.until(lambda: self.window.shown.is_loaded and self.window.resources.model.total == len(pack.files))

    def run(self, pack: Pack = MEGA) -> None:
        """Start what is on its way in a pack, once, and wait until everything stands where the picture wants it."""
        self.show(pack)
        if self.bridge.pace.speeds:
            return
        self.bridge.pace = _pace(pack)
        wanted = {pack.child(file.name): file.state for file in pack.files if file.state.is_unfinished}
        self.bridge.enqueue(pack.unfinished())
        model, running = self.window.resources.model, [each for each, state in wanted.items() if state.is_running]
        self.until(lambda: all(self.states([each]) == {state} for each, state in wanted.items()))
        self.until(lambda: all((model.progress_of(each) or _NOTHING).received for each in running))
        self.bridge.is_still = True
        curve = self.window.activity.curve
        curve._samples.clear()
        curve._clock = metronome = Metronome()
        for speed in _breathing(self.bridge.pace.sum):
            metronome.now += SPAN / TICKS
            curve.add(speed)
        self.settle()

    def states(self, ids: Sequence[str]) -> set[State]:
        """In which states these files are."""
        found = [self.window.resources.model.snapshot_of(each) for each in ids]
        return {row.state for row in found if row is not None}

    def select(self, pack: Pack, *names: str) -> None:
        self.window.resources.model.selection.replace([pack.child(name) for name in names])

    # Looking

    def picture(self, dialog: QDialog | None = None) -> QImage:
        """The window, with ``dialog`` before it."""
        self.settle()
        picture = self.window.grab()
        if dialog is not None:
            _put_before(picture, dialog.grab())
        return picture.toImage()

    def tidy(self) -> None:
        """Away with what lies before the window, and back to the list of all files."""
        self.window.planning.close()
        self.window.preferences.close()
        self.window.toast.stop()
        self.window.quarantine.stop()
        for line in list(self.window.notices.lines):
            line.dismiss.click()
        pane = self.window.resources
        pane.model.selection.clear()
        pane.show_grid(False)
        pane.choose_tab(Tab.ALL)
        self.window.collections.group_by(Grouping.NONE)

    def close(self) -> None:
        self.window.planning.close()
        self.window.preferences.close()
        self.window.dispose()
        self.window.hide()
        self.bridge.stop()
        self.bridge.close()
        self.window.deleteLater()
        self.bridge.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _breathing(speed: float) -> Iterator[float]:
    """The speeds of two minutes, none above ``speed``, which is the last one."""
    chance, drift = random.Random(11), 0.0
    for number in range(TICKS):
        drift = 0.94 * drift + 0.06 * chance.uniform(-1, 1)
        rise = min(1.0, 0.66 + 0.8 * number / TICKS)
        yield min(speed, speed * rise * (0.8 + drift))


class _Nothing:
    received = 0


_NOTHING = _Nothing()


def _pace(pack: Pack) -> Pace:
    running = [file for file in pack.files if file.state.is_running]
    speeds = (48.0 * MB, 220.0 * MB, 64.2 * MB)
    paired = list(zip(running, speeds, strict=False))
    return Pace(
        {pack.child(file.name): speed for file, speed in paired},
        sum(speed for file, speed in paired if file.state is State.DOWNLOADING),
        HOSTS,
    )


def _put_before(picture: QPixmap, dialog: QPixmap) -> None:
    """Paint ``dialog`` in the middle of ``picture``, as a window manager would put it."""
    painter = QPainter(picture)
    painter.fillRect(picture.rect(), QColor(0, 0, 0, 96))
    place = QPoint((picture.width() - dialog.width()) // 2, (picture.height() - dialog.height()) // 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for spread in range(12, 0, -1):
        painter.setBrush(QColor(0, 0, 0, 6))
        frame = QRectF(
            place.x() - spread, place.y() - spread + 4, dialog.width() + 2 * spread, dialog.height() + 2 * spread
        )
        painter.drawRoundedRect(frame, spread + 2, spread + 2)
    painter.drawPixmap(place, dialog)
    painter.end()
