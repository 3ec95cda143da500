"""Repositories on a loopback hub that speaks the real protocol: children, pins, pages, refusals."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from urllib.parse import unquote

import msgspec
import pytest

from stabilitydl.domain.resource import Address, Resource
from stabilitydl.errors import (
    AccessDenied,
    ConnectionLost,
    GatedFile,
    HubAnswerUnreadable,
    HubError,
    LoginNeeded,
    NotFound,
    RemoteGone,
    RepositoryDisabled,
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
from stabilitydl.hubs import huggingface
from stabilitydl.hubs.huggingface import HuggingFace
from stabilitydl.hubs.wire import LIMIT
from tests.fakes.huggingface import HuggingFaceOrigin
from tests.fakes.origin import Exchange
from tests.fakes.repository import FakeRepository

from .hasty import HastyClock
from .listing import codes, expand, member_of, paths

pytestmark = pytest.mark.anyio

FILES = {
    ".gitattributes": b"*.gguf filter=lfs\n",
    "README.md": b"# A pack\n",
    "a/one.safetensors": b"1" * 3000,
    "a/b c/two.json": b"{}",
    "model.Q4_K_M.gguf": b"4" * 5000,
}
TOKEN = "hf_0123456789"


@pytest.fixture
def origin() -> Iterator[HuggingFaceOrigin]:
    with HuggingFaceOrigin() as server:
        yield server


@pytest.fixture
def pack(origin: HuggingFaceOrigin) -> FakeRepository:
    made = FakeRepository("org/pack", tags=("lora",), card={"base_model": "other/base", "instance_prompt": "sks"})
    made.commit(FILES)
    return origin.publish(made)


@pytest.fixture
async def member(origin: HuggingFaceOrigin, clock: HastyClock) -> AsyncIterator[HttpClient]:
    made = member_of(origin, "huggingface", TOKEN, clock)
    yield made
    await made.aclose()


def hub_at(origin: HuggingFaceOrigin, clock: HastyClock | None = None) -> HuggingFace:
    return HuggingFace(endpoint=f"{origin.url('')}/", clock=clock or HastyClock())


async def test_a_repository_is_one_collection_with_all_files_of_its_commit(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient
) -> None:
    expansion = await expand(hub_at(origin), "org/pack", client)
    collection, sha = expansion.collection, pack.refs["main"]
    key = collection.key
    assert (key.hub, key.endpoint, key.kind) == ("huggingface", origin.url(""), "model")
    assert (key.identity, key.revision, key.target) == ("org/pack", "main", "/models")
    assert (collection.title, collection.type, collection.commit) == ("org/pack", "LORA", sha)
    assert (collection.creator, collection.base_model, collection.trigger_words) == ("org", "other/base", ("sks",))
    assert collection.page == origin.url(f"/org/pack/tree/{sha}")
    assert collection.avatar == origin.url("/api/avatars/org")
    assert collection.updated == 1_761_943_494
    assert paths(expansion) == sorted(FILES)
    assert [child.order for child in expansion.resources] == list(range(5))
    assert [child.size for child in expansion.resources] == [len(FILES[path]) for path in sorted(FILES)]
    algorithms = [child.checksums[0].algorithm.value for child in expansion.resources]
    assert algorithms == ["git-sha1", "git-sha1", "git-sha1", "sha256", "sha256"]
    two = expansion.resources[2]
    assert (two.name, two.page) == ("two.json", origin.url(f"/org/pack/blob/{sha}/a/b%20c/two.json"))
    assert two.addresses == (Address("huggingface", f"model:org/pack@{sha}/a/b c/two.json"),)
    assert expansion.selected is None
    assert expansion.problems == expansion.warnings == ()
    assert origin.calls == [
        "/api/models/org/pack/revision/main",
        f"/api/models/org/pack/tree/{sha}?recursive=true",
    ]


@pytest.mark.parametrize(("kind", "folder"), [("dataset", "datasets"), ("space", "spaces")])
async def test_datasets_and_spaces(origin: HuggingFaceOrigin, client: HttpClient, kind: str, folder: str) -> None:
    made = FakeRepository("org/pack", kind=kind)
    sha = made.commit(FILES)
    origin.publish(made)
    hub = hub_at(origin)
    expansion = await expand(hub, f"hf://{folder}/org/pack", client)
    assert (expansion.collection.key.kind, expansion.collection.type) == (kind, kind.capitalize())
    child = expansion.resources[0]
    request = await hub.request(child, child.addresses[0], client)
    assert request.url == origin.url(f"/{folder}/org/pack/resolve/{sha}/.gitattributes")


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("org/pack", None),
        ("https://huggingface.co/org/pack/tree/main/a", ["a/b c/two.json", "a/one.safetensors"]),
        ("https://huggingface.co/org/pack/tree/main/a/b%20c", ["a/b c/two.json"]),
        ("https://huggingface.co/org/pack/blob/main/README.md", ["README.md"]),
        ("hf://org/pack/a/one.safetensors", ["a/one.safetensors"]),
        ("org/pack/RE", []),
    ],
)
async def test_a_folder_or_file_is_a_selection_inside_the_repository(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient, text: str, selected: list[str] | None
) -> None:
    hub = hub_at(origin)
    expansion = await expand(hub, text, client)
    names = {child.id: child.path for child in expansion.resources}
    assert len(names) == 5
    chosen = None if expansion.selected is None else sorted(names[identity] for identity in expansion.selected)
    assert chosen == selected
    assert codes(expansion) == (["nothing-matched"] if selected == [] else [])
    assert expansion.collection.id == (await expand(hub, "org/pack@main", client)).collection.id


async def test_revisions_are_other_collections_and_asked_for_as_one_segment(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient
) -> None:
    sha = pack.commit({"README.md": b"other"}, branch="refs/pr/1")
    hub = hub_at(origin)
    main = await expand(hub, "org/pack", client)
    other = await expand(hub, "org/pack@refs/pr/1", client)
    assert other.collection.commit == sha
    assert other.collection.id != main.collection.id
    assert origin.requests[2].target == "/api/models/org/pack/revision/refs%2Fpr%2F1"
    with pytest.raises(RevisionNotFound, match="org/pack has no revision “v9”"):
        await expand(hub, "org/pack@v9", client)


async def test_a_new_commit_changes_only_the_children_whose_content_changed(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient
) -> None:
    hub = hub_at(origin)
    before = {child.id: child for child in (await expand(hub, "org/pack", client)).resources}
    sha = pack.commit({"README.md": b"# A pack, described\n"})
    expansion = await expand(hub, "org/pack", client)
    after = {child.id: child for child in expansion.resources}
    assert {before[each].path for each in before.keys() - after.keys()} == {"README.md"}
    assert {after[each].path for each in after.keys() - before.keys()} == {"README.md"}
    assert expansion.collection.commit == sha
    assert all(f"@{sha}/" in child.addresses[0].reference for child in after.values())


async def test_pages_are_followed_to_their_end(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient
) -> None:
    pack.commit({f"many/{number:04}.json": b"%d" % number for number in range(25)})
    origin.page = 7
    expansion = await expand(hub_at(origin), "org/pack", client)
    assert len(expansion.resources) == 30
    assert len({child.id for child in expansion.resources}) == 30
    assert [child.order for child in expansion.resources] == list(range(30))
    assert sum("/tree/" in call for call in origin.calls) == 5


async def test_a_file_that_two_pages_list_is_one_child(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient
) -> None:
    entries = [{"type": "file", "oid": f"{number:040x}", "size": 1, "path": f"{number}.json"} for number in (1, 2, 1)]
    tree = f"/api/models/org/pack/tree/{pack.refs['main']}"
    origin.routes[tree] = lambda exchange: exchange.answer(200, {}, json.dumps(entries).encode())
    expansion = await expand(hub_at(origin), "org/pack", client)
    assert [(child.path, child.order) for child in expansion.resources] == [("1.json", 0), ("2.json", 1)]


async def test_a_page_on_another_server_is_asked_for_here(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient
) -> None:
    """As mirrors do, whose next page is one of the official hub."""
    origin.page, origin.link_origin = 2, origin.storage.url("/elsewhere")
    expansion = await expand(hub_at(origin), "org/pack", client)
    assert paths(expansion) == sorted(FILES)
    assert origin.storage.requests == []


def next_page(origin: HuggingFaceOrigin, tree: str, query: str, entries: bytes = b"") -> None:
    """Every page of ``tree`` is the same and names ``query`` as the next one."""

    def step(exchange: Exchange) -> None:
        number = len(origin.requests)
        body = entries or b'[{"type":"file","oid":"%040x","size":1,"path":"file-%d"}]' % (number, number)
        link = f'<{origin.url(tree)}?{query.replace("N", str(number))}>; rel="next"'
        exchange.answer(200, {"Content-Type": "application/json", "Link": link}, body)

    origin.routes[tree] = step


@pytest.mark.parametrize("query", ["recursive=true", "cursor=same", ""])
async def test_a_list_that_turns_in_circles_ends_f14(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient, query: str
) -> None:
    next_page(origin, f"/api/models/org/pack/tree/{pack.refs['main']}", query)
    expansion = await expand(hub_at(origin), "org/pack", client)
    assert len(expansion.resources) == (2 if query == "cursor=same" else 1)
    assert codes(expansion) == ["list-incomplete"]
    assert not expansion.is_whole


async def test_a_list_without_end_ends_f14(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface, "MOST_PAGES", 5)
    next_page(origin, f"/api/models/org/pack/tree/{pack.refs['main']}", "cursor=N")
    expansion = await expand(hub_at(origin), "org/pack", client)
    assert (len(expansion.resources), codes(expansion)) == (5, ["list-incomplete"])
    assert not expansion.is_whole
    assert "5 entries" in expansion.problems[0].message


async def test_a_list_has_a_time_to_end_f14(
    origin: HuggingFaceOrigin,
    pack: FakeRepository,
    clock: HastyClock,
    client: HttpClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(huggingface, "LONGEST_LISTING", 30.0)
    tree = f"/api/models/org/pack/tree/{pack.refs['main']}"
    next_page(origin, tree, "cursor=N")
    slow = origin.routes[tree]

    def step(exchange: Exchange) -> None:
        clock.now += 10
        slow(exchange)

    origin.routes[tree] = step
    expansion = await expand(hub_at(origin, clock), "org/pack", client)
    assert (len(expansion.resources), codes(expansion)) == (3, ["list-incomplete"])
    assert not expansion.is_whole


async def test_more_files_than_are_kept_f18(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked for by its path comes in any case."""
    monkeypatch.setattr(huggingface, "MOST_FILES", 4)
    monkeypatch.setattr(huggingface, "MOST_WITH_PATH", 2)
    origin.page = 2
    hub = hub_at(origin)
    expansion = await expand(hub, "org/pack", client)
    assert codes(expansion) == ["list-incomplete"]
    assert not expansion.is_whole
    assert 4 <= len(expansion.resources) < 6
    for text, path in [
        ("org/pack/model.Q4_K_M.gguf", "model.Q4_K_M.gguf"),
        ("org/pack/a/b c", "a/b c/two.json"),
        ("org/pack/a/one.safetensors", "a/one.safetensors"),
    ]:
        expansion = await expand(hub, f"hf://{text}", client)
        chosen = [child.path for child in expansion.resources if child.id in (expansion.selected or ())]
        assert chosen == [path]


