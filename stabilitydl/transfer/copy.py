"""The same bytes from a file that is here already, on the path that bytes of the network take: verified on arrival."""

from __future__ import annotations

from pathlib import Path

from ..disk.openpart import OpenPart
from ..disk.partfile import PartIdentity
from ..disk.reader import Reader
from ..domain.checksum import Verification
from ..domain.states import State
from ..errors import StabilityError
from .order import Arrival, Live, Order, Services, Watcher

PIECE = 1024 * 1024
"""Bytes that are read at once."""


async def copy(order: Order, source: Path, live: Live, watcher: Watcher, services: Services) -> Arrival:
    """Bring the file ``source`` to the target of ``order``; what arrived, with nothing fetched.

    Raises ChecksumMismatch, with nothing left behind, when the file is not what the checksum of the resource says;
    TargetTaken, PartInUse and DiskError as `fetch` does.
    """
    part, header = await services.disk.open_part(order.target, order.resource.tag)
    try:
        reader = await Reader.open(source, services.clock)
        try:
            if header is not None:
                await part.start_over()
            return await _copy(order, reader, part, live, watcher)
        finally:
            reader.close()
    except StabilityError:
        await part.discard()
        raise
    finally:
        await part.close()


async def _copy(order: Order, reader: Reader, part: OpenPart, live: Live, watcher: Watcher) -> Arrival:
    resource = order.resource
    identity = PartIdentity(
        resource=resource.id,
        size=reader.size,
        validator="",
        checksum=str(resource.checksum) if resource.checksum else "",
    )
    await part.begin(identity)
    live.allocated = part.file.allocated
    watcher.phase(State.VERIFYING)
    live.size = reader.size
    part.follow(resource.checksums, reader.size)
    position = 0
    while piece := await reader.read(PIECE):
        await part.write(position, piece)
        position += len(piece)
        live.received, live.checked = part.written.total, part.checked
    digests = await part.digest()
    verification = digests.judge() or Verification.UNVERIFIABLE
    await watcher.publishing(digests.sha256, verification)
    blocks = part.blocks
    found = await part.finalize()
    live.received = found.st_size
    return Arrival(
        path=order.target,
        size=found.st_size,
        fetched=0,
        verification=verification,
        sha256=digests.sha256,
        mtime_ns=found.st_mtime_ns,
        host="",
        blocks=blocks,
    )
