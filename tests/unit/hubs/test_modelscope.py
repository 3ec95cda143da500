"""Repositories on a loopback hub that speaks ModelScope's protocol: lists, pins, pages, refusals."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator

import msgspec
import pytest

from stabilitydl.domain.resource import Address, Resource
from stabilitydl.errors import (
    AccessDenied,
    ConnectionLost,
    HubAnswerUnreadable,
    HubError,
    LoginNeeded,
    NotFound,
    RemoteGone,
    RepositoryHidden,
    RevisionNotFound,
    ServerBusy,
    ServerFailed,
    StabilityError,
    TokenRefused,
)
from stabilitydl.http.client import HttpClient
from stabilitydl.http.credentials import Credentials
from stabilitydl.http.origins import Origin
from stabilitydl.hubs import modelscope_tree
from stabilitydl.hubs.modelscope import ModelScope
from stabilitydl.hubs.protocol import Expansion
from tests.fakes.modelscope import ModelScopeOrigin
from tests.fakes.origin import Exchange
from tests.fakes.repository import FakeRepository

from . import listing
from .hasty import HastyClock
from .listing import codes, member_of, paths

pytestmark = pytest.mark.anyio

FILES = {
    ".gitattributes": b"*.gguf filter=lfs\n",
    "README.md": b"# A pack\n",
    "a/one.safetensors": b"1" * 3000,
    "a/b c/two.json": b"{}",
    "\u4e2d\u6587.txt": b"",
}
TOKEN = "ms-0123456789"


@pytest.fixture
def origin() -> Iterator[ModelScopeOrigin]:
    with ModelScopeOrigin() as server:
        yield server


@pytest.fixture(params=["model", "dataset"])
def pack(request: pytest.FixtureRequest, origin: ModelScopeOrigin) -> FakeRepository:
    made = FakeRepository("org/pack", kind=request.param, tags=("lora",), branch="master")
    made.commit(FILES)
    return origin.publish(made)


@pytest.fixture
def model(origin: ModelScopeOrigin) -> FakeRepository:
    made = FakeRepository("org/pack", tags=("lora",), branch="master")
    made.commit(FILES)
    return origin.publish(made)


@pytest.fixture
async def member(origin: ModelScopeOrigin) -> AsyncIterator[HttpClient]:
    made = member_of(origin, "modelscope", TOKEN, HastyClock())
    yield made
    await made.aclose()


def hub_at(origin: ModelScopeOrigin, clock: HastyClock | None = None) -> ModelScope:
    return ModelScope(endpoint=origin.url(""), clock=clock or HastyClock())


async def expand(hub: ModelScope, text: str, client: HttpClient) -> Expansion:
    return await listing.expand(hub, f"modelscope:{text}", client)


def where(pack: FakeRepository) -> str:
    return f"{pack.kind}s/{pack.name}"


async def test_a_repository_is_one_collection_with_all_files_of_its_commit(
    origin: ModelScopeOrigin, pack: FakeRepository, client: HttpClient
) -> None:
    origin.avatars["org"] = "https://resouces.modelscope.cn/avatar/x.jpg"
    expansion = await expand(hub_at(origin), where(pack), client)
    collection, sha = expansion.collection, pack.refs["master"]
    key = collection.key
    assert (key.hub, key.endpoint, key.kind) == ("modelscope", origin.url(""), pack.kind)
    assert (key.identity, key.revision, key.target) == ("org/pack", "master", "/models")
    assert (collection.title, collection.type, collection.commit) == ("org/pack", "LORA", sha)
    assert (collection.creator, collection.avatar) == ("org", "https://resouces.modelscope.cn/avatar/x.jpg")
    assert collection.page == origin.url(f"/{pack.kind}s/org/pack/files")
    assert paths(expansion) == sorted(FILES)
    assert [child.size for child in expansion.resources] == [len(FILES[path]) for path in sorted(FILES)]
    assert {child.checksums[0].algorithm.value for child in expansion.resources} == {"sha256"}
    two = expansion.resources[2]
    assert two.page == origin.url(f"/{pack.kind}s/org/pack/file/view/{sha}/a/b%20c/two.json")
    assert two.addresses == (Address("modelscope", f"{pack.kind}:org/pack@{sha}/a/b c/two.json"),)
    assert expansion.problems == expansion.warnings == ()


async def test_every_file_comes_from_its_commit_and_storage_sees_no_token(
    origin: ModelScopeOrigin, pack: FakeRepository, member: HttpClient
) -> None:
    pack.private = True
    pack.members.add(TOKEN)
    hub = hub_at(origin)
    children = (await expand(hub, where(pack), member)).resources
    pack.commit(dict.fromkeys(FILES, b"all new"))
    for child in children:
        answer, body = await member.get(await hub.request(child, child.addresses[0], member))
        assert (answer.status, body) == (200, FILES[child.path])
    asked = {(seen.headers.get("authorization"), seen.headers.get("cookie")) for seen in origin.requests}
    assert asked == {(f"Bearer {TOKEN}", f"m_session_id={TOKEN}")}
    assert len(origin.storage.requests) == 1
    assert not {"authorization", "cookie"} & origin.storage.requests[0].headers.keys()


@pytest.mark.parametrize("names", ["short", "nothing"])
async def test_files_are_pinned_one_by_one_where_the_list_names_no_commit(
    origin: ModelScopeOrigin, model: FakeRepository, client: HttpClient, names: str
) -> None:
    hub = hub_at(origin)
    first = model.refs["master"]
    second = model.commit({"README.md": b"second"})
    origin.names_commit = names
    expansion = await expand(hub, "org/pack", client)
    pins = {child.path: child.addresses[0].reference.partition("@")[2][:40] for child in expansion.resources}
    if names == "short":
        assert set(pins.values()) == {expansion.collection.commit} == {second}
    else:
        assert expansion.collection.commit.startswith("content-")
        assert pins["README.md"] == second
        assert pins["a/one.safetensors"] == first


async def test_a_new_commit_changes_only_the_children_whose_content_changed(
    origin: ModelScopeOrigin, pack: FakeRepository, client: HttpClient
) -> None:
    hub = hub_at(origin)
    before = {child.id: child.path for child in (await expand(hub, where(pack), client)).resources}
    pack.commit({"README.md": b"# A pack, described\n"})
    after = {child.id: child.path for child in (await expand(hub, where(pack), client)).resources}
    assert {before[each] for each in before.keys() - after.keys()} == {"README.md"}
    assert {after[each] for each in after.keys() - before.keys()} == {"README.md"}


@pytest.mark.parametrize(
    ("text", "selected"),
    [("a", ["a/b c/two.json", "a/one.safetensors"]), ("a/one.safetensors", ["a/one.safetensors"]), ("zz", [])],
)
async def test_a_folder_or_file_is_a_selection_inside_the_repository(
    origin: ModelScopeOrigin, model: FakeRepository, client: HttpClient, text: str, selected: list[str]
) -> None:
    expansion = await expand(hub_at(origin), f"org/pack/{text}", client)
    assert expansion.selected is not None
    assert sorted(child.path for child in expansion.resources if child.id in expansion.selected) == selected
    assert codes(expansion) == ([] if selected else ["nothing-matched"])


async def test_a_revision_that_does_not_exist_is_an_answer_without_files(
    origin: ModelScopeOrigin, pack: FakeRepository, client: HttpClient
) -> None:
    with pytest.raises(RevisionNotFound, match="org/pack has no revision “v9”"):
        await expand(hub_at(origin), f"{where(pack)}@v9", client)


async def test_a_list_that_was_cut_off_is_listed_folder_by_folder(
    origin: ModelScopeOrigin, model: FakeRepository, client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"f{folder}/g{inner}/{number}.json" for folder in range(4) for inner in range(2) for number in range(6)]
    model.commit({name: name.encode() for name in names})
    origin.cut_off = 10
    monkeypatch.setattr(modelscope_tree, "CUT_OFF", 10)
    expansion = await expand(hub_at(origin), "org/pack", client)
    assert set(paths(expansion)) == {*names, *FILES}
    assert len(expansion.resources) == len(names) + len(FILES)
    assert expansion.problems == ()
    model.commit({f"flat/{number:02}.json": b"x" for number in range(12)})
    expansion = await expand(hub_at(origin), "org/pack", client)
    assert codes(expansion) == ["list-incomplete"]
    assert not expansion.is_whole
    assert "flat" in expansion.problems[0].message
    assert set(paths(expansion)) >= {*names, *FILES, "flat/00.json"}


async def test_pages_of_a_dataset_are_followed_to_their_end(
    origin: ModelScopeOrigin, client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = FakeRepository("org/set", kind="dataset", branch="master")
    made.commit({f"many/{number:04}.json": b"%d" % number for number in range(25)})
    origin.publish(made)
    monkeypatch.setattr(modelscope_tree, "PAGE", 7)
    expansion = await expand(hub_at(origin), "datasets/org/set", client)
    assert (len(expansion.resources), codes(expansion)) == (25, [])
    monkeypatch.setattr(modelscope_tree, "MOST_REQUESTS", 2)
    expansion = await expand(hub_at(origin), "datasets/org/set", client)
    assert (len(expansion.resources), codes(expansion)) == (13, ["list-incomplete"])
    assert not expansion.is_whole


async def test_a_server_that_knows_no_pages_is_not_asked_forever_f14(
    origin: ModelScopeOrigin, client: HttpClient
) -> None:
    body = json.dumps({"Code": 200, "Data": {"Files": [{"Path": "x", "Type": "blob", "Size": 1}] * 200}}).encode()
    origin.routes["/api/v1/datasets/org/set/repo/tree"] = lambda exchange: exchange.answer(200, {}, body)
    expansion = await expand(hub_at(origin), "datasets/org/set", client)
    assert (len(expansion.resources), codes(expansion)) == (1, [])
    assert origin.times("/api/v1/datasets/org/set/repo/tree") == 2


async def test_more_files_than_are_kept_f18(
    origin: ModelScopeOrigin, client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def step(exchange: Exchange) -> None:
        page = exchange.request.query["PageNumber"][0]
        files = [{"Path": f"{page}-{number}", "Type": "blob", "Size": 1} for number in range(200)]
        exchange.answer(200, {}, json.dumps({"Code": 200, "Data": {"Files": files}}).encode())

    origin.routes["/api/v1/datasets/org/set/repo/tree"] = step
    monkeypatch.setattr(modelscope_tree.Walk.__init__, "__defaults__", (1000,))
    expansion = await expand(hub_at(origin), "datasets/org/set", client)
    assert (len(expansion.resources), codes(expansion)) == (1000, ["list-incomplete"])
    assert not expansion.is_whole


@pytest.mark.parametrize("status", [403, 500, 503])
async def test_a_page_that_is_refused_in_passing_is_asked_for_again(
    origin: ModelScopeOrigin, client: HttpClient, status: int
) -> None:
    """Also with 403, once another page of the same repository was given."""
    clock = HastyClock()
    made = FakeRepository("org/set", kind="dataset", branch="master")
    made.commit({f"{number:04}.json": b"%d" % number for number in range(250)})
    origin.publish(made)
    tree = "/api/v1/datasets/org/set/repo/tree"
    troubles = 3

    def step(exchange: Exchange) -> None:
        nonlocal troubles
        if troubles and exchange.request.query["PageNumber"] == ["2"]:
            troubles -= 1
            exchange.answer(status)
        else:
            del origin.routes[tree]
            origin._route(exchange)
            origin.routes[tree] = step

    origin.routes[tree] = step
    expansion = await expand(hub_at(origin, clock), "datasets/org/set", client)
    assert (len(expansion.resources), codes(expansion), clock.naps) == (250, [], [1, 2, 4])
    troubles = 4
    expansion = await expand(hub_at(origin, clock), "datasets/org/set", client)
    assert (len(expansion.resources), codes(expansion)) == (200, ["list-incomplete"])
    assert not expansion.is_whole


async def test_missing_and_private_look_the_same(
    origin: ModelScopeOrigin, pack: FakeRepository, client: HttpClient, member: HttpClient
) -> None:
    pack.private = True
    for who in (client, member):
        for text in (where(pack), "org/nothing"):
            with pytest.raises(RepositoryHidden):
                await expand(hub_at(origin), text, who)


async def test_each_site_has_an_account_of_its_own(
    client: HttpClient, model: FakeRepository, origin: ModelScopeOrigin
) -> None:
    child = (await expand(hub_at(origin), "org/pack", client)).resources[0]
    for hub in (ModelScope(), ModelScope.international()):
        request = await hub.request(child, child.addresses[0], client)
        site = Origin.parse(request.url)
        assert request.hub == hub.name
        tokens = Credentials.from_environment({"MODELSCOPE_API_TOKEN": "home", "MODELSCOPE_AI_API_TOKEN": "abroad"})
        (header,) = tokens.headers_for(request.hub, site)[:1]
        assert header[1] == f"Bearer {'home' if hub.name == 'modelscope' else 'abroad'}"


async def test_a_token_that_the_hub_does_not_know(origin: ModelScopeOrigin, pack: FakeRepository) -> None:
    here = frozenset({Origin.parse(origin.url(""))})
    who = HttpClient(HastyClock(), credentials=Credentials({"modelscope": "old"}, {"modelscope": here}))
    with pytest.raises(TokenRefused):
        await expand(hub_at(origin), where(pack), who)
    await who.aclose()


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (500, b"", ServerFailed),
        (503, b"", ServerBusy),
        (403, b"", AccessDenied),
        (401, b"", LoginNeeded),
        (404, b"<html>", RepositoryHidden),
        (200, b"<html>", HubAnswerUnreadable),
        (200, b'{"Code":10010205001,"Data":null,"Message":"record not found"}', RepositoryHidden),
        (200, b'{"Code":500,"Success":false,"Message":"out of order"}', HubError),
        (200, b'{"Code":200,"Data":{}}', HubAnswerUnreadable),
    ],
)
async def test_a_hub_in_trouble(
    origin: ModelScopeOrigin, client: HttpClient, status: int, body: bytes, kind: type[StabilityError]
) -> None:
    origin.routes["/api/v1/models/org/pack/repo/files"] = lambda exchange: exchange.answer(status, {}, body)
    with pytest.raises(StabilityError) as caught:
        await expand(hub_at(origin), "org/pack", client)
    assert type(caught.value) is kind


async def test_files_are_listed_although_the_page_about_them_fails(
    origin: ModelScopeOrigin, model: FakeRepository, client: HttpClient
) -> None:
    origin.routes["/api/v1/models/org/pack"] = lambda exchange: exchange.answer(500)
    expansion = await expand(hub_at(origin), "org/pack", client)
    assert paths(expansion) == sorted(FILES)
    assert (expansion.collection.type, expansion.collection.creator, expansion.problems) == ("", "org", ())


async def test_what_a_refused_download_means(
    origin: ModelScopeOrigin, model: FakeRepository, client: HttpClient, member: HttpClient
) -> None:
    hub = hub_at(origin)
    child = (await expand(hub, "org/pack", client)).resources[0]
    gone = await hub.explain(child, NotFound(host="h", status=404, body="x"), client)
    assert (type(gone), gone.arguments) == (RemoteGone, {"host": "h", "status": 404})
    denied = AccessDenied(host="h", status=403, body="x")
    assert type(await hub.explain(child, denied, client)) is LoginNeeded
    told = await hub.explain(child, denied, member)
    assert (type(told), told.arguments) == (AccessDenied, {"host": "h", "status": 403})
    assert type(await hub.explain(child, ConnectionLost(host="h"), client)) is ConnectionLost


async def test_one_bad_name_does_not_hide_the_others_f01_to_f10(
    origin: ModelScopeOrigin, model: FakeRepository, client: HttpClient
) -> None:
    model.commit({"../up.bin": b"1", "C:/x.bin": b"3", "run.py": b"4", "CON/NUL.safetensors": b"5", "A/one.json": b""})
    expansion = await expand(hub_at(origin), "org/pack", client)
    assert (len(expansion.resources), expansion.problems) == (10, ())
    blocked = {child.key.partition("\n")[0]: child.blocked.code for child in expansion.resources if child.blocked}
    assert blocked == {"../up.bin": "unsafe-name", "C:/x.bin": "unsafe-name", "run.py": "dangerous-file-type"}


async def test_children_round_trip_and_strange_addresses_are_refused(
    origin: ModelScopeOrigin, pack: FakeRepository, client: HttpClient
) -> None:
    hub = hub_at(origin)
    expansion = await expand(hub, where(pack), client)
    for child in expansion.resources:
        assert msgspec.json.decode(msgspec.json.encode(child), type=Resource) == child
    with pytest.raises(HubError, match="no file of this hub"):
        await hub.request(expansion.resources[0], Address("modelscope", "model:org/pack@x/../y"), client)
    assert await hub.absolute("/x.png") == origin.url("/x.png")