async def test_a_page_that_fails_in_passing_is_asked_for_again(
    origin: HuggingFaceOrigin, pack: FakeRepository, clock: HastyClock, client: HttpClient
) -> None:
    origin.page = 2
    tree = f"/api/models/org/pack/tree/{pack.refs['main']}"
    troubles = [(503, {}), (500, {}), (429, {"RateLimit": '"api";r=0;t=51'})]

    def step(exchange: Exchange) -> None:
        if "cursor" in exchange.request.target and troubles:
            exchange.answer(*troubles.pop(0))
        else:
            del origin.routes[tree]
            origin._route(exchange)
            origin.routes[tree] = step

    origin.routes[tree] = step
    expansion = await expand(hub_at(origin, clock), "org/pack", client)
    assert paths(expansion) == sorted(FILES)
    assert clock.naps == [1, 2, 52]


async def test_a_page_that_fails_for_good_leaves_the_others_listed(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient
) -> None:
    origin.page = 2
    tree = f"/api/models/org/pack/tree/{pack.refs['main']}"

    def step(exchange: Exchange) -> None:
        if "cursor" in exchange.request.target:
            exchange.answer(200, {"Content-Type": "text/html"}, b"<html>checking your browser</html>")
        else:
            del origin.routes[tree]
            origin._route(exchange)
            origin.routes[tree] = step

    origin.routes[tree] = step
    expansion = await expand(hub_at(origin), "org/pack", client)
    assert (len(expansion.resources), codes(expansion)) == (2, ["list-incomplete"])
    assert not expansion.is_whole
    assert "web page" in expansion.problems[0].message


