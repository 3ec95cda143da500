"""From names to sockets: broken addresses, broken resolvers, rebinding."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from collections.abc import Sequence

import anyio
import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.errors import (
    HostUnreachable,
    NameNotResolved,
    NetworkTimeout,
    PrivateAddress,
    StabilityError,
    TooManyOpenFiles,
)
from stabilitydl.http.client import HttpClient
from stabilitydl.http.connecting import REMEMBERED, STAGGER, Resolver, connect
from stabilitydl.http.origins import Reach
from stabilitydl.http.proxies import Proxies
from stabilitydl.http.request import Request
from tests.fakes.clock import ManualClock
from tests.fakes.origin import FileOrigin

pytestmark = pytest.mark.anyio


class Names:
    """Stands in for the system's resolver: a table, and a count of look-ups."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **table: Sequence[str] | OSError) -> None:
        self.table = {name.replace("_", "."): entry for name, entry in table.items()}
        self.asked: list[str] = []
        self.gate: threading.Event | None = None
        monkeypatch.setattr(socket, "getaddrinfo", self._answer)

    def _answer(self, host: str, port: int, family: int = 0, type: int = 0, **_: object) -> list[object]:  # noqa: A002
        self.asked.append(host)
        if self.gate is not None:
            self.gate.wait(60)
        entry = self.table.get(host, socket.gaierror(socket.EAI_NONAME, "unknown"))
        if isinstance(entry, OSError):
            raise entry
        return [
            (socket.AF_INET6, type, 6, "", (text, port, 0, 0))
            if ":" in text
            else (socket.AF_INET, type, 6, "", (text, port))
            for text in entry
        ]


