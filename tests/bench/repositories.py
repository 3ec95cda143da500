"""What planning a large repository takes: the whole program against a hub on loopback that makes up its pages.

3,151 files are the voices of a repository that exists; a million are more than are kept, and the program says so.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.process import Usage, median_of, run
from tests.fakes.origin import Exchange, Origin

PAGE = 1000
SHA = "0123456789abcdef0123456789abcdef01234567"
# Exit code 1 means that not everything could be listed, which is right for a million files.
SHELL = ("sh", "-c", '"$@" || test $? = 1', "sh")


def serve(count: int) -> Origin:
    """A hub with one repository, ``org/voices``, of ``count`` files at one commit."""
    pages: dict[int, bytes] = {}

    def page(start: int) -> bytes:
        if start not in pages:
            pages[start] = json.dumps([entry(number) for number in range(start, min(count, start + PAGE))]).encode()
        return pages[start]

    def step(exchange: Exchange) -> None:
        if "/tree/" not in exchange.request.path:
            exchange.answer(200, {}, json.dumps({"id": "org/voices", "sha": SHA, "author": "org"}).encode())
            return
        start = int(exchange.request.query.get("cursor", ["0"])[0])
        link = f'<{origin.url(exchange.request.path)}?cursor={start + PAGE}>; rel="next"'
        exchange.answer(200, {"Link": link} if start + PAGE < count else {}, page(start))

    origin = Origin(step)
    return origin


def entry(number: int) -> dict[str, object]:
    """Every second file a large one."""
    path = f"{number % 40:02}/{number % 7}/voice-{number}.{'onnx' if number % 2 else 'json'}"
    found: dict[str, object] = {"type": "file", "oid": f"{number:040x}", "size": 1000 + number, "path": path}
    if number % 2:
        found["lfs"] = {"oid": f"{number:064x}", "size": 1000 + number, "pointerSize": 130}
    return found


def plan(count: int, runs: int, folder: Path) -> Usage:
    """The medians of ``runs`` plans, each of a program that knows nothing yet."""
    with serve(count) as origin:

        def once() -> Usage:
            with tempfile.TemporaryDirectory(dir=folder) as home:
                environment = {"PATH": os.environ["PATH"], "HOME": home, "STABILITYDL_HOME": home}
                command = [*SHELL, sys.executable, "-m", "stabilitydl", "plan", "org/voices"]
                return run(command, env={**environment, "HF_ENDPOINT": origin.url("")})

        return median_of(runs, once)


def rows(runs: int, folder: Path) -> Iterator[tuple[str, str, str, bool]]:
    """Work, what was measured, the goal, and whether it was met."""
    usage = plan(3151, runs, folder)
    measured = f"{usage.wall:.2f} s ({usage.cpu:.2f} s of the processor), {usage.memory:.0f} MiB"
    yield "plan a repository of 3,151 files", measured, "2 s, 150 MiB", usage.wall <= 2 and usage.memory <= 150
    usage = plan(1_000_000, 1, folder)
    measured = f"{usage.memory:.0f} MiB ({usage.wall:.1f} s)"
    yield "peak memory with a repository of 1,000,000 files", measured, "200 MiB", usage.memory <= 200
