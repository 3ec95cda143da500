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


class _Lane:
    """One direction of a connection: what comes from ``reader`` gets to ``writer`` ``delay`` seconds late."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
        self._reader = reader
        self._writer = writer
        self._delay = delay
        self._under_way: deque[tuple[float, bytes]] = deque()
        self._weight = 0
        self._news = asyncio.Event()
        self._room = asyncio.Event()

    async def carry(self) -> None:
        """Until one side ends."""
        delivery = asyncio.create_task(self._deliver())
        with contextlib.suppress(OSError):
            await self._collect(delivery)
        delivery.cancel()
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await delivery

    async def _collect(self, delivery: asyncio.Task[None]) -> None:
        delivery.add_done_callback(lambda _: self._room.set())
        while True:
            while self._weight >= WINDOW and not delivery.done():
                self._room.clear()
                await self._room.wait()
            data = await self._reader.read(_READ)
            self._weight += len(data)
            self._under_way.append((asyncio.get_running_loop().time() + self._delay, data))
            self._news.set()
            if not data or delivery.done():
                await delivery
                return

    async def _deliver(self) -> None:
        while True:
            while not self._under_way:
                self._news.clear()
                await self._news.wait()
            due, data = self._under_way[0]
            rest = due - asyncio.get_running_loop().time()
            if rest > 0:
                await asyncio.sleep(rest)
            self._under_way.popleft()
            if not data:
                break
            self._writer.write(data)
            await self._writer.drain()
            self._weight -= len(data)
            self._room.set()
        with contextlib.suppress(OSError):
            self._writer.write_eof()


async def serve(port: int, round_trip: float) -> None:
    """Forward to ``port`` until cancelled."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(round_trip)
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port, limit=_READ)
        try:
            await asyncio.gather(
                _Lane(reader, there_writer, round_trip / 2).carry(), _Lane(there_reader, writer, round_trip / 2).carry()
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
