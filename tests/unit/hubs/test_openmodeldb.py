"""OpenModelDB: models and collections whose files lie all over the web."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from stabilitydl.domain.resource import Address
from stabilitydl.errors import HubAnswerUnreadable, HubError, NotFound, PageNotFound
from stabilitydl.http.client import HttpClient
from stabilitydl.hubs.openmodeldb import OpenModelDB
from tests.fakes.clock import ManualClock
from tests.fakes.origin import FileOrigin

from .listing import expand

FOLDER = os.environ.get("STABILITYDL_HUB_FIXTURES", "")
SHA256 = "86a9c0bbeb130aa01b7d5c3ea32691a521a4de65771d7133fa57a58ac4f5485c"


def entry(*urls: str, **changes: Any) -> dict[str, Any]:
    return {"platform": "pytorch", "type": "pth", "size": 4795821, "sha256": SHA256, "urls": list(urls), **changes}


def model(*resources: Any, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Bleed  Out",
        "author": ["one", "two"],
        "description": "text",
        "architecture": "compact",
        "resources": list(resources),
        "images": [{"type": "paired", "LR": "https://h.test/lr.png", "SR": "https://h.test/sr.png"}],
        **changes,
    }


def serve(origin: FileOrigin, models: Any, collections: Any = None) -> None:
    for name, answer in (("models", models), ("collections", collections or {})):
        body = json.dumps(answer).encode()
        origin.routes[f"/api/v1/{name}.json"] = lambda exchange, body=body: exchange.answer(200, body=body)


def hub_at(origin: FileOrigin) -> OpenModelDB:
    return OpenModelDB(site=origin.url(""), clock=ManualClock())


@pytest.mark.parametrize(
    ("text", "kind", "identity"),
    [
        ("https://openmodeldb.info/models/1x-BleedOut-Compact", "model", "1x-BleedOut-Compact"),
        ("openmodeldb.info/models/4x-UltraSharp/?x=1", "model", "4x-UltraSharp"),
        ("https://www.openmodeldb.info/collections/c-90s-sonic-2x", "collection", "c-90s-sonic-2x"),
        ("OpenModelDB:4x-UltraSharp", "model", "4x-UltraSharp"),
    ],
)
def test_what_is_recognised(text: str, kind: str, identity: str) -> None:
    locator = OpenModelDB().recognise(text)
    assert locator is not None
    assert (locator.hub, locator.kind, locator.identity) == ("openmodeldb", kind, identity)


@pytest.mark.parametrize(
    "text",
    ["", "openmodeldb:", "https://openmodeldb.info", "https://openmodeldb.info/users/x", "https://x.test/models/a",
     "https://openmodeldb.info.evil.test/models/a", "openmodeldb:../x", "https://openmodeldb.info/models/a/b"],
)  # fmt: skip
def test_what_is_not(text: str) -> None:
    assert OpenModelDB().recognise(text) is None


@pytest.mark.anyio
async def test_a_model_is_a_collection_of_its_files(origin: FileOrigin, client: HttpClient) -> None:
    serve(
        origin,
        {
            "1x": model(
                entry("https://objects.test/o/1x.pth", "https://mega.nz/file/x#y"),
                entry("https://h.test/download?id=5", platform="onnx", type="onnx", sha256="0" * 64),
            )
        },
    )
    expansion = await expand(hub_at(origin), "openmodeldb:1x", client)
    first, second = expansion.resources
    assert first.addresses == (Address("openmodeldb", "https://objects.test/o/1x.pth", 0),)
    assert (first.name, first.size, str(first.checksum)) == ("1x.pth", 4795821, f"sha256:{SHA256}")
    assert (first.type, first.base_model, first.version, first.file_type) == ("Upscaler", "compact", "pytorch", "pth")
    assert (second.name, second.creator, second.preview) == ("1x.onnx", "one, two", "https://h.test/sr.png")
    assert first.page == origin.url("/models/1x")
    assert (expansion.collection.title, expansion.collection.type) == ("Bleed Out", "Upscaler")
    assert expansion.problems == ()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("url", "direct"),
    [
        ("https://mega.nz/folder/x#y", None),
        ("https://www.mediafire.com/file/x", None),
        ("https://drive.google.com/drive/folders/1234567890abc", None),
        ("https://drive.google.com/file/d/1AbC-dEf_GhIjK/view?usp=sharing",
         "https://drive.usercontent.google.com/download?id=1AbC-dEf_GhIjK&export=download&confirm=t"),
        ("https://drive.google.com/uc?export=download&id=1AbC-dEf_GhIjK",
         "https://drive.usercontent.google.com/download?id=1AbC-dEf_GhIjK&export=download&confirm=t"),
        ("https://drive.google.com/open?id=../x", None),
        ("https://github.com/o/r/blob/main/a.pth", "https://github.com/o/r/raw/main/a.pth"),
        ("https://github.com/o/r/releases/download/v1/a.pth", "https://github.com/o/r/releases/download/v1/a.pth"),
        ("https://huggingface.co/o/r/blob/main/a.pth", "https://huggingface.co/o/r/resolve/main/a.pth"),
        ("ftp://h.test/a.pth", None),
        ("https://user:pw@h.test/a.pth", None),
        ("https://[x/a.pth", None),
    ],
)  # fmt: skip
async def test_pages_become_files_or_are_left_to_people(
    origin: FileOrigin, client: HttpClient, url: str, direct: str | None
) -> None:
    serve(origin, {"1x": model(entry(url))})
    (child,) = (await expand(hub_at(origin), "openmodeldb:1x", client)).resources
    assert [address.reference for address in child.addresses] == ([direct] if direct else [])
    assert (child.blocked.code if child.blocked else None) == (None if direct else "browser-only")


@pytest.mark.anyio
async def test_a_collection_holds_the_files_of_its_models(origin: FileOrigin, client: HttpClient) -> None:
    models = {"a": model(entry("https://h.test/a.pth")), "b": model(entry("https://h.test/b.pth", sha256="1" * 64))}
    serve(origin, models, {"c-x": {"name": "Pack", "author": "maker", "models": ["a", "b", "gone", 5]}})
    expansion = await expand(hub_at(origin), "https://openmodeldb.info/collections/c-x", client)
    assert [child.name for child in expansion.resources] == ["a.pth", "b.pth"]
    assert (expansion.collection.title, expansion.collection.creator) == ("Pack", "maker")
    assert [problem.code for problem in expansion.problems] == ["hub-answer-unreadable"]


@pytest.mark.anyio
async def test_what_is_not_there_and_what_cannot_be_read_f11(origin: FileOrigin, client: HttpClient) -> None:
    serve(origin, {"x": {}, "bad": model(None, 5, {"urls": "no"}, entry("https://h.test/a.pth", size=-1, sha256=3))})
    for text in ("openmodeldb:nosuch", "openmodeldb:x", "https://openmodeldb.info/collections/none"):
        with pytest.raises(PageNotFound):
            await expand(hub_at(origin), text, client)
    expansion = await expand(hub_at(origin), "openmodeldb:bad", client)
    good = [child for child in expansion.resources if child.blocked is None]
    assert [(child.name, child.size, child.checksum) for child in good] == [("a.pth", None, None)]
    origin.routes["/api/v1/models.json"] = lambda exchange: exchange.answer(200, body=b"<html>")
    with pytest.raises(HubAnswerUnreadable):
        await expand(hub_at(origin), "openmodeldb:x", client)


@pytest.mark.anyio
async def test_files_that_are_no_list_supersede_nothing_f11(origin: FileOrigin, client: HttpClient) -> None:
    serve(origin, {"x": {**model(), "resources": "no"}})
    expansion = await expand(hub_at(origin), "openmodeldb:x", client)
    assert [problem.code for problem in expansion.problems] == ["hub-answer-unreadable"]
    assert not expansion.is_whole


@pytest.mark.anyio
async def test_requests_and_refusals(origin: FileOrigin, client: HttpClient) -> None:
    serve(origin, {"1x": model(entry("https://h.test/a.pth"))})
    (child,) = (await expand(hub_at(origin), "openmodeldb:1x", client)).resources
    hub = OpenModelDB()
    request = await hub.request(child, child.addresses[0], client)
    assert (request.url, request.trusted) == ("https://h.test/a.pth", False)
    with pytest.raises(HubError):
        await hub.request(child, Address("openmodeldb", "/etc/passwd"), client)
    assert (await hub.explain(child, NotFound(host="h", status=404, body="b"), client)).code == "remote-gone"


@pytest.mark.anyio
@pytest.mark.skipif(not FOLDER, reason="STABILITYDL_HUB_FIXTURES names no folder of recorded answers")
async def test_recorded_models(origin: FileOrigin, client: HttpClient) -> None:
    folder = Path(FOLDER) / "openmodeldb"
    names = ["4x-UltraSharp", "2x-GameUp-TSCUNet", "1x-BleedOut-Compact"]
    models = {name: json.loads((folder / f"{name}.json").read_text()) for name in names}
    serve(origin, models, json.loads((folder / "collections.json").read_text()))
    found = {name: (await expand(hub_at(origin), f"openmodeldb:{name}", client)).resources for name in names}
    assert {name: len(children) for name, children in found.items()} == dict(zip(names, (1, 4, 1), strict=True))
    assert found["4x-UltraSharp"][0].blocked is not None
    assert found["4x-UltraSharp"][0].blocked.code == "browser-only"
    (child,) = found["1x-BleedOut-Compact"]
    assert (child.size, child.blocked, len(child.addresses)) == (4795821, None, 1)
    assert child.name == "1x-BleedOut-Compact.pth"
    assert all(one.checksum and one.size for children in found.values() for one in children)
