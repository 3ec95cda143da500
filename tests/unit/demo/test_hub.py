"""The demo hub through the product's own client, as the engine uses it."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.demo import hub as hub_module
from stabilitydl.demo import process as process_module
from stabilitydl.demo.hub import START_SECONDS, DemoHub
from stabilitydl.demo.process import HubProcess
from stabilitydl.demo.trouble import Trouble
from stabilitydl.domain.resource import Resource
from stabilitydl.errors import (
    Blocked,
    InternalError,
    LoginNeeded,
    NotFound,
    RemoteGone,
    ServerFailed,
    StabilityError,
    UsageError,
)
from stabilitydl.http.client import HttpClient
from stabilitydl.http.request import Request
from stabilitydl.http.status import error_for
from stabilitydl.hubs.protocol import Destination, Expansion, Hub
from tests.fakes.clock import ManualClock

from .browser import troubled
from .reader import read_png

pytestmark = pytest.mark.anyio


@pytest.fixture
async def hub() -> AsyncIterator[DemoHub]:
    hub = DemoHub()
    yield hub
    await hub.aclose()


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    client = HttpClient(SystemClock())
    yield client
    await client.aclose()


async def expand(hub: Hub, client: HttpClient, text: str, root: Path) -> Expansion:
    locator = hub.recognise(text)
    assert locator is not None
    return await hub.expand(locator, Destination(root), client)


async def body_of(hub: Hub, client: HttpClient, resource: Resource) -> bytes:
    (address,) = resource.addresses
    request = await hub.request(resource, address, client)
    answer, body = await client.get(request)
    error = error_for(answer.status, answer.headers, answer.host, 0)
    if error is not None:
        raise await hub.explain(resource, type(error)(**error.arguments, body=body.decode()), client)
    return body


def test_nothing_runs_before_it_is_needed() -> None:
    hub = DemoHub()
    locator = hub.recognise("demo:?files=80")
    assert locator is not None
    assert (locator.hub, locator.text, locator.kind) == ("demo", "demo:", "model")
    assert hub.recognise("https://civitai.com/models/1102") is None
    with pytest.raises(UsageError):
        hub.recognise("demo:?files=x")
    assert hub._process is None
    hub.close()


async def test_the_usual_pack(hub: DemoHub, client: HttpClient, tmp_path: Path) -> None:
    expansion = await expand(hub, client, "demo:", tmp_path)
    collection, resources = expansion.collection, expansion.resources
    assert (collection.title, collection.locator, collection.hub) == ("Demo pack: 80 style LoRAs", "demo:", "demo")
    assert (len(resources), expansion.selected, expansion.problems) == (80, None, ())
    for resource in resources:
        assert resource.size == 4 * 1024 * 1024
        assert {str(checksum.algorithm) for checksum in resource.checksums} == {"sha256", "blake3", "autov2", "crc32"}
        assert resource.blocked is None
    body = await body_of(hub, client, resources[41])
    assert resources[41].checksum is not None
    assert hashlib.sha256(body).hexdigest() == resources[41].checksum.digits


async def test_what_is_stored_outlives_the_server(hub: DemoHub, client: HttpClient, tmp_path: Path) -> None:
    text = "demo:?files=5&size=70000"
    expansion = await expand(hub, client, text, tmp_path)
    first = await hub.endpoint()
    assert first not in repr(expansion)
    await hub.aclose()
    bodies = [await body_of(hub, client, resource) for resource in expansion.resources]
    for body, resource in zip(bodies, expansion.resources, strict=True):
        assert resource.checksum is not None
        assert hashlib.sha256(body).hexdigest() == resource.checksum.digits
    assert await expand(hub, client, text, tmp_path) == expansion
    picture = await hub.absolute(expansion.resources[2].preview)
    assert picture.startswith(await hub.endpoint())


async def test_pictures_come_from_the_running_server(hub: DemoHub, client: HttpClient, tmp_path: Path) -> None:
    expansion = await expand(hub, client, "demo:?files=2&size=5000", tmp_path)
    for reference in (expansion.collection.avatar, *(resource.preview for resource in expansion.resources)):
        _, body = await client.get(Request(await hub.absolute(reference), trusted=True))
        read_png(body)


async def test_a_server_that_died_is_started_again(hub: DemoHub, client: HttpClient, tmp_path: Path) -> None:
    expansion = await expand(hub, client, "demo:?files=1&size=5000", tmp_path)
    assert hub._process is not None
    hub._process.kill()
    assert len(await body_of(hub, client, expansion.resources[0])) == 5000


async def test_all_who_need_the_server_at_once_get_the_same(hub: DemoHub) -> None:
    found: list[str] = []

    async def ask() -> None:
        found.append(await hub.endpoint())

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(ask)
    assert len(found) == 5
    assert len(set(found)) == 1


async def test_one_server_gives_every_pack(hub: DemoHub, client: HttpClient, tmp_path: Path) -> None:
    one = await expand(hub, client, "demo:?files=1&size=5000", tmp_path)
    process = hub._process
    two = await expand(hub, client, "demo:?files=2&size=5000", tmp_path)
    assert hub._process is process
    assert one.collection.id != two.collection.id
    assert (len(one.resources), len(two.resources)) == (1, 2)


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (Trouble.MISSING, ServerFailed),
        (Trouble.REMOVED, RemoteGone),
        (Trouble.LOGIN, LoginNeeded),
        (Trouble.EARLY_ACCESS, Blocked),
        (Trouble.USAGE, Blocked),
    ],
)
async def test_each_refusal_has_its_own_meaning(
    hub: DemoHub, client: HttpClient, tmp_path: Path, trouble: Trouble, kind: type[StabilityError]
) -> None:
    expansion = await expand(hub, client, "demo:?trouble=1&size=64KiB", tmp_path)
    resource = expansion.resources[troubled(trouble).index]
    assert (resource.blocked is not None) == issubclass(kind, Blocked)
    with pytest.raises(kind) as failure:
        await body_of(hub, client, resource)
    assert not isinstance(failure.value, NotFound)


async def test_a_server_that_does_not_start_is_reported(hub: DemoHub, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as context:
        context.setattr(process_module, "command", lambda: [sys.executable, "-c", ""])
        with pytest.raises(InternalError, match="did not start"):
            await hub.endpoint()
    assert (await hub.endpoint()).startswith("http://127.0.0.1:")


class Started:
    """Stands in for the class of processes and keeps those that were made."""

    def __init__(self) -> None:
        self.processes: list[HubProcess] = []

    def __call__(self) -> HubProcess:
        self.processes.append(HubProcess())
        return self.processes[-1]


@pytest.fixture
def mute(monkeypatch: pytest.MonkeyPatch) -> Started:
    """Servers that run and never say that they are ready."""
    started = Started()
    monkeypatch.setattr(process_module, "command", lambda: [sys.executable, "-c", "import time; time.sleep(1000)"])
    monkeypatch.setattr(hub_module, "HubProcess", started)
    return started


async def test_a_server_that_is_never_ready_is_ended(mute: Started) -> None:
    clock = ManualClock()
    hub = DemoHub(clock)
    failures: list[StabilityError] = []

    async def ask() -> None:
        try:
            await hub.endpoint()
        except StabilityError as error:
            failures.append(error)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        clock.advance(START_SECONDS)
    assert [str(error) for error in failures] == ["Something unexpected happened: the demo hub did not start in time."]
    assert [process.is_alive for process in mute.processes] == [False]


async def test_no_server_is_left_when_nobody_waits_for_it_any_more(mute: Started) -> None:
    hub = DemoHub()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(hub.endpoint)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    assert [process.is_alive for process in mute.processes] == [False]
