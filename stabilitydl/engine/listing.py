"""What hubs list, and the list here: what would become of each child, and putting collections on the list."""

from __future__ import annotations

from pathlib import Path

from ..domain.events import CollectionAdded
from ..domain.picture import creator_key
from ..hubs.protocol import Expansion
from ..hubs.signed import secret_names
from .folders import Folders
from .here import Foreseen, is_probable
from .ledger import Ledger
from .running import Running
from .space import largest_files, too_large


async def foresee(expansion: Expansion, running: Running) -> list[Foreseen]:
    """What queueing would find for each child of ``expansion``; nothing is stored, no file is read.

    Raises StoreError, UnsafeName, NameTooLong.
    """
    rows = await running.recorder.ask(lambda ledger: ledger.foresee(expansion.collection, expansion.resources))
    targets = [Path(row.target or "") for row in rows]
    statuses = await running.services.disk.stats(targets)
    folders = [target.parent for target in targets]
    limits = largest_files(set(folders))
    return [
        Foreseen(row, is_probable(row, status), too_large(row, limits[folder]))
        for row, status, folder in zip(rows, statuses, folders, strict=True)
    ]


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
        running.context.publisher.publish(CollectionAdded(snapshot=snapshot))
    await running.gallery.listed(collection.id, creator_key(collection), [child.id for child in expansion.resources])
