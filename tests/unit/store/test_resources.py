from __future__ import annotations

import msgspec
import pytest

from stabilitydl.domain.checksum import Algorithm, Checksum, Verification
from stabilitydl.domain.resource import Address, Wait
from stabilitydl.domain.states import State, WaitReason
from stabilitydl.errors import Problem
from stabilitydl.store import resources
from stabilitydl.store.blocks import Blocks
from stabilitydl.store.change import Change
from stabilitydl.store.database import Database
from stabilitydl.store.store import Store

from .samples import a_pack

FULL = {
    "received": 900,
    "problem": Problem("server-busy", {"host": "h", "after_seconds": 1.5}),
    "wait": Wait(WaitReason.HOST, 1.7e9, "h"),
    "verification": Verification.WEAK,
    "sha256": "ab" * 32,
    "file_size": 1000,
    "file_mtime": 1_700_000_000_123_456_789,
}


@pytest.mark.parametrize("state", State)
def test_every_state_survives(store: Store, state: State) -> None:
    parent, (child,) = a_pack(1)
    store.add(parent, [child], now=1.0)
    store.apply([Change(child.id, state)])
    assert store.resources()[0].state is state


def test_none_leaves_a_field_but_problem_and_wait_are_always_replaced(store: Store) -> None:
    parent, (child, neighbour) = a_pack(2)
    store.add(parent, [child, neighbour], now=1.0)
    store.apply([Change(child.id, State.WAITING, **FULL)])  # type: ignore[arg-type]
    first, second = store.resources()
    assert {name: getattr(first, name) for name in FULL} == FULL
    store.apply([Change(child.id, State.DOWNLOADING)])
    after = store.resources()[0]
    assert after == msgspec.structs.replace(first, state=State.DOWNLOADING, problem=None, wait=None)
    assert store.resources()[1] == second
    store.apply([Change(child.id, State.DOWNLOADING, received=0)])
    assert store.resources()[0].received == 0


def test_many_changes_are_one_transaction(store: Store) -> None:
    parent, children = a_pack(80)
    store.add(parent, children, now=1.0)
    commits: list[int] = []
    store._database.connection.set_commit_hook(lambda: commits.append(1) or False)  # type: ignore[func-returns-value]
    store.apply([Change(child.id, State.DOWNLOADED, received=1000) for child in children])
    assert len(commits) == 1
    assert {each.state for each in store.resources()} == {State.DOWNLOADED}
    store.apply([])
    store.remove([])
    store.set_priority([], 1)
    assert store.enqueue([]) == []
    assert len(commits) == 1


def test_snapshots_keep_the_order_and_leave_out_strangers(store: Store) -> None:
    parent, children = a_pack(5)
    store.add(parent, children, now=1.0)
    wanted = [children[3].id, "unknown", children[0].id]
    assert [each.id for each in store.snapshots(wanted)] == [children[3].id, children[0].id]
    assert store.snapshots([]) == []


def test_a_change_of_a_stranger_is_left_out(store: Store) -> None:
    parent, (child,) = a_pack(1)
    store.add(parent, [child], now=1.0)
    store.apply([Change("unknown", State.FAILED), Change(child.id, State.GONE)])
    assert [each.state for each in store.resources()] == [State.GONE]


def test_removing_takes_rows_and_reservations(store: Store) -> None:
    parent, children = a_pack(3)
    store.add(parent, children, now=1.0)
    store.enqueue([(child.id, f"/models/{child.name}") for child in children])
    store.remove([children[1].id, "unknown"])
    assert [each.id for each in store.resources()] == [children[0].id, children[2].id]
    assert store.reserved([f"/models/{child.name}" for child in children]) == {
        f"/models/{child.name}": child.id for child in (children[0], children[2])
    }
    store.add(parent, children, now=2.0)
    assert store.resources()[1].state is State.MISSING


