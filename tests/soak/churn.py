"""A window that files go through without end: what it takes of the machine stays the same.

One process, a window without a screen, the real engine and a byte path that brings nothing but news, so that twenty
minutes hold what otherwise takes more than a day. In each round a pack goes on the list, its children are started, some
are paused, resumed, cancelled or fail, all of them are selected, sorted and filtered, and the pack leaves the list.
Now and then memory, threads, timers and descriptors are counted, each time after the garbage has been collected.

The history on disk grows with every file, by design, and with it what SQLite keeps of the database in memory, up to the
size of its cache. This is counted apart: it may grow, but not beyond that size.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import anyio
import apsw
from PySide6.QtCore import (
    QAbstractEventDispatcher,
    QCoreApplication,
    QEvent,
    QEventLoop,
    QObject,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from shiboken6 import isValid

from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.collection import Collection, CollectionKey
from stabilitydl.domain.resource import Address, Resource, resource_id
from stabilitydl.domain.states import State, Tab
from stabilitydl.engine.engine import Engine
from stabilitydl.errors import ServerFailed
from stabilitydl.gui.application import make_application
from stabilitydl.gui.language import Language
from stabilitydl.gui.main_window import MainWindow
from stabilitydl.gui.program import Opened
from stabilitydl.gui.resource_index import Column
from stabilitydl.gui.theme import Appearance, ThemeChoice
from stabilitydl.hubs.protocol import Expansion
from stabilitydl.paths import Paths
from stabilitydl.settings import Settings
from stabilitydl.store.database import CACHE_KIB
from stabilitydl.transfer.order import Arrival, Live, Order, Services, Source, Watcher

FILES = 50
"""Children of a pack."""
SIZE = 1_000_000
STEPS = 5
"""Pieces in which a file comes."""
GROWTH = 0.05
"""By which part memory may grow from the first count to the last."""
MEMORY, BLOCKS, CACHE = "MiB", "blocks of Python", "MiB of SQLite"
MOST_CACHE = CACHE_KIB / 1024 + 2
"""MiB: the cache, and what SQLite needs beside it."""
PATIENCE_S = 120.0
EVERY = 100
"""Rounds before the first count: by then every table and cache has its size."""

Counts = dict[str, float]


@dataclass(frozen=True)
class Sample:
    """What the process had after ``files`` had gone through it."""

    files: int
    counts: Counts


async def _come(order: Order, source: Source, live: Live, watcher: Watcher, services: Services) -> Arrival:
    """Every seventh file fails; the others come in a few steps, and are written by nobody."""
    watcher.phase(State.RESOLVING)
    watcher.phase(State.DOWNLOADING)
    live.size = SIZE
    for step in range(1, STEPS + 1):
        await anyio.sleep(0.001)
        live.received = live.fetched = SIZE * step // STEPS
        live.ranges = ((0, live.received),)
    if order.resource.order % 7 == 3:
        raise ServerFailed(host="churn.test", status=500)
    watcher.phase(State.VERIFYING)
    return Arrival(
        path=order.target,
        size=SIZE,
        fetched=SIZE,
        verification=Verification.UNVERIFIABLE,
        sha256="0" * 64,
        mtime_ns=0,
        host="churn.test",
    )


class _Churned(Opened):
    def _make_engine(self) -> Engine:
        return Engine.open(self._paths, self._settings, hubs=self._hubs, fetch=_come)


class Churn:
    """A context manager that owns the window; its home lies below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._application = make_application([])
        qInstallMessageHandler(_say)
        self._paths = Paths(folder / "data", folder / "config", folder / "cache", folder / "library")
        appearance = Appearance(ThemeChoice.LIGHT, self._application)
        appearance.apply()
        self._opened = _Churned(self._paths, Settings(jobs=8), appearance, Language(self._application))
        self._loop = QEventLoop()
        self._files = 0

    def __enter__(self) -> Self:
        self._opened.start()
        self._until(lambda: self._window.shown.is_loaded)
        return self

    def __exit__(self, *exc: object) -> None:
        self._window.quit()
        self._opened.finish(PATIENCE_S)

    def run(self, seconds: float, rate: float) -> Iterator[Sample]:
        """Let files go through for so long, at most ``rate`` a second; a sample now and then, about ten in all."""
        begun = time.monotonic()
        counted, rounds = begun, 0
        while time.monotonic() - begun < seconds:
            self._round(rounds)
            rounds += 1
            ahead = self._files / rate - (time.monotonic() - begun)
            if ahead > 0:
                self._rest(ahead)
            if rounds == EVERY or (rounds > EVERY and time.monotonic() - counted > seconds / 10):
                counted = time.monotonic()
                yield self._sample()
        yield self._sample()

    def _round(self, number: int) -> None:
        window, bridge = self._window, self._opened.bridge
        expansion = _pack(number, self._paths.library)
        ids = [resource.id for resource in expansion.resources]
        model, pane = window.resources.model, window.resources
        bridge.add([expansion], lambda _done: window.shown.choose(expansion.collection.id))
        self._until(lambda: window.shown.is_loaded and set(model.ids_of(Tab.ALL)) == set(ids))
        model.selection.replace(ids)
        bridge.enqueue(ids)
        bridge.pause(ids[:10])
        bridge.resume(ids[:5])
        bridge.cancel(ids[-10:])
        pane.list.sortByColumn(Column.NAME, Qt.SortOrder.DescendingOrder)
        pane.filters.field.setText("7")
        pane.choose_tab(Tab.FAILED)
        unfinished = frozenset(state for state in State if state.is_unfinished)
        self._until(lambda: not model.ids_in(unfinished) and len(model.ids_of(Tab.FAILED)) > 0)
        pane.filters.clear()
        pane.choose_tab(Tab.ALL)
        pane.grab()
        bridge.remove(ids)
        self._until(lambda: window.collections.model.snapshot_of(expansion.collection.id) is None)
        self._files += FILES

    @property
    def _window(self) -> MainWindow:
        assert self._opened.window is not None
        return self._opened.window

    def _until(self, done: Callable[[], bool]) -> None:
        give_up = time.monotonic() + PATIENCE_S
        while not done():
            self._loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if time.monotonic() > give_up:
                raise TimeoutError(f"after {self._files} files")

    def _rest(self, seconds: float) -> None:
        QTimer.singleShot(int(seconds * 1000) + 1, self._loop.quit)
        self._loop.exec()

    def _sample(self) -> Sample:
        self._window.toast.stop()
        self._rest(1.0)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
        return Sample(self._files, _count())


