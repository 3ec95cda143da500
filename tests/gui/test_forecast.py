from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from stabilitydl.domain.states import State
from stabilitydl.errors import FlaggedFile, RepositoryRenamed
from stabilitydl.gui.forecast import forecast_listed, forecast_locators, measure
from stabilitydl.hubs.protocol import Destination
from tests.engine.harness import Harness
from tests.fakes.hub import pack
from tests.fakes.transfer import FakeFetch


@pytest.mark.anyio
async def test_locators_become_children_with_their_room(tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    async with Harness(tmp_path) as h:
        h.hub.packs["Pack"] = pack(folder, "a.bin", "b.bin")
        folder.mkdir()
        (folder / "b.bin").write_bytes(FakeFetch.content("b.bin"))
        made = await forecast_locators(h.engine, ["fake:Pack", "fake:Nothing", "fake:Pack"], Destination(tmp_path))
        assert await h.engine.collections() == []
    assert [expansion.collection.title for expansion in made.expansions] == ["Pack"]
    assert [(each.row.resource.name, each.is_here) for each in made.children] == [("a.bin", False), ("b.bin", True)]
    assert [problem.code for problem in made.problems] == ["not-found"]
    assert [volume.path for volume in made.volumes] == [folder]
    assert made.volumes[0].free > 0


@pytest.mark.anyio
async def test_only_what_a_locator_means_is_planned(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        whole = pack(tmp_path / "pack", "a.bin", "b.bin", "c.bin")
        h.hub.packs["Pack"] = replace(whole, selected=frozenset({whole.resources[1].id}))
        made = await forecast_locators(h.engine, ["fake:Pack"], Destination(tmp_path))
    assert [each.row.resource.name for each in made.children] == ["b.bin"]
    assert len(made.expansions[0].resources) == 3


@pytest.mark.anyio
async def test_what_a_hub_warns_of_is_told_except_of_single_files(tmp_path: Path) -> None:
    warnings = (
        RepositoryRenamed(page="old/pack", name="Pack").problem,
        FlaggedFile(hub="fake", scan="pickle scan", name="a.bin").problem,
    )
    async with Harness(tmp_path) as h:
        whole = pack(tmp_path / "pack", "a.bin")
        owned = msgspec.structs.replace(whole.collection, creator="\u0430pple")
        h.hub.packs["Pack"] = replace(whole, collection=owned, warnings=warnings)
        made = await forecast_locators(h.engine, ["fake:Pack"], Destination(tmp_path))
    assert [problem.code for problem in made.problems] == ["look-alike-name", "repository-renamed"]
    assert warnings[1] in made.expansions[0].warnings


@pytest.mark.anyio
async def test_children_on_the_list_are_planned_again(tmp_path: Path) -> None:
    async with Harness(tmp_path) as h:
        one, other = pack(tmp_path / "1", "a.bin", "b.bin", title="One"), pack(tmp_path / "2", "c.bin", title="Two")
        ids = await h.add(one, other)
        await h.engine.enqueue(ids[:1])
        await h.engine.wait_settled(ids[:1])
        made = await forecast_listed(h.engine, [ids[0], ids[2]])
    assert [(each.row.resource.name, each.row.state) for each in made.children] == [
        ("a.bin", State.DOWNLOADED),
        ("c.bin", State.MISSING),
    ]
    assert len(made.expansions) == 2
    assert sum(len(volume.folders) for volume in made.volumes) == 2


def test_folders_on_one_volume_are_one_volume(tmp_path: Path) -> None:
    one, other = tmp_path / "models" / "a", tmp_path / "models" / "b" / "c"
    (volume,) = measure({one, other})
    assert volume.path == tmp_path / "models"
    assert volume.folders == {one, other}
    assert measure(set()) == ()
