from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stabilitydl.domain.collection import Collection, CollectionKey, CollectionSnapshot, summarise
from stabilitydl.domain.resource import Resource, ResourceSnapshot, resource_id
from stabilitydl.domain.states import State, Tab

from .values import TEXT, keys, snapshots

KEY = CollectionKey("civitai", "https://civitai.com", "model", "20237", "", "/models")


def child(state: State, size: int | None = 1000, received: int = 0, file_size: int | None = None) -> ResourceSnapshot:
    resource = Resource(id="i", collection="c", key="k", name="n", path="n", size=size)
    return ResourceSnapshot(resource=resource, state=state, received=received, file_size=file_size)


def test_ids_never_change() -> None:
    """They are in databases and file names; another value would orphan them."""
    assert KEY.id == "b4a95048a7ff899d7dd08caa3daaf641"
    assert resource_id(KEY.id, "file/1") == "8b9113f777fcdb9f185d9b85d78996eb"


def test_every_part_of_the_key_counts() -> None:
    others = [msgspec.structs.replace(KEY, **{name: "other"}) for name in KEY.__struct_fields__]
    assert len({key.id for key in (KEY, *others)}) == len(KEY.__struct_fields__) + 1


@given(keys)
def test_an_id_is_32_hexadecimal_digits(key: CollectionKey) -> None:
    assert len(key.id) == 32
    assert set(key.id) <= set("0123456789abcdef")


@given(TEXT, TEXT, TEXT, TEXT)
def test_parts_do_not_run_together(one: str, two: str, three: str, four: str) -> None:
    left, right = CollectionKey("h", "e", one, two), CollectionKey("h", "e", three, four)
    if not any("\0" in part for part in (one, two, three, four)):
        assert (left.id == right.id) == (left == right)


def test_text_that_is_no_utf8_has_an_id() -> None:
    assert CollectionKey("direct", "", "list", "caf\udce9").id != CollectionKey("direct", "", "list", "caf\udcea").id
    assert resource_id("c", "\udce9") != resource_id("c", "\udcea")


def test_a_tag_is_eight_digits_of_the_id() -> None:
    resource = Resource(id="0123456789abcdef", collection="c", key="k", name="n", path="n")
    assert resource.tag == "01234567"


def test_nothing_adds_up_to_nothing() -> None:
    summary = summarise([])
    assert (summary.resources, summary.bytes, summary.received) == (0, 0, 0)
    assert not summary.is_complete
    assert not summary.is_active
    assert not summary.has_failures


def test_adding_up() -> None:
    summary = summarise(
        [
            child(State.DOWNLOADED, 1000, 10),
            child(State.DOWNLOADED, None, 0, file_size=500),
            child(State.DOWNLOADING, 1000, 300),
            child(State.DOWNLOADING, 1000, 3000),
            child(State.DOWNLOADING, None, 70),
            child(State.BLOCKED, 2000),
        ]
    )
    assert summary.states == {State.DOWNLOADED: 2, State.DOWNLOADING: 3, State.BLOCKED: 1}
    assert summary.resources == 6
    assert summary.bytes == 1000 + 500 + 1000 + 1000 + 0 + 2000
    assert summary.received == 1000 + 500 + 300 + 1000 + 70 + 0
    assert [summary.count(tab) for tab in Tab] == [1, 3, 2, 0, 6]
    assert summary.is_active
    assert not summary.is_complete


@pytest.mark.parametrize("state", State)
def test_what_one_child_makes_of_its_collection(state: State) -> None:
    summary = summarise([child(state), child(State.DOWNLOADED)])
    assert summary.is_active is state.is_unfinished
    assert summary.is_complete is (state is State.DOWNLOADED)
    assert summary.has_failures is (state in (State.FAILED, State.GONE, State.QUARANTINED))


@settings(max_examples=25)
@given(st.lists(snapshots, max_size=6))
def test_tabs_partition_the_children(children: list[ResourceSnapshot]) -> None:
    summary = summarise(children)
    for tab in Tab:
        assert summary.count(tab) == sum(each.tab is tab or tab is Tab.ALL for each in children)
    assert sum(summary.states.values()) == summary.resources == len(children)


def test_snapshots_are_known_by_what_they_show() -> None:
    collection = Collection(id=KEY.id, key=KEY, title="t")
    assert collection.hub == "civitai"
    assert CollectionSnapshot(collection=collection, summary=summarise([])).id == KEY.id
    assert child(State.GONE).id == "i"
    assert child(State.GONE).tab is Tab.FAILED
    assert child(State.GONE).resource.checksum is None
