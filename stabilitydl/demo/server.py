"""The demo hub's process: listens on 127.0.0.1, says where, and ends when its parent does."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import threading

import anyio

from ..clock import Clock, SystemClock
from .connection import Connection
from .scanner import Scanner
from .site import Site

_BACKLOG = 512
_STDIN, _STDOUT = 0, 1
_LAST_SECONDS = 10.0
"""How long the loop may take to end before it is taken for stuck; a parent that lives ends the process sooner."""
_ACCEPT_PAUSE = 0.05


def main() -> int:
    """Serve until standard input ends. One line on standard output says where: ``{"endpoint": "http://..."}``.

    Standard input is a pipe that the parent holds open and never writes to, so it also ends when the parent is
    killed. An interrupt from the terminal is the parent's to handle.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    anyio.run(_run)
    return 0


async def _run() -> None:
    ended = anyio.Event()
    loop = asyncio.get_running_loop()
    threading.Thread(target=_watch, args=(loop, ended), name="parent", daemon=True).start()
    clock = SystemClock()
    with socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG) as listener:
        listener.setblocking(False)
        endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with anyio.create_task_group() as tasks:
            scanner = Scanner(tasks, clock)
            tasks.start_soon(_accept, listener, Site(endpoint, scanner, clock), clock)
            os.write(_STDOUT, json.dumps({"endpoint": endpoint}).encode() + b"\n")
            await ended.wait()
            scanner.stop()
            tasks.cancel_scope.cancel()


async def _accept(listener: socket.socket, site: Site, clock: Clock) -> None:
    loop = asyncio.get_running_loop()
    async with anyio.create_task_group() as tasks:
        while True:
            try:
                peer, _ = await loop.sock_accept(listener)
            except OSError:
                # The client is gone already, or there are too many of them for now.
                await clock.sleep(_ACCEPT_PAUSE)
                continue
            tasks.start_soon(Connection(peer, site.answer, clock).serve)


def _watch(loop: asyncio.AbstractEventLoop, ended: anyio.Event) -> None:
    while os.read(_STDIN, 4096):
        pass
    loop.call_soon_threadsafe(ended.set)
    # This thread is gone by then, unless the loop is stuck.
    threading.Event().wait(_LAST_SECONDS)
    os._exit(1)
