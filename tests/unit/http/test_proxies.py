"""Proxies: real ones on loopback, what bypasses them, and settings that are wrong."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import Self

import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.errors import BadAnswer, ConnectionLost, PrivateAddress, ProxyFailed, TlsFailed
from stabilitydl.http.client import HttpClient
from stabilitydl.http.origins import Origin
from stabilitydl.http.proxies import Proxies, is_exempt, parse_proxy
from stabilitydl.http.request import Request
from tests.fakes.nginx import Authority, make_authority
from tests.fakes.origin import FileOrigin
from tests.fakes.proxy import HttpProxy, SocksProxy

PUBLIC = frozenset({"civitai.com", "cdn.test"})


class Listener:
    """Says the same few bytes to everybody and hangs up."""

    def __init__(self, words: bytes) -> None:
        self._words = words
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._work)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _work(self) -> None:
        while True:
            try:
                sock, _ = self._socket.accept()
            except OSError:
                return
            with sock:
                sock.recv(65536)
                sock.sendall(self._words)


async def fetch(
    url: str, settings: dict[str, str], authority: Authority, times: int = 1, trusted: bool = False
) -> bytes:
    client = HttpClient(SystemClock(), proxies=Proxies(settings), context=authority.client)
    try:
        for _ in range(times):
            _, body = await client.get(Request(url, trusted=trusted))
        return body
    finally:
        await client.aclose()


@pytest.mark.anyio
@pytest.mark.parametrize("kind", [HttpProxy, SocksProxy])
@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("auth", [None, ("user", "p@ss:w/rd")])
async def test_everything_passes_through_the_proxy(
    kind: type[HttpProxy | SocksProxy], tls: bool, auth: tuple[str, str] | None, authority: Authority
) -> None:
    data = bytes(range(256)) * 4000
    with FileOrigin(tls=authority.server if tls else None) as origin, kind(auth, PUBLIC) as proxy:
        origin.add("/x", data)
        scheme = "https" if tls else "http"
        url = proxy.url.replace("://", "://user:p%40ss%3Aw%2Frd@") if auth else proxy.url
        body = await fetch(f"{scheme}://civitai.com:{origin.port}/x?a=b", {scheme: url}, authority, times=2)
        assert body == data
        assert proxy.refused == 0
        assert all("civitai.com" in target for target in proxy.passed)
        assert len(origin.requests) == 2
        if tls or kind is SocksProxy:
            assert (len(proxy.passed), origin.connections) == (1, 1)
        assert "proxy-authorization" not in origin.requests[0].headers


@pytest.mark.anyio
@pytest.mark.parametrize("kind", [HttpProxy, SocksProxy])
@pytest.mark.parametrize("tls", [False, True])
async def test_an_address_of_ipv6_passes_too(kind: type[HttpProxy | SocksProxy], tls: bool, tmp_path: Path) -> None:
    host = "2001:db8::1"
    own = make_authority(tmp_path, host)
    with FileOrigin(tls=own.server if tls else None) as origin, kind(None, frozenset({host})) as proxy:
        origin.add("/x", b"here")
        scheme = "https" if tls else "http"
        url = f"{scheme}://[{host}]:{origin.port}/x"
        assert await fetch(url, {scheme: proxy.url}, own, trusted=True) == b"here"
        assert origin.requests[0].headers["host"] == f"[{host}]:{origin.port}"


@pytest.mark.anyio
@pytest.mark.parametrize("tls", [False, True])
async def test_a_proxy_that_wants_a_password_is_named(tls: bool, authority: Authority) -> None:
    """N08"""
    with FileOrigin(tls=authority.server if tls else None) as origin, HttpProxy(("user", "right")) as proxy:
        file = origin.add("/x", b"x")
        for url in (proxy.url, proxy.url.replace("://", "://user:canary@")):
            with pytest.raises(ProxyFailed) as caught:
                await fetch(file.url, {"all": url}, authority, trusted=True)
            assert "canary" not in str(caught.value) + repr(caught.value) + repr(parse_proxy(url))
        assert origin.connections == 0


@pytest.mark.anyio
async def test_a_socks_proxy_that_refuses_is_named(authority: Authority) -> None:
    """N08"""
    with SocksProxy(("user", "right")) as proxy, FileOrigin() as origin:
        file = origin.add("/x", b"x")
        for url in (proxy.url, proxy.url.replace("://", "://user:canary@")):
            with pytest.raises(ProxyFailed) as caught:
                await fetch(file.url, {"all": url}, authority, trusted=True)
            assert "canary" not in str(caught.value)
    with SocksProxy() as proxy, pytest.raises(ProxyFailed, match="Connection refused"):
        await fetch(file.url, {"all": proxy.url}, authority, trusted=True)


@pytest.mark.anyio
@pytest.mark.parametrize("scheme", ["http", "socks5"])
@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("garbage", [b"", b"\x07garbage\r\n\r\n", b"\x05", b"\x05\x00", b"HTTP/1.1 500 No"])
async def test_a_proxy_that_dies_or_talks_nonsense_leaves_nothing_open(
    scheme: str, tls: bool, garbage: bytes, authority: Authority
) -> None:
    """N08"""
    client = HttpClient(SystemClock(), context=authority.client, proxies=Proxies({"all": f"{scheme}://127.0.0.1:1"}))
    url = f"{'https' if tls else 'http'}://civitai.com/"
    with pytest.raises(ProxyFailed):
        await client.get(Request(url))
    assert client.connections == []
    await client.aclose()
    with Listener(garbage) as listener:
        proxies = Proxies({"all": f"{scheme}://127.0.0.1:{listener.port}"})
        client = HttpClient(SystemClock(), context=authority.client, proxies=proxies)
        for _ in range(3):
            # Where plain HTTP is forwarded there is no greeting: what a proxy says stands for the origin.
            problem = ProxyFailed if tls or scheme == "socks5" else (ConnectionLost, BadAnswer)
            with pytest.raises(problem):
                await client.get(Request(url))
            assert client.connections == []
        await client.aclose()


@pytest.mark.anyio
async def test_a_wrong_certificate_behind_a_proxy_leaves_nothing_open(authority: Authority) -> None:
    """N07"""
    with FileOrigin(tls=authority.server) as origin:
        origin.add("/x", b"x")
        for kind in (HttpProxy, SocksProxy):
            with kind(None, frozenset({"other.test"})) as proxy:
                client = HttpClient(SystemClock(), proxies=Proxies({"all": proxy.url}), context=authority.client)
                with pytest.raises(TlsFailed, match=r"other\.test"):
                    await client.get(Request(f"https://other.test:{origin.port}/x"))
                assert client.connections == []
                await client.aclose()


@pytest.mark.anyio
async def test_private_addresses_are_refused_behind_a_proxy_too(authority: Authority) -> None:
    """F15"""
    with FileOrigin() as origin, HttpProxy(None, PUBLIC) as proxy:
        for target in (origin.url("/x"), "http://169.254.169.254/", "http://localhost/"):
            origin.redirect("/a", target)
            with pytest.raises(PrivateAddress):
                await fetch(f"http://civitai.com:{origin.port}/a", {"http": proxy.url}, authority)
            with pytest.raises(PrivateAddress):
                await fetch(f"http://civitai.com:{origin.port}/a", {"http": proxy.url}, authority, trusted=True)
        assert all("civitai.com" in target for target in proxy.passed)


@pytest.mark.anyio
async def test_exempt_hosts_are_reached_directly(authority: Authority) -> None:
    with FileOrigin() as origin, HttpProxy() as proxy:
        file = origin.add("/x", b"x")
        settings = {"http": proxy.url, "no": "example.com, 127.0.0.0/8"}
        assert await fetch(file.url, settings, authority, trusted=True) == b"x"
        assert proxy.passed == []


@pytest.mark.anyio
async def test_a_server_of_this_machine_is_reached_past_a_proxy_that_is_dead() -> None:
    proxies = Proxies({"http": "http://127.0.0.1:1"})
    with FileOrigin() as origin:
        served = origin.add("/model", b"weights")
        client = HttpClient(SystemClock(), proxies=proxies)
        try:
            _, body = await client.get(Request(served.url, trusted=True, direct=True))
            assert body == b"weights"
            with pytest.raises((ProxyFailed, ConnectionLost)):
                await client.get(Request(served.url, trusted=True))
        finally:
            await client.aclose()


@pytest.mark.anyio
async def test_the_variables_of_the_environment_count(monkeypatch: pytest.MonkeyPatch, authority: Authority) -> None:
    with FileOrigin() as origin, HttpProxy() as proxy:
        file = origin.add("/x", b"x")
        monkeypatch.setenv("http_proxy", proxy.address)
        client = HttpClient(SystemClock())
        assert (await client.get(Request(file.url, trusted=True)))[1] == b"x"
        await client.aclose()
        assert proxy.passed == [file.url]
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        client = HttpClient(SystemClock())
        assert (await client.get(Request(file.url, trusted=True)))[1] == b"x"
        await client.aclose()
        assert len(proxy.passed) == 1


@pytest.mark.parametrize(
    ("url", "exceptions", "exempt"),
    [
        ("https://a.b.c/", "b.c", True), ("https://a.b.c/", ".b.c", True), ("https://b.c/", ".b.c", True),
        ("https://b.c/", "*.b.c", True), ("https://ab.c/", "b.c", False), ("https://b.c/", "a.b.c", False),
        ("https://b.c/", "*", True), ("https://b.c/", "", False), ("https://b.c/", "x, B.C", True),
        ("https://b.c/", "b.c:443", True), ("https://b.c/", "b.c:80", False), ("http://10.1.2.3/", "10.0.0.0/8", True),
        ("http://11.1.2.3/", "10.0.0.0/8", False), ("http://10.1.2.3/", "10.1.2.3", True),
        ("http://10.1.2.3:8/", "10.1.2.3:9", False), ("http://[::1]/", "::1", True),
        ("http://[::1]/", "[::1]:80", True),
        ("http://[fd00::1]/", "fd00::/8", True), ("http://10.1.2.3/", "2.3", False), ("https://b.c/", "b/c", False),
    ],
)  # fmt: skip
def test_exceptions(url: str, exceptions: str, exempt: bool) -> None:
    assert is_exempt(Origin.parse(url), exceptions) is exempt


@pytest.mark.anyio
@pytest.mark.parametrize(
    "text", ["socks4://h:1", "ftp://h", "http://", "http://canary:canary@", "h:99999", "http://[", "://"]
)
async def test_a_malformed_setting_is_named_and_not_shown(text: str, authority: Authority) -> None:
    """N08"""
    with pytest.raises(ProxyFailed) as caught:
        await fetch("https://civitai.com/", {"https": text}, authority)
    assert "canary" not in str(caught.value)


def test_proxy_settings_are_read() -> None:
    proxy = parse_proxy("SOCKS5h://us%40er:p%3A@[::1]")
    assert (proxy.scheme, proxy.host, proxy.port, proxy.auth) == ("socks5h", "::1", 1080, ("us@er", "p:"))
    assert parse_proxy("h:3128").port == 3128
    assert parse_proxy("http://h").port == 80
    assert parse_proxy("https://h").port == 443


@pytest.mark.anyio
@pytest.mark.parametrize("second", [HttpProxy, SocksProxy])
async def test_the_proxy_changes_while_requests_run(second: type[HttpProxy | SocksProxy], authority: Authority) -> None:
    """What is under way ends where it began, with nothing left open; what comes goes the new way."""
    with FileOrigin(tls=authority.server) as origin, HttpProxy(names=PUBLIC) as one, second(names=PUBLIC) as other:
        file = origin.add("/x", bytes(1000))
        request = Request(f"https://civitai.com:{origin.port}/x")
        client = HttpClient(SystemClock(), proxy=one.url, context=authority.client)
        try:
            await client.get(request)
            running = await client.open(request)
            client.set_proxy(other.url)
            await client.get(request)
            assert (len(one.passed), len(other.passed)) == (1, 1)
            assert len(await running.read(1000)) == 1000
            await running.aclose()
            assert len(client.connections) == 1, "the way that is not used any more keeps nothing"
            await client.get(request)
            assert (len(one.passed), len(other.passed), len(client.connections)) == (1, 1, 1)
            client.set_proxy("none")
            await client.get(Request(file.url, trusted=True))
            assert (len(one.passed), len(other.passed), len(client.connections)) == (1, 1, 1)
        finally:
            await client.aclose()


@pytest.mark.anyio
async def test_no_proxy_holds_for_a_chosen_proxy_too(monkeypatch: pytest.MonkeyPatch, authority: Authority) -> None:
    with FileOrigin() as origin, HttpProxy() as proxy:
        file = origin.add("/x", b"x")
        client = HttpClient(SystemClock(), proxy=proxy.url, context=authority.client)
        try:
            await client.get(Request(file.url, trusted=True))
            assert len(proxy.passed) == 1
            monkeypatch.setenv("NO_PROXY", "127.0.0.1")
            client.set_proxy(f"{proxy.url}/")
            await client.get(Request(file.url, trusted=True))
            assert (len(proxy.passed), len(origin.requests)) == (1, 2)
        finally:
            await client.aclose()


@pytest.mark.anyio
async def test_no_proxy_at_all_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", "http://proxy.test:3128")
    origin = Origin("https", "civitai.com", 443)
    assert (await Proxies.chosen("").choose(origin)) == parse_proxy("http://proxy.test:3128")
    assert (await Proxies.chosen("none").choose(origin)) is None
    assert (await Proxies.chosen("other.test").choose(origin)) == parse_proxy("http://other.test")
