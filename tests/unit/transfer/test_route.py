"""The address: asked for once, kept behind redirects, renewed when it expires, but not without end."""

from __future__ import annotations

import anyio
import pytest

from stabilitydl.http.request import Request
from stabilitydl.transfer.route import RENEWAL_SECONDS, RENEWALS, Route
from tests.fakes.clock import ManualClock

pytestmark = pytest.mark.anyio


class Hub:
    def __init__(self) -> None:
        self.asked = 0

    async def request(self) -> Request:
        self.asked += 1
        number = self.asked
        await anyio.lowlevel.checkpoint()
        headers = (("X-Number", str(number)),)
        return Request(f"https://hub.test/file?{number}", headers=headers, hub="hub", trusted=True)


async def test_the_final_address_is_kept_and_the_hub_asked_once() -> None:
    hub = Hub()
    route = Route(hub, ManualClock())
    first = await route.request()
    route.works("https://cdn.test/file?signed")
    again = await route.request()
    assert again == Request("https://cdn.test/file?signed", headers=(), hub="hub", trusted=True)
    assert hub.asked == 1
    # Headers stay with their origin.
    route = Route(hub, ManualClock())
    first = await route.request()
    route.works("https://hub.test/elsewhere")
    assert await route.request() == Request("https://hub.test/elsewhere", first.headers, "hub", True)
    route.works("https://hub.test:444/elsewhere")
    assert (await route.request()).headers == ()


async def test_connections_that_come_together_ask_once() -> None:
    hub = Hub()
    route = Route(hub, ManualClock())
    found: list[Request] = []

    async def ask() -> None:
        found.append(await route.request())

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(ask)
    assert hub.asked == 1
    assert len(set(found)) == 1


async def test_an_address_that_never_worked_has_not_expired() -> None:
    """H18"""
    route = Route(Hub(), ManualClock())
    await route.request()
    assert not route.expire(route.generation)


async def test_an_expired_address_is_renewed_once_for_all_who_used_it() -> None:
    """H16"""
    hub = Hub()
    route = Route(hub, ManualClock())
    first = await route.request()
    route.works(first.url)
    used = route.generation
    for _ in range(8):
        assert route.expire(used)
    assert (await route.request()).url == "https://hub.test/file?2"
    assert hub.asked == 2
    assert route.expire(used)
    assert (await route.request()).url == "https://hub.test/file?2"


async def test_renewals_end_within_a_minute_and_begin_again_after_it() -> None:
    """H16"""
    clock = ManualClock()
    route = Route(Hub(), clock)
    for _ in range(RENEWALS):
        route.works((await route.request()).url)
        assert route.expire(route.generation)
        clock.advance(RENEWAL_SECONDS / RENEWALS - 0.1)
    await route.request()
    assert not route.expire(route.generation)
    clock.advance(0.3)
    assert route.expire(route.generation)
    assert "renewals=3" in repr(route)


async def test_renewals_that_bring_nothing_end_however_long_each_takes() -> None:
    """H16"""
    clock, hub = ManualClock(), Hub()
    route = Route(hub, clock)
    route.works((await route.request()).url)
    for _ in range(RENEWALS):
        assert route.expire(route.generation)
        await route.request()
        clock.advance(RENEWAL_SECONDS)
    assert not route.expire(route.generation)
    route.works((await route.request()).url)
    assert route.expire(route.generation)


async def test_a_late_answer_of_the_old_address_changes_nothing() -> None:
    route = Route(Hub(), ManualClock())
    route.works((await route.request()).url)
    route.expire(route.generation)
    route.works("https://hub.test/old")
    assert (await route.request()).url == "https://hub.test/file?2"
