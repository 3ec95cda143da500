"""What exists while an engine runs, and the tasks that keep it going."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from anyio.abc import TaskGroup

from ..transfer.order import Services
from .commands import Commands
from .context import Context
from .fleet import Fleet
from .gallery import WORKERS, Gallery
from .housekeeping import Housekeeping
from .recorder import Recorder

TICK = 0.25
"""Seconds between two batches of progress."""

_log = logging.getLogger("stabilitydl.engine")


@dataclass(frozen=True)
class Running:
    """Made by `start` in the task group of an engine; `end` comes before that group is cancelled."""

    context: Context
    fleet: Fleet
    commands: Commands
    gallery: Gallery

    @classmethod
    def start(cls, context: Context, gallery: Gallery, tasks: TaskGroup) -> Running:
        """Begin to work, with tasks that only their group ends."""
        fleet = Fleet(context, tasks)
        running = cls(context, fleet, Commands(context, fleet, tasks.start_soon), gallery)
        tasks.start_soon(running._tick)
        tasks.start_soon(running._write)
        tasks.start_soon(Housekeeping(context.recorder, context.clock, running.commands.leavings.tidy).run)
        for number in range(WORKERS):
            tasks.start_soon(gallery.work, number, lambda: fleet.is_busy)
        return running

    async def end(self) -> None:
        """Stop every job with its part checkpointed, and write everything down."""
        await self.fleet.stop_all()
        await self.commands.finish()
        await self.recorder.flush()

    @property
    def recorder(self) -> Recorder:
        return self.context.recorder

    @property
    def services(self) -> Services:
        return self.context.services

    async def _tick(self) -> None:
        """One batch of progress per tick while anything is at work, and a last one when nothing is any more."""
        while True:
            await self.fleet.wait_busy()
            await self.context.clock.sleep(TICK)
            self.context.publisher.publish(self.fleet.report())

    async def _write(self) -> None:
        """States of running jobs, one batch per tick. Apart from `_tick`: the database may take its time."""
        while True:
            await self.fleet.wait_busy()
            await self.context.clock.sleep(TICK)
            try:
                await self.recorder.flush()
            except Exception:  # noqa: BLE001 - one failed batch does not end all others
                _log.exception("states cannot be written")