@pytest.mark.parametrize(
    ("status", "kind"),
    [(500, ServerFailed), (503, ServerBusy), (404, HubError), (403, AccessDenied), (200, HubAnswerUnreadable)],
)
async def test_a_hub_in_trouble(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient, status: int, kind: type[StabilityError]
) -> None:
    for path in ("revision/main", f"tree/{pack.refs['main']}"):
        origin.routes = {f"/api/models/org/pack/{path}": lambda exchange: exchange.answer(status, {}, b"<html>")}
        with pytest.raises(kind):
            await expand(hub_at(origin), "org/pack", client)


async def test_metadata_larger_than_any_answer_is_asked_for_in_part(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface, "LIMIT", 1100)
    pack.commit({f"many/{number:04}.json": b"%d" % number for number in range(25)})
    origin.page = 5
    info = "/api/models/org/pack/revision/main"

    def step(exchange: Exchange) -> None:
        if "expand" in exchange.request.target:
            exchange.answer(200, {}, b'{"id":"org/pack","sha":"%b","gated":false}' % pack.refs["main"].encode())
        else:
            exchange.answer(200, {}, b"[" + b" " * 2000 + b"]")

    origin.routes[info] = step
    expansion = await expand(hub_at(origin), "org/pack", client)
    assert len(expansion.resources) == 30
    assert unquote(origin.requests[1].target) == (
        f"{info}?expand=sha&expand=author&expand=disabled&expand=private&expand=tags&expand=gated"
    )
    assert LIMIT == 32 * 1024 * 1024


