"""The hub's scanner: checksums of whole files, computed in threads when somebody first asks for them."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from ..clock import Clock
from .pack import DemoFile, Digests, digests

PATIENCE = 20.0
"""Seconds for which a page waits for checksums. Enough for about 10 GB; what takes longer is listed as pending."""


class Scanner:
    """Starts its work in ``tasks`` and keeps every result. ``stop`` before ``tasks`` ends, lest it wait for long."""

    def __init__(self, tasks: TaskGroup, clock: Clock) -> None:
        self._tasks = tasks
        self._clock = clock
        self._threads = anyio.CapacityLimiter(os.cpu_count() or 1)
        self._scans: dict[int, anyio.Event] = {}
        self._results: dict[int, tuple[DemoFile, Digests]] = {}
        self._stopped = threading.Event()

    async def scan(self, files: Sequence[DemoFile], patience: float = PATIENCE) -> dict[int, Digests]:
        """File id -> checksums, without those that are not ready after ``patience`` seconds; they go on."""
        for file in files:
            if file.id not in self._scans:
                self._scans[file.id] = anyio.Event()
                self._tasks.start_soon(self._work, file)
        try:
            with self._clock.fail_after(patience):
                for file in files:
                    await self._scans[file.id].wait()
        except TimeoutError:
            pass
        return {file.id: self._results[file.id][1] for file in files if file.id in self._results}

    def find(self, digits: str) -> DemoFile | None:
        """The scanned file that has a checksum with these digits, of any kind."""
        wanted = digits.upper()
        for file, found in self._results.values():
            if wanted in (found.sha256, found.autov2, found.blake3, found.crc32):
                return file
        return None

    def stop(self) -> None:
        """Let the threads end at once."""
        self._stopped.set()

    async def _work(self, file: DemoFile) -> None:
        found = await anyio.to_thread.run_sync(digests, file.weights, self._stopped.is_set, limiter=self._threads)
        if found is not None:
            self._results[file.id] = (file, found)
        self._scans[file.id].set()

    def __repr__(self) -> str:
        return f"<Scanner {len(self._results)} of {len(self._scans)} files>"
