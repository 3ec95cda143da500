"""Pictures are the same everywhere: one version of each, and everybody is told when it changes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import anyio
import anyio.to_thread
import msgspec
import pytest

from stabilitydl.domain.collection import Collection, CollectionKey
from stabilitydl.domain.events import PictureChanged
from stabilitydl.domain.picture import Picture, creator_key
from stabilitydl.domain.resource import resource_id
from stabilitydl.domain.states import State
from stabilitydl.engine.gallery import FRESH, SOON, WORKERS
from stabilitydl.errors import ServerBusy
from stabilitydl.http.request import Request
from stabilitydl.hubs.protocol import Expansion
from stabilitydl.pictures.cache import Entry, PictureCache
from tests.engine.harness import Harness
from tests.fakes.hub import pack
from tests.fakes.origin import Exchange, Origin
from tests.fakes.transfer import hold

pytestmark = pytest.mark.anyio


def png(number: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + bytes([number]) * 200


class PictureHost(Origin):
    """Serves ``pictures`` by path, with an entity tag for what they are."""

    def __init__(self) -> None:
        super().__init__(self._serve_picture)
        self.pictures: dict[str, bytes] = {}
        self.status = 0
        self.gate: threading.Event | None = None

    def _serve_picture(self, exchange: Exchange) -> None:
        if self.gate is not None and exchange.request.path != "/file":
            exchange.wait(self.gate)
        data = self.pictures.get(exchange.request.path)
        tag = f'"{hash(data)}"'
        if self.status or data is None:
            exchange.answer(self.status or 404, {"Retry-After": "60"} if self.status == 429 else {})
        elif exchange.request.headers.get("if-none-match") == tag:
            exchange.answer(304, {"ETag": tag})
        else:
            exchange.answer(200, {"ETag": tag}, data)


@pytest.fixture
def host() -> Iterator[PictureHost]:
    with PictureHost() as made:
        yield made


def listed(
    folder: Path, host: PictureHost, title: str = "Pack", *, avatar: str = "/avatar", preview: str = ""
) -> Expansion:
    """A pack of two files on the hub at ``host``, by the creator Ada."""
    plain = pack(folder, "a.bin", "b.bin", title=title)
    key = CollectionKey("fake", host.url("").rstrip("/"), "pack", title, target=str(folder))
    collection = msgspec.structs.replace(
        plain.collection,
        id=key.id,
        key=key,
        creator="Ada",
        avatar=host.url(avatar) if avatar else "",
        preview=host.url(preview) if preview else "",
    )
    children = tuple(
        msgspec.structs.replace(
            child,
            id=resource_id(key.id, child.key),
            collection=key.id,
            preview=host.url(f"/preview/{child.name}"),
        )
        for child in plain.resources
    )
    return Expansion(collection=collection, resources=children)


def news(h: Harness) -> list[Picture]:
    h.follow()
    return [event.picture for event in h.events if isinstance(event, PictureChanged)]


async def shown(h: Harness, key: str) -> Picture:
    """The picture of ``key`` as soon as nothing is to come."""
    (picture,) = await h.engine.pictures([key])
    if picture.is_loading:
        await h.until(lambda: [one for one in news(h) if one.key == key][-1:] not in ([], [picture]))
        (picture,) = await h.engine.pictures([key])
    return picture


async def refreshed(h: Harness, host: PictureHost, count: int) -> None:
    """Return when ``count`` requests have been answered and nothing is to come of them."""
    with anyio.fail_after(60):
        while len(host.requests) < count or h.engine._on.gallery.is_busy:
            await h.engine.snapshots([])
    h.follow()


def data(picture: Picture) -> bytes:
    return Path(picture.path).read_bytes() if picture.version else b""


async def test_a_picture_comes_and_is_kept_for_the_next_start(tmp_path: Path, host: PictureHost) -> None:
    expansion = listed(tmp_path / "to", host)
    child = expansion.resources[0]
    host.pictures = {"/preview/a.bin": png(1)}
    async with Harness(tmp_path) as h:
        await h.add(expansion)
        assert await h.engine.pictures([child.id, "nosuch"]) == [
            Picture(key=child.id, is_loading=True),
            Picture(key="nosuch"),
        ]
        assert data(await shown(h, child.id)) == png(1)
        assert [(one.key, bool(one.version)) for one in news(h)] == [(child.id, True)]
    async with Harness(tmp_path) as h:
        (picture,) = await h.engine.pictures([child.id])
        assert data(picture) == png(1)
        assert not picture.is_loading
    assert len(host.requests) == 1


async def test_when_the_hub_changes_an_avatar_every_subscriber_hears_of_the_new_version(
    tmp_path: Path, host: PictureHost
) -> None:
    one, two = (listed(tmp_path / "to", host, title) for title in ("One", "Two"))
    key = creator_key(one.collection)
    assert key == creator_key(two.collection)
    host.pictures = {"/avatar": png(1)}
    async with Harness(tmp_path) as h:
        await h.add(one, two)
        first = await shown(h, key)
        other = h.engine.subscribe()
        host.pictures = {"/avatar": png(2)}
        await h.engine.refresh_pictures()
        await h.until(lambda: news(h)[-1].version not in ("", first.version))
        second = news(h)[-1]
        assert data(second) == png(2)
        told = [event.picture for event in other.take() if isinstance(event, PictureChanged)]
        assert told[-1] == second
        assert await h.engine.pictures([key]) == [second]


async def test_the_newest_address_of_an_avatar_counts_for_all_collections_of_its_creator(
    tmp_path: Path, host: PictureHost
) -> None:
    one, two = listed(tmp_path / "to", host, "One"), listed(tmp_path / "to", host, "Two", avatar="/new")
    key = creator_key(one.collection)
    host.pictures = {"/avatar": png(1), "/new": png(2)}
    async with Harness(tmp_path) as h:
        await h.add(one)
        assert data(await shown(h, key)) == png(1)
        await h.add(two)
        await h.until(lambda: data(news(h)[-1]) == png(2))
        stored = [snapshot.collection for snapshot in await h.engine.collections()]
        assert {collection.avatar for collection in stored} == {host.url("/new")}
        assert len([one for one in news(h) if one.key == key and one.version]) == 2, "one event for each change"


BROKEN = [b"<svg onload='x'/>" * 10, b"<html>log in</html>" * 10, b"", b"\x89PNG\r\n\x1a\n" + bytes(9_000_000)]


@pytest.mark.parametrize("broken", BROKEN)
async def test_a_broken_picture_is_the_same_placeholder_for_everybody(
    tmp_path: Path, host: PictureHost, broken: bytes
) -> None:
    """F17."""
    one, two = (listed(tmp_path / "to", host, title, preview="/avatar") for title in ("One", "Two"))
    keys = [creator_key(one.collection), one.collection.id, two.collection.id]
    host.pictures = {"/avatar": broken}
    async with Harness(tmp_path) as h:
        await h.add(one, two)
        other = h.engine.subscribe()
        await h.engine.pictures(keys)
        await h.until(lambda: [picture.key for picture in news(h)] == keys)
        assert news(h) == [Picture(key=key) for key in keys]
        assert [event.picture for event in other.take() if isinstance(event, PictureChanged)] == news(h)
        assert await h.engine.pictures(keys) == news(h)


@pytest.mark.parametrize("broken", BROKEN)
async def test_a_broken_picture_takes_no_good_one_away_and_is_asked_for_again_soon(
    tmp_path: Path, host: PictureHost, broken: bytes
) -> None:
    """F17."""
    expansion = listed(tmp_path / "to", host)
    key = creator_key(expansion.collection)
    host.pictures = {"/avatar": png(1)}
    async with Harness(tmp_path) as h:
        await h.add(expansion)
        first = await shown(h, key)
        h.clock.advance(FRESH + 1)
        host.pictures = {"/avatar": broken}
        assert await h.engine.pictures([key]) == [first]
        await refreshed(h, host, 2)
        assert news(h) == [first]
        assert await h.engine.pictures([key]) == [first]
        await h.calm()
        assert len(host.requests) == 2, "it is not tried again at once"
    host.pictures = {"/avatar": png(2)}
    async with Harness(tmp_path, clock=h.clock) as h:
        assert data((await h.engine.pictures([key]))[0]) == png(1), "it is kept beyond the end of the program"
        await h.until(lambda: [data(one) for one in news(h)] == [png(2)])
        host.pictures = {"/avatar": broken}
        await h.engine.refresh_pictures()
        await refreshed(h, host, 4)
        host.pictures = {"/avatar": png(3)}
        h.clock.advance(SOON + 1)
        await h.engine.pictures([key])
        await h.until(lambda: [data(one) for one in news(h)] == [png(2), png(3)])


async def test_what_the_hub_says_is_gone_is_shown_no_more(tmp_path: Path, host: PictureHost) -> None:
    expansion = listed(tmp_path / "to", host)
    key = creator_key(expansion.collection)
    host.pictures = {"/avatar": png(1)}
    async with Harness(tmp_path) as h:
        await h.add(expansion)
        assert data(await shown(h, key)) == png(1)
        host.pictures = {}
        await h.engine.refresh_pictures()
        await h.until(lambda: news(h)[-1] == Picture(key=key))
        assert await h.engine.pictures([key]) == [Picture(key=key)]


async def test_offline_the_last_good_picture_stays(tmp_path: Path) -> None:
    with PictureHost() as host:
        expansion = listed(tmp_path / "to", host)
        key = creator_key(expansion.collection)
        host.pictures = {"/avatar": png(1)}
        async with Harness(tmp_path) as h:
            await h.add(expansion)
            first = await shown(h, key)
    # Nobody listens at that port any more.
    async with Harness(tmp_path) as h:
        assert await h.engine.pictures([key]) == [first]
        await h.engine.refresh_pictures()
        assert h.engine._on.gallery.is_busy
        await refreshed(h, host, 1)
        assert (news(h), await h.engine.pictures([key])) == ([], [first])
        assert data(first) == png(1)


async def test_while_a_hub_fails_the_last_good_picture_stays(tmp_path: Path, host: PictureHost) -> None:
    expansion = listed(tmp_path / "to", host)
    key = creator_key(expansion.collection)
    host.pictures = {"/avatar": png(1)}
    async with Harness(tmp_path) as h:
        await h.add(expansion)
        first = await shown(h, key)
        host.status = 500
        await h.engine.refresh_pictures()
        await refreshed(h, host, 2)
        assert news(h)[-1] == first
        assert await h.engine.pictures([key]) == [first], "it is not tried again at once"
        h.clock.advance(SOON + 1)
        host.status = 0
        host.pictures = {"/avatar": png(2)}
        await h.engine.pictures([key])
        await h.until(lambda: data(news(h)[-1]) == png(2))
        assert len(host.requests) == 3


async def test_what_could_not_be_had_is_tried_again_after_a_while(tmp_path: Path, host: PictureHost) -> None:
    expansion = listed(tmp_path / "to", host)
    key = creator_key(expansion.collection)
    host.status = 503
    async with Harness(tmp_path) as h:
        await h.add(expansion)
        assert await shown(h, key) == Picture(key=key)
        host.status = 0
        host.pictures = {"/avatar": png(1)}
        assert await h.engine.pictures([key]) == [Picture(key=key)]
        h.clock.advance(SOON + 1)
        assert data(await shown(h, key)) == png(1)


async def test_what_is_unchanged_costs_no_bytes_and_no_event(tmp_path: Path, host: PictureHost) -> None:
    expansion = listed(tmp_path / "to", host)
    key = creator_key(expansion.collection)
    host.pictures = {"/avatar": png(1)}
    async with Harness(tmp_path) as h:
        await h.add(expansion)
        first = await shown(h, key)
        h.clock.advance(FRESH + 1)
        assert await h.engine.pictures([key]) == [first]
        await refreshed(h, host, 2)
        assert host.requests[-1].headers["if-none-match"]
        assert news(h) == [first]
        assert await h.engine.pictures([key]) == [first]
        await h.calm()
        assert len(host.requests) == 2


async def test_children_with_one_preview_ask_once(tmp_path: Path, host: PictureHost) -> None:
    plain = listed(tmp_path / "to", host)
    children = tuple(msgspec.structs.replace(child, preview=host.url("/same")) for child in plain.resources)
    host.pictures = {"/same": png(1)}
    async with Harness(tmp_path) as h:
        ids = await h.add(Expansion(collection=plain.collection, resources=children))
        await h.engine.pictures(ids)
        await h.until(lambda: {one.key for one in news(h) if one.version} == set(ids))
        assert len(host.requests) == 1


@pytest.mark.parametrize(
    "address", ["https://[x/a.png", "https://\u2100.test/a.png", "file:///etc/passwd", "https://:0/"]
)
async def test_an_address_that_is_none_costs_one_picture(tmp_path: Path, host: PictureHost, address: str) -> None:
    """F11."""
    expansion = listed(tmp_path / "to", host)
    hostile = msgspec.structs.replace(expansion.collection, avatar=address)
    host.pictures = {"/preview/a.bin": png(1)}
    async with Harness(tmp_path) as h:
        await h.add(replace(expansion, collection=hostile))
        key = creator_key(hostile)
        assert (await shown(h, key)) == Picture(key=key)
        assert data(await shown(h, expansion.resources[0].id)) == png(1)


async def test_what_leaves_the_list_is_forgotten(tmp_path: Path, host: PictureHost) -> None:
    expansion = listed(tmp_path / "to", host)
    child = expansion.resources[0]
    host.pictures = {"/preview/a.bin": png(1)}
    async with Harness(tmp_path) as h:
        await h.add(expansion)
        assert data(await shown(h, child.id)) == png(1)
        assert "1 shown" in repr(h.engine._on.gallery)
        await h.engine.remove([child.id])
        assert "0 shown" in repr(h.engine._on.gallery)
        assert await h.engine.pictures([child.id]) == [Picture(key=child.id)]
        assert "0 shown" in repr(h.engine._on.gallery)


async def test_what_leaves_the_list_while_its_picture_is_asked_for_is_forgotten(
    tmp_path: Path, host: PictureHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, go_on = threading.Event(), threading.Event()
    look_up = PictureCache.look_up

    def look_up_slowly(cache: PictureCache, name: str) -> Entry | None:
        looked.set()
        assert go_on.wait(60)
        return look_up(cache, name)

    monkeypatch.setattr(PictureCache, "look_up", look_up_slowly)
    expansion = listed(tmp_path / "to", host)
    child = expansion.resources[0]
    answers: list[list[Picture]] = []
    async with Harness(tmp_path) as h, anyio.create_task_group() as tasks:

        async def ask() -> None:
            answers.append(await h.engine.pictures([child.id]))

        await h.add(expansion)
        tasks.start_soon(ask)
        assert await anyio.to_thread.run_sync(looked.wait, 60)
        await h.engine.remove([child.id])
        go_on.set()
        with anyio.fail_after(60):
            while not answers:
                await h.engine.snapshots([])
        assert answers == [[Picture(key=child.id)]]
        assert "0 shown" in repr(h.engine._on.gallery)


async def test_a_picture_elsewhere_on_this_machine_is_not_asked_for(tmp_path: Path, host: PictureHost) -> None:
    """Only a hub that the user put on this machine may have its pictures here."""
    expansion = listed(tmp_path / "to", host)
    key = msgspec.structs.replace(expansion.collection.key, endpoint="https://hub.example")
    collection = msgspec.structs.replace(expansion.collection, key=key)
    host.pictures = {"/avatar": png(1)}
    async with Harness(tmp_path) as h:
        await h.add(Expansion(collection=collection, resources=()))
        assert await shown(h, creator_key(collection)) == Picture(key=creator_key(collection))
        assert host.requests == []


async def test_while_something_downloads_pictures_come_one_after_the_other(tmp_path: Path, host: PictureHost) -> None:
    expansion = listed(tmp_path / "to", host, preview="/preview")
    host.pictures = {"/avatar": png(0), "/preview": png(3), "/preview/a.bin": png(1), "/preview/b.bin": png(2)}
    host.gate = threading.Event()
    async with Harness(tmp_path) as h:
        (step,) = hold(h.fetch, "a.bin")
        ids = await h.get(expansion)
        await h.until_state(State.DOWNLOADING, ids[0])
        await h.engine.pictures([*ids, expansion.collection.id, creator_key(expansion.collection)])
        with anyio.fail_after(60):
            while not host.requests:
                await anyio.lowlevel.checkpoint()
        await h.calm()
        assert len(host.requests) == 1
        host.gate.set()
        await h.until(lambda: len({one.key for one in news(h) if one.version}) == 4)
        step.go.set()
        await h.settled(ids)


async def test_a_host_that_is_too_busy_for_pictures_is_asked_for_files_all_the_same(
    tmp_path: Path, host: PictureHost
) -> None:
    expansion = listed(tmp_path / "to", host)
    host.status = 429
    async with Harness(tmp_path) as h:
        await h.add(expansion)
        key = creator_key(expansion.collection)
        assert await shown(h, key) == Picture(key=key)
        request = Request(url=host.url("/file"), trusted=True)
        answer, _ = await h.engine._client.get(request)
        assert answer.status == 429, "a picture left the host free, so it was asked"
        with pytest.raises(ServerBusy):
            await h.engine._client.get(request)


async def test_pictures_leave_room_for_what_files_ask_of_the_same_host(tmp_path: Path, host: PictureHost) -> None:
    expansion = listed(tmp_path / "to", host, preview="/preview")
    host.pictures = {"/avatar": png(0), "/preview": png(3), "/preview/a.bin": png(1), "/preview/b.bin": png(2)}
    host.gate = threading.Event()
    async with Harness(tmp_path) as h:
        ids = await h.add(expansion)
        await h.engine.pictures([*ids, expansion.collection.id, creator_key(expansion.collection)])
        with anyio.fail_after(60):
            while len(host.requests) < WORKERS:
                await anyio.lowlevel.checkpoint()
            answer, _ = await h.engine._client.get(Request(url=host.url("/file"), trusted=True))
        assert answer.status == 404
        host.gate.set()


def test_namesakes_on_other_hubs_are_other_people() -> None:
    def by(hub: str, creator: str) -> Collection:
        key = CollectionKey(hub, "", "pack", "x")
        return Collection(id=key.id, key=key, title="x", creator=creator)

    assert creator_key(by("a", "Ada")) != creator_key(by("b", "Ada"))
    assert creator_key(by("a", "")) == ""