# Who may see what.


async def test_missing_and_private_look_the_same(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient, member: HttpClient
) -> None:
    hub = hub_at(origin)
    pack.private = True
    for who in (client, member):
        for text in ("org/pack", "org/nothing"):
            with pytest.raises(RepositoryHidden, match=text):
                await expand(hub, text, who)
    pack.members.add(TOKEN)
    assert paths(await expand(hub, "org/pack", member)) == sorted(FILES)


async def test_a_gated_repository_is_listed_and_its_files_are_blocked(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient, member: HttpClient
) -> None:
    pack.gated = "manual"
    hub = hub_at(origin)
    for who in (client, member):
        children = (await expand(hub, "org/pack", who)).resources
        assert {child.blocked.code for child in children if child.blocked} == {"gated"}
        assert all(child.blocked for child in children)
    assert "/api/models/org/pack/auth-check" in origin.calls
    pack.members.add(TOKEN)
    assert not any(child.blocked for child in (await expand(hub, "org/pack", member)).resources)


async def test_a_mirror_that_cannot_tell_leaves_it_to_the_download(
    origin: HuggingFaceOrigin, pack: FakeRepository, member: HttpClient
) -> None:
    pack.gated = True
    origin.routes["/api/models/org/pack/auth-check"] = lambda exchange: exchange.answer(404)
    assert not any(child.blocked for child in (await expand(hub_at(origin), "org/pack", member)).resources)


