"""The whole program, killed with -9 again and again in the middle of one large file, and started again.

What a kill costs is counted exactly: the process is stopped first; what the server gave to the system, less what still
lies in the buffers of both sockets, is what had reached the process. What its journal claims afterwards is not lost.
"""

from __future__ import annotations

import hashlib
import math
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from stabilitydl.disk.journal import parse
from stabilitydl.disk.os_posix import boot_id
from stabilitydl.domain.ranges import Ranges
from tests.e2e.program import Program, finish, sha256, wait_until
from tests.fakes.origin import Ended, Exchange, FileOrigin, Served

from .judge import Verdict
from .pack import KILL_BOUND, MIB
from .table import Outcome

NAME = "large.safetensors"
_PIECE = 64 * 1024
_AHEAD = 8 * MIB
"""How much may come beyond the moment of a kill."""


class Noise:
    """Contents of any size that are made when asked for: random, and no two pieces alike."""

    def __init__(self, size: int, seed: int) -> None:
        self._size = size
        self._piece = random.Random(seed).randbytes(_PIECE)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, index: slice, /) -> bytes:
        start, stop, _ = index.indices(self._size)
        first, last = start // _PIECE, -(-stop // _PIECE)
        joined = b"".join(number.to_bytes(8, "big") + self._piece[8:] for number in range(first, last))
        return joined[start - first * _PIECE : stop - first * _PIECE]


class CountingOrigin(FileOrigin):
    """Counts every byte of a body that the system took, and lets about ``most`` pass."""

    def __init__(self) -> None:
        super().__init__()
        self.given = 0
        self.most = math.inf
        self._mutex = threading.Lock()

    def _body(self, exchange: Exchange, file: Served, first: int, length: int) -> None:
        sent = 0
        while sent < length:
            start = first + sent
            rest = memoryview(file.data[start : start + min(_PIECE, length - sent)])
            while rest:
                if self.closing.is_set():
                    raise Ended
                if self.given >= self.most:
                    time.sleep(0.01)
                    continue
                count = exchange.sock.send(rest)
                with self._mutex:
                    self.given += count
                sent += count
                rest = rest[count:]

    def delivered(self) -> int:
        """Bytes that reached the process, which is stopped."""
        before = (-1, -1)
        while before != (now := (self.given, self._in_buffers())):
            before = now
            time.sleep(0.02)
        return now[0] - now[1]

    def _in_buffers(self) -> int:
        waiting = 0
        for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
            _, local, remote, state, queues, *_ = line.split()
            to_send, to_read = (int(number, 16) for number in queues.split(":"))
            if state == "0A":
                continue
            if _port(local) == self.port:
                waiting += to_send
            elif _port(remote) == self.port:
                waiting += to_read
        return waiting


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)


def run(name: str, folder: Path, *, kills: int, size: int, seed: int) -> Outcome:
    """Kill the program ``kills`` times during one download of ``size`` bytes; one verdict for each, and for the end."""
    outcome = Outcome(name, KILL_BOUND)
    with CountingOrigin() as origin:
        file = origin.add(f"/{NAME}", Noise(size, seed))
        program = Program(folder / "home")
        outcome.take(_lives(program, origin, file, folder / "to", kills, random.Random(seed)))
    return outcome


def _lives(
    program: Program, origin: CountingOrigin, file: Served, to: Path, kills: int, chance: random.Random
) -> Iterator[Verdict]:
    digest = hashlib.sha256()
    for start in range(0, len(file.data), 16 * MIB):
        digest.update(file.data[start : start + 16 * MIB])
    words: tuple[str, ...] = ("get", file.url, "--to", str(to), "--checksum", f"sha256:{digest.hexdigest()}", "-y")
    total = 0
    for number in range(kills):
        claimed = _claimed(to)
        share = (len(file.data) - claimed.total) / (kills - number + 1)
        # One in ten dies as soon as the first byte is on its way.
        wanted = 1 if chance.random() < 0.1 else int(share * chance.uniform(0.3, 1.4))
        before, asked = origin.given, len(origin.requests)
        # However late it is struck, it cannot be through by then.
        origin.most = before + wanted + _AHEAD
        with program.start(*words) as process:
            wait_until(lambda: origin.given >= before + wanted, process)  # noqa: B023
            process.send_signal(signal.SIGSTOP)
            came = origin.delivered() - before
            process.kill()
            code = process.wait()
        origin.most = math.inf
        wait_until(lambda: not origin.alive)
        total += came
        verdict = Verdict(f"kill {number + 1} after {came / MIB:.1f} MiB")
        verdict.struck = code == -signal.SIGKILL
        if not verdict.struck:
            verdict.stuck.append(f"ended with {code} before it was killed")
        verdict.again = claimed.total + came - _claimed(to).total
        verdict.lost += _asked_again(origin, asked, claimed)
        yield verdict
        words = ("resume",)
    yield _last(program, origin, to, total, digest.hexdigest())


def _last(program: Program, origin: CountingOrigin, to: Path, total: int, digest: str) -> Verdict:
    verdict = Verdict("the last life", is_end=True)
    before, asked, claimed = origin.given, len(origin.requests), _claimed(to)
    with program.start(
        "resume",
    ) as process:
        result = finish(process)
    if result.code:
        verdict.stuck.append(f"exit code {result.code}: {result.err.strip()}")
    if sha256(to / NAME) != digest:
        verdict.wrong.append(NAME)
    verdict.orphans += [path.name for path in to.iterdir() if path.name != NAME]
    verdict.lost += _asked_again(origin, asked, claimed)
    verdict.again = claimed.total + origin.given - before - (to / NAME).stat().st_size
    print(f"  {(total + origin.given - before) / MIB:.1f} MiB in all for {(to / NAME).stat().st_size / MIB:.1f} MiB")
    return verdict


def _claimed(to: Path) -> Ranges:
    """What the journal says is there."""
    for journal in to.glob("*.journal"):
        contents = parse(journal.read_bytes(), boot_id())
        if contents is not None:
            return contents.ranges
    return Ranges()


def _asked_again(origin: FileOrigin, since: int, claimed: Ranges) -> list[str]:
    """Requests since the ``since``-th for bytes that the journal claims."""
    again = []
    for request in origin.requests[since:]:
        start, stop = request.range or (0, None)
        if any(first < (stop or start) + 1 and start < last for first, last in claimed.items):
            again.append(f"asked for {start}-{stop}")
    return again
