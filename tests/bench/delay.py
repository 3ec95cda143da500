"""A road of a certain length: everything that goes through arrives later, in both directions together one round trip.

    python -m tests.bench.delay PORT SECONDS

prints the port that it listens on and forwards to PORT of this machine until it is ended. The first bytes of a
connection wait for one round trip more, as they would for the handshake of TCP. At most ``WINDOW`` bytes of one
connection are on their way, as with the largest receive window that Linux offers by default.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import deque

WINDOW = 6 * 1024 * 1024
_READ = 256 * 1024


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """Carry bytes from ``reader`` to ``writer``, each ``delay`` seconds late."""
    loop = asyncio.get_running_loop()
    under_way: deque[tuple[float, bytes]] = deque()
    news, room = asyncio.Event(), asyncio.Event()
    weight = 0

    async def deliver() -> None:
        nonlocal weight
        while True:
            while not under_way:
                news.clear()
                await news.wait()
            due, data = under_way[0]
            rest = due - loop.time()
            if rest > 0:
                await asyncio.sleep(rest)
            under_way.popleft()
            if not data:
                break
            writer.write(data)
            await writer.drain()
            weight -= len(data)
            room.set()
        with contextlib.suppress(OSError):
            writer.write_eof()

    delivery = asyncio.create_task(deliver())
    try:
        while True:
            while weight >= WINDOW:
                room.clear()
                await room.wait()
            data = await reader.read(_READ)
            weight += len(data)
            under_way.append((loop.time() + delay, data))
            news.set()
            if not data:
                break
        await delivery
    except OSError:
        delivery.cancel()


async def serve(port: int, round_trip: float) -> None:
    """Forward to ``port`` until cancelled."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(round_trip)
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port, limit=_READ)
        try:
            await asyncio.gather(
                _carry(reader, there_writer, round_trip / 2), _carry(there_reader, writer, round_trip / 2)
            )
        finally:
            writer.close()
            there_writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, limit=_READ)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
