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


def by_hash(origin: CivitaiOrigin, known: dict[str, tuple[int, int]]) -> None:
    """Let ``origin`` know versions and models by digests."""

    def step(exchange: Exchange) -> None:
        asked = [digest.lower() for digest in json.loads(exchange.request.body)]
        found = [
            {"modelVersionId": known[digest][0], "modelId": known[digest][1], "hash": digest.upper()}
            for digest in asked
            if digest in known
        ]
        exchange.answer(200, body=json.dumps(found).encode())

    origin.routes["/api/v1/model-versions/by-hash/ids"] = step


async def test_files_of_several_models_are_one_collection(origin: CivitaiOrigin, client: HttpClient) -> None:
    one, two, crc = "1" * 64, "2" * 64, "0A0B0C0D"
    origin.give_model(model(7, [version(70, [file(1, hashes={"SHA256": one}), file(2)]), version(71, [file(3)])]))
    origin.give_model(
        model(
            8, [version(80, [file(4, hashes={"SHA256": two, "AutoV2": two[:10], "CRC32": crc}), file(5)])], name="One"
        )
    )
    origin.give_model(model(9, [version(90, [file(6), file(7)])]))
    known = {one: (70, 7), two[:10]: (80, 8), crc.lower(): (80, 8), "3" * 12: (90, 9), "4" * 64: (1, 10)}
    by_hash(origin, known)
    hub = Civitai(endpoint=origin.url(""), clock=ManualClock())
    texts = [one, two[:10], crc, "3" * 12, "4" * 64, "5" * 64]
    locator, again = (hub.recognise(f"civitai:hash:{','.join(each)}") for each in (texts, [*texts[::-1], one.upper()]))
    assert locator is not None
    assert again is not None
    expansion = await hub.expand(locator, Destination(Path("/models")), client)
    assert [child.key for child in expansion.resources] == ["file:4", "file:1", "file:6", "file:7"]
    assert (expansion.selected, expansion.is_whole) == (None, False)
    assert [(problem.code, problem.arguments["page"]) for problem in expansion.problems] == [
        ("page-not-found", f"with a file of the digest {'5' * 64}"),
        ("page-not-found", "/models/10"),
    ]
    assert (expansion.collection.title, expansion.collection.key.kind) == ("One and 2 more", "hashes")
    assert origin.times("/api/v1/model-versions/by-hash/ids") == 1, "one question for all of them"
    del known["4" * 64]
    whole = await hub.expand(again, Destination(Path("/models")), client)
    assert whole.collection.id == expansion.collection.id
    news = await hub.newer(whole.collection, whole.resources, client)
    assert news.is_empty


async def test_several_digests_of_which_none_is_known(origin: CivitaiOrigin, client: HttpClient) -> None:
    by_hash(origin, {})
    hub = Civitai(endpoint=origin.url(""), clock=ManualClock())
    locator = hub.recognise(f"civitai:sha256:{'1' * 64},{'2' * 64}")
    assert locator is not None
    with pytest.raises(PageNotFound):
        await hub.expand(locator, Destination(Path("/models")), client)


async def test_a_version_that_is_not_on_the_page_of_its_model(origin: CivitaiOrigin, client: HttpClient) -> None:
    by_hash(origin, {"1" * 64: (70, 7), "2" * 64: (99, 7), "3" * 64: (80, 8)})
    origin.give_model(model(7, [version(70, [file(1)])]))
    origin.give_model(model(8, []))
    hub = Civitai(endpoint=origin.url(""), clock=ManualClock())
    locator = hub.recognise(f"civitai:sha256:{'1' * 64},{'2' * 64},{'3' * 64}")
    assert locator is not None
    expansion = await hub.expand(locator, Destination(Path("/models")), client)
    assert [child.key for child in expansion.resources] == ["file:1"]
    assert [problem.arguments["page"] for problem in expansion.problems] == [
        f"with a file of the digest {'2' * 64}",
        f"with a file of the digest {'3' * 64}",
    ]
