"""What one harmed process does: a real engine with a real database brings a pack from a real server."""

from __future__ import annotations

import dataclasses
import os
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anyio
import msgspec

from stabilitydl.clock import SystemClock
from stabilitydl.disk import exposure, os_posix, syncer
from stabilitydl.domain.checksum import Checksum
from stabilitydl.domain.events import AnyEvent, Downloaded
from stabilitydl.engine.engine import Engine
from stabilitydl.engine.reach import Reach
from stabilitydl.hubs.direct import Direct
from stabilitydl.hubs.registry import Registry
from stabilitydl.lane import Lane
from stabilitydl.settings import Settings
from stabilitydl.transfer.fetch import fetch
from stabilitydl.transfer.order import Arrival, Live, Order, Services, Source, Watcher
from tests.engine.harness import paths_in
from tests.engine.real import expand

from . import controls
from .actions import ACTIONS, PATIENCE, Action, Stage, until_tidy
from .faults import Fault, Meter, install
from .marks import mark

MIB = 1024 * 1024


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What the process is to do, where, and what goes wrong. An empty checksum means that none is known, nor a size.

    ``boot`` stands for the start of the system; ``hard_mark`` is bytes between two syncs; ``control`` names a defect;
    ``is_marked``: every function of the write path shows in the account of the kernel; ``is_slow_line``: nothing comes
    while a sync lasts, as if the disk were much faster than the network, whatever the machine is. ``sync_seconds``: how
    much longer each sync takes than it would, as if the network were much faster than the disk.
    """

    action: Action
    home: str
    to: str
    report: str
    urls: tuple[str, ...]
    checksums: tuple[str, ...]
    sizes: tuple[int | None, ...]
    fault: Fault = Fault()
    boot: str = "boot-1"
    hard_mark: int = 4 * MIB
    control: str = ""
    is_marked: bool = False
    is_slow_line: bool = False
    sync_seconds: float = 0.0


class Report(msgspec.Struct, frozen=True):
    """How it ended: per listed file its state, the code of its problem and its tag, and what stayed open."""

    states: tuple[str, ...]
    codes: tuple[str, ...]
    tags: tuple[str, ...] = ()
    open_files: tuple[str, ...] = ()


class HastyClock(SystemClock):
    """The machine's clock, but nobody waits long."""

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(min(seconds, 0.01))


class _Counted(Live):
    """Counts what is fetched where the end of the process cannot take it away."""

    meter: Meter
    order: int
    line: threading.Event

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "fetched":
            self.line.wait()
            self.meter.count_fetched(self.order, value - self.fetched)
        super().__setattr__(name, value)


def main(task: Task) -> None:
    """Do it, and write the report. Never returns."""
    code = 1
    folder = Path(task.report)
    try:
        meter = Meter(folder / "meter")
        os_posix.boot_id = lambda: task.boot  # type: ignore[assignment]
        exposure.HARD_MARK_BYTES, exposure.HARD_MARK_SECONDS = task.hard_mark, 0.0
        exposure.AT_RISK_SECONDS = 0.0
        if task.is_marked:
            mark()
        if task.sync_seconds:
            _slow_down(task.sync_seconds)
        install(task.fault, meter)
        if task.control:
            controls.install(task.control)
        line = threading.Event()
        line.set()
        if task.is_slow_line:
            _hold_while_syncing(line)
        report = anyio.run(_work, task, meter, line)
        (folder / "report").write_bytes(msgspec.json.encode(report))
        code = 0
    except BaseException:
        (folder / "failure").write_text(traceback.format_exc())
    finally:
        os._exit(code)


async def _work(task: Task, meter: Meter, line: threading.Event) -> Report:
    clock = HastyClock()
    engine = Engine.open(
        paths_in(Path(task.home)),
        Settings(),
        clock=clock,
        hubs=Registry([Direct()]),
        fetch=_counting(meter, line),
        reach=Reach(clock, lambda: True),
    )
    plain = expand(Path(task.to), task.urls)
    resources = tuple(
        msgspec.structs.replace(each, checksums=(Checksum.of("sha256", known),) if known else (), size=size)
        for each, known, size in zip(plain.resources, task.checksums, task.sizes, strict=True)
    )
    expansion = dataclasses.replace(plain, resources=resources)
    ids = [each.id for each in expansion.resources]
    announced = os.open(Path(task.report) / "announced", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    engine.listen(_announcer(announced))
    async with anyio.create_task_group() as tasks:
        await tasks.start(engine.run)
        stage = Stage(engine, expansion, ids)
        await ACTIONS[task.action](stage)
        rows = await engine.wait_settled(ids)
        if task.action != "get":
            await until_tidy(stage)
        await engine.stop()
    return Report(
        states=tuple(row.state.value for row in rows),
        codes=tuple(row.problem.code if row.problem else "" for row in rows),
        tags=tuple(row.resource.tag for row in rows),
        open_files=tuple(await _left_open(task.to)),
    )


def _counting(meter: Meter, line: threading.Event) -> Callable[..., Any]:
    async def counting(order: Order, source: Source, live: Live, watcher: Watcher, services: Services) -> Arrival:
        live.__class__ = _Counted
        assert isinstance(live, _Counted)
        live.meter, live.order, live.line = meter, order.resource.order, line
        return await fetch(order, source, live, watcher, services)

    return counting


def _hold_while_syncing(line: threading.Event) -> None:
    """Clear ``line`` from the moment on in which a sync is asked for until it is over."""
    begin, serve = Lane.start, syncer._serve

    def served(wishes: Any) -> Any:
        try:
            return serve(wishes)
        finally:
            line.set()

    def started(self: Lane, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if function is not served:
            return begin(self, function, *args, **kwargs)
        line.clear()
        future = begin(self, function, *args, **kwargs)
        # The loop may not come round before it waits.
        self._hand_over()
        return future

    syncer._serve = served
    Lane.start = started  # type: ignore[method-assign]


def _slow_down(seconds: float) -> None:
    sync_data = os_posix.sync_data

    def slow(descriptor: int) -> None:
        time.sleep(seconds)
        sync_data(descriptor)

    os_posix.sync_data = slow


def _announcer(descriptor: int) -> Callable[[Sequence[AnyEvent]], None]:
    def announce(events: Sequence[AnyEvent]) -> None:
        for event in events:
            if isinstance(event, Downloaded):
                os.write(descriptor, f"{event.path}\n".encode())

    return announce


async def _left_open(folder: str) -> list[str]:
    """What stays open; threads that are ending let go of theirs when they come to it."""
    with anyio.move_on_after(PATIENCE):
        while _open_below(folder):  # noqa: ASYNC110 - threads set no event
            await anyio.sleep(0.01)
    return _open_below(folder)


def _open_below(folder: str) -> list[str]:
    names = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            name = os.readlink(entry)  # noqa: PTH115
        except OSError:
            continue
        if name.startswith(folder):
            names.append(name)
    return names
