"""Links read wide: all that lies ready in one call."""

from __future__ import annotations

import math
import socket
import ssl
import sys
import threading
from collections.abc import Iterator

import anyio
import anyio.to_thread
import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.errors import NetworkTimeout, StabilityError
from stabilitydl.http.links import WIDTH, SocketLink, TlsLink
from tests.fakes.clock import ManualClock
from tests.fakes.nginx import Authority

pytestmark = pytest.mark.anyio

PATIENCE = 30.0
RECORD = 17 * 1024
"""A TLS record with its own few bytes."""
DATA = bytes(range(256)) * 400
"""More than an ordinary read of 64 KiB, and six TLS records; little enough to lie in a socket as a whole."""


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two ends in this machine. What one has sent lies ready at the other: no network is between them."""
    near, far = socket.socketpair()
    near.setblocking(False)
    far.settimeout(PATIENCE)
    yield near, far
    near.close()
    far.close()


async def test_a_read_takes_all_that_lies_ready(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    link = SocketLink(near, "h", SystemClock())
    far.sendall(DATA)
    assert bytes(await link.receive(PATIENCE)) == DATA
    link.close()


async def test_a_read_is_bounded(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    link = SocketLink(near, "h", SystemClock())
    body = DATA * 10
    sender = threading.Thread(target=far.sendall, args=(body,))
    sender.start()
    got = b""
    while len(got) < len(body):
        chunk = bytes(await link.receive(PATIENCE))
        assert 0 < len(chunk) <= WIDTH
        got += chunk
    sender.join(PATIENCE)
    assert got == body
    link.close()


async def test_all_records_of_a_read_are_opened_at_once(
    pair: tuple[socket.socket, socket.socket], authority: Authority
) -> None:
    """A TLS record has at most 16 KiB; a read gives all that came whole."""
    near, far = pair
    ready = threading.Event()
    go = threading.Event()

    def serve() -> None:
        with authority.server.wrap_socket(far, server_side=True, suppress_ragged_eofs=True) as peer:
            assert go.wait(PATIENCE)
            peer.sendall(DATA)
            ready.set()
            assert peer.recv(1) == b"."

    server = threading.Thread(target=serve)
    server.start()
    link = TlsLink(SocketLink(near, "127.0.0.1", SystemClock()), authority.client, "127.0.0.1")
    await link.handshake(PATIENCE)
    go.set()
    assert ready.wait(PATIENCE)
    assert bytes(await link.receive(PATIENCE)) == DATA
    await link.send(b".", PATIENCE)
    server.join(PATIENCE)
    link.close()


async def test_a_read_brings_no_more_than_is_wanted(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    link = SocketLink(near, "h", SystemClock())
    far.sendall(DATA)
    assert bytes(await link.receive(PATIENCE, 1000)) == DATA[:1000]
    assert bytes(await link.receive(PATIENCE)) == DATA[1000:]
    link.close()


async def test_of_tls_no_more_than_one_record_is_read_ahead(
    pair: tuple[socket.socket, socket.socket], authority: Authority
) -> None:
    near, far = pair
    go, sent = threading.Event(), threading.Event()

    def serve() -> None:
        with authority.server.wrap_socket(far, server_side=True, suppress_ragged_eofs=True) as peer:
            assert go.wait(PATIENCE)
            peer.sendall(DATA)
            sent.set()
            assert peer.recv(1) == b"."

    server = threading.Thread(target=serve)
    server.start()
    inner = Counted(near, "127.0.0.1", SystemClock())
    link = TlsLink(inner, authority.client, "127.0.0.1")
    await link.handshake(PATIENCE)
    go.set()
    assert sent.wait(PATIENCE)
    inner.count = 0
    got = b""
    while len(got) < len(DATA):
        chunk = bytes(await link.receive(PATIENCE, 1000))
        assert 0 < len(chunk) <= 1000
        got += chunk
        assert inner.count <= len(got) + RECORD + 1000
        # What is opened and not taken yet is no idle connection's.
        assert link.is_readable == (len(got) < len(DATA))
    assert got == DATA
    await link.send(b".", PATIENCE)
    server.join(PATIENCE)
    link.close()


class Counted(SocketLink):
    """Counts the bytes that come in."""

    count = 0

    async def receive(self, timeout: float, most: int = WIDTH) -> bytes:
        data = await super().receive(timeout, most)
        self.count += len(data)
        return data


@pytest.mark.skipif(sys.platform != "linux", reason="the sizes are those that Linux gives")
async def test_the_receive_buffer_follows_the_pace() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        near = socket.create_connection(server.getsockname())
    link = SocketLink(near, "h", SystemClock())

    def buffer() -> int:
        return near.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)

    first = buffer()
    link.pace(math.inf)
    link.pace(10_000_000)
    assert buffer() == first
    # Linux tells twice the size, for its own book-keeping.
    link.pace(10)
    assert buffer() == 2 * 64 * 1024
    link.pace(300_000)
    assert buffer() == 2 * 150_000
    link.pace(math.inf)
    lock = near.getsockopt(socket.SOL_SOCKET, 72)
    assert lock == 0
    link.close()
    link.pace(10)


async def test_a_record_has_its_time_in_all(pair: tuple[socket.socket, socket.socket], authority: Authority) -> None:
    """N02, N03: nothing of it can be read before its last byte."""
    near, far = pair
    clock, came = ManualClock(), list[StabilityError]()
    records: list[bytes] = []
    server = threading.Thread(target=lambda: records.append(record_after_handshake(far, authority.server)))
    server.start()
    link = TlsLink(SocketLink(near, "127.0.0.1", clock), authority.client, "127.0.0.1")
    await link.handshake(PATIENCE)
    await anyio.to_thread.run_sync(server.join)

    async def read() -> None:
        with pytest.raises(NetworkTimeout) as caught:
            await link.receive(PATIENCE)
        came.append(caught.value)

    with anyio.fail_after(PATIENCE):
        async with anyio.create_task_group() as group:
            group.start_soon(read)
            for byte in records[0][:4]:
                await anyio.wait_all_tasks_blocked()
                assert came == []
                far.sendall(bytes([byte]))
                await anyio.wait_all_tasks_blocked()
                clock.advance(7.4)
            await anyio.wait_all_tasks_blocked()
            assert came == []
            clock.advance(0.5)
    assert link.is_closed


def record_after_handshake(far: socket.socket, context: ssl.SSLContext) -> bytes:
    """Agree on keys with the other end; one record that is still to be sent to it."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    peer = context.wrap_bio(incoming, outgoing, server_side=True)
    while True:
        try:
            peer.do_handshake()
        except ssl.SSLWantReadError:
            far.sendall(outgoing.read())
            incoming.write(far.recv(65536))
        else:
            break
    far.sendall(outgoing.read())
    peer.write(b"model")
    return outgoing.read()