async def test_a_closed_repository_is_listed_and_blocked(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient
) -> None:
    pack.disabled = True
    children = (await expand(hub_at(origin), "org/pack", client)).resources
    assert {child.blocked.code for child in children if child.blocked} == {"repository-disabled"}


async def test_a_token_that_the_hub_does_not_know(origin: HuggingFaceOrigin, pack: FakeRepository) -> None:
    clock = HastyClock()
    here = Origin.parse(origin.url(""))
    who = HttpClient(clock, credentials=Credentials({"huggingface": "hf_old"}, {"huggingface": frozenset({here})}))
    with pytest.raises(TokenRefused):
        await expand(hub_at(origin), "org/pack", who)
    await who.aclose()


async def test_a_renamed_repository_keeps_its_collection(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient
) -> None:
    hub = hub_at(origin)
    before = await expand(hub, "org/pack", client)
    moved = FakeRepository("newer/name", commits=pack.commits, refs=pack.refs)
    origin.publish(moved)
    pack.renamed = "newer/name"
    after = await expand(hub, "org/pack", client)
    assert after.collection.id == before.collection.id
    assert {child.id for child in after.resources} == {child.id for child in before.resources}
    assert [warning.message for warning in after.warnings] == ["org/pack is called newer/name now."]
    child = after.resources[0]
    assert (await hub.request(child, child.addresses[0], client)).url.startswith(origin.url("/newer/name/resolve/"))
    other = await expand(hub, "newer/name", client)
    assert other.collection.id != before.collection.id
    assert other.warnings == ()


async def test_the_hub_decides_how_a_name_is_written(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient
) -> None:
    hub = hub_at(origin)
    typed = await expand(hub, "ORG/Pack", client)
    assert typed.collection.title == "org/pack"
    assert typed.collection.id == (await expand(hub, "org/pack", client)).collection.id
    assert typed.warnings == ()


# The files themselves.


async def test_every_file_comes_from_its_commit_and_storage_sees_no_token(
    origin: HuggingFaceOrigin, pack: FakeRepository, member: HttpClient
) -> None:
    pack.private = True
    pack.members.add(TOKEN)
    hub = hub_at(origin)
    children = (await expand(hub, "org/pack", member)).resources
    pack.commit(dict.fromkeys(FILES, b"all new"))
    for child in children:
        request = await hub.request(child, child.addresses[0], member)
        answer, body = await member.get(request)
        assert (answer.status, body) == (200, FILES[child.path])
    assert {request.headers.get("authorization") for request in origin.requests} == {f"Bearer {TOKEN}"}
    assert len(origin.storage.requests) == 2
    assert not any("authorization" in request.headers for request in origin.storage.requests)


async def test_an_address_that_cannot_be_one_is_refused(origin: HuggingFaceOrigin, client: HttpClient) -> None:
    child = Resource(id="0", collection="0", key="k", name="x", path="x")
    for reference in ("", "x", "model:org/pack@main/../../x", "model:org/pack@main//x", "model:../x@main/y",
                      "https://evil.test/x", "kernel:org/pack@main/x", "model:org/pack@a b/x"):  # fmt: skip
        with pytest.raises(HubError, match="no file of this hub"):
            await hub_at(origin).request(child, Address("huggingface", reference), client)


async def explain(
    origin: HuggingFaceOrigin, client: HttpClient, error: StabilityError, path: str = "README.md", sha: str = ""
) -> StabilityError:
    hub = hub_at(origin)
    sha = sha or origin.repositories["model", "org/pack"].refs["main"]
    address = Address("huggingface", f"model:org/pack@{sha}/{path}")
    child = Resource(id="0", collection="0", key="k", name="x", path="x", addresses=(address,))
    return await hub.explain(child, error, client)


