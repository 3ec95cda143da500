"""Files of GitHub releases: pages, digests, selections, and the hour's quota."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from stabilitydl.domain.resource import Address
from stabilitydl.errors import HubError, NotFound, PageNotFound, ServerBusy, ServerFailed
from stabilitydl.http.client import HttpClient
from stabilitydl.hubs import github
from stabilitydl.hubs.github import GitHub
from tests.fakes.clock import ManualClock
from tests.fakes.origin import Exchange, FileOrigin

from .listing import expand, meant

FOLDER = os.environ.get("STABILITYDL_HUB_FIXTURES", "")
DIGEST = "d2fb579d4e83162aa13fc14f8f87d593bc2294529bddec6ea74011dc0f84b72c"


def asset(name: str = "model.safetensors", **changes: Any) -> dict[str, Any]:
    return {"id": 1, "name": name, "state": "uploaded", "size": 138873, "digest": f"sha256:{DIGEST}", **changes}


def release(tag: str, *assets: Any, **changes: Any) -> dict[str, Any]:
    return {"tag_name": tag, "name": f"Release {tag}", "draft": False, "assets": list(assets), **changes}


def serve(origin: FileOrigin, *pages: Any) -> None:
    def step(exchange: Exchange) -> None:
        assert exchange.request.headers["accept"] == "application/vnd.github+json"
        number = int(exchange.request.query["page"][0])
        link = {"Link": f'<{origin.url("/x")}?page=1>; rel="prev", <https://evil.test/?page=9>; rel="next"'}
        exchange.answer(200, link if number < len(pages) else {}, json.dumps(pages[number - 1]).encode())

    origin.routes["/repos/owner/name/releases"] = step


def hub_at(origin: FileOrigin) -> GitHub:
    return GitHub(api=origin.url(""), clock=ManualClock())


@pytest.mark.parametrize(
    ("text", "selection"),
    [
        ("https://github.com/Owner/Name/releases", ""),
        ("github.com/owner/name", ""),
        ("https://www.github.com/owner/name/releases/?page=2#x", ""),
        ("https://github.com/owner/name.git", ""),
        ("https://github.com/owner/name/releases/tag/v1%2Frc", "version:v1/rc"),
        ("https://github.com/owner/name/releases/latest", "latest:"),
        ("https://github.com/owner/name/releases/latest/download/a%20b.bin", "latest:a b.bin"),
        ("https://github.com/owner/name/releases/download/v/1/a.bin", "file:v/1/a.bin"),
        ("github:owner/name", ""),
        ("GitHub:Owner/name@v1", "version:v1"),
    ],
)
def test_what_is_recognised(text: str, selection: str) -> None:
    locator = GitHub().recognise(text)
    assert locator is not None
    assert (locator.hub, locator.kind, locator.identity) == ("github", "releases", "owner/name")
    assert locator.selection == selection


@pytest.mark.parametrize(
    "text",
    [
        "", "https://github.com", "https://github.com/owner", "https://github.com/owner/name/raw/main/a.bin",
        "https://github.com/owner/name/archive/refs/tags/v1.zip", "https://github.com.evil.test/owner/name",
        "https://github.com@evil.test/owner/name", "https://github.com:8443/owner/name", "github:owner", "owner/name",
        "https://github.com/../name", "ftp://github.com/owner/name", "https://[github.com/owner/name",
    ],
)  # fmt: skip
def test_what_is_not(text: str) -> None:
    assert GitHub().recognise(text) is None


@pytest.mark.anyio
async def test_all_releases_are_versions_of_one_collection(origin: FileOrigin, client: HttpClient) -> None:
    serve(
        origin,
        [
            release("v2", asset(), asset("b.bin", digest=None), published_at="2023-11-14T22:13:20Z"),
            release("draft", asset(), draft=True),
        ],
        [release("v/1", asset(digest="sha256:zz"), asset("x.exe"), asset("new.bin", state="starter"), None, {"id": 5})],
    )
    expansion = await expand(hub_at(origin), "github:owner/name", client)
    assert [child.path for child in expansion.resources] == [
        "v2/model.safetensors", "v2/b.bin", "v/1/model.safetensors", "v/1/x.exe",
    ]  # fmt: skip
    first, bare, old, program = expansion.resources
    assert (first.size, str(first.checksum), first.version, first.version_id) == (
        138873,
        f"sha256:{DIGEST}",
        "Release v2",
        "v2",
    )
    assert (bare.checksum, old.checksum) == (None, None)
    assert first.addresses == (Address("github", "owner/name/releases/download/v2/model.safetensors"),)
    assert first.page == "https://github.com/owner/name/releases/tag/v2"
    assert program.blocked is not None
    assert (expansion.collection.title, expansion.collection.creator) == ("name", "owner")
    assert expansion.collection.updated == 1_700_000_000
    assert len(origin.requests) == 2
    assert expansion.selected is None
    assert [problem.arguments["detail"] for problem in expansion.problems] == ["a file of v/1 has no name"] * 2
    assert not expansion.is_whole, "what has no name may be what is known"


@pytest.mark.anyio
async def test_a_new_file_of_the_same_name_is_another_resource(origin: FileOrigin, client: HttpClient) -> None:
    ids = set()
    for digest in (DIGEST, "0" * 64):
        serve(origin, [release("v1", asset(digest=f"sha256:{digest}"))])
        ids.add((await expand(hub_at(origin), "github:owner/name", client)).resources[0].id)
    assert len(ids) == 2


@pytest.mark.anyio
@pytest.mark.parametrize("digest", [None, "", "sha256:zz"])
async def test_without_a_digest_a_file_that_was_replaced_supersedes_the_one_before(
    origin: FileOrigin, client: HttpClient, digest: str | None
) -> None:
    def listed(number: int) -> Any:
        return [release("v1", asset(id=number, digest=digest), asset("other.bin", id=9, digest=digest))]

    hub = hub_at(origin)
    serve(origin, listed(1))
    before = await expand(hub, "github:owner/name", client)
    again = await expand(hub, "github:owner/name", client)
    assert [child.id for child in before.resources] == [child.id for child in again.resources]
    serve(origin, listed(2))
    news = await hub.newer(before.collection, before.resources, client)
    assert news.expansion is not None
    assert news.changed == ((before.resources[0], news.expansion.resources[0]),)
    assert (news.added, news.gone) == ((), ())


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("github:owner/name@v1", ["v1/a.bin", "v1/b.bin"]),
        ("https://github.com/owner/name/releases/download/v1/b.bin", ["v1/b.bin"]),
        ("https://github.com/owner/name/releases/latest", ["v2/a.bin"]),
        ("https://github.com/owner/name/releases/latest/download/a.bin", ["v2/a.bin"]),
        ("github:owner/name@old", ["old/c.bin"]),
        ("github:owner/name@nosuch", []),
    ],
)
async def test_a_release_or_file_is_a_selection(
    origin: FileOrigin, client: HttpClient, text: str, paths: list[str]
) -> None:
    serve(origin, [release("v2", asset("a.bin")), release("v1", asset("a.bin"), asset("b.bin"))])
    latest, old = json.dumps(release("v2")).encode(), json.dumps(release("old", asset("c.bin"))).encode()
    origin.routes["/repos/owner/name/releases/latest"] = lambda exchange: exchange.answer(200, body=latest)
    origin.routes["/repos/owner/name/releases/tags/old"] = lambda exchange: exchange.answer(200, body=old)
    expansion = await expand(hub_at(origin), text, client)
    assert meant(expansion) == paths
    assert [problem.code for problem in expansion.problems] == ([] if paths else ["nothing-matched"])
    assert expansion.collection.id == (await expand(hub_at(origin), "github:owner/name", client)).collection.id


@pytest.mark.anyio
async def test_when_the_hours_answers_are_used_up(origin: FileOrigin, client: HttpClient) -> None:
    now = ManualClock().wall()

    def refuse(exchange: Exchange) -> None:
        headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(now) + 90)}
        exchange.answer(403, headers, b'{"message":"API rate limit exceeded"}')

    origin.routes["/repos/owner/name/releases"] = refuse
    with pytest.raises(ServerBusy) as caught:
        await expand(hub_at(origin), "github:owner/name", client)
    assert caught.value.arguments["after_seconds"] == pytest.approx(90, abs=1)
    expansion = await expand(hub_at(origin), "https://github.com/owner/name/releases/download/v1/b.bin", client)
    assert meant(expansion) == ["v1/b.bin"]
    assert expansion.resources[0].checksum is None
    assert not expansion.is_whole
    origin.routes["/repos/owner/name/releases"] = lambda exchange: exchange.answer(403, {"Retry-After": "7"})
    with pytest.raises(ServerBusy) as caught:
        await expand(hub_at(origin), "github:owner/name", client)
    assert caught.value.arguments["after_seconds"] == 7


@pytest.mark.anyio
async def test_other_refusals_and_endless_pages_f14(
    origin: FileOrigin, client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PageNotFound):
        await expand(hub_at(origin), "github:owner/name", client)
    origin.routes["/repos/owner/name/releases"] = lambda exchange: exchange.answer(500)
    with pytest.raises(ServerFailed):
        await expand(hub_at(origin), "github:owner/name", client)
    monkeypatch.setattr(github, "MOST_PAGES", 3)
    serve(origin, *([release(f"v{page}", asset())] for page in range(9)))
    expansion = await expand(hub_at(origin), "github:owner/name", client)
    assert len(expansion.resources) == 3
    assert [problem.code for problem in expansion.problems] == ["list-incomplete"]
    assert not expansion.is_whole
    serve(origin, [{"assets": [asset()]}, release("v1", asset())])
    expansion = await expand(hub_at(origin), "github:owner/name", client)
    assert (len(expansion.resources), len(expansion.problems)) == (1, 1)


@pytest.mark.anyio
async def test_requests_go_to_the_site(client: HttpClient, origin: FileOrigin) -> None:
    serve(origin, [release("v 1", asset("a b#c.bin"))])
    child = (await expand(hub_at(origin), "github:owner/name", client)).resources[0]
    hub = GitHub()
    request = await hub.request(child, child.addresses[0], client)
    assert request.url == "https://github.com/owner/name/releases/download/v%201/a%20b%23c.bin"
    assert not request.trusted
    for reference in ("", "https://evil.test/x", "o/n/releases/download/../../x", "o/n/releases/download/v?x=1"):
        with pytest.raises(HubError):
            await hub.request(child, Address("github", reference), client)
    assert (await hub.explain(child, NotFound(host="h", status=404, body="b"), client)).code == "remote-gone"


@pytest.mark.anyio
@pytest.mark.skipif(not FOLDER, reason="STABILITYDL_HUB_FIXTURES names no folder of recorded answers")
@pytest.mark.parametrize(
    ("name", "digests"),
    [("release-with-digest-brat-2.2.0.json", True), ("release-without-digest-app-rhyme-1.0.9.json", False)],
)
async def test_recorded_releases(origin: FileOrigin, client: HttpClient, name: str, digests: bool) -> None:
    recorded = json.loads((Path(FOLDER) / "github" / name).read_text())
    serve(origin, [recorded])
    expansion = await expand(hub_at(origin), f"github:owner/name@{recorded['tag_name']}", client)
    assert [child.name for child in expansion.resources] == [entry["name"] for entry in recorded["assets"]]
    assert [child.size for child in expansion.resources] == [entry["size"] for entry in recorded["assets"]]
    assert all((child.checksum is not None) is digests for child in expansion.resources)
    for child, entry in zip(expansion.resources, recorded["assets"], strict=True):
        path = entry["browser_download_url"].partition("/releases/")[2]
        assert child.addresses[0].reference == f"owner/name/releases/{path}"


@pytest.mark.anyio
@pytest.mark.skipif(not FOLDER, reason="STABILITYDL_HUB_FIXTURES names no folder of recorded answers")
async def test_a_recorded_exchange(origin: FileOrigin, client: HttpClient) -> None:
    """A release that is on no page is asked for by its tag; every answer is the recorded one."""
    recorded = json.loads((Path(FOLDER) / "github" / "release-assets-recorded-exchange.json").read_text())
    answers = {entry["path"]: entry["response"] for entry in recorded if entry["method"] == "get"}
    repository = "/repos/octokit-fixture-org/release-assets"
    release = answers[f"{repository}/releases/tags/v1.0.0"]
    release["assets"] = answers[f"{repository}/releases/1000/assets"]
    for path, answer in ((f"{repository}/releases", []), (f"{repository}/releases/tags/v1.0.0", release)):
        body = json.dumps(answer).encode()
        origin.routes[path] = lambda exchange, body=body: exchange.answer(200, {}, body)
    expansion = await expand(hub_at(origin), "github:octokit-fixture-org/release-assets@v1.0.0", client)
    assert [(child.path, child.size, child.checksum) for child in expansion.resources] == [
        ("v1.0.0/test-upload.txt", release["assets"][0]["size"], None)
    ]
    assert meant(expansion) == ["v1.0.0/test-upload.txt"]
