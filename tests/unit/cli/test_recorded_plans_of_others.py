"""``plan`` on recorded answers of repository hubs, releases, databases and documents: every child with its size and
its hashes, told apart by what it is, and those that are held back with the reason.

The recordings belong to others and are no part of the project. Where only a part of what a hub answers was recorded,
the rest is written here in its shape.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stabilitydl.domain.resource import resource_id
from stabilitydl.hubs import standard
from stabilitydl.hubs.github import GitHub
from stabilitydl.hubs.openmodeldb import OpenModelDB
from tests.fakes.origin import Exchange, Origin
from tests.unit.cli.conftest import Run
from tests.unit.hubs.recorded import FOLDER, need_recordings, recorded, tree_of

need_recordings()

SDXL = "model-info-blobs-stabilityai-sdxl-turbo"
PIPER = "model-info-rhasspy-piper-voices-3151-siblings"
BARE = {"id": "org/pack", "sha": "0" * 40}

Told = tuple[str, int | None, dict[str, str]]
"""Name, bytes and checksums of one child."""


class Hub(Origin):
    """Answers in JSON by the longest word in ``answers`` that a path holds."""

    def __init__(self) -> None:
        super().__init__(self._give)
        self.answers: dict[str, bytes] = {}

    def _give(self, exchange: Exchange) -> None:
        words = [word for word in self.answers if word in exchange.request.path]
        body = self.answers[max(words, key=len)] if words else b'{"error": "no such page"}'
        exchange.answer(200 if words else 404, {"Content-Type": "application/json"}, body)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with Hub() as made:
        for name in ("HF_ENDPOINT", "MODELSCOPE_ENDPOINT"):
            monkeypatch.setenv(name, made.url(""))
        monkeypatch.setattr(standard, "GitHub", functools.partial(GitHub, api=made.url("")))
        monkeypatch.setattr(standard, "OpenModelDB", functools.partial(OpenModelDB, site=made.url("")))
        yield made


def planned(run: Run, text: object) -> tuple[Any, list[str]]:
    """The collection of a plan, whose children have ids of their own, and the codes of what is wrong with it."""
    plan = run("plan", text, "--json").object
    (collection,) = plan["collections"]
    assert len({child["id"] for child in collection["resources"]}) == len(collection["resources"])
    for child in collection["resources"]:
        assert child["blocked"] is None or child["blocked"]["message"]
    return collection, [error["code"] for error in plan["errors"]]


def told(collection: Any) -> dict[str, Told]:
    """What a plan says of each child, by its id."""
    return {child["id"]: (child["name"], child["bytes"], child["checksums"]) for child in collection["resources"]}


def blocked(collection: Any) -> dict[str, str]:
    """Why children are held back, by their names."""
    return {child["name"]: child["blocked"]["code"] for child in collection["resources"] if child["blocked"]}


def files_of(collection: Any, tree: Any) -> dict[str, Told]:
    """What the tree of a repository says of each of its files: git's own digest, or SHA-256 of those in LFS."""
    found = {}
    for entry in tree:
        if entry["type"] == "file":
            large = entry.get("lfs")
            name, digits = ("sha256", large["oid"]) if large else ("git-sha1", entry["oid"])
            key = f"{entry['path']}\n{name}:{digits}"
            child = (entry["path"].rpartition("/")[2], entry["size"], {name: digits})
            found[resource_id(collection["id"], key)] = child
    return found


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        ("tree-omnitry-loras", "org/pack", 5),
        ("tree-qwen2.5-0.5b-litert", "org/pack", 9),
        ("tree-dataset-folder-with-spaces", "datasets/org/pack", 1),
    ],
)
def test_a_tree_of_hugging_face(run: Run, hub: Hub, name: str, text: str, count: int) -> None:
    tree = recorded(f"huggingface/{name}.json")
    hub.answers = {"/api/": json.dumps(BARE).encode(), "/tree/": json.dumps(tree).encode()}
    collection, problems = planned(run, f"https://huggingface.co/{text}")
    assert told(collection) == files_of(collection, tree)
    assert (len(collection["resources"]), problems, blocked(collection)) == (count, [], {})


@pytest.mark.parametrize(("name", "count"), [(SDXL, 39), (PIPER, 3151)])
def test_a_repository_of_hugging_face(run: Run, hub: Hub, name: str, count: int) -> None:
    info = recorded(f"huggingface/{name}.json")
    tree = tree_of(info["siblings"])
    hub.answers = {"/api/": json.dumps(info).encode(), "/tree/": tree}
    collection, problems = planned(run, f"https://huggingface.co/{info['id']}")
    assert told(collection) == files_of(collection, json.loads(tree))
    assert (len(collection["resources"]), problems) == (count, [])
    names = [sibling["rfilename"].rpartition("/")[2] for sibling in info["siblings"]]
    programs = [each for each in names if each.endswith((".py", ".sh"))]
    assert blocked(collection) == dict.fromkeys(programs, "dangerous-file-type")
    assert sum(child["blocked"] is not None for child in collection["resources"]) == len(programs)