async def test_what_a_refused_download_means(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient, member: HttpClient
) -> None:
    missing = NotFound(host="127.0.0.1", status=404, body="secret words")
    login = LoginNeeded(host="127.0.0.1", status=401, body="x")
    denied = AccessDenied(host="127.0.0.1", status=403, body="x")
    assert isinstance(await explain(origin, client, missing, "nothing.bin"), RemoteGone)
    assert isinstance(await explain(origin, client, missing, sha="0" * 40), RemoteGone)
    pack.gated = "auto"
    assert isinstance(await explain(origin, client, login), GatedFile)
    assert isinstance(await explain(origin, member, denied), GatedFile)
    pack.gated, pack.disabled = False, True
    assert isinstance(await explain(origin, client, denied), RepositoryDisabled)
    pack.disabled, pack.private = False, True
    assert isinstance(await explain(origin, client, login), LoginNeeded)
    assert isinstance(await explain(origin, member, missing), RemoteGone)


async def test_what_means_nothing_more_stays_without_the_answer(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient
) -> None:
    busy = ConnectionLost(host="127.0.0.1", body="x")
    told = await explain(origin, client, busy)
    assert (type(told), told.arguments) == (ConnectionLost, {"host": "127.0.0.1"})
    assert origin.requests == []
    # Given by now, so that another try is worth it.
    told = await explain(origin, client, AccessDenied(host="h", status=403, body="x"), "a/one.safetensors")
    assert (type(told), told.arguments) == (AccessDenied, {"host": "h", "status": 403})


# Names.


async def test_one_bad_name_does_not_hide_the_others_f01_to_f10(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient
) -> None:
    pack.commit(
        {
            "../up.bin": b"1",
            "a/..%2f..%2fb.bin": b"2",
            "C:/x.bin": b"3",
            "run.py": b"4",
            "CON/NUL.safetensors": b"5",
            "A/ONE.safetensors": b"6",
            "x\u202egnp.bin": b"7",
        }
    )
    expansion = await expand(hub_at(origin), "org/pack", client)
    assert expansion.problems == ()
    assert len(expansion.resources) == 12
    blocked = {child.key.partition("\n")[0]: child.blocked.code for child in expansion.resources if child.blocked}
    assert blocked == {
        "../up.bin": "unsafe-name",
        "a/..%2f..%2fb.bin": "unsafe-name",
        "C:/x.bin": "unsafe-name",
        "run.py": "dangerous-file-type",
    }
    shown = paths(expansion)
    assert {"_CON/_NUL.safetensors", "A/ONE.safetensors", "a/one.safetensors", "xgnp.bin"} <= set(shown)
    assert not any(path.startswith("/") or ".." in path.split("/") for path in shown)


async def test_metadata_round_trips_and_the_hub_says_what_it_is(
    origin: HuggingFaceOrigin, pack: FakeRepository, client: HttpClient
) -> None:
    hub = hub_at(origin)
    expansion = await expand(hub, "org/pack", client)
    for child in expansion.resources:
        assert msgspec.json.decode(msgspec.json.encode(child), type=Resource) == child
    assert repr(hub) == f"<HuggingFace {origin.url('')}>"
    assert await hub.absolute("/avatars/x.svg") == origin.url("/avatars/x.svg")
    assert await hub.absolute("https://h/x.png") == "https://h/x.png"


def test_the_endpoint_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", " http://mirror.test:8090/ ")
    hub = HuggingFace()
    assert repr(hub) == "<HuggingFace http://mirror.test:8090>"
    assert hub.recognise("http://mirror.test:8090/org/pack") is not None
    monkeypatch.delenv("HF_ENDPOINT")
    assert repr(HuggingFace()) == "<HuggingFace https://huggingface.co>"
