"""Strangers, liars and the slow: who may talk to an engine, and what a bad guest can do to it."""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import anyio
import anyio.lowlevel
import anyio.to_thread
import msgspec
import pytest
from anyio.abc import SocketAttribute, SocketStream

from stabilitydl import __version__
from stabilitydl.clock import SystemClock
from stabilitydl.domain.events import StateChanged
from stabilitydl.domain.states import State
from stabilitydl.engine import remote_channel, remote_endpoint, remote_host
from stabilitydl.engine.engine import Engine
from stabilitydl.engine.remote_channel import GREETING_LIMIT, Channel, PeerGone, admit, introduce
from stabilitydl.engine.remote_endpoint import Endpoint
from stabilitydl.engine.remote_link import Link
from stabilitydl.engine.remote_wire import Call, GiveUp, News, Returned, encode, error_of, read_from_host, verb
from stabilitydl.errors import InternalError, Problem, UnsafeName
from tests.engine.harness import PATIENCE, paths_in
from tests.engine.remote import Shared
from tests.fakes.clock import ManualClock
from tests.fakes.hub import pack
from tests.fakes.transfer import Hold

SECRET = "5" * 64
RAW = msgspec.Raw(msgspec.msgpack.encode([]))


@pytest.fixture
def owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shared]:
    monkeypatch.setattr(remote_channel, "GREETING_SECONDS", PATIENCE)
    member = Shared(tmp_path)
    member.start()
    yield member
    assert member.stop(PATIENCE)


@pytest.fixture
def endpoint(owner: Shared, tmp_path: Path) -> Endpoint:
    found = remote_endpoint.read(paths_in(tmp_path).data)
    assert found is not None
    return found


def guest(endpoint: Endpoint) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", endpoint.port), PATIENCE)
    sock.settimeout(PATIENCE)
    return sock


def frame(sock: socket.socket) -> bytes:
    (size,) = struct.unpack(">I", exactly(sock, 4))
    return exactly(sock, size)


