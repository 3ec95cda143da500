"""Links: bytes to and from one peer, over a socket, and through TLS over another link.

A link reads wide: as much as lies ready and is wanted, up to 256 KiB, in one call, and hands over what it read: no
byte is copied between the system (or the cipher) and whoever writes it to a disk. Whatever goes wrong in the middle of
a read or write, cancellation included, ends the link.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
import ssl
import sys
from abc import ABC, abstractmethod
from typing import cast

import anyio.lowlevel

from ..clock import Clock
from ..domain.chunk import WIDTH, Chunk
from ..errors import ConnectionLost, NetworkTimeout, StabilityError, TlsFailed

_STREAK = 4 * WIDTH
"""Bytes that a link may read without giving others a turn."""

_RECORD = 16 * 1024
"""Bytes that one TLS record holds at most."""

_BUFFER_SECONDS = 0.5
_SMALLEST_BUFFER = 64 * 1024
_LINUX_BUFFER_LOCK = 72
"""``SO_BUF_LOCK`` of Linux 5.11 (``asm-generic/socket.h``): 0 lets the system choose the sizes of buffers again."""


class Link(ABC):
    """One connection below HTTP. ``ended`` is true once the peer has closed its side; deadlines ask ``clock``."""

    ended = False
    clock: Clock

    @abstractmethod
    async def receive(self, timeout: float, most: int = WIDTH) -> Chunk:
        """The next bytes, ``most`` at most; empty at the end.

        Raises NetworkTimeout after ``timeout`` seconds without any, and ConnectionLost.
        """

    @abstractmethod
    def pace(self, rate: float) -> None:
        """It will be read at ``rate`` bytes per second from now on, infinity for as fast as can be.

        Where that is slow the system is told to let the peer send no more ahead than about half a second of it.
        """

    @abstractmethod
    async def send(self, data: bytes, timeout: float) -> None:
        """Send all of ``data``. Raises OSError (TimeoutError among them)."""

    @abstractmethod
    def close(self, farewell: bytes = b"") -> None:
        """End the connection at once; ``farewell`` is sent if that needs no waiting."""

    @property
    @abstractmethod
    def is_readable(self) -> bool:
        """Would ``receive`` return at once? For an idle connection that means it is over."""

    @property
    @abstractmethod
    def is_closed(self) -> bool:
        """Has this side closed?"""

    @property
    @abstractmethod
    def socket(self) -> socket.socket: ...


class SocketLink(Link):
    """A connected, non-blocking socket, which the link owns."""

    def __init__(self, sock: socket.socket, host: str, clock: Clock) -> None:
        self._sock = sock
        self._host = host
        self.clock = clock
        self._streak = 0
        self._has_asked = False
        self._reading = False
        self._closed = False
        self._buffer = 0
        if sys.platform != "win32":
            self._poll = select.poll()
            self._poll.register(sock, select.POLLIN)

    @property
    def socket(self) -> socket.socket:
        return self._sock

    @property
    def is_closed(self) -> bool:
        return self._closed

    async def receive(self, timeout: float, most: int = WIDTH) -> bytes:
        self._reading = True
        try:
            if self._streak >= _STREAK:
                self._streak = 0
                await anyio.lowlevel.checkpoint()
            data = await self._receive(timeout, most)
        except BaseException as error:
            self._reading = False
            self._shut()
            if isinstance(error, TimeoutError):
                raise NetworkTimeout(host=self._host) from error
            if isinstance(error, OSError):
                raise ConnectionLost(host=self._host) from error
            raise
        self._reading = False
        if self._closed:
            self._shut()
        self.ended = not data
        self._streak += len(data)
        return data

    async def _receive(self, timeout: float, most: int) -> bytes:
        if not self._has_asked:
            try:
                return self._sock.recv(most)
            except (BlockingIOError, InterruptedError):
                pass
        # An answer to what was sent a moment ago cannot be there yet.
        self._has_asked = False
        self._streak = 0
        with self.clock.fail_after(timeout):
            if sys.platform == "win32":
                return await asyncio.get_running_loop().sock_recv(self._sock, most)
            while True:
                await self._wait()
                try:
                    return self._sock.recv(most)
                except (BlockingIOError, InterruptedError):
                    continue

    async def _wait(self) -> None:
        """Return when there is something to receive. `sock_recv` of asyncio would try once more before it waits."""
        loop, number = asyncio.get_running_loop(), self._sock.fileno()
        ready = loop.create_future()
        loop.add_reader(number, _settle, ready)
        try:
            await ready
        finally:
            loop.remove_reader(number)

    def pace(self, rate: float) -> None:
        ahead = rate * _BUFFER_SECONDS
        buffer = max(int(ahead), _SMALLEST_BUFFER) if ahead < WIDTH else 0
        if buffer == self._buffer:
            return
        self._buffer = buffer
        with contextlib.suppress(OSError):
            if buffer:
                self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
            elif sys.platform == "linux":
                self._sock.setsockopt(socket.SOL_SOCKET, _LINUX_BUFFER_LOCK, 0)
            else:
                self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * WIDTH)

    async def send(self, data: bytes, timeout: float) -> None:
        try:
            try:
                sent = self._sock.send(data)
            except (BlockingIOError, InterruptedError):
                sent = 0
            self._has_asked = True
            if sent < len(data):
                with self.clock.fail_after(timeout):
                    await asyncio.get_running_loop().sock_sendall(self._sock, memoryview(data)[sent:])
        except BaseException as error:
            # The answer to a request that was cut short can still be read; after a cancellation nobody reads it.
            if not isinstance(error, Exception):
                self.close()
            raise

    def close(self, farewell: bytes = b"") -> None:
        self._closed = True
        if farewell:
            with contextlib.suppress(OSError):
                self._sock.send(farewell)
        if self._reading:
            # Another task waits in the event loop for this descriptor: wake it, and let it close.
            with contextlib.suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)
        else:
            self._shut()

    def _shut(self) -> None:
        self._closed = True
        self._has_asked = False
        self._sock.close()

    @property
    def is_readable(self) -> bool:
        number = self._sock.fileno()
        if self._closed or number < 0:
            return True
        if sys.platform == "win32":
            return bool(select.select([number], [], [], 0)[0])
        return bool(self._poll.poll(0))


def _settle(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


class TlsLink(Link):
    """TLS through memory, over another link: all records of one wide read are opened at once."""

    def __init__(self, inner: Link, context: ssl.SSLContext, host: str) -> None:
        self._inner = inner
        self._host = host
        self.clock = inner.clock
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self.object = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    @property
    def socket(self) -> socket.socket:
        return self._inner.socket

    @property
    def is_closed(self) -> bool:
        return self._inner.is_closed

    async def handshake(self, timeout: float) -> None:
        """Agree on keys and check who answers.

        Raises TlsFailed naming the cause, ConnectionLost and NetworkTimeout; the link is closed then.
        """
        try:
            while True:
                try:
                    self.object.do_handshake()
                except ssl.SSLWantReadError:
                    await self._flush(timeout)
                    await self._fill(timeout)
                else:
                    await self._flush(timeout)
                    return
        except StabilityError:
            self._inner.close()
            raise
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError) as error:
            self._inner.close()
            raise ConnectionLost(host=self._host) from error
        except ssl.SSLError as error:
            self._inner.close(self._outgoing.read())
            raise TlsFailed(host=self._host, detail=_cause(error)) from error
        except OSError as error:
            self._inner.close()
            raise ConnectionLost(host=self._host) from error
        except BaseException:
            self._inner.close()
            raise

    async def receive(self, timeout: float, most: int = WIDTH) -> memoryview:
        left, began = timeout, 0.0
        while True:
            # Room for what came, and for a record whose beginning came before.
            plain = memoryview(bytearray(min(self._incoming.pending + 2 * _RECORD, most)))
            count = self._open_records(plain)
            if count or self.ended:
                return plain[:count].toreadonly()
            if self._outgoing.pending:
                with contextlib.suppress(OSError):
                    await self._flush(timeout)
            # A record that comes a byte at a time brings nothing before its end.
            began = began or self.clock.monotonic()
            await self._fill(left, most)
            left = max(began + timeout - self.clock.monotonic(), 0.0)

    def _open_records(self, plain: memoryview) -> int:
        count = 0
        try:
            while count < len(plain):
                opened = cast("int", self.object.read(len(plain) - count, plain[count:]))
                if not opened:
                    self.ended = True
                    break
                count += opened
        except ssl.SSLWantReadError:
            pass
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            self.ended = True
        except ssl.SSLError as error:
            self._inner.close()
            if not count:
                raise ConnectionLost(host=self._host) from error
            self.ended = True
        return count

    async def _fill(self, timeout: float, most: int = WIDTH) -> None:
        data = await self._inner.receive(timeout, most)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def pace(self, rate: float) -> None:
        self._inner.pace(rate)

    async def _flush(self, timeout: float) -> None:
        if self._outgoing.pending:
            await self._inner.send(self._outgoing.read(), timeout)

    async def send(self, data: bytes, timeout: float) -> None:
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self.object.write(rest) :]
        except ssl.SSLError as error:
            raise BrokenPipeError(str(error)) from error
        await self._flush(timeout)

    def close(self, farewell: bytes = b"") -> None:
        with contextlib.suppress(ssl.SSLError, ValueError):
            if farewell:
                self.object.write(farewell)
            self.object.unwrap()
        self._inner.close(self._outgoing.read())

    @property
    def is_readable(self) -> bool:
        return self.ended or self.object.pending() > 0 or self._incoming.pending > 0 or self._inner.is_readable


def _cause(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message or "its certificate is not valid"
    return (error.reason or "the handshake failed").replace("_", " ").lower()
