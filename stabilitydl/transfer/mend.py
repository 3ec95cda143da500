"""What is still right of a damaged file, as the beginning of a new one: the blocks that rotted are all that is missing.

The damaged file is only read. What is taken goes the path of every byte: into the part, into its journal, and past the
checksum of the whole file.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from ..disk.blocks import count, unpack
from ..disk.journal import BLOCK
from ..disk.openpart import OpenPart
from ..disk.partfile import PartIdentity
from ..disk.reader import Reader
from ..errors import DiskError, StabilityError
from .order import Live, Order, Services

_log = logging.getLogger("stabilitydl.transfer")


async def mend(order: Order, damaged: Path, blocks: bytes, live: Live, services: Services) -> None:
    """Put the blocks of ``damaged`` that have their digest in ``blocks`` into the part of ``order``, for `fetch` to go
    on with. What an earlier call has put there stays; nothing happens where the part is one of something else.

    Raises PartInUse, TargetTaken, NoSpace, DiskError.
    """
    reader = await Reader.open(damaged, services.clock)
    try:
        digests = unpack(blocks, reader.size)
        if not digests or order.resource.size not in (None, reader.size):
            return
        part, header = await services.disk.open_part(order.target, order.resource.tag)
        try:
            identity = _identity(order, reader.size)
            if header is None:
                await part.begin(identity)
            if header is None or (header.size, header.checksum) == (identity.size, identity.checksum):
                await _take(reader, digests, part, live)
            # Here and now: closing gives up after a while, and who comes next needs the part.
            await part.checkpoint()
            live.received = part.written.total
            if not part.written:
                await part.discard()
        except StabilityError:
            if header is None:
                await part.discard()
            raise
        finally:
            await part.close()
    finally:
        reader.close()


def _identity(order: Order, size: int) -> PartIdentity:
    checksum = order.resource.checksum
    return PartIdentity(
        resource=order.resource.id,
        size=size,
        validator="",
        checksum=str(checksum) if checksum else "",
        record=order.record,
    )


async def _take(reader: Reader, digests: Mapping[int, bytes], part: OpenPart, live: Live) -> None:
    """From behind what is there on: what lies before it was looked at, and was wrong.

    Where the damaged file can be read no further, what was taken stays, and the rest is left to the network.
    """
    live.size, live.allocated = reader.size, part.file.allocated
    reached = part.written.items[-1][1] if part.written else 0
    for index in range(reached // BLOCK, count(reader.size)):
        start = index * BLOCK
        digest = digests.get(index)
        if digest is None:
            continue
        try:
            block = await reader.read_block(start, min(BLOCK, reader.size - start), digest)
        except DiskError as error:
            _log.info("the damaged file cannot be read from byte %d on: %s", start, error)
            return
        if block is not None:
            await part.write(start, block)
            live.received = part.written.total
