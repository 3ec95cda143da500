"""``plan`` on recorded answers of the real hub, from the folder that STABILITYDL_HUB_FIXTURES names.

The recordings belong to others and are no part of the project. The numbers were counted in them.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.origin import Exchange
from tests.unit.cli.conftest import Run
from tests.unit.hubs.pages import CivitaiOrigin

FOLDER = Path(os.environ.get("STABILITYDL_HUB_FIXTURES", "")) / "civitai"
if not os.environ.get("STABILITYDL_HUB_FIXTURES"):
    pytest.skip("STABILITYDL_HUB_FIXTURES names no folder of recorded answers", allow_module_level=True)


def recorded(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def pages() -> dict[int, Any]:
    """Every recorded model by its number; of two recordings of one model a page of its own counts."""
    search = recorded("models-search-page1-and-model-1102.json")
    own = [search["model_get_1102"], *(recorded(path.name) for path in FOLDER.glob("model-[0-9]*.json"))]
    return {answer["id"]: answer for answer in [*search["models_list_page1"]["items"], *reversed(own)]}


@pytest.fixture
def origin(monkeypatch: pytest.MonkeyPatch) -> Iterator[CivitaiOrigin]:
    with CivitaiOrigin() as server:
        monkeypatch.setenv("CIVITAI_ENDPOINT", server.url(""))
        for answer in pages().values():
            server.give_model(answer)
        yield server


def bytes_of(answer: Any) -> Counter[int]:
    return Counter(
        round(entry["sizeKB"] * 1024) for version in answer["modelVersions"] for entry in version.get("files") or []
    )


def test_every_page_is_one_collection_with_all_its_files(run: Run, origin: CivitaiOrigin) -> None:
    counted = {}
    for number, answer in pages().items():
        said = run("plan", f"https://civitai.com/models/{number}", "--json")
        plan = said.object
        (collection,) = plan["collections"]
        children = collection["resources"]
        assert Counter(child["bytes"] for child in children) == bytes_of(answer), number
        assert len({child["id"] for child in children}) == len(children)
        for child in children:
            assert len(child["checksums"]["sha256"]) == 64
        if children:
            assert (said.code, plan["errors"]) == (0, [])
        counted[number] = len(children)
    assert sum(counted.values()) > 300
    assert {number: counted[number] for number in (20237, 4384, 34801, 4717, 1619, 66093, 99832, 215485)} == {
        20237: 101, 4384: 50, 34801: 6, 4717: 9, 1619: 2, 66093: 1, 99832: 0, 215485: 4,
    }  # fmt: skip


def test_an_archived_page_says_so(run: Run, origin: CivitaiOrigin) -> None:
    said = run("plan", "civitai:99832", "--json")
    assert [error["code"] for error in said.object["errors"]] == ["archived"]
    assert said.code == 1


def test_early_access_is_listed_as_blocked(run: Run, origin: CivitaiOrigin) -> None:
    answer = recorded("model-66093-early-access-no-avatar.json")
    answer["modelVersions"][0]["createdAt"] = "2999-01-01T00:00:00.000Z"
    answer["modelVersions"][0].pop("publishedAt", None)
    origin.give_model(answer)
    (child,) = run("plan", "civitai:66093", "--json").object["collections"][0]["resources"]
    assert child["blocked"]["code"] == "early-access"


def test_two_files_of_one_name_and_two_of_one_address_stay_two(run: Run, origin: CivitaiOrigin) -> None:
    children = run("plan", "civitai:4717", "--json").object["collections"][0]["resources"]
    assert max(Counter(child["name"] for child in children).values()) > 1
    assert len({child["id"] for child in children}) == 9
    addresses = [entry["downloadUrl"] for one in pages()[34801]["modelVersions"] for entry in one["files"]]
    assert max(Counter(addresses).values()) > 1
    children = run("plan", "civitai:34801", "--json").object["collections"][0]["resources"]
    assert len({child["id"] for child in children}) == 6


def test_a_version_selects_its_files(run: Run, origin: CivitaiOrigin) -> None:
    plan = run("plan", "https://civitai.com/models/20237?modelVersionId=34006", "--json").object
    assert len(plan["collections"][0]["resources"]) == 1


def test_filters_and_the_word_for_one_that_leaves_nothing(run: Run, origin: CivitaiOrigin) -> None:
    plan = run("plan", "civitai:4384", "--precision", "fp16", "--file-type", "pruned model", "--json").object
    names = [child["name"] for child in plan["collections"][0]["resources"]]
    assert names
    assert len(names) < 50
    said = run("plan", "civitai:20237", "--base-model", "flux*")
    assert said.code == 3
    assert "No file has the base model “flux*”; there are: SD 1.4 (79), SD 1.5 (14), SD 2.1 768 (8)." in said.err
    assert run("get", "civitai:20237", "--base-model", "flux*").code == 3
    assert (
        len(run("plan", "civitai:20237", "--version-id", "34006", "--json").object["collections"][0]["resources"]) == 1
    )


def test_versions_lead_to_their_models(run: Run, origin: CivitaiOrigin) -> None:
    answer = recorded("model-version-242807.json")
    origin.give("/api/v1/model-versions/242807", answer)
    plan = run("plan", "https://civitai.com/model-versions/242807", "--json").object
    (child,) = plan["collections"][0]["resources"]
    assert child["bytes"] == round(answer["files"][0]["sizeKB"] * 1024)
    assert plan["errors"] == []
    digest = answer["files"][0]["hashes"]["AutoV2"].lower()
    origin.give(f"/api/v1/model-versions/by-hash/{digest}", answer)
    found = run("plan", f"civitai:autov2:{digest}", "--json").object
    assert [one["id"] for one in found["collections"][0]["resources"]] == [child["id"]]


def test_a_page_of_a_list_as_the_models_of_a_creator(run: Run, origin: CivitaiOrigin) -> None:
    first = recorded("models-search-page1-and-model-1102.json")["models_list_page1"]
    cursor = first["metadata"]["nextCursor"]

    def step(exchange: Exchange) -> None:
        wanted = exchange.request.query.get("cursor", [""])[0]
        assert wanted in ("", str(cursor))
        exchange.answer(200, body=json.dumps({"items": [], "metadata": {}} if wanted else first).encode())

    origin.routes["/api/v1/models"] = step
    plan = run("plan", "https://civitai.com/user/somebody", "--json").object
    (collection,) = plan["collections"]
    assert len(collection["resources"]) == 191
    assert plan["errors"] == []
    assert origin.times("/api/v1/models") == 2
