"""Model pages from a loopback server: children, selections, requests, and what refusals mean."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from stabilitydl.domain.resource import Address, Resource
from stabilitydl.errors import (
    AccessDenied,
    HubAnswerUnreadable,
    HubError,
    LoginNeeded,
    NotFound,
    PageNotFound,
    RemoteGone,
    ServerBusy,
    ServerFailed,
    StabilityError,
    WebPage,
)
from stabilitydl.http.client import HttpClient
from stabilitydl.hubs.civitai import Civitai
from tests.fakes.clock import ManualClock

from .listing import expand
from .pages import CivitaiOrigin, file, model, version

pytestmark = pytest.mark.anyio


@pytest.fixture
def origin() -> Iterator[CivitaiOrigin]:
    with CivitaiOrigin() as server:
        yield server


def hub_at(origin: CivitaiOrigin, **settings: Any) -> Civitai:
    return Civitai(endpoint=origin.url(""), clock=ManualClock(), **settings)


async def test_a_page_is_one_collection_with_all_files_of_all_versions(
    origin: CivitaiOrigin, client: HttpClient
) -> None:
    origin.give_model(
        model(
            versions=[
                version(
                    72, files=[file(5), file(6, type="VAE")], baseModel="Flux.1 D", publishedAt="2025-01-02T00:00:00Z"
                ),
                version(71),
            ]
        )
    )
    expansion = await expand(hub_at(origin), "civitai:7", client)
    collection = expansion.collection
    assert (collection.key.hub, collection.key.kind, collection.key.identity) == ("civitai", "model", "7")
    assert collection.key.endpoint == origin.url("")
    assert collection.page == origin.url("/models/7")
    assert (collection.title, collection.type, collection.base_model) == ("A pack of LoRAs", "LORA", "Flux.1 D")
    assert (collection.creator, collection.trigger_words) == ("maker", ("masterpiece",))
    assert collection.updated == datetime(2025, 1, 2, tzinfo=UTC).timestamp()
    assert [child.key for child in expansion.resources] == ["file:5", "file:6", "file:710"]
    assert [child.version for child in expansion.resources] == ["v72", "v72", "v71"]
    assert [child.type for child in expansion.resources] == ["LORA", "VAE", "LORA"]
    assert [child.base_model for child in expansion.resources] == ["Flux.1 D", "Flux.1 D", "SDXL 1.0"]
    assert [child.order for child in expansion.resources] == [0, 1, 2]
    first = expansion.resources[0]
    assert first.addresses == (Address("civitai", "72?fileId=5"),)
    assert (first.name, first.path, first.size) == ("pack-05.safetensors", "pack-05.safetensors", 1949)
    assert (first.version_id, first.file_type, first.precision) == ("72", "Model", "fp16")
    assert first.page == origin.url("/models/7?modelVersionId=72")
    assert first.preview == "https://image.civitai.com/k/u/width=450/2.jpeg"
    assert expansion.selected is None
    assert expansion.problems == expansion.warnings == ()
    assert origin.calls == ["/api/v1/models/7"]


async def test_files_of_one_name_are_both_kept_and_one_file_twice_is_one(
    origin: CivitaiOrigin, client: HttpClient
) -> None:
    same = [file(5, name="x.safetensors"), file(6, name="x.safetensors"), file(5)]
    origin.give_model(model(versions=[version(72, files=same), version(71, files=[file(6)])]))
    children = (await expand(hub_at(origin), "civitai:7", client)).resources
    assert [(child.key, child.version) for child in children] == [("file:5", "v72"), ("file:6", "v72")]
    assert len({child.id for child in children}) == 2


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("civitai:7", None),
        ("civitai:7@71", {"file:3"}),
        ("https://civitai.com/models/7/slug?modelVersionId=72", {"file:1", "file:2"}),
        ("https://civitai.com/api/download/models/72?fileId=2", {"file:2"}),
        ("https://civitai.com/model-versions/71", {"file:3"}),
        ("civitai:7@99", set()),
    ],
)
async def test_a_version_or_file_is_a_selection_inside_the_page(
    origin: CivitaiOrigin, client: HttpClient, text: str, selected: set[str] | None
) -> None:
    origin.give_model(model(versions=[version(72, files=[file(1), file(2)]), version(71, files=[file(3)])]))
    for number in (71, 72):
        origin.give(f"/api/v1/model-versions/{number}", {"id": number, "modelId": 7})
    hub = hub_at(origin)
    expansion = await expand(hub, text, client)
    assert len(expansion.resources) == 3
    keys = {child.id: child.key for child in expansion.resources}
    chosen = None if expansion.selected is None else {keys[identity] for identity in expansion.selected}
    assert chosen == selected
    assert [problem.code for problem in expansion.problems] == (["nothing-matched"] if selected == set() else [])
    assert expansion.collection.id == (await expand(hub, "civitai:7", client)).collection.id


async def test_an_archived_page_without_files_says_so(origin: CivitaiOrigin, client: HttpClient) -> None:
    origin.give_model(model(mode="Archived", versions=[version(files=[])]))
    expansion = await expand(hub_at(origin), "civitai:7", client)
    assert expansion.resources == ()
    assert [problem.code for problem in expansion.problems] == ["archived"]


async def test_children_that_are_not_given_are_listed_with_the_reason(
    origin: CivitaiOrigin, client: HttpClient
) -> None:
    origin.give_model(
        model(
            versions=[
                version(75, files=[file(1)], usageControl="Generation"),
                version(74, files=[file(2)], paidAccess={"permanent": True}),
                version(73, files=[file(3)], earlyAccessEndsAt="2030-01-01T00:00:00Z"),
                version(72, files=[file(4, name="../../x"), file(5, name="setup.exe"), file(6, name="")]),
                version(71, files=[file(7, pickleScanResult="Danger")]),
            ]
        )
    )
    expansion = await expand(hub_at(origin), "civitai:7", client)
    assert [child.blocked.code if child.blocked else None for child in expansion.resources] == [
        "usage-not-allowed",
        "paid",
        "early-access",
        "unsafe-name",
        "dangerous-file-type",
        None,
        None,
    ]
    assert expansion.resources[3].path == ".._.._x"
    assert expansion.resources[5].path.startswith("file-")
    assert [warning.code for warning in expansion.warnings] == ["flagged"]
    assert expansion.problems == ()


async def test_a_child_that_cannot_be_read_is_a_problem_and_the_rest_is_listed_f11(
    origin: CivitaiOrigin, client: HttpClient
) -> None:
    origin.give_model(model(versions=[version(files=[{"name": "no number"}, file(2)])]))
    expansion = await expand(hub_at(origin), "civitai:7", client)
    assert [child.key for child in expansion.resources] == ["file:2"]
    assert [problem.code for problem in expansion.problems] == ["hub-answer-unreadable"]


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (404, {"error": "No model with id 7"}, PageNotFound),
        (400, {"error": "bad"}, HubError),
        (401, {"error": "Unauthorized"}, LoginNeeded),
        (500, {"message": "x", "error": "y"}, ServerFailed),
        (503, b"", ServerBusy),
        (200, b"<!DOCTYPE html>", HubAnswerUnreadable),
        (200, b"[" * 100_000, HubAnswerUnreadable),
        (200, {"id": 8, "modelVersions": []}, HubAnswerUnreadable),
        (200, [], HubAnswerUnreadable),
    ],
)
async def test_a_page_that_is_not_given(
    origin: CivitaiOrigin, client: HttpClient, status: int, answer: object, kind: type[StabilityError]
) -> None:
    origin.give("/api/v1/models/7", answer, status)
    with pytest.raises(kind) as caught:
        await expand(hub_at(origin), "civitai:7", client)
    assert type(caught.value) is kind


async def test_a_version_that_names_no_model(origin: CivitaiOrigin, client: HttpClient) -> None:
    origin.give("/api/v1/model-versions/5", {"id": 5})
    with pytest.raises(HubAnswerUnreadable, match="names no model"):
        await expand(hub_at(origin), "https://civitai.com/model-versions/5", client)


async def test_a_request_pins_the_file(origin: CivitaiOrigin, client: HttpClient) -> None:
    origin.give_model(model())
    hub = hub_at(origin)
    child = (await expand(hub, "civitai:7", client)).resources[0]
    request = await hub.request(child, child.addresses[0], client)
    assert request.url == origin.url("/api/download/models/70?fileId=700")
    assert (request.hub, request.trusted) == ("civitai", True)
    for reference in ("https://evil.test/x", "70", "70?fileId=1&x=2", "../70?fileId=1", ""):
        with pytest.raises(HubError):
            await hub.request(child, Address("civitai", reference), client)


async def test_only_an_endpoint_that_was_configured_may_be_private_f15(client: HttpClient) -> None:
    hub = Civitai()
    child = Resource(id="i", collection="c", key="file:1", name="n", path="n")
    request = await hub.request(child, Address("civitai", "7?fileId=1"), client)
    assert request.url == "https://civitai.com/api/download/models/7?fileId=1"
    assert not request.trusted
    assert await hub.absolute("https://image.civitai.com/x") == "https://image.civitai.com/x"


async def test_a_server_that_moves_is_found_anew_and_nothing_stored_names_it(client: HttpClient) -> None:
    servers = [CivitaiOrigin(), CivitaiOrigin()]
    current = servers[0]

    async def endpoint() -> str:
        return current.url("/")

    hub = Civitai(name="demo", endpoint=endpoint, endpoint_id="demo", hosts=(), clock=ManualClock())
    stored = []
    for server in servers:
        with server:
            current = server
            pictures = [{"url": server.url("/p/1.png")}]
            creator = {"username": "m", "image": server.url("/avatar.png")}
            server.give_model(model(creator=creator, versions=[version(images=pictures)]))
            expansion = await expand(hub, "demo:7", client)
            stored.append(expansion)
            child = expansion.resources[0]
            assert await hub.absolute(expansion.collection.page) == server.url("/models/7")
            assert await hub.absolute(expansion.collection.avatar) == server.url("/avatar.png")
            assert await hub.absolute(child.preview) == server.url("/p/1.png")
            request = await hub.request(child, child.addresses[0], client)
            assert request.url == server.url("/api/download/models/70?fileId=700")
            assert (request.hub, request.trusted) == ("demo", True)
    assert stored[0] == stored[1]
    assert b"127.0.0.1" not in msgspec.json.encode([stored[0].collection, stored[0].resources])


REFUSED = AccessDenied(host="h", status=403)


@pytest.mark.parametrize(
    ("error", "code", "until"),
    [
        (
            LoginNeeded(host="h", body='{"error":"Unauthorized","message":"requires you to be logged in"}'),
            "login-needed",
            None,
        ),
        (LoginNeeded(host="h"), "login-needed", None),
        (
            LoginNeeded(host="h", body='{"message":"The creator of this asset has disabled downloads on this file"}'),
            "usage-not-allowed",
            None,
        ),
        (
            AccessDenied(host="h", body='{"error":"Early Access","deadline":"2027-01-02T03:04:05Z","message":"m"}'),
            "early-access",
            "2027-01-02 03:04 UTC",
        ),
        (
            AccessDenied(host="h", body='{"error":"Early Access","deadline":null}'),
            "early-access",
            "a date that the hub does not name",
        ),
        (RemoteGone(host="h", status=410), "archived", None),
        (WebPage(host="h", body="<html>"), "web-page", None),
        (ServerBusy(host="h", after_seconds=5.0), "server-busy", None),
    ],
)
async def test_refusals_that_explain_themselves(
    origin: CivitaiOrigin, client: HttpClient, error: StabilityError, code: str, until: str | None
) -> None:
    origin.give_model(model())
    hub = hub_at(origin)
    child = (await expand(hub, "civitai:7", client)).resources[0]
    before = len(origin.calls)
    explained = await hub.explain(child, error, client)
    assert (explained.code, explained.arguments.get("until")) == (code, until)
    assert "body" not in explained.arguments
    assert len(origin.calls) == before


@pytest.mark.parametrize(
    ("status", "changes", "code"),
    [
        (404, {}, "server-failed"),
        (404, {"versions": [version(70, files=[file(1)])]}, "remote-gone"),
        (404, {"versions": []}, "remote-gone"),
        (404, {"mode": "Archived", "versions": [version(70, files=[])]}, "archived"),
        (404, {"mode": "TakenDown"}, "taken-down"),
        (404, {"versions": [version(70, usageControl="Generation")]}, "usage-not-allowed"),
        (404, None, "remote-gone"),
        (403, {}, "access-denied"),
        (403, {"versions": [version(70, earlyAccessEndsAt="2030-01-01T00:00:00Z")]}, "early-access"),
        (403, {"versions": []}, "access-denied"),
        (403, None, "remote-gone"),
    ],
)
async def test_a_refusal_without_a_reason_is_judged_by_the_page(
    origin: CivitaiOrigin, client: HttpClient, status: int, changes: dict[str, Any] | None, code: str
) -> None:
    origin.give_model(model())
    hub = hub_at(origin)
    child = (await expand(hub, "civitai:7", client)).resources[0]
    if changes is None:
        origin.give("/api/v1/models/7", {"error": "No model with id 7"}, 404)
    else:
        origin.give_model(model(**changes))
    error = NotFound(host="h", status=404, body="x") if status == 404 else AccessDenied(host="h", status=403, body="x")
    explained = await hub.explain(child, error, client)
    assert explained.code == code
    assert "body" not in explained.arguments
    assert origin.calls[-1] == "/api/v1/models/7"


async def test_while_the_page_cannot_be_asked_nothing_is_called_gone(origin: CivitaiOrigin, client: HttpClient) -> None:
    origin.give_model(model())
    hub = hub_at(origin)
    child = (await expand(hub, "civitai:7", client)).resources[0]
    for broken in (b"<html>", b""):
        origin.give("/api/v1/models/7", broken, 200 if broken else 500)
        explained = await hub.explain(child, NotFound(host="h", status=404), client)
        assert (explained.code, explained.problem.remedy) == ("server-failed", "retry")
    explained = await hub.explain(msgspec.structs.replace(child, page=""), NotFound(host="h", status=404), client)
    assert explained.code == "server-failed"