def exactly(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = sock.recv(size - len(data))
        if not more:
            raise ConnectionError(data)
        data += more
    return data


def is_let_go(sock: socket.socket) -> bool:
    try:
        return sock.recv(1) == b""
    except ConnectionResetError:
        return True


def greeting(proof: bytes) -> bytes:
    data = msgspec.msgpack.encode({"nonce": b"\0" * 32, "proof": proof})
    return struct.pack(">I", len(data)) + data


@pytest.mark.parametrize(
    "said",
    [
        greeting(b"\0" * 32),
        greeting(b""),
        struct.pack(">I", GREETING_LIMIT + 1),
        struct.pack(">I", 3) + b"\xc1\xc1\xc1",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=["wrong-secret", "no-secret", "long", "garbage", "browser"],
)
def test_who_does_not_know_the_secret_is_let_go(said: bytes, owner: Shared, endpoint: Endpoint) -> None:
    with guest(endpoint) as sock:
        challenge = frame(sock)
        assert endpoint.secret.encode() not in challenge
        sock.sendall(said)
        assert is_let_go(sock)
    assert owner.call(owner.engine.collections) == []


def test_who_says_nothing_is_let_go(owner: Shared, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_channel, "GREETING_SECONDS", 0.05)
    with guest(endpoint) as sock:
        frame(sock)
        assert is_let_go(sock)


def test_strangers_are_few(owner: Shared, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_host, "STRANGERS", 2)
    with guest(endpoint) as first, guest(endpoint) as second:
        frame(first)
        frame(second)
        with guest(endpoint) as third:
            assert is_let_go(third)
        first.close()
        owner.until(lambda: is_welcome(endpoint))


def is_welcome(endpoint: Endpoint) -> bool:
    with guest(endpoint) as sock:
        try:
            return bool(frame(sock))
        except ConnectionError:
            return False


async def attached(endpoint: Endpoint) -> Channel:
    """A guest that knows the secret and may say what it likes."""
    channel = Channel(await anyio.connect_tcp("127.0.0.1", endpoint.port))
    assert await introduce(channel, endpoint.secret, SystemClock()) == __version__
    return channel


async def ends(channel: Channel) -> None:
    async def read() -> None:
        while True:
            await channel.receive()

    with anyio.fail_after(PATIENCE), pytest.raises(PeerGone):
        await read()


@pytest.mark.anyio
@pytest.mark.parametrize(
    "message",
    [
        b"\xc1",
        b"",
        encode(Call(1, "run", RAW)),
        encode(Call(1, "stop", RAW)),
        encode(Call(1, "__init__", RAW)),
        encode(Call(1, "_open_ledger", RAW)),
        encode({"type": "unheard-of"}),
        encode(Call(0, "set_limit", msgspec.Raw(msgspec.msgpack.encode(["much"])))),
    ],
    ids=["garbage", "empty", "run", "stop", "init", "private", "unknown", "bad-order"],
)
async def test_a_guest_that_breaks_the_rules_is_let_go(message: bytes, owner: Shared, endpoint: Endpoint) -> None:
    channel = await attached(endpoint)
    await channel.send(message)
    await ends(channel)
    await channel.aclose()
    assert owner.is_owner
    other = await attached(endpoint)
    await other.aclose()


@pytest.mark.anyio
async def test_arguments_of_another_type_are_refused(owner: Shared, endpoint: Endpoint) -> None:
    channel = await attached(endpoint)
    await channel.send(encode(Call(1, "enqueue", msgspec.Raw(msgspec.msgpack.encode([5])))))
    with anyio.fail_after(PATIENCE):
        assert b"internal" in await channel.receive()
    await channel.send(encode(GiveUp(7)))
    await channel.aclose()


@pytest.mark.anyio
async def test_one_that_asks_without_end_is_let_go(
    owner: Shared, endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_host, "CALLS", 3)
    expansion = pack(tmp_path / "to", "a.bin")
    ids = [expansion.resources[0].id]
    owner.fetch.scripts["a.bin"].append(Hold())
    owner.call(owner.engine.add, [expansion])
    owner.call(owner.engine.enqueue, ids)
    channel = await attached(endpoint)
    wait = verb("wait_settled").write_arguments(ids)
    for number in range(1, 5):
        await channel.send(encode(Call(number, "wait_settled", wait)))
    await ends(channel)
    await channel.aclose()


@pytest.mark.anyio
async def test_a_guest_that_does_not_read_holds_up_nobody(owner: Shared, endpoint: Endpoint) -> None:
    """What waits for it is joined, so it is bounded."""
    channel = await attached(endpoint)
    publisher = owner.engines[0].publisher
    (parent, resource) = ("p" * 32, "r" * 30)

    async def flood() -> int:
        for number in range(40_000):
            publisher.publish(
                StateChanged(
                    resource=f"{resource}{number % 100:02}",
                    collection=parent,
                    name="x" * 200,
                    old=State.QUEUED,
                    new=State.PAUSED,
                )
            )
            if number % 100 == 0:
                await anyio.lowlevel.checkpoint()
        # Before anybody else has a turn, so that nobody can have taken the last ones.
        return max(len(each._events) for each in publisher._subscriptions)

    assert 0 < await anyio.to_thread.run_sync(owner.call, flood) <= 4096 + 100
    assert await anyio.to_thread.run_sync(owner.call, owner.engine.collections) == []
    await channel.aclose()


@pytest.mark.anyio
async def test_an_answer_comes_after_the_events_before_it(
    owner: Shared, endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_host, "NEWS_SECONDS", 1000.0)
    channel = await attached(endpoint)
    call = verb("add").write_arguments([pack(tmp_path / "to", "a.bin")])
    await channel.send(encode(Call(1, "add", call)))
    with anyio.fail_after(PATIENCE):
        frames = [read_from_host(await channel.receive()) for _ in range(2)]
    assert [type(frame) for frame in frames] == [News, Returned]
    await channel.aclose()


class Pair:
    """Both ends of a connection on this machine."""

    def __init__(self, one: SocketStream, other: SocketStream) -> None:
        self.host = Channel(one)
        self.guest = Channel(other)
        self.raw = other


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    stream = await anyio.connect_tcp("127.0.0.1", listener.extra(SocketAttribute.local_port))
    found = Pair(await listener.listeners[0].accept(), stream)  # type: ignore[attr-defined]
    await listener.aclose()
    yield found
    await found.host.aclose()
    await found.guest.aclose()


@pytest.mark.anyio
class TestChannel:
    async def test_both_prove_the_secret(self, pair: Pair) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(admit, pair.host, SECRET, "1.2", SystemClock())
            assert await introduce(pair.guest, SECRET, SystemClock()) == "1.2"
        assert repr(pair.host) == "<Channel 0 bytes waiting>"

    async def test_a_host_without_the_secret_is_not_believed(self, pair: Pair) -> None:
        async def lie() -> None:
            await pair.host.send(msgspec.msgpack.encode({"nonce": b"x" * 32, "version": "1"}))
            said = await pair.host.receive()
            assert SECRET.encode() not in said
            await pair.host.send(msgspec.msgpack.encode({"proof": b"x" * 32}))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(lie)
            with pytest.raises(PeerGone, match="secret"):
                await introduce(pair.guest, SECRET, SystemClock())

    async def test_its_own_proof_is_not_taken_back(self, pair: Pair) -> None:
        async def reflect() -> None:
            await pair.host.send(msgspec.msgpack.encode({"nonce": b"x" * 32, "version": "1"}))
            said = msgspec.msgpack.decode(await pair.host.receive())
            await pair.host.send(msgspec.msgpack.encode({"proof": said["proof"]}))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(reflect)
            with pytest.raises(PeerGone, match="secret"):
                await introduce(pair.guest, SECRET, SystemClock())

    @pytest.mark.parametrize("greet", [lambda c, k: admit(c, SECRET, "1", k), lambda c, k: introduce(c, SECRET, k)])
    async def test_silence_ends_after_two_seconds(self, greet: Callable[..., object], pair: Pair) -> None:
        clock = ManualClock()
        failed = anyio.Event()

        async def run() -> None:
            with pytest.raises(PeerGone):
                await greet(pair.host, clock)  # type: ignore[misc]
            failed.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(run)
            await anyio.wait_all_tasks_blocked()
            clock.advance(1.9)
            await anyio.wait_all_tasks_blocked()
            assert not failed.is_set()
            clock.advance(0.2)

    async def test_frames_arrive_whole_and_in_order(self, pair: Pair) -> None:
        frames = [b"", b"a", bytes(3_000_000), b"z"]
        received = []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(pair.guest.send, *frames)
            for _ in frames:
                received.append(await pair.host.receive())  # noqa: PERF401
        assert received == frames

    async def test_a_frame_cut_off_is_none(self, pair: Pair) -> None:
        await pair.raw.send(struct.pack(">I", 10) + b"12345")
        await pair.guest.aclose()
        with pytest.raises(PeerGone):
            await pair.host.receive()

    async def test_after_the_end_nothing_is_sent(self, pair: Pair) -> None:
        await pair.host.aclose()
        with pytest.raises(PeerGone):
            await pair.host.send(b"x")


@pytest.mark.anyio
async def test_a_link_that_ended_makes_no_calls(owner: Shared, endpoint: Endpoint) -> None:
    link = await Link.open(endpoint, SystemClock(), lambda _: None, lambda _: None)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(link.run)
        assert await link.ask(Engine.collections) == []
        with anyio.CancelScope() as scope:
            scope.cancel()
            await link.ask(Engine.collections)
        await link.close()
        await link.wait_lost()
    with pytest.raises(PeerGone):
        await link.ask(Engine.collections)
    assert repr(link) == f"<Link to process {endpoint.pid} 0 calls lost>"


@pytest.mark.anyio
async def test_a_stranger_on_the_port_of_a_dead_owner_is_not_believed() -> None:
    """P02."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint = Endpoint(port=server.getsockname()[1], secret=SECRET, pid=1, version=__version__)
        async with anyio.create_task_group() as tasks:

            async def accept() -> None:
                sock, _ = await anyio.to_thread.run_sync(server.accept)
                sock.sendall(b"220 mail.example.test ESMTP\r\n")
                sock.close()

            tasks.start_soon(accept)
            with pytest.raises(PeerGone):
                await Link.open(endpoint, SystemClock(), lambda _: None, lambda _: None)
    with pytest.raises(PeerGone):
        await Link.open(endpoint, SystemClock(), lambda _: None, lambda _: None)


def test_errors_of_a_newer_version_are_shown_as_such() -> None:
    assert isinstance(error_of(Problem("unheard-of", {})), InternalError)
    error = error_of(Problem("unsafe-name", {"name": "../x"}))
    assert isinstance(error, UnsafeName)
    assert error.arguments == {"name": "../x"}


def test_only_what_is_allowed_is_a_verb() -> None:
    with pytest.raises(KeyError):
        verb("run")
    assert repr(verb("enqueue")) == "<Verb enqueue>"


def test_secrets_are_not_logged(owner: Shared, endpoint: Endpoint, caplog: pytest.LogCaptureFixture) -> None:
    """A04."""
    caplog.set_level(logging.DEBUG)
    with guest(endpoint) as sock:
        frame(sock)
        sock.sendall(greeting(b"no"))
        assert is_let_go(sock)
    assert endpoint.secret not in caplog.text
    assert endpoint.secret not in repr(endpoint)