def _say(_kind: QtMsgType, _context: object, text: str | None) -> None:
    """What Qt has to say, but for what the platform without a screen says about each window."""
    if "does not support" not in (text or ""):
        print(text, file=sys.stderr)


def is_flat(samples: list[Sample]) -> bool:
    """Does the last sample have what the first one had? Of a timer it does not matter whether it runs right now.

    Blocks of Python tell growth apart that is ours: memory also lies in pieces, and tables double once.
    """
    first, last = samples[0].counts, samples[-1].counts
    earlier = samples[: (len(samples) + 1) // 2]
    return (
        all(last[name] <= first[name] * (1 + GROWTH) for name in (MEMORY, BLOCKS))
        and last[CACHE] <= MOST_CACHE
        and all(
            last[name] <= max(sample.counts[name] for sample in earlier)
            for name in first
            if name not in (MEMORY, BLOCKS, CACHE)
        )
    )


def _count() -> Counts:
    _give_back()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    dispatcher = QAbstractEventDispatcher.instance()
    objects = [each for each in gc.get_objects() if issubclass(type(each), QObject) and isValid(each)]
    thread = QCoreApplication.instance()
    assert thread is not None
    here = [each for each in objects if each.thread() is thread.thread()]
    cache = apsw.memory_used() / 1024 / 1024
    return {
        MEMORY: int(status.partition("VmRSS:")[2].split()[0]) / 1024 - cache,
        BLOCKS: sys.getallocatedblocks(),
        CACHE: cache,
        "threads": threading.active_count(),
        "timers": sum(len(dispatcher.registeredTimers(each)) for each in here if each is not thread),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "objects of Qt": len(objects),
    }


def _give_back() -> None:
    """What was freed goes back to the system, as far as the C library can: how it lies in pieces is no growth."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _pack(number: int, target: Path) -> Expansion:
    key = CollectionKey("direct", "", "list", f"/lists/{number}.txt", target=str(target))
    resources = tuple(
        Resource(
            id=resource_id(key.id, str(place)),
            collection=key.id,
            key=str(place),
            name=f"style_{place:03}.safetensors",
            path=f"{number}/style_{place:03}.safetensors",
            size=SIZE,
            addresses=(Address("direct", f"https://churn.test/{number}/{place}"),),
            order=place,
        )
        for place in range(FILES)
    )
    return Expansion(
        collection=Collection(id=key.id, key=key, title=f"Pack {number}", target=str(target)), resources=resources
    )
