"""One client of the demo hub: requests come in, answers go out, one after the other on one connection."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate

import anyio.lowlevel
import h11

from ..clock import Clock
from .weights import Weights

_READ = 64 * 1024
_LONGEST_HEAD = 32 * 1024
# A peer that always has room would never let the other connections come to their turn.
_PIECES_IN_A_ROW = 8

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Call:
    """The head of one request. ``target`` is the path with its query; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Slice:
    """A body: the bytes of ``weights`` from ``start`` up to ``end``."""

    weights: Weights
    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def pieces(self) -> Iterator[memoryview]:
        return self.weights.pieces(self.start, self.end)


@dataclass(frozen=True)
class Answer:
    """What to send. ``cut`` closes the connection after so many bytes of the body."""

    status: int
    headers: Headers = ()
    body: bytes | Slice = b""
    cut: int | None = None


class Connection:
    """Serves one accepted, non-blocking socket until either side ends. ``answer`` makes the answers."""

    def __init__(self, peer: socket.socket, answer: Callable[[Call], Awaitable[Answer]], clock: Clock) -> None:
        peer.setblocking(False)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._peer = peer
        self._answer = answer
        self._clock = clock
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_LONGEST_HEAD)
        self._loop = asyncio.get_running_loop()

    async def serve(self) -> None:
        """Answer requests until the connection ends. Raises nothing: what a client does wrong is its own loss."""
        try:
            while await self._exchange():
                self._http.start_next_cycle()
        except OSError:
            return
        finally:
            self._peer.close()

    async def _exchange(self) -> bool:
        """One request and its answer; False when no other can follow."""
        try:
            request = await self._event()
            if not isinstance(request, h11.Request):
                return False
            # Nothing here takes a body.
            if not isinstance(await self._event(), h11.EndOfMessage):
                return False
        except h11.RemoteProtocolError as error:
            if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                await self._send(Answer(error.error_status_hint, (("Connection", "close"),)), "GET")
            return False
        call = Call(
            request.method.decode("ascii"),
            request.target.decode("ascii"),
            {name.decode("ascii"): value.decode("latin-1") for name, value in request.headers},
        )
        whole = await self._send(await self._answer(call), call.method)
        return whole and self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    async def _event(self) -> h11.Event | type[h11.NEED_DATA | h11.PAUSED]:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._loop.sock_recv(self._peer, _READ))
        return event

    async def _send(self, answer: Answer, method: str) -> bool:
        """Send ``answer``; False when its body was cut."""
        head = h11.Response(
            status_code=answer.status,
            headers=[
                ("Date", formatdate(self._clock.wall(), usegmt=True)),
                ("Server", "stabilitydl-demo"),
                *answer.headers,
                ("Content-Length", str(len(answer.body))),
            ],
        )
        data = self._http.send(head) or b""
        if method == "HEAD":
            await self._loop.sock_sendall(self._peer, data)
        elif isinstance(answer.body, bytes):
            await self._loop.sock_sendall(self._peer, data + (self._http.send(h11.Data(data=answer.body)) or b""))
        else:
            await self._loop.sock_sendall(self._peer, data)
            if not await self._stream(answer.body, answer.cut):
                return False
        self._http.send(h11.EndOfMessage())
        return True

    async def _stream(self, body: Slice, cut: int | None) -> bool:
        """Send the pieces of ``body`` as they lie in memory; False when that ended after ``cut`` bytes."""
        left = len(body) if cut is None else cut
        for number, piece in enumerate(body.pieces(), 1):
            if left < len(piece):
                await self._loop.sock_sendall(self._peer, piece[:left])
                return False
            left -= len(piece)
            self._http.send_with_data_passthrough(h11.Data(data=piece))  # type: ignore[arg-type]
            await self._loop.sock_sendall(self._peer, piece)
            if number % _PIECES_IN_A_ROW == 0:
                await anyio.lowlevel.checkpoint()
        return True
