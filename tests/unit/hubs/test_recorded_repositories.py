"""Recorded answers of repository hubs, from the folder that STABILITYDL_HUB_FIXTURES names; skipped without it.

The recordings belong to others and are no part of the project. The facts asserted here were counted in them. Where
only the metadata of a repository was recorded, its tree is written here in the shape of the recorded trees.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from stabilitydl.hubs.huggingface import HuggingFace
from stabilitydl.hubs.huggingface_shapes import read_entries, read_info
from stabilitydl.hubs.modelscope import ModelScope
from stabilitydl.hubs.modelscope_shapes import read_envelope, read_organization
from stabilitydl.hubs.protocol import Destination, Expansion
from stabilitydl.hubs.wire import Node, parse_nodes
from tests.fakes.canned import Canned, CannedClient

from .hasty import HastyClock
from .mutations import Mutant, mutants, survey
from .recorded import FOLDER, need_recordings, tree_of

need_recordings()

SDXL = "model-info-blobs-stabilityai-sdxl-turbo.json"
PIPER = "model-info-rhasspy-piper-voices-3151-siblings.json"


def recorded(name: str) -> bytes:
    return (Path(FOLDER) / name).read_bytes()


async def expand(text: str, info: bytes, tree: bytes) -> Expansion:
    hub = HuggingFace(clock=HastyClock())
    locator = hub.recognise(text)
    assert locator is not None
    client = CannedClient(lambda path: Canned(tree if "/tree/" in path else info)).client
    return await hub.expand(locator, Destination(Path("/models")), client)


@pytest.mark.parametrize(
    ("name", "files", "large", "size"),
    [
        ("tree-omnitry-loras.json", 5, 3, 860_915_566),
        ("tree-qwen2.5-0.5b-litert.json", 9, 6, 7_567_680_130),
        ("tree-dataset-folder-with-spaces.json", 1, 1, 352_071),
    ],
)
@pytest.mark.anyio
async def test_recorded_trees(name: str, files: int, large: int, size: int) -> None:
    body = recorded(f"huggingface/{name}")
    found, problems = read_entries(parse_nodes(body, "huggingface"), "huggingface", 1)
    assert problems == []
    assert Counter(file.checksum.algorithm.value for file in found if file.checksum) == {
        name: count for name, count in (("sha256", large), ("git-sha1", files - large)) if count
    }
    assert sum(file.size or 0 for file in found) == size
    expansion = await expand("org/pack", json.dumps({"id": "org/pack", "sha": "0" * 40}).encode(), body)
    assert (len(expansion.resources), expansion.problems) == (files, ())
    assert not any(child.blocked for child in expansion.resources)


@pytest.mark.anyio
async def test_metadata_with_sizes_and_digests() -> None:
    info = json.loads(recorded(f"huggingface/{SDXL}"))
    expansion = await expand("stabilityai/sdxl-turbo", json.dumps(info).encode(), tree_of(info["siblings"]))
    assert (len(expansion.resources), expansion.problems, expansion.warnings) == (39, (), ())
    assert expansion.collection.commit == "f4b0486b498f84668e828044de1d0c8ba486e05b"
    assert expansion.collection.type == "Diffusers"
    by_path = {child.path: child for child in expansion.resources}
    for sibling in info["siblings"]:
        child = by_path[sibling["rfilename"]]
        assert child.size == sibling["size"]
        expected = f"sha256:{sibling['lfs']['sha256']}" if "lfs" in sibling else f"git-sha1:{sibling['blobId']}"
        assert str(child.checksum) == expected


@pytest.mark.anyio
async def test_a_repository_of_3151_files() -> None:
    info = json.loads(recorded(f"huggingface/{PIPER}"))
    body = recorded(f"huggingface/{PIPER}")
    assert read_info(Node(info), "model").commit == "6249c8a9178e606f0de19227d5426e5dfaf9fc9e"
    expansion = await expand("rhasspy/piper-voices", body, tree_of(info["siblings"]))
    assert len(expansion.resources) == len({child.id for child in expansion.resources}) == 3151
    blocked = {child.path: child.blocked.code for child in expansion.resources if child.blocked}
    assert set(blocked.values()) == {"dangerous-file-type"}
    assert set(blocked) == {path for path in blocked if path.endswith((".py", ".sh"))}


@pytest.mark.parametrize(
    ("name", "count"),
    [("tree-omnitry-loras", 200), ("tree-qwen2.5-0.5b-litert", 200), (SDXL.removesuffix(".json"), 100)],
)
@pytest.mark.anyio
async def test_recorded_answers_that_were_changed(name: str, count: int) -> None:
    document = json.loads(recorded(f"huggingface/{name}.json"))
    info = json.dumps({"id": "org/pack", "sha": "0" * 40}).encode()

    async def ask(mutant: Mutant) -> Expansion:
        if isinstance(document, list):
            return await expand("org/pack", info, mutant.data)
        return await expand("stabilityai/sdxl-turbo", mutant.data, tree_of(document["siblings"]))

    result = await survey(ask, mutants(document, seed=12, count=count))
    assert (result.total, result.share >= 0.6) == (count, True), result.codes


def test_an_organisation_of_modelscope() -> None:
    envelope = read_envelope(recorded("modelscope/organization-brief-deepseek-ai.json"), "modelscope")
    name, avatar = read_organization(envelope.data)
    assert (envelope.code, name) == (200, "deepseek")
    assert avatar == "https://resouces.modelscope.cn/avatar/6c8d6d52-b760-4538-9b32-35dd5ebecc68.jpg"


@pytest.mark.anyio
async def test_the_avatar_of_an_organisation_through_the_whole_hub() -> None:
    def answer(path: str) -> Canned:
        if "/organizations/" in path:
            assert path == "/api/v1/organizations/deepseek-ai/brief"
            return Canned(recorded("modelscope/organization-brief-deepseek-ai.json"))
        return Canned(b'{"Code":200,"Data":{"Files":[]}}' if "/repo/" in path else b'{"Code":200,"Data":{}}')

    hub = ModelScope(clock=HastyClock())
    locator = hub.recognise("https://modelscope.cn/models/deepseek-ai/DeepSeek-V3")
    assert locator is not None
    expansion = await hub.expand(locator, Destination(Path("/models")), CannedClient(answer).client)
    assert (expansion.collection.creator, expansion.collection.avatar[-4:]) == ("deepseek", ".jpg")
