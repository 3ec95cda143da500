"""Many processes that start at the same moment: python -m tests.engine.remote_crowd HOME COUNT

Each prints who it is (``PID owner window``, ``PID attached -``). Then each line that comes in kills the owner with
SIGKILL, and the survivors print who they are now. The end of the input ends them all. Everything is imported once,
then the processes are forked off, so that they really start together.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from stabilitydl.engine.engine import Engine
from stabilitydl.engine.remote import SharedEngine
from stabilitydl.hubs.direct import Direct
from stabilitydl.hubs.registry import Registry
from stabilitydl.settings import Settings
from tests.engine.harness import paths_in


def main(home: Path, count: int) -> None:
    start, open_gate = os.pipe()
    children = [_fork(home, start, open_gate) for _ in range(count)]
    os.close(start)
    os.close(open_gate)
    for _ in sys.stdin:
        pass
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _fork(home: Path, start: int, open_gate: int) -> int:
    child = os.fork()
    if child:
        return child
    os.close(open_gate)
    os.read(start, 1)
    try:
        _be_one(home)
    finally:
        os._exit(1)


def _be_one(home: Path) -> None:
    def raised(locators: object) -> None:
        _say("raised", str(locators))

    paths = paths_in(home)
    shared = SharedEngine(paths, lambda: Engine.open(paths, Settings(), hubs=Registry([Direct()])))
    shared.start()
    claimed = shared.call(shared.engine.claim_window, raised, [str(os.getpid())])
    _say("owner" if shared.is_owner else "attached", "window" if claimed else "-")
    while not shared.is_owner:
        time.sleep(0.01)
    _say("owns")
    while True:
        time.sleep(60)


def _say(*words: str) -> None:
    os.write(1, " ".join((str(os.getpid()), *words, "\n")).encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