class Dialler:
    """Stands in for ``sock_connect``: addresses in ``black_holes`` never answer, the others really connect."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *black_holes: str) -> None:
        self.tried: list[str] = []
        self.black_holes = black_holes
        self._real = asyncio.get_running_loop().sock_connect
        monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", self._connect)

    async def _connect(self, sock: socket.socket, address: tuple[str, int]) -> None:
        self.tried.append(address[0])
        if address[0] in self.black_holes:
            await anyio.sleep_forever()
        await self._real(sock, address)


async def test_a_broken_address_costs_a_quarter_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """N06: IPv6 leads nowhere, IPv4 works."""
    clock = ManualClock()
    Names(monkeypatch, h_test=["2001:db8::1", "2001:db8::2", "127.0.0.1"])
    dialler = Dialler(monkeypatch, "2001:db8::1", "2001:db8::2")
    socks: list[socket.socket] = []
    with FileOrigin() as origin:

        async def run() -> None:
            socks.append(await connect("h.test", origin.port, Reach.ANY, Resolver(clock), clock))

        async with anyio.create_task_group() as group:
            group.start_soon(run)
            while dialler.tried != ["2001:db8::1"]:
                await anyio.lowlevel.checkpoint()
            await anyio.wait_all_tasks_blocked()
            assert dialler.tried == ["2001:db8::1"]
            clock.advance(STAGGER)
        assert dialler.tried == ["2001:db8::1", "127.0.0.1"]
        assert socks[0].getpeername()[0] == "127.0.0.1"
        assert not socks[0].getblocking()
        socks[0].close()


async def test_a_refused_address_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """N06"""
    clock = ManualClock()
    Names(monkeypatch, h_test=["127.0.0.2", "127.0.0.3", "127.0.0.1"])
    with FileOrigin() as origin:
        (await connect("h.test", origin.port, Reach.ANY, Resolver(clock), clock)).close()
        await anyio.wait_all_tasks_blocked()
    with pytest.raises(HostUnreachable):
        await connect("h.test", origin.port, Reach.ANY, Resolver(clock), clock)


async def test_cancelling_a_race_leaves_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = ManualClock()
    Names(monkeypatch, h_test=["127.0.0.2", "127.0.0.3"])
    dialler = Dialler(monkeypatch, "127.0.0.2", "127.0.0.3")
    async with anyio.create_task_group() as group:
        group.start_soon(connect, "h.test", 80, Reach.ANY, Resolver(clock), clock)
        while not dialler.tried:
            await anyio.lowlevel.checkpoint()
        group.cancel_scope.cancel()


async def test_a_connection_gets_30_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """N02"""
    clock = ManualClock()
    client = HttpClient(clock, proxies=Proxies({}))
    dialler = Dialler(monkeypatch, "127.0.0.9")
    problems: list[StabilityError] = []

    async def ask() -> None:
        try:
            await client.get(Request("http://127.0.0.9/", trusted=True))
        except StabilityError as error:
            problems.append(error)

    async with anyio.create_task_group() as group:
        group.start_soon(ask)
        while not dialler.tried:
            await anyio.lowlevel.checkpoint()
        clock.advance(29.9)
        await anyio.wait_all_tasks_blocked()
        assert problems == []
        clock.advance(0.2)
    assert isinstance(problems[0], NetworkTimeout)
    assert problems[0].arguments == {"host": "127.0.0.9"}
    assert client.connections == []
    await client.aclose()


@pytest.mark.parametrize("code", [socket.EAI_NONAME, socket.EAI_AGAIN, socket.EAI_FAIL])
async def test_a_name_without_an_address_is_named(
    code: int, monkeypatch: pytest.MonkeyPatch, client: HttpClient
) -> None:
    """N05"""
    Names(monkeypatch, gone_test=socket.gaierror(code, "no"))
    with pytest.raises(NameNotResolved, match=r"gone\.test"):
        await client.get(Request("https://gone.test/"))
    assert client.connections == []


@pytest.mark.parametrize("name", ["a..b", "x" * 70 + ".test", "[fe80::1%25lo]"])
async def test_a_name_that_cannot_be_one_has_no_address(name: str, client: HttpClient) -> None:
    with pytest.raises(StabilityError):
        await client.get(Request(f"http://{name}/", trusted=True))


async def test_a_resolver_that_hangs_holds_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """N05"""
    clock = ManualClock()
    names = Names(monkeypatch, slow_test=["127.0.0.1"])
    names.gate = threading.Event()
    client = HttpClient(clock, proxies=Proxies({}))
    problems: list[StabilityError] = []

    async def ask() -> None:
        try:
            await client.get(Request("http://slow.test/", trusted=True))
        except StabilityError as error:
            problems.append(error)

    with FileOrigin() as origin:
        file = origin.add("/x", b"x")
        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            while not names.asked:
                await anyio.lowlevel.checkpoint()
            assert (await client.get(Request(file.url, trusted=True)))[1] == b"x"
            clock.advance(30)
    names.gate.set()
    assert isinstance(problems[0], NetworkTimeout)
    await client.aclose()


async def test_connections_that_open_together_share_a_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = ManualClock()
    names = Names(monkeypatch, h_test=["127.0.0.1"])
    resolver = Resolver(clock)
    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(resolver.resolve, "h.test", 80)
    assert names.asked == ["h.test"]
    clock.advance(REMEMBERED)
    await resolver.resolve("h.test", 80)
    assert len(names.asked) == 2
    assert await resolver.resolve("127.0.0.1", 80) == [(socket.AF_INET, ("127.0.0.1", 80))]
    assert len(names.asked) == 2


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"])
async def test_a_public_name_with_a_private_address_is_refused(
    address: str, monkeypatch: pytest.MonkeyPatch, client: HttpClient
) -> None:
    """F15: whatever a name means now is checked, not what it meant before."""
    Names(monkeypatch, cdn_test=[address])
    dialler = Dialler(monkeypatch)
    with pytest.raises(PrivateAddress, match=r"cdn\.test"):
        await client.get(Request("http://cdn.test/"))
    assert dialler.tried == []


async def test_only_the_allowed_addresses_of_a_name_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """F15"""
    Names(monkeypatch, cdn_test=["10.0.0.1", "127.0.0.1"])
    dialler = Dialler(monkeypatch)
    with FileOrigin() as origin:
        sock = await connect("cdn.test", origin.port, Reach.LOOPBACK, Resolver(SystemClock()), SystemClock())
        sock.close()
    assert dialler.tried == ["127.0.0.1"]


async def test_a_typed_name_may_lead_to_its_own_kind(monkeypatch: pytest.MonkeyPatch, client: HttpClient) -> None:
    """F15: the class counts that the typed name really has."""
    Names(monkeypatch, nas_test=["127.0.0.1"], other_test=["127.0.0.1"], office_test=["10.0.0.1"])
    with FileOrigin() as other, FileOrigin() as origin:
        other.add("/x", b"here")
        origin.redirect("/a", f"http://other.test:{other.port}/x")
        origin.redirect("/b", "http://office.test/")
        assert (await client.get(Request(f"http://nas.test:{origin.port}/a", trusted=True)))[1] == b"here"
        with pytest.raises(PrivateAddress):
            await client.get(Request(f"http://nas.test:{origin.port}/b", trusted=True))


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE])
async def test_too_many_open_files_are_named(number: int, monkeypatch: pytest.MonkeyPatch, client: HttpClient) -> None:
    class Full(socket.socket):
        def __init__(self, *_: object) -> None:
            raise OSError(number, "full")

    monkeypatch.setattr(socket, "socket", Full)
    with pytest.raises(TooManyOpenFiles):
        await client.get(Request("http://127.0.0.1:9/", trusted=True))


async def test_ipv6_literals_work(client: HttpClient) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 on loopback")
    with FileOrigin(host="::1") as origin:
        file = origin.add("/x", b"x")
        assert (await client.get(Request(file.url, trusted=True)))[1] == b"x"
