"""TLS: who is trusted, why somebody is not, and that connections are used again."""

from __future__ import annotations

import datetime as dt
import ssl
from pathlib import Path

import pytest
import trustme

from stabilitydl.clock import SystemClock
from stabilitydl.errors import ConnectionLost, NetworkError, TlsFailed
from stabilitydl.http.client import HttpClient
from stabilitydl.http.proxies import Proxies
from stabilitydl.http.request import Request
from stabilitydl.http.trust import tls_context
from tests.fakes.nginx import Authority, Nginx, make_authority
from tests.fakes.origin import FileOrigin, Origin

pytestmark = pytest.mark.anyio


async def get(url: str, context: ssl.SSLContext | None, times: int = 1) -> bytes:
    client = HttpClient(SystemClock(), proxies=Proxies({}), context=context)
    try:
        for _ in range(times):
            _, body = await client.get(Request(url, trusted=True))
            assert len(client.connections) <= 1
        return body
    except NetworkError:
        assert client.connections == []
        raise
    finally:
        await client.aclose()


async def test_a_trusted_server_is_heard_on_one_connection(authority: Authority) -> None:
    with FileOrigin(tls=authority.server) as origin:
        file = origin.add("/x", bytes(1_000_000))
        assert await get(file.url, authority.client, times=5) == bytes(1_000_000)
        assert origin.connections == 1


async def test_many_requests_to_nginx_make_one_handshake(tmp_path: Path, authority: Authority) -> None:
    (tmp_path / "x").write_bytes(bytes(65536))
    with Nginx(tmp_path, server="add_header Number $connection_requests;", authority=authority) as nginx:
        client = HttpClient(SystemClock(), proxies=Proxies({}), context=authority.client)
        for number in range(1, 21):
            answer, body = await client.get(Request(nginx.url("/x"), trusted=True))
            assert answer.headers.get("number") == str(number)
            assert len(body) == 65536
        assert len(client.connections) == 1
        await client.aclose()


async def test_the_file_of_the_variable_is_trusted(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FileOrigin(tls=authority.server) as origin:
        file = origin.add("/x", b"x")
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
        assert await get(file.url, None) == b"x"
        for name in ("missing.pem", "empty.pem"):
            (tmp_path / "empty.pem").write_text("nothing")
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / name))
            with pytest.raises(TlsFailed, match="SSL_CERT_FILE"):
                await get(file.url, None)


async def test_an_unknown_authority_is_refused_by_the_systems_trust(authority: Authority) -> None:
    """N07"""
    with FileOrigin(tls=authority.server) as origin:
        file = origin.add("/x", b"x")
        with pytest.raises(TlsFailed) as caught:
            await get(file.url, tls_context("h", {}))
        assert "unable to get local issuer" in str(caught.value)
        assert caught.value.arguments["host"] == "127.0.0.1"
        assert origin.requests == []


@pytest.mark.parametrize(("days", "words"), [(-400, "expired"), (400, "not yet valid")])
async def test_a_certificate_of_another_time_is_named(days: int, words: str, tmp_path: Path) -> None:
    """N07"""
    ca = trustme.CA()
    start = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
    leaf = ca.issue_cert("127.0.0.1", not_before=start, not_after=start + dt.timedelta(days=30))
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    leaf.configure_cert(server)
    ca.configure_trust(client)
    with FileOrigin(tls=server) as origin, pytest.raises(TlsFailed, match=words):
        await get(origin.url("/x"), client)


async def test_a_certificate_for_another_name_is_named(tmp_path: Path) -> None:
    """N07"""
    other = make_authority(tmp_path, "other.test")
    with FileOrigin(tls=other.server) as origin, pytest.raises(TlsFailed, match=r"127\.0\.0\.1"):
        await get(origin.url("/x"), other.client)


async def test_a_server_that_speaks_no_tls_is_named(authority: Authority) -> None:
    """N07"""

    class Plain(Origin):
        def _read(self, sock, pending, number):  # type: ignore[no-untyped-def]
            sock.recv(1)
            sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return super()._read(sock, pending, number)

    with Plain([]) as origin, pytest.raises(TlsFailed):
        await get(origin.url("/x").replace("http:", "https:"), authority.client)


async def test_a_server_that_hangs_up_in_the_handshake_is_lost(authority: Authority) -> None:
    class Rude(Origin):
        def _read(self, sock, pending, number):  # type: ignore[no-untyped-def]
            raise OSError

    with Rude([]) as origin, pytest.raises(ConnectionLost):
        await get(origin.url("/x").replace("http:", "https:"), authority.client)
