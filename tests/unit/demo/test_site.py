"""What depends on time, with a clock that the test moves."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import anyio
import pytest

from stabilitydl.demo import scanner as scanner_module
from stabilitydl.demo.connection import Answer, Call
from stabilitydl.demo.pack import Digests, Pack, digests
from stabilitydl.demo.plan import PackPlan
from stabilitydl.demo.scanner import PATIENCE, Scanner
from stabilitydl.demo.site import SIGNATURE_SECONDS, Site
from stabilitydl.demo.trouble import SLOW_START_SECONDS, Trouble
from stabilitydl.demo.weights import Weights
from tests.fakes.clock import ManualClock

from .browser import troubled

pytestmark = pytest.mark.anyio
PLAN = PackPlan(files=3, size=5000)


async def storage_of(site: Site, number: int) -> str:
    answer = await site.answer(Call("GET", f"/api/download/models/{number}"))
    address = urlsplit(dict(answer.headers)["Location"])
    return f"{address.path}?{address.query}"


async def test_a_storage_address_lives_for_an_hour() -> None:
    clock = ManualClock()
    async with anyio.create_task_group() as tasks:
        site = Site("http://hub", Scanner(tasks, clock), clock)
        target = await storage_of(site, PLAN.version_id(0))
        clock.now += SIGNATURE_SECONDS
        assert (await site.answer(Call("GET", target))).status == 200
        clock.now += 1
        late = await site.answer(Call("GET", target))
        assert late.status == 403
        assert isinstance(late.body, bytes)
        assert b"Request has expired" in late.body


async def test_a_slow_start_waits_before_every_body() -> None:
    clock = ManualClock()
    answers: list[Answer] = []

    async def ask(site: Site, target: str) -> None:
        answers.append(await site.answer(Call("GET", target)))

    async with anyio.create_task_group() as tasks:
        site = Site("http://hub", Scanner(tasks, clock), clock)
        target = await storage_of(site, troubled(Trouble.SLOW_START).version_id)
        for count in (1, 2):
            tasks.start_soon(ask, site, target)
            await anyio.wait_all_tasks_blocked()
            assert len(answers) == count - 1
            clock.advance(SLOW_START_SECONDS)
            await anyio.wait_all_tasks_blocked()
            assert len(answers) == count


async def test_a_page_does_not_wait_for_ever_for_checksums(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    pages: list[list[bool]] = []

    def slow_for_the_second(weights: Weights, is_cancelled: Callable[[], bool]) -> Digests | None:
        if weights is Pack.get(PLAN).files[1].weights:
            go_on.wait(60)
        return digests(weights, is_cancelled)

    async def ask(site: Site) -> None:
        answer = await site.answer(Call("GET", f"/api/v1/models/{PLAN.model_id}"))
        assert isinstance(answer.body, bytes)
        files = [version["files"][0] for version in json.loads(answer.body)["modelVersions"]]
        assert all(bool(file["hashes"]) == (file["pickleScanResult"] == "Success") for file in files)
        pages.append([bool(file["hashes"]) for file in files])
        asked.set()

    monkeypatch.setattr(scanner_module, "digests", slow_for_the_second)
    clock = ManualClock()
    asked = anyio.Event()
    async with anyio.create_task_group() as tasks:
        scanner = Scanner(tasks, clock)
        site = Site("http://hub", scanner, clock)
        tasks.start_soon(ask, site)
        files = Pack.get(PLAN).files
        await scanner.scan([files[0], files[2]])
        await anyio.wait_all_tasks_blocked()
        assert not pages
        clock.advance(PATIENCE)
        await asked.wait()
        assert pages == [[True, False, True]]
        go_on.set()
        await scanner.scan(files)
        await ask(site)
    assert pages[1] == [True, True, True]


async def test_a_stopped_scanner_keeps_nobody_waiting() -> None:
    async with anyio.create_task_group() as tasks:
        scanner = Scanner(tasks, ManualClock())
        tasks.start_soon(scanner.scan, Pack.get(PackPlan(files=9, size=2**37)).files)
        await anyio.wait_all_tasks_blocked()
        scanner.stop()