def test_children_share_the_texts_that_they_have_in_common(store: Store) -> None:
    parent, children = a_pack(2)
    here = {"base_model": "SDXL 1.0", "addresses": (Address("civitai", "file"),)}
    store.add(parent, [msgspec.structs.replace(child, **here) for child in children], now=1.0)
    first, second = (row.resource for row in store.resources())
    for name in ("collection", "type", "base_model", "creator", "version", "precision"):
        assert getattr(first, name) is getattr(second, name), name
    assert first.addresses[0].hub is second.addresses[0].hub
    assert first.name == first.path
    assert first.name is first.path


def test_equal_content_is_found_by_what_the_hub_says_or_by_what_arrived(store: Store) -> None:
    digest, other = "ab" * 32, "cd" * 32
    parent, (one, two, three) = a_pack(3)
    known = (Checksum(Algorithm.CRC32, "01234567"), Checksum(Algorithm.SHA256, digest))
    one, two = (msgspec.structs.replace(child, checksums=known) for child in (one, two))
    store.add(parent, [one, two, three], now=1.0)
    assert [row.id for row in store.same_content(digest)] == [one.id, two.id]
    store.apply([Change(three.id, State.DOWNLOADED, sha256=other), Change(one.id, State.DOWNLOADED, sha256=other)])
    assert [row.id for row in store.same_content(other)] == [three.id], "the word of the hub counts first"
    assert store.same_content("ef" * 32) == []


def test_children_in_some_states_only(store: Store) -> None:
    parent, children = a_pack(5)
    store.add(parent, children, now=1.0)
    store.apply([Change(children[1].id, State.DOWNLOADED), Change(children[3].id, State.PAUSED)])
    for collection in (parent.id, None):
        found = store.resources(collection, {State.DOWNLOADED, State.PAUSED})
        assert [row.id for row in found] == [children[1].id, children[3].id]
        assert store.resources(collection, frozenset()) == []
        assert len(store.resources(collection)) == 5


def test_a_list_is_read_without_sorting_it(store: Store) -> None:
    query = "EXPLAIN QUERY PLAN SELECT * FROM resources WHERE collection = ? ORDER BY place, number"
    plan = store._database.read(query, ("c",), lambda row: str(row[3]))
    assert plan
    assert not [step for step in plan if "TEMP B-TREE" in step]


def test_the_cache_is_given_back_after_a_long_list(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    parent, children = a_pack(3)
    store.add(parent, children, now=1.0)
    times: list[int] = []
    monkeypatch.setattr(Database, "let_go", lambda _database: times.append(1))
    store.resources()
    assert not times
    monkeypatch.setattr(resources, "_MANY", 2)
    assert len(store.resources()) == len(store.resources(parent.id)) == 3
    assert len(times) == 2
    monkeypatch.undo()
    store._database.let_go()
    assert len(store.resources()) == 3


def test_the_blocks_of_a_file_are_known_as_long_as_it_is_on_the_list(store: Store) -> None:
    parent, children = a_pack(2)
    store.add(parent, children, now=1.0)
    one, other = (child.id for child in children)
    digests = bytes(range(256)) * 3
    store.apply(
        [
            Change(one, State.DOWNLOADED, sha256="a" * 64, blocks=digests),
            Change(other, State.DOWNLOADED, sha256="b" * 64),
            Change("unknown", State.DOWNLOADED, sha256="c" * 64, blocks=digests),
        ]
    )
    assert store.blocks(one) == Blocks("a" * 64, digests)
    assert store.blocks(other) is store.blocks("unknown") is None
    store.keep_damaged(one, "/kept/\udcff")
    store.keep_damaged(other, "/kept")
    store.apply([Change(one, State.QUEUED)])
    assert store.blocks(one) == Blocks("a" * 64, digests, "/kept/\udcff")
    store.apply([Change(one, State.DOWNLOADED, sha256="d" * 64, blocks=digests[:16])])
    assert store.blocks(one) == Blocks("d" * 64, digests[:16])
    store.remove([one])
    assert store.blocks(one) is None
