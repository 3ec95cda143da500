"""How long the lists of the window take with 100,000 children, on the thread of the window.

Run with ``pytest -m bench -s tests/bench/bench_models.py``. A step that is worked out in a thread is measured by what
it holds up: the longest time between two turns of the event loop, the call that starts it included, and the processor
time that the thread of the window needs for all of it, which another program on the machine cannot lengthen.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEventLoop, QObject, QTimer
from pytestqt.qtbot import QtBot

from stabilitydl.domain.checksum import Checksum
from stabilitydl.domain.events import Progress, ProgressTick, StateChanged
from stabilitydl.domain.resource import Address, Resource, ResourceSnapshot
from stabilitydl.domain.states import State, Tab
from stabilitydl.gui.pictures import Pictures
from stabilitydl.gui.resource_grid import ResourceGrid
from stabilitydl.gui.resource_index import Column, Order, Query
from stabilitydl.gui.resource_table_model import ResourceTableModel
from stabilitydl.gui.resource_view import ResourceView
from stabilitydl.gui.theme import Appearance, ThemeChoice

pytestmark = [pytest.mark.bench, pytest.mark.gui]

MANY = 100_000
MOST_MS = 150.0
MOST_TICK_MS = 2.0
MOST_MIB = 250


def children(count: int) -> list[ResourceSnapshot]:
    """Believable children in an order that no column has."""
    states = (State.MISSING, State.MISSING, State.MISSING, State.DOWNLOADED, State.PAUSED, State.FAILED)
    made = []
    for number in range(count):
        mixed = number * 7919 % count
        made.append(
            ResourceSnapshot(
                resource=Resource(
                    id=f"{mixed:032x}",
                    collection="c" * 32,
                    key=str(mixed),
                    name=f"style_{mixed:06}_xl.safetensors",
                    path=f"style_{mixed:06}_xl.safetensors",
                    size=1_000_000 + mixed * 17,
                    checksums=(Checksum.of("sha256", f"{mixed:064x}"),),
                    addresses=(Address("civitai", f"https://civitai.com/api/download/models/{mixed}"),),
                    type=("LoRA", "Checkpoint", "VAE")[mixed % 3],
                    base_model=("SDXL 1.0", "SD 1.5", "Flux.1 D", "Pony")[mixed % 4],
                    creator="somebody",
                    version=f"v{mixed % 9}.0",
                    order=number,
                ),
                state=states[mixed % len(states)],
            )
        )
    return made


def resident() -> float:
    """MiB of memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


class Heartbeat(QObject):
    """The longest time between two turns of the event loop, in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self._last = time.perf_counter()
        self.longest = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._beat)

    def watch(self, start: Callable[[], object], done: Callable[[], bool]) -> tuple[float, float, float]:
        """Run ``start`` and turn until ``done``: the longest turn, the time of all, and the processor time."""
        loop = QEventLoop()
        gc.collect()
        self.longest = 0.0
        self._last = begin = time.perf_counter()
        cpu = time.thread_time()
        self._timer.start()
        start()
        self._beat()
        while not done():
            time.sleep(0.002)
            loop.processEvents()
        for _ in range(3):
            loop.processEvents()
        self._timer.stop()
        return self.longest, (time.perf_counter() - begin) * 1000, (time.thread_time() - cpu) * 1000

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, (now - self._last) * 1000)
        self._last = now


@pytest.mark.parametrize("kind", [ResourceView, ResourceGrid])
def test_100000_children(qtbot: QtBot, kind: type[ResourceView | ResourceGrid]) -> None:
    before = resident()
    snapshots = children(MANY)
    loaded = resident() - before
    model = ResourceTableModel()
    appearance = Appearance(ThemeChoice.LIGHT)
    view = kind(model, appearance, Pictures())
    qtbot.addWidget(view)
    view.resize(1016, 600)
    view.show()
    heart = Heartbeat()
    numbers: dict[str, tuple[float, float, float]] = {}

    def step(name: str, start: Callable[[], object]) -> None:
        numbers[name] = heart.watch(start, lambda: not model.is_arranging)

    step("open", lambda: model.load(snapshots))
    assert model.rowCount() == MANY
    step("filter by text", lambda: model.show(Query(text="9 xl")))
    step("filter by text again", lambda: model.show(Query(text="99 xl")))
    step("show all", lambda: model.show(Query()))
    step("filter by tab", lambda: model.show(Query(Tab.MISSING)))
    step("show all again", lambda: model.show(Query()))
    step("sort by name", lambda: model.sort_by(Order(Column.NAME)))
    step("sort by size, descending", lambda: model.sort_by(Order(Column.SIZE, descending=True)))
    step("sort by state", lambda: model.sort_by(Order(Column.STATE)))
    step("select all", view.selectAll)
    step("sort with all selected", lambda: model.sort_by(Order(Column.NAME)))
    step("totals of all", lambda: model.totals(model.selection.ids))
    step("clear selection", model.selection.clear)
    step("select all missing", lambda: model.selection.replace(model.ids_of(Tab.MISSING)))
    step("filter with half selected", lambda: model.show(Query(text="1")))
    step("show all with half selected", lambda: model.show(Query()))
    step("scroll to the end", lambda: view.verticalScrollBar().setValue(view.verticalScrollBar().maximum()))
    first = model.shown_ids(0, 500)
    step("500 states", lambda: model.apply([moved(key, State.MISSING, State.QUEUED) for key in first]))
    grown = resident() - before
    print(f"\n{kind.__name__}, {MANY:,} children: longest turn / until done / processor, ms; {sys.version.split()[0]}")
    for name, (longest, whole, cpu) in numbers.items():
        print(f"  {name:28} {longest:7.1f} / {whole:7.1f} / {cpu:7.1f}")
    print(f"  memory: children {loaded:.0f} MiB, with the view {grown:.0f} MiB")
    model.close()
    assert max(cpu for _, _, cpu in numbers.values()) <= MOST_MS
    assert grown <= MOST_MIB


def moved(key: str, old: State, new: State) -> StateChanged:
    return StateChanged(resource=key, collection="c" * 32, name="x", old=old, new=new)


@pytest.mark.parametrize("count", [80, MANY])
def test_tick_of_64(qtbot: QtBot, count: int) -> None:
    model = ResourceTableModel()
    view = ResourceView(model, Appearance(ThemeChoice.LIGHT), Pictures())
    qtbot.addWidget(view)
    view.resize(1016, 600)
    view.show()
    model.load(children(count))
    qtbot.waitUntil(lambda: not model.is_arranging)
    keys = model.shown_ids()[:: max(1, count // 64)][:64]
    model.apply([moved(key, State.QUEUED, State.DOWNLOADING) for key in keys])
    took = []
    for number in range(1, 101):
        tick = ProgressTick(
            entries=tuple(
                Progress(
                    resource=key,
                    collection="c" * 32,
                    received=number * 1000,
                    size=1_000_000,
                    speed=1e6,
                    eta=5.0,
                    ranges=((0, number * 500), (500_000, 500_000 + number * 500)),
                )
                for key in keys
            ),
            speed=64e6,
        )
        begin = time.perf_counter()
        model.apply([tick])
        took.append((time.perf_counter() - begin) * 1000)
        qtbot.wait(0)
    took.sort()
    print(f"\ntick of 64 in {count:,} rows: median {took[50]:.2f} ms, longest {took[-1]:.2f} ms")
    model.close()
    assert took[50] < MOST_TICK_MS
