"""What adding or downloading would mean: the children that are meant, how each stands, and the room for them.

Made in the engine's loop; what comes out is frozen and is shown by the plan.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..disk.volumes import free_space, volume_id
from ..engine.any_engine import AnyEngine
from ..engine.here import Foreseen
from ..errors import DiskError, FlaggedFile, Problem, StabilityError
from ..hubs.merging import merged
from ..hubs.protocol import Destination, Expansion
from ..lane import Lane


@dataclass(frozen=True)
class Volume:
    """A volume that files go to. ``path`` holds all of ``folders``, the target folders on it; ``free`` is bytes that
    nothing else on the list needs."""

    path: Path
    free: int
    folders: frozenset[Path]


@dataclass(frozen=True)
class Forecast:
    """``children`` are the ones that are meant, in the order of their hubs; ``expansions`` hold all that is listed."""

    expansions: tuple[Expansion, ...] = ()
    children: tuple[Foreseen, ...] = ()
    problems: tuple[Problem, ...] = ()
    volumes: tuple[Volume, ...] = ()


async def forecast_locators(engine: AnyEngine, locators: Sequence[str], destination: Destination) -> Forecast:
    """Ask the hubs what ``locators`` hold, and foresee it. Stores and starts nothing. Raises StoreError."""
    expansions, problems = await engine.expand(locators, destination)
    return await forecast(engine, expansions, problems)


async def forecast_listed(engine: AnyEngine, ids: Sequence[str]) -> Forecast:
    """Foresee children that are on the list already. Raises StoreError."""
    wanted = frozenset(ids)
    parents = {row.resource.collection for row in await engine.snapshots(list(ids))}
    expansions = [
        Expansion(
            collection=snapshot.collection,
            resources=tuple(row.resource for row in await engine.resources(snapshot.id)),
            selected=wanted,
        )
        for snapshot in await engine.collections()
        if snapshot.id in parents
    ]
    return await forecast(engine, expansions)


async def forecast(engine: AnyEngine, expansions: Sequence[Expansion], problems: Sequence[Problem] = ()) -> Forecast:
    """Foresee what has been listed. Raises StoreError; what cannot be foreseen is a problem."""
    whole = merged(expansions)
    troubles = [*problems, *(problem for one in whole for problem in one.problems)]
    # What is said of single files stands with these.
    troubles += [warning for one in whole for warning in one.warnings if warning.code != FlaggedFile.code]
    children: list[Foreseen] = []
    for one in whole:
        try:
            foreseen = await engine.foresee(one)
        except StabilityError as error:
            troubles.append(error.problem)
        else:
            meant = [each for each in foreseen if one.selected is None or each.row.id in one.selected]
            troubles += [each.problem for each in meant if each.problem is not None]
            children += meant
    volumes: tuple[Volume, ...] = ()
    lane = Lane("volumes")
    try:
        found = await lane.run(measure, {_folder(each) for each in children})
        ids = [each.row.id for each in children]
        volumes = tuple([replace(each, free=await engine.free_space(min(each.folders), ids)) for each in found])
    except DiskError as error:
        troubles.append(error.problem)
    finally:
        lane.close(0)
    return Forecast(tuple(whole), tuple(children), tuple(troubles), volumes)


def measure(folders: Iterable[Path]) -> tuple[Volume, ...]:
    """The volumes on which ``folders``, which need not exist, lie. Blocks. Raises DiskError."""
    found: dict[int, set[Path]] = {}
    for folder in folders:
        found.setdefault(volume_id(folder), set()).add(folder)
    return tuple(Volume(_common(each), free_space(min(each)), frozenset(each)) for each in found.values())


def _common(folders: set[Path]) -> Path:
    return Path(os.path.commonpath(folders))


def _folder(each: Foreseen) -> Path:
    return Path(each.row.target or "").parent
