"""What a process is told to do, as a user would: each action may also be what is done again after a crash."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import anyio

from stabilitydl.domain.states import State
from stabilitydl.engine.engine import Engine
from stabilitydl.errors import TargetTaken
from stabilitydl.hubs.protocol import Expansion

Action = Literal["get", "recover", "cancel", "remove", "retry", "start", "repair", "keep", "look", "empty"]

MIB = 1024 * 1024
PATIENCE = 10.0
"""Seconds for what the engine does at its start by itself."""


@dataclass(frozen=True)
class Stage:
    """An engine at work, and the pack that it is about."""

    engine: Engine
    expansion: Expansion
    ids: Sequence[str]

    async def among(self, *states: State) -> list[str]:
        """The ids of those that are in one of ``states``."""
        return [row.id for row in await self.engine.snapshots(self.ids) if row.state in states]


async def get(on: Stage) -> None:
    await on.engine.add([on.expansion])
    await on.engine.enqueue(on.ids)


async def recover(on: Stage) -> None:
    """Go on with what is unfinished, and ask again for what is missing."""
    await on.engine.go_on()
    if len(await on.engine.snapshots(on.ids)) < len(on.ids):
        await get(on)
    else:
        await on.engine.enqueue(await on.among(State.MISSING))


async def start(on: Stage) -> None:
    """Nothing: what the engine does at its start by itself."""


async def cancel(on: Stage) -> None:
    await get(on)
    await _until_some_came(on)
    await on.engine.cancel(on.ids)


async def remove(on: Stage) -> None:
    await get(on)
    await _until_some_came(on)
    await on.engine.remove(on.ids)


async def retry(on: Stage) -> None:
    """Try again what ended in trouble or is kept in quarantine."""
    await recover(on)
    await on.engine.retry(await on.among(State.QUARANTINED, State.FAILED))


async def repair(on: Stage) -> None:
    """Bring again what is damaged, and what an earlier repair has taken away."""
    await recover(on)
    await on.engine.repair(await on.among(State.DOWNLOADED))
    await on.engine.wait_settled(on.ids)
    await on.engine.retry(await on.among(State.QUARANTINED))


async def keep(on: Stage) -> None:
    """Make what lies in quarantine the model files, wherever nothing else lies."""
    for each in await on.among(State.QUARANTINED):
        try:
            await on.engine.accept_quarantined([each])
        except TargetTaken:
            continue


async def look(on: Stage) -> None:
    """See what was done by hand."""
    await on.engine.refresh()


async def empty(on: Stage) -> None:
    """Throw the quarantine away."""
    await on.engine.empty_quarantine()


ACTIONS: Mapping[Action, Callable[[Stage], Awaitable[None]]] = {
    "get": get,
    "recover": recover,
    "start": start,
    "cancel": cancel,
    "remove": remove,
    "retry": retry,
    "repair": repair,
    "keep": keep,
    "look": look,
    "empty": empty,
}


async def until_tidy(on: Stage) -> None:
    """Return when nothing lies around of what is missing or here, or it is clear that it will."""
    with anyio.move_on_after(PATIENCE):
        while True:
            idle = (State.MISSING, State.DOWNLOADED)
            rows = [row for row in await on.engine.snapshots(on.ids) if row.state in idle and row.target]
            parts = [(Path(row.target or ""), row.resource.tag) for row in rows]
            if not any(await on.engine._on.services.disk.leftovers(parts)):
                return
            await anyio.sleep(0.01)


async def _until_some_came(on: Stage) -> None:
    while True:
        rows = await on.engine.snapshots(on.ids[:1])
        if not rows or rows[0].received >= 5 * MIB or rows[0].state.is_settled:
            return
        await anyio.sleep(0.001)
