"""A process of its own that brings files with a real engine: python -m tests.engine.child HOME TO CHECKSUMS URL...

Prints one line for each state change, and the ids of what is downloaded at the end.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from stabilitydl.domain.events import AnyEvent, Downloaded, StateChanged
from stabilitydl.engine.engine import Engine
from stabilitydl.engine.thread import EngineThread
from stabilitydl.hubs.direct import Direct
from stabilitydl.hubs.registry import Registry
from stabilitydl.settings import Settings
from tests.engine.harness import paths_in
from tests.engine.real import expand


def main(home: str, to: str, checksums: str, *urls: str) -> None:
    thread = EngineThread(
        lambda: Engine.open(paths_in(Path(home)), Settings(), hubs=Registry([Direct()])),
    )
    thread.start()
    thread.subscribe(show)
    expansion = expand(Path(to), urls, checksums.split(",") if checksums else [])
    engine = thread.engine
    thread.call(engine.add, [expansion])
    ids = [resource.id for resource in expansion.resources]
    thread.call(engine.enqueue, ids)
    rows = thread.call(engine.wait_settled, ids)
    print("end", *(row.state for row in rows), flush=True)
    thread.stop()


def show(events: Sequence[AnyEvent]) -> None:
    for event in events:
        if isinstance(event, StateChanged):
            print("state", event.name, event.new, flush=True)
        elif isinstance(event, Downloaded):
            print("downloaded", event.name, event.fetched, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
