"""Ports for programs that are told by number where to listen."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator


@contextlib.contextmanager
def held_port(host: str = "127.0.0.1") -> Iterator[int]:
    """A port that the system gives to nobody else meanwhile: who connects is refused until a server listens there.

    Linux lets such a server (with SO_REUSEADDR, as servers have it) in beside a socket that does not listen.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((host, 0))
        yield holder.getsockname()[1]
