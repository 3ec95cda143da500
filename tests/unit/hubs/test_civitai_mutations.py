"""Thousands of wrong answers of Civitai: never a foreign exception, one bad file or version hides no other, and most of
them still give a collection. F11 to F14."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stabilitydl.disk.names import safe_path
from stabilitydl.hubs.civitai import Civitai
from stabilitydl.hubs.github import GitHub
from stabilitydl.hubs.openmodeldb import OpenModelDB
from stabilitydl.hubs.protocol import Destination, Expansion, Hub
from tests.fakes.canned import Canned, CannedClient

from .hasty import HastyClock
from .mutations import Mutant, Survey, garbled, mutants, survey
from .pages import file, model, version

pytestmark = pytest.mark.anyio

HERE = Destination(Path("/models"))
FOLDER = os.environ.get("STABILITYDL_HUB_FIXTURES", "")
# Access told in every way that the hub ever used.
TIMED = {
    "earlyAccessEndsAt": "2024-01-01T00:00:00Z",
    "earlyAccessConfig": {"timeframe": 3},
    "paidAccess": {"endsAt": "x"},
}
MODEL = model(
    7,
    [
        version(70, [file(1), file(2, type="VAE"), file(3, metadata={"quantType": "Q4_K_M"})], **TIMED),
        version(71, [file(4, pickleScanResult="Danger")], usageControl="Download", earlyAccessTimeFrame=5),
    ],
    mode=None,
    allowCommercialUse=["Image"],
    stats={"downloadCount": 5},
)
CREATOR = {
    "items": [MODEL, model(8, [version(80)])],
    "metadata": {"nextCursor": "2", "nextPage": "https://h/?cursor=2"},
}
LAST = {"items": [model(9, [version(90, [file(900)])])], "metadata": {}}
VERSION = {**version(70, [file(1)]), "modelId": 7, "model": {"name": "x", "type": "LORA"}, "air": "urn:air:x"}
RELEASES = [
    {
        "tag_name": f"v{number}",
        "name": "name",
        "draft": False,
        "assets": [
            {"id": n, "name": f"{n}.bin", "state": "uploaded", "size": n, "digest": "sha256:" + "0" * 64}
            for n in (1, 2)
        ],
    }
    for number in (1, 2)
]
MODELS = {
    "1x": {
        "name": "n",
        "author": ["a"],
        "architecture": "compact",
        "images": [{"LR": "https://h.test/x.png"}],
        "resources": [
            {"platform": "pytorch", "type": "pth", "size": 5, "sha256": "0" * 64, "urls": ["https://h.test/a.pth"]},
            {"platform": "onnx", "type": "onnx", "size": 6, "sha256": "1" * 64, "urls": ["https://h.test/a.onnx"]},
        ],
    }
}

Asked = Callable[[Mutant], Any]


def reader(hub: Hub, text: str, part: str, **good: Any) -> Asked:
    """Lets ``hub`` expand ``text``: the answer whose path holds ``part`` is the mutant, the others are ``good``."""
    locator = hub.recognise(text)
    assert locator is not None
    bodies = {name: json.dumps(answer).encode() for name, answer in good.items()}

    async def ask(mutant: Mutant) -> Expansion:
        def answer(path: str) -> Canned:
            if "cursor=" in path:
                return Canned(bodies["last"])
            return Canned(mutant.data if part in path else next(body for name, body in bodies.items() if name in path))

        return await hub.expand(locator, HERE, CannedClient(answer).client)

    return ask


CIVITAI = Civitai(clock=HastyClock())
READ_MODEL = reader(CIVITAI, "civitai:7", "/models/7")
READ_CREATOR = reader(CIVITAI, "civitai:user/maker", "/models?", last=LAST)
READ_VERSION = reader(CIVITAI, "https://civitai.com/model-versions/70", "/model-versions/", models=MODEL)
READ_DIGEST = reader(CIVITAI, "civitai:crc32:6C53EE01", "/by-hash/", models=MODEL)
READ_RELEASES = reader(GitHub(clock=HastyClock()), "github:owner/name", "/releases")
READ_UPSCALER = reader(OpenModelDB(clock=HastyClock()), "openmodeldb:1x", "models.json")


def look_at(mutant: Mutant, expansion: Expansion) -> None:
    """What holds for every collection, whatever it was made of."""
    assert len({child.id for child in expansion.resources}) == len(expansion.resources)
    for child in expansion.resources:
        assert child.path == safe_path(child.path), mutant.data
        assert child.size is None or 0 <= child.size <= 1 << 50
        assert all(len(checksum.digits) in (8, 10, 12, 40, 64) for checksum in child.checksums)
    for text in (expansion.collection.avatar, expansion.collection.preview):
        assert not text or text.startswith(("https://", "http://"))


async def still_lists(ask: Asked, document: Any, below: tuple[str | int, ...], expected: set[str], seed: int) -> None:
    """Change only one child, and see the others."""

    def check(mutant: Mutant, expansion: Expansion) -> None:
        look_at(mutant, expansion)
        assert expected <= {child.key.partition("\n")[0] for child in expansion.resources}, mutant.data

    result = await survey(ask, mutants(document, seed=seed, count=500, below=below), check)
    assert result.codes == {}


async def test_answers_of_civitai() -> None:
    total = await survey(READ_MODEL, mutants(MODEL, seed=1, count=2000), look_at)
    total += await survey(READ_CREATOR, mutants(CREATOR, seed=2, count=1000), look_at)
    assert total.total == 3000
    assert total.share >= 0.6, total.codes
    total = await survey(READ_VERSION, mutants(VERSION, seed=3, count=300), look_at)
    total += await survey(READ_DIGEST, mutants(VERSION, seed=4, count=300), look_at)
    assert total.share >= 0.6, total.codes


async def test_one_file_or_version_hides_no_other() -> None:
    await still_lists(READ_MODEL, MODEL, ("modelVersions", 0, "files", 1), {"file:1", "file:3", "file:4"}, seed=5)
    await still_lists(READ_MODEL, MODEL, ("modelVersions", 0), {"file:4"}, seed=6)
    await still_lists(READ_CREATOR, CREATOR, ("items", 0), {"file:800", "file:900"}, seed=7)


async def test_answers_of_github_and_openmodeldb() -> None:
    total = await survey(READ_RELEASES, mutants(RELEASES, seed=8, count=700), look_at)
    assert total.share >= 0.6, total.codes
    await still_lists(READ_RELEASES, RELEASES, (0, "assets", 0), {"v1/2.bin", "v2/1.bin", "v2/2.bin"}, seed=9)
    total = await survey(READ_UPSCALER, mutants(MODELS, seed=10, count=700), look_at)
    assert total.share >= 0.6, total.codes


async def test_garbled_answers() -> None:
    for ask, document in (
        (READ_MODEL, MODEL),
        (READ_CREATOR, CREATOR),
        (READ_RELEASES, RELEASES),
        (READ_UPSCALER, MODELS),
    ):
        await survey(ask, garbled(json.dumps(document).encode(), seed=11, count=200), look_at)


async def test_the_good_answers_give_everything() -> None:
    """Or else nothing above would mean much."""
    for ask, document, count in (
        (READ_MODEL, MODEL, 4),
        (READ_CREATOR, CREATOR, 6),
        (READ_VERSION, VERSION, 4),
        (READ_DIGEST, VERSION, 4),
        (READ_RELEASES, RELEASES, 4),
        (READ_UPSCALER, MODELS, 2),
    ):
        expansion = await ask(Mutant(json.dumps(document).encode(), ()))
        assert (len(expansion.resources), expansion.problems) == (count, ())
        assert all(child.checksum for child in expansion.resources)


@pytest.mark.skipif(not FOLDER, reason="STABILITYDL_HUB_FIXTURES names no folder of recorded answers")
async def test_recorded_pages() -> None:
    total = Survey()
    for path in sorted((Path(FOLDER) / "civitai").glob("model-[0-9]*.json")):
        page = json.loads(path.read_text(encoding="utf-8"))
        # The largest ones are read in tens of milliseconds each.
        page["modelVersions"] = page["modelVersions"][:6]
        ask = reader(CIVITAI, f"civitai:{page['id']}", f"/models/{page['id']}")
        total += await survey(ask, mutants(page, seed=12, count=150), look_at)
    assert total.total >= 1000
    assert total.share >= 0.6, total.codes
