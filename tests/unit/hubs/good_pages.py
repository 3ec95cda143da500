"""Good answers of Civitai, GitHub and OpenModelDB, and readers that let a hub expand one that was
changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stabilitydl.hubs.civitai import Civitai
from stabilitydl.hubs.github import GitHub
from stabilitydl.hubs.openmodeldb import OpenModelDB
from stabilitydl.hubs.protocol import Destination, Expansion, Hub
from tests.fakes.canned import Canned, CannedClient

from .hasty import HastyClock
from .mutations import Mutant
from .pages import file, model, version

HERE = Destination(Path("/models"))
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
PLACES = [{"modelVersionId": 70, "modelId": 7, "hash": digest} for digest in ("6C53EE01", "39E1338C41")]
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
READ_DIGESTS = reader(CIVITAI, "civitai:hash:6C53EE01,39E1338C41", "/by-hash/", models=MODEL)
READ_RELEASES = reader(GitHub(clock=HastyClock()), "github:owner/name", "/releases")
READ_UPSCALER = reader(OpenModelDB(clock=HastyClock()), "openmodeldb:1x", "models.json")
