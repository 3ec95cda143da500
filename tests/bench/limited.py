"""How well a speed limit holds and is shared: ``python -m tests.bench.limited LIMIT FOLDER LIST LIST`` prints JSON.

Two collections, each the files of a list, are downloaded at once under one limit; every second file gets twice the
share of the others. They begin under a hundredth of the limit, so that all of them are at work when it is looked how
fast they come; each list has to hold enough for ten seconds or so.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio

from stabilitydl.domain.collection import Layout
from stabilitydl.engine.engine import Engine
from stabilitydl.hubs.protocol import Destination
from stabilitydl.paths import Paths
from stabilitydl.settings import Settings
from stabilitydl.transfer.fetch import fetch
from stabilitydl.transfer.order import Arrival, Live, Order, Services, Source, Watcher

AT_ONCE = 64
"""Files that run at the same time, over a connection each."""

_PATIENCE = 60.0
_SETTLING = 1.0
_SHARED = 4.0
_LIMITED = 5.0


@dataclass(frozen=True)
class Outcome:
    """``rate`` is bytes per second over five seconds, in terms of the limit; ``worst`` the share of a file that is
    furthest from what its weight says, in terms of that; ``cpu`` processor seconds for each of them."""

    rate: float
    worst: float
    cpu: float


class Meters:
    """The byte path, with a look at what each fetch has brought."""

    def __init__(self) -> None:
        self._lives: dict[str, Live] = {}

    async def fetch(self, order: Order, source: Source, live: Live, watcher: Watcher, services: Services) -> Arrival:
        self._lives[order.resource.id] = live
        return await fetch(order, source, live, watcher, services)

    def read(self) -> dict[str, int]:
        """Bytes that each resource has brought so far."""
        return {resource: live.fetched for resource, live in self._lives.items()}


async def measure(limit: int, folder: Path, lists: Sequence[str]) -> Outcome:
    """Bring the files of ``lists`` into ``folder`` and look how fast they come."""
    meters = Meters()
    settings = Settings(
        jobs=AT_ONCE, connections=1, host_connections=AT_ONCE, total_connections=AT_ONCE, rate_limit=limit // 100
    )
    engine = Engine.open(Paths.from_environment(), settings, fetch=meters.fetch)
    async with anyio.create_task_group() as tasks:
        await tasks.start(engine.run)
        expansions, problems = await engine.expand(lists, Destination(folder, Layout.FLAT))
        assert not problems, problems
        await engine.add(expansions)
        in_turns = zip(*([child.id for child in each.resources] for each in expansions), strict=True)
        ids = [each for pair in in_turns for each in pair]
        await engine.enqueue(ids)
        running = ids[:AT_ONCE]
        # Of each collection every second one.
        heavy = [each for number, each in enumerate(running) if number % 4 < 2]
        await engine.set_priority(heavy, 1)
        with anyio.fail_after(_PATIENCE):
            while not all(meters.read().get(each) for each in running):  # noqa: ASYNC110 - nothing tells of bytes
                await anyio.sleep(0.05)
        engine.set_limit(limit)
        await anyio.sleep(_SETTLING)
        outcome = await _watch(meters, limit, {each: 2 if each in heavy else 1 for each in running})
        await engine.stop()
    return outcome


async def _watch(meters: Meters, limit: int, weights: Mapping[str, int]) -> Outcome:
    begin, cpu, before = time.perf_counter(), time.process_time(), meters.read()
    await anyio.sleep(_SHARED)
    middle = meters.read()
    await anyio.sleep(_LIMITED - _SHARED)
    end, seconds = meters.read(), time.perf_counter() - begin
    brought = {each: middle[each] - before[each] for each in weights}
    unit = sum(brought.values()) / sum(weights.values())
    return Outcome(
        rate=(sum(end.values()) - sum(before.values())) / seconds / limit,
        worst=max(
            (brought[each] / weight / unit for each, weight in weights.items()), key=lambda share: abs(share - 1)
        ),
        cpu=(time.process_time() - cpu) / seconds,
    )


if __name__ == "__main__":
    outcome = anyio.run(measure, int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
    print(json.dumps(dataclasses.asdict(outcome)))