@pytest.mark.parametrize("gated", ["auto", "manual"])
def test_a_gated_repository_is_listed_with_the_reason(run: Run, hub: Hub, gated: str) -> None:
    info = {**recorded(f"huggingface/{SDXL}.json"), "gated": gated}
    hub.answers = {"/api/": json.dumps(info).encode(), "/tree/": tree_of(info["siblings"])}
    collection, problems = planned(run, "https://huggingface.co/stabilityai/sdxl-turbo")
    assert (len(collection["resources"]), problems) == (39, [])
    assert {child["blocked"]["code"] for child in collection["resources"]} == {"gated"}


def test_a_model_of_an_organisation_of_modelscope(run: Run, hub: Hub) -> None:
    brief = recorded("modelscope/organization-brief-deepseek-ai.json")
    entries = [
        {"Path": path, "Name": path.rpartition("/")[2], "Type": "blob", "Size": size, "Sha256": f"{size:064x}"}
        for path, size in (("config.json", 700), ("a/model.safetensors", 2**40 + 1), ("b/model.safetensors", 9))
    ]
    commit = "f4b0486b498f84668e828044de1d0c8ba486e05b"
    listed = {"Files": [{"Path": "a", "Type": "tree"}, *entries], "LatestCommitter": {"Id": commit}}
    hub.answers = {
        "/api/v1/models/": json.dumps({"Code": 200, "Data": {"Name": "DeepSeek-V3"}}).encode(),
        "/deepseek-ai/DeepSeek-V3/repo/files": json.dumps({"Code": 200, "Data": listed}).encode(),
        "/organizations/deepseek-ai/brief": json.dumps(brief).encode(),
    }
    collection, problems = planned(run, "https://modelscope.cn/models/deepseek-ai/DeepSeek-V3")
    assert told(collection) == {
        resource_id(collection["id"], f"{entry['Path']}\nsha256:{entry['Sha256']}"): (
            entry["Name"],
            entry["Size"],
            {"sha256": entry["Sha256"]},
        )
        for entry in entries
    }
    assert (problems, blocked(collection)) == ([], {})
    assert [request.path for request in hub.requests][-1] == "/api/v1/organizations/deepseek-ai/brief"


def of_release(collection: Any, release: Any) -> dict[str, Told]:
    """What a release says of each of its files."""
    found = {}
    for asset in release["assets"]:
        digest = asset.get("digest") or ""
        key = f"{release['tag_name']}/{asset['name']}\n{digest or asset['id']}"
        checksums = {"sha256": digest.removeprefix("sha256:")} if digest else {}
        found[resource_id(collection["id"], key)] = (asset["name"], asset["size"], checksums)
    return found


@pytest.mark.parametrize(
    ("name", "count", "digests", "given"),
    [
        ("release-with-digest-brat-2.2.0", 3, 3, ["manifest.json", "styles.css"]),
        ("release-without-digest-app-rhyme-1.0.9", 10, 0, ["AppRhyme-release-ios-unknown-1.0.9.ipa"]),
    ],
)
def test_a_release(run: Run, hub: Hub, name: str, count: int, digests: int, given: list[str]) -> None:
    release = recorded(f"github/{name}.json")
    hub.answers = {"/releases": json.dumps([release]).encode()}
    collection, problems = planned(run, f"github:owner/name@{release['tag_name']}")
    assert told(collection) == of_release(collection, release)
    assert (len(collection["resources"]), problems) == (count, [])
    assert sum(bool(child["checksums"]) for child in collection["resources"]) == digests
    programs = {asset["name"] for asset in release["assets"]} - set(given)
    assert blocked(collection) == dict.fromkeys(programs, "dangerous-file-type")


def test_a_release_that_is_on_no_page(run: Run, hub: Hub) -> None:
    exchange = recorded("github/release-assets-recorded-exchange.json")
    given = {entry["path"]: entry["response"] for entry in exchange if entry["method"] == "get"}
    root = "/repos/octokit-fixture-org/release-assets/releases"
    release = given[f"{root}/tags/v1.0.0"]
    assets = given[f"{root}/1000/assets"]
    assert (len(release["assets"]), len(assets)) == (0, 1)
    for listed in ([], assets):
        release["assets"] = listed
        hub.answers = {"/releases": b"[]", "/releases/tags/v1.0.0": json.dumps(release).encode()}
        collection, problems = planned(run, "github:octokit-fixture-org/release-assets@v1.0.0")
        assert told(collection) == of_release(collection, release)
        assert problems == ([] if listed else ["nothing-matched"])


