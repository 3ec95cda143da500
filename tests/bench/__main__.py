"""The measured numbers of the product, printed as one table: ``python -m tests.bench``.

``python -m tests.bench path`` measures the byte path beside other programs, see `tests.bench.path`;
``python -m tests.bench.window`` the window, see `tests.bench.window`.

Every row is a whole process with its start-up, the median of several runs after a first one that is not counted.
Sizes are powers of 1024. Goals are limits, not records.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench import path, repositories
from tests.bench.process import Usage, median_of, run

MIB = 1024 * 1024
PROGRAM = (sys.executable, "-m", "stabilitydl")

FILL = """
import sys
from pathlib import Path
from stabilitydl.domain.checksum import Checksum
from stabilitydl.domain.collection import Collection, CollectionKey
from stabilitydl.domain.resource import Address, Resource, resource_id
from stabilitydl.store.store import Store

packs, files = int(sys.argv[2]), int(sys.argv[3])
Path(sys.argv[1]).parent.mkdir(parents=True, exist_ok=True)
store = Store.open(Path(sys.argv[1]))
for pack in range(packs):
    key = CollectionKey("direct", "", "list", f"/lists/{pack}.txt")
    children = [
        Resource(
            id=resource_id(key.id, str(n)), collection=key.id, key=str(n), name=f"style_{n:06}.safetensors",
            path=f"style_{n:06}.safetensors", size=150_000_000 + n, checksums=(Checksum("sha256", f"{n:064x}"),),
            addresses=(Address("direct", f"https://models.example/{pack}/{n}"),), type="LORA", order=n,
        )
        for n in range(files)
    ]
    store.add(Collection(id=key.id, key=key, title=f"Pack {pack}", target="/models"), children, 1.0)
store.close()
"""


@dataclass(frozen=True)
class Row:
    """One line of the table. ``goal`` is the largest allowed value of the figure that the row is about."""

    work: str
    measured: str
    goal: str
    met: bool | None


class Bench:
    """A private home for each measurement, and what is measured in it."""

    def __init__(self, runs: int, folder: Path) -> None:
        self._runs = runs
        self._folder = folder

    def rows(self) -> Iterator[Row]:
        yield self.version()
        yield self.listing()
        yield self.adding()
        yield self.pack()
        yield self.large()
        for work, measured, goal, met in repositories.rows(self._runs, self._folder):
            yield Row(work, measured, goal, met)

    def version(self) -> Row:
        usage = self._median(lambda home: run([*PROGRAM, "--version"], env=self._env(home)))
        return _seconds("--version", usage, 0.15)

    def listing(self) -> Row:
        home = self._home()
        self._fill(home, 100, 80)
        usage = median_of(self._runs, lambda: run([*PROGRAM, "list"], env=self._env(home)))
        return _seconds("list of 100 collections of 80", usage, 0.5)

    def adding(self) -> Row:
        usage = self._median(lambda home: self._fill(home, 1, 100_000))
        return _seconds("add 100,000 resources", usage, 5.0)

    def pack(self) -> Row:
        command = [*PROGRAM, "demo", "--headless", "--json"]
        usage = self._median(lambda home: run([*command, "--to", home / "out"], env=self._env(home)))
        speed = 80 * 4 * MIB / usage.wall / 1e6
        return Row(
            "demo pack of 80 x 4 MiB, verified",
            f"{usage.wall:.2f} s, {speed:.0f} MB/s, {usage.memory:.0f} MiB",
            "",
            None,
        )

    def large(self) -> Row:
        command = [*PROGRAM, "demo", "--headless", "--json", "--files", "1", "--size", "4GiB"]
        home = self._home()
        usage = run([*command, "--to", home / "out"], env=self._env(home))
        shutil.rmtree(home)
        return Row(
            "peak memory with one 4 GiB file",
            f"{usage.memory:.0f} MiB ({usage.wall:.1f} s)",
            "120 MiB",
            usage.memory <= 120,
        )

    def _median(self, once: Callable[[Path], Usage]) -> Usage:
        def fresh() -> Usage:
            home = self._home()
            try:
                return once(home)
            finally:
                shutil.rmtree(home, ignore_errors=True)

        return median_of(self._runs, fresh)

    def _home(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self._folder))

    def _env(self, home: Path) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(home), "STABILITYDL_HOME": str(home)}

    def _fill(self, home: Path, packs: int, files: int) -> Usage:
        database = home / "data" / "stabilitydl.db"
        return run([sys.executable, "-c", FILL, database, str(packs), str(files)])


def _seconds(work: str, usage: Usage, goal: float) -> Row:
    return Row(work, f"{usage.wall:.2f} s, {usage.memory:.0f} MiB", f"{goal} s", usage.wall <= goal)


def main() -> int:
    """Print the table; 1 when a goal is missed."""
    if sys.argv[1:2] == ["path"]:
        return path.main(sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where the files go; the default is the temporary folder")
    options = parser.parse_args()
    missed = False
    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores, {options.runs} runs")
    print("| work | measured | goal |\n| --- | --- | --- |")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for row in Bench(options.runs, Path(folder)).rows():
            mark = "" if row.met is None else " (met)" if row.met else " (missed)"
            print(f"| {row.work} | {row.measured} | {row.goal}{mark} |", flush=True)
            missed = missed or row.met is False
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
