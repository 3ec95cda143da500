from dataclasses import replace
from pathlib import Path

from stabilitydl.errors import PageNotFound
from stabilitydl.hubs.merging import merged
from tests.fakes.hub import pack


def test_two_parts_of_one_collection_are_one(tmp_path: Path) -> None:
    whole = pack(tmp_path, "a.bin", "b.bin")
    first, second = (frozenset({resource.id}) for resource in whole.resources)
    problem = PageNotFound(hub="x", page="y").problem
    one = replace(whole, selected=first, problems=(problem,))
    (both,) = merged([one, replace(whole, selected=second, problems=(problem,), warnings=(problem,))])
    assert both.selected == first | second
    assert (both.problems, both.warnings) == ((problem,), (problem,))


def test_a_part_and_the_whole_are_the_whole(tmp_path: Path) -> None:
    whole = replace(pack(tmp_path, "a.bin", "b.bin"), is_whole=True)
    part = replace(whole, resources=whole.resources[:1], selected=frozenset({whole.resources[0].id}), is_whole=False)
    for both in (merged([part, whole]), merged([whole, part])):
        assert [(each.selected, each.is_whole, len(each.resources)) for each in both] == [(None, True, 2)]


def test_other_collections_stay_apart_and_in_order(tmp_path: Path) -> None:
    one, other = pack(tmp_path / "1", "a.bin", title="One"), pack(tmp_path / "2", "b.bin", title="Two")
    assert merged([other, one, other]) == [other, one]