def of_upscalers(collection: Any, models: dict[str, Any]) -> dict[str, tuple[int, dict[str, str]]]:
    """What the database says of each file of some models."""
    return {
        resource_id(collection["id"], f"{name}\nsha256:{entry['sha256']}"): (entry["size"], {"sha256": entry["sha256"]})
        for name, model in models.items()
        for entry in model["resources"]
    }


def test_models_of_openmodeldb_and_collections_of_them(run: Run, hub: Hub) -> None:
    names = {"4x-UltraSharp": 1, "2x-GameUp-TSCUNet": 4, "1x-BleedOut-Compact": 1}
    models = {name: recorded(f"openmodeldb/{name}.json") for name in names}
    collections = recorded("openmodeldb/collections.json")
    hub.answers = {"/models.json": json.dumps(models).encode(), "/collections.json": json.dumps(collections).encode()}
    for name, count in names.items():
        collection, problems = planned(run, f"https://openmodeldb.info/models/{name}")
        sizes = {identity: child[1:] for identity, child in told(collection).items()}
        assert sizes == of_upscalers(collection, {name: models[name]})
        assert (len(sizes), problems) == (count, [])
        assert bool(blocked(collection)) == (name == "4x-UltraSharp")
    collection, _ = planned(run, "openmodeldb:4x-UltraSharp")
    assert blocked(collection) == {"4x-UltraSharp.pth": "browser-only"}
    assert "mega.nz" in collection["resources"][0]["blocked"]["message"]
    assert len(collections) == 10
    for name, about in collections.items():
        here = {each: models[each] for each in about["models"] if each in models}
        collection, problems = planned(run, f"https://openmodeldb.info/collections/{name}")
        sizes = {identity: child[1:] for identity, child in told(collection).items()}
        assert (collection["title"], sizes) == (about["name"], of_upscalers(collection, here))
        assert problems == ["hub-answer-unreadable"] * (len(about["models"]) - len(here)), "of models not recorded"


@pytest.mark.parametrize(
    ("name", "children", "problems", "held_back"),
    [
        (
            "libreoffice-3.5.4-win.meta4",
            {"LibO_3.5.4_Win_x86_install_multi.msi": 211689472},
            [],
            {"LibO_3.5.4_Win_x86_install_multi.msi": "dangerous-file-type"},
        ),
        ("ubuntu-12.04-server-v3.metalink", {"ubuntu-12.04-server-amd64.iso": 717533184}, [], {}),
        ("aria2-metalink4.xml", {"example.ext": 786430}, [], {}),
        (
            "libmetalink-edge-cases-v4.xml",
            {
                "libmetalink-0.0.1.tar.bz2": None,
                "libmetalink-0.0.2a.tar.bz2": 4294967296,
                "NoVerificationHash": None,
                "badpri": None,
            },
            ["list-entry-unusable"] * 2,
            {"NoVerificationHash": "no-web-source"},
        ),
        ("aria2-metalink4-dosdirtraversal.xml", {}, ["list-entry-unusable"] * 3, {}),
    ],
)
def test_a_metalink(
    run: Run,
    tmp_path: Path,
    name: str,
    children: dict[str, int | None],
    problems: list[str],
    held_back: dict[str, str],
) -> None:
    text = (Path(FOLDER) / "metalink" / name).read_text(encoding="utf-8")
    document = tmp_path / f"{name.partition('.')[0]}.meta4"
    document.write_text(text, encoding="utf-8")
    collection, said = planned(run, document)
    assert {child["name"]: child["bytes"] for child in collection["resources"]} == children
    assert (said, blocked(collection)) == (problems, held_back)
    whole = re.sub(r"<pieces.*?</pieces>", "", text, flags=re.DOTALL)
    for child in collection["resources"]:
        (entry,) = re.findall(rf'<file name="{re.escape(child["name"])}">(.*?)</file>', whole, re.DOTALL)
        written = dict(re.findall(r'<hash type="([\w-]+)">\s*([0-9a-f]{32,64})\s*</hash>', entry))
        names = {"sha-1": "sha1", "sha-256": "sha256"}
        good = {names.get(key, key): digits for key, digits in written.items() if len(digits) in (32, 40, 64)}
        assert child["checksums"] == good


@pytest.mark.parametrize(
    ("name", "count"), [("krita-ai-diffusion-models.json", 71), ("comfyui-manager-model-list.json", 557)]
)
def test_a_list_of_another_program(run: Run, name: str, count: int) -> None:
    collection, _ = planned(run, Path(FOLDER) / "collections" / name)
    assert len(collection["resources"]) == count
    digests = {child["checksums"].get("sha256") for child in collection["resources"]} - {None}
    text = (Path(FOLDER) / "collections" / name).read_text(encoding="utf-8")
    assert digests == set(re.findall(r'"sha256": "([0-9a-f]{64})"', text))
