"""``plan`` on recorded answers of the real hub, from the folder that STABILITYDL_HUB_FIXTURES names.

The recordings belong to others and are no part of the project. The numbers were counted in them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stabilitydl.domain.resource import resource_id
from tests.fakes.origin import Exchange
from tests.unit.cli.conftest import Run
from tests.unit.hubs.pages import CivitaiOrigin
from tests.unit.hubs.recorded import FOLDER, need_recordings
from tests.unit.hubs.recorded import recorded as recording

need_recordings()

FILES_OF_ONE_ADDRESS = "model-34801-two-files-one-download-url.json"
SEARCH = "models-search-page1-and-model-1102.json"
# How many children a page has, counted by hand.
COUNTED = {
    "model-20237-lora-pack-100-versions.json": 101,
    "model-4384-checkpoint-26-versions-50-files.json": 50,
    FILES_OF_ONE_ADDRESS: 6,
    "model-4717-duplicate-file-names.json": 9,
    "model-1619-pickle-scan-danger.json": 2,
    "model-66093-early-access-no-avatar.json": 1,
    "model-99832-archived-without-files.json": 0,
    "model-215485.json": 4,
    "model-1102-recorded-2023.json": 4,
    SEARCH: 5,
}


def recorded(name: str) -> Any:
    return recording(f"civitai/{name}")


def answers() -> Iterator[tuple[str, Any]]:
    """Every recorded answer about a model, some about the same one, and what it is called here."""
    for path in sorted((Path(FOLDER) / "civitai").glob("model-[0-9]*.json")):
        yield path.name, recorded(path.name)
    search = recorded(SEARCH)
    yield SEARCH, search["model_get_1102"]
    for answer in search["models_list_page1"]["items"]:
        yield f"{answer['id']} of the list", answer


@pytest.fixture
def origin(monkeypatch: pytest.MonkeyPatch) -> Iterator[CivitaiOrigin]:
    with CivitaiOrigin() as server:
        monkeypatch.setenv("CIVITAI_ENDPOINT", server.url(""))
        for _, answer in answers():
            server.give_model(answer)
        yield server


Told = tuple[str, str, int | None, dict[str, str]]
"""Name, version, bytes and checksums of one child."""


def told(collection: Any) -> dict[str, Told]:
    """What a plan says of each child, by its id."""
    return {
        child["id"]: (child["name"], child["version"], child["bytes"], child["checksums"])
        for child in collection["resources"]
    }


def expected(collection: Any, answer: Any) -> dict[str, Told]:
    """What the recorded answer says of each of its files."""
    return {
        resource_id(collection["id"], f"file:{entry['id']}"): (
            entry["name"],
            " ".join(version["name"].split()),
            round(entry["sizeKB"] * 1024),
            digests(entry["hashes"]),
        )
        for version in answer["modelVersions"]
        for entry in version.get("files") or []
    }


def digests(hashes: dict[str, str]) -> dict[str, str]:
    """The hashes of a file as they are compared: of AutoV3 its beginning, CRC32 with its bytes turned around."""
    lower = {name.lower(): digits.lower() for name, digits in hashes.items() if name != "SHA256_12"}
    lower |= {"autov3": lower["autov3"][:12]} if "autov3" in lower else {}
    return lower | {"crc32": bytes.fromhex(lower["crc32"])[::-1].hex()}


def test_every_page_is_one_collection_with_all_its_files(run: Run, origin: CivitaiOrigin) -> None:
    counted = {}
    for name, answer in answers():
        origin.give_model(answer)
        said = run("plan", f"https://civitai.com/models/{answer['id']}", "--json")
        plan = said.object
        (collection,) = plan["collections"]
        children = told(collection)
        assert children == expected(collection, answer), name
        assert len(children) == len(collection["resources"])
        assert not any(child["blocked"] for child in collection["resources"])
        if children:
            assert (said.code, plan["errors"]) == (0, [])
        counted[name] = len(children)
    assert {name: counted[name] for name in COUNTED} == COUNTED
    assert sum(counted.values()) > 300


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
    addresses = [
        entry["downloadUrl"] for one in recorded(FILES_OF_ONE_ADDRESS)["modelVersions"] for entry in one["files"]
    ]
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


@pytest.mark.parametrize("name", ["model-version-242807.json", "model-version-128078-2026-trimmed.json"])
def test_versions_lead_to_their_models(run: Run, origin: CivitaiOrigin, name: str) -> None:
    answer = recorded(name)
    page = {"id": answer["modelId"], "name": "Model", "type": "Checkpoint", "modelVersions": [answer]}
    if page["id"] not in {known["id"] for _, known in answers()}:
        origin.give_model(page)  # its own page was not recorded
    origin.give(f"/api/v1/model-versions/{answer['id']}", answer)
    plan = run("plan", f"https://civitai.com/model-versions/{answer['id']}", "--json").object
    (collection,) = plan["collections"]
    assert told(collection) == expected(collection, page)
    assert len(collection["resources"]) == 1
    assert plan["errors"] == []
    digest = answer["files"][0]["hashes"]["AutoV2"].lower()
    origin.give(f"/api/v1/model-versions/by-hash/{digest}", answer)
    found = run("plan", f"civitai:autov2:{digest}", "--json").object
    assert told(found["collections"][0]) == told(collection)


def test_several_digests_are_asked_for_at_once(run: Run, origin: CivitaiOrigin) -> None:
    pages = [recorded("model-215485.json"), recorded("model-4384-checkpoint-26-versions-50-files.json")]
    files = [(page, page["modelVersions"][-1], page["modelVersions"][-1]["files"][-1]) for page in pages]
    places = [
        {"modelId": page["id"], "modelVersionId": version["id"], "hash": entry["hashes"]["SHA256"]}
        for page, version, entry in files
    ]
    for page in pages:
        origin.give_model(page)
    origin.give("/api/v1/model-versions/by-hash/ids", places)
    said = run("plan", f"civitai:sha256:{','.join(place['hash'] for place in places)}", "--json")
    assert (said.code, said.object["errors"]) == (0, [])
    (collection,) = said.object["collections"]
    listed = {"modelVersions": [{**version, "files": [entry]} for _, version, entry in files]}
    assert told(collection) == expected(collection, listed)
    assert len(collection["resources"]) == 2


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
    listed = [expected(collection, answer) for answer in first["items"]]
    assert told(collection) == {identity: child for one in listed for identity, child in one.items()}
    assert len(collection["resources"]) == 191
    assert plan["errors"] == []
    assert origin.times("/api/v1/models") == 2
