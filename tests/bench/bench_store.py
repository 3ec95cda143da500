"""How long the store takes for large numbers, in a process of its own, start-up included.

Run with ``pytest -m bench -s tests/bench/bench_store.py``.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.bench

COMMON = """
import json, resource, sys, time
from pathlib import Path
from stabilitydl.domain.checksum import Checksum
from stabilitydl.domain.collection import Collection, CollectionKey
from stabilitydl.domain.resource import Address, Resource, resource_id
from stabilitydl.store.store import Store

def collection(number):
    key = CollectionKey("civitai", "https://civitai.com", "model", str(number))
    return Collection(id=key.id, key=key, title=f"Pack {number}", locator=f"https://civitai.com/models/{number}",
                      target="/models", trigger_words=("style", "sketch"))

def children(parent, count):
    return [
        Resource(
            id=resource_id(parent.id, str(n)), collection=parent.id, key=str(n), name=f"style_{n:06}.safetensors",
            path=f"style_{n:06}.safetensors", size=150_000_000 + n,
            checksums=(Checksum("sha256", f"{n:064x}"), Checksum("autov2", f"{n:010x}")),
            addresses=(Address("civitai", f"https://civitai.com/api/download/models/{n}"),),
            type="LORA", base_model="SDXL 1.0", creator="somebody", version=f"v{n}",
            page=f"https://civitai.com/models/1?modelVersionId={n}", order=n,
        )
        for n in range(count)
    ]

def report(**numbers):
    numbers["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(numbers))

store = Store.open(Path(sys.argv[1]))
"""

ADD = """
parent = collection(1)
many = children(parent, 100_000)
start = time.perf_counter()
store.add(parent, many, 1.0)
added = time.perf_counter() - start
start = time.perf_counter()
store.add(parent, many, 2.0)
report(add=added, again=time.perf_counter() - start)
store.close()
"""

QUEUE = """
parent = collection(1)
start = time.perf_counter()
rows = store.resources(parent.id)
read = time.perf_counter() - start
start = time.perf_counter()
store.enqueue([(row.id, f"/models/{row.resource.path}") for row in rows])
queued = time.perf_counter() - start
start = time.perf_counter()
store.collections()
report(read=read, enqueue=queued, collections=time.perf_counter() - start)
store.close()
"""

FILL = """
for number in range(100):
    parent = collection(number)
    store.add(parent, children(parent, 80), float(number))
report()
store.close()
"""

LIST = """
start = time.perf_counter()
parents = store.collections()
collections = time.perf_counter() - start
start = time.perf_counter()
rows = store.resources()
assert len(parents) == 100 and len(rows) == 8000
report(collections=collections, resources=time.perf_counter() - start)
store.close()
"""


def measure(script: str, database: Path) -> dict[str, float]:
    """Run ``script`` in a new process; its own numbers and the seconds of the whole process."""
    timer = "import time; began = time.perf_counter()\n"
    ended = "print(json.dumps({'process': time.perf_counter() - began}))\n"
    done = subprocess.run(
        [sys.executable, "-c", timer + COMMON + script + ended, str(database)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    numbers: dict[str, float] = {}
    for line in done.stdout.splitlines():
        numbers.update(json.loads(line))
    return numbers


def show(title: str, runs: list[dict[str, float]]) -> None:
    medians = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    print(f"{title}: " + ", ".join(f"{name} {value:.3f}" for name, value in medians.items()))


def test_add_100000(tmp_path: Path) -> None:
    runs = [measure(ADD, tmp_path / f"add{n}.db") for n in range(3)]
    show("\nadd 100,000 resources, seconds", runs)
    assert statistics.median(run["add"] for run in runs) < 5
    show("the same in use, seconds", [measure(QUEUE, tmp_path / f"add{n}.db") for n in range(3)])


def test_list_100_by_80(tmp_path: Path) -> None:
    database = tmp_path / "list.db"
    measure(FILL, database)
    runs = [measure(LIST, database) for _ in range(5)]
    show("\nlist 100 x 80, seconds", runs)
    assert statistics.median(run["process"] for run in runs) < 0.5
