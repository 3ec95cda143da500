"""A second process that uses a database, driven line by line by a test: ``python child.py DATABASE COMMAND``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from stabilitydl.store.database import Database
from stabilitydl.store.store import Store
from tests.unit.store.samples import a_collection, a_pack, a_resource


def say(text: str) -> None:
    print(text, flush=True)


def wait() -> None:
    sys.stdin.readline()


def die_in_transaction(store: Store) -> None:
    """Write a lot without committing, say so, and wait to be killed."""
    store._database.value("PRAGMA cache_size = 10")  # so that much of it reaches the log
    parent, children = a_pack(2000, "lost")
    commit = store._database.control

    def hold(sql: str) -> None:
        if sql == "COMMIT":
            say("uncommitted")
            wait()
        commit(sql)

    store._database.control = hold  # type: ignore[method-assign]
    store.add(parent, children, now=9.0)


def die_after_enqueue(store: Store) -> None:
    """Enqueue what is there, say so, and wait to be killed."""
    store.enqueue([(each.id, f"/models/{each.id}") for each in store.resources()])
    say("enqueued")
    wait()


def take_turns(store: Store) -> None:
    """Add and enqueue 40 resources one at a time, while another process does the same."""
    name = sys.argv[3]
    parent = a_collection(name)
    say("ready")
    wait()
    for number in range(40):
        child = a_resource(parent, f"{name}-{number}", order=number)
        store.add(parent, [child], now=1.0)
        store.enqueue([(child.id, f"/models/{child.name}")])
    say("done")


def main() -> None:
    if sys.argv[2] == "open":
        say("ready")
        wait()
    # Nobody gives up on the others only because the disk is slow.
    store = Store(Database.open(Path(sys.argv[1]), busy_seconds=60.0))
    if sys.argv[2] != "open":
        globals()[sys.argv[2]](store)
    store.close()


if __name__ == "__main__":
    main()
