"""Files by their digest: one as a locator, many at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from stabilitydl.errors import HubAnswerUnreadable, PageNotFound
from stabilitydl.http.client import HttpClient
from stabilitydl.hubs import civitai_api
from stabilitydl.hubs.civitai import Civitai
from stabilitydl.hubs.civitai_api import Found
from stabilitydl.hubs.protocol import Destination
from tests.fakes.clock import ManualClock
from tests.fakes.origin import Exchange

from .pages import BLAKE3, SHA256, CivitaiOrigin, file, model, version

pytestmark = pytest.mark.anyio


@pytest.fixture
def origin() -> Iterator[CivitaiOrigin]:
    with CivitaiOrigin() as server:
        yield server


@pytest.mark.parametrize("digest", [SHA256, SHA256[:10], BLAKE3, "6C53EE01", "BE9EDD61"])
async def test_a_digest_selects_its_file_on_its_page(origin: CivitaiOrigin, client: HttpClient, digest: str) -> None:
    other = file(2, hashes={"SHA256": "0" * 64})
    page = model(7, [version(70, files=[other, file(1)])])
    origin.give_model(page)
    origin.give(f"/api/v1/model-versions/by-hash/{digest.lower()}", {**page["modelVersions"][0], "modelId": 7})
    hub = Civitai(endpoint=origin.url(""), clock=ManualClock())
    locator = hub.recognise(f"civitai:hash:{digest}")
    assert locator is not None
    expansion = await hub.expand(locator, Destination(Path("/models")), client)
    assert (expansion.collection.key.kind, expansion.collection.key.identity) == ("model", "7")
    assert set(expansion.selected or ()) == {child.id for child in expansion.resources if child.key == "file:1"}


async def test_a_version_that_names_no_such_file_is_selected_whole(origin: CivitaiOrigin, client: HttpClient) -> None:
    origin.give_model(model(7, [version(70, files=[file(1), file(2)]), version(71)]))
    origin.give(f"/api/v1/model-versions/by-hash/{'0' * 64}", {"id": 70, "modelId": 7})
    hub = Civitai(endpoint=origin.url(""), clock=ManualClock())
    locator = hub.recognise("civitai:sha256:" + "0" * 64)
    assert locator is not None
    expansion = await hub.expand(locator, Destination(Path("/models")), client)
    assert len(expansion.selected or ()) == 2
    unknown = hub.recognise("civitai:sha256:" + "1" * 64)
    assert unknown is not None
    with pytest.raises(PageNotFound):
        await hub.expand(unknown, Destination(Path("/models")), client)


async def test_many_digests_in_few_questions(
    origin: CivitaiOrigin, client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(civitai_api, "DIGESTS_AT_ONCE", 2)
    known = {"AA" * 32: (70, 7), "BB" * 32: (80, 8)}

    def step(exchange: Exchange) -> None:
        asked = json.loads(exchange.request.body)
        assert exchange.request.method == "POST"
        assert exchange.request.headers["content-type"] == "application/json"
        found = [
            {"modelVersionId": known[digest][0], "modelId": known[digest][1], "hash": digest}
            for digest in asked
            if digest in known
        ]
        strange = [None, 5, {"hash": "not asked for", "modelId": 1, "modelVersionId": 1}, {"hash": asked[0]}]
        exchange.answer(200, body=json.dumps([*strange, *found]).encode())

    origin.routes["/api/v1/model-versions/by-hash/ids"] = step
    hub = Civitai(endpoint=origin.url(""), clock=ManualClock())
    found = await hub.api.find_all(["aa" * 32, "cc" * 32, "AA" * 32, "bb" * 32], client)
    assert found == {"aa" * 32: Found("aa" * 32, 7, 70), "bb" * 32: Found("bb" * 32, 8, 80)}
    assert len(origin.requests) == 2
    assert await hub.api.find_all([], client) == {}
    origin.give("/api/v1/model-versions/by-hash/ids", {"error": "?"})
    with pytest.raises(HubAnswerUnreadable):
        await hub.api.find_all(["aa" * 32], client)
