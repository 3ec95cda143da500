"""What hubs list, and the list here: what would become of each child, putting collections on the list, and how much
each of them weighs."""

from __future__ import annotations

from collections.abc import Sequence

from ..domain.collection import HEAVIEST, LIGHTEST
from ..domain.events import CollectionAdded
from ..domain.picture import creator_key
from ..domain.resource import ResourceSnapshot
from ..errors import DriveStuck, UsageError
from ..hubs.protocol import Expansion
from ..hubs.signed import secret_names
from .folders import Folders
from .here import Foreseen, folder_of, is_probable, target_of
from .ledger import Ledger
from .running import Running
from .space import largest_files, too_large


async def foresee(expansion: Expansion, running: Running) -> list[Foreseen]:
    """What queueing would find for each child of ``expansion``; nothing is stored, no file is read.

    Where a drive does not answer that is the problem of each child. Raises StoreError, UnsafeName, NameTooLong.
    """
    rows = await running.recorder.ask(lambda ledger: ledger.foresee(expansion.collection, expansion.resources))
    limits = largest_files({target_of(row).parent for row in rows})
    drives, disk = running.context.drives, running.services.disk
    found: dict[str, Foreseen] = {}

    async def look(few: Sequence[ResourceSnapshot]) -> None:
        targets = [target_of(row) for row in few]
        try:
            statuses = await drives.ask(targets[0].parent, lambda: disk.stats(targets))
        except DriveStuck as error:
            found.update((row.id, Foreseen(row, is_here=False, problem=error.problem)) for row in few)
            return
        for row, target, status in zip(few, targets, statuses, strict=True):
            found[row.id] = Foreseen(row, is_probable(row, status), too_large(row, limits[target.parent]))

    await drives.apart(rows, folder_of, look)
    return [found[row.id] for row in rows]


async def add(expansion: Expansion, folders: Folders, running: Running) -> None:
    """Put a collection and its children on the list, or refresh what is known of them; tell everybody.

    Its folder is noted apart from the database, for the day when that is lost. Raises StoreError.
    """
    collection, now = expansion.collection, running.context.clock.wall()

    def put(ledger: Ledger) -> None:
        # An empty answer does not say that there is nothing.
        is_whole = expansion.is_whole and bool(expansion.resources)
        ledger.store.add(collection, expansion.resources, now, is_whole=is_whole)

    await running.services.client.credentials.keep(secret_names(expansion.resources))
    await running.recorder.ask(lambda _: folders.note(collection.target))
    await running.recorder.commit(put)
    snapshot = await running.recorder.ask(lambda ledger: ledger.store.collection(collection.id))
    if snapshot is not None:
        # One that comes back has the weight that it went with.
        running.services.bandwidth.set_collection(collection.id, snapshot.collection.weight)
        running.context.publisher.publish(CollectionAdded(snapshot=snapshot))
    await running.gallery.listed(collection.id, creator_key(collection), [child.id for child in expansion.resources])


async def weigh(running: Running) -> None:
    """Know the weights that are stored. Raises StoreError."""
    for each, weight in (await running.recorder.ask(lambda ledger: ledger.store.weights())).items():
        running.services.bandwidth.set_collection(each, weight)


async def set_weight(ids: Sequence[str], weight: float, running: Running) -> None:
    """Let collections have ``weight`` times the share of others, now and after a restart; tell everybody.

    Raises UsageError, StoreError.
    """
    if not LIGHTEST <= weight <= HEAVIEST:
        raise UsageError(detail=f"A weight is a number from {LIGHTEST} to {HEAVIEST:g}, not {weight}.")
    await running.recorder.commit(lambda ledger: ledger.store.set_weight(ids, weight))
    for each in ids:
        snapshot = await running.recorder.ask(lambda ledger, each=each: ledger.store.collection(each))  # type: ignore[misc]
        if snapshot is not None:
            running.services.bandwidth.set_collection(each, weight)
            running.context.publisher.publish(CollectionAdded(snapshot=snapshot))
