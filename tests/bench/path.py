"""The byte path beside other programs: ``python -m tests.bench path``.

A real server (nginx with two workers, its files in memory), whole processes with their start-up, one run of each
program right after the other. The ratios are medians over the pairs; where the machine is busy with other things, the
one of processor time is the one to believe. ``--rows`` chooses rows, ``--scale`` makes the work smaller.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.pairs import Ratios, compare
from tests.bench.process import median_of
from tests.bench.rivals import Rivals
from tests.bench.throttled import ThrottledDisk, Unavailable, extents_of
from tests.fakes.nginx import Authority, Nginx, make_authority

MIB = 1024 * 1024
LIMITED = 80
"""Files that are downloaded under one limit."""
GIGABIT = 125_000_000
"""Bytes per second of a network of 1 Gbit/s."""

_SERVER = "access_log off; ssl_session_cache shared:s:1m;"
_PLAIN = "access_log off;"


@dataclass(frozen=True)
class Sizes:
    """How much work there is."""

    large: int
    distant: int
    small: int
    synced: int
    throttled: int
    limited: int
    limit: int

    @classmethod
    def scaled(cls, factor: float) -> Sizes:
        return cls(
            large=max(64 * MIB, int(1536 * MIB * factor)),
            distant=max(32 * MIB, int(256 * MIB * factor)),
            small=max(50, int(1000 * factor)),
            synced=max(64 * MIB, int(1024 * MIB * factor)),
            throttled=max(64 * MIB, int(2048 * MIB * factor)),
            limited=int(24 * MIB * factor),
            limit=int(200e6 * factor),
        )


class Bench:
    """Servers, files, and one method for each row. ``folder`` is in memory, ``disk`` on a real file system."""

    def __init__(self, runs: int, sizes: Sizes, folder: Path, disk: Path) -> None:
        self._runs = runs
        self._sizes = sizes
        self._folder = folder
        self._disk = disk
        self._files = folder / "files"
        self._files.mkdir()
        self._authority: Authority = make_authority(folder)
        self._digests: dict[str, str] = {}

    def row(self, name: str) -> str:
        """Measure one row; the line of the table."""
        rows: dict[str, Callable[[], str]] = {
            "tls4": lambda: self._large(tls=True),
            "tls1": self._single,
            "plain4": lambda: self._large(tls=False),
            "small20": lambda: self._small(0.020),
            "small": lambda: self._small(0.0),
            "ext4": self._durable,
            "sync": self._synced,
            "distant": self._distant,
            "throttled": self._throttled,
            "limit": self._limited,
        }
        return rows[name]()

    def _large(self, *, tls: bool) -> str:
        size = self._sizes.large
        name, digest = self._file("large.bin", size)
        with self._server(tls=tls) as (url, rivals):
            ratios = compare(
                self._runs,
                lambda: rivals.get(f"{url}/{name}", options=("--checksum", f"sha256:{digest}")),
                lambda: rivals.aria2(f"{url}/{name}", digest, 4),
            )
        kind = "TLS" if tls else "plain HTTP"
        return _line(f"{size / MIB:.0f} MiB, {kind}, 4 connections", "aria2c", ratios, wall=0.80, cpu=1.05)

    def _single(self) -> str:
        size = self._sizes.large
        name, digest = self._file("large.bin", size)
        with self._server(tls=True) as (url, rivals):
            ratios = compare(
                self._runs,
                lambda: rivals.get(f"{url}/{name}", connections=1, options=("--checksum", f"sha256:{digest}")),
                lambda: rivals.curl(f"{url}/{name}", digest),
            )
        return _line(f"{size / MIB:.0f} MiB, TLS, 1 connection", "curl, sha256sum", ratios, wall=0.65)

    def _distant(self) -> str:
        size = self._sizes.distant
        name, digest = self._file("distant.bin", size)
        with self._server(tls=True, delay=0.050) as (url, rivals):
            ratios = compare(
                self._runs,
                lambda: rivals.get(f"{url}/{name}", options=("--checksum", f"sha256:{digest}")),
                lambda: rivals.aria2(f"{url}/{name}", digest, 4),
            )
        return _line(f"{size / MIB:.0f} MiB, TLS, 4 connections, 50 ms", "aria2c", ratios, wall=0.9)

    def _small(self, delay: float) -> str:
        count = self._sizes.small
        with self._server(tls=False, delay=delay) as (url, rivals):
            path = self._list(url, count)
            ratios = compare(self._runs, lambda: rivals.get(path, jobs=16), lambda: rivals.aria2_list(path, 16))
        work = f"{count} x 64 KiB" + (f", {delay * 1000:.0f} ms" if delay else "")
        note = f"{count / ratios.ours.wall:.0f} files/s"
        return _line(work, "aria2c -j16", ratios, wall=1.1 if delay else 3.0, note=note)

    def _durable(self) -> str:
        count = self._sizes.small
        with self._server(tls=False) as (url, _):
            path = self._list(url, count)
            rivals = Rivals(self._disk)
            usage = median_of(self._runs, lambda: rivals.get(path, jobs=16))
        speed = count / usage.wall
        return f"| {count} x 64 KiB onto {self._disk} | | {speed:.0f} files/s, CPU {usage.cpu:.2f} s | 250 files/s |"

    def _synced(self) -> str:
        """What syncing to a real disk costs where the network is the bound."""
        size = self._sizes.synced
        name, digest = self._file("synced.bin", size)
        rivals = Rivals(self._disk)
        options = ("--checksum", f"sha256:{digest}", "--limit-rate", str(GIGABIT))
        with self._server(tls=False) as (url, _):
            ratios = compare(
                self._runs,
                lambda: rivals.get(f"{url}/{name}", options=options),
                lambda: rivals.get(f"{url}/{name}", options=options, program="tests.bench.unsynced"),
            )
        return _line(f"{size / MIB:.0f} MiB at 1 Gbit/s onto {self._disk}", "no sync at all", ratios, wall=1.03)

    def _throttled(self) -> str:
        """Four files at once and one of them alone, once each: the disk, not the machine, says how long they take."""
        size = self._sizes.throttled
        work, goal = f"4 x {size / MIB:.0f} MiB at once onto 100 MB/s", "throughput >= 0.90, extents <= 1.50"
        names = [self._file(f"throttled-{number}.bin", size) for number in range(4)]
        try:
            with (
                ThrottledDisk(self._disk, 5 * size + 512 * MIB, 100_000_000) as disk,
                self._server(tls=False) as (url, _),
            ):
                walls, extents = [], []
                for some in (names[:1], names):
                    pieces: list[int] = []
                    path = self._list_of(url, some)
                    look = lambda place, pieces=pieces: pieces.extend(map(extents_of, place.iterdir()))  # noqa: E731
                    walls.append(Rivals(disk.place).get(path, look=look).wall / len(some))
                    extents.append(sum(pieces) / len(pieces))
        except Unavailable as error:
            return f"| {work} | one alone | skipped: {error} | {goal} |"
        finally:
            for name, _ in names:
                (self._files / name).unlink()
        speed, ratio = walls[0] / walls[1], extents[1] / extents[0]
        measured = (
            f"throughput {speed:.2f} ({size / walls[1] / 1e6:.0f} MB/s), extents {extents[1]:.0f} to {extents[0]:.0f}"
        )
        return f"| {work} | one alone | {measured} | {goal} ({'met' if speed >= 0.9 and ratio <= 1.5 else 'missed'}) |"

    @contextlib.contextmanager
    def _server(self, *, tls: bool, delay: float = 0.0) -> Iterator[tuple[str, Rivals]]:
        authority = self._authority if tls else None
        with Nginx(self._files, server=_SERVER if tls else _PLAIN, workers=2, authority=authority) as nginx:
            rivals = Rivals(self._folder, authority.certificate if authority else None)
            if not delay:
                yield nginx.url("").rstrip("/"), rivals
                return
            command = [sys.executable, "-m", "tests.bench.delay", str(nginx.port), str(delay)]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as road:
                assert road.stdout is not None
                try:
                    port = int(road.stdout.readline())
                    yield f"{'https' if tls else 'http'}://127.0.0.1:{port}", rivals
                finally:
                    road.kill()

    def _file(self, name: str, size: int) -> tuple[str, str]:
        """A file on the server and its SHA-256."""
        if name not in self._digests:
            digest, block = hashlib.sha256(), os.urandom(4 * MIB)
            with (self._files / name).open("wb") as file:
                for number in range(0, size, len(block)):
                    piece = (number.to_bytes(8, "big") + block[8:])[: size - number]
                    digest.update(piece)
                    file.write(piece)
            self._digests[name] = digest.hexdigest()
        return name, self._digests[name]

    def _limited(self) -> str:
        limit, size = self._sizes.limit, self._sizes.limited
        with self._server(tls=False) as (url, rivals):
            lists = [
                self._list_of(url, [self._file(f"{name}-{number}.bin", size) for number in range(LIMITED // 2)], name)
                for name in ("one", "two")
            ]
            outcomes = [rivals.limited(limit, *lists) for _ in range(self._runs)]
        rate = statistics.median(outcome.rate for outcome in outcomes)
        worst = statistics.median(abs(outcome.worst - 1) for outcome in outcomes)
        cpu = statistics.median(outcome.cpu for outcome in outcomes)
        met = abs(rate - 1) <= 0.05 and worst <= 0.10
        return (
            f"| limit {limit / 1e6:.0f} MB/s over {LIMITED} files of {size / MIB:.0f} MiB in two collections "
            f"| the limit and the weights | {rate:.3f} of the limit, no share further off than {worst:.1%}, "
            f"{cpu:.0%} of a processor | within 5 %, shares within 10 % ({'met' if met else 'missed'}) |"
        )

    def _list(self, url: str, count: int) -> Path:
        """An input file of aria2 with ``count`` files of 64 KiB and their checksums."""
        return self._list_of(url, [self._file(f"small-{number:05}.bin", 64 * 1024) for number in range(count)])

    def _list_of(self, url: str, files: Sequence[tuple[str, str]], name: str = "list") -> Path:
        """The same for ``files``, names and SHA-256; the list gets a ``name`` of its own."""
        lines: list[str] = []
        for file, digest in files:
            lines += [f"{url}/{file}", f"  out={file}", f"  checksum=sha-256={digest}"]
        path = self._folder / f"{name}.txt"
        path.write_text("\n".join(lines) + "\n")
        return path


ROWS = ("tls4", "tls1", "plain4", "small20", "small", "ext4", "sync", "distant", "throttled", "limit")


def _line(work: str, rival: str, ratios: Ratios, *, wall: float, cpu: float | None = None, note: str = "") -> str:
    goal = f"wall <= {wall:.2f}" + (f", CPU <= {cpu:.2f}" if cpu is not None else "")
    met = ratios.wall <= wall and (cpu is None or ratios.cpu <= cpu)
    ours, theirs = ratios.ours, ratios.theirs
    measured = (
        f"wall {ratios.wall:.2f} ({ours.wall:.2f} s to {theirs.wall:.2f} s), "
        f"CPU {ratios.cpu:.2f} ({ours.cpu:.2f} s to {theirs.cpu:.2f} s), {ratios.memory:.0f} MiB"
    )
    return f"| {work} | {rival} | {measured}{', ' + note if note else ''} | {goal} ({'met' if met else 'missed'}) |"


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench path", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rows", default=",".join(ROWS), help="which rows, by name and with commas between")
    parser.add_argument("--scale", type=float, default=1.0, help="how much of the work, 1 for all of it")
    parser.add_argument("--folder", type=Path, default=Path("/dev/shm"), help="a folder in memory")
    parser.add_argument("--disk", type=Path, default=Path(tempfile.gettempdir()), help="a folder on a real disk")
    options = parser.parse_args(arguments)
    chosen = options.rows.split(",")
    unknown = set(chosen) - set(ROWS)
    if unknown:
        parser.error(f"no row {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores, {options.runs} pairs")
    print("| work | against | measured | goal |\n| --- | --- | --- | --- |")
    with (
        tempfile.TemporaryDirectory(dir=options.folder) as folder,
        tempfile.TemporaryDirectory(dir=options.disk) as disk,
    ):
        bench = Bench(options.runs, Sizes.scaled(options.scale), Path(folder), Path(disk))
        for name in chosen:
            print(bench.row(name), flush=True)
    return 0
