"""All models of a creator, page by page, and servers whose pages have no end (F14)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from stabilitydl.errors import PageNotFound, ServerFailed
from stabilitydl.http.client import HttpClient
from stabilitydl.hubs import civitai_api
from stabilitydl.hubs.civitai import Civitai
from stabilitydl.hubs.moments import moment
from stabilitydl.hubs.protocol import Expansion
from tests.fakes.clock import ManualClock
from tests.fakes.origin import Exchange

from . import listing
from .pages import CivitaiOrigin, file, model, version

pytestmark = pytest.mark.anyio

Page = Callable[[str], tuple[int, Any]]


@pytest.fixture
def origin() -> Iterator[CivitaiOrigin]:
    with CivitaiOrigin() as server:
        yield server


def models(*numbers: int) -> list[dict[str, Any]]:
    return [model(n, [version(n * 10, [file(n * 100), file(n * 100 + 1)])], name=f"Pack {n}") for n in numbers]


def serve(origin: CivitaiOrigin, pages: dict[str, Any]) -> None:
    """Give each page by its cursor; the first has none."""

    def step(exchange: Exchange) -> None:
        query = exchange.request.query
        assert query["username"] == ["maker"]
        assert query["nsfw"] == ["true"]
        answer = pages[query.get("cursor", [""])[0]]
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        headers = {"Retry-After": "2"} if status == 503 else {}
        exchange.answer(status, headers, json.dumps(body).encode())

    origin.routes["/api/v1/models"] = step


async def expand(origin: CivitaiOrigin, clock: ManualClock, client: HttpClient) -> Expansion:
    hub = Civitai(endpoint=origin.url(""), clock=clock)
    return await listing.expand(hub, "https://civitai.com/user/Maker", client)


async def test_all_models_are_children_of_one_collection(
    origin: CivitaiOrigin, clock: ManualClock, client: HttpClient
) -> None:
    serve(
        origin,
        {
            "": {"items": models(1, 2), "metadata": {"nextCursor": "x|1&2"}},
            "x|1&2": {"items": models(3), "metadata": {"nextCursor": 77}},
            "77": {"items": models(4), "metadata": {}},
        },
    )
    expansion = await expand(origin, clock, client)
    collection = expansion.collection
    assert (collection.key.kind, collection.key.identity, collection.title) == ("creator", "maker", "maker")
    assert collection.page == origin.url("/user/maker")
    assert collection.avatar.endswith("/maker.jpeg")
    assert collection.updated == moment("2023-05-14T18:19:43.064Z")
    assert [child.key for child in expansion.resources] == [f"file:{n}0{i}" for n in (1, 2, 3, 4) for i in (0, 1)]
    assert [child.order for child in expansion.resources] == list(range(8))
    third = expansion.resources[4]
    assert third.page == origin.url("/models/3?modelVersionId=30")
    assert third.addresses[0].reference == "30?fileId=300"
    assert (expansion.selected, expansion.problems) == (None, ())


async def test_a_cursor_that_comes_again_ends_the_list_f14(
    origin: CivitaiOrigin, clock: ManualClock, client: HttpClient
) -> None:
    for second in (
        {"items": models(2), "metadata": {"nextCursor": "a"}},
        {"items": models(1), "metadata": {"nextCursor": "b"}},
    ):
        pages = {"": {"items": models(1), "metadata": {"nextCursor": "a"}}, "a": second}
        serve(origin, pages)
        before = len(origin.requests)
        expansion = await expand(origin, clock, client)
        assert len(origin.requests) - before == 2
        assert [problem.code for problem in expansion.problems] == ["list-incomplete"]
        assert not expansion.is_whole
        assert len(expansion.resources) in (2, 4)


async def test_pages_without_end_end_f14(
    origin: CivitaiOrigin, clock: ManualClock, client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Endless(dict[str, Any]):
        def __missing__(self, cursor: str) -> Any:
            number = int(cursor or 0)
            return {"items": models(number + 1), "metadata": {"nextCursor": str(number + 1)}}

    serve(origin, Endless())
    with monkeypatch.context() as patch:
        patch.setattr(civitai_api, "MOST_PAGES", 7)
        expansion = await expand(origin, clock, client)
        assert (len(origin.requests), len(expansion.resources)) == (7, 14)
        assert [problem.code for problem in expansion.problems] == ["list-incomplete"]
        assert not expansion.is_whole
    with monkeypatch.context() as patch:
        patch.setattr(civitai_api, "MOST_FILES", 9)
        assert len((await expand(origin, clock, client)).resources) == 10
    with monkeypatch.context() as patch:
        patch.setattr(civitai_api, "LONGEST", -1.0)
        expansion = await expand(origin, clock, client)
        assert len(expansion.resources) == 2
        assert "took too long" in expansion.problems[0].message


async def test_a_page_that_does_not_come_leaves_those_before_it(
    origin: CivitaiOrigin, clock: ManualClock, client: HttpClient
) -> None:
    first = {"items": models(1), "metadata": {"nextCursor": "a"}}
    serve(origin, {"": first, "a": (500, {})})
    expansion = await expand(origin, clock, client)
    assert len(expansion.resources) == 2
    (problem,) = expansion.problems
    assert (problem.code, problem.arguments["count"]) == ("list-incomplete", 1)
    assert not expansion.is_whole
    serve(origin, {"": (500, {})})
    with pytest.raises(ServerFailed):
        await expand(origin, clock, client)


async def test_a_server_that_is_busy_for_a_moment_is_asked_again(
    origin: CivitaiOrigin, clock: ManualClock, client: HttpClient
) -> None:
    answers = [(503, {}), (503, {}), (200, {"items": models(1), "metadata": {}})]

    class InTurn(dict[str, Any]):
        def __missing__(self, cursor: str) -> Any:
            return answers.pop(0)

    serve(origin, InTurn())
    before = clock.monotonic()
    assert len((await expand(origin, clock, client)).resources) == 2
    assert answers == []
    assert clock.monotonic() - before >= 4


async def test_one_bad_model_does_not_hide_the_others_f11(
    origin: CivitaiOrigin, clock: ManualClock, client: HttpClient
) -> None:
    serve(origin, {"": {"items": [None, {"name": "no number"}, *models(5), {"id": 6}], "metadata": None}})
    expansion = await expand(origin, clock, client)
    assert len(expansion.resources) == 2
    assert [problem.code for problem in expansion.problems] == ["hub-answer-unreadable"] * 2


async def test_a_creator_of_nothing_and_models_that_were_put_away(
    origin: CivitaiOrigin, clock: ManualClock, client: HttpClient
) -> None:
    serve(origin, {"": {"items": [], "metadata": {}}})
    with pytest.raises(PageNotFound):
        await expand(origin, clock, client)
    away = [model(1, [version(10, [])], mode="Archived"), model(2, [version(20)], mode="TakenDown"), *models(3)]
    serve(origin, {"": {"items": away, "metadata": {}}})
    expansion = await expand(origin, clock, client)
    assert [problem.code for problem in expansion.problems] == ["archived"]
    blocked = [child.blocked.code if child.blocked else None for child in expansion.resources]
    assert blocked == ["taken-down", None, None]
