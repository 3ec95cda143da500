"""Small hand-written answers in the shapes of Civitai's API, and a loopback server that gives them."""

from __future__ import annotations

import json
from typing import Any

from tests.fakes.origin import Exchange, FileOrigin

SHA256 = "39E1338C4143618ADB17604F96C3A3F740C1AB5D1557D71B044F0307A0A6ADB4"
BLAKE3 = "F4CE92821CB768A6474F67CDBDAD93897AA9DDEEF1CF17953A1062790A9B94BB"


def file(identity: int = 1, **changes: Any) -> dict[str, Any]:
    """One file of a version, as of 2025."""
    return {
        "id": identity,
        "name": f"pack-{identity:02}.safetensors",
        "sizeKB": 1949 / 1024,
        "type": "Model",
        "metadata": {"format": "SafeTensor", "size": "pruned", "fp": "fp16"},
        "pickleScanResult": "Success",
        "virusScanResult": "Success",
        "hashes": {
            "AutoV1": "BE9EDD61",
            "AutoV2": SHA256[:10],
            "SHA256": SHA256,
            "CRC32": "6C53EE01",
            "BLAKE3": BLAKE3,
        },
        "primary": True,
        "downloadUrl": "https://civitai.com/api/download/models/70",
        **changes,
    }


def version(identity: int = 70, files: list[Any] | None = None, **changes: Any) -> dict[str, Any]:
    """One version, as of 2025."""
    return {
        "id": identity,
        "index": 0,
        "name": f"v{identity}",
        "baseModel": "SDXL 1.0",
        "createdAt": "2023-05-14T18:15:16.980Z",
        "publishedAt": "2023-05-14T18:19:43.064Z",
        "availability": "Public",
        "trainedWords": ["masterpiece", " masterpiece ", ""],
        "files": [file(identity * 10)] if files is None else files,
        "images": [
            {"url": "https://image.civitai.com/k/u/width=450/1.mp4", "type": "video"},
            {"url": "https://image.civitai.com/k/u/width=450/2.jpeg", "type": "image"},
        ],
        **changes,
    }


def model(identity: int = 7, versions: list[Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A model page, as of 2025."""
    return {
        "id": identity,
        "name": "A   pack\n of LoRAs",
        "description": "<p>text</p>",
        "type": "LORA",
        "creator": {"username": "maker", "image": "https://image.civitai.com/k/u/width=96/maker.jpeg"},
        "tags": ["style"],
        "modelVersions": [version(70)] if versions is None else versions,
        **changes,
    }


class CivitaiOrigin(FileOrigin):
    """A loopback server for API answers by path; ``calls`` counts them."""

    def give(self, path: str, answer: Any, status: int = 200) -> None:
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()

        def step(exchange: Exchange) -> None:
            exchange.answer(status, {"Content-Type": "application/json"}, body)

        self.routes[path] = step

    def give_model(self, answer: dict[str, Any]) -> None:
        self.give(f"/api/v1/models/{answer['id']}", answer)

    @property
    def calls(self) -> list[str]:
        return [request.target for request in self.requests]
