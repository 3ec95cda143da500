"""The network goes away, or something stands in between: everything waits and goes on by itself. A host that fails
alone fails alone."""

from __future__ import annotations

import contextlib
import math
import socket
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import anyio
import msgspec
import pytest

from stabilitydl import errors
from stabilitydl.disk import patience
from stabilitydl.domain.resource import Address
from stabilitydl.domain.states import State, WaitReason
from stabilitydl.engine import fleet
from stabilitydl.errors import HostUnreachable, StabilityError
from stabilitydl.http import connecting
from stabilitydl.http.attempts import SPACING
from stabilitydl.http.connecting import Place
from stabilitydl.hubs.direct import Direct
from stabilitydl.hubs.protocol import Expansion
from stabilitydl.hubs.registry import Registry
from stabilitydl.settings import Settings
from stabilitydl.transfer.fetch import fetch
from stabilitydl.transfer.order import Arrival, Live, Order, Services, Source, Watcher
from stabilitydl.transfer.retry import TRIES
from tests.engine.harness import PATIENCE, Harness
from tests.engine.real import contents, expand, pack_of
from tests.fakes.hub import pack
from tests.fakes.origin import FileOrigin
from tests.fakes.ports import held_port
from tests.fakes.transfer import FakeFetch

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def good_drives(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of them is held to be stuck because the clock is moved while a slow machine looks at it."""
    monkeypatch.setattr(patience, "STUCK_SECONDS", math.inf)
    monkeypatch.setattr(fleet, "VOLUME_SECONDS", math.inf)
    monkeypatch.setattr("stabilitydl.transfer.fetch.CLOSE_SECONDS", math.inf)


def host_of(name: str) -> str:
    """Each file has a host of its own, by its first letter."""
    return f"{name[0]}.test"


def hosts(to: Path, *names: str, scheme: str = "https") -> Expansion:
    """A collection whose files lie on several hosts."""
    expansion = pack(to, *names)
    return Expansion(
        collection=expansion.collection,
        resources=tuple(
            msgspec.structs.replace(each, addresses=(Address("fake", f"{scheme}://{host_of(each.name)}/{each.name}"),))
            for each in expansion.resources
        ),
    )


def reason_of(h: Harness, resource: str) -> WaitReason | None:
    wait = h.changes(resource)[-1].wait
    return wait.reason if wait is not None else None


class Hosts(FakeFetch):
    """Hosts that give a byte every half second until they are ``down``, or until all that is left comes at once."""

    def __init__(self) -> None:
        super().__init__()
        self.down: set[str] = set()
        self.is_enough = False

    async def __call__(self, order: Order, source: Source, live: Live, watcher: Watcher, services: Services) -> Arrival:
        host = host_of(order.resource.name)
        failures = 0
        watcher.phase(State.RESOLVING)
        while not self.is_enough or host in self.down:
            if host in self.down:
                failures += 1
                if failures == TRIES:
                    raise HostUnreachable(host=host)
                watcher.retrying(HostUnreachable(host=host).problem, 1.5)
                await services.clock.sleep(1.5)
                continue
            failures = 0
            watcher.phase(State.DOWNLOADING)
            live.host = host
            live.fetched += 1
            live.received = min(live.received + 1, 10)
            await services.clock.sleep(0.5)
        return await super().__call__(order, source, live, watcher, services)


@pytest.mark.parametrize("has_route", [False, True])
async def test_a_link_that_goes_down_makes_no_host_fail(tmp_path: Path, has_route: bool) -> None:
    """N04: two hosts that gave bytes a moment ago do not prove against each other that the network works."""
    fetcher = Hosts()
    async with Harness(tmp_path, fetch=fetcher, online=has_route) as h:
        ids = await h.get(hosts(tmp_path / "to", "a.bin", "b.bin"))
        await h.until_state(State.DOWNLOADING, *ids)
        await h.advance_until(lambda: len(h.ticks()) > 4)
        fetcher.down = {"a.test", "b.test"}
        await h.advance_until(lambda: all(h.state(each) in (State.WAITING, State.FAILED) for each in ids))
        assert [(h.state(each), reason_of(h, each)) for each in ids] == [(State.WAITING, WaitReason.NETWORK)] * 2
        fetcher.down = set()
        fetcher.is_enough = True
        await h.advance_until(lambda: all(h.state(each) is State.DOWNLOADED for each in ids), step=1)
        assert not any(State.FAILED in h.states(each) for each in ids)


async def test_a_host_that_dies_while_another_one_gives_bytes_fails(tmp_path: Path) -> None:
    """N04 is not at work here: the network is there."""
    fetcher = Hosts()
    async with Harness(tmp_path, fetch=fetcher) as h:
        ids = await h.get(hosts(tmp_path / "to", "a.bin", "b.bin"))
        await h.until_state(State.DOWNLOADING, *ids)
        await h.advance_until(lambda: len(h.ticks()) > 4)
        fetcher.down = {"a.test"}
        await h.advance_until(lambda: h.state(ids[0]) in (State.WAITING, State.FAILED))
        assert h.state(ids[0]) is State.FAILED
        fetcher.is_enough = True
        await h.advance_until(lambda: h.state(ids[1]) is State.DOWNLOADED)


async def test_hubs_that_answered_count_too(tmp_path: Path) -> None:
    """N04: what redirects to storage, or lists files, gives no byte of a file, and is asked first for the next one."""
    async with Harness(tmp_path) as h:
        failed = h.clock.now
        assert not h.engine._on.context.reach.is_offline("hub.test", failed)
        h.engine._on.services.client.governor.on_answer("hub.test")
        assert h.engine._on.context.reach.is_offline("hub.test", failed)


class Between(FakeFetch):
    """Something in between answers for some hosts, in place of them."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, StabilityError] = {}
        self.seconds = 0.0
        """How long an answer takes."""

    def stand(self, *errors: StabilityError) -> None:
        """Answer for a.test, b.test, ... with ``errors``."""
        self.answers = {f"{letter}.test": error for letter, error in zip("abcdef", errors, strict=False)}

    async def __call__(self, order: Order, source: Source, live: Live, watcher: Watcher, services: Services) -> Arrival:
        error = self.answers.get(host_of(order.resource.name))
        if error is None:
            return await super().__call__(order, source, live, watcher, services)
        self.calls.append(order.resource.name)
        watcher.phase(State.RESOLVING)
        await source.request()
        if self.seconds:
            await services.clock.sleep(self.seconds)
        raise type(error)(**error.arguments)


PORTAL = errors.WebPage(host="portal.test")
NEARBY = errors.PrivateAddress(host="b.test")
NO_PROOF = errors.TlsFailed(host="a.test", detail="hostname mismatch")
UNSAFE = errors.UnsafeRedirect(host="b.test", target="http://portal.test/")


@pytest.mark.parametrize(
    "answers",
    [(PORTAL, PORTAL, PORTAL), (PORTAL, NEARBY, PORTAL)],
    ids=["pages", "page and address"],
)
async def test_a_portal_that_answers_for_all_hosts_makes_everybody_wait(
    tmp_path: Path, answers: Sequence[StabilityError]
) -> None:
    """N10: all jobs pause, and go on by themselves when somebody has logged in to it."""
    fetcher = Between()
    fetcher.stand(*answers)
    async with Harness(tmp_path, fetch=fetcher, settings=Settings(jobs=2)) as h:
        ids = await h.get(hosts(tmp_path / "to", "a.bin", "b.bin", "c.bin", scheme="http"))
        await h.advance_until(lambda: all(h.state(each) in (State.WAITING, State.FAILED) for each in ids))
        assert [(h.state(each), reason_of(h, each)) for each in ids] == [(State.WAITING, WaitReason.NETWORK)] * 3
        fetcher.answers = {}
        await h.advance_until(lambda: all(h.state(each) is State.DOWNLOADED for each in ids), step=1)
        assert not any(State.FAILED in h.states(each) for each in ids)


async def test_pages_of_several_hosts_are_their_own_when_another_one_gives_files(tmp_path: Path) -> None:
    """H14, N10: those that wait for the network keep nobody else from being asked, and fail once somebody gives."""
    fetcher = Between()
    fetcher.stand(PORTAL, PORTAL)
    async with Harness(tmp_path, fetch=fetcher, settings=Settings(jobs=2)) as h:
        ids = await h.get(hosts(tmp_path / "to", "a.bin", "b.bin", "a2.bin", "b2.bin", "c.bin", scheme="http"))
        await h.advance_until(lambda: all(h.state(each) in (State.DOWNLOADED, State.FAILED) for each in ids), step=1)
        assert [h.state(each) for each in ids] == [State.FAILED] * 4 + [State.DOWNLOADED]


async def test_pages_are_known_as_their_own_from_then_on(tmp_path: Path) -> None:
    """H14: also where both hosts are asked again at the same moment."""
    fetcher = Between()
    fetcher.stand(PORTAL, PORTAL)
    fetcher.seconds = 3.0
    async with Harness(tmp_path, fetch=fetcher) as h:
        ids = await h.get(hosts(tmp_path / "to", "a.bin", "b.bin", scheme="http"))
        await h.advance_until(lambda: all(h.state(each) is State.WAITING for each in ids))
        await h.settled(await h.get(hosts(tmp_path / "more", "c.bin", scheme="http")))
        await h.advance_until(lambda: all(h.state(each) is State.FAILED for each in ids), step=1)


async def test_certificates_count_for_nothing_once_two_others_sent_pages(tmp_path: Path) -> None:
    """N10: what stands in between cannot prove to be a host that is asked over TLS, known or not."""
    fetcher = Between()
    fetcher.stand(PORTAL, PORTAL, NO_PROOF)
    async with Harness(tmp_path, fetch=fetcher, settings=Settings(jobs=2)) as h:
        ids = await h.get(hosts(tmp_path / "to", "a.bin", "b.bin", scheme="http"))
        await h.advance_until(lambda: all(h.state(each) in (State.WAITING, State.FAILED) for each in ids))
        more = await h.get(hosts(tmp_path / "more", "c.bin"))
        await h.advance_until(lambda: h.state(more[0]) in (State.WAITING, State.FAILED))
        assert [reason_of(h, each) for each in (*ids, *more)] == [WaitReason.NETWORK] * 3
        fetcher.answers = {}
        await h.advance_until(lambda: all(h.state(each) is State.DOWNLOADED for each in (*ids, *more)), step=1)


async def test_a_portal_is_waited_for_as_long_as_it_is_there(tmp_path: Path) -> None:
    """N10: however often it is asked."""
    fetcher = Between()
    fetcher.stand(PORTAL, PORTAL)
    async with Harness(tmp_path, fetch=fetcher) as h:
        ids = await h.get(hosts(tmp_path / "to", "a.bin", "b.bin", scheme="http"))
        await h.advance_until(lambda: fetcher.calls.count("a.bin") >= 8, step=20)
        assert not any(State.FAILED in h.states(each) for each in ids)
        fetcher.answers = {}
        await h.advance_until(lambda: all(h.state(each) is State.DOWNLOADED for each in ids), step=20)


@pytest.mark.parametrize("answers", [(PORTAL, UNSAFE), (NO_PROOF, NO_PROOF)], ids=["trusted", "not trusted"])
async def test_hosts_that_gave_files_and_suddenly_all_do_not_are_behind_something(
    tmp_path: Path, answers: Sequence[StabilityError]
) -> None:
    """N10: whether or not the system trusts the certificates of what is in between, as in companies."""
    fetcher = Between()
    async with Harness(tmp_path, fetch=fetcher) as h:
        ids = await h.get(hosts(tmp_path / "to", "a.bin", "b.bin", "a2.bin", "b2.bin"))
        await h.settled(ids)
        fetcher.stand(*answers)
        more = await h.get(hosts(tmp_path / "more", "a3.bin", "b3.bin"))
        await h.advance_until(lambda: all(h.state(each) in (State.WAITING, State.FAILED) for each in more))
        assert [reason_of(h, each) for each in more] == [WaitReason.NETWORK] * 2
        fetcher.answers = {}
        await h.advance_until(lambda: all(h.state(each) is State.DOWNLOADED for each in more), step=1)


async def test_the_page_of_a_single_host_is_its_own(tmp_path: Path) -> None:
    """H14, however many files it has, and N10 is not meant: nobody waits, and no clock has to move."""
    fetcher = Between()
    fetcher.stand(PORTAL)
    async with Harness(tmp_path, fetch=fetcher) as h:
        ids = await h.get(hosts(tmp_path / "to", "a.bin", "a2.bin", "a3.bin", scheme="http"))
        rows = await h.settled(ids)
        assert {(row.state, row.problem and row.problem.code) for row in rows} == {(State.FAILED, "web-page")}
        assert not any(State.WAITING in h.states(each) for each in ids)


async def test_the_page_of_a_host_is_its_own_while_another_one_gives_files(tmp_path: Path) -> None:
    """H14."""
    fetcher = Between()
    fetcher.stand(PORTAL)
    async with Harness(tmp_path, fetch=fetcher) as h:
        ids = await h.get(hosts(tmp_path / "to", "a.bin", "b.bin", scheme="http"))
        await h.advance_until(lambda: all(h.state(each) in (State.DOWNLOADED, State.FAILED) for each in ids))
        assert [h.state(each) for each in ids] == [State.FAILED, State.DOWNLOADED]
        assert State.WAITING not in h.states(ids[0])


@pytest.mark.parametrize("answer", [PORTAL, NO_PROOF], ids=["page", "certificate"])
async def test_what_certificates_have_to_vouch_for_is_not_blamed_on_a_portal(
    tmp_path: Path, answer: StabilityError
) -> None:
    """H14, N07: two addresses of pages, typed in place of those of files, are no portal, and no wrong clock is."""
    fetcher = Between()
    fetcher.stand(answer, answer)
    async with Harness(tmp_path, fetch=fetcher) as h:
        rows = await h.settled(await h.get(hosts(tmp_path / "to", "a.bin", "b.bin")))
        assert {(row.state, row.problem and row.problem.code) for row in rows} == {(State.FAILED, answer.code)}


async def advance_between_requests(h: Harness, condition: Callable[[], bool]) -> None:
    """Move the clock until ``condition`` holds, and let it stand while any answer is on its way."""
    with anyio.fail_after(PATIENCE):
        h.follow()
        while not condition():
            if not any(line.running for line in h.engine._on.services.client.governor.lines()):
                h.clock.advance(1)
            with anyio.move_on_after(0.05):
                await h.calm()
            h.follow()


async def test_a_portal_leaves_no_file_and_costs_none(tmp_path: Path) -> None:
    """N10, with real bytes: two servers whose files lead to the page of a third one, until somebody logs in there."""
    page = b"<!doctype html><title>Welcome to the train</title>" + b" " * 2000
    with FileOrigin() as one, FileOrigin(host="127.0.0.2") as two, FileOrigin(host="127.0.0.3") as portal:
        welcome = portal.add("/welcome", page, content_type="text/html", ranges=False)
        files = [one.add("/a.bin", contents(5000, 1)), two.add("/b.bin", contents(5000, 2))]
        for origin, file in zip((one, two), files, strict=True):
            origin.redirect(file.path, welcome.url)
        async with Harness(tmp_path, fetch=fetch, hubs=Registry([Direct()])) as h:
            ids = await h.get(pack_of(tmp_path / "to", files))
            await advance_between_requests(
                h, lambda: all(h.state(each) in (State.WAITING, State.FAILED) for each in ids)
            )
            assert [(h.state(each), reason_of(h, each)) for each in ids] == [(State.WAITING, WaitReason.NETWORK)] * 2
            assert [path for path in (tmp_path / "to").rglob("*") if path.is_file()] == []
            one.routes.clear()
            two.routes.clear()
            await advance_between_requests(h, lambda: all(h.state(each) is State.DOWNLOADED for each in ids))
        assert [(tmp_path / "to" / file.path[1:]).read_bytes() for file in files] == [file.data for file in files]


async def test_many_files_of_dead_hosts_knock_once_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """N12: at most one attempt per host and second, from the first second on."""
    times: dict[str, list[float]] = {"127.0.0.1": [], "127.0.0.2": []}
    attempt = connecting._attempt

    async def counted(host: str, place: Place) -> socket.socket:
        times[host].append(h.clock.now)
        return await attempt(host, place)

    monkeypatch.setattr(connecting, "_attempt", counted)
    settings = Settings(jobs=16)
    with contextlib.ExitStack() as held:
        ports = {host: held.enter_context(held_port(host)) for host in times}
        urls = [f"http://{host}:{port}/{host}-{number}.bin" for host, port in ports.items() for number in range(12)]
        async with Harness(tmp_path, settings=settings, fetch=fetch, hubs=Registry([Direct()])) as h:
            ids = await h.get(expand(tmp_path / "to", urls))
            await h.advance_until(lambda: all(h.state(each) is State.FAILED for each in ids))
    for moments in times.values():
        assert len(moments) >= TRIES
        assert min(after - before for before, after in pairwise(moments)) >= SPACING
