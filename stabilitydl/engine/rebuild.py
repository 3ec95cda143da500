"""What a lost database knew and the disk still knows: parts whose journals say what they are of go on.

A finished file has no journal; it is found by its size and checksum as soon as its resource is asked for again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import anyio
import msgspec

from ..clock import Clock
from ..disk.disk import Disk
from ..disk.partfile import part_path
from ..disk.unfinished import Unfinished
from ..domain.resource import ResourceSnapshot
from ..domain.states import State
from ..errors import TargetTaken
from ..store.change import Change
from .ledger import Ledger
from .record import read_record
from .recorder import Recorder

SCAN_SECONDS = 10.0
"""How long all folders together may take: one on a drive that hangs is left out."""

_log = logging.getLogger("stabilitydl.engine")


async def rebuild(recorder: Recorder, disk: Disk, clock: Clock, folders: Iterable[Path]) -> int:
    """Queue what lies unfinished below ``folders``; how many resources the list did not know. Raises StoreError."""
    found: dict[Path, Unfinished] = {}

    async def look(folder: Path) -> None:
        found.update((each.part, each) for each in await disk.unfinished(folder))

    try:
        with clock.fail_after(SCAN_SECONDS):
            async with anyio.create_task_group() as tasks:
                for folder in {each for each in folders if each.is_absolute()}:
                    tasks.start_soon(look, folder)
    except TimeoutError:
        _log.warning("not all folders could be searched for unfinished files")
    parts = list(found.values())
    rows = await recorder.ask(lambda ledger: ledger.store.snapshots([each.header.resource for each in parts]))
    statuses = await disk.stats(Path(row.target or "") for row in rows)
    vanished = {row.id for row, status in zip(rows, statuses, strict=True) if status is None}
    return await recorder.commit(lambda ledger: sum(_adopt(ledger, each, vanished) for each in parts))


def _adopt(ledger: Ledger, found: Unfinished, vanished: AbstractSet[str]) -> bool:
    """Queue what ``found`` is a part of, unless the list knows better; True when the list did not know it at all."""
    store, rows = ledger.store, ledger.store.snapshots([found.header.resource])
    told = read_record(found)
    if not rows and told is None:
        return False
    if not rows and told is not None:
        collection, row = told
        store.restore(store.parent(collection.id) or collection, [msgspec.structs.replace(row, target=None)])
    target = _target_of(found, rows, told[1] if told is not None else None)
    state = rows[0].state if rows else State.MISSING
    if target is None or not (state is State.MISSING or (state is State.DOWNLOADED and rows[0].id in vanished)):
        return not rows
    store.apply([Change(found.header.resource, State.MISSING, received=found.received)])
    try:
        store.enqueue([(found.header.resource, target)])
    except TargetTaken as error:
        _log.warning("%s", error)
    return not rows


def _target_of(found: Unfinished, rows: Sequence[ResourceSnapshot], told: ResourceSnapshot | None) -> str | None:
    """The target whose part this is: the one that is reserved, else the one that the journal tells."""
    for row in (*rows, *([told] if told is not None else [])):
        if row.target is not None and part_path(Path(row.target), row.resource.tag) == found.part:
            return row.target
    return None
