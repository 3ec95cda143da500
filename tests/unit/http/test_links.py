"""Links read wide: all that lies ready in one call."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.http.links import WIDTH, SocketLink, TlsLink
from tests.fakes.nginx import Authority

pytestmark = pytest.mark.anyio

PATIENCE = 30.0
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
