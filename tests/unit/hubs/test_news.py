"""What is new in a collection that is known: versions, commits, releases, lines of a list."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from stabilitydl.domain.resource import Resource
from stabilitydl.errors import PageNotFound, RepositoryHidden
from stabilitydl.http.client import HttpClient
from stabilitydl.hubs.civitai import Civitai
from stabilitydl.hubs.direct import Direct
from stabilitydl.hubs.github import GitHub
from stabilitydl.hubs.huggingface import HuggingFace
from stabilitydl.hubs.metalink import Metalink
from stabilitydl.hubs.modelscope import ModelScope
from stabilitydl.hubs.openmodeldb import OpenModelDB
from stabilitydl.hubs.protocol import Expansion, Hub, News
from tests.fakes.huggingface import HuggingFaceOrigin
from tests.fakes.modelscope import ModelScopeOrigin
from tests.fakes.origin import FileOrigin
from tests.fakes.repository import FakeRepository

from .hasty import HastyClock
from .listing import expand
from .pages import CivitaiOrigin, file, model, version

pytestmark = pytest.mark.anyio

FOLDER = os.environ.get("STABILITYDL_HUB_FIXTURES", "")


async def newer(hub: Hub, before: Expansion, client: HttpClient) -> News:
    return await hub.newer(before.collection, before.resources, client)


def told(news: News) -> tuple[list[str], list[str], list[str]]:
    """The paths that are added, changed and gone."""

    def paths(children: tuple[Resource, ...]) -> list[str]:
        return [child.path for child in children]

    for old, new in news.changed:
        assert (old.path, old.id == new.id) == (new.path, False)
    return paths(news.added), paths(tuple(new for _, new in news.changed)), paths(news.gone)


async def test_a_newer_version_of_a_model(client: HttpClient) -> None:
    with CivitaiOrigin() as origin:
        hub = Civitai(endpoint=origin.url(""), clock=HastyClock())
        origin.give_model(model(versions=[version(71, [file(1), file(2)]), version(70)]))
        before = await expand(hub, "civitai:7@71", client)
        assert (await newer(hub, before, client)).is_empty
        origin.give_model(
            model(versions=[version(73), version(72), version(71, [file(1), file(9, name="pack-02.safetensors")])])
        )
        news = await newer(hub, before, client)
        assert news.versions == ("v73", "v72")
        assert [child.key for child in news.added] == ["file:730", "file:720"]
        assert told(news)[1:] == (["pack-02.safetensors"], ["pack-700.safetensors"])
        assert news.expansion is not None
        assert news.expansion.collection.id == before.collection.id


async def test_a_page_that_does_not_come_whole_has_lost_nothing(client: HttpClient) -> None:
    with CivitaiOrigin() as origin:
        hub = Civitai(endpoint=origin.url(""), clock=HastyClock())
        origin.give_model(model(versions=[version(71), version(70)]))
        before = await expand(hub, "civitai:7", client)
        origin.give_model(model(versions=[version(72), {"id": "x"}, version(70)]))
        news = await newer(hub, before, client)
        assert news.expansion is not None
        assert (told(news), news.expansion.is_whole) == ((["pack-720.safetensors"], [], []), False)


@pytest.mark.skipif(not FOLDER, reason="STABILITYDL_HUB_FIXTURES names no folder of recorded answers")
async def test_what_came_to_a_recorded_model_in_two_years(client: HttpClient) -> None:
    def recorded(name: str) -> Any:
        return json.loads((Path(FOLDER) / "civitai" / name).read_text(encoding="utf-8"))

    with CivitaiOrigin() as origin:
        hub = Civitai(endpoint=origin.url(""), clock=HastyClock())
        origin.give_model(recorded("model-1102-recorded-2023.json"))
        before = await expand(hub, "civitai:1102", client)
        later = recorded("models-search-page1-and-model-1102.json")["model_get_1102"]
        origin.give_model(later)
        news = await newer(hub, before, client)
        files = {f"file:{entry['id']}" for each in later["modelVersions"] for entry in each["files"]}
        assert {child.key for child in news.added} == files - {child.key for child in before.resources} != set()
        assert (news.versions, news.changed, news.gone) == ((), (), ())


@pytest.mark.skipif(not FOLDER, reason="STABILITYDL_HUB_FIXTURES names no folder of recorded answers")
async def test_the_newest_versions_of_a_recorded_pack(client: HttpClient) -> None:
    recorded = Path(FOLDER) / "civitai" / "model-20237-lora-pack-100-versions.json"
    later = json.loads(recorded.read_text(encoding="utf-8"))
    versions = later["modelVersions"]
    with CivitaiOrigin() as origin:
        hub = Civitai(endpoint=origin.url(""), clock=HastyClock())
        origin.give_model({**later, "modelVersions": versions[3:]})
        before = await expand(hub, "civitai:20237", client)
        origin.give_model(later)
        news = await newer(hub, before, client)
        assert news.versions == tuple(each["name"] for each in versions[:3])
        assert (len(before.resources) + len(news.added), news.changed, news.gone) == (101, (), ())


FILES = {"README.md": b"# old", "a/one.safetensors": b"1" * 300, "a/two.json": b"{}", "gone.txt": b"x"}


def repository(branch: str) -> FakeRepository:
    made = FakeRepository("org/pack", branch=branch)
    made.commit(FILES)
    return made


def change(made: FakeRepository) -> None:
    """A commit that changes one file, adds one and removes one."""
    sha = made.commit({"README.md": b"# new", "a/three.json": b"{}"})
    files = dict(made.commits[sha].files)
    del files["gone.txt"]
    made.commits[sha] = type(made.commits[sha])(sha, files)


CHANGED = (["a/three.json"], ["README.md"], ["gone.txt"])


async def test_a_revision_that_names_another_commit(client: HttpClient) -> None:
    with HuggingFaceOrigin() as origin:
        hub = HuggingFace(endpoint=origin.url(""), clock=HastyClock())
        made = origin.publish(repository("main"))
        pinned = await expand(hub, f"org/pack@{made.refs['main']}", client)
        before = await expand(hub, "org/pack", client)
        asked = len(origin.calls)
        assert await newer(hub, before, client) == News()
        assert len(origin.calls) == asked + 1, "the files of the same commit are not listed again"
        change(made)
        news = await newer(hub, before, client)
        assert (told(news), news.versions) == (CHANGED, ())
        assert news.expansion is not None
        assert news.expansion.collection.commit == made.refs["main"] != before.collection.commit
        assert (await newer(hub, pinned, client)).is_empty, "a commit does not change"
        origin.repositories.clear()
        with pytest.raises(RepositoryHidden):
            await newer(hub, before, client)


async def test_a_revision_of_modelscope(client: HttpClient) -> None:
    with ModelScopeOrigin() as origin:
        hub = ModelScope(endpoint=origin.url(""), clock=HastyClock())
        made = origin.publish(repository("master"))
        before = await expand(hub, "modelscope:org/pack", client)
        assert (await newer(hub, before, client)).is_empty
        change(made)
        assert told(await newer(hub, before, client)) == CHANGED


async def test_a_newer_release(origin: FileOrigin, client: HttpClient) -> None:
    def release(tag: str, *digits: str) -> dict[str, Any]:
        assets = [
            {"name": f"{n}.bin", "state": "uploaded", "size": 5, "digest": f"sha256:{digit * 64}"}
            for n, digit in enumerate(digits)
        ]
        return {"tag_name": tag, "name": f"Release {tag}", "assets": assets}

    def give(*releases: dict[str, Any]) -> None:
        body = json.dumps(releases).encode()
        origin.routes["/repos/owner/name/releases"] = lambda exchange: exchange.answer(200, {}, body)

    hub = GitHub(api=origin.url(""), clock=HastyClock())
    give(release("v1", "a", "b"))
    before = await expand(hub, "github:owner/name@v1", client)
    assert (await newer(hub, before, client)).is_empty
    give(release("v2", "a"), release("v1", "a", "c"))
    news = await newer(hub, before, client)
    assert news.versions == ("Release v2",)
    assert told(news) == (["v2/0.bin"], ["v1/1.bin"], [])
    del origin.routes["/repos/owner/name/releases"]
    with pytest.raises(PageNotFound):
        await newer(hub, before, client)


async def test_models_all_over_the_web(origin: FileOrigin, client: HttpClient) -> None:
    def give(*digits: str) -> None:
        entries = [
            {"type": "pth", "size": 4, "sha256": digit * 64, "urls": ["https://h.test/a.pth"]} for digit in digits
        ]
        body = json.dumps({"one": {"name": "One", "resources": entries}}).encode()
        origin.routes["/api/v1/models.json"] = lambda exchange: exchange.answer(200, {}, body)

    hub = OpenModelDB(site=origin.url(""), clock=HastyClock())
    give("a")
    before = await expand(hub, "openmodeldb:one", client)
    assert (await newer(hub, before, client)).is_empty
    give("b")
    assert told(await newer(hub, before, client)) == ([], ["a.pth"], [])


async def test_lines_of_lists(tmp_path: Path, client: HttpClient) -> None:
    digests = {name: digit * 64 for name, digit in (("a", "a"), ("b", "b"), ("c", "c"), ("n", "e"))}
    plain, sums, metalink = tmp_path / "list.txt", tmp_path / "sums.txt", tmp_path / "list.meta4"
    one = "https://h.test/one.bin"

    def write(a: str, *names: str) -> None:
        plain.write_text("".join(f"https://h.test/{n}.bin sha256:{digests[a if n == 'a' else n]}\n" for n in names))
        sums.write_text("".join(f"{digests[a if n == 'a' else n]}  {n}.bin\n" for n in names))
        files = (
            f'<file name="{n}.bin"><hash type="sha-256">{digests[a if n == "a" else n]}</hash>'
            f"<url>https://h.test/{n}.bin</url></file>"
            for n in names
        )
        metalink.write_text(f'<metalink xmlns="urn:ietf:params:xml:ns:metalink">{"".join(files)}</metalink>')

    write("a", "a", "b")
    hubs: list[tuple[Hub, str]] = [
        (Direct(), str(plain)),
        (Direct(), f"{sums}+https://h.test/"),
        (Metalink(), str(metalink)),
    ]
    befores = [await expand(hub, text, client) for hub, text in hubs]
    for (hub, _), before in zip(hubs, befores, strict=True):
        assert (await newer(hub, before, client)).is_empty
    write("n", "a", "c")
    for (hub, _), before in zip(hubs, befores, strict=True):
        assert told(await newer(hub, before, client)) == (["c.bin"], ["a.bin"], ["b.bin"])
    direct = Direct()
    assert await newer(direct, await expand(direct, one, client), client) == News()
