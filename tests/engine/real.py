"""What tests with the real byte path share: packs of addresses, and a server that never ends on its own."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import anyio

from stabilitydl.clock import SystemClock
from stabilitydl.domain.checksum import Checksum
from stabilitydl.domain.collection import Collection, CollectionKey, Layout
from stabilitydl.domain.resource import Address, Resource, resource_id
from stabilitydl.hubs.direct import Direct
from stabilitydl.hubs.protocol import Expansion
from stabilitydl.hubs.registry import Registry
from stabilitydl.settings import Settings
from stabilitydl.transfer.fetch import fetch
from tests.engine.harness import PATIENCE, Harness
from tests.fakes.origin import Ended, Exchange, FileOrigin, Served, head

MIB = 1024 * 1024


def expand(to: Path, urls: Sequence[str], checksums: Sequence[str] = ()) -> Expansion:
    """A collection of addresses, as a list file would give it."""
    key = CollectionKey("direct", "", "list", "pack", target=str(to))
    collection = Collection(id=key.id, key=key, title="pack", target=str(to), layout=Layout.FLAT)
    resources = []
    for order, url in enumerate(urls):
        name = urlsplit(url).path.lstrip("/")
        known = (Checksum.of("sha256", checksums[order]),) if checksums else ()
        resources.append(
            Resource(
                id=resource_id(collection.id, name),
                collection=collection.id,
                key=name,
                name=name,
                path=name,
                checksums=known,
                addresses=(Address("direct", url),),
                order=order,
            )
        )
    return Expansion(collection=collection, resources=tuple(resources))


def pack_of(to: Path, files: Sequence[Served], *, checksums: bool = True) -> Expansion:
    return expand(to, [file.url for file in files], [file.sha256 for file in files] if checksums else [])


def real(folder: Path, settings: Settings | None = None) -> Harness:
    """A harness with the real byte path, the direct hub and the machine's clock."""
    return Harness(folder, settings=settings, fetch=fetch, hubs=Registry([Direct()]), clock=SystemClock())


def contents(size: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(size)


async def eventually(condition: Callable[[], bool]) -> None:
    """Return when something outside the loop has come true."""
    with anyio.fail_after(PATIENCE):
        while not condition():  # noqa: ASYNC110 - threads and processes set no event of ours
            await anyio.sleep(0.01)


class Trickle:
    """A step that sends the head and ``first`` bytes of a body and then holds, until ``go`` is set or the peer left."""

    def __init__(self, origin: FileOrigin, first: int) -> None:
        self.origin = origin
        self.first = first
        self.go = threading.Event()

    def __call__(self, exchange: Exchange) -> None:
        file = self.origin.files[exchange.request.path]
        if self.go.is_set():
            self.origin._file(exchange, file)
            return
        size = len(file.data)
        start, last = exchange.request.range or (0, size - 1)
        last = min(last if last is not None else size - 1, size - 1)
        exchange.send(
            head(
                206,
                {
                    "Content-Range": f"bytes {start}-{last}/{size}",
                    "Content-Length": str(last - start + 1),
                    "ETag": file.etag or "",
                },
            ),
            bytes(file.data[start : min(start + self.first, last + 1)]),
        )
        exchange.sock.settimeout(0.05)
        while not self.go.is_set() and not exchange.origin.closing.is_set():
            with contextlib.suppress(TimeoutError):
                if not exchange.sock.recv(1):
                    break
        raise Ended


class Child:
    """`tests.engine.child` as a process; its lines are collected, and it is killed at the end."""

    def __init__(self, home: Path, to: Path, files: Sequence[Served], *, checksums: bool = True) -> None:
        sums = ",".join(file.sha256 for file in files) if checksums else ""
        self.lines: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.engine.child", str(home), str(to), sums, *(file.url for file in files)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": "."},
        )
        self._reader = threading.Thread(target=self._read, name="child", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line.strip())

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._reader.join(PATIENCE)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def wait(self) -> int:
        return self._process.wait(PATIENCE)
