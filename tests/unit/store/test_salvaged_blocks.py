"""What was known of the blocks of files is known after the database was made again: repairs go on costing a block."""

from __future__ import annotations

from pathlib import Path

import pytest

from stabilitydl.domain.states import State
from stabilitydl.store.blocks import Blocks
from stabilitydl.store.change import Change
from stabilitydl.store.opening import Copying, open_whatever
from stabilitydl.store.salvage import salvage
from stabilitydl.store.store import Store
from tests.unit.store.samples import a_pack

PAGE = 4096


def fill(path: Path) -> dict[str, Blocks]:
    """A database that knows the blocks of twenty files, one of them damaged and kept."""
    store = Store.open(path)
    parent, children = a_pack(30)
    store.add(parent, children, now=1.0)
    known = {each.id: Blocks(f"{number:064x}", bytes([number]) * 160) for number, each in enumerate(children[:20])}
    store.apply(
        [
            Change(each, State.DOWNLOADED, received=1000, sha256=blocks.sha256, blocks=blocks.digests)
            for each, blocks in known.items()
        ]
    )
    first, blocks = next(iter(known.items()))
    store.keep_damaged(first, "/kept")
    store.close()
    return {**known, first: Blocks(blocks.sha256, blocks.digests, "/kept")}


def spoil(path: Path, *, last_page_only: bool) -> None:
    size = path.stat().st_size
    if last_page_only:
        path.write_bytes(path.read_bytes()[: size - PAGE] + bytes(PAGE))
    else:
        path.write_bytes(b"no database" * 1000)


@pytest.mark.parametrize("has_copy", [False, True])
def test_digests_of_blocks_are_brought_over(path: Path, has_copy: bool) -> None:
    """B01, D16"""
    known = fill(path)
    if has_copy:
        store = Store.open(path)
        copying = Copying(store.database)
        while not copying.step():
            pass
        store.close()
    spoil(path, last_page_only=not has_copy)
    opened = open_whatever(path)
    assert [problem.code for problem in opened.notices] == ["store-rebuilt"]
    rows = {row.id for row in opened.store.resources()}
    found = {each: opened.store.blocks(each) for each in known}
    opened.store.close()
    if has_copy:
        assert found == known
    else:
        assert rows
        assert all(blocks in (None, known[each]) for each, blocks in found.items())
        assert any(found.values())


def test_damaged_digests_are_left_out_and_known_ones_stay(path: Path) -> None:
    """B01"""
    known = fill(path)
    store = Store.open(path)
    odd, other = list(known)[5:7]
    with store.database.transaction():
        store.database.write("UPDATE blocks SET digests = 'no digits' WHERE resource = ?", (odd,))
    store.close()
    place = path.with_name("new.db")
    fill(place)
    store = Store.open(place)
    newer = Blocks("f" * 64, b"newer" * 32)
    store.apply([Change(other, State.DOWNLOADED, received=1000, sha256=newer.sha256, blocks=newer.digests)])
    with store.database.transaction():
        for each in known.keys() - {other}:
            store.database.write("DELETE FROM blocks WHERE resource = ?", (each,))
    salvage(path, store.database)
    found = {each: store.blocks(each) for each in known}
    store.close()
    assert found == {**known, odd: None, other: newer}
