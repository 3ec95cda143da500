"""What is right of a damaged file that arrived before: the file that is brought in its place begins with it."""

from __future__ import annotations

import logging
from pathlib import Path

from ..disk.aside import QUARANTINE
from ..domain.checksum import Verification
from ..domain.resource import ResourceSnapshot
from ..errors import DiskError, NoSpace, PartInUse, TargetTaken
from ..transfer.mend import mend
from ..transfer.order import Live, Order
from .context import Context

_log = logging.getLogger("stabilitydl.engine")


async def begin_with_damaged(order: Order, row: ResourceSnapshot, live: Live, context: Context) -> None:
    """Put into the part of ``order`` what is right of the file that rotted, where one is kept and a checksum of the hub
    will tell in the end whether it was.

    Raises PartInUse, TargetTaken, NoSpace, StoreError.
    """
    checksum = order.resource.checksum
    if row.sha256 is None or checksum is None or checksum.verification is not Verification.VERIFIED:
        return
    blocks = await context.recorder.ask(lambda ledger: ledger.store.blocks(row.id))
    if blocks is None or blocks.sha256 != row.sha256:
        return
    kept = Path(blocks.kept) if blocks.kept is not None else await _find_unknown(order, context)
    if kept is None:
        return
    try:
        await mend(order, kept, blocks.digests, live, context.services)
    except (TargetTaken, PartInUse, NoSpace):
        raise
    except DiskError as error:
        _log.info("nothing can be taken of the damaged file of %s: %s", row.id, error)


async def _find_unknown(order: Order, context: Context) -> Path | None:
    """The damaged file where a process died before it could say where it has put it.

    Whatever bears the tag of the resource and has its size may lend blocks: each has to have its digest.
    """
    folders = dict.fromkeys(each / QUARANTINE for each in (order.root, order.target.parent) if each is not None)
    found = await context.services.disk.quarantined(folders)
    tag, size = f".{order.resource.tag}", order.resource.size
    fitting = [path for path, there in found if tag in path.name and size in (None, there)]
    return fitting[-1] if fitting else None
